"""What passes between actors: ideas, evidence, files, money, contracts, verdicts.

Source: model.md sections 6-9.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from linkage_sim.scenario.fields import N_CATEGORIES

DAYS_PER_YEAR = 364.0
EXACT = 1e-6


@dataclass
class Idea:
    """A project on the table: the same number, price and flaw under every policy."""

    name: str
    identity: int
    community: int
    year: int
    category: int
    cost_yuan: float
    flawed: bool
    returning: bool = False


@dataclass
class Evidence:
    """What one way of hearing people brought.

    Attributes
    ----------
    heard, error : list[8]
        Persons in need by category for the whole community, and the standard error of that.
    known
        Rows of persons by category whose need the source knew; empty where it tells of nobody.
    ballots
        Categories each voter approves, where people voted.
    """

    heard: list[float]
    error: list[float]
    known: dict[int, list[int]]
    yuan: float
    hours: float
    asked: int
    ballots: list[frozenset[int]] | None = None


@dataclass
class Hearing:
    """What the committee goes by in one year: all evidence together."""

    heard: list[float]
    quality: list[float]
    known: dict[int, list[int]]
    yuan: float
    hours: float
    asked: int
    sources: tuple[str, ...]
    ballots: list[frozenset[int]] | None = None
    closing_day: float = 0.0


@dataclass
class File:
    """An application on its way through approval."""

    idea: Idea
    year: int
    submitted_day: float
    expected_need: float
    evidence_quality: float
    alignment: float
    visibility: float
    roster: list[int]
    need_per_yuan: float
    roster_in_need: float
    need_shares: list[float]
    rank_score: float | None = None
    decided_day: float | None = None
    approved: bool = False
    expired: bool = False
    reason: str = ""
    returns: int = 0
    visits: int = 0
    officer_yuan: float = 0.0


@dataclass
class Ledger:
    """Money of one community in one year, in yuan."""

    budget: float
    hearing: float = 0.0
    checking: float = 0.0
    checking_reserve: float = 0.0
    station: float = 0.0
    bound: float = 0.0
    paid: float = 0.0
    paid_at_close: float = 0.0
    payable: float = 0.0
    returned: float = 0.0
    closed: bool = False
    staff_yuan: float = 0.0
    officer_yuan: float = 0.0
    early_money: float = 0.0

    def administration(self) -> float:
        """Paid for hearing, bridging, checking and evaluating."""
        return self.hearing + self.checking + self.early_money

    def free(self) -> float:
        """Money that nothing has been promised of yet."""
        return (
            self.budget - self.administration() - self.checking_reserve - self.station - self.bound
        )


@dataclass
class Mix:
    """How the hours of a contract are split; the rest is idle."""

    substance: float
    showcase: float
    documents: float


@dataclass
class Verdict:
    """What an evaluation says and what follows from it."""

    score: float
    indicators: dict[str, float]
    renewed: bool
    cost_yuan: float
    felt: list[float]
    audited: bool


@dataclass(eq=False)
class Agreement:
    """A project under contract, from signature to evaluation.

    Attributes
    ----------
    work
        The contract among residents (`services.Contract`): whom it met, what it came to.
    weekly_hours, skill, hours_factor, end_factor
        What it is in a full week with the staff there is now.
    """

    file: File
    organization: Any
    signed_day: float
    end_day: float
    hours: float
    promised: float
    places: int
    years_left: int
    number: int = -1
    work: Any = None
    mixes: list[Mix] = field(default_factory=list)
    verdict: Verdict | None = None
    true_effect: float | None = None
    paid_yuan: float = 0.0
    withheld_share: float = 0.0
    delivered_yuan: float = 0.0
    totals: dict[str, float] = field(default_factory=dict)
    delivery_weeks: float = 0.0
    leader: Any = None
    last_share: float = 0.0
    followed: bool = False
    competence: list[float] = field(default_factory=lambda: [1.0] * N_CATEGORIES)
    autonomy: float = 0.0
    weekly_hours: float = 0.0
    skill: float = 0.0
    hours_factor: float = 1.0
    end_factor: float = 1.0

    def started_day(self) -> float:
        """First day of delivery in the present year."""
        return max(self.signed_day, self.end_day - DAYS_PER_YEAR)

    def worked_hours(self) -> float:
        """Hours worked so far this year."""
        return float(self.work.totals["worked_hours"]) if self.work is not None else 0.0

    def met(self) -> list[tuple[int, str]]:
        """Persons met this year and how, in order: the organization's own record."""
        return list(self.work.record) if self.work is not None else []
