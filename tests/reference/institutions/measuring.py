"""What an evaluator looks at: the organization's record, respondents, the target group.

Source: model.md section 9; section 2 rule 6 (chosen respondents and independence).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from linkage_sim.draws import Decision, Draws
from linkage_sim.scenario.schema import Scenario
from tests.reference.institutions.effort import shares_in_score
from tests.reference.institutions.papers import Agreement, Verdict
from tests.reference.rounding import clip, exp, f32
from tests.reference.services import CONTACT_ENDED, DAYS

ATTENDED = "attended"
PARTS = 1 << 31
VISITS_A_LOOK = 1 << 20


@dataclass
class Inspection:
    """What an evaluator has before it.

    Attributes
    ----------
    week
        The present week: covers are compared with it.
    met
        Rows of persons met and how, in order: the organization's own record.
    recovery
        Hazard per week that a need of this category ends by itself.
    means_yuan
        Money left to check with; an audit beyond it is not held.
    look
        0 at the end of the year, 1 half-way: each look draws its own sample and error.
    """

    plan: Scenario
    draws: Draws
    week: int
    residents: Sequence[Any]
    item: Agreement
    met: Sequence[tuple[int, str]]
    recovery: float
    means_yuan: float = float("inf")
    look: int = 0

    @property
    def category(self) -> int:
        """Category of the project."""
        return self.item.file.idea.category

    def served(self) -> set[int]:
        """Rows of persons who had a contact."""
        return {row for row, how in self.met if how != ATTENDED}


# -- who is asked -----------------------------------------------------------------------------


def respondents(case: Inspection) -> list[int]:
    """Rows of those who are asked about satisfaction.

    Where the organization invites, it goes by its own record: those met most often, latest
    first. A third party draws from that record by lot; random respondents are drawn from all
    grown-up residents.
    """
    policy, record = case.plan.policy.evaluation, [row for row, _ in case.met]
    if policy.respondents == "random":
        pool = [person.row for person in case.residents if person.grown_up]
    else:
        pool = sorted(set(record))

    def by_lot(row: int) -> float:
        return case.draws.uniform(
            Decision.EVALUATION_SAMPLE, case.residents[row].identity, case.item.file.year,
            case.item.file.idea.identity % PARTS,
        )

    def as_invited(row: int) -> tuple[int, int, int]:
        latest = max(place for place, other in enumerate(record) if other == row)
        return -record.count(row), -latest, row

    drawn = policy.respondents == "random" or policy.third_party
    return sorted(pool, key=by_lot if drawn else as_invited)[: policy.survey_sample]


def target_group(case: Inspection) -> list[int | None]:
    """Rows of named holders who are still here and of persons served.

    None stands for each promised person who was never found.
    """
    file = case.item.file
    here = {
        row for row in file.roster
        if case.residents[row].arrived * DAYS <= file.submitted_day
    }
    persons: list[int | None] = sorted(here | case.served())
    return persons + [None] * max(0, case.item.places - len(persons))


# -- indicators -------------------------------------------------------------------------------


def activity(case: Inspection) -> float:
    """Count heads and contacts against the target for a contract of this sum."""
    totals, yuan = case.item.totals, case.item.file.idea.cost_yuan
    target = case.plan.assumptions.checking.counts_per_10k_yuan * yuan / 10_000.0
    return min(1.0, (totals["heads"] + totals["contacts"]) / max(target, 1.0))


def documents(case: Inspection) -> float:
    """Compare hours of paper with those the form needs."""
    plan, totals = case.plan, case.item.totals
    wanted = plan.assumptions.checking.full_file_share
    weight = plan.policy.evaluation.weights.shares()["documents"]
    wanted += plan.assumptions.effort.documents_weight * weight
    done = totals["document_hours"] / max(totals["worked_hours"], 1e-9)
    return min(1.0, done / wanted) if wanted > 0.0 else 1.0


def satisfaction(case: Inspection) -> float:
    """Share of respondents who are satisfied; nobody to ask counts as nobody satisfied."""
    asked = respondents(case)
    line = f32(case.plan.assumptions.checking.satisfied_line)
    satisfied = sum(1 for row in asked if case.residents[row].satisfaction >= line)
    return satisfied / len(asked) if asked else 0.0


def outcome(case: Inspection) -> float:
    """Visit a random part of the target group: need gone or covered, net of natural recovery.

    A person once promised and never found is drawn like the others, and counts as unmet.
    """
    policy, checking = case.plan.policy.evaluation, case.plan.assumptions.checking
    target, identity = target_group(case), case.item.file.idea.identity
    year, wanted = case.item.file.year, policy.outcome_sample
    met = found = 0
    first = case.look * VISITS_A_LOOK
    for visit in range(wanted):
        lot = case.draws.uniform(Decision.OUTCOME_FOLLOW_UP, identity, year, first + visit)
        row = target[int(lot * len(target))]
        if row is None:
            continue
        found += 1
        need = case.residents[row].needs[case.category]
        if not need.active or need.cover > case.week:
            met += 1
    natural = 1.0 - exp(-case.item.delivery_weeks * case.recovery)
    net = (met / wanted - natural * (found / wanted)) / max(1e-9, 1.0 - natural)
    noise = case.draws.normal(Decision.EVALUATION_NOISE, identity, year, case.look)
    return clip(net + checking.outcome_noise * noise)


INDICATORS = {
    "activity": activity, "documents": documents, "satisfaction": satisfaction,
    "outcome": outcome,
}


# -- score and truth --------------------------------------------------------------------------


def emptiness(case: Inspection) -> float:
    """Share of counted heads without the need, as an audit finds it."""
    without = sum(
        1 for row, how in case.met
        if how == ATTENDED and not case.residents[row].needs[case.category].active
    )
    return without / len(case.met) if case.met else 0.0


def judge(case: Inspection) -> Verdict:
    """Score a project by the weights in force, audit it by lot, and say whether it is renewed."""
    policy, checking = case.plan.policy.evaluation, case.plan.assumptions.checking
    asked = respondents(case)
    cost = checking.satisfaction_yuan * len(asked)
    indicators: dict[str, float] = {}
    score = 0.0
    for name, weight in shares_in_score(case.plan).items():
        if weight > 0.0:
            indicators[name] = INDICATORS[name](case)
            score += weight * indicators[name]
    if "outcome" in indicators:
        cost += checking.outcome_yuan * policy.outcome_sample
    if policy.respondents == "random":
        cost += checking.sampling_yuan
    if not policy.third_party:
        cost += checking.in_house_yuan
    file = case.item.file
    lot = case.draws.uniform(Decision.AUDIT, file.idea.identity, file.year)
    audited = cost + checking.audit_yuan <= case.means_yuan and lot < policy.audit_probability
    if audited:
        cost += checking.audit_yuan
        score -= checking.audit_penalty * emptiness(case)
    score = clip(score)
    felt = [case.residents[row].satisfaction for row in asked]
    return Verdict(score, indicators, score >= policy.renewal_threshold, cost, felt, audited)


def true_effect(case: Inspection) -> float:
    """Needs of the target group ended or now covered by this project, over the promise.

    Counted on everybody, capped at 1; no evaluator ever sees it.
    """
    ended = float(case.item.totals["ended_target"])
    covered = 0
    for row in {row for row, how in case.met if how not in (ATTENDED, CONTACT_ENDED)}:
        need = case.residents[row].needs[case.category]
        if need.active and need.cover_bought > case.week:
            covered += 1
    return min(1.0, (ended + covered) / max(case.item.promised, 1e-9))
