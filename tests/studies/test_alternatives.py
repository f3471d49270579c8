"""Each other form of a mechanism is another model, and its differences are those of plain runs."""

from __future__ import annotations

import pytest

from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies.alternatives import (
    ALL_REFORMS,
    AS_IS,
    alternatives,
    measure_alternatives,
)
from linkage_sim.words import say

SMALL = {"world.residents": 900, "run.years": 1, "run.warmup_years": 1}
TODAY, REFORMED = "x_community", "x_community+full_reform"


def outcomes_of(name: str, values: dict, seed: int = 7) -> dict[str, float]:
    model = LinkageModel(load_scenario(name).with_values({**SMALL, **values}), seed=seed).run()
    found = measure(model.facts())
    model.release()
    return found


@pytest.fixture(scope="module")
def as_it_is() -> dict[str, dict[str, float]]:
    return {name: outcomes_of(name, {}) for name in (TODAY, REFORMED)}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in alternatives() if name != AS_IS])
def test_each_form_is_another_model(name: str, as_it_is: dict[str, dict[str, float]]) -> None:
    # What is learned from outcomes, or who is asked, matters under one of the two policies only.
    values = alternatives()[name]
    assert any(outcomes_of(policy, values) != usual for policy, usual in as_it_is.items())


def test_each_form_has_words_in_both_languages() -> None:
    for name in alternatives():
        assert say(f"alternative.{name}", "en") != say(f"alternative.{name}", "zh")


def test_differences_are_those_of_plain_runs() -> None:
    form = {"assumptions.delivery.ramp_weeks": 0.0, **SMALL}
    table = measure_alternatives({"as_is": form}, ["need_coverage"], seeds=[7, 8], jobs=1)
    assert table["reform"].tolist() == list(ALL_REFORMS)
    by_hand = [
        outcomes_of(REFORMED, form, seed)["need_coverage"]
        - outcomes_of(TODAY, form, seed)["need_coverage"] for seed in (7, 8)
    ]
    row = table[table["reform"] == "full_reform"].iloc[0]
    assert row["difference"] == pytest.approx(sum(by_hand) / 2, abs=1e-12)
    assert row["low"] < row["difference"] < row["high"]
