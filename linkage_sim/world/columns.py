"""Typed columns: one array a property, one row a resident."""

from __future__ import annotations

import contextlib
import mmap
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt8 = NDArray[np.uint8]
UInt16 = NDArray[np.uint16]

OWNER, RENTER, FLOATING = 0, 1, 2
NO_VOLUNTEER, VOLUNTEER, FORMER_VOLUNTEER = 0, 1, 2
N_FIFTHS = 5
N_GROUPS = 4 * N_FIFTHS
NEVER = np.float32(np.inf)
BORN_HERE = -1
# A resident's permanent identity: community number in the high bits, row within it in the low ones,
# so that a community keeps its chances whatever stands beside it.
IDENTITY_BITS = 20


class Columns:
    """Arrays that can be filled but not exchanged, so that two holders never drift apart."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__:
            raise AttributeError(f"column '{name}' is filled in place, never reassigned")
        object.__setattr__(self, name, value)

    def bytes(self) -> int:
        """Memory of all columns, in bytes."""
        return sum(
            value.nbytes  # type: ignore[misc]
            for item in fields(self)  # type: ignore[arg-type]
            if isinstance(value := getattr(self, item.name), np.ndarray)
        )


def roomy(shape: int | tuple[int, ...], dtype: Any) -> Any:
    """Make an array of which only those parts take memory that are written to.

    A table that has room for everybody, and is used by few, then costs what the few cost. The
    system would hand out memory in blocks so large that each holds a part in use; it is told not
    to, where it can be told.
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    room = mmap.mmap(-1, max(size, mmap.PAGESIZE))
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        with contextlib.suppress(OSError):
            room.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(room, dtype=dtype, count=int(np.prod(shape))).reshape(shape)


@dataclass(eq=False)
class People(Columns):
    """What does not change while policies differ; shared by every run on the same seed.

    Attributes
    ----------
    first_row : int64[communities + 1]
        Rows of community c are first_row[c] .. first_row[c + 1] - 1.
    household, building : int32[residents]
        Numbers that are unique over all communities; members stand side by side.
    age_group : uint8[residents]
        0 = 0-14, 1 = 15-39, 2 = 40-59, 3 = 60+.
    fifth : uint8[residents]
        Fifth of vulnerability, 0 least .. 4 most vulnerable.
    group : uint8[residents]
        age_group * 5 + fifth; hazards are common to a group.
    status : uint8[residents]
        OWNER, RENTER or FLOATING.
    voice : float32[residents]
        Relative chance to be heard by self-selection, mean about 1 among those of 15 and older.
    taste : float32[residents]
        Personal part of satisfaction.
    tie_start : int32[residents + 1], tie_to : uint16[ties]
        Compressed sparse rows: ties of resident i are tie_to[tie_start[i]:tie_start[i + 1]], as
        places within the community, so that a tie takes two bytes (four, and eight for the start,
        where a community or a city is larger than these types can count).
    tie_rules, seed
        What the ties were made from; their kinds are worked out again when somebody looks.
    """

    first_row: Int64
    household: Int32
    building: Int32
    age_group: UInt8
    fifth: UInt8
    group: UInt8
    status: UInt8
    vulnerability: Float32
    voice: Float32
    taste: Float32
    building_head: UInt8
    tie_start: Any
    tie_to: Any
    tie_rules: Any
    seed: int
    registered_needs: UInt8 | None = None

    @property
    def n_residents(self) -> int:
        """Number of residents."""
        return len(self.household)

    @property
    def n_communities(self) -> int:
        """Number of communities."""
        return len(self.first_row) - 1

    def rows(self, community: int) -> slice:
        """Give the rows of one community."""
        return slice(int(self.first_row[community]), int(self.first_row[community + 1]))

    def community_of(self, row: int) -> int:
        """Give the community in which a resident lives."""
        return int(np.searchsorted(self.first_row, row, side="right")) - 1

    def ties_of(self, row: int) -> Int64:
        """List the rows of the residents that one resident is tied to, in order."""
        first = int(self.first_row[self.community_of(row)])
        begin, end = int(self.tie_start[row]), int(self.tie_start[row + 1])
        return self.tie_to[begin:end].astype(np.int64) + first


@dataclass(eq=False)
class State(Columns):
    """What changes in a run: needs, feelings, volunteering. Times are weeks since the start.

    Attributes
    ----------
    active : uint8[residents]
        Bit k is set while need k is there.
    changes : uint16[residents, 8]
        Changes so far; numbers the draw of the next one.
    record : int32[residents]
        Where it stands since when needs have lasted and until when contacts cover them
        (`Course.needs`); 0 for most, who have neither.
    served : uint8[residents]
        Bit k is set once the current episode of need k had a contact.
    list_committee, list_workers, list_volunteers : uint8[residents]
        Bit k is set while this side knows of need k.
    aware : uint8[residents]
        1 when the resident knows the services and comes by itself.
    arrived : int16[residents]
        Week at whose start the resident moved in; BORN_HERE for who was there from the start.
    expectation, satisfaction, trust : float32[residents]
        0..1; `lift` gathers publicity until expectation is next evaluated, `shown` is the week
        until which an event attended is remembered.
    volunteer : uint8[residents], volunteer_due : float32[residents], volunteer_changes : uint16
        State, next possible change and its number; `left_week` when somebody stopped.
    hours_used, idle_weeks, credit, asked_by, motivation
        A volunteer's record: hours used, weeks without a task, time-bank credit, who asked
        (0 nobody, 1 committee, 2 volunteer, 3 worker) and motivation 0..1.
    """

    active: UInt8
    changes: UInt16
    record: Int32
    served: UInt8
    list_committee: UInt8
    list_workers: UInt8
    list_volunteers: UInt8
    aware: UInt8
    arrived: Int16
    expectation: Float32
    satisfaction: Float32
    trust: Float32
    lift: Float32
    shown: Float32
    volunteer: UInt8
    volunteer_due: Float32
    volunteer_changes: UInt16
    left_week: Float32
    hours_used: Float32
    idle_weeks: UInt16
    credit: Float32
    asked_by: UInt8
    motivation: Float32


def empty_state(residents: int) -> State:
    """Make the columns of a run, with nobody in need and nobody volunteering."""

    def column(dtype: Any, width: int | None = None, fill: Any = 0) -> Any:
        shape = residents if width is None else (residents, width)
        return np.full(shape, fill, dtype=dtype)

    return State(
        active=column(np.uint8),
        changes=column(np.uint16, 8),
        record=column(np.int32),
        served=column(np.uint8),
        list_committee=column(np.uint8),
        list_workers=column(np.uint8),
        list_volunteers=column(np.uint8),
        aware=column(np.uint8),
        arrived=column(np.int16, None, BORN_HERE),
        expectation=column(np.float32),
        satisfaction=column(np.float32),
        trust=column(np.float32),
        lift=column(np.float32),
        shown=column(np.float32),
        volunteer=column(np.uint8),
        volunteer_due=column(np.float32, None, NEVER),
        volunteer_changes=column(np.uint16),
        left_week=column(np.float32, None, -NEVER),
        hours_used=column(np.float32),
        idle_weeks=column(np.uint16),
        credit=column(np.float32),
        asked_by=column(np.uint8),
        motivation=column(np.float32, None, 1.0),
    )
