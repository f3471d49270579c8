"""Turns the system's request to end into an interruption, so that verbs save what is finished."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import Any

_received: list[int] = []


class _Terminated(KeyboardInterrupt):
    """The system asked the process to end; verbs save what is finished, as they do on Ctrl-C."""


@contextlib.contextmanager
def termination() -> Iterator[list[int]]:
    """Interrupt what is going on when SIGTERM comes; gives a list that holds it afterwards."""

    def receive(number: int, _frame: Any) -> None:
        _received.append(number)
        raise _Terminated

    _received.clear()
    try:
        before = signal.signal(signal.SIGTERM, receive)
    except ValueError:
        # Only the main thread may set signals.
        yield _received
        return
    try:
        yield _received
    except KeyboardInterrupt:
        if not _received:
            raise
    finally:
        signal.signal(signal.SIGTERM, before)


def is_told_to_end() -> bool:
    """Tell whether SIGTERM has come.

    A library that is being imported may swallow the interruption; who starts something that lasts
    asks first.
    """
    return bool(_received)
