"""Packs what a journal or a model library asks for: code, scenarios, results and description.

    python -m linkage_sim.report.archive [FOLDER] [GOAL.zip]

Taken are the files that git knows, and of each finished folder below results/ the files its
manifest lists, after they were checked against it. Equal files give an equal archive.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from linkage_sim.errors import InputError
from linkage_sim.provenance import MODEL_VERSION, git_state, package_version
from linkage_sim.studies.results import MANIFEST, ResultsDamagedError, verify_results
from linkage_sim.words import say

NAME, RESULTS, TOLD = "linkage-sim", "results", "ARCHIVE.md"
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
    files = dict(sorted({**_sources(root), **_results(root)}.items()))
    if not any(name.startswith(f"{RESULTS}/") for name in files):
        raise InputError(say("archive.no_results", folder=root / RESULTS))
    sums = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    top = f"{NAME}-{package_version()}"
    beside = goal.with_name(f".{goal.name}.writing")
    goal.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as packed:
            _put(packed, f"{top}/{TOLD}", _told(sums).encode("utf-8"))
            _put(packed, f"{top}/SHA256SUMS", _listed(sums).encode("utf-8"))
            for name, path in files.items():
                _put(packed, f"{top}/{name}", path.read_bytes())
        beside.replace(goal)
    finally:
        beside.unlink(missing_ok=True)
    return list(files)


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
    return found


def _listed(sums: dict[str, str]) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items())


def _told(sums: dict[str, str]) -> str:
    """Say what is where, for whoever opens the archive without knowing the project."""
    git = git_state()
    commit = str(git.get("commit", "–"))
    if git.get("dirty"):
        commit = say("report.page.fact.dirty", "en", commit=commit)
    folders = sorted({name.rsplit("/", 1)[0] for name in sums
                      if name.startswith(f"{RESULTS}/") and name.endswith(MANIFEST)})
    lines = [say("archive.page", "en", name=NAME, version=package_version(), model=MODEL_VERSION,
                 commit=commit), ""]
    return "\n".join([*lines, *(f"- `{folder}`" for folder in folders), ""])


def usual_goal(root: Path) -> Path:
    """Give the place of the archive where none is asked for."""
    return root / "dist" / f"{NAME}-{package_version()}.zip"


def _lines(arguments: Sequence[str]) -> Iterator[str]:
    root = Path(arguments[0] if arguments else ".")
    goal = Path(arguments[1]) if len(arguments) > 1 else usual_goal(root)
    names = build(root, goal)
    size = goal.stat().st_size / 1e6
    yield say("archive.written", path=goal, files=len(names), megabytes=f"{size:.1f}")


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
