"""What "open this in Compare" opens for each experiment: the comparison nearest to its question.

On the page one side is always today's practice, levers hold on the other, everything else on both.
The worlds are those of the experiment's study, so that numbers can be held against each other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from linkage_sim.app.limits import MOST_REPLICATIONS
from linkage_sim.app.state import State
from linkage_sim.studies.expected import RECORD
from linkage_sim.studies.experiment import FULL, shipped_experiments

PLACE = "x_community"
FEWEST_WORLDS, SOME_WORLDS = 10, 30
_COUNTS = {"activity": 1.0, "documents": 0.0, "satisfaction": 0.0, "outcome": 0.0}
_OUTCOMES = {**_COUNTS, "activity": 0.0, "outcome": 1.0}


@dataclass(frozen=True)
class Link:
    """One comparison of an experiment.

    Attributes
    ----------
    name
        Of its words, `evidence.link.<name>`.
    study
        Study of the experiment whose worlds it takes.
    shown
        Outcome drawn over the years.
    """

    name: str
    study: str
    shown: str
    values: Mapping[str, Any] = field(default_factory=dict)
    reforms: tuple[str, ...] = ()


def _scored(weights: Mapping[str, float]) -> dict[str, Any]:
    scored = {f"policy.evaluation.weights.{name}": value for name, value in weights.items()}
    return {**scored, "policy.evaluation.last_tranche_share": 0.6}


LINKS: dict[str, tuple[Link, ...]] = {
    "e1_demand": (
        Link("survey", "sources", "demand_match",
             {"assumptions.needs.drift_sd": 0.7, "policy.proposal.method": "survey"}),
        Link("directive", "sources", "demand_match",
             {"assumptions.needs.drift_sd": 0.7, "policy.proposal.method": "directive"}),
    ),
    "e2_approval": (
        Link("latency", "latency", "implementation_weeks",
             {"policy.approval.fixed_latency_days": 240}),
        Link("early_money", "procedure", "implementation_weeks",
             {"policy.approval.budget_open_day": 59}),
    ),
    "e3_evaluation": (
        Link("counting", "surface", "true_effect", _scored(_COUNTS)),
        Link("outcomes", "surface", "true_effect", _scored(_OUTCOMES)),
    ),
    "e4_effectiveness": (
        Link("less_paper", "paper", "service_contacts_per_project",
             {"policy.implementation.reporting_burden_share": 0.04}),
        Link("rescreen", "checks", "demand_match", {"policy.implementation.rescreen": True}),
        Link("station", "station", "need_coverage", {"policy.implementation.station_share": 0.4}),
    ),
    "e5_countermeasures": (
        Link("full_reform", "factorial", "need_coverage", reforms=("full_reform",)),
        Link("effect_and_evaluation", "factorial", "need_coverage",
             reforms=("effectiveness_first", "scientific_evaluation")),
    ),
    "e6_linkage": (
        Link("no_platform", "coalitions", "need_coverage",
             {"policy.proposal.method": "directive", "policy.linkage.meeting_every_weeks": 0}),
    ),
    "e7_robustness": (
        Link("reform_where_uncertain", "uncertain", "need_coverage", {"run.years": 3},
             ("full_reform",)),
    ),
    "e8_trust": (
        Link("low_trust", "today", "trust",
             {"assumptions.opinion.trust_start": 0.05, "run.years": 10}, ("full_reform",)),
    ),
    "e9_city": (
        Link("twenty_communities", "city", "coverage_spread",
             {"world.communities": 20, "world.residents": 20_000}, ("full_reform",)),
    ),
}


def linked_state(now: State, experiment: str, name: str) -> State | None:
    """Give the state of the page that a link opens; None where there is no such link."""
    for link in LINKS.get(experiment, ()):
        if link.name == name:
            first, count = _worlds(experiment, link.study)
            return replace(
                now, tab="compare", place=PLACE, reforms=link.reforms, values=dict(link.values),
                shown=link.shown, seeds=count, first_seed=first,
            )
    return None


@cache
def _worlds(experiment: str, study: str) -> tuple[int, int]:
    """Give the first seed of a study and how many worlds a page takes of it."""
    path = shipped_experiments() / experiment / "expected" / FULL / RECORD
    first, last = json.loads(path.read_text(encoding="utf-8"))["studies"][study]["seeds"]
    count = last - first + 1
    if count == 1:
        # Its points differ in assumptions and not in worlds.
        return first, SOME_WORLDS
    return first, min(max(count, FEWEST_WORLDS), MOST_REPLICATIONS)
