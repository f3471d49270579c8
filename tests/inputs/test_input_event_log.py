"""An approval log becomes desks, days, returns and meetings."""

from __future__ import annotations

import os
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linkage_sim.errors import InputError
from linkage_sim.inputs.event_log import (
    EventLog,
    desks_comments,
    desks_fragment,
    read_event_log,
)
from linkage_sim.inputs.event_words import Kind, compiled, kind_of
from linkage_sim.inputs.fragment import to_toml
from linkage_sim.inputs.log_rows import parse_time
from linkage_sim.scenario.policy import Desk as DeskSection

DECLARATIONS = (Path(__file__).parents[2] / ".." / "shared" / "data" / "approvals"
                / "declarations.csv.gz")

HAND = """case_id,activity,timestamp,role,amount
1,SUBMITTED by Applicant,2026-03-02 09:00,Applicant,100
1,REJECTED by Street,2026-03-04 09:00,Street,100
1,REJECTED by Applicant,2026-03-04 21:00,Applicant,100
1,SUBMITTED by Applicant,2026-03-05 09:00,Applicant,100
1,APPROVED by Street,2026-03-06 21:00,Street,100
1,FINAL_APPROVED by District,2026-03-16 21:00,District,100
1,Request Payment,2026-03-17 09:00,,100
1,Payment Handled,2026-03-19 09:00,,100
2,SUBMITTED by Applicant,2026-03-02 09:00,Applicant,
2,FINAL_APPROVED by District,2026-03-03 09:00,District,
3,SUBMITTED by Applicant,2026-03-02 09:00,Applicant,7.5
3,APPROVED by Street,2026-03-03 15:00,Street,7.5
3,REJECTED by District,2026-03-05 15:00,District,7.5
3,REJECTED by Missing,2026-03-06 15:00,Missing,7.5
"""


def read(folder: Path, text: str, **options: Any) -> EventLog:
    path = folder / "log.csv"
    path.write_text(text, encoding="utf-8")
    return read_event_log(path, **options)


