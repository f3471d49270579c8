"""What a run is judged by: every outcome defined once, from what happened and nothing else.

Nothing here knows a policy: outcomes are made of counts, files, contracts, ledgers and the state
of residents. Words (labels and definitions) are in the catalogue under `outcome.<name>`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linkage_sim.draws import Draws
from linkage_sim.kernels.counters import Count
from linkage_sim.projects import ContractRecord, File, Ledger
from linkage_sim.ranking import matched, portfolio_skill, spearman

Nan = float("nan")
DAYS_PER_YEAR = 364.0
WEEKS_PER_YEAR = 52.0
FEWEST_FOR_VALIDITY = 8
FEWEST_FOR_RANKING = 4
# The line of the outcome, fixed by its definition. The form of an evaluator has a line of its own,
# an assumption that moves scores, never what satisfaction is.
SATISFIED = 0.6


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measure: name, unit, and which way is better (+1 higher, -1 lower, 0 neither, "zero")."""

    name: str
    unit: str
    better: int | str
    substantive: bool = True


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("demand_match", "share", 1),
    Outcome("need_coverage", "share", 1),
    Outcome("true_effect", "share", 1),
    Outcome("satisfaction", "share", 1),
    Outcome("coverage_gap", "share", "zero"),
    Outcome("demand_match_at_proposal", "share", 1),
    Outcome("match_skill", "share", 1),
    Outcome("need_coverage_purchased", "share", 1),
    Outcome("coverage_spread", "share", -1),
    Outcome("unmet_need_weeks", "weeks a resident-year", -1),
    Outcome("time_to_service_weeks", "weeks", -1),
    Outcome("served_within_26_weeks", "share", 1),
    Outcome("approval_days_mean", "days", -1, False),
    Outcome("approval_days_p95", "days", -1, False),
    Outcome("approval_rate", "share", 0, False),
    Outcome("selection_accuracy", "rank correlation", 1, False),
    Outcome("implementation_weeks", "weeks", 1),
    Outcome("showcase_share", "share", -1),
    Outcome("documents_share", "share", -1),
    Outcome("needs_resolved_per_10k_yuan", "needs x severity", 1),
    Outcome("events_per_project", "events", 0),
    Outcome("contacts_per_project", "contacts", 0),
    Outcome("service_contacts_per_project", "contacts", 1),
    Outcome("evaluation_score", "share", 0, False),
    Outcome("goodhart_gap", "share", "zero", False),
    Outcome("evaluation_validity", "rank correlation", 1, False),
    Outcome("satisfaction_reported", "share", 0, False),
    Outcome("satisfaction_bottom_quintile", "share", 1),
    Outcome("satisfaction_mean", "0..1", 1),
    Outcome("trust", "0..1", 1),
    Outcome("turnout", "share", 1),
    Outcome("volunteer_rate", "share", 1),
    Outcome("volunteer_hours", "hours a resident-year", 1),
    Outcome("volunteer_dropout", "share a year", -1),
    Outcome("worker_turnover", "share a year", -1),
    Outcome("organization_survival", "share", 1),
    Outcome("fund_utilisation", "share", 1),
    Outcome("administration_share", "share", -1, False),
)
NAMES: tuple[str, ...] = tuple(item.name for item in OUTCOMES)
HEADLINES: tuple[str, ...] = NAMES[:5]
BY_NAME: dict[str, Outcome] = {item.name: item for item in OUTCOMES}


@dataclass(slots=True)
class Facts:
    """What happened: everything outcomes may look at, and no policy.

    Attributes
    ----------
    counts : float64[communities, years, counts]
    need_sums : float64[communities, years, 8]
        Severity-weighted persons in need, summed over weeks.
    years : range
        Reported years.
    year_ends : list of dict
        State of residents at the end of each year.
    ideas : dict (community, year) -> list of (category, cost, places)
        Project ideas that were on the table.
    """

    counts: Any
    need_sums: Any
    years: range
    files: list[File]
    contracts: list[ContractRecord]
    ledgers: dict[tuple[int, int], Ledger]
    year_ends: list[dict[str, Any]]
    turnout: dict[tuple[int, int], tuple[int, int]]
    turnover: dict[int, tuple[int, float]]
    ideas: dict[tuple[int, int], list[tuple[int, float, float]]]
    founders: int
    draws: Draws


def measure(facts: Facts, years: Iterable[int] | None = None) -> dict[str, float]:
    """Compute every outcome over some years (all reported years if left out)."""
    chosen = list(facts.years if years is None else years)
    view = _View(facts, chosen)
    return {name: float(_HOW[name](view)) for name in NAMES}


