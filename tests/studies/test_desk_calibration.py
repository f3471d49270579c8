"""Desks calibrated on half of a log give the days of the other half, or it is said where not."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from linkage_sim.draws import Decision, Draws
from linkage_sim.inputs.file_ways import FileWay, Stop, read_ways
from linkage_sim.studies import desk_calibration
from linkage_sim.studies.desk_calibration import calibrate_desks, held_against
from linkage_sim.studies.desk_rates import (
    APART,
    POOLED,
    TIMED,
    halves,
    rates_of,
    real_days,
    simulated_days,
)
from linkage_sim.studies.results import load_provenance, load_results

LOTS = Draws(99)
ACCEPTED = 0.15


@pytest.fixture(scope="module")
def real(shared_data: Path) -> list[FileWay]:
    return read_ways(shared_data / "approvals" / "declarations.csv.gz")


@pytest.fixture(scope="module")
def groups(real: list[FileWay]) -> pd.DataFrame:
    return held_against(real, 1)


def made(count: int, supervisor_alone: float = 1.0, slow_returns: float = 0.0) -> list[FileWay]:
    """Files of two procedures whose desks are known: street (mean 1 day), district (2 days).

    Parameters
    ----------
    supervisor_alone
        Times as long as behind the street that the district takes for files that skip it.
    slow_returns
        Days more that the district takes for a file it sends back.
    """
    ways = []
    for number in range(count):
        alone = LOTS.uniform(Decision.VERIFICATION, number, 0) < 0.3
        procedure = ("district",) if alone else ("street", "district")
        stops: list[Stop] = []
        mending: list[float] = []
        visit = 0
        while True:
            visit += 1
            returned = False
            for place, desk in enumerate(procedure):
                mean = 1.0 if desk == "street" else 2.0 * (supervisor_alone if alone else 1.0)
                days = mean * LOTS.exponential(Decision.VERIFICATION, number, visit, place)
                lot = LOTS.uniform(Decision.VERIFICATION, number, visit, 10 + place)
                returned = desk == "district" and lot < 0.15
                stops.append(Stop(desk, days + slow_returns * returned, returned, visit > 1))
            if not returned:
                break
            mending.append(5.0 * LOTS.exponential(Decision.VERIFICATION, number, visit, 20))
        total = math.fsum([*(stop.days for stop in stops), *mending])
        ways.append(FileWay(number / 10.0, procedure, tuple(stops), tuple(mending), total,
                            sum(stop.returned for stop in stops)))
    return ways


def near(table: pd.DataFrame, kind: str, by: str, value: int) -> float:
    row = table[(table["kind"] == kind) & (table["by"] == by) & (table["value"] == value)].iloc[0]
    return float(abs(row["difference"]))


# -- files whose desks are known -----------------------------------------------------------------


@pytest.mark.statistical
def test_known_desks_give_the_days_of_the_files_they_made() -> None:
    table = held_against(made(4000), 1, repeats=3)
    for by, value in (("layers", 1), ("layers", 2), ("rejections", 0), ("rejections", 1),
                      ("rejections", 2), ("all", 0)):
        row = table[(table["kind"] == APART) & (table["by"] == by) & (table["value"] == value)]
        allowed = 4.0 * float(row["error"].iloc[0]) * math.sqrt(2.0)
        gap = abs(float(row["simulated"].iloc[0] - row["real"].iloc[0]))
        assert gap < max(allowed, 0.03 * float(row["real"].iloc[0])), (by, value)


@pytest.mark.statistical
def test_desks_that_work_differently_in_each_procedure_must_not_be_pooled() -> None:
    """Negative control: pooled days fail where a desk alone is five times as slow."""
    table = held_against(made(3000, supervisor_alone=5.0), 1, repeats=2)
    assert near(table, POOLED, "layers", 1) > ACCEPTED > near(table, APART, "layers", 1)
    assert near(table, POOLED, "layers", 2) > ACCEPTED > near(table, APART, "layers", 2)


@pytest.mark.statistical
def test_returns_that_take_longer_must_be_timed_apart() -> None:
    """Negative control: one set of days for both makes returned files too quick."""
    table = held_against(made(3000, slow_returns=20.0), 1, repeats=2)
    assert near(table, APART, "rejections", 1) > ACCEPTED
    assert near(table, APART, "rejections", 0) > ACCEPTED
    assert near(table, TIMED, "rejections", 1) < ACCEPTED
    assert near(table, TIMED, "rejections", 0) < ACCEPTED


def test_no_total_of_a_file_is_used() -> None:
    """Totals and counts of rejections may be anything: the simulation does not look at them."""
    ways = made(300)
    blind = [dataclasses.replace(way, days=math.nan, rejections=-1) for way in ways]
    first, other = halves(ways, 1)
    blind_first, blind_other = halves(blind, 1)
    for kind in (POOLED, APART, TIMED):
        known = simulated_days(other, rates_of(first), kind, 1, 1)
        unknown = simulated_days(blind_other, rates_of(blind_first), kind, 1, 1)
        assert known.days.tolist() == unknown.days.tolist()
    # Negative control: the days at one desk do matter.
    slower = [dataclasses.replace(way, stops=tuple(
        dataclasses.replace(stop, days=stop.days * 2.0) for stop in way.stops
    )) for way in first]
    changed = simulated_days(other, rates_of(slower), POOLED, 1, 1)
    assert changed.days.tolist() != known.days.tolist()


def test_halves_are_random_whole_and_the_same_for_a_seed() -> None:
    ways = made(101)
    first, other = halves(ways, 1)
    assert len(first) == 50 and len(other) == 51
    assert sorted([*first, *other], key=lambda way: way.submitted) == ways
    assert halves(ways, 1)[0] == first and halves(ways, 2)[0] != first
    assert 15 < sum(way in first for way in ways[:50]) < 35


# -- the real log --------------------------------------------------------------------------------


def test_definitions_are_those_of_the_published_figures(real: list[FileWay]) -> None:
    days = real_days(real)
    found = [float(days.group("layers", value).mean()) for value in (1, 2, 3)]
    found += [float(days.group("rejections", value).mean()) for value in (0, 1, 2)]
    assert found == pytest.approx([1.49, 4.13, 7.15, 3.36, 14.24, 26.29], abs=0.005)


def row_of(groups: pd.DataFrame, kind: str, by: str, value: int) -> pd.Series:
    chosen = (groups["kind"] == kind) & (groups["by"] == by) & (groups["value"] == value)
    return groups[chosen].iloc[0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [APART, TIMED])
@pytest.mark.parametrize(("by", "value"), [
    ("layers", 2), ("layers", 3), ("rejections", 0), ("all", 0),
])
def test_days_of_the_other_half_come_out_within_fifteen_percent(
    groups: pd.DataFrame, kind: str, by: str, value: int
) -> None:
    row = row_of(groups, kind, by, value)
    assert abs(row["difference"]) <= ACCEPTED and abs(row["difference_p95"]) <= ACCEPTED


@pytest.mark.slow
def test_one_rejection_needs_days_that_depend_on_the_decision(groups: pd.DataFrame) -> None:
    """What the model's own desks miss: sending back takes longer, and coming back is quicker."""
    assert near(groups, TIMED, "rejections", 1) <= ACCEPTED
    apart, timed = (row_of(groups, kind, "rejections", 1) for kind in (APART, TIMED))
    assert apart["difference"] < timed["difference"]


