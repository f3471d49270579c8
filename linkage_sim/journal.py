"""The life story of every project: what happened, when, to whom, with which figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from linkage_sim.world.columns import N_FIFTHS, People

# Hours of a contract that a story tells; documents stand for all paper.
HOURS = ("worked", "substance", "showcase", "document", "volunteer")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to one project."""

    day: float
    project: str
    event: str
    facts: dict[str, Any]


def who_was_served(people: People, community: int, persons: Any) -> dict[str, Any]:
    """Count persons served, each once, by age group and by fifth of vulnerability.

    Returns
    -------
    dict
        `ages` (0-14, 15-39, 40-59, 60+) and `fifths` (least to most vulnerable) in persons;
        `bottom_lives_here`, the share of the community's residents in the most vulnerable fifth.
    """
    served = np.unique(np.asarray(persons, dtype=np.int64))
    bottom = people.fifth[people.rows(community)] == N_FIFTHS - 1
    return {
        "ages": np.bincount(people.age_group[served], minlength=4).tolist(),
        "fifths": np.bincount(people.fifth[served], minlength=N_FIFTHS).tolist(),
        "bottom_lives_here": round(float(bottom.mean()), 4),
    }


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
