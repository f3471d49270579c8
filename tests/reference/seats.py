"""Funded places of a project and who holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.reference.person import Person

OPEN, HELD, LOST, GONE = "open", "held", "lost", "gone"


class Seat:
    """A funded place: open, held by a person, lost (its need has gone) or gone (moved away)."""

    __slots__ = ("holder", "left", "state")

    def __init__(self, series: int, holder: Person | None = None) -> None:
        self.holder = holder
        self.state = OPEN if holder is None else HELD
        self.left = series

    def open_again(self, series: int) -> None:
        """Take the place from its holder; anybody may be found for it."""
        self.holder, self.state, self.left = None, OPEN, series
