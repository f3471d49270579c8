"""The way of a file through its desks is told as the log has it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linkage_sim.inputs.event_log import read_event_log
from linkage_sim.inputs.file_ways import LATER_CHECK, FileWay, Stop, read_ways

LOG = """case,activity,time,role
1,submitted,2026-03-02 00:00,clerk
1,approved,2026-03-03 00:00,street
1,rejected,2026-03-05 00:00,district
1,rejected,2026-03-05 06:00,clerk
1,submitted,2026-03-09 00:00,clerk
1,approved,2026-03-09 12:00,street
1,final approved,2026-03-11 12:00,district
1,rejected,2026-03-13 12:00,audit
1,submitted,2026-03-14 12:00,clerk
1,approved,2026-03-14 12:00,street
1,final approved,2026-03-15 12:00,district
1,paid,2026-03-16 12:00,cashier
2,submitted,2026-03-02 00:00,clerk
2,final approved,2026-03-02 12:00,district
3,submitted,2026-03-02 00:00,clerk
3,rejected,2026-03-04 00:00,street
"""


@pytest.fixture
def ways(tmp_path: Path) -> list[FileWay]:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return read_ways(path)


def test_decisions_of_a_file_come_in_order_with_the_days_before_each(ways: list[FileWay]) -> None:
    assert ways[0].stops == (
        Stop("street", 1.0, False), Stop("district", 2.0, True),
        Stop("street", 0.5, False, again=True), Stop("district", 2.0, False, again=True),
        Stop(LATER_CHECK, 2.0, True, again=True),
        Stop("street", 0.0, False, again=True), Stop("district", 1.0, False, again=True),
        Stop(LATER_CHECK, 0.0, False, again=True),
    )


def test_the_applicant_s_days_run_from_the_rejection_to_the_next_submission(
    ways: list[FileWay],
) -> None:
    assert ways[0].mending_days == (4.0, 1.0)


def test_a_file_is_passed_by_the_later_check_when_nobody_rejects_it(ways: list[FileWay]) -> None:
    assert ways[1].stops == (Stop("district", 0.5, False), Stop(LATER_CHECK, 0.0, False))
    assert ways[1].procedure == ("district",) and ways[1].rejections == 0


def test_a_file_that_is_never_approved_is_left_out(ways: list[FileWay]) -> None:
    assert len(ways) == 2
    assert ways[0].days == 13.5 and ways[0].rejections == 2
    assert ways[0].procedure == ("street", "district")


def test_the_real_log_is_told_as_its_table_of_files_has_it(shared_data: Path) -> None:
    path = shared_data / "approvals" / "declarations.csv.gz"
    cases = read_event_log(path).cases
    ways = read_ways(path)
    done = cases.finished
    assert [way.days for way in ways] == cases.days[done].tolist()
    assert [len(way.procedure) for way in ways] == cases.layers[done].tolist()
    assert [way.rejections for way in ways] == cases.rejections[done].tolist()
    returned = [sum(stop.returned for stop in way.stops) for way in ways]
    # A rejection before the first event of a file has no time and is no stop.
    assert np.mean(np.array(returned) == cases.rejections[done]) > 0.999
