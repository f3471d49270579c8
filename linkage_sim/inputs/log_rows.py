"""Reads the rows of an approval log into columns: who did what to which file, and when."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linkage_sim.inputs.event_words import Kind, compiled, kind_of
from linkage_sim.inputs.problems import Problems, quoted
from linkage_sim.inputs.tables import (
    Column,
    Row,
    decoded,
    find_columns,
    full_row,
    guessed_delimiter,
    read_file,
    records,
    unpacked,
)
from linkage_sim.words import say

COLUMNS = (
    Column("case", ("case", "case_id", "caseid", "case id", "case:concept:name", "case:id", "file",
                    "file_id", "案件", "案件编号", "文件编号", "项目编号", "编号")),
    Column("activity", ("activity", "concept:name", "event", "activity_name", "action", "活动",
                        "事件", "操作", "动作")),
    Column("time", ("time", "timestamp", "time:timestamp", "complete timestamp", "datetime",
                    "date", "时间", "办理时间", "日期")),
    Column("role", ("role", "org:role", "desk", "department", "org:group", "org:resource",
                    "resource", "角色", "岗位", "环节", "部门")),
    Column("amount", ("amount", "case:amount", "sum", "cost", "金额", "经费"), required=False),
)
NO_ROLE = "(no role)"
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
_SECONDS_PER_DAY = 86_400.0
_EPOCH = datetime(1970, 1, 1)
_LOOSE_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?)?"
)


@dataclass(frozen=True, eq=False)
class LogColumns:
    """The events of a log, sorted by file and then by time, ties in the order of the file.

    Parameters
    ----------
    cases, activities, roles
        The names that the codes stand for, in order of first appearance.
    kinds
        What each activity means, one for each name in `activities`.
    case, activity, role
        Codes, one an event.
    days
        Days since 1970 (exact to the microsecond), one an event.
    dates
        Local calendar day (`date.toordinal`), one an event.
    amounts
        Amount, one a file, NaN where none is given.
    repeats
        Events that repeat an earlier one in every cell read.
    """

    cases: tuple[str, ...]
    activities: tuple[str, ...]
    kinds: tuple[Kind, ...]
    roles: tuple[str, ...]
    case: NDArray[np.int64]
    activity: NDArray[np.int64]
    role: NDArray[np.int64]
    days: NDArray[np.float64]
    dates: NDArray[np.int64]
    amounts: NDArray[np.float64]
    repeats: int


class _Codes(dict[str, int]):
    """Gives each new name the next number."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self)
        return self[name]


def parse_time(text: str) -> datetime | None:
    """Read a point in time: ISO 8601 or year, month, day as spreadsheets write them.

    Returns
    -------
    datetime or None
        None when the text is no such time, or lies outside the years 1900 to 2200.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        match = _LOOSE_TIME.fullmatch(text)
        if match is None:
            return None
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        microsecond = int((match[7] or "0").ljust(6, "0"))
        try:
            moment = datetime(year, month, day, hour, minute, second, microsecond)
        except ValueError:
            return None
    return moment if EARLIEST_YEAR <= moment.year <= LATEST_YEAR else None


class _LogReader:
    """Collects the checked cells of a log row by row."""

    def __init__(self, problems: Problems, places: Mapping[str, int], width: int) -> None:
        self.problems = problems
        self.places = places
        self.width = width
        self.cases, self.activities, self.roles = _Codes(), _Codes(), _Codes()
        self.events: list[tuple[int, int, int, float, int]] = []
        self.amounts: dict[int, float] = {}
        self.seen: set[tuple[int, int, int, float]] = set()
        self.repeats = 0
        self.aware: bool | None = None

    def read(self, row: Row) -> None:
        """Check one row and keep it."""
        if not full_row(row, self.width, self.problems):
            return
        cells = row.cells
        case = cells[self.places["case"]].strip()
        activity = cells[self.places["activity"]].strip()
        if not case:
            self.problems.add(row.line, say("input.no_case"))
        if not activity:
            self.problems.add(row.line, say("input.no_activity"))
        moment = self._moment(row.line, cells[self.places["time"]].strip())
        amount = (self._amount(row.line, cells[self.places["amount"]].strip())
                  if "amount" in self.places else math.nan)
        if self.problems.count or moment is None:
            return
        code = self.cases[case]
        role = self.roles[cells[self.places["role"]].strip() or NO_ROLE]
        local = moment.replace(tzinfo=None)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        days = (moment - _EPOCH).total_seconds() / _SECONDS_PER_DAY
        event = (code, self.activities[activity], role, days, local.toordinal())
        if event[:4] in self.seen:
            self.repeats += 1
        self.seen.add(event[:4])
        self.events.append(event)
        if not math.isnan(amount):
            self.amounts[code] = amount

    def _moment(self, line: int, text: str) -> datetime | None:
        moment = parse_time(text)
        if moment is None:
            self.problems.add(line, say("input.time", found=quoted(text)))
            return None
        aware = moment.tzinfo is not None
        if self.aware is None:
            self.aware = aware
        elif aware != self.aware:
            key = "input.time_zone" if aware else "input.no_time_zone"
            self.problems.add(line, say(key, found=quoted(text)))
        return moment

    def _amount(self, line: int, text: str) -> float:
        if not text:
            return math.nan
        try:
            amount = float(text)
        except ValueError:
            amount = math.nan
        if not math.isfinite(amount) or "_" in text:
            self.problems.add(line, say("input.amount", found=quoted(text)))
        elif amount < 0:
            self.problems.add(line, say("input.amount_negative", found=quoted(text)))
        return amount


def read_log_columns(
    path: str | Path,
    columns: Mapping[str, str] | None,
    words: Mapping[str, str] | None,
    encoding: str,
) -> LogColumns:
    """Read an approval log whole.

    Raises
    ------
    InputError
        With every problem found: file, line, what was found, remedy.
    """
    patterns = compiled(words)
    problems = Problems(path)
    text = decoded(unpacked(read_file(path, problems), problems), problems, encoding)
    rows = records(text, guessed_delimiter(text), problems)
    header = next(rows, None)
    if header is None:
        raise problems.refuse(None, say("input.only_separators"))
    places = find_columns(header, COLUMNS, columns, problems)
    problems.raise_any()
    reader = _LogReader(problems, places, len(header.cells))
    for row in rows:
        reader.read(row)
    problems.raise_any()
    if not reader.events:
        raise problems.refuse(header.line + 1, say("input.no_events"))
    kinds = tuple(kind_of(activity, patterns) for activity in reader.activities)
    return _sorted_columns(reader, kinds)


def _sorted_columns(reader: _LogReader, kinds: tuple[Kind, ...]) -> LogColumns:
    table = np.array([event[:3] + event[4:] for event in reader.events], dtype=np.int64)
    days = np.array([event[3] for event in reader.events])
    order = np.lexsort((days, table[:, 0]))
    table, days = table[order], days[order]
    amounts = np.full(len(reader.cases), np.nan)
    amounts[list(reader.amounts.keys())] = list(reader.amounts.values())
    return LogColumns(
        cases=tuple(reader.cases), activities=tuple(reader.activities), kinds=kinds,
        roles=tuple(reader.roles), case=table[:, 0], activity=table[:, 1], role=table[:, 2],
        days=days, dates=table[:, 3], amounts=amounts, repeats=reader.repeats,
    )
