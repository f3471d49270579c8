"""The tables of a week grow, are stored and shared among threads without a number moving."""

from __future__ import annotations

import pickle
import sys
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage_sim.agents.committee import _among
from linkage_sim.kernels import week
from linkage_sim.kernels.measure import LOWEST
from linkage_sim.kernels.needs import sort_both
from linkage_sim.kernels.tables import PROJECT, Fields, blank_rows
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.schema import Scenario
from linkage_sim.stages.implementation import rows
from tests.uncompiled import uncompile_week

PLAN = Scenario().with_values({
    "world.communities": 3, "world.residents": 900, "run.years": 1, "run.warmup_years": 0,
    "world.budget_yuan_per_year": 300_000.0,
})


def _numbers(model: LinkageModel) -> Any:
    model.run()
    met = [item.totals for item in model.implementation.contracts]
    effects = [item.true_effect for item in model.implementation.contracts]
    return model.course.counts.tolist(), met, effects, model.state.satisfaction.tolist()


def test_records_of_persons_met_grow_and_lose_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = _numbers(LinkageModel(PLAN, seed=2))
    grown = []
    grow = rows.ContractRows.grow_lines

    def counted(self: Any, wanted: Any) -> None:
        grown.append(int(wanted.max()))
        grow(self, wanted)

    monkeypatch.setattr(rows, "FIRST_LINES", 1)
    monkeypatch.setattr(rows, "FIRST_ROOM", 1)
    monkeypatch.setattr(rows.ContractRows, "grow_lines", counted)
    assert _numbers(LinkageModel(PLAN, seed=2)) == usual
    assert len(grown) > 3


def test_room_for_the_week_is_never_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "FIRST_LINES", 1)
    model, table = LinkageModel(PLAN, seed=2), None
    most = 0
    while model.week < model.weeks:
        model.step()
        table = model.course.columns
        assert (table.line_first + table.lines <= table.line_stop).all()
        most = max(most, int(table.lines.max()))
    assert most > 50


def test_the_text_of_a_week_gives_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that break a part of the week run its text; unbroken, it is the week."""
    usual = _numbers(LinkageModel(PLAN, seed=2))
    uncompile_week(monkeypatch)
    assert _numbers(LinkageModel(PLAN, seed=2)) == usual


@pytest.mark.skipif(sys.platform != "linux" or numba.config.DISABLE_JIT,
                    reason="the benchmark of parts reads the clock of Linux from compiled code")
def test_the_clocked_twin_of_the_benchmark_gives_the_same_numbers() -> None:
    from benchmarks.parts import clocked_week

    usual, spent = _numbers(LinkageModel(PLAN, seed=2)), np.zeros(3)
    with clocked_week(spent):
        assert _numbers(LinkageModel(PLAN, seed=2)) == usual
    assert (spent > 0.0).all()


def test_a_week_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, live = _numbers(LinkageModel(PLAN, seed=2)), week.live
    monkeypatch.setattr(week, "live", lambda first, stop, now, town: (
        live(first, stop, now, town) if now != 20 else None
    ))
    assert _numbers(LinkageModel(PLAN, seed=2)) != usual


def test_columns_follow_their_table_when_both_are_stored() -> None:
    table = blank_rows(3, PROJECT)
    kept, columns = pickle.loads(pickle.dumps((table, Fields(table))))
    kept[1].hours = 4.0
    assert columns.hours.tolist() == [0.0, 4.0, 0.0]
    assert columns.table is kept
    with pytest.raises(AttributeError, match="minutes"):
        columns.minutes  # noqa: B018


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 2**40), max_size=200, unique=True))
def test_keys_are_sorted_with_what_belongs_to_them(keys: list[int]) -> None:
    rising, values = np.array(keys, np.int64), np.array(keys, np.float32)
    sort_both(rising, values, len(keys))
    assert rising.tolist() == sorted(keys)
    assert values.tolist() == np.array(sorted(keys), np.float32).tolist()


def test_only_the_first_keys_are_sorted() -> None:
    keys, values = np.array([3, 1, 2, 0]), np.array([3, 1, 2, 0], np.float32)
    sort_both(keys, values, 3)
    assert keys.tolist() == values.tolist() == [1, 2, 3, 0]


def test_the_lowest_need_of_any_set() -> None:
    for bits in range(1, 256):
        assert LOWEST[bits] == min(place for place in range(8) if bits >> place & 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_who_is_among_a_sorted_list(given_rows: list[int], listed: set[int]) -> None:
    found = _among(np.array(given_rows, np.int64), np.array(sorted(listed), np.int32))
    assert found.tolist() == [row in listed for row in given_rows]
