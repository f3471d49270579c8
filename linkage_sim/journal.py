"""The life story of every project: what happened, when, to whom, with which figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to one project."""

    day: float
    project: str
    event: str
    facts: dict[str, Any]


class Journal:
    """Keeps entries in the order in which they happened; keeps nothing unless asked to."""

    def __init__(self, keep: bool) -> None:
        self.keep = keep
        self.entries: list[Entry] = []

    def note(self, day: float, project: str, event: str, /, **facts: Any) -> None:
        """Write one entry; `facts` must be plain numbers, texts, or lists of them."""
        if self.keep:
            self.entries.append(Entry(round(float(day), 4), project, event, facts))

    def rows(self) -> list[dict[str, Any]]:
        """Give all entries as flat rows for a table, facts as JSON text."""
        import json

        return [
            {
                "order": order,
                "day": entry.day,
                "project": entry.project,
                "event": entry.event,
                "facts": json.dumps(entry.facts, ensure_ascii=False, sort_keys=True),
            }
            for order, entry in enumerate(self.entries)
        ]
