"""Runs and comparisons: tables that fit together, and numbers that depend on scenario and seed."""

from __future__ import annotations

import gc
import math
import os
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from linkage_sim.errors import InputError
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import HEADLINES, NAMES
from linkage_sim.scenario.fields import CATEGORIES
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies import compare as comparing
from linkage_sim.studies.compare import Plan, Run, compare, outcome_rows, run_plan
from linkage_sim.studies.run import Result, is_same_number, simulate

HERE = Path(__file__).parent
SMALL = {"world.residents": 400, "run.years": 2}


@pytest.fixture(scope="module")
def small_result() -> Result:
    scenario = load_scenario("x_community", SMALL)
    return simulate(scenario, seed=3, trace=True)


def test_result_has_every_outcome_and_a_row_for_every_reported_year(small_result: Result) -> None:
    assert tuple(small_result.outcomes) == NAMES
    assert small_result.years["year"].tolist() == [1, 2]
    assert list(small_result.years.columns) == ["year", *NAMES]


@pytest.mark.parametrize("seed", [1.5, "1", None, -1, 2**63, 10**30])
def test_what_is_no_seed_is_refused_with_what_is_allowed(seed: Any) -> None:
    scenario = load_scenario("toy")
    told = r"from 0 to 9223372036854775807"
    with pytest.raises(InputError, match=told):
        simulate(scenario, seed=seed)
    with pytest.raises(InputError, match=told):
        LinkageModel(scenario, seed=seed)
    with pytest.raises(InputError, match=told):
        compare([scenario, scenario], seeds=[0, seed], names=["a", "b"])


def test_the_largest_seed_and_a_seed_of_numpy_are_seeds() -> None:
    scenario = load_scenario("x_community", {**SMALL, "run.years": 1, "run.warmup_years": 0})
    largest = simulate(scenario, seed=2**63 - 1)
    assert largest.seed == 2**63 - 1
    one = simulate(scenario, seed=np.int64(1))
    assert type(one.seed) is int
    assert one.outcomes["trust"] == simulate(scenario, seed=1).outcomes["trust"]
    assert one.outcomes["trust"] != largest.outcomes["trust"]


def test_outcome_over_all_years_lies_between_those_of_the_years(small_result: Result) -> None:
    # Need coverage is a weighted mean over years, so it cannot leave their range.
    years = small_result.years["need_coverage"]
    assert years.min() <= small_result.outcomes["need_coverage"] <= years.max()
    assert years.nunique() == 2


def test_projects_agree_with_the_outcomes_made_from_them(small_result: Result) -> None:
    projects, outcomes = small_result.projects, small_result.outcomes
    assert not projects.duplicated(["id", "year"]).any()
    assert set(projects["category"]) <= set(CATEGORIES)
    assert set(projects["year"]) == {1, 2}
    done = projects[projects["organization"].notna()]
    assert len(done) > 0
    # A project submitted again counts once.
    ever = projects.groupby("id")["approved"].any()
    assert outcomes["approval_rate"] == pytest.approx(ever.mean())
    assert outcomes["events_per_project"] == pytest.approx(done["events"].mean())
    assert outcomes["true_effect"] == pytest.approx(done["true_effect"].mean())
    assert outcomes["evaluation_score"] == pytest.approx(done["score"].mean())
    delivered = done["substance_hours"].sum() + done["showcase_hours"].sum()
    assert outcomes["showcase_share"] == pytest.approx(done["showcase_hours"].sum() / delivered)
    weeks = done["delivery_weeks"].sum() / projects["approved"].sum()
    assert outcomes["implementation_weeks"] == pytest.approx(weeks)


def test_file_without_a_contract_has_no_delivery(small_result: Result) -> None:
    projects = small_result.projects
    never = projects[projects["organization"].isna()]
    assert len(never) > 0
    assert never["signed_day"].isna().all() and never["score"].isna().all()
    assert (never["places"] == 0).all() and (never["paid_yuan"] == 0.0).all()
    assert never["renewed"].isna().all()


