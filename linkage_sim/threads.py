"""Shares work on communities among threads; what comes out never depends on how many there are."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="communities")


def for_each_community(threads: int, communities: int, act: Callable[[int], None]) -> None:
    """Do something in every community, on several threads at once where that is wanted.

    Kernels do not hold Python's lock, so that threads really run side by side. `act` may change
    only what belongs to its own community: rows of residents, counts, contracts of that community.

    Parameters
    ----------
    threads
        At most so many at once; 1 does without any.
    """
    if threads <= 1 or communities <= 1:
        for community in range(communities):
            act(community)
        return
    # Reading every answer raises what went wrong in a thread.
    list(_pool(threads).map(act, range(communities)))
