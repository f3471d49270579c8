"""What the pages of one server share: places to start from, the worker pool; nothing of a user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linkage_sim.app.pool import Pool


@dataclass
class Service:
    """The shared part of a server.

    Attributes
    ----------
    places
        Name in an address -> scenario to load.
    language
        Shown to who has not chosen one; empty: the one the browser asks for.
    """

    pool: Pool
    places: Mapping[str, str]
    language: str = ""
    reforms: tuple[str, ...] = field(default=("fast_approval",))


_service: list[Service] = []


def provide(service: Service) -> None:
    """Set the service that every page of this process uses."""
    _service[:] = [service]


def service() -> Service:
    """Give the service of this process."""
    return _service[0]
