"""A results directory: complete and right, or not there."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.studies.tables import TABLES
from linkage_sim.words import listing, say, system_reason

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"
LOCK = ".lock"
UNFINISHED = ".writing"
SAVED = ".unfinished"
"""Folder of finished seeds of a comparison that is not finished (see saved.py)."""
RUNS, RECORD, DAMAGED = "runs", "study.json", "damaged"
STORE_FILES = (RUNS, RECORD, DAMAGED)
"""What a sweep keeps beside its tables: finished runs, its study, what was found damaged."""
FORMAT = 1
COMPUTED = ("sensitivity", "conclusions", "boxes")
"""Tables that a sensitivity study computes from its runs."""
OWN_FILES = (
    *(f"{name}.parquet" for name in TABLES), "comparison.csv", "provenance.json", MANIFEST, LOCK,
    "figures", "report.html",
    *(f"{name}.{ending}" for name in COMPUTED for ending in ("parquet", "csv")),
)
WHOLE = {"n": "int64", "dropped": "int64", "comparisons": "int64"}
Row = dict[str, Any]


class ResultsInUseError(RuntimeError):
    """A live process writes to this results directory."""

    exit_code = 3


class ResultsDamagedError(RuntimeError):
    """A results directory is incomplete, or a file in it has changed since it was written."""

    exit_code = 4


# -- writing -----------------------------------------------------------------------------------


@contextlib.contextmanager
def results_folder(path: Path, own: Sequence[str] = ()) -> Iterator[Folder]:
    """Take hold of a results directory before the work starts, and let go of it at the end.

    `own` names files that may lie there beside those of any results directory.

    Raises
    ------
    InputError
        When it holds something else, or nothing can be written there.
    ResultsInUseError
        When another live process writes there.
    """
    refuse_foreign(path, own)
    handle = _locked(path)
    with handle:
        try:
            yield Folder(path, handle)
        finally:
            for leftover in path.glob(f"{UNFINISHED}-*"):
                shutil.rmtree(leftover, ignore_errors=True)
            with contextlib.suppress(OSError):
                (path / LOCK).unlink()
            with contextlib.suppress(OSError):
                # Only succeeds when nothing was written: then nothing stays behind.
                path.rmdir()


def _locked(path: Path) -> IO[str]:
    """Take the lock of a directory and write down who holds it; the system frees it at death."""
    while True:
        try:
            path.mkdir(parents=True, exist_ok=True)
            handle = (path / LOCK).open("a", encoding="utf-8")
        except OSError as error:
            raise InputError(
                say("study.error.cannot_write", path=path, reason=system_reason(error))
            ) from None
        try:
            _lock(handle, path)
            if os.path.samestat(os.fstat(handle.fileno()), (path / LOCK).stat()):
                with contextlib.suppress(OSError):
                    _sign(handle)
                return handle
        except FileNotFoundError:
            pass
        except BaseException:
            handle.close()
            raise
        # The process that held it before took its file away in between.
        handle.close()


def refuse_foreign(path: Path, own: Sequence[str] = ()) -> None:
    """Raise InputError when a place holds anything that is not of a results directory."""
    if path.is_symlink() or path.exists():
        if not path.is_dir():
            raise InputError(say("study.error.is_file", path=path))
        foreign = sorted(
            item.name for item in path.iterdir()
            if item.name not in (*OWN_FILES, *STORE_FILES, SAVED, *own)
            and not item.name.startswith((UNFINISHED, f"{RECORD}."))
        )
        foreign += _foreign_figures(path)
        if foreign:
            shown = listing(foreign[:3]) + (" ..." if len(foreign) > 3 else "")
            raise InputError(say("study.error.foreign", path=path, found=shown))


def _foreign_figures(path: Path) -> list[str]:
    """List what somebody put beside our pictures; unknown where there is no list of ours."""
    try:
        listed = json.loads((path / MANIFEST).read_text(encoding="utf-8"))["files"]
        there = {item.relative_to(path).as_posix() for item in (path / "figures").rglob("*")}
        return sorted(there - set(listed))
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _lock(handle: Any, path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # not on Windows, where renaming an open file fails by itself
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ResultsInUseError(say("study.error.in_use", path=path, **_holder(path))) from None


def _sign(handle: IO[str], **facts: Any) -> None:
    handle.truncate(0)
    handle.write(json.dumps({
        "process": os.getpid(), "host": platform.node(),
        "started": time.strftime("%Y-%m-%d %H:%M:%S"), **facts,
    }))
    handle.flush()


def _holder(path: Path) -> Row:
    """Read who is at work in a results directory, where it says so."""
    try:
        found = json.loads((path / LOCK).read_text(encoding="utf-8"))
        return {name: found[name] for name in ("process", "host", "started")}
    except (OSError, ValueError, KeyError, TypeError):
        return dict.fromkeys(("process", "host", "started"), "?")


class Folder:
    """A results directory this process holds."""

    def __init__(self, path: Path, lock: IO[str]) -> None:
        self.path, self._lock = path, lock

    def sign(self, **facts: Any) -> None:
        """Write beside who is at work what others may want to know of the work."""
        with contextlib.suppress(OSError):
            _sign(self._lock, **facts)

    def write(
        self,
        tables: dict[str, pd.DataFrame],
        provenance: Row,
        comparison: pd.DataFrame | None = None,
        figures: Callable[[Path], None] | None = None,
    ) -> None:
        """Write everything beside, then put it in place; the manifest comes last.

        Parameters
        ----------
        figures
            Called with the folder to draw into.
        """
        def fill(beside: Path) -> None:
            for name, table in tables.items():
                table.to_parquet(beside / f"{name}.parquet", index=False)
            if comparison is not None:
                (beside / "comparison.csv").write_bytes(_csv_bytes(comparison))
            if figures is not None:
                (beside / "figures").mkdir()
                figures(beside / "figures")

        self._write(fill, provenance, replaced=(*OWN_FILES, *STORE_FILES))

    def write_streamed(
        self, fill: Callable[[Path], None], provenance: Row, replaced: Sequence[str] = ()
    ) -> None:
        """Write the tables of a sweep, whose runs stay beside them.

        `fill` is called with the folder to write Parquet files into; `replaced` names old files
        that go, beside those of any results directory, when the new ones are there.
        """
        self._write(fill, provenance, (*OWN_FILES, *replaced))

    def _write(
        self, fill: Callable[[Path], None], provenance: Row, replaced: Sequence[str]
    ) -> None:
        beside = self.path / f"{UNFINISHED}-{os.getpid()}"
        shutil.rmtree(beside, ignore_errors=True)
        try:
            beside.mkdir()
            fill(beside)
            (beside / "provenance.json").write_bytes(_provenance_bytes(provenance))
            self._put_in_place(beside, replaced)
        except OSError as error:
            reason = system_reason(error)
            raise InputError(
                say("study.error.not_written", path=self.path, reason=reason)
            ) from None
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    def _put_in_place(self, beside: Path, replaced: Sequence[str]) -> None:
        files = sorted(item for item in beside.rglob("*") if item.is_file())
        listed = {}
        for item in files:
            listed[item.relative_to(beside).as_posix()] = {
                "bytes": item.stat().st_size, "sha256": _checksum(item),
            }
            _to_disk(item)
        manifest = beside / MANIFEST
        manifest.write_text(
            json.dumps({"format": FORMAT, "files": listed}, indent=1) + "\n", encoding="utf-8"
        )
        _to_disk(manifest)
        # Without a manifest the directory counts as unfinished, whatever else happens from here.
        (self.path / MANIFEST).unlink(missing_ok=True)
        for old in replaced:
            if old == LOCK:
                continue
            place = self.path / old
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        for item in files:
            place = self.path / item.relative_to(beside)
            place.parent.mkdir(exist_ok=True)
            item.replace(place)
        manifest.replace(self.path / MANIFEST)
        shutil.rmtree(self.path / SAVED, ignore_errors=True)


def provenance_hash(provenance: Row) -> str:
    """Give the hash that the manifest will hold for a record; pictures are marked with it."""
    return hashlib.sha256(_provenance_bytes(provenance)).hexdigest()


def _csv_bytes(table: pd.DataFrame) -> bytes:
    text: str = table.to_csv(index=False)
    # Without this mark Excel on a Chinese Windows takes the file for GBK and garbles names in it.
    mark = b"" if text.isascii() else codecs.BOM_UTF8
    return mark + text.encode("utf-8")


def _provenance_bytes(provenance: Row) -> bytes:
    text = json.dumps(provenance, indent=1, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


def _to_disk(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _checksum(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


# -- reading -----------------------------------------------------------------------------------


def _refuse_being_written(folder: Path) -> None:
    """Tell results that are not there yet from results that will never be."""
    with contextlib.suppress(ImportError, FileNotFoundError):
        import fcntl

        with (folder / LOCK).open() as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ResultsInUseError(say("study.error.being_written", path=folder)) from None


def verify_results(path: str | Path) -> dict[str, Row]:
    """Check every file of a results directory against the manifest; gives the list of files.

    Raises
    ------
    InputError
        When there is no results directory.
    ResultsDamagedError
        When a file is missing, changed or unreadable.
    ResultsInUseError
        When the first results are being written there right now.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise InputError(say("study.error.no_directory", path=folder))
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        assert isinstance(listed, dict)
    except FileNotFoundError:
        _refuse_being_written(folder)
        if any((folder / name).exists() for name in (*OWN_FILES, *STORE_FILES, SAVED)):
            raise ResultsDamagedError(say("study.error.unfinished", path=folder)) from None
        raise InputError(say("study.error.no_results", path=folder)) from None
    except (OSError, ValueError, KeyError, TypeError, AssertionError):
        raise ResultsDamagedError(
            say("study.error.manifest", path=folder / MANIFEST)
        ) from None
    problems = []
    for name, known in listed.items():
        place = folder / name
        try:
            if not place.is_file():
                problems.append(say("study.error.missing", path=place))
            elif _checksum(place) != known["sha256"]:
                problems.append(say("study.error.changed", path=place))
        except OSError as error:
            problems.append(
                say("study.error.unreadable", path=place, reason=system_reason(error))
            )
    if problems:
        raise ResultsDamagedError("\n".join([*problems, say("study.error.restore")]))
    return listed


