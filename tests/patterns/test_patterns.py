"""Predictions over 30 paired seeds, as accepted before the runs, and their controls."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from linkage_sim.mediators import Mediators
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure
from linkage_sim.report.patterns_page import judged_together, page, sentence
from linkage_sim.studies.expected import environment
from linkage_sim.studies.pattern_claims import Claim, arms, claims
from linkage_sim.studies.patterns import main, measure_claims, sizes_of, summed_up
from linkage_sim.studies.small_tables import keep_table

PREDICTED = [claim for claim in claims() if claim.side]
# What does not come out, with the reason found; see docs/validation.md.
NOT_SO = {
    "vote_over_activists": "the sign is as predicted, the interval reaches 0 over 30 seeds",
    "voice_hurts_activists": "the sign is as predicted, the interval reaches 0 over 30 seeds",
    "survey_too_small": "places are open to all in need: twenty answers find the large categories",
    "survey_too_large": "2,000 interviews cost a seventh of the budget, too little to be seen",
    "approval_and_effect": "re-screening reaches few places in either case; no sign is seen",
}
SEEDS = range(101, 107)


KEPT = Path(__file__).parents[2] / "docs" / "data" / "patterns"
AGAIN = range(101, 106)
"""Seeds of the thirty on which every arm is run again; the others are taken as they were kept."""


def kept_sizes() -> pd.DataFrame:
    return pd.read_csv(KEPT / "seeds.csv")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Sizes on thirty seeds. Who changes the model keeps them anew: those run again would differ.

    With other libraries, or on another kind of machine, all thirty are run.
    """
    if json.loads((KEPT / "environment.json").read_text(encoding="utf-8")) != environment():
        return measure_claims(PREDICTED).set_index("claim")
    again = sizes_of(PREDICTED, AGAIN).set_index(["claim", "seed"])["size"]
    kept = kept_sizes().set_index(["claim", "seed"])["size"]
    assert again.to_numpy() == pytest.approx(kept[again.index].to_numpy(), rel=1e-8, abs=1e-12,
                                             nan_ok=True)
    return summed_up(kept_sizes(), PREDICTED).set_index("claim")


def test_kept_sizes_are_those_of_the_page_and_of_all_thirty_seeds() -> None:
    sizes = kept_sizes()
    assert set(sizes["seed"]) == set(range(101, 131))
    text = (KEPT.parents[1] / "patterns.md").read_text(encoding="utf-8")
    for _, row in summed_up(sizes).iterrows():
        told = f"{row['size']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]"
        assert any(told in line for line in text.splitlines()), (row["claim"], told)


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


def test_claims_can_be_measured_in_a_community_of_another_size() -> None:
    need = Claim(0, "size", "unmet_need_weeks", {"survey": 1.0}, +1)
    usual, small = (
        measure_claims([need], range(101, 103), jobs=1, elsewhere=values)["size"].item()
        for values in (None, {"world.residents": 900, "run.years": 1})
    )
    assert usual != small


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


@pytest.mark.slow
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


def _table_of(folder: Path, lows: Sequence[float], residents: int = 5200) -> Path:
    """Write rows of a prediction above 0: size .02, 30 seeds, intervals that begin at `lows`."""
    rows = [{"pattern": 2, "claim": "delay_lowers_match", "outcome": "demand_match",
             "predicted": 1, "size": 0.02, "low": low, "high": 0.04 - low, "n": 30, "dropped": 0,
             "came_out": low > 0.0, "first_seed": 101, "last_seed": 130, "residents": residents}
            for low in lows]
    folder.mkdir()
    pd.DataFrame(rows).to_csv(folder / "patterns.csv", index=False)
    return folder


def test_page_shows_what_did_not_come_out(tmp_path: Path) -> None:
    text = page(_table_of(tmp_path / "one", [-0.01, 0.005]))
    assert text.count("| **no** | **no** |") == 1
    assert text.count("| yes | yes |") == 1


def test_many_predictions_are_judged_more_strictly_together(tmp_path: Path) -> None:
    # With 29 degrees of freedom, .05 takes 2.045 standard errors and .05 / 3 takes 2.541 (tables):
    rows = pd.read_csv(_table_of(tmp_path / "one", [0.002, 0.008, 0.0]) / "patterns.csv")
    # .018 * 2.541 / 2.045 = .0224 > .02, and .012 * 1.2424 = .0149 < .02
    assert judged_together(rows) == [False, True, False]
    assert judged_together(rows.iloc[:1]) == [True]


def test_other_places_stand_beside_each_other(tmp_path: Path) -> None:
    folders = [_table_of(tmp_path / "one", [0.005, 0.005]),
               _table_of(tmp_path / "two", [0.005, -0.005], residents=2600)]
    text = page(folders[0], folders[1:])
    assert "1 of 2 predictions" in text
    assert "| 2,600 residents, seeds 101 to 130 |" in text
    assert text.count("[-0.0050, +0.0450] **no**") == 1


def test_one_seed_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path / "new"), "--seeds", "1"])
    assert ended.value.code == 2 and "allowed: 2 or more" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_table_is_kept_whole_with_as_many_figures_as_asked(tmp_path: Path) -> None:
    table = pd.DataFrame({"size": [2.0 / 3.0]})
    keep_table(table, tmp_path / "new", "found")
    keep_table(table, tmp_path / "new", "whole", figures=None)
    assert (tmp_path / "new" / "found.csv").read_text(encoding="utf-8") == "size\n0.66667\n"
    assert pd.read_csv(tmp_path / "new" / "whole.csv")["size"].item() == 2.0 / 3.0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["found.csv", "whole.csv"]
