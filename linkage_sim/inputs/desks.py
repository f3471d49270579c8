"""Writes the desks of an approval log as a piece of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linkage_sim.words import say

if TYPE_CHECKING:
    from linkage_sim.inputs.event_log import Desk, EventLog

LONGEST_NAME = 60
LONGEST_SERVICE_DAYS = 5000.0
LARGEST_RETURN = 0.99


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
    officers: int = 1,
    fold_skipped: bool = False,
) -> dict[str, Any]:
    """Give the desks of a log as `policy.approval.desks`, in the order of the procedure.

    Parameters
    ----------
    max_values
        Longest list of service days a desk, at least 1.
    officers
        Officers at every desk: a log does not tell. Its days already hold the wait behind other
        files, so a busy desk with few officers would count that wait twice.
    fold_skipped
        In the model every file passes every desk. False: days and returns per visit. True: files
        that never came to a desk count as 0 days and no return there, so that the days of the
        whole procedure are right when many desks see few files.

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


def _desk_table(desk: Desk, max_values: int, officers: int, fold_skipped: bool) -> dict[str, Any]:
    days = desk.service_days
    share = desk.share_of_files if fold_skipped else 1.0
    if desk.meetings is not None:
        wait = desk.meetings.mean_wait_days
        # Who is decided at the first meeting after arrival waited only for the meeting.
        days = np.where(days < 2.0 * wait, 0.0, days - wait)
    days = np.minimum(days, LONGEST_SERVICE_DAYS)
    if share < 1.0:
        skipped = round(days.size * (1.0 / share - 1.0))
        days = np.append(np.zeros(skipped), days)
    return {
        "name": desk.name[:LONGEST_NAME],
        "officers": officers,
        "mean_days": round(float(days.mean()), 4),
        "distribution": "empirical",
        "service_days": [round(float(day), 4) for day in equal_probability_means(days, max_values)],
        "return_probability": round(min(desk.return_probability * share, LARGEST_RETURN), 4),
        "meeting_gap_days": list(desk.meetings.gaps_days) if desk.meetings else [],
        "ranks": desk.final,
    }


def desks_comments(log: EventLog) -> list[str]:
    """Say in a few lines what a reader of the fragment must know about the log behind it."""
    lines = [
        say("input.desks.head", events=f"{log.n_events:,}", files=f"{log.n_cases:,}"),
        say("input.desks.days"), say("input.desks.queue"), say("input.desks.every"),
    ]
    for desk in log.desks:
        meets = (say("input.desks.meets", calendar=desk.meetings) if desk.meetings
                 else say("input.desks.any_day"))
        lines.append(say(
            "input.desks.one", name=desk.name[:LONGEST_NAME], share=f"{desk.share_of_files:.0%}",
            days=f"{desk.mean_days:.2f}", returned=f"{desk.return_probability:.1%}", meets=meets,
        ))
    if log.payments is not None:
        lines.append(say(
            "input.desks.payments", calendar=log.payments, share=f"{log.payments.share:.1%}"
        ))
    return lines + [say("input.desks.note", note=note) for note in log.notes]
