"""A record of how results came about, complete enough to be turned back into the run."""

from __future__ import annotations

import contextlib
import hashlib
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.scenario.schema import Scenario, scenario_from
from linkage_sim.words import listing, say

MODEL_VERSION = 5
"""Raised only together with a "Results change" entry in CHANGELOG."""
FORMAT = 1
_PACKAGE = Path(__file__).resolve().parent
SHOWING = ("cli", "report", "app", "words")
LIBRARIES = ("mesa", "numpy", "numba", "llvmlite", "scipy", "pandas", "pyarrow", "pydantic",
             "networkx")


def provenance_of(
    verb: str,
    names: Sequence[str],
    scenarios: Sequence[Scenario],
    seeds: Sequence[int],
    *,
    command: Sequence[str] | None = None,
    trace: bool = False,
) -> dict[str, Any]:
    """Describe a run or a comparison: versions, full scenarios, seeds and the command.

    A register of residents appears with its path and hash alone, as in the scenario; there is no
    time of day in it, so that equal runs leave equal records.
    """
    return {
        "format": FORMAT,
        "verb": verb,
        "model_version": MODEL_VERSION,
        "package_version": package_version(),
        "git": git_state(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "libraries": library_versions(),
        "code": code_hash(scenarios),
        "command": list(sys.argv if command is None else command),
        "baseline": names[0],
        "seeds": list(seeds),
        "trace": trace,
        "scenarios": [
            {"name": name, "hash": item.hash(), "content": item.model_dump(mode="json")}
            for name, item in zip(names, scenarios, strict=True)
        ],
    }


def scenario_from_provenance(record: Mapping[str, Any], name: str | None = None) -> Scenario:
    """Turn a record back into a scenario, the baseline unless a name is given.

    Raises
    ------
    InputError
        When the record holds no such scenario, or one that this version cannot read.
    """
    stored = record.get("scenarios") or []
    wanted = record.get("baseline") if name is None else name
    for item in stored:
        if item["name"] == wanted:
            plan = scenario_from(item["content"])
            if plan.hash() != item["hash"]:
                raise InputError(say("study.error.hash", name=wanted))
            return plan
    known = listing(item["name"] for item in stored) or "–"
    raise InputError(say("study.error.not_recorded", name=wanted, known=known))


def package_version() -> str:
    """Tell the version of this package; "source" where it runs without being installed."""
    try:
        return version("linkage-sim")
    except PackageNotFoundError:
        return "source"


def library_versions() -> dict[str, str]:
    """List the versions of libraries that numbers depend on."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def code_hash(scenarios: Sequence[Scenario]) -> str:
    """Name the source code that numbers come from: this package and the plugins of scenarios.

    What only shows numbers is left out: a better label must not end a sweep of days.
    """
    files = sorted(
        path for path in _PACKAGE.rglob("*.py")
        if path.relative_to(_PACKAGE).parts[0] not in SHOWING
    )
    for name in sorted({name for item in scenarios for name in item.run.plugins}):
        path = getattr(sys.modules.get(name), "__file__", None)
        if path is not None:
            files.append(Path(path))
    found = hashlib.blake2b(digest_size=16)
    for path in files:
        with contextlib.suppress(OSError):
            found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def git_state() -> dict[str, Any]:
    """Tell the commit of the source folder and whether files differ from it; empty without git."""
    root = Path(__file__).parent.parent
    # An installed package may lie inside somebody else's repository: that commit says nothing.
    if not (root / ".git").exists():
        return {}
    commit = _git(root, "rev-parse", "HEAD")
    if commit is None:
        return {}
    changed = _git(root, "status", "--porcelain", "--", "linkage_sim", "configs")
    return {"commit": commit.strip(), "dirty": bool(changed is None or changed.strip())}


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
