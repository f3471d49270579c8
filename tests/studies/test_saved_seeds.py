"""Finished seeds are kept whole, read back exactly, and used for the same code and plan alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linkage_sim import provenance
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies import saved
from linkage_sim.studies.compare import Plan, Run, run_plan
from linkage_sim.studies.saved import SavedSeeds, fingerprint


@pytest.fixture(scope="module")
def plan() -> Plan:
    scenarios = (load_scenario("toy"), load_scenario("toy+public_opinion"))
    return Plan(("today", "reform"), scenarios, (1, 2, 3), trace=True)


@pytest.fixture(scope="module")
def runs(plan: Plan) -> list[Run]:
    return run_plan(plan)


def test_a_seed_is_read_back_to_the_last_bit(plan: Plan, runs: list[Run], tmp_path: Path) -> None:
    place = SavedSeeds(tmp_path, plan)
    mine = [run for run in runs if run.seed == 2]
    place.keep(2, mine)
    (found,) = place.known([1, 2, 3]).values()
    assert [(run.name, run.seed, run.failure) for run in found] == [
        ("today", 2, ""), ("reform", 2, ""),
    ]
    for before, after in zip(mine, found, strict=True):
        # Undefined numbers are unequal to themselves; their text is not.
        assert repr(before.result) == repr(after.result)
        for rows in ("year_rows", "project_rows", "week_rows", "journal_rows"):
            old, new = getattr(before.result, rows), getattr(after.result, rows)
            assert old and repr(json.loads(json.dumps(old))) == repr(new)
            assert [list(map(type, row.values())) for row in new] == [
                list(map(type, row.values())) for row in old
            ]


def test_known_seeds_are_not_run_again(
    plan: Plan, runs: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = SavedSeeds(tmp_path, plan)
    for seed in (1, 3):
        place.keep(seed, [run for run in runs if run.seed == seed])
    told: list[tuple[int, int]] = []
    again = run_plan(plan, 1, lambda *done: told.append(done), place)
    assert told == [(6, 6)]
    assert repr(again) == repr(runs)
    assert place.count(plan.seeds) == 3


@pytest.mark.parametrize("damage", [b"", b"x" * 40, None])
def test_a_damaged_seed_counts_as_not_there(
    damage: bytes | None, plan: Plan, runs: list[Run], tmp_path: Path
) -> None:
    place = SavedSeeds(tmp_path, plan)
    place.keep(1, runs[:2])
    (path,) = tmp_path.rglob("*.seed")
    data = path.read_bytes()
    path.write_bytes(data[:-1] if damage is None else damage)
    assert place.known([1]) == {}
    path.write_bytes(data)
    assert set(place.known([1])) == {1}


def test_a_seed_with_a_failure_is_not_kept(plan: Plan, runs: list[Run], tmp_path: Path) -> None:
    place = SavedSeeds(tmp_path, plan)
    place.keep(1, [runs[0], Run("reform", 1, None, "ArithmeticError")])
    assert place.known([1]) == {} and place.count([1]) == 0


def test_another_plan_other_code_and_other_libraries_have_other_names(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = fingerprint(plan)
    assert fingerprint(Plan(plan.names, plan.scenarios, (7, 8), trace=True)) == known
    slower = plan.scenarios[1].with_values({"policy.approval.fixed_latency_days": 90})
    others = [
        Plan(plan.names, plan.scenarios, plan.seeds, trace=False),
        Plan(("today", "other"), plan.scenarios, plan.seeds, trace=True),
        Plan(plan.names, (plan.scenarios[0], slower), plan.seeds, trace=True),
        Plan(plan.names, plan.scenarios[::-1], plan.seeds, trace=True),
    ]
    assert len({known, *map(fingerprint, others)}) == 5
    with monkeypatch.context() as changed:
        changed.setattr(saved, "library_versions", lambda: {"numpy": "0.0"})
        assert fingerprint(plan) != known
    (tmp_path / "code.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(provenance, "_PACKAGE", tmp_path)
    first = fingerprint(plan)
    (tmp_path / "code.py").write_text("x = 2\n", encoding="utf-8")
    assert len({known, first, fingerprint(plan)}) == 3
