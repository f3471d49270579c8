"""Seeds are added until an interval is narrow enough; sharing worlds pays by a measured factor."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage_sim.draws import Draws
from linkage_sim.scenario.schema import Scenario
from linkage_sim.studies.compare import Plan, Run, plan_of, run_plan
from linkage_sim.studies.differences import difference_table, half_width, paired
from linkage_sim.studies.precision import Aim, Remembered, next_count, run_until
from linkage_sim.studies.run import Result

Typed = Callable[..., tuple[int, str, str]]
AIM = Aim("trust", 0.01, 500)


@pytest.mark.parametrize(("count", "found", "wanted"), [
    (10, 0.011, 13),  # 1.05 * 10 * 1.21 = 12.7
    (10, 0.02, 40),  # 42 would be more than four times as many
    (10, 0.0101, 11),
    (10, math.nan, 20),
    (300, 0.02, 500),  # no more than allowed
])
def test_next_number_of_seeds_follows_the_root_law(
    count: int, found: float, wanted: int
) -> None:
    assert next_count(count, found, AIM) == wanted


def _runner(spread: float, asked: list[int]) -> Callable[[Plan], list[Run]]:
    """Make runs whose paired differences are normal with a known spread."""
    kept = Remembered()

    def run(plan: Plan) -> list[Run]:
        asked.append(len(plan.seeds))
        rows = []
        for seed in plan.seeds:
            world = Draws(seed).uniform(1, 0, 0, 0)
            step = Draws(seed + 10_000).normal(1, 0, 0, 0) * spread
            values = {"before": world, "after": world + 0.1 + step}
            runs = [
                Run(name, seed, Result(seed, {"trust": value}, [], [], [], []))
                for name, value in values.items()
            ]
            kept.keep(seed, runs)
            rows += runs
        return rows

    return run


def test_seeds_are_added_until_the_interval_is_as_narrow_as_asked_for() -> None:
    asked: list[int] = []
    plan = plan_of([Scenario(), Scenario()], range(10), ["before", "after"])
    found, runs = run_until(plan, AIM, _runner(0.05, asked))
    assert asked[0] == 10
    assert asked == sorted(set(asked))
    # 1.96 * .05 / .01 squared is 96; the spread found decides, and the last step reaches a little
    # further.
    assert 60 < len(found.seeds) < 180
    rows = [{"scenario": run.name, "seed": run.seed, **run.result.outcomes} for run in runs]
    table = difference_table(rows, found.names, found.seeds)
    assert half_width(table, "trust") <= 0.01
    fewer = [row for row in rows if row["seed"] < asked[-2]]
    assert half_width(difference_table(fewer, found.names), "trust") > 0.01


def test_ceiling_ends_the_search() -> None:
    asked: list[int] = []
    plan = plan_of([Scenario(), Scenario()], range(10), ["before", "after"])
    found, _ = run_until(plan, Aim("trust", 1e-6, 50), _runner(0.05, asked))
    assert len(found.seeds) == 50


def test_pairing_gain_by_hand() -> None:
    # Before 1 2 3 (variance 1), after 2 3 5 (7/3), differences 1 1 2 (1/3): 10/3 over 1/3.
    found = paired([(1.0, 2.0), (2.0, 3.0), (3.0, 5.0)])
    assert found["pairing_gain"] == pytest.approx(10.0)
    assert math.isnan(paired([(1.0, 2.0)])["pairing_gain"])


def test_pairing_gains_on_the_model(typed: Typed) -> None:
    base = Scenario.model_validate({})
    plan = plan_of(
        [base.with_values({"world.residents": 600, "run.years": 1}),
         base.with_values({"world.residents": 600, "run.years": 1,
                           "policy.evaluation.survey_sample": 90})],
        range(8), ["before", "after"],
    )
    runs = run_plan(plan)
    rows = [{"scenario": run.name, "seed": run.seed, **run.result.outcomes} for run in runs]
    table = difference_table(rows, plan.names, plan.seeds)
    gain = table.loc[table["outcome"] == "trust", "pairing_gain"].iloc[0]
    assert gain > 5.0, "a small change of a reform should leave worlds nearly as they were"


@pytest.mark.slow
def test_command_says_how_many_seeds_it_took_and_goes_on_from_them(
    typed: Typed, tmp_path: Path
) -> None:
    words = ("compare", "toy", "toy+full_reform", "--replications", "4", "--jobs", "1",
             "--outcome", "need_coverage", "--out", str(tmp_path / "out"))
    code, out, err = typed(*words, "--half-width", "0.03", "--max-replications", "40")
    assert code == 0, err
    line = next(item for item in out.splitlines() if "to each side" in item)
    seeds = int(line.split(" after ")[1].split()[0])
    assert 4 <= seeds <= 40
    again = typed(*words, "--half-width", "0.03", "--max-replications", "40")[1]
    assert line in again
    missed = typed(*words, "--half-width", "0.00001", "--max-replications", str(seeds + 1))[1]
    assert "the most allowed" in missed
    code, _, err = typed(*words[:7], "--half-width", "0.03", "--outcome", "need_covrage")
    assert code == 2
    assert "did you mean 'need_coverage'" in err
