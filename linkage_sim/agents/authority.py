"""Approval authorities: street office, district bureau and finance, with their own incentives."""

from __future__ import annotations

import math
from typing import Any

import mesa

from linkage_sim.draws import Decision
from linkage_sim.projects import File
from linkage_sim.scenario.answers import finite
from linkage_sim.scenario.policy import Approval
from linkage_sim.scenario.registry import APPROVAL_RULES

HALF = 0.5


class ApprovalAuthority(mesa.Agent):
    """An office that checks, ranks and sends back; the street office is the legal purchaser.

    Attributes
    ----------
    level : str
        "street", "district" or "finance".
    number : int
        Number among offices of its level.
    scandals : int
        Flawed projects that came out; fear of blame adds checks for each.
    """

    def __init__(self, model: Any, level: str, number: int) -> None:
        super().__init__(model)
        self.level = level
        self.number = number
        self.scandals = 0

    def rank(self, files: list[File], policy: Approval) -> list[File]:
        """Put files in the order of approval: highest score first, then cheaper, then by name."""
        rule = APPROVAL_RULES.get(policy.rule)()
        image = self.model.plan.policy.linkage.image_value
        for file in files:
            file.rank_score = finite(rule.score(file, policy.criteria, image), "score")
        return sorted(
            files, key=lambda file: (-file.rank_score, file.candidate.cost_yuan, file.id)
        )

    def return_factor(self, file: File) -> float:
        """What a file's quality leaves of the probability of a return; 1 at quality 0.5."""
        return self.return_factor_at(file.evidence_quality)

    def return_factor_at(self, quality: float) -> float:
        """Give the same for any quality: of a file with exact evidence, for example."""
        exponent = self.model.plan.assumptions.officials.return_quality
        lacking = max(0.0, 1.0 - quality) / HALF
        return float(min(2.0, lacking**exponent)) if exponent > 0.0 else 1.0

    def finds_flaw(self, file: File, desk_number: int) -> bool:
        """Draw whether an officer sees the flaw of a flawed project at one desk."""
        if not file.candidate.flawed:
            return False
        officials = self.model.plan.assumptions.officials
        chance = officials.catch_probability * (1.0 + self.extra_checks())
        lot = self.model.draws.uniform(
            Decision.DESK_CATCH, file.candidate.identity, file.year, desk_number
        )
        return bool(lot < chance)

    def extra_checks(self) -> float:
        """Checks added out of fear of blame, as a share of the usual work; levels off."""
        fear = self.model.plan.policy.linkage.blame_cost
        return float(fear * (1.0 - math.exp(-self.scandals))) if fear > 0.0 else 0.0

    def visit_cost(self, extra_checks: float) -> float:
        """Officer time of one visit of a file, in yuan."""
        officials = self.model.plan.assumptions.officials
        hours = officials.officer_hours * (1.0 + extra_checks)
        return float(hours * officials.officer_hour_yuan)

    def learn_of_scandal(self) -> None:
        """Remember that a flawed project came out."""
        self.scandals += 1
