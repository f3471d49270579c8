"""The arrays kernels work on, grouped by what they describe, so that a call stays readable."""

from __future__ import annotations

from typing import Any, NamedTuple


class Calendar(NamedTuple):
    """Clocks that ring within the run: a list of entries for each community and week."""

    head: Any  # int32[communities, weeks], first entry of the week, 0 = none
    next: Any  # int32[entries], the next of the same week
    row: Any  # int32[entries]
    category: Any  # uint8[entries]
    number: Any  # uint16[entries], number of the change that is announced
    time: Any  # float32[entries]
    marks: Any  # int32[communities, 2], entries used so far and the first free one


class Needs(NamedTuple):
    """Hazards, clocks and the needs of all residents."""

    group: Any  # uint8[residents]
    onset_rate: Any  # float64[groups, 8], per week
    recovery_rate: Any  # float64[8], per week
    integral: Any  # float64[communities, 8, weeks + 1], drift factor summed over weeks
    severity: Any  # float64[8]
    cover_weeks: Any  # float64[8]
    end_probability: Any  # float64[8]
    active: Any  # uint8[residents], bit k
    changes: Any  # uint16[residents, 8], changes so far
    served: Any  # uint8[residents], bit k
    calendar: Calendar
    record: Any  # int32[residents], 0 = no record
    onset: Any  # float32[records, 8], when the need began
    cover: Any  # float32[records, 8], until when a contact covers it
    cover_bought: Any  # the same for purchased contacts
    freed_records: Any  # int32[residents]
    record_marks: Any  # int32[communities, 2], records used so far and given back


class Known(NamedTuple):
    """Who is known to whom."""

    committee: Any  # uint8[residents], bit k
    workers: Any
    volunteers: Any
    aware: Any  # uint8[residents], 1 = comes by itself
    arrived: Any  # int16[residents], week of moving in


class Place(NamedTuple):
    """Where and when a kernel works."""

    seed: int
    week: int
    community: int
    first: int
    stop: int
    first_week: int  # first reported week


class Projects(NamedTuple):
    """Contracts in delivery, one row each; places of a project lie side by side."""

    identity: Any  # int64
    category: Any  # int64
    start_day: Any  # float64
    end_day: Any  # float64
    hours: Any  # float64, contract hours a full week
    substance: Any  # float64, share of hours
    showcase: Any
    documents: Any
    skill: Any  # float64
    hours_factor: Any  # float64, hours per contact against a case contact
    end_factor: Any  # float64, needs ended per contact against a case contact
    autonomy: Any  # float64, share of substance hours
    competence: Any  # float64[rows, 8]
    place_first: Any  # int64
    place_stop: Any  # int64
    carry: Any  # float64, contacts not yet whole
    event_carry: Any  # float64
    head_carry: Any
    free_carry: Any  # float64, contacts that may be re-targeted
    worked_hours: Any  # float64, totals from here on
    substance_hours: Any
    showcase_hours: Any
    document_hours: Any
    volunteer_hours: Any
    contacts: Any
    events: Any
    heads: Any
    ended: Any
    ended_target: Any
    screened: Any


class Places(NamedTuple):
    """Places of all projects."""

    holder: Any  # int32, resident or -1
    state: Any  # uint8
    left: Any  # int32, contacts left in the series
    named: Any  # uint8


class Log(NamedTuple):
    """Who was met, in order: the organization's own record."""

    project: Any  # int32
    person: Any  # int32
    kind: Any  # uint8
    used: Any  # int64[1]


class Practice(NamedTuple):
    """How hours become contacts; assumptions and prices, no policy."""

    hours_per_contact: float
    hours_per_event: float
    heads_per_event: float
    contacts_per_place: int
    ramp_weeks: float
    search_half: float
    rescreen_hours: float  # 0 = places are not re-screened
    retarget_hours: float
    coordination: float
    coordination_share: float
    productivity: float
    publicity_lift: float


# LOST: the holder no longer had the need when a worker came. GONE: the holder moved away.
OPEN, HELD, LOST, GONE = 0, 1, 2, 3
CONTACT, CONTACT_ENDED, ATTENDED = 0, 1, 2