@pytest.mark.slow
@pytest.mark.parametrize(("by", "value"), [("layers", 1), ("rejections", 2)])
def test_where_half_a_log_cannot_tell_it_is_no_farther_than_chance_allows(
    groups: pd.DataFrame, by: str, value: int
) -> None:
    """What is not certain to come out: the mean of half the files is not known to 15 % itself."""
    row = row_of(groups, TIMED, by, value)
    assert row["error"] / row["real"] > ACCEPTED
    assert abs(row["simulated"] - row["real"]) < 3.0 * row["error"]
    assert abs(row["first"] / row["real"] - 1.0) > ACCEPTED


@pytest.mark.slow
def test_one_set_of_days_for_every_procedure_does_not_do(groups: pd.DataFrame) -> None:
    """Negative control: the comparison can fail, and does for the simplest way."""
    assert max(near(groups, POOLED, "layers", value) for value in (1, 2, 3)) > ACCEPTED


# -- what is written -----------------------------------------------------------------------------


def test_tables_and_record_are_written_without_naming_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_calibration, "HALVES", 3)
    lines = ["case,activity,time,role"]
    for number in range(60):
        day = 1 + number % 28
        lines += [f"{number},submitted,2026-01-{day:02d} 09:00,a",
                  f"{number},final approved,2026-02-{day:02d} 09:00,street"]
        if number % 5 == 0:
            lines.insert(-1, f"{number},rejected,2026-01-{day:02d} 10:00,street")
            lines.insert(-1, f"{number},submitted,2026-01-{day:02d} 12:00,a")
    log = tmp_path / "log.csv"
    log.write_text("\n".join(lines), encoding="utf-8")
    tables = calibrate_desks(log, tmp_path / "out")
    for name, table in tables.items():
        pd.testing.assert_frame_equal(load_results(tmp_path / "out", name), table)
    assert tables["halves"]["half"].nunique() == 3
    record = load_provenance(tmp_path / "out")
    assert record["log"]["files"] == 60
    assert str(tmp_path) not in (tmp_path / "out" / "provenance.json").read_text()
    first = tables["groups"]
    again = calibrate_desks(log, tmp_path / "again")["groups"]
    pd.testing.assert_frame_equal(first, again)
    assert np.isfinite(first[first["by"] == "all"]["difference"]).all()


def test_the_command_tells_wrong_use_and_bad_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk_calibration.main([]) == 2
    assert "usage" in capsys.readouterr().err
    assert desk_calibration.main([str(tmp_path / "nothing.csv"), str(tmp_path / "out")]) == 2
    few = tmp_path / "few.csv"
    few.write_text("case,activity,time,role\n1,submitted,2026-03-02,a\n1,final approved,"
                   "2026-03-03,b\n", encoding="utf-8")
    assert desk_calibration.main([str(few), str(tmp_path / "out")]) == 2
    assert "too few" in capsys.readouterr().err
