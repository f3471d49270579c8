"""The arrays kernels work on, grouped by what they describe, so that a call stays readable."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

# Rows of these tables hold what is read together, so that a look at one takes one look at memory,
# and a kernel is handed one table instead of thirty arrays.
ENTRY = np.dtype([  # a clock that rings within the run
    ("next", np.int32),  # the next entry of the same week, 0 = none
    ("row", np.int32),
    ("time", np.float32),
    ("number", np.uint16),  # number of the change that is announced
    ("category", np.uint8),
])  # without gaps: a city has forty million of them

RECORD = np.dtype([  # needs of one resident
    ("onset", np.float32, (8,)),  # when the need began
    ("cover", np.float32, (8,)),  # until when a contact covers it
    ("cover_bought", np.float32, (8,)),  # the same for purchased contacts
])

PROJECT = np.dtype([  # a contract in delivery; its places lie side by side
    ("identity", np.int64),
    ("category", np.int64),
    ("place_first", np.int64),
    ("place_stop", np.int64),
    ("start_day", np.float64),
    ("end_day", np.float64),
    ("hours", np.float64),  # contract hours a full week
    ("substance", np.float64),  # share of hours
    ("showcase", np.float64),
    ("documents", np.float64),
    ("skill", np.float64),
    ("hours_factor", np.float64),  # hours per contact against a case contact
    ("end_factor", np.float64),  # needs ended per contact against a case contact
    ("autonomy", np.float64),  # share of substance hours
    ("competence", np.float64, (8,)),
    ("carry", np.float64),  # contacts not yet whole
    ("event_carry", np.float64),
    ("head_carry", np.float64),
    ("free_carry", np.float64),  # contacts that may be re-targeted
    ("worked_hours", np.float64),  # totals from here on
    ("substance_hours", np.float64),
    ("showcase_hours", np.float64),
    ("document_hours", np.float64),
    ("volunteer_hours", np.float64),
    ("contacts", np.float64),
    ("events", np.float64),
    ("heads", np.float64),
    ("ended", np.float64),
    ("ended_target", np.float64),
    ("screened", np.float64),
])

PLACE = np.dtype([  # a place of a project
    ("holder", np.int32),  # resident or -1
    ("left", np.int32),  # contacts left in the series
    ("state", np.uint8),
    ("named", np.uint8),
], align=True)

LINE = np.dtype([  # somebody met: a line of the organization's own record
    ("project", np.int32),
    ("person", np.int32),
    ("kind", np.uint8),
])

COMMUNITY = np.dtype([  # a community and its week
    ("first", np.int64),  # rows of residents
    ("stop", np.int64),
    ("projects", np.int64),  # contracts in delivery
    ("line_first", np.int64),  # where its record of persons met begins
    ("line_stop", np.int64),  # where the room for it ends
    ("lines", np.int64),  # lines written this year
    ("volunteers", np.int64),
    ("used_share", np.float64),  # part of volunteers' hours that found a task, 0..1
    ("formal_share", np.float64),  # part of tasks that were show or paper, 0..1
    ("meeting_hours", np.float64),  # volunteers' hours that the joint meeting takes this week
    ("hours_factor", np.float64),  # share of contract hours left by campaigns and meetings
    ("rescreen_hours", np.float64),  # 0 = places are not re-screened
    ("asks", np.float64),  # residents a week whom the committee asks to help
    ("ask_carry", np.float64),
    ("station", np.float64),  # contacts a week of a street station
    ("station_carry", np.float64),
    ("government", np.float64, (8,)),  # needs a week met by government
    ("government_carry", np.float64, (8,)),
    ("mutual_aid", np.float64, (8,)),  # needs a week met by neighbours
    ("mutual_aid_carry", np.float64, (8,)),
    ("in_need", np.float64, (8,)),  # persons in need at the start of the week's services
    ("reachable", np.float64, (8,)),  # those of them whom providers know
], align=True)


def blank_rows(number: int, kind: np.dtype[Any]) -> Any:
    """Make a table with so many empty rows; `table.hours` is a column, `table[3].hours` a value."""
    return np.zeros(number, kind).view(np.recarray)


class Fields:
    """The columns of a table for callers that are not compiled: views, made once.

    `table.hours` of a numpy record array is a search by name each time, ten times slower.
    """

    def __init__(self, table: Any) -> None:
        self.table = table
        for name in table.dtype.names:
            setattr(self, name, table.view(np.ndarray)[name])

    def __getattr__(self, name: str) -> Any:  # for type checkers: columns are set above
        raise AttributeError(name)

    def __reduce__(self) -> Any:
        """Store the table alone: stored views would be copies, and no longer follow it."""
        return Fields, (self.table,)


class Calendar(NamedTuple):
    """Clocks that ring within the run: a list of entries for each community and week."""

    head: Any  # int32[communities, weeks], first entry of the week, 0 = none
    entries: Any  # ENTRY[entries]
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
    records: Any  # RECORD[records]
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


class Practice(NamedTuple):
    """How hours become contacts; assumptions and prices, no policy."""

    hours_per_contact: float
    hours_per_event: float
    heads_per_event: float
    contacts_per_place: int
    ramp_weeks: float
    search_half: float
    retarget_hours: float
    coordination: float
    coordination_share: float
    productivity: float
    publicity_lift: float


class Service(NamedTuple):
    """What a week of service works on, and how."""

    needs: Needs
    known: Known
    projects: Any  # PROJECT[projects]
    places: Any  # PLACE[places]
    lines: Any  # LINE[lines]
    practice: Practice
    voice: Any  # float32[residents]
    lift: Any  # float32[residents], publicity gathered
    shown: Any  # float32[residents], until which week an event attended is remembered


# LOST: the holder no longer had the need when a worker came. GONE: the holder moved away.
OPEN, HELD, LOST, GONE = 0, 1, 2, 3
CONTACT, CONTACT_ENDED, ATTENDED = 0, 1, 2
