"""Sweeps: every point of a study on every seed, kept run by run, so that nothing is lost.

The promise: a run that was counted as done is on the disk, and the same command does exactly the
runs that are missing, whatever stopped it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from linkage_sim.errors import InputError
from linkage_sim.provenance import MODEL_VERSION, code_hash, library_versions
from linkage_sim.studies.designs import blocks_for, is_appended
from linkage_sim.studies.results import results_folder
from linkage_sim.studies.shards import FAILED, GIVEN_UP, Entry
from linkage_sim.studies.standing import refuse_other_results
from linkage_sim.studies.store import Store
from linkage_sim.studies.study import Study, load_study
from linkage_sim.studies.study_record import differences, record_of
from linkage_sim.studies.sweep_run import Setup, Task, do_run, not_done, warm_up
from linkage_sim.studies.tasks import Tasks
from linkage_sim.studies.workers import Crew, Failure
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd

    from linkage_sim.studies.export import Adding

KEEP_SECONDS, KEEP_RUNS = 0.5, 256
"""Finished runs go to the disk together, at the latest after so long or so many."""
CHUNK_SECONDS, LARGEST_CHUNK = 1.0, 64
GRACE_SECONDS = 10.0
"""What a run may take beyond its time before its process is killed."""
CHECKED_POINTS = 12
Row = dict[str, Any]


@dataclass
class Options:
    """How a sweep is done, which no number depends on.

    Attributes
    ----------
    jobs
        Processes at once.
    stop_on_error
        End at the first run that fails.
    run_timeout
        Seconds a run may take; None for any time.
    retry_failed
        Do runs again that failed before.
    """

    jobs: int = 1
    stop_on_error: bool = False
    run_timeout: float | None = None
    retry_failed: bool = False


@dataclass
class Progress:
    """How far a sweep is; the command line looks at it, and asks it to stop.

    Attributes
    ----------
    notes
        What a person should know, in the order in which it came up.
    """

    total: int = 0
    done: int = 0
    failed: int = 0
    before: int = 0
    stop_asked: bool = False
    notes: list[str] = field(default_factory=list)
    tell: Callable[[Progress], None] = lambda progress: None

    def note(self, text: str) -> None:
        """Keep a sentence for a person, and tell it."""
        self.notes.append(text)
        self.tell(self)

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing is missing."""
        return self.done >= self.total


class Executor(Protocol):
    """Does tasks somewhere: in processes here, or on the workers of a cluster."""

    def batches(self, setup: Setup, tasks: Iterator[Task]) -> Iterator[list[tuple[Task, Any]]]:
        """Give (task, (Entry, seconds) or Failure) as they come in; empty lists in between."""
        ...

    def stop(self) -> None:
        """Hand out no further chunk."""
        ...

    def dismiss(self) -> None:
        """End everything."""
        ...


class Chunks:
    """Cuts tasks into chunks that take about a second each, by the pace seen so far."""

    def __init__(
        self, setup: Setup, tasks: Iterator[Task], seconds: float = CHUNK_SECONDS,
        largest: int = LARGEST_CHUNK,
    ) -> None:
        self._setup, self._tasks, self._seconds = setup, tasks, seconds
        self._pace, self._largest = seconds, largest

    def __iter__(self) -> Iterator[list[tuple[Setup, Task]]]:
        """Give the chunks."""
        return self

    def __next__(self) -> list[tuple[Setup, Task]]:
        """Give the next chunk, as large as the pace allows."""
        size = max(1, min(self._largest, int(self._seconds / max(self._pace, 1e-3))))
        chunk = [(self._setup, task) for task in islice(self._tasks, size)]
        if not chunk:
            raise StopIteration
        return chunk

    def saw(self, seconds: float) -> None:
        """Learn how long a run took."""
        self._pace += 0.2 * (seconds - self._pace)


class Processes:
    """Does tasks in processes of this machine."""

    def __init__(self, jobs: int, timeout: float | None) -> None:
        self._jobs, self._timeout = jobs, timeout
        self.crew: Crew | None = None

    def batches(self, setup: Setup, tasks: Iterator[Task]) -> Iterator[list[tuple[Task, Any]]]:
        """Give answers as they come in."""
        chunks = Chunks(setup, tasks)
        patience = None if self._timeout is None else self._timeout + GRACE_SECONDS
        self.crew = Crew(do_run, chunks, self._jobs, warm_up, patience)
        for batch in self.crew.batches():
            for _, answer in batch:
                if not isinstance(answer, Failure):
                    chunks.saw(answer[1])
            yield [(task, answer) for (_, task), answer in batch]

    def stop(self) -> None:
        """Let workers finish the chunks they have."""
        if self.crew is not None:
            self.crew.stopping = True

    def dismiss(self) -> None:
        """End all processes."""
        if self.crew is not None:
            self.crew.dismiss()


def sweep(
    study: Study | str | Path, out: str | Path, jobs: int = 1, **options: Any
) -> pd.DataFrame:
    """Run a study and keep every run; the same call goes on where an earlier one stopped.

    Parameters
    ----------
    study
        A study file, or what `load_study` read from one.
    out
        The results directory.
    jobs
        Processes at once; the numbers do not depend on it.
    options
        As in `Options`: stop_on_error, run_timeout, retry_failed.

    Returns
    -------
    pandas.DataFrame
        One row a finished run: run_id, scenario, seed, every changed parameter, every outcome.

    Raises
    ------
    InputError
        For anything wrong with the study, or a directory that holds something else.
    """
    from linkage_sim.studies.results import load_results

    read = study if isinstance(study, Study) else load_study(Path(study))
    run_sweep(read, Path(out), Options(jobs=jobs, **options))
    return load_results(out)


