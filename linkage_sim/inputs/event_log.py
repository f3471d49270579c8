"""Turns an approval log into what a model needs: desks, days, returns, meetings.

The log has one line an event (case, activity, time, role, amount). A **desk** is a role that
approves files. Its **service time** runs from the previous event of the file to the desk's
decision, approval or rejection: the file waits, lies and is worked on in that time, so it is days
at the desk, not hours of work. The applicant's own role (who submits) is no desk and its
withdrawals are no rejections.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linkage_sim.errors import InputError
from linkage_sim.inputs.desks import desks_comments, desks_fragment, desks_summary
from linkage_sim.inputs.event_words import WORDS
from linkage_sim.inputs.log_events import LogEvents
from linkage_sim.inputs.log_rows import read_log_columns
from linkage_sim.inputs.meetings import Meetings, find_meetings, weekday_counts
from linkage_sim.words import say

__all__ = [
    "CaseTable",
    "Desk",
    "EventLog",
    "Group",
    "desks_comments",
    "desks_fragment",
    "desks_summary",
    "read_event_log",
]
MOST_ROLES = 500


@dataclass(frozen=True, eq=False)
class Desk:
    """One role that approves files, as the log shows it.

    Parameters
    ----------
    service_days
        Days from the previous event of the file to this desk's decision, one a decision, in the
        order of the files; shape (approvals + rejections,).
    share_of_files
        Share of all files that this desk ever decided on, 0..1.
    weekdays
        Decisions by weekday, Monday first.
    meetings
        The calendar it decides on, None when it decides on any working day.
    final
        True when it gives at least half of the final approvals.
    """

    name: str
    approvals: int
    rejections: int
    service_days: NDArray[np.float64]
    share_of_files: float
    weekdays: tuple[int, ...]
    meetings: Meetings | None
    final: bool

    @property
    def return_probability(self) -> float:
        """Share of this desk's decisions that send the file back, 0..1."""
        return self.rejections / (self.approvals + self.rejections)

    @property
    def mean_days(self) -> float:
        """Mean days a file spends at this desk per visit."""
        return float(self.service_days.mean())


@dataclass(frozen=True, eq=False)
class CaseTable:
    """One row a file, in order of first appearance.

    Parameters
    ----------
    layers
        Distinct roles that approved the file (int64).
    rejections
        Rejections by anyone but the applicant (int64).
    days
        Days from the first submission to the last final approval; NaN for a file without both.
    amounts
        Amount; NaN where the log gives none.
    """

    case: tuple[str, ...]
    layers: NDArray[np.int64]
    rejections: NDArray[np.int64]
    days: NDArray[np.float64]
    amounts: NDArray[np.float64]

    @property
    def finished(self) -> NDArray[np.bool_]:
        """Files submitted and finally approved within the log."""
        return ~np.isnan(self.days)


@dataclass(frozen=True)
class Group:
    """Finished files that are alike in one respect: how many, and their days to approval."""

    value: int
    files: int
    mean_days: float
    median_days: float


@dataclass(frozen=True, eq=False)
class EventLog:
    """What an approval log says about the procedure behind it.

    Parameters
    ----------
    desks
        Desks in the order of the procedure.
    payment_weekdays
        Payments by weekday, Monday first; all 0 when the log has none.
    payments
        Calendar of the payments, None when money is paid on any working day.
    mending_days
        Mean days from a rejection by a desk to the next submission of the file; NaN without any.
    notes
        What was left out or taken for granted, one sentence each.
    """

    path: str
    n_events: int
    cases: CaseTable
    desks: tuple[Desk, ...]
    payment_weekdays: tuple[int, ...]
    payments: Meetings | None
    mending_days: float
    notes: tuple[str, ...]

    @property
    def n_cases(self) -> int:
        """Files in the log, finished or not."""
        return len(self.cases.case)

    @property
    def rejected_share(self) -> float:
        """Share of all files that were rejected at least once, 0..1."""
        return float((self.cases.rejections > 0).mean())

    def by_layers(self) -> tuple[Group, ...]:
        """Days to approval by number of approving roles; an association, not an effect."""
        return _groups(self.cases.layers, self.cases)

    def by_rejections(self, most: int = 2) -> tuple[Group, ...]:
        """Days to approval by number of rejections; the last group is `most` and more."""
        return _groups(np.minimum(self.cases.rejections, most), self.cases)


def _groups(values: NDArray[np.int64], cases: CaseTable) -> tuple[Group, ...]:
    chosen, days = values[cases.finished], cases.days[cases.finished]
    return tuple(
        Group(int(value), int((chosen == value).sum()), float(days[chosen == value].mean()),
              float(np.median(days[chosen == value])))
        for value in np.unique(chosen)
    )


