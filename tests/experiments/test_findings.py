"""Findings: a contrast is measured world by world, and judged by where its interval lies."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from linkage_sim.errors import InputError
from linkage_sim.studies.experiment_file import FindingEntry
from linkage_sim.studies.findings import contrast, interval_of, lies, measured

ROWS = pd.DataFrame([
    {"scenario": "today", "seed": seed, "a.days": days, "trust": 0.5 + 0.1 * seed - 0.001 * days}
    for seed in range(4) for days in (5.0, 105.0)
])


def finding(**more: object) -> FindingEntry:
    base = {"name": "one", "says": "x", "says_zh": "一", "expected": "above"}
    return FindingEntry.model_validate({**base, **more})


def test_what_a_world_adds_falls_out_of_a_difference() -> None:
    found = contrast(ROWS, "trust", [{"days": 5}], [{"days": 105}])
    assert (found.value, found.low, found.high, found.n) == pytest.approx((0.1, 0.1, 0.1, 4))


def test_an_interval_is_student_s() -> None:
    """Known answer: 1, 2, 3 has mean 2 and t(.975, 2) / sqrt(3) = 2.4841."""
    found = interval_of([1.0, 2.0, 3.0])
    assert (found.low, found.high) == pytest.approx((2 - 2.48414, 2 + 2.48414), abs=1e-4)


def test_a_world_in_which_a_part_is_undefined_is_dropped_and_counted() -> None:
    rows = ROWS.copy()
    rows.loc[0, "trust"] = math.nan
    found = contrast(rows, "trust", [{"days": 5}], [{"days": 105}])
    assert (found.n, found.dropped) == (3, 1)


def test_a_difference_of_differences_adds_and_takes_off() -> None:
    found = contrast(ROWS, "trust", [{"days": 5}, {"days": 5}], [{"days": 105}, {"days": 105}])
    assert found.value == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("numbers", "side", "fine"),
    [((1, 0.5, 2), "above", True), ((1, -0.5, 2), "above", False),
     ((-1, -2, -0.5), "below", True), ((1, -0.5, 2), "unclear", True),
     ((1, 0.5, 2), "unclear", False), ((1, 0.5, 2), "within", True),
     ((1, 0.5, 4), "within", False), ((1, -0.5, 2), "not_below", True),
     ((-1, -2, -0.5), "not_below", False), ((-1, -2, -0.5), "not_above", True),
     ((1, 0.5, 2), "not_above", False), ((math.nan,) * 3, "above", False)],
)
def test_the_whole_interval_has_to_lie_on_the_side(
    numbers: tuple[float, float, float], side: str, fine: bool
) -> None:
    from linkage_sim.studies.findings import Measured

    entry = finding(within=[0.0, 3.0])
    assert lies(Measured(*numbers, 4), side, entry) is fine  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("numbers", "expected", "size", "verdict"),
    [((1, 0.5, 2), "above", "quick", "as expected"),
     ((1, -0.5, 2), "above", "quick", "not contradicted"),
     ((1, -0.5, 2), "above", "full", "not shown"),
     ((-1, -2, -0.5), "above", "full", "reversed"),
     ((-1, -2, -0.5), "above", "quick", "reversed"),
     ((1, 0.5, 2), "below", "full", "reversed"),
     ((1, 0.5, 2), "unclear", "full", "otherwise"),
     ((math.nan,) * 3, "above", "full", "undefined")],
)
def test_a_verdict_tells_what_few_seeds_cannot_show_from_what_turned_round(
    numbers: tuple[float, float, float], expected: str, size: str, verdict: str
) -> None:
    from linkage_sim.studies.findings import Measured, verdict_of

    weak = "not_below" if expected == "above" else None
    entry = finding(expected=expected, quick=weak)
    assert verdict_of(Measured(*numbers, 4), entry, size) == verdict


def test_a_row_of_a_table_is_taken_only_where_it_is_the_only_one() -> None:
    table = pd.DataFrame({"member": ["a", "b"], "value": [1.0, 2.0], "low": 0.0, "high": 3.0,
                          "n": 4})
    tables = {"effects": table}
    one = finding(table="effects", row={"member": "b"})
    assert measured(one, {}, {}, tables).value == 2.0
    with pytest.raises(InputError, match="2 rows"):
        measured(finding(table="effects"), {}, {}, tables)
    with pytest.raises(InputError, match="no run or row"):
        measured(finding(table="effects", row={"member": "c"}), {}, {}, tables)
    with pytest.raises(InputError, match="is not known"):
        measured(finding(table="effect"), {}, {}, tables)