class _View:
    """Facts of some years, with the sums that several outcomes share."""

    def __init__(self, facts: Facts, years: list[int]) -> None:
        self.facts, self.years = facts, years
        self.table = facts.counts[:, years, :].sum(axis=1)
        wanted = set(years)
        self.files = [item for item in facts.files if item.year in wanted]
        # In the order of their names: sums must not depend on who was decided first.
        self.contracts = sorted(
            (item for item in facts.contracts if item.file.year in wanted and item.totals),
            key=lambda item: (item.file.year, item.file.id),
        )
        self.judged = [item for item in self.contracts if item.verdict is not None]
        self.ledgers = [item for (_, year), item in facts.ledgers.items() if year in wanted]
        self.ends = [item for item in facts.year_ends if item["year"] in wanted]

    def total(self, which: Count) -> float:
        return float(self.table[:, int(which)].sum())

    def resident_years(self) -> float:
        return self.total(Count.RESIDENT_WEEKS) / WEEKS_PER_YEAR

    def over_contracts(self, name: str) -> float:
        return _mean([item.totals[name] for item in self.contracts])

    def at_year_end(self, name: str) -> float:
        return _mean([item[name] for item in self.ends])


def _mean(values: list[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    # `sum` rounds in another way from Python 3.12 on; `fsum` gives every Python the same digits.
    return math.fsum(known) / len(known) if known else Nan


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0.0 else Nan


def _match_at_proposal(view: _View) -> float:
    weight = total = 0.0
    for mine in _by_community_year(view.contracts).values():
        places = float(sum(item.places for item in mine))
        held = np.zeros(8)
        for item in mine:
            held[item.file.candidate.category] += item.places * item.file.roster_in_need
        total += places * float(np.minimum(held / places, mine[0].file.need_shares).sum())
        weight += places
    return _ratio(total, weight)


def _by_community_year(
    contracts: list[ContractRecord],
) -> dict[tuple[int, int], list[ContractRecord]]:
    found: dict[tuple[int, int], list[ContractRecord]] = {}
    for item in contracts:
        found.setdefault((item.file.candidate.community, item.file.year), []).append(item)
    return dict(sorted(found.items()))


def _skill(view: _View) -> float:
    got = by_chance = at_best = 0.0
    for (community, year), mine in _by_community_year(view.contracts).items():
        needed = view.facts.need_sums[community, year]
        if needed.sum() <= 0.0:
            continue
        by_category = np.zeros(8)
        for item in mine:
            by_category[item.file.candidate.category] += item.places
        places = float(by_category.sum())
        money = math.fsum(item.file.candidate.cost_yuan for item in mine)
        chance, best = portfolio_skill(
            view.facts.ideas[(community, year)], needed / needed.sum(), money,
            view.facts.draws, community * 1024 + year,
        )
        got += places * matched(by_category, needed / needed.sum())
        by_chance += places * chance
        at_best += places * best
    return _ratio(got - by_chance, at_best - by_chance)


def _coverage_gap(view: _View) -> float:
    top = _ratio(view.total(Count.TOP_COVERED_SEVERITY), view.total(Count.TOP_SEVERITY_WEEKS))
    rest = _ratio(
        view.total(Count.COVERED_SEVERITY) - view.total(Count.TOP_COVERED_SEVERITY),
        view.total(Count.SEVERITY_WEEKS) - view.total(Count.TOP_SEVERITY_WEEKS),
    )
    return rest - top


def _coverage_spread(view: _View) -> float:
    weeks = view.table[:, int(Count.SEVERITY_WEEKS)]
    if len(weeks) < 2 or (weeks <= 0).any():
        return Nan
    return float(np.std(view.table[:, int(Count.COVERED_SEVERITY)] / weeks, ddof=1))


def _approval_days(view: _View) -> list[float]:
    days = []
    for file in view.files:
        end = file.decided_day if file.decided_day is not None else math.inf
        days.append(min(DAYS_PER_YEAR, end - file.submitted_day))
    return days


def _p95(view: _View) -> float:
    days = _approval_days(view)
    return float(np.quantile(days, 0.95)) if days else Nan


def _approval_rate(view: _View) -> float:
    submitted = {file.id for file in view.files}
    approved = {file.id for file in view.files if file.approved}
    return _ratio(len(approved), len(submitted))


def _selection_accuracy(view: _View) -> float:
    ranked = [file for file in view.files if not math.isnan(file.rank_score)]
    if len(ranked) < FEWEST_FOR_RANKING:
        return Nan
    return spearman([item.rank_score for item in ranked], [item.need_per_yuan for item in ranked])


def _implementation_weeks(view: _View) -> float:
    approved = [file for file in view.files if file.approved]
    weeks = math.fsum(item.delivery_weeks for item in view.contracts)
    return _ratio(weeks, float(len(approved)))


def _hours_share(view: _View, part: str, *whole: str) -> float:
    above = math.fsum(item.totals[part] for item in view.contracts)
    return _ratio(above, math.fsum(item.totals[name] for item in view.contracts for name in whole))


def _per_money(view: _View) -> float:
    spent = math.fsum(
        item.paid + item.payable + item.station + item.administration + item.staff_yuan
        + item.officer_yuan
        for item in view.ledgers
    )
    return _ratio(view.total(Count.ENDED_SEVERITY_PURCHASE), spent / 10_000.0)


def _all_contacts(view: _View) -> float:
    return _mean([item.totals["contacts"] + item.totals["heads"] for item in view.contracts])


def _score(view: _View) -> float:
    return _mean([item.verdict.score for item in view.judged if item.verdict])


def satisfied_share(felt: Sequence[float]) -> float:
    """Share of persons whose satisfaction is on the line or above; NaN of nobody."""
    return sum(value >= SATISFIED for value in felt) / len(felt) if len(felt) else Nan


def _effect(view: _View) -> float:
    return _mean([item.true_effect for item in view.judged])


def _validity(view: _View) -> float:
    if len(view.judged) < FEWEST_FOR_VALIDITY:
        return Nan
    scores = [item.verdict.score for item in view.judged if item.verdict]
    return spearman(scores, [item.true_effect for item in view.judged])


def _turnout(view: _View) -> float:
    taken = [pair for (_, year), pair in view.facts.turnout.items() if year in set(view.years)]
    return _ratio(sum(pair[0] for pair in taken), sum(pair[1] for pair in taken))


def _dropout(view: _View) -> float:
    stock = view.total(Count.VOLUNTEER_WEEKS) / WEEKS_PER_YEAR
    return 1.0 - math.exp(-view.total(Count.DROPPED) / stock) if stock > 0.0 else Nan


def _turnover(view: _View) -> float:
    pairs = [view.facts.turnover[year] for year in view.years if year in view.facts.turnover]
    return _ratio(math.fsum(pair[0] for pair in pairs), math.fsum(pair[1] for pair in pairs))


def _over_budget(view: _View, amount: Callable[[Ledger], float]) -> float:
    whole = math.fsum(item.budget for item in view.ledgers)
    return _ratio(math.fsum(map(amount, view.ledgers)), whole)


_HOW: dict[str, Callable[[_View], float]] = {
    "demand_match": lambda v: _ratio(v.total(Count.MATCH_SUM), v.total(Count.MATCH_WEIGHT)),
    "need_coverage": lambda v: _ratio(
        v.total(Count.COVERED_SEVERITY), v.total(Count.SEVERITY_WEEKS)
    ),
    "true_effect": _effect,
    "satisfaction": lambda v: v.at_year_end("satisfied"),
    "coverage_gap": _coverage_gap,
    "demand_match_at_proposal": _match_at_proposal,
    "match_skill": _skill,
    "need_coverage_purchased": lambda v: _ratio(
        v.total(Count.BOUGHT_SEVERITY), v.total(Count.SEVERITY_WEEKS)
    ),
    "coverage_spread": _coverage_spread,
    "unmet_need_weeks": lambda v: _ratio(v.total(Count.UNCOVERED_WEEKS), v.resident_years()),
    "time_to_service_weeks": lambda v: _ratio(
        v.total(Count.WAIT_WEEKS), v.total(Count.EPISODES)
    ),
    "served_within_26_weeks": lambda v: _ratio(
        v.total(Count.SERVED_EARLY), v.total(Count.EPISODES)
    ),
    "approval_days_mean": lambda v: _mean(_approval_days(v)),
    "approval_days_p95": _p95,
    "approval_rate": _approval_rate,
    "selection_accuracy": _selection_accuracy,
    "implementation_weeks": _implementation_weeks,
    "showcase_share": lambda v: _hours_share(
        v, "showcase_hours", "showcase_hours", "substance_hours"
    ),
    "documents_share": lambda v: _hours_share(v, "document_hours", "worked_hours"),
    "needs_resolved_per_10k_yuan": _per_money,
    "events_per_project": lambda v: v.over_contracts("events"),
    "contacts_per_project": _all_contacts,
    "service_contacts_per_project": lambda v: v.over_contracts("contacts"),
    "evaluation_score": _score,
    "goodhart_gap": lambda v: _score(v) - _effect(v),
    "evaluation_validity": _validity,
    "satisfaction_reported": lambda v: _mean(
        [satisfied_share(item.verdict.felt) for item in v.judged if item.verdict]
    ),
    "satisfaction_bottom_quintile": lambda v: v.at_year_end("satisfied_bottom"),
    "satisfaction_mean": lambda v: v.at_year_end("satisfaction_mean"),
    "trust": lambda v: v.at_year_end("trust"),
    "turnout": _turnout,
    "volunteer_rate": lambda v: v.at_year_end("volunteer_rate"),
    "volunteer_hours": lambda v: _ratio(v.total(Count.VOLUNTEER_HOURS), v.resident_years()),
    "volunteer_dropout": _dropout,
    "worker_turnover": _turnover,
    "organization_survival": lambda v: v.ends[-1]["survival"] if v.ends else Nan,
    "fund_utilisation": lambda v: _over_budget(v, lambda item: item.paid_at_close + item.station),
    "administration_share": lambda v: _over_budget(
        v, lambda item: item.administration + item.staff_yuan + item.officer_yuan
    ),
}
