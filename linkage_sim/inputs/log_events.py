"""The events of an approval log with the meaning of each worked out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linkage_sim.inputs.event_words import Kind
from linkage_sim.inputs.log_rows import LogColumns


class LogEvents:
    """The columns of a log with the meaning of every event worked out, one entry an event.

    Attributes
    ----------
    submitted, approved, rejected, final, paid, other : bool[events]
        What the event is; a rejection by the applicant's own role is none.
    since_previous : float64[events]
        Days since the previous event of the file.
    timed : bool[events]
        Decisions of which a time at the desk can be told.
    """

    def __init__(self, log: LogColumns) -> None:
        self.log = log
        kinds = np.array([int(kind) for kind in log.kinds], dtype=np.int64)[log.activity]
        self.submitted = (kinds & Kind.SUBMITTED) != 0
        self.approved = (kinds & Kind.APPROVED) != 0
        self.paid = (kinds & Kind.PAID) != 0
        self.final = (kinds & Kind.FINAL) != 0
        self.has_final_word = bool(self.final.any())
        if not self.has_final_word:
            self.final = _last_of_each(log.case, self.approved)
        self.has_submitted_word = bool(self.submitted.any())
        first = np.append(True, np.diff(log.case) != 0)
        if not self.has_submitted_word:
            self.submitted = first
        applicants = set(np.unique(log.role[self.submitted]).tolist())
        applicants -= set(np.unique(log.role[self.approved]).tolist())
        self.by_applicant = np.isin(log.role, list(applicants))
        self.rejected = ((kinds & Kind.REJECTED) != 0) & ~self.by_applicant
        self.other = kinds == Kind.OTHER
        self.since_previous = np.where(first, 0.0, np.diff(log.days, prepend=log.days[:1]))
        # The first event of a file has nothing before it: no service time can be told.
        self.timed = (self.approved | self.rejected) & ~first


def _last_of_each(case: NDArray[np.int64], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    last = np.full(int(case.max()) + 1, -1)
    last[case[chosen]] = np.flatnonzero(chosen)
    marked = np.zeros(case.size, dtype=bool)
    marked[last[last >= 0]] = True
    return marked
