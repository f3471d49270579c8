"""The street office: ranks files, looks for flaws, fears blame.

Source: model.md section 7 and 14 (blame_cost, image_value).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from linkage_sim.draws import Decision, Draws
from linkage_sim.scenario.schema import Scenario
from tests.reference.institutions.papers import File

USUAL_QUALITY = 0.5


class Street:
    """A street office, the legal purchaser of its communities."""

    def __init__(self, plan: Scenario, draws: Draws, number: int) -> None:
        self.plan, self.draws, self.number = plan, draws, number
        self.scandals = 0

    def score(self, file: File) -> float:
        """Weigh fit to priorities, visibility, and evidence of need, which rates the estimate."""
        shares = self.plan.policy.approval.criteria.shares()
        image = self.plan.policy.linkage.image_value
        evidence = file.evidence_quality * file.expected_need
        rated = (
            shares["alignment"] * file.alignment
            + shares["visibility"] * file.visibility
            + shares["evidence"] * evidence
        )
        return (1.0 - image) * rated + image * file.visibility

    def rank(self, files: Sequence[File]) -> list[File]:
        """Put files in the order of approval: highest score, then cheaper, then by name."""
        for file in files:
            file.rank_score = self.score(file)
        return sorted(
            files, key=lambda file: (-self.score(file), file.idea.cost_yuan, file.idea.name)
        )

    def return_factor(self, quality: float) -> float:
        """What a file's quality leaves of the probability of a return; 1 at quality 0.5."""
        exponent = self.plan.assumptions.officials.return_quality
        if exponent <= 0.0:
            return 1.0
        return min(2.0, (max(0.0, 1.0 - quality) / USUAL_QUALITY) ** exponent)

    def finds_flaw(self, file: File, office_number: int) -> bool:
        """Draw whether an officer sees the flaw of a flawed project at one desk."""
        if not file.idea.flawed:
            return False
        chance = self.plan.assumptions.officials.catch_probability * (1.0 + self.extra_checks())
        lot = self.draws.uniform(Decision.DESK_CATCH, file.idea.identity, file.year, office_number)
        return lot < chance

    def extra_checks(self) -> float:
        """Checks added out of fear of blame, as a share of the usual work; levels off."""
        fear = self.plan.policy.linkage.blame_cost
        return fear * (1.0 - math.exp(-self.scandals)) if fear > 0.0 else 0.0

    def cost_of_visit(self, extra_checks: float) -> float:
        """Officer time of one visit of a file, in yuan."""
        officials = self.plan.assumptions.officials
        return officials.officer_hours * (1.0 + extra_checks) * officials.officer_hour_yuan

    def hears_of_scandal(self, file: File) -> bool:
        """Draw whether a flawed project comes out."""
        if not file.idea.flawed:
            return False
        lot = self.draws.uniform(Decision.SCANDAL, file.idea.identity, file.year)
        return lot < self.plan.assumptions.officials.scandal_probability