def read_event_log(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
) -> EventLog:
    """Read an approval log (CSV or CSV.gz) and describe the procedure behind it.

    Parameters
    ----------
    columns
        case, activity, time, role, amount -> header in the file; only where the usual names
        (case_id, case:concept:name, activity, timestamp, org:role, amount ...) do not fit.
    words
        submitted, approved, rejected, final, paid -> regular expression over activities, where
        the usual English and Chinese words do not fit.

    Raises
    ------
    InputError
        With every problem found, each with file, line and remedy. Nothing is half-read.
    """
    log = read_log_columns(path, columns, words, encoding)
    events = LogEvents(log)
    if not events.approved.any() or not _decided_roles(events):
        shown = ", ".join(f"'{name[:40]}'" for name in log.activities[:10])
        usual = re.sub(r"\(\?[^)]*\)|\?", "", WORDS["approved"]).replace("|", ", ")
        told = say("input.no_approval", usual=usual, shown=shown)
        raise InputError(f"{path}: {told}")
    if len(log.roles) > MOST_ROLES:
        raise InputError(f"{path}: {say('input.many_roles', count=len(log.roles))}")
    paid = log.dates[events.paid]
    return EventLog(
        path=str(path), n_events=log.case.size, cases=_case_table(events),
        desks=tuple(_desk(events, role) for role in _procedure_order(events)),
        payment_weekdays=weekday_counts(paid), payments=find_meetings(paid),
        mending_days=_mending_days(events), notes=_notes(events),
    )


def _mending_days(events: LogEvents) -> float:
    """Average the days a returned file lies with its applicant."""
    log = events.log
    submitted, rejected = np.flatnonzero(events.submitted), np.flatnonzero(events.rejected)
    place = np.searchsorted(submitted, rejected, side="right")
    rejected = rejected[place < submitted.size]
    again = submitted[place[place < submitted.size]]
    same_file = log.case[again] == log.case[rejected]
    days = (log.days[again] - log.days[rejected])[same_file]
    return float(days.mean()) if days.size else float("nan")


def _case_table(events: LogEvents) -> CaseTable:
    log = events.log
    n_cases, n_roles = len(log.cases), len(log.roles)
    pairs = np.unique(log.case[events.approved] * n_roles + log.role[events.approved])
    start = np.full(n_cases, np.inf)
    np.minimum.at(start, log.case[events.submitted], log.days[events.submitted])
    end = np.full(n_cases, -np.inf)
    np.maximum.at(end, log.case[events.final], log.days[events.final])
    days = np.where(end >= start, end - start, np.nan)
    return CaseTable(
        case=log.cases, layers=np.bincount(pairs // n_roles, minlength=n_cases),
        rejections=np.bincount(log.case[events.rejected], minlength=n_cases),
        days=days, amounts=log.amounts,
    )


def _decided_roles(events: LogEvents) -> list[int]:
    """Roles that approve and whose decisions can be timed."""
    approving = np.unique(events.log.role[events.approved])
    timed = np.unique(events.log.role[events.timed])
    return [int(role) for role in approving if role in timed]


def _desk(events: LogEvents, role: int) -> Desk:
    log = events.log
    mine = log.role == role
    decided = mine & (events.approved | events.rejected)
    finals = events.final.sum()
    return Desk(
        name=log.roles[role], approvals=int((mine & events.approved).sum()),
        rejections=int((mine & events.rejected).sum()),
        service_days=events.since_previous[mine & events.timed],
        share_of_files=np.unique(log.case[decided]).size / len(log.cases),
        weekdays=weekday_counts(log.dates[decided]), meetings=find_meetings(log.dates[decided]),
        final=bool(2 * (mine & events.final).sum() >= finals),
    )


def _procedure_order(events: LogEvents) -> list[int]:
    """Put desks in order: a desk stands before those it mostly approves before.

    Each pair of desks met in one file counts one; who comes first more often wins the pair. Ties
    (desks that never meet in a file) go by the mean place of the desk within its files.
    """
    log, n_roles = events.log, len(events.log.roles)
    where = np.flatnonzero(events.approved)
    _, first = np.unique(log.case[where] * n_roles + log.role[where], return_index=True)
    steps = where[np.sort(first)]
    case, role = log.case[steps], log.role[steps]
    wins = np.zeros((n_roles, n_roles), dtype=np.int64)
    place = np.zeros(case.size)
    for lag in range(1, int(np.bincount(case).max())):
        same = case[lag:] == case[:-lag]
        np.add.at(wins, (role[:-lag][same], role[lag:][same]), 1)
        place[lag:] += same
    score = np.sign(wins - wins.T).sum(axis=1)
    mean_place = np.bincount(role, place, n_roles) / np.maximum(np.bincount(role, None, n_roles), 1)
    return sorted(_decided_roles(events), key=lambda one: (-score[one], mean_place[one], one))


def _notes(events: LogEvents) -> tuple[str, ...]:
    log = events.log
    notes = []
    if not events.has_submitted_word:
        notes.append(say("input.note.submitted"))
    if not events.has_final_word:
        notes.append(say("input.note.final"))
    unfinished = int((~np.isin(np.arange(len(log.cases)), log.case[events.final])).sum())
    if unfinished:
        notes.append(say(
            "input.note.unfinished", count=f"{unfinished:,}", total=f"{len(log.cases):,}"
        ))
    approving = np.unique(log.role[events.approved])
    strays = events.rejected & ~np.isin(log.role, approving)
    for role in np.unique(log.role[strays]):
        count = int((strays & (log.role == role)).sum())
        notes.append(say("input.note.stray", count=f"{count:,}", role=log.roles[role]))
    counts = np.bincount(log.activity[events.other], minlength=len(log.activities))
    for activity in np.flatnonzero(counts)[:10]:
        notes.append(say(
            "input.note.other", count=f"{counts[activity]:,}", activity=log.activities[activity]
        ))
    if log.repeats:
        notes.append(say("input.note.repeats", count=f"{log.repeats:,}"))
    return tuple(notes)
