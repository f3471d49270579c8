"""What levers act through, made visible: each such quantity passes here once.

A lever may change what an actor knows, when something happens, what it costs or what is
rewarded. Each of these quantities is handed through `Mediators.through` under a name. A run can
record them; another run can be given the record for some names, and then uses the recorded
quantities instead of its own. With the mediators of a lever frozen this way, the lever must move
no substantive outcome: the mediator cut, the strongest test of honesty there is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Record = dict[tuple[str, Any], Any]

NAMES: dict[str, str] = {
    "hearing": "What the committee learns, whom it gets to know, what that costs and when it ends",
    "decision": "Which file is approved, when, and what approving cost",
    "award": "Which organization gets the contract and when it can start",
    "promise": "What a project promises: needs ended, and places",
    "mix": "How an organization splits its hours, and how long reports keep workers",
    "check": "What a mid-term check costs and withholds",
    "roster": "Which places are opened again, and the hours that takes",
    "retarget": "Hours an organization may use for whom it meets",
    "station": "Money and hours of a station",
    "volunteering": "What makes residents join and stay, and hours that takes",
    "verdict": "The score, the payment and the renewal that follow an evaluation, and its price",
    "payment": "When the last tranche is paid",
    "published": "Which scores everybody knows",
    "meeting": "Which lists are passed on, and the hours a joint meeting takes",
    "campaign": "Hours that campaigns take",
}


class Mediators:
    """Hands quantities through; records or replaces them where told to.

    Parameters
    ----------
    record
        Keep everything handed through.
    frozen
        A record of another run; names in `names` are answered from it.
    """

    def __init__(
        self, record: bool = False, frozen: Record | None = None, names: Iterable[str] = ()
    ) -> None:
        self.recording = record
        self.record: Record = {}
        self._frozen = frozen or {}
        self.names = frozenset(names)
        unknown = self.names - NAMES.keys()
        if unknown:
            raise ValueError(f"not mediators: {sorted(unknown)}; known: {sorted(NAMES)}")

    @property
    def active(self) -> bool:
        """Whether anything is recorded or answered from a record."""
        return self.recording or bool(self.names)

    def frozen(self, name: str) -> bool:
        """Tell whether a name is answered from a record."""
        return name in self.names

    def recall(self, name: str, key: Any) -> Any:
        """Give the recorded quantity, or None where the other run had none."""
        return self._frozen.get((name, key))

    def through(self, name: str, key: Any, value: Any) -> Any:
        """Hand a quantity through, replaced by the recorded one if its name is frozen."""
        if name in self.names and (name, key) in self._frozen:
            value = self._frozen[(name, key)]
        if self.recording:
            self.record[(name, key)] = value
        return value
