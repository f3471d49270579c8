"""The files that keep the runs of a sweep: each is on the disk whole, or it is not there.

A shard is written beside, flushed to the disk and renamed; then its folder is flushed. Every run in
it has a checksum of its own and the shard has one over everything, so that any flipped bit and any
missing end is noticed, and the runs before it can still be read.

    magic, length of the head (4 bytes), head (JSON: what made the runs), for each run: task (16
    bytes), run id (12), failed (1), length (4), checksum of these and of the content (16), content;
    at the end the number of runs (4) and a checksum of all that stands before it (32).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAGIC = b"linkage-sim shard 1\n"
ENDING = ".shard"
WRITING = ".writing"
_ENTRY = struct.Struct("<16s12sBI")
_COUNT = struct.Struct("<I")
_CHECK_BYTES, _WHOLE_BYTES = 16, 32
_LONGEST_HEAD = 1 << 20

DONE, FAILED, GIVEN_UP = 0, 1, 2
"""A run that failed by itself fails again; one given up (its worker died, or time ran out) may
succeed another time."""


class ShardDamagedError(ValueError):
    """A shard is not what was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One run as it is kept: what it is, and its packed content."""

    task: bytes
    run: bytes
    state: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the content of a run lies."""

    path: Path
    start: int
    length: int
    run: bytes
    state: int


def write_shard(place: Path, head: dict[str, Any], entries: Iterable[Entry]) -> None:
    """Write a shard; it counts only once this returns.

    Raises
    ------
    OSError
        When the disk does not take it; nothing is left behind then.
    """
    beside = place.with_suffix(WRITING)
    text = json.dumps(head, sort_keys=True).encode()
    try:
        with beside.open("wb") as handle:
            whole, pieces = hashlib.sha256(), 0
            for piece in _pieces(text, entries):
                whole.update(piece)
                handle.write(piece)
                pieces += 1
            end = _COUNT.pack(pieces - 1)
            whole.update(end)
            handle.write(end + whole.digest())
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(place)
        _flush_folder(place.parent)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _pieces(head: bytes, entries: Iterable[Entry]) -> Iterator[bytes]:
    """Give the head, then each run, as one piece each."""
    yield MAGIC + _COUNT.pack(len(head)) + head
    for item in entries:
        front = _ENTRY.pack(item.task, item.run, item.state, len(item.content))
        yield front + _check(front, item.content) + item.content


def _check(front: bytes, content: bytes) -> bytes:
    found = hashlib.blake2b(front, digest_size=_CHECK_BYTES)
    found.update(content)
    return found.digest()


def _flush_folder(folder: Path) -> None:
    """Make the name of a new file last too; some systems cannot, and then need not."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_shard(place: Path) -> tuple[dict[str, Any], dict[bytes, Spot]]:
    """Check a shard whole and list its runs.

    Returns
    -------
    head, runs
        What made the runs, and where each lies.

    Raises
    ------
    ShardDamagedError
        When anything in it is not as it was written.
    FileNotFoundError
        When it is gone, as when its runs were joined with others meanwhile.
    """
    data = _bytes_of(place)
    body = data[:-_WHOLE_BYTES]
    if len(data) < _WHOLE_BYTES or hashlib.sha256(body).digest() != data[-_WHOLE_BYTES:]:
        raise ShardDamagedError(str(place))
    head, runs = _scan(place, body)
    if head is None or _COUNT.unpack(body[-_COUNT.size :])[0] != len(runs):
        raise ShardDamagedError(str(place))
    return head, dict(runs)


def good_entries(place: Path) -> tuple[dict[str, Any] | None, list[Entry]]:
    """Read what is whole in a damaged shard; the head is None where it is damaged itself."""
    try:
        data = _bytes_of(place)
    except (OSError, ShardDamagedError):
        return None, []
    head, runs = _scan(place, data)
    return head, [
        Entry(task, spot.run, spot.state, data[spot.start : spot.start + spot.length])
        for task, spot in runs
    ]


def _bytes_of(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except FileNotFoundError:
        raise
    except OSError:
        # A disk that cannot give back what it took has damaged it.
        raise ShardDamagedError(str(place)) from None


def _scan(place: Path, data: bytes) -> tuple[dict[str, Any] | None, list[tuple[bytes, Spot]]]:
    """List the runs up to the end, or to the first that is damaged."""
    start = len(MAGIC) + _COUNT.size
    if not data.startswith(MAGIC) or len(data) < start:
        return None, []
    length = _COUNT.unpack_from(data, len(MAGIC))[0]
    try:
        head = json.loads(data[start : start + min(length, _LONGEST_HEAD)])
    except ValueError:
        head = None
    place_of_run, runs = start + length, []
    while place_of_run + _ENTRY.size + _CHECK_BYTES <= len(data):
        front = data[place_of_run : place_of_run + _ENTRY.size]
        task, run, state, size = _ENTRY.unpack(front)
        inside = place_of_run + _ENTRY.size + _CHECK_BYTES
        content = data[inside : inside + size]
        if len(content) < size or _check(front, content) != data[inside - _CHECK_BYTES : inside]:
            break
        runs.append((task, Spot(place, inside, size, run, state)))
        place_of_run = inside + size
    return head if isinstance(head, dict) else None, runs


def read_content(spot: Spot) -> bytes:
    """Read the packed content of one run.

    Raises
    ------
    ShardDamagedError
        When it cannot be read.
    """
    with spot.path.open("rb") as handle:
        handle.seek(spot.start)
        content = handle.read(spot.length)
    if len(content) < spot.length:
        raise ShardDamagedError(str(spot.path))
    return content


def shard_paths(folder: Path) -> list[Path]:
    """List the shards of a folder, oldest first."""
    return sorted(folder.glob(f"*{ENDING}"))
