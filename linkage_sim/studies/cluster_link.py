"""The way to a Dask cluster: its scheduler is looked for, and its workers asked what they are."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.studies.cluster_worker import (
    PLUGINS,
    SCENARIO,
    Stranger,
    is_here,
    program_marks,
)
from linkage_sim.words import say

CONNECT_SECONDS = 10.0
STRANGERS_SHOWN = 3
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[^\s/:\[\]]+):(\d{1,5})")
_LOUD = ("distributed", "distributed.client", "tornado.application", "asyncio")


class ClusterLostError(RuntimeError):
    """The scheduler, or every worker, is gone; what was finished before is kept."""

    exit_code = 1


class Link:
    """A connection to the scheduler of a cluster.

    Parameters
    ----------
    address
        tcp://HOST:PORT or tls://HOST:PORT.

    Raises
    ------
    InputError
        When the address cannot be one.
    """

    def __init__(self, address: str) -> None:
        found = _ADDRESS.fullmatch(address)
        if found is None or not 0 < int(found[3]) < 65536:
            raise InputError(say("sweep.cluster.address", address=address))
        self.address = address
        self.client: Any = None
        self._levels: dict[str, int] = {}

    def open(self) -> None:
        """Connect.

        Raises
        ------
        InputError
            When Dask is not installed, or no scheduler answers.
        """
        try:
            from distributed import Client
        except ImportError:
            raise InputError(say(
                "sweep.cluster.not_installed", command="pip install 'linkage-sim[cluster]'"
            )) from None
        # Dask tells of everything on standard error; what matters is said here in plain words.
        self._levels = {name: logging.getLogger(name).level for name in _LOUD}
        for name in _LOUD:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            self._find_scheduler()
            with warnings.catch_warnings():
                # Of versions that differ, those that numbers depend on are compared later.
                warnings.simplefilter("ignore")
                self.client = Client(
                    self.address, timeout=CONNECT_SECONDS, set_as_default=False, name="linkage-sim"
                )
        except Exception as error:
            raise self._unreachable(reason_of(error)) from None

    def _find_scheduler(self) -> None:
        """Ask who listens: Dask's client would wait very long for anything but a scheduler."""
        async def asked() -> str:
            from distributed.comm import connect
            from distributed.security import Security

            safety = Security().get_connection_args("client")
            comm = await connect(self.address, timeout=CONNECT_SECONDS, **safety)
            try:
                await comm.write({"op": "identity", "reply": True})
                return str((await comm.read())["type"])
            finally:
                comm.abort()

        # In a thread of its own: this one may have a loop already, as in a notebook.
        with ThreadPoolExecutor(1) as helper:
            limited = asyncio.wait_for(asked(), CONNECT_SECONDS + 1)
            kind = helper.submit(asyncio.run, limited).result()
        if kind != "Scheduler":
            raise TypeError(say("sweep.cluster.other_kind", kind=kind))

    def _unreachable(self, reason: str) -> InputError:
        return InputError(say("sweep.cluster.unreachable", address=self.address, reason=reason))

    def close(self, sent: Sequence[Any]) -> None:
        """Take back what was sent and let go; the cluster stays."""
        client, self.client = self.client, None
        if client is not None:
            # The cluster may be gone; there is nothing left to be done about it.
            with contextlib.suppress(Exception):
                if client.status == "running" and sent:
                    client.cancel(list(sent))
            with contextlib.suppress(Exception):
                client.close(timeout=CONNECT_SECONDS / 2)
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
        self._levels = {}

    def lost(self) -> ClusterLostError:
        """Make the error that says so."""
        return ClusterLostError(say("sweep.cluster.lost", address=self.address))

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Turn whatever fails once the scheduler is gone into one plain sentence.

        Raises
        ------
        ClusterLostError
            When the connection is gone, before or after.
        """
        if self.client.status != "running":
            raise self.lost()
        try:
            yield
        except (InputError, ClusterLostError):
            raise
        except Exception as error:
            if self.client.status == "running" and not isinstance(error, OSError):
                raise
            raise self.lost() from None

    def threads(self) -> dict[str, int]:
        """Count the threads of each worker, by its address."""
        return dict(self.client.nthreads())

    def refuse_strangers(self, wanted: Mapping[str, str]) -> None:
        """Ask scheduler and workers which program they are.

        Raises
        ------
        InputError
            When a worker is not the wanted one, naming each with what it has.
        """
        try:
            self.client.run_on_scheduler(is_here)
        except Exception as error:
            if isinstance(error, OSError) or self.client.status != "running":
                raise
            raise InputError(say(
                "sweep.cluster.scheduler_lacks", address=self.address, reason=reason_of(error)
            )) from None
        strangers = []
        for worker, found in sorted(self.client.run(program_marks, on_error="return").items()):
            if isinstance(found, OSError):
                # It left just now.
                continue
            if isinstance(found, Exception):
                strangers.append(Stranger(worker, {}, (reason_of(found),)))
            elif found != wanted:
                strangers.append(Stranger(worker, found))
        if strangers:
            raise refusal(strangers, wanted)


def refusal(strangers: Sequence[Stranger], wanted: Mapping[str, str]) -> InputError:
    """Name each worker that is another program, what it has and what is expected."""
    lines = []
    for item in strangers[:STRANGERS_SHOWN]:
        lines.append(say("sweep.cluster.stranger", worker=item.worker or "?"))
        lines += [f"  {text}" for text in item.trouble]
        if item.found and not item.trouble:
            lines += [
                say("sweep.cluster.differs", name=_label(name), found=item.found.get(name, "–"),
                    expected=wanted.get(name, "–"))
                for name in dict.fromkeys([*item.found, *wanted])
                if item.found.get(name) != wanted.get(name)
            ]
    more = len(strangers) - STRANGERS_SHOWN
    if more > 0:
        lines.append(say("sweep.cluster.more_strangers", count=more))
    return InputError([*lines, say("sweep.cluster.same_everywhere")])


def _label(name: str) -> str:
    """Name a mark in words; libraries are named as they are."""
    if name in ("model_version", "code"):
        return say(f"sweep.differ.name.{name}")
    if name == "package":
        return "linkage-sim"
    if name == PLUGINS:
        return say("sweep.cluster.plugins")
    if name.startswith(SCENARIO):
        return say("sweep.cluster.scenario", name=name.removeprefix(SCENARIO))
    return name


def reason_of(error: BaseException) -> str:
    """Shorten an error to one line."""
    text = " ".join(str(error).split())[:300]
    if text and (isinstance(error, (OSError, TypeError)) or type(error) is Exception):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
