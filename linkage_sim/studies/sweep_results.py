"""Reads what a sweep has brought so far: how many runs, how fast, and their tables."""

from __future__ import annotations

import json
import shutil
import time
import warnings
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError, UnfinishedNote
from linkage_sim.studies.export import export, frame_of
from linkage_sim.studies.results import (
    LOCK,
    MANIFEST,
    RECORD,
    RUNS,
    ResultsDamagedError,
    results_folder,
    verify_results,
)
from linkage_sim.studies.shards import Entry, good_entries, shard_paths
from linkage_sim.studies.store import Store, open_store
from linkage_sim.studies.study_record import study_from
from linkage_sim.studies.tasks import Tasks
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Standing:
    """How far a sweep is.

    Attributes
    ----------
    done, failed, waiting, total
        Runs: finished well, failed, not done yet, all of the study.
    runs_per_second, seconds_left
        By the process at work; None where there is none, or it has finished no run.
    at_work
        Who is doing runs right now: process, host and start; None where nobody is.
    """

    done: int
    failed: int
    waiting: int
    total: int
    runs_per_second: float | None
    seconds_left: float | None
    at_work: dict[str, Any] | None


def standing_of(place: Path) -> Standing:
    """Tell how far a sweep is, also while it runs.

    Raises
    ------
    InputError
        When there is no sweep.
    ResultsDamagedError
        When anything it keeps is damaged or gone.
    """
    store = open_store(place)
    record = _record(store)
    waiting = _missing(store, record)
    at_work = who_works(place)
    if (place / MANIFEST).exists() and at_work is None:
        verify_results(place)
        _refuse_lost(place, store)
    total = waiting + len(store.spots)
    pace = _pace(store, at_work)
    left = waiting / pace if pace and at_work else None
    return Standing(len(store.spots) - store.failed, store.failed, waiting, total, pace, left,
                    at_work)


def _record(store: Store) -> dict[str, Any]:
    """Give what is written of the study; from the finished tables where the record is gone."""
    found = store.record or _exported_record(store.place)
    if found is None:
        raise ResultsDamagedError(
            say("study.error.missing", path=store.place / RECORD) + "\n"
            + say("sweep.error.mend", path=store.place)
        )
    return found


def _exported_record(place: Path) -> dict[str, Any] | None:
    try:
        record = json.loads((place / "provenance.json").read_text(encoding="utf-8"))
        return {**record["study"], "scenarios": record["scenarios"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _refuse_lost(place: Path, store: Store) -> None:
    """Notice when runs that the finished tables hold are no longer kept."""
    record = _exported_record(place)
    count = record["runs"] if record is not None else 0
    if len(store.spots) < count:
        raise ResultsDamagedError(say(
            "sweep.error.runs_gone", path=place / RUNS, lost=count - len(store.spots)
        ) + "\n" + say("sweep.error.mend", path=place))


def who_works(place: Path) -> dict[str, Any] | None:
    """Tell which process is writing to a results directory; None where none is."""
    try:
        import fcntl

        with (place / LOCK).open(encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                found: dict[str, Any] = json.loads(handle.read() or "{}")
                return found
    except (ImportError, OSError, ValueError):
        pass
    return None


def _pace(store: Store, at_work: dict[str, Any] | None) -> float | None:
    """Count the runs a second since the process at work began."""
    try:
        told = at_work or {}
        began = datetime.strptime(str(told["started"]), "%Y-%m-%d %H:%M:%S").timestamp()
        fresh = len(store.spots) - int(told["before"])
    except (KeyError, ValueError):
        return None
    elapsed = time.time() - began
    return fresh / elapsed if fresh > 0 and elapsed > 0 else None


def unfinished_table(place: Path, table: str) -> pd.DataFrame | None:
    """Give a table of the finished runs of an unfinished sweep; None where it is finished.

    Raises as `load_results` does; warns that more is to come.
    """
    store = open_store(place)
    record = _record(store)
    if (place / MANIFEST).exists():
        _refuse_lost(place, store)
        if _is_exported(place, store):
            return None
    study = study_from(record)
    known = ("outcomes", *study.recording, *(("failures",) if store.failed else ()))
    if table not in known:
        raise InputError(
            say("study.error.no_table", path=place, table=table, known=listing(known))
        )
    total = len(store.spots) + _missing(store, record)
    note = say("sweep.unfinished", path=place, done=len(store.spots), total=total)
    warnings.warn(note, UnfinishedNote, stacklevel=4)
    return frame_of(store, study, table)


def _is_exported(place: Path, store: Store) -> bool:
    """Tell whether the tables hold the runs that are kept."""
    record = _exported_record(place)
    # What is wrong with it is found and told where the files are checked.
    return record is None or record["runs"] == len(store.spots)


def salvage(place: Path, new: Path) -> tuple[int, int]:
    """Copy the runs that are whole into a new directory, from which a sweep can go on.

    Returns
    -------
    runs copied, damaged files found

    Raises
    ------
    InputError
        When there is no sweep, or the new directory holds something.
    """
    if not (place / RUNS).is_dir():
        raise InputError(say("sweep.error.none_here", path=place))
    if new.exists() and any(new.iterdir()):
        raise InputError(say("sweep.error.not_empty", path=new))
    store = Store(place)
    record = store.record or _exported_record(place)
    with results_folder(new) as folder:
        fresh = Store(new)
        (new / RUNS).mkdir(parents=True, exist_ok=True)
        if record is not None:
            fresh.keep_record(record)
        for path in shard_paths(place / RUNS):
            if path not in store.damaged:
                shutil.copyfile(path, new / RUNS / path.name)
                continue
            head, entries = good_entries(path)
            left: list[Entry] = [item for item in entries if item.task not in store.spots]
            if head is not None and left:
                fresh.add_beside(path.name, head, left)
        fresh = Store(new)
        if record is not None and not _missing(fresh, record):
            export(folder, fresh, study_from(record))
    return len(fresh.spots), len(store.damaged)


def _missing(store: Store, record: dict[str, Any]) -> int:
    return len(Tasks(study_from(record), record["blocks"]).keys() - set(store.spots))
