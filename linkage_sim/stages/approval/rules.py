"""How a street office ranks files: registered rules, exchangeable from a scenario file."""

from __future__ import annotations

from typing import Any, Protocol

from linkage_sim.projects import File
from linkage_sim.scenario.policy import Criteria


class ApprovalRule(Protocol):
    """A rule gives every file a number; higher is approved first."""

    def score(self, file: File, criteria: Criteria, image_value: float) -> float:
        """Rate one file, 0..1."""
        ...


class RankByCriteria:
    """Weigh fit to priorities, visibility, and the evidence of need attached to the file.

    Evidence of need rates the estimate in the file against the greatest need that this community
    put forward, never the truth.
    """

    def score(self, file: File, criteria: Criteria, image_value: float) -> float:
        """Weighted mean of the three; a purchaser who gains from show shifts weight to it."""
        shares: dict[str, Any] = criteria.shares()
        evidence = file.evidence_quality * file.expected_need
        rated = (
            shares["alignment"] * file.alignment
            + shares["visibility"] * file.visibility
            + shares["evidence"] * evidence
        )
        return (1.0 - image_value) * rated + image_value * file.visibility
