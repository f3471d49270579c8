"""Shares work on communities among threads; what comes out never depends on how many there are."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

PARTS_PER_THREAD = 4  # so that nobody waits long for the one whose communities are larger


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="communities")


def in_parts(threads: int, communities: int, act: Callable[[int, int], None]) -> None:
    """Do something in all communities, several parts of them at once where that is wanted.

    Kernels do not hold Python's lock, so that threads really run side by side. `act` is given the
    first community of a part and the one after its last; it may change only what belongs to these:
    rows of residents, counts, contracts.

    Parameters
    ----------
    threads
        At most so many at once; 1 does without any.
    """
    if threads <= 1 or communities <= 1:
        act(0, communities)
        return
    parts = min(communities, threads * PARTS_PER_THREAD)
    edges = [part * communities // parts for part in range(parts + 1)]
    # Reading every answer raises what went wrong in a thread.
    list(_pool(threads).map(act, edges[:-1], edges[1:]))


def for_each_community(threads: int, communities: int, act: Callable[[int], None]) -> None:
    """Do something in every community, several at once where that is wanted; see `in_parts`."""
    def part(first: int, stop: int) -> None:
        for community in range(first, stop):
            act(community)

    in_parts(threads, communities, part)
