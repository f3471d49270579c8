"""Finds out on which days a desk meets or a cashier pays, from the days it acted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage_sim.words import say

FEWEST_EVENTS = 30
SHARE_ON_CALENDAR = 0.98
MOST_WEEKDAYS = 3
SMALLEST_BATCH_GAP = 4.0
FILES_A_DATE = 3


@dataclass(frozen=True)
class Meetings:
    """A calendar: events happen on these days only.

    Parameters
    ----------
    weekdays
        Weekdays of the calendar, Monday = 0; empty when the days follow no weekday (once a month).
    gaps_days
        Days between one meeting and the next, over one round of the calendar.
    share
        Share of the events that fall on the calendar, 0..1.
    """

    weekdays: tuple[int, ...]
    gaps_days: tuple[float, ...]
    share: float

    @property
    def mean_wait_days(self) -> float:
        """Mean wait until the next meeting of who arrives at any time.

        Source: renewal theory, E[T^2] / (2 E[T]).
        """
        gaps = np.asarray(self.gaps_days)
        return float((gaps**2).sum() / (2.0 * gaps.sum()))

    def __str__(self) -> str:
        named = say("input.and").join(say(f"input.weekday.{day}") for day in self.weekdays)
        days = f"{sum(self.gaps_days):.0f}"
        if not named:
            return say("input.every_days", days=days)
        return named if days == "7" else say("input.weekday_every", weekdays=named, days=days)


def weekday_counts(days: NDArray[np.int64]) -> tuple[int, ...]:
    """Count events by weekday, Monday first.

    Parameters
    ----------
    days
        Day numbers of the proleptic calendar (`date.toordinal`), one an event.
    """
    return tuple(int(count) for count in np.bincount((days - 1) % 7, minlength=7))


def find_meetings(days: NDArray[np.int64]) -> Meetings | None:
    """Find the calendar behind the days a desk acted on; None when it acts on any working day.

    A weekday calendar is at most three weekdays that hold 98 % of at least thirty events, every
    week or every few weeks; a batch calendar is few days, at least four days apart, that hold
    98 % where free choice would have used three times as many. With fewer than thirty events
    chance could look like a calendar.
    """
    if days.size < FEWEST_EVENTS:
        return None
    counts = np.array(weekday_counts(days))
    busiest = np.argsort(-counts, kind="stable")
    held = np.cumsum(counts[busiest]) / days.size
    n_weekdays = int(np.searchsorted(held, SHARE_ON_CALENDAR)) + 1
    if n_weekdays > MOST_WEEKDAYS:
        return _batch_days(days, n_weekdays)
    chosen = np.sort(busiest[:n_weekdays])
    gaps = np.diff(np.append(chosen, chosen[0] + 7)).astype(float)
    dates = np.unique(days[np.isin((days - 1) % 7, chosen)])
    usual_gap = float(np.median(np.diff(dates))) if dates.size > 2 else 0.0
    # With three and more files a date, weeks left out are not weeks without files.
    if days.size >= FILES_A_DATE * dates.size and usual_gap > 1.5 * gaps.max():
        gaps = np.array([usual_gap])
    return Meetings(tuple(int(day) for day in chosen), tuple(gaps.tolist()),
                    float(held[n_weekdays - 1]))


def _batch_days(days: NDArray[np.int64], n_weekdays: int) -> Meetings | None:
    """Find rare meeting days: far fewer days in use than the open weekdays would offer."""
    dates, counts = np.unique(days, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    held = np.cumsum(counts[order]) / days.size
    n_dates = int(np.searchsorted(held, SHARE_ON_CALENDAR)) + 1
    open_days = (dates[-1] - dates[0] + 1) * n_weekdays / 7.0
    expected_dates = open_days * -np.expm1(-days.size / open_days)
    if n_dates < 3 or n_dates * 3 > expected_dates:
        return None
    gaps = np.diff(np.sort(dates[order[:n_dates]])).astype(float)
    # Days that lie close together are a busy season, not a calendar.
    if np.percentile(gaps, 10) < SMALLEST_BATCH_GAP:
        return None
    return Meetings((), (float(gaps.mean()),), float(held[n_dates - 1]))
