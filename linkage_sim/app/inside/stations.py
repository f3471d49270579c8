"""Where each project stands in the purchase cycle at any time, read from its journal alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage_sim.timeline import DAYS_PER_WEEK, DAYS_PER_YEAR

SEEN_AFTER_WEEKS = 13
"""So long an evaluated project stays in the picture: into the first quarter of the next year."""
PROPOSED, MENDED, NEXT_DESK, FIXED, APPROVED, DELIVERY, EVALUATED, ENDED = (
    "proposed", "mended", "next_desk", "fixed", "approved", "delivery", "evaluated", "ended",
)
DESK = "desk:"


@dataclass(frozen=True)
class Span:
    """A time that a project spends at one station.

    Attributes
    ----------
    start, stop
        Days since the start of the run; the day of `stop` belongs to the next station.
    station
        One of the names above, or DESK and the name of a desk.
    reason
        Why it ended, where ENDED: a word of the journal.
    """

    start: float
    stop: float
    station: str
    reason: str = ""


def spans_of(entries: Iterable[Mapping[str, Any]]) -> list[Span]:
    """Give the stations of one project, in the order in which a picture prefers them.

    Where a project is at several desks at once, the first in this list that holds a day is shown.

    Parameters
    ----------
    entries
        The project's journal: day, event and facts of each entry, in order.
    """
    return [span for submission in _submissions(entries) for span in _spans_of_one(submission)]


def _submissions(entries: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Tell apart the submissions of a project that was handed in again."""
    parts: list[list[Mapping[str, Any]]] = []
    for entry in entries:
        if entry["event"] == "proposed" or not parts:
            parts.append([])
        parts[-1].append(entry)
    return parts


def _spans_of_one(entries: Sequence[Mapping[str, Any]]) -> list[Span]:
    first: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        first.setdefault(str(entry["event"]), entry)
    spans: list[Span] = []
    if "proposed" in first:
        day = first["proposed"]["day"]
        # The week in which it is handed in: otherwise it would be seen at a desk only.
        spans.append(Span(day, day + DAYS_PER_WEEK, PROPOSED))
    if "submitted" in first:
        spans += _at_desks(entries, first)
    year_end = DAYS_PER_YEAR * (entries[0]["day"] // DAYS_PER_YEAR + 1) + 1.0
    if "decided" in first:
        spans += _after_decision(first, year_end)
    if "expired" in first:
        spans.append(Span(first["expired"]["day"], year_end, ENDED, "expired"))
    if "signed" in first:
        evaluated = first.get("evaluated", {"day": year_end})["day"]
        spans.append(Span(first["signed"]["day"], evaluated, DELIVERY))
        spans.append(Span(evaluated, evaluated + SEEN_AFTER_WEEKS * DAYS_PER_WEEK, EVALUATED))
    return spans


def _at_desks(
    entries: Sequence[Mapping[str, Any]], first: Mapping[str, Mapping[str, Any]]
) -> list[Span]:
    """Give the time between submission and decision, desk by desk."""
    end = next((first[name]["day"] for name in ("decided", "expired") if name in first), None)
    begin = first["submitted"]["day"]
    visits = [entry for entry in entries if entry["event"] == "desk"]
    spans = []
    for entry in visits:
        day, facts = entry["day"], entry["facts"]
        spans.append(Span(day - facts["days"], day, DESK + facts["desk"]))
        if facts["returned"]:
            spans.append(Span(day, day + facts["rework_days"], MENDED))
    if end is not None and end > begin:
        # A desk that was not done when the year ended wrote nothing down.
        spans.append(Span(begin, end, NEXT_DESK if visits else FIXED))
    return spans


def _after_decision(first: Mapping[str, Mapping[str, Any]], year_end: float) -> list[Span]:
    decided = first["decided"]
    if not decided["facts"]["approved"]:
        return [Span(decided["day"], year_end, ENDED, decided["facts"]["reason"])]
    if "lapsed" in first:
        lapsed = first["lapsed"]
        return [Span(decided["day"], lapsed["day"], APPROVED),
                Span(lapsed["day"], year_end, ENDED, lapsed["facts"]["reason"])]
    signed = first.get("signed", {"day": year_end})["day"]
    return [Span(decided["day"], signed, APPROVED)]


def station_at(spans: Sequence[Span], day: float) -> Span | None:
    """Give where a project is on a day; None where it is in no picture."""
    return next((item for item in spans if item.start <= day < item.stop), None)


def stations_used(projects: Iterable[Sequence[Span]], desks: Sequence[str]) -> list[str]:
    """List the stations that any project of a run was at, in the order of the cycle."""
    used = {item.station for spans in projects for item in spans if item.stop > item.start}
    order = [PROPOSED, *(DESK + name for name in desks), NEXT_DESK, FIXED, MENDED, APPROVED,
             DELIVERY, EVALUATED, ENDED]
    return [name for name in order if name in used]