def test_decisions_come_after_submission_and_contracts_after_decisions(
    small_result: Result,
) -> None:
    projects = small_result.projects
    decided = projects[projects["decided_day"].notna()]
    assert (decided["decided_day"] >= decided["submitted_day"]).all()
    signed = projects[projects["signed_day"].notna()]
    assert (signed["signed_day"] >= signed["decided_day"]).all()


def test_journal_is_kept_only_when_asked_for(small_result: Result) -> None:
    assert set(small_result.journal.columns) == {"order", "day", "project", "event", "facts"}
    assert set(small_result.projects["id"]) <= set(small_result.journal["project"])
    quiet = simulate(load_scenario("toy"), seed=3)
    assert quiet.journal.empty


def test_weeks_are_recorded_when_the_scenario_says_so() -> None:
    toy = load_scenario("toy")
    weekly = simulate(toy.with_values({"run.record_weeks": True}), seed=1)
    assert len(weekly.weeks) == 52 * (toy.run.years + toy.run.warmup_years)
    yearly = simulate(toy, seed=1)
    assert len(yearly.weeks) == toy.run.years + toy.run.warmup_years
    assert same(weekly.outcomes, yearly.outcomes)


def same(first: dict[str, float], second: dict[str, float]) -> bool:
    return list(first) == list(second) and all(
        is_same_number(first[name], second[name]) for name in first
    )


def test_same_seed_same_numbers_and_another_seed_others() -> None:
    toy = load_scenario("toy")
    assert same(simulate(toy, seed=5).outcomes, simulate(toy, seed=5).outcomes)
    assert not same(simulate(toy, seed=5).outcomes, simulate(toy, seed=6).outcomes)


def test_progress_is_told_every_week() -> None:
    told: list[tuple[int, int]] = []
    simulate(load_scenario("toy"), seed=1, progress=lambda done, total: told.append((done, total)))
    assert told == [(week, 156) for week in range(1, 157)]


def test_model_is_freed_after_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[weakref.ref[LinkageModel]] = []
    start = LinkageModel.__init__

    def noted(self: LinkageModel, *args: object, **named: object) -> None:
        known.append(weakref.ref(self))
        start(self, *args, **named)

    monkeypatch.setattr(LinkageModel, "__init__", noted)
    simulate(load_scenario("toy"), seed=1)
    gc.collect()
    assert len(known) == 1
    assert known[0]() is None


@pytest.mark.slow
def test_one_worker_and_two_give_the_same_numbers_bit_for_bit() -> None:
    scenarios = [load_scenario("toy"), load_scenario("toy+full_reform")]
    plan = Plan(("today", "reform"), tuple(scenarios), (1, 2, 3))
    alone, shared = run_plan(plan, jobs=1), run_plan(plan, jobs=2)
    assert [(run.name, run.seed) for run in alone] == [(run.name, run.seed) for run in shared]
    for first, second in zip(alone, shared, strict=True):
        assert first.result is not None and second.result is not None
        assert same(first.result.outcomes, second.result.outcomes)
        pd.testing.assert_frame_equal(
            first.result.projects, second.result.projects, check_exact=True
        )
        pd.testing.assert_frame_equal(first.result.years, second.result.years, check_exact=True)


def test_comparison_does_not_depend_on_the_company_a_scenario_is_in() -> None:
    today, reform = load_scenario("toy"), load_scenario("toy+full_reform")
    other = load_scenario("toy+fast_approval")
    pair = compare([today, reform], seeds=range(3), names=["today", "reform"])
    crowd = compare([today, other, reform], seeds=range(3), names=["today", "other", "reform"])
    mine = crowd[crowd["scenario"] == "reform"].reset_index(drop=True)
    wanted = ["outcome", "baseline_mean", "mean", "difference", "low", "high", "n", "dropped"]
    pd.testing.assert_frame_equal(pair[wanted], mine[wanted], check_exact=True)


