"""Meeting days are found where there are some, and only there; shortening keeps mean and tail."""

from __future__ import annotations

from datetime import date
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage_sim.inputs.desks import equal_probability_means
from linkage_sim.inputs.meetings import find_meetings, weekday_counts

MONDAY = date(2024, 1, 1).toordinal()


def days(*numbers: int, each: int = 1) -> np.ndarray:
    return np.repeat(np.array(numbers, dtype=np.int64) + MONDAY, each)


def test_weekdays_start_on_monday() -> None:
    assert weekday_counts(days(0, 1, 1, 6, 7)) == (2, 2, 0, 0, 0, 0, 1)


def test_monday_and_thursday_with_a_stray_payment() -> None:
    calendar = [week * 7 + day for week in range(52) for day in (0, 3)]
    found = find_meetings(days(*calendar, 1))
    assert found is not None
    assert (found.weekdays, found.gaps_days) == ((0, 3), (3.0, 4.0))
    assert found.share == pytest.approx(104 / 105)
    assert found.mean_wait_days == pytest.approx(25 / 14)
    assert str(found) == "Monday and Thursday"


def test_one_meeting_every_four_weeks() -> None:
    found = find_meetings(days(*range(0, 28 * 20, 28), each=5))
    assert found is not None
    assert found.gaps_days == (28.0,)
    assert found.mean_wait_days == pytest.approx(14)
    assert str(found) == "Monday every 28 days"


@pytest.mark.parametrize("each", [1, 2])
def test_few_files_a_week_are_no_proof_of_weeks_left_out(each: int) -> None:
    found = find_meetings(days(*range(0, 14 * 40, 14), each=each))
    assert found is not None
    assert (found.weekdays, found.gaps_days) == ((0,), (7.0,))


def test_the_fifteenth_of_every_month() -> None:
    dates = [date(2024 + n // 12, n % 12 + 1, 15).toordinal() - MONDAY for n in range(24)]
    found = find_meetings(days(*dates, each=4))
    assert found is not None
    assert found.weekdays == ()
    assert found.gaps_days[0] == pytest.approx(700 / 23, abs=0.1)


@pytest.mark.parametrize("chosen", [
    pytest.param([week * 7 + day for week in range(52) for day in range(5)], id="working days"),
    pytest.param([year * 365 + day for year in range(3) for day in range(20)] * 5,
                 id="a busy January every year"),
    pytest.param([week * 7 for week in range(29)], id="too few to tell"),
    pytest.param([week * 7 + day for week in range(52) for day in (0, 1, 2, 3)],
                 id="four days a week"),
    pytest.param([], id="nothing"),
])
def test_no_calendar_where_there_is_none(chosen: list[int]) -> None:
    assert find_meetings(days(*chosen)) is None


def test_bins_by_hand() -> None:
    assert equal_probability_means([5, 3, 1, 0, 2, 4], 3).tolist() == [0.5, 2.5, 4.5]
    # Five values in two bins of two and a half: (0 + 1 + 2/2) / 2.5 and (2/2 + 3 + 4) / 2.5.
    assert equal_probability_means([0, 1, 2, 3, 4], 2).tolist() == pytest.approx([0.8, 3.2])
    assert equal_probability_means([3, 1], 200).tolist() == [1, 3]


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=300), st.integers(1, 40))
def test_bins_keep_mean_order_and_range(values: list[float], most: int) -> None:
    bins = equal_probability_means(values, most)
    assert bins.size == min(len(values), most)
    assert np.all(np.diff(bins) >= 0)
    assert bins.mean() == pytest.approx(np.mean(values), abs=1e-9, rel=1e-9)
    assert min(values) - 1e-9 <= bins[0]
    assert bins[-1] <= max(values) + 1e-9


def test_a_heavy_tail_survives_the_bins_and_not_the_plain_quantiles() -> None:
    # Lognormal with a coefficient of variation of 3, on a grid of probabilities.
    sigma = np.sqrt(np.log(1 + 3.0**2))
    grid = (np.arange(10_000) + 0.5) / 10_000
    values = np.exp(sigma * np.array([NormalDist().inv_cdf(p) for p in grid]))
    bins = equal_probability_means(values, 200)
    worst = np.sort(values)[-values.size // 200:].mean()
    assert bins[-1] == pytest.approx(worst)
    plain = np.quantile(values, (np.arange(200) + 0.5) / 200)
    assert abs(plain.mean() / values.mean() - 1) > 0.02
    assert plain[-1] < 0.9 * worst
