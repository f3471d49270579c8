"""Packs what a journal or a model library asks for: code, scenarios, results and description.

    python -m linkage_sim.report.archive [FOLDER] [GOAL.zip]

Taken are the files that git knows, and of each finished folder below results/ the files its
manifest lists, after they were checked against it, with its report and with scenarios that do not
ship. Equal files give an equal archive.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from linkage_sim.errors import InputError
from linkage_sim.provenance import MODEL_VERSION, git_state, package_version
from linkage_sim.report.document_files import carried_files
from linkage_sim.studies.crate import CONTEXT, CRATE, LICENCE, descriptor
from linkage_sim.studies.results import (
    MANIFEST,
    ResultsDamagedError,
    load_provenance,
    verify_results,
)
from linkage_sim.words import listing, say

NAME, RESULTS, TOLD = "linkage-sim", "results", "ARCHIVE.md"
MOST_NAMED = 5
# The earliest time a zip can hold: no clock may make two archives of the same files differ.
NO_TIME = (1980, 1, 1, 0, 0, 0)
PARTS = ("linkage_sim", "configs", "experiments", "docs", "tests", "benchmarks")
FILES = ("README*", "CHANGELOG.md", "CITATION.cff", "LICENSE", "Makefile", "constraints.txt",
         "pyproject.toml")


def build(root: Path, goal: Path) -> list[str]:
    """Write the archive beside its place and put it there when it is whole.

    Parameters
    ----------
    root
        Folder of the source.

    Returns
    -------
    list of str
        What is in it, by its place below the archive's folder.

    Raises
    ------
    InputError
        When there is no source, or no finished results to go with it.
    ResultsDamagedError
        When results are incomplete or have changed.
    """
    sources, results = _sources(root), _results(root)
    if not results:
        raise InputError(say("archive.no_results", folder=root / RESULTS))
    # What is on the disk is read when it is packed: results may be larger than memory.
    files: dict[str, Path | bytes] = {**sources, **results, **_scenarios(root)}
    files = dict(sorted(files.items()))
    sums = {name: hashlib.sha256(_content(item)).hexdigest() for name, item in files.items()}
    files[CRATE] = _crate(root, sums)
    sums[CRATE] = hashlib.sha256(_content(files[CRATE])).hexdigest()
    top = f"{NAME}-{package_version()}"
    beside = goal.with_name(f".{goal.name}.writing")
    goal.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as packed:
            _put(packed, f"{top}/{TOLD}", _told(root, sums).encode("utf-8"))
            _put(packed, f"{top}/SHA256SUMS", _listed(sums).encode("utf-8"))
            for name, item in files.items():
                _put(packed, f"{top}/{name}", _content(item))
        beside.replace(goal)
    finally:
        beside.unlink(missing_ok=True)
    return list(files)


def _content(item: Path | bytes) -> bytes:
    return item if isinstance(item, bytes) else item.read_bytes()


def _put(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    packed.writestr(entry, content)


def _sources(root: Path) -> dict[str, Path]:
    """List the files git knows; where there is no git, as in an unpacked archive, the known parts.

    Raises
    ------
    InputError
        When the folder holds no source.
    """
    if not (root / "pyproject.toml").is_file():
        raise InputError(say("archive.no_source", folder=root))
    if (root / ".git").exists():
        listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True,
                                text=True, check=True).stdout
        paths = [root / name for name in listed.split("\0") if name]
    else:
        paths = [path for part in PARTS for path in (root / part).rglob("*")
                 if "__pycache__" not in path.parts]
        paths += [path for pattern in FILES for path in root.glob(pattern)]
    return {path.relative_to(root).as_posix(): path for path in paths if path.is_file()}


def _results(root: Path) -> dict[str, Path]:
    found = {}
    for manifest in sorted((root / RESULTS).rglob(MANIFEST)):
        place = manifest.parent
        for name in [*verify_results(place), MANIFEST]:
            path = place / name
            found[path.relative_to(root).as_posix()] = path
        for path in place.glob("report*.html"):
            found[path.relative_to(root).as_posix()] = path
    return found


def _scenarios(root: Path) -> dict[str, bytes]:
    """Write the scenarios of results that are none of those that ship, as files that load."""
    found = {}
    for path in sorted((root / RESULTS).rglob(MANIFEST)):
        record = load_provenance(path.parent)
        listed = [item for item in record.get("scenarios", []) if "content" in item]
        carried = carried_files([str(item["name"]) for item in listed],
                                [item["content"] for item in listed])
        place = path.parent.relative_to(root).as_posix()
        for item in carried.files:
            found[f"{place}/scenarios/{item['file']}"] = item["text"].encode("utf-8")
    return found


def _crate(root: Path, sums: dict[str, str]) -> bytes:
    """Describe the archive as a research object crate; experiments bring their own."""
    cited = _cited(root)
    whole = {
        "@id": "./", "@type": "Dataset", "name": cited["title"], "version": package_version(),
        "description": cited["abstract"], "datePublished": cited["date-released"],
        "license": {"@id": LICENCE}, "hasPart": [{"@id": name} for name in sums],
    }
    parts = [{"@id": name, "@type": "File", "sha256": digest} for name, digest in sums.items()]
    graph = [descriptor(), whole, *parts]
    text = json.dumps({"@context": CONTEXT, "@graph": graph}, indent=1, ensure_ascii=False)
    return (text + "\n").encode("utf-8")


def _cited(root: Path) -> dict[str, str]:
    """Read the plain entries of CITATION.cff, each on its line or folded below its key."""
    lines = (root / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if line[:1].isalpha():
            name, _, value = line.partition(":")
            found[name] = value.strip().strip('"').removeprefix(">-")
        elif name and not line.lstrip().startswith("-"):
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found


def _listed(sums: dict[str, str]) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items())


def _changed(root: Path) -> list[str]:
    """List what differs from the commit the archive names; nothing where there is no git."""
    if not (root / ".git").exists():
        return []
    told = subprocess.run(["git", "-C", str(root), "status", "--porcelain", "-z", "-uno"],
                          capture_output=True, text=True, check=True).stdout
    return [line[3:] for line in told.split("\0") if line[2:3] == " "]


def _told(root: Path, sums: dict[str, str]) -> str:
    """Say what is where, for whoever opens the archive without knowing the project."""
    commit, changed = str(git_state().get("commit", "–")), _changed(root)
    if changed:
        commit = say("report.page.fact.dirty", "en", commit=commit)
    folders = sorted({name.rsplit("/", 1)[0] for name in sums
                      if name.startswith(f"{RESULTS}/") and name.endswith(MANIFEST)})
    lines = [say("archive.page", "en", name=NAME, version=package_version(), model=MODEL_VERSION,
                 commit=commit), ""]
    lines += [f"- `{folder}`" for folder in folders]
    if changed:
        lines += ["", say("archive.changed_page", "en"), "", *(f"- `{name}`" for name in changed)]
    return "\n".join([*lines, ""])


def usual_goal(root: Path) -> Path:
    """Give the place of the archive where none is asked for."""
    return root / "dist" / f"{NAME}-{package_version()}.zip"


def _lines(arguments: Sequence[str]) -> Iterator[str]:
    root = Path(arguments[0] if arguments else ".")
    goal = Path(arguments[1]) if len(arguments) > 1 else usual_goal(root)
    names = build(root, goal)
    size = goal.stat().st_size / 1e6
    yield say("archive.written", path=goal, files=len(names), megabytes=f"{size:.1f}")
    changed = _changed(root)
    if changed:
        yield say("archive.changed", count=len(changed), names=listing(changed[:MOST_NAMED]))


def main(arguments: Sequence[str]) -> int:
    """Build the archive and say where it is; gives the exit code."""
    try:
        for line in _lines(arguments):
            sys.stdout.write(line + "\n")
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except ResultsDamagedError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