def load_results(path: str | Path, table: str = "outcomes") -> pd.DataFrame:
    """Read a table of a results directory after checking that nothing in it has changed.

    Parameters
    ----------
    table
        outcomes, years, projects, weeks, journal, failures or comparison.

    Raises
    ------
    InputError
        When there is no such directory or table.
    ResultsDamagedError
        When a file is missing or has changed.

    Warns
    -----
    UnfinishedNote
        For a sweep that is not finished: the table holds the runs that are.
    """
    import pandas as pd

    if any((Path(path) / name).exists() for name in STORE_FILES):
        from linkage_sim.studies.sweep_results import unfinished_table

        unfinished = unfinished_table(Path(path), table)
        if unfinished is not None:
            return unfinished
    listed = verify_results(path)
    known = [Path(name).stem for name in listed if name.endswith((".parquet", ".csv"))]
    if table not in known:
        raise InputError(
            say("study.error.no_table", path=path, table=table, known=listing(known))
        )
    if table == "comparison":
        return _read_comparison(Path(path) / "comparison.csv")
    return pd.read_parquet(Path(path) / f"{table}.parquet")


def _read_comparison(path: Path) -> pd.DataFrame:
    import pandas as pd

    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    for name in table.columns.difference(["scenario", "baseline", "outcome"]):
        # Python reads back the very number that was written; pandas does not in every version.
        numbers = [float(text) if text else float("nan") for text in table[name]]
        table[name] = pd.Series(numbers, dtype=WHOLE.get(str(name), "float64"))
    return table


def load_provenance(path: str | Path) -> Row:
    """Read how results came about; raises as `load_results` does."""
    verify_results(path)
    record: Row = json.loads((Path(path) / "provenance.json").read_text(encoding="utf-8"))
    return record