def problems_of(folder: Path, text: str, **options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(folder, text, **options)
    return [message.removeprefix(f"{folder / 'log.csv'}:") for message in caught.value.messages]


def test_small_log_by_hand(tmp_path: Path) -> None:
    log = read(tmp_path, HAND)
    assert (log.n_events, log.n_cases) == (14, 3)
    street, district = log.desks
    assert (street.name, district.name) == ("Street", "District")
    # Street: returned after 2 days, approved 1.5 days after the new submission, and 1.25 days.
    assert street.service_days.tolist() == pytest.approx([2.0, 1.5, 1.25])
    assert (street.approvals, street.rejections) == (2, 1)
    assert street.return_probability == pytest.approx(1 / 3)
    assert street.share_of_files == pytest.approx(2 / 3)
    assert district.service_days.tolist() == pytest.approx([10.0, 1.0, 2.0])
    assert (district.final, street.final) == (True, False)
    assert log.cases.layers.tolist() == [2, 1, 1]
    assert log.cases.rejections.tolist() == [1, 0, 2]
    assert log.cases.days[:2].tolist() == pytest.approx([14.5, 1.0])
    assert np.isnan(log.cases.days[2])
    assert log.cases.amounts[[0, 2]].tolist() == [100.0, 7.5]
    assert np.isnan(log.cases.amounts[1])
    assert [(group.value, group.files) for group in log.by_layers()] == [(1, 1), (2, 1)]
    assert log.rejected_share == pytest.approx(2 / 3)
    # 19 March 2026 is a Thursday.
    assert log.payment_weekdays == (0, 0, 0, 1, 0, 0, 0)
    assert any("1 rejection by 'Missing'" in note for note in log.notes)
    assert any("'Request Payment'" in note for note in log.notes)


def test_order_of_the_lines_is_of_no_account(tmp_path: Path) -> None:
    head, *lines = HAND.splitlines()
    shuffled = read(tmp_path, "\n".join([head, *sorted(lines, key=lambda line: line[::-1])]))
    straight = read(tmp_path, HAND)
    for one, other in zip(shuffled.desks, straight.desks, strict=True):
        assert one.name == other.name
        assert sorted(one.service_days) == pytest.approx(sorted(other.service_days))
    days = dict(zip(shuffled.cases.case, shuffled.cases.days, strict=True))
    assert [days["1"], days["2"]] == pytest.approx([14.5, 1.0])


def test_time_zones_count_in_days_and_local_weekday_counts_for_payments(tmp_path: Path) -> None:
    log = read(tmp_path, "case,activity,time,role\n"
                         "1,submitted,2026-03-02T00:00:00+08:00,a\n"
                         "1,approved,2026-03-02T00:00:00+00:00,b\n"
                         "1,payment made,2026-03-05T01:00:00+08:00,b\n")
    assert log.desks[0].service_days.tolist() == pytest.approx([8 / 24])
    assert log.payment_weekdays == (0, 0, 0, 1, 0, 0, 0)


def test_chinese_log_without_word_for_final(tmp_path: Path) -> None:
    log = read(tmp_path, "案件编号,活动,时间,角色,金额\n"
                         "甲,提交,2026年3月2日 09:00,社区,100\n"
                         "甲,街道退回,2026/3/3 9:00,街道,100\n"
                         "甲,提交,2026/3/4 9:00,社区,100\n"
                         "甲,审核通过,2026/3/6 9:00,街道,100\n"
                         "甲,批准,2026/3/16 9:00,区民政局,100\n"
                         "甲,拨付,2026-03-19,财政,100\n")
    assert [desk.name for desk in log.desks] == ["街道", "区民政局"]
    assert log.desks[0].service_days.tolist() == pytest.approx([1, 2])
    assert log.desks[0].return_probability == 0.5
    assert log.cases.days.tolist() == pytest.approx([14])
    assert sum(log.payment_weekdays) == 1
    assert any("last approval of a file stands for it" in note for note in log.notes)


def test_a_log_without_submissions_starts_with_the_first_event(tmp_path: Path) -> None:
    log = read(tmp_path, "case,activity,time,role\n1,received,2026-03-02,desk\n"
                         "1,approved,2026-03-05,desk\n")
    assert log.cases.days.tolist() == pytest.approx([3])
    assert any("first event of a file stands for it" in note for note in log.notes)


def test_own_words_and_columns(tmp_path: Path) -> None:
    text = ("Vorgang;Schritt;Wann;Wer\n1;eingereicht;2026-03-02;A\n1;genehmigt;2026-03-05;B\n"
            "2;eingereicht;2026-03-02;A\n2;abgelehnt;2026-03-04;B\n")
    columns = {"case": "Vorgang", "activity": "Schritt", "time": "Wann", "role": "Wer"}
    words = {"submitted": "eingereicht", "approved": "genehmigt", "rejected": "abgelehnt"}
    desk, = read(tmp_path, text, columns=columns, words=words).desks
    assert desk.service_days.tolist() == pytest.approx([3, 2])
    assert desk.return_probability == 0.5
    told = problems_of(tmp_path, text, columns=columns)
    assert "no approval by a desk is recognised" in told[0]
    assert "'genehmigt'" in told[0]
    assert "cannot be read" in problems_of(tmp_path, text, words={"paid": "("})[0]
    assert "'payed' is not a kind" in problems_of(tmp_path, text, words={"payed": "x"})[0]


@pytest.mark.parametrize(("activity", "kind"), [
    ("Declaration SUBMITTED by PRE_APPROVER", Kind.SUBMITTED),
    ("submitted for approval", Kind.SUBMITTED),
    ("Declaration APPROVED by PRE_APPROVER", Kind.APPROVED),
    ("Permit FINAL_APPROVED by DIRECTOR", Kind.APPROVED | Kind.FINAL),
    ("Declaration REJECTED by PRE_APPROVER", Kind.REJECTED),
    ("Not approved", Kind.REJECTED),
    ("Request Payment", Kind.OTHER),
    ("Payment Handled", Kind.PAID),
    ("Sent to approver", Kind.OTHER),
    ("未通过", Kind.REJECTED), ("不予批准", Kind.REJECTED), ("不同意", Kind.REJECTED),
    ("驳回", Kind.REJECTED), ("审批通过", Kind.APPROVED), ("终审通过", Kind.APPROVED | Kind.FINAL),
    ("申请支付", Kind.OTHER), ("资金拨付", Kind.PAID), ("提交", Kind.SUBMITTED),
])
def test_words(activity: str, kind: Kind) -> None:
    assert kind_of(activity, compiled(None)) == kind


@pytest.mark.parametrize(("text", "moment"), [
    ("2026-03-02", datetime(2026, 3, 2)),
    ("2026-03-02T09:05:07.25", datetime(2026, 3, 2, 9, 5, 7, 250_000)),
    ("2026-03-02 09:05:07Z", datetime(2026, 3, 2, 9, 5, 7, tzinfo=UTC)),
    ("2026/3/2 9:05", datetime(2026, 3, 2, 9, 5)),
    ("2026年3月2日 9:05:07", datetime(2026, 3, 2, 9, 5, 7)),
    ("2026.3.2 9:05:07.5", datetime(2026, 3, 2, 9, 5, 7, 500_000)),
    ("02/03/2026", None), ("2026-13-01", None), ("0001-01-01", None), ("2026/2/30", None),
    ("nan", None), ("", None), ("45000.5", None),
])
def test_times(text: str, moment: datetime | None) -> None:
    assert parse_time(text) == moment


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    told = problems_of(tmp_path, "case,activity,time,role,amount\n"
                                 "1,submitted,2026-03-02,a,1\n"
                                 ",submitted,2026-03-02,a,1\n"
                                 "2,,2026-03-02,a,1\n"
                                 "2,submitted,yesterday,a,1\n"
                                 "2,submitted,2026-03-02,a,-5\n"
                                 "2,submitted,2026-03-02,a,nan\n"
                                 "2,submitted,2026-03-02,a,1e999\n"
                                 "2,submitted,2026-03-02,a,1_000\n"
                                 "2,submitted,2026-03-02T00:00Z,a,1\n"
                                 "2,subm")
    assert [text.split(";")[0] for text in told] == [
        "3: no case number",
        "4: no activity",
        "5: time 'yesterday' cannot be read",
        "6: amount '-5' is negative",
        "7: amount 'nan' is not a number",
        "8: amount '1e999' is not a number",
        "9: amount '1_000' is not a number",
        "10: time '2026-03-02T00:00Z' has a time zone, unlike the first",
        "11: 2 cells where the header has 5",
    ]


@pytest.mark.parametrize(("text", "told"), [
    ("case,activity,time\n1,approved,2026-01-01\n", "1: no column for 'role'"),
    ("case,activity,time,role\n", "2: no events below the header"),
    ("case,case,activity,time,role\n", "1: two columns have the header used for 'case'"),
    ("case,activity,time,role\n1,noted,2026-01-01,a\n", " no approval by a desk is recognised"),
    # A single approval and nothing before it: no service time can be told.
    ("case,activity,time,role\n1,approved,2026-01-01,a\n", " no approval by a desk"),
])
def test_faulty_tables(text: str, told: str, tmp_path: Path) -> None:
    assert problems_of(tmp_path, text)[0].startswith(told)


def test_a_column_of_persons_taken_for_roles_is_refused(tmp_path: Path) -> None:
    rows = [f"{n},submitted,2026-01-01,a\n{n},approved,2026-01-02,person {n}\n"
            for n in range(501)]
    told = problems_of(tmp_path, "case,activity,time,role\n" + "".join(rows))
    assert "502 different roles; the column may hold names of persons" in told[0]


FIFTEEN_WEEKS = 15 * 7 * 24


def _log_text(decisions: Callable[[datetime], datetime], n_files: int) -> str:
    """Files that arrive at half past every hour; `decisions` says when each is decided."""
    lines = ["case,activity,time,role"]
    for number in range(n_files):
        arrival = datetime(2024, 1, 1, 0, 30) + timedelta(hours=number)
        lines += [f"{number},submitted,{arrival.isoformat()},a",
                  f"{number},approved,{decisions(arrival).isoformat()},desk"]
    return "\n".join(lines)


def _next_meeting(moment: datetime) -> datetime:
    day = datetime(moment.year, moment.month, moment.day)
    while day < moment or day.weekday() not in (0, 3):
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize("work_days", [0, 10])
def test_the_wait_for_a_meeting_is_not_counted_twice(work_days: int, tmp_path: Path) -> None:
    # A desk that works a fixed time and decides on Mondays and Thursdays at midnight.
    work = timedelta(days=work_days)
    log = read(tmp_path, _log_text(lambda arrival: _next_meeting(arrival + work), FIFTEEN_WEEKS))
    desk, = log.desks
    assert desk.mean_days == pytest.approx(work_days + 25 / 14)
    table, = desks_fragment(log)["policy"]["approval"]["desks"]
    assert table["meeting_gap_days"] == [3.0, 4.0]
    assert np.mean(table["service_days"]) == pytest.approx(work_days, abs=0.25)
    # Control: a desk that decides at once on any day has no calendar and keeps its days.
    free = read(tmp_path, _log_text(lambda arrival: arrival + work, FIFTEEN_WEEKS))
    table, = desks_fragment(free)["policy"]["approval"]["desks"]
    assert table["meeting_gap_days"] == []
    assert np.mean(table["service_days"]) == pytest.approx(work_days, abs=1e-4)


def test_fragment_fits_the_schema_and_survives_toml(tmp_path: Path) -> None:
    log = read(tmp_path, HAND)
    fragment = desks_fragment(log, officers=3, fold_skipped=False)
    text = to_toml(fragment, desks_comments(log))
    assert tomllib.loads(text) == fragment
    street, district = (DeskSection(**table) for table in fragment["policy"]["approval"]["desks"])
    assert street.distribution == "empirical"
    assert street.service_days == pytest.approx([1.25, 1.5, 2.0])
    assert street.mean_days == pytest.approx(4.75 / 3, abs=1e-4)
    assert (street.officers, street.ranks, district.ranks) == (3, False, True)
    assert street.return_probability == pytest.approx(1 / 3, abs=1e-4)


def test_desks_that_see_few_files_are_folded(tmp_path: Path) -> None:
    log = read(tmp_path, HAND)
    street, _ = desks_fragment(log)["policy"]["approval"]["desks"]
    # Street decided 3 times on 2 of 3 files: 1.5 visits stand for the file that never came.
    assert street["return_probability"] == pytest.approx(2 / 9, abs=1e-4)
    assert street["service_days"][:2] == [0.0, 0.0]
    assert len(street["service_days"]) == 5


@pytest.fixture(scope="module")
def declarations() -> EventLog:
    if not DECLARATIONS.exists():
        if os.environ.get("LINKAGE_REQUIRE_DATA") == "1":
            pytest.fail(f"{DECLARATIONS} is required and absent")
        pytest.skip("the real approval log (shared/data/approvals) is not here")
    return read_event_log(DECLARATIONS)


def test_real_log_meets_the_figures_of_its_source(declarations: EventLog) -> None:
    """Figures computed independently: shared/data/SOURCES.md."""
    log = declarations
    assert (log.n_events, log.n_cases) == (55_628, 10_357)
    assert int(log.cases.finished.sum()) == 9_938
    layers = {group.value: round(group.mean_days, 2) for group in log.by_layers()}
    assert {n: layers[n] for n in (1, 2, 3)} == {1: 1.49, 2: 4.13, 3: 7.15}
    rejections = {group.value: round(group.mean_days, 2) for group in log.by_rejections()}
    assert rejections == {0: 3.36, 1: 14.24, 2: 26.29}
    assert round(100 * log.rejected_share, 1) == 12.3
    assert sum(log.payment_weekdays) == 9_912
    assert log.payment_weekdays[0] + log.payment_weekdays[3] == 9_885
    assert log.payments is not None
    assert log.payments.weekdays == (0, 3)
    assert log.payments.mean_wait_days == pytest.approx(25 / 14)


def test_real_log_gives_desks_with_their_tail(declarations: EventLog) -> None:
    names = [desk.name for desk in declarations.desks]
    assert names[-1] == "SUPERVISOR"
    assert names.index("ADMINISTRATION") < names.index("BUDGET OWNER")
    assert set(names) == {"PRE_APPROVER", "ADMINISTRATION", "BUDGET OWNER", "SUPERVISOR"}
    # Counts of the source file, by activity: 936 rejected against 8,061 approved, and so on.
    returns = {desk.name: desk.return_probability for desk in declarations.desks}
    assert returns["ADMINISTRATION"] == pytest.approx(936 / (936 + 8061))
    assert returns["SUPERVISOR"] == pytest.approx(286 / (286 + 9999))
    tables = desks_fragment(declarations, fold_skipped=False)["policy"]["approval"]["desks"]
    for desk, table in zip(declarations.desks, tables, strict=True):
        short = np.array(table["service_days"])
        assert DeskSection(**table).meeting_gap_days == []
        assert short.size == 200
        assert np.all(np.diff(short) >= 0)
        assert short.mean() == pytest.approx(desk.mean_days, abs=1e-4)
        # Control for the tail: an exponential spread of this mean has a coefficient of variation
        # of 1 and its worst 1 in 200 averages 6.3 means.
        assert short[-1] > np.quantile(desk.service_days, 0.995)
        assert short[-1] > 6.3 * short.mean()
        assert short.std() > 1.3 * short.mean()


def test_real_log_is_read_in_under_five_seconds(declarations: EventLog) -> None:
    start = time.perf_counter()
    read_event_log(declarations.path)
    assert time.perf_counter() - start < 5.0
