"""What institutions decided, as plain data: the part of a run that is replayed here.

Nothing in it says what happened to residents: who was served, when, and what followed from it is
worked out by the reference itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Signed:
    """A contract on the day it begins.

    Attributes
    ----------
    number
        Order of signature, over all communities.
    named
        Rows (within the community) of persons to whom places were promised in the file.
    submitted_day
        Day of the file; a person named in it who has moved in since is another person.
    """

    number: int
    community: int
    identity: int
    organization: int
    category: int
    start_day: float
    end_day: float
    places: int
    named: list[int]
    submitted_day: float
    autonomy: float
    competence: list[float]


@dataclass
class Working:
    """What a contract is in one week: hours, how they are split, who leads it."""

    number: int
    hours: float
    substance: float
    showcase: float
    documents: float
    skill: float
    hours_factor: float
    end_factor: float


@dataclass
class Week:
    """Decisions of institutions that meet residents in one week.

    Attributes
    ----------
    heard
        (community, category, rows) of persons whose need the committee got to know in a hearing.
    signed, working
        New contracts; all contracts in force, in order of signature.
    committee_hours, committee_year
        By community: staff hours free at the end of the week, and of a whole year.
    leading
        By community: contracts that have a worker as leader at the end of the week.
    """

    heard: list[tuple[int, int, list[int]]] = field(default_factory=list)
    signed: list[Signed] = field(default_factory=list)
    working: list[Working] = field(default_factory=list)
    committee_hours: list[float] = field(default_factory=list)
    committee_year: list[float] = field(default_factory=list)
    leading: list[int] = field(default_factory=list)


def weeks_without_purchase(communities: int, weeks: int) -> list[Week]:
    """Weeks in which nobody hears, buys or has time: residents by themselves."""
    return [
        Week(
            committee_hours=[0.0] * communities,
            committee_year=[0.0] * communities,
            leading=[0] * communities,
        )
        for _ in range(weeks)
    ]