def test_comparison_reports_paired_differences_of_its_runs() -> None:
    table = compare(
        [load_scenario("toy"), load_scenario("toy+full_reform")], seeds=[4, 9],
        names=["today", "reform"],
    )
    assert list(table.columns)[:9] == [
        "scenario", "baseline", "outcome", "baseline_mean", "mean", "difference", "low", "high",
        "n",
    ]
    assert tuple(table["outcome"][: len(HEADLINES)]) == HEADLINES
    assert set(table["outcome"]) == set(NAMES)
    runs = table.attrs["runs"].set_index(["scenario", "seed"])
    assert len(runs) == 4
    for row in table.to_dict("records"):
        pairs = [
            runs.loc[("reform", seed), row["outcome"]] - runs.loc[("today", seed), row["outcome"]]
            for seed in (4, 9)
        ]
        known = [value for value in pairs if not math.isnan(value)]
        assert (row["n"], row["dropped"]) == (len(known), 2 - len(known))
        if known:
            assert row["difference"] == pytest.approx(sum(known) / len(known), abs=1e-12)


def test_run_that_fails_is_reported_and_the_others_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_once(plan: object, seed: int, **named: object) -> Result:
        if seed == 2 and plan.policy.proposal.method == "vote":  # type: ignore[attr-defined]
            raise ArithmeticError("told to")
        return simulate(plan, seed, **named)

    monkeypatch.setattr(comparing, "simulate", fail_once)
    scenarios = [load_scenario("toy"), load_scenario("toy+public_opinion")]
    table = compare(scenarios, seeds=[1, 2, 3], names=["today", "vote"])
    (failure,) = table.attrs["failures"]
    assert (failure["scenario"], failure["seed"]) == ("vote", 2)
    # The traceback, for whoever mends it; the reason in the last line, for everybody.
    assert "in fail_once" in failure["reason"]
    assert failure["reason"].splitlines()[-1] == "ArithmeticError: told to"
    assert str(Path.cwd()) not in failure["reason"]
    trust = table[table["outcome"] == "trust"].iloc[0]
    assert (trust["n"], trust["dropped"]) == (2, 1)


@pytest.mark.parametrize(
    ("seeds", "names", "wanted"),
    [
        ([], ["a", "b"], "no seed"),
        ([1, 1], ["a", "b"], "twice"),
        ([1], ["a", "a"], "'a'"),
        ([1], ["a"], "1 name for 2"),
    ],
)
def test_plan_that_cannot_be_compared_is_refused(
    seeds: list[int], names: list[str], wanted: str
) -> None:
    toy = load_scenario("toy")
    with pytest.raises(InputError, match=wanted):
        compare([toy, toy], seeds=seeds, names=names)


@pytest.mark.slow
def test_mechanism_from_outside_works_in_workers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.setenv("LINKAGE_TEST_MARKS", str(tmp_path))
    values = {"run.plugins": ["plugin_rule"], "policy.approval.rule": "dearest_first"}
    scenario = load_scenario("toy", values)
    plan = Plan(("outside",), (scenario,), (1, 2))
    runs = run_plan(plan, jobs=2)
    assert all(run.failure == "" for run in runs)
    processes = {int(item.name) for item in tmp_path.iterdir()}
    assert processes, "the rule was never asked"
    assert os.getpid() not in processes
    assert "plugin_rule" in sys.modules


def test_scenario_too_large_for_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage_sim.studies.run.free_bytes", lambda: 1000)
    with pytest.raises(InputError, match="world.residents"):
        simulate(seed=1)


def test_rows_of_failed_runs_are_left_out() -> None:
    assert outcome_rows([Run("a", 1, None, "reason")]) == []


def test_compare_says_what_to_do_with_names_and_with_one_scenario() -> None:
    with pytest.raises(InputError, match=r"ls\.load_scenario\('x_community'\)"):
        compare(["x_community", "toy"])
    for alone in ([load_scenario("toy")], load_scenario("toy")):
        with pytest.raises(InputError, match="two or more"):
            compare(alone)
