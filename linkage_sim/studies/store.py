"""What a sweep has finished: shards of runs in a folder, and a record of the study they belong to.

A run counts once its shard is on the disk. Small shards are joined into larger ones while the sweep
goes on; a stop in between leaves runs twice, which is noticed and mended.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.studies.results import DAMAGED, RECORD, RUNS, ResultsDamagedError
from linkage_sim.studies.shards import (
    ENDING,
    FAILED,
    GIVEN_UP,
    WRITING,
    Entry,
    ShardDamagedError,
    Spot,
    good_entries,
    read_content,
    read_shard,
    shard_paths,
    write_shard,
)
from linkage_sim.words import say, system_reason

JOINED_WHEN = 64
"""Small shards at once before they are joined."""
SMALL_RUNS, LARGEST_BYTES = 512, 64_000_000
Row = dict[str, Any]


class DiskFullError(RuntimeError):
    """The disk took no more; what was finished before is kept."""

    exit_code = 1


class Store:
    """The finished runs of a sweep, by task.

    Parameters
    ----------
    place
        The results directory.

    Attributes
    ----------
    spots : dict of task -> Spot
        Where each finished run lies.
    damaged : list of Path
        Shards, or the record, that are not what was written.
    heads : list of dict
        What made the runs of each whole shard.
    """

    def __init__(self, place: Path) -> None:
        self.place, self.folder = place, place / RUNS
        self.spots: dict[bytes, Spot] = {}
        self.damaged: list[Path] = []
        self.heads: list[Row] = []
        self.record: Row | None = None
        self._small: list[tuple[Path, int]] = []
        self._number = 0
        self._load()

    # -- reading -------------------------------------------------------------------------------

    def _load(self) -> None:
        self.record = self._read_record()
        seen: set[Path] = set()
        while True:
            # A sweep that is going joins shards: what vanishes comes back under another name.
            fresh = [path for path in shard_paths(self.folder) if path not in seen]
            if not fresh:
                break
            for path in fresh:
                seen.add(path)
                self._read(path)
        self.spots = {task: spot for task, spot in self.spots.items() if spot.path.exists()}

    def _read(self, path: Path) -> None:
        if path.stem.isdigit():
            self._number = max(self._number, int(path.stem))
        try:
            head, runs = read_shard(path)
        except FileNotFoundError:
            return
        except ShardDamagedError:
            self.damaged.append(path)
            return
        self.heads.append(head)
        self.spots.update(runs)
        if len(runs) < SMALL_RUNS:
            self._small.append((path, len(runs)))

    def _read_record(self) -> Row | None:
        path = self.place / RECORD
        try:
            found = json.loads(path.read_bytes())
            content: Row = found["study"]
            if _sum_of(content) != found["sha256"]:
                raise ValueError
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            self.damaged.append(path)
            return None
        return content

    def count(self, *states: int) -> int:
        """Count finished runs, or those in certain states."""
        if not states:
            return len(self.spots)
        return sum(spot.state in states for spot in self.spots.values())

    @property
    def failed(self) -> int:
        """Count the runs that failed or were given up."""
        return self.count(FAILED, GIVEN_UP)

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Give run id and content of every finished run, in the order of the ids.

        Raises
        ------
        ShardDamagedError
            When a shard has changed since it was checked.
        """
        ordered = sorted(self.spots.items(), key=lambda item: (item[1].run, item[0]))
        for _, spot in ordered:
            yield spot.run.hex(), unpacked(read_content(spot))

    def first_reason(self) -> str:
        """Give the last line of why a run failed, of the first that did; empty where none did."""
        failed = [spot for spot in self.spots.values() if spot.state]
        if not failed:
            return ""
        first = min(failed, key=lambda spot: spot.run)
        return str(unpacked(read_content(first))["failure"]).strip().splitlines()[-1]

    # -- writing -------------------------------------------------------------------------------

    def keep_record(self, content: Row) -> None:
        """Write down which study this is, in place of what was written before."""
        record = {"sha256": _sum_of(content), "study": content}
        data = json.dumps(record, indent=1, ensure_ascii=False).encode() + b"\n"
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = self.place / f"{RECORD}{WRITING}"
            with beside.open("wb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            beside.replace(self.place / RECORD)
        self.record = content

    def add(self, head: Row, entries: Sequence[Entry]) -> None:
        """Keep finished runs; once this returns they are on the disk.

        Raises
        ------
        DiskFullError
            When the disk takes no more.
        """
        if not entries:
            return
        path = self._write(head, entries)
        if len(entries) < SMALL_RUNS:
            self._small.append((path, len(entries)))
        if len(self._small) >= JOINED_WHEN:
            self.join(head)

    def add_beside(self, name: str, head: Row, entries: Sequence[Entry]) -> None:
        """Keep runs under the name of the shard that they were saved from."""
        with self._writing():
            write_shard(self.folder / name, head, entries)

    def _write(self, head: Row, entries: Iterable[Entry]) -> Path:
        self._number += 1
        path = self.folder / f"{self._number:08d}{ENDING}"
        with self._writing():
            write_shard(path, head, entries)
        _, runs = read_shard(path)
        self.spots.update(runs)
        return path

    def join(self, head: Row) -> None:
        """Put the runs of small shards into a larger one; the small ones go when it is there."""
        size = 0
        chosen: list[Path] = []
        for path, _ in self._small:
            with contextlib.suppress(OSError):
                size += path.stat().st_size
            if chosen and size > LARGEST_BYTES:
                break
            chosen.append(path)
        old = set(chosen)
        moved = [(task, spot) for task, spot in self.spots.items() if spot.path in old]
        try:
            self._write(head, (
                Entry(task, spot.run, spot.state, read_content(spot)) for task, spot in moved
            ))
        except DiskFullError:
            # The small ones are as good, if many.
            self._small = []
            return
        self._small = [item for item in self._small if item[0] not in old]
        if len(moved) < SMALL_RUNS:
            self._small.append((self.folder / f"{self._number:08d}{ENDING}", len(moved)))
        for path in chosen:
            path.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a stop left behind: half-written files, shards whose runs lie elsewhere."""
        for path in [*self.folder.glob(f"*{WRITING}"), self.place / f"{RECORD}{WRITING}"]:
            path.unlink(missing_ok=True)
        used = {spot.path for spot in self.spots.values()}
        for path in shard_paths(self.folder):
            if path not in used and path not in self.damaged:
                path.unlink(missing_ok=True)
        self._small = [item for item in self._small if item[0] in used]

    def forget(self, tasks: Iterable[bytes]) -> None:
        """Count runs as not done, so that they are done again; what is written later holds."""
        for task in tasks:
            self.spots.pop(task, None)

    def set_aside(self) -> list[tuple[Path, int]]:
        """Move what is damaged out of the way, and keep the runs in it that are whole.

        Returns
        -------
        list of (where it lies now, runs saved from it)
        """
        moved = []
        for path in self.damaged:
            saved = 0
            if path.suffix == ENDING:
                head, entries = good_entries(path)
                fresh = [item for item in entries if item.task not in self.spots]
                if head is not None and fresh:
                    self._write(head, fresh)
                    self.heads.append(head)
                    saved = len(fresh)
            with self._writing():
                (self.place / DAMAGED).mkdir(exist_ok=True)
                target = _free_name(self.place / DAMAGED / path.name)
                path.replace(target)
            moved.append((target, saved))
        self.damaged = []
        return moved

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = system_reason(error)
            raise DiskFullError(say(
                "sweep.error.not_kept", path=self.place, reason=reason, count=len(self.spots)
            )) from None


def _free_name(path: Path) -> Path:
    number, target = 1, path
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return target


def _sum_of(content: Row) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def packed(content: Row) -> bytes:
    """Pack the content of a run; every number comes back to the last bit."""
    return zlib.compress(json.dumps(content, ensure_ascii=False).encode(), 1)


def unpacked(data: bytes) -> Row:
    """Give back what was packed."""
    found: Row = json.loads(zlib.decompress(data))
    return found


def refuse_damage(store: Store) -> None:
    """Raise ResultsDamagedError where anything kept is not what was written."""
    if store.damaged:
        lines = [say("study.error.changed", path=path) for path in store.damaged]
        raise ResultsDamagedError("\n".join([*lines, say("sweep.error.mend", path=store.place)]))


def is_sweep(place: Path) -> bool:
    """Tell whether a results directory is that of a sweep, finished or not."""
    return (place / RUNS).is_dir() or (place / RECORD).exists()


def open_store(place: Path) -> Store:
    """Open the runs of a sweep for reading.

    Raises
    ------
    InputError
        When there is none.
    ResultsDamagedError
        When something kept there is damaged.
    """
    if not is_sweep(place):
        raise InputError(say("sweep.error.none_here", path=place))
    store = Store(place)
    refuse_damage(store)
    return store
