"""Writes the desks of an approval log as a piece of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linkage_sim.scenario.policy import DEFAULT_DESKS
from linkage_sim.words import say

if TYPE_CHECKING:
    from linkage_sim.inputs.event_log import Desk, EventLog
    from linkage_sim.inputs.meetings import Meetings

LONGEST_NAME = 60
LONGEST_SERVICE_DAYS = 5000.0
LARGEST_RETURN = 0.99
NOBODY_WAITS = 1000
"""Officers at a desk whose days already hold the wait: as many as a scenario may name."""
PASSED_BY_ALL = 0.95
"""Share of the files from which a desk counts as passed by all; the rest was mostly withdrawn."""


def equal_probability_means(values: Sequence[float] | NDArray[np.float64],
                            max_values: int) -> NDArray[np.float64]:
    """Shorten a list of observations to bins of equal probability, each told by its mean.

    The order is rising, the mean is kept exactly, and the last bin is the mean of the worst
    1 / max_values of all cases, so the long tail stays (its variance loses only what lies within
    bins). Up to `max_values` observations are given back sorted and unchanged.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    if ordered.size <= max_values:
        return ordered
    edges = np.linspace(0.0, ordered.size, max_values + 1)
    summed = np.interp(edges, np.arange(ordered.size + 1), np.append(0.0, np.cumsum(ordered)))
    means = np.diff(summed) * (max_values / ordered.size)
    # Summing rounds in the last digit; neither order nor sign may suffer from it.
    return np.maximum.accumulate(np.maximum(means, 0.0))


def desks_fragment(
    log: EventLog,
    max_values: int = 200,
    *,
    officers: int | None = None,
    fold_skipped: bool = True,
) -> dict[str, Any]:
    """Give the desks of a log as `policy.approval.desks`, in the order of the procedure.

    Parameters
    ----------
    max_values
        Longest list of service days a desk, at least 1.
    officers
        Officers at every desk, where somebody knows: waiting then depends on the load, and comes
        on top of the wait behind other files that the days of a log already hold. None: so many
        that nobody waits a second time, and no files from outside the community.
    fold_skipped
        In the model every file passes every desk. True: files that never came to a desk count as
        0 days and no return there, so that the days of the whole procedure are right when some
        desks see few files. False: days and returns per visit.

    Returns
    -------
    dict
        Where a desk meets on a calendar, its gaps are given and the mean wait for a meeting is
        taken off its days, because the model adds that wait itself.
    """
    if max_values < 1:
        raise ValueError("max_values must be at least 1")
    tables = [_desk_table(desk, max_values, officers, fold_skipped) for desk in log.desks]
    return {"policy": {"approval": {"desks": tables}}}


def _desk_table(
    desk: Desk, max_values: int, officers: int | None, fold_skipped: bool
) -> dict[str, Any]:
    days = desk.service_days
    share = desk.share_of_files if fold_skipped else 1.0
    meetings = _calendar(desk, fold_skipped)
    if meetings is not None:
        wait = meetings.mean_wait_days
        # Who is decided at the first meeting after arrival waited only for the meeting.
        days = np.where(days < 2.0 * wait, 0.0, days - wait)
    days = np.minimum(days, LONGEST_SERVICE_DAYS)
    if share < 1.0:
        skipped = round(days.size * (1.0 / share - 1.0))
        days = np.append(np.zeros(skipped), days)
    table = {
        "name": desk.name[:LONGEST_NAME],
        "officers": NOBODY_WAITS if officers is None else officers,
        "mean_days": round(float(days.mean()), 4),
        "distribution": "empirical",
        "service_days": [round(float(day), 4) for day in equal_probability_means(days, max_values)],
        "return_probability": round(min(desk.return_probability * share, LARGEST_RETURN), 4),
        "meeting_gap_days": list(meetings.gaps_days) if meetings else [],
        "ranks": desk.final,
    }
    if officers is None:
        # At a shared desk files from outside would come in proportion to the officers.
        table["shared_by"] = "community"
    return table


def _calendar(desk: Desk, fold_skipped: bool) -> Meetings | None:
    """Give the calendar the model shall add; None where files that pass by would wait for it."""
    passed_by_all = desk.share_of_files >= PASSED_BY_ALL
    return desk.meetings if passed_by_all or not fold_skipped else None


def desks_summary(log: EventLog, officers: int | None, fold_skipped: bool) -> list[str]:
    """Say how the days of a log were taken, and what the new list of desks does to a procedure."""
    days = log.cases.days[log.cases.finished]
    lines = []
    if days.size:
        lines.append(say(
            "input.desks.whole", mean=f"{days.mean():.2f}", median=f"{np.median(days):.2f}",
            files=f"{days.size:,}",
        ))
    if officers is None:
        lines.append(say("input.desks.nobody_waits", officers=NOBODY_WAITS))
    else:
        lines.append(say("input.desks.queue", officers=officers))
    lines.append(say("input.desks.folded" if fold_skipped else "input.desks.per_visit"))
    if not np.isnan(log.mending_days):
        lines.append(say("input.desks.mending", days=f"{log.mending_days:.1f}"))
    return [*lines, *_replaced(log, fold_skipped)]


def _replaced(log: EventLog, fold_skipped: bool) -> list[str]:
    """Say which desks go, who ranks the files under the money left, and who looks for flaws."""
    statutory = [desk for desk in DEFAULT_DESKS if desk.statutory_days > 0]
    lines = [say(
        "input.desks.replaces", desks=", ".join(desk.name for desk in DEFAULT_DESKS),
        notice=", ".join(
            say("input.desks.statutory", desk=desk.name, days=f"{desk.statutory_days:g}")
            for desk in statutory
        ),
    )]
    final = next((desk for desk in log.desks if desk.final), None)
    if final is None:
        lines.append(say("input.desks.nobody_ranks"))
    elif _calendar(final, fold_skipped) is None:
        lines.append(say("input.desks.first_come", desk=final.name[:LONGEST_NAME]))
    else:
        lines.append(say("input.desks.ranks", desk=final.name[:LONGEST_NAME]))
    today = sum(desk.catches for desk in DEFAULT_DESKS)
    return [*lines, say("input.desks.catches", count=len(log.desks), today=today)]


def desks_comments(
    log: EventLog, officers: int | None = None, fold_skipped: bool = True
) -> list[str]:
    """Say in a few lines what a reader of the fragment must know about the log behind it."""
    lines = [
        say("input.desks.head", events=f"{log.n_events:,}", files=f"{log.n_cases:,}"),
        say("input.desks.days"), *desks_summary(log, officers, fold_skipped),
        say("input.desks.every"),
    ]
    for desk in log.desks:
        meets = (say("input.desks.meets", calendar=desk.meetings) if desk.meetings
                 else say("input.desks.any_day"))
        if desk.meetings and _calendar(desk, fold_skipped) is None:
            meets += say("input.desks.within_days")
        lines.append(say(
            "input.desks.one", name=desk.name[:LONGEST_NAME], share=f"{desk.share_of_files:.0%}",
            days=f"{desk.mean_days:.2f}", returned=f"{desk.return_probability:.1%}", meets=meets,
        ))
    if log.payments is not None:
        lines.append(say(
            "input.desks.payments", calendar=log.payments, share=f"{log.payments.share:.1%}"
        ))
    return lines + [say("input.desks.note", note=note) for note in log.notes]
