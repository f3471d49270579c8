"""Predictions over 30 paired seeds, as accepted before the runs, and their controls."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from linkage_sim.mediators import Mediators
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure
from linkage_sim.report.patterns_page import page, sentence
from linkage_sim.studies.patterns import Claim, arms, claims, measure_claims

PREDICTED = [claim for claim in claims() if claim.side]
# What does not come out, with the reason found; see docs/validation.md.
NOT_SO = {
    "delay_lowers_match": "the sign is as predicted, the interval reaches 0 over 30 seeds",
    "hotline_gains_with_delay": "complaints of half a year are hardly fresher than a survey",
    "approval_and_effect": "re-screening reaches few places in either case; no sign is seen",
}
SEEDS = range(101, 107)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measure_claims(PREDICTED).set_index("claim")


def _marks(claim: Claim) -> list[Any]:
    reason = NOT_SO.get(claim.name)
    return [pytest.mark.xfail(strict=True, reason=reason)] if reason else []


@pytest.mark.slow
@pytest.mark.parametrize(
    "claim", [pytest.param(item, id=item.name, marks=_marks(item)) for item in PREDICTED]
)
def test_prediction_comes_out(claim: Claim, table: pd.DataFrame) -> None:
    row = table.loc[claim.name]
    assert row["came_out"], f"{row['size']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]"


def test_a_comparison_of_an_arm_with_itself_shows_nothing() -> None:
    # The control: the same measurement with nothing to find, and one with a share above 0.
    same = Claim(0, "same", "demand_match", {"survey": 0.0}, +1)
    share = Claim(0, "share", "demand_match", {"survey": 1.0}, +1)
    found = measure_claims([same, share], range(101, 104), jobs=1).set_index("claim")
    assert not found.loc["same", "came_out"]
    assert found.loc["same", ["size", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert found.loc["share", "came_out"]


def _run(name: str, seed: int, mediators: Mediators | None = None) -> dict[str, float]:
    model = LinkageModel(arms()[name], seed=seed, mediators=mediators).run()
    found = measure(model.facts())
    model.release()
    return found


def _with_behaviour_of(counted: str, other: str, seed: int) -> tuple[Any, Any]:
    before = Mediators(record=True)
    plain = _run(counted, seed, before)
    names = ["hearing", "decision", "award", "mix", "check", "payment"]
    return plain, _run(other, seed, Mediators(frozen=before.record, names=names))


def test_with_beliefs_frozen_counting_moves_no_effort_and_no_effect() -> None:
    for seed in SEEDS:
        plain, rescored = _with_behaviour_of("counts 0.1", "counts 0.8", seed)
        for outcome in ("showcase_share", "true_effect", "demand_match", "need_coverage"):
            assert rescored[outcome] == plain[outcome]
        assert rescored["evaluation_score"] != plain["evaluation_score"]


@pytest.mark.slow
def test_gap_grows_by_behaviour_and_not_only_by_measurement() -> None:
    parts = []
    for seed in SEEDS:
        plain, rescored = _with_behaviour_of("counts 0.1", "counts 0.8", seed)
        free = _run("counts 0.8", seed)
        parts.append((rescored["goodhart_gap"] - plain["goodhart_gap"],
                      free["goodhart_gap"] - rescored["goodhart_gap"]))
    _, behaviour = np.array(parts).T
    error = behaviour.std(ddof=1) / np.sqrt(len(behaviour))
    assert behaviour.mean() - 4.0 * error > 0.0


def test_parts_of_the_delay_add_up_to_the_whole() -> None:
    by_name = {claim.name: claim.weights for claim in claims()}
    total: dict[str, float] = {}
    for part in ("person", "drift", "deadline", "ramp"):
        for arm, weight in by_name[f"delay_through_{part}"].items():
            total[arm] = total.get(arm, 0.0) + weight
    for arm, weight in by_name["delay_with_all_switched_off"].items():
        total[arm] = total.get(arm, 0.0) + weight
    for arm, weight in by_name["delay_lowers_match"].items():
        total[arm] = total.get(arm, 0.0) - weight
    assert max(map(abs, total.values())) < 1e-12


def test_every_claim_has_arms_and_words_in_both_languages() -> None:
    known = set(arms())
    for claim in claims():
        assert set(claim.weights) <= known
        assert sentence(claim.name, "en") != sentence(claim.name, "zh")


def test_page_shows_what_did_not_come_out(tmp_path: Any) -> None:
    rows = [{"pattern": 2, "claim": "delay_lowers_match", "outcome": "demand_match",
             "predicted": -1, "size": 0.01, "low": -0.01, "high": 0.03, "n": 30, "dropped": 0,
             "came_out": False}]
    pd.DataFrame(rows).to_csv(tmp_path / "patterns.csv", index=False)
    assert "| **no** |" in page(tmp_path)
