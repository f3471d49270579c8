"""Records of needs: since when, and until when covered, for those who have or had one of late.

Most residents have no need and have met no contact within a quarter. Such a resident has record 0,
in which nothing is ever written, and takes 96 bytes less of memory.
"""

from __future__ import annotations

import numpy as np

from linkage_sim.compiled_draws import kernel
from linkage_sim.kernels.tables import Needs, Place

RECORDS_USED, RECORDS_FREE = 0, 1
QUARTER_WEEKS = 13.0


@kernel
def own_record(place: Place, needs: Needs, row: int) -> int:
    """Give a resident's record, an empty one where there was none."""
    record = needs.record[row]
    if record != 0:
        return record
    community = place.community
    free = needs.record_marks[community, RECORDS_FREE]
    if free > 0:
        needs.record_marks[community, RECORDS_FREE] = free - 1
        record = needs.freed_records[place.first + free - 1]
    else:
        record = np.int32(1 + place.first + needs.record_marks[community, RECORDS_USED])
        needs.record_marks[community, RECORDS_USED] += 1
    needs.record[row] = record
    needs.records[record].onset[:] = -np.inf
    needs.records[record].cover[:] = -np.inf
    needs.records[record].cover_bought[:] = -np.inf
    return record


@kernel
def open_records(place: Place, needs: Needs) -> None:
    """Give everybody a record, for whoever wants to set needs and covers by hand."""
    for row in range(place.first, place.stop):
        own_record(place, needs, row)


@kernel
def give_back_records(place: Place, week: int, needs: Needs) -> None:
    """Take records back from residents without needs whose last cover ended a quarter ago."""
    since = week - QUARTER_WEEKS
    community = place.community
    for row in range(place.first, place.stop):
        record = needs.record[row]
        if record == 0 or needs.active[row] != 0:
            continue
        fresh = False
        for until in needs.records[record].cover:
            fresh = fresh or until > since
        if not fresh:
            free = needs.record_marks[community, RECORDS_FREE]
            needs.freed_records[place.first + free] = record
            needs.record_marks[community, RECORDS_FREE] = free + 1
            needs.record[row] = 0
