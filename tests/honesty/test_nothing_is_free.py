"""Who cannot pay for hearing people does not hear them, and a secret ballot names nobody."""

import math
from typing import Any

import numpy as np
import pytest

from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure
from linkage_sim.scenario.registry import SOURCES
from linkage_sim.scenario.schema import Scenario

SMALL: dict[str, Any] = {"world.residents": 1500, "run.years": 2, "run.warmup_years": 0}
BUDGET, METHOD = "world.budget_yuan_per_year", "policy.proposal.method"
METHODS = sorted({*SOURCES.names(), "mixed"} - {"directive"})


def _run(**values: Any) -> LinkageModel:
    return LinkageModel(Scenario().with_values({**SMALL, **values}), seed=6).run()


def _outcomes(model: LinkageModel) -> dict[str, float]:
    return measure(model.facts())


def _differ(one: dict[str, float], other: dict[str, float]) -> list[str]:
    return [name for name, value in one.items()
            if value != other[name] and not (math.isnan(value) and math.isnan(other[name]))]


@pytest.mark.parametrize("method", METHODS)
def test_without_money_it_makes_no_difference_how_people_would_have_been_heard(
    method: str,
) -> None:
    directive, other = (_run(**{BUDGET: 0.0, METHOD: name}) for name in ("directive", method))
    assert _differ(_outcomes(directive), _outcomes(other)) == []
    assert np.array_equal(directive.state.list_committee, other.state.list_committee)
    hearing = other.proposal.hearings[(0, 1)]
    assert hearing.yuan == 0.0
    assert hearing.ballots is None


def test_control_with_money_it_does() -> None:
    directive, assembly = (_run(**{METHOD: name}) for name in ("directive", "assembly"))
    assert "need_coverage" in _differ(_outcomes(directive), _outcomes(assembly))


def test_a_vote_is_held_as_soon_as_the_year_s_money_allows() -> None:
    # One yuan a resident, and hearing may take up to three tenths of the year's money.
    for budget, held in ((4_900.0, False), (5_100.0, True)):
        hearing = _run(**{BUDGET: budget, METHOD: "vote"}).proposal.hearings[(0, 0)]
        assert (hearing.ballots is not None) == held
        assert hearing.sources == (("vote",) if held else ("directive",))
        assert hearing.yuan == (1500.0 if held else 0.0)


def test_what_cannot_be_paid_is_told_as_the_directive_it_became() -> None:
    weights = {"policy.proposal.weights.directive": 0.25, "policy.proposal.weights.activists": 0.0,
               "policy.proposal.weights.assembly": 0.75}
    hearing = _run(**{BUDGET: 100.0, METHOD: "mixed", **weights}).proposal.hearings[(0, 0)]
    assert set(hearing.told) == {"directive"}
    assert hearing.told["directive"].weight == pytest.approx(1.0)


def test_a_secret_ballot_tells_nobody_s_needs_and_an_assembly_does() -> None:
    vote, assembly = (_run(**{METHOD: name}).proposal.hearings[(0, 0)] for name in
                      ("vote", "assembly"))
    assert all(len(rows) == 0 for rows in vote.known.values())
    assert sum(len(rows) for rows in assembly.known.values()) > 10