def run_sweep(
    study: Study, place: Path, options: Options, progress: Progress | None = None,
    executor: Executor | None = None, blocks: Sequence[int] = (),
    add: Adding | None = None,
) -> Progress:
    """Do the runs of a study that are missing in a results directory, and write its tables.

    Parameters
    ----------
    blocks
        As which samples to draw the points where nothing is stored yet; in one piece if left out.
    add
        Writes beside the finished tables what is computed from them.

    Raises
    ------
    InputError
        When the directory holds another study's runs, or anything else.
    ResultsInUseError
        When another process is at work there.
    DiskFullError
        When the disk takes no more; everything finished before is kept.
    """
    from linkage_sim.studies.export import export

    progress = progress or Progress()
    with results_folder(place) as folder:
        refuse_other_results(place)
        store = Store(place)
        blocks, tasks = fitting(study, store, blocks)
        for path, saved in store.set_aside():
            progress.note(say("sweep.set_aside", path=path, saved=saved))
        # Whatever was saved from a damaged file counts only where the study asks for it.
        store.forget(set(store.spots) - tasks.keys())
        store.tidy()
        if is_appended(study, blocks):
            progress.note(say("sweep.appended", parts=" + ".join(map(str, blocks))))
        _check_points(study, tasks)
        head = {**identity(study), "blocks": list(blocks)}
        store.keep_record({**record_of(study, blocks), **identity(study)})
        store.forget(_to_repeat(store, options.retry_failed))
        progress.total = len(tasks.keys())
        progress.before = len(store.spots)
        folder.sign(before=progress.before)
        _update(progress, store)
        if not progress.is_complete:
            doer = executor or Processes(min(options.jobs, progress.total), options.run_timeout)
            _run(study, store, head, tasks, options, progress, doer)
        if progress.is_complete:
            export(folder, store, study, add)
    return progress


def identity(study: Study) -> Row:
    """Name what numbers depend on beside the study: model, code and libraries."""
    return {
        "model_version": MODEL_VERSION, "code": code_hash(study.scenarios),
        "libraries": library_versions(),
    }


def setup_of(study: Study, timeout: float | None) -> Setup:
    """Put together what workers need; each works on one thread, since they share the cores."""
    contents = [item.model_dump(mode="json") for item in study.scenarios]
    for content in contents:
        content["run"]["threads"] = 1
    key = hashlib.blake2b(json.dumps([contents, timeout]).encode(), digest_size=16).hexdigest()
    return Setup(key, study.names, tuple(contents), study.recording, timeout)


def fitting(study: Study, store: Store, usual: Sequence[int] = ()) -> tuple[tuple[int, ...], Tasks]:
    """Plan the study so that it goes on from what is stored; refuse where it cannot."""
    now = identity(study)
    stored = ([store.record] if store.record else []) + store.heads
    known = max((tuple(item.get("blocks", ())) for item in stored), key=sum, default=tuple(usual))
    blocks = blocks_for(study, known)
    tasks = Tasks(study, blocks)
    if not store.spots:
        return blocks, tasks
    lines = next((found for item in stored if (found := differences(item, now))), [])
    unknown = set() if lines else set(store.spots) - tasks.keys()
    if unknown:
        lines = differences(store.record or {}, record_of(study, blocks))
        lines = lines or [say("sweep.differ.runs", count=len(unknown))]
    missing = set(study.recording) - set((store.record or {}).get("recording", study.recording))
    if missing:
        lines = [*lines, say("sweep.differ.recording", names=", ".join(sorted(missing)))]
    if lines:
        raise InputError([say("sweep.error.other_study", path=store.place,
                              count=len(store.spots)), *lines])
    return blocks, tasks


def _check_points(study: Study, tasks: Tasks) -> None:
    """Look at a few points as whole scenarios before hours are spent on them."""
    count = len(tasks.points)
    step = max(1, count // CHECKED_POINTS)
    for number in range(0, count, step):
        for item in study.scenarios:
            item.with_values(tasks.points[number])


def _to_repeat(store: Store, retry_failed: bool) -> list[bytes]:
    states = (FAILED, GIVEN_UP) if retry_failed else (GIVEN_UP,)
    return [task for task, spot in store.spots.items() if spot.state in states]


def _update(progress: Progress, store: Store) -> None:
    progress.done, progress.failed = len(store.spots), store.failed
    progress.tell(progress)


def _run(
    study: Study, store: Store, head: Row, tasks: Tasks, options: Options, progress: Progress,
    executor: Executor,
) -> None:
    setup = setup_of(study, options.run_timeout)
    waiting = (task for task in tasks if task.key not in store.spots)
    finished: list[Entry] = []
    kept_at = time.monotonic()
    try:
        for batch in executor.batches(setup, waiting):
            finished += [_entry(setup, task, answer) for task, answer in batch]
            if options.stop_on_error and any(item.state for item in finished):
                executor.stop()
            if progress.stop_asked:
                executor.stop()
            if len(finished) >= KEEP_RUNS or time.monotonic() - kept_at > KEEP_SECONDS:
                _keep(store, head, finished, progress)
                kept_at = time.monotonic()
    finally:
        executor.dismiss()
        _keep(store, head, finished, progress)


def _entry(setup: Setup, task: Task, answer: Any) -> Entry:
    return not_done(setup, task, answer) if isinstance(answer, Failure) else answer[0]


def _keep(store: Store, head: Row, finished: list[Entry], progress: Progress) -> None:
    """Put finished runs on the disk; only then do they count."""
    if finished:
        fresh: Sequence[Entry] = tuple(finished)
        finished.clear()
        store.add(head, fresh)
        _update(progress, store)
