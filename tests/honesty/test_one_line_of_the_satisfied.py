"""The line of the satisfied: the outcome's is fixed, the evaluator's form has its own."""

import math
from pathlib import Path
from typing import Any

import pytest

from linkage_sim import outcomes
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure, satisfied_share
from linkage_sim.scenario.schema import Scenario

# One year without warm-up: projects are judged when it ends, so that their scores can move nothing.
ONE_YEAR = {"world.communities": 1, "world.residents": 800, "run.years": 1, "run.warmup_years": 0,
            "world.budget_yuan_per_year": 300_000.0}
FORM = "assumptions.checking.satisfied_line"


def _measured(line: float) -> dict[str, float]:
    plan = Scenario().with_values({**ONE_YEAR, FORM: line})
    return measure(LinkageModel(plan, seed=6).run().facts())


def test_the_line_of_a_form_moves_scores_and_no_measure_of_satisfaction() -> None:
    low, high = _measured(0.2), _measured(0.95)
    assert low["evaluation_score"] > high["evaluation_score"]
    for name in ("satisfaction", "satisfaction_reported", "satisfaction_bottom_quintile"):
        assert 0.0 < low[name] == high[name], name


@pytest.mark.parametrize(("felt", "share"), [
    ((0.5, 0.6, 0.7, 0.59), 0.5), ((0.6,), 1.0), ((0.1, 0.2), 0.0), ((), math.nan),
])
def test_share_of_the_satisfied_by_hand(felt: tuple[float, ...], share: float) -> None:
    found = satisfied_share(felt)
    assert found == share or math.isnan(found) and math.isnan(share)


def test_the_outcomes_line_has_one_home(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(outcomes.__file__).parent
    written = [path.name for path in folder.rglob("*.py")
               if "SATISFIED =" in path.read_text(encoding="utf-8")]
    assert written == ["outcomes.py"]
    monkeypatch.setattr(outcomes, "SATISFIED", 0.65)
    assert satisfied_share((0.6, 0.7)) == 0.5


def test_verdicts_hold_what_people_felt_not_who_counts_as_satisfied() -> None:
    model: Any = LinkageModel(Scenario().with_values(ONE_YEAR), seed=6).run()
    verdicts = [item.verdict for item in model.facts().contracts if item.verdict]
    assert verdicts and all(0.0 <= value <= 1.0 for item in verdicts for value in item.felt)
    assert any(len(item.felt) > 1 for item in verdicts)
