"""What an evaluation looks at: one small class an instrument, exchangeable by name.

An instrument measures a finished project (0..1) and says which slopes an organization believes it
to have. The score is a weighted mean of instruments; what really happened is not among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from linkage_sim.draws import Decision
from linkage_sim.projects import Contract
from linkage_sim.scenario.schema import Scenario

VISITS_A_LOOK = 1 << 20


@dataclass(slots=True)
class Inspection:
    """What an evaluator has before it: the file, the records, and residents who can be asked.

    Attributes
    ----------
    met : int32[lines], kind : uint8[lines]
        The organization's own record of persons met, in order.
    respondents : int32[interviews]
        Who is asked about satisfaction.
    target : int32[persons]
        The target group: named holders and persons served; -1 stands for a promised person who
        was never found.
    week : int
        The present week: a cover that has run out by now no longer counts.
    look : int
        Which look at this project it is, 0 at the end of the year, 1 half-way: each look draws a
        sample and an error of its own.
    means_yuan : float
        What is left of the year's money to check with; an audit beyond it is not held.
    """

    model: Any
    plan: Scenario
    contract: Contract
    met: Any
    kind: Any
    respondents: Any
    target: Any
    week: int
    look: int
    means_yuan: float = float("inf")


class Instrument(Protocol):
    """A way to measure a project."""

    def slopes(self, plan: Scenario, outcome_belief: float) -> tuple[float, float]:
        """What a unit of substance and of showcase are believed to add to the indicator."""
        ...

    def measure(self, case: Inspection) -> float:
        """Measure a finished project, 0..1."""
        ...


class Activity:
    """Events and head-counts against what such a contract usually shows."""

    def slopes(self, plan: Scenario, outcome_belief: float) -> tuple[float, float]:
        """Counts see show far better than substance; an audit takes some of that away."""
        seen_s, seen_z = plan.assumptions.effort.activity.values()
        policy = plan.policy.evaluation
        honest = 1.0 - policy.audit_probability * plan.assumptions.checking.audit_penalty
        return seen_s, seen_z * honest

    def measure(self, case: Inspection) -> float:
        """Count heads and contacts against the target for a contract of this sum."""
        totals, yuan = case.contract.totals, case.contract.file.candidate.cost_yuan
        target = case.plan.assumptions.checking.counts_per_10k_yuan * yuan / 10_000.0
        return min(1.0, (totals["heads"] + totals["contacts"]) / max(target, 1.0))


class Documents:
    """Files, photos and ledgers: hours of paper against what the form wants."""

    def slopes(self, plan: Scenario, outcome_belief: float) -> tuple[float, float]:
        """Paper is a cost of its own; effort adds nothing to it."""
        return 0.0, 0.0

    def measure(self, case: Inspection) -> float:
        """Compare hours of paper with those the form needs."""
        shares = case.plan.policy.evaluation.weights.shares()
        effort = case.plan.assumptions.effort
        wanted = case.plan.assumptions.checking.full_file_share
        wanted += effort.documents_weight * shares.get("documents", 0.0)
        done = case.contract.totals["document_hours"] / max(
            case.contract.totals["worked_hours"], 1e-9
        )
        return min(1.0, done / wanted) if wanted > 0.0 else 1.0


class Satisfaction:
    """Share of respondents who are satisfied."""

    def slopes(self, plan: Scenario, outcome_belief: float) -> tuple[float, float]:
        """Respondents whom the organization invites itself see its show more than its substance."""
        effort = plan.assumptions.effort
        if plan.policy.evaluation.respondents == "random":
            return effort.satisfaction_random.values()
        return effort.satisfaction_chosen.values()

    def measure(self, case: Inspection) -> float:
        """Ask them; nobody to ask counts as nobody satisfied."""
        if len(case.respondents) == 0:
            return 0.0
        felt = case.model.state.satisfaction[case.respondents]
        return float(np.mean(felt >= case.plan.assumptions.checking.satisfied_line))


class Outcome:
    """Follow-up of the target group: need gone or covered, net of what would have happened."""

    def slopes(self, plan: Scenario, outcome_belief: float) -> tuple[float, float]:
        """Substance pays as far as the organization believes it to; show hardly does."""
        return outcome_belief, plan.assumptions.effort.outcome.showcase

    def measure(self, case: Inspection) -> float:
        """Visit a random part of the target group; the measure itself is noisy."""
        model, contract = case.model, case.contract
        identity = contract.file.candidate.identity
        wanted = case.plan.policy.evaluation.outcome_sample
        checking = case.plan.assumptions.checking
        # A person once promised and never found is drawn like the others, and counts as unmet.
        lots = model.draws.uniforms(
            Decision.OUTCOME_FOLLOW_UP, np.full(wanted, identity), contract.file.year,
            case.look * VISITS_A_LOOK + np.arange(wanted),
        )
        drawn = case.target[(lots * len(case.target)).astype(int)]
        category = contract.file.candidate.category
        weeks = contract.delivery_weeks
        natural = 1.0 - np.exp(-weeks * float(model.course.recovery_rate[category]))
        met = np.zeros(wanted)
        found = drawn >= 0
        rows = drawn[found]
        gone = (model.state.active[rows] & (1 << category)) == 0
        covered = model.course.covered(rows, category, case.week)
        met[found] = gone | covered
        raw = float(met.mean())
        net = (raw - natural * float(found.mean())) / max(1e-9, 1.0 - natural)
        noise = checking.outcome_noise * model.draws.normal(
            Decision.EVALUATION_NOISE, identity, contract.file.year, case.look
        )
        return float(min(1.0, max(0.0, net + noise)))
