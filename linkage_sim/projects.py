"""What passes between actors: project ideas, files, contracts, evidence and verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from linkage_sim.world.columns import Float64

N_CATEGORIES = 8


@dataclass(slots=True)
class Candidate:
    """A project idea on the table.

    `identity` is permanent: the same idea has the same number, price and flaw under every policy.
    """

    id: str
    identity: int
    community: int
    year: int
    category: int
    cost_yuan: float
    flawed: bool
    title: str = ""
    returning: bool = False


@dataclass(slots=True)
class Evidence:
    """What one way of hearing people brought.

    Attributes
    ----------
    heard : float64[8]
        Persons in need by category, for the whole community.
    error : float64[8]
        Standard error of these; infinite where a source cannot tell.
    known : dict category -> int32 rows
        Persons whose need the source knew.
    ballots : uint8[voters] or None
        Categories each voter approves, where people voted.
    """

    heard: Float64
    error: Float64
    known: dict[int, Any]
    yuan: float
    hours: float
    asked: int
    ballots: Any = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What one source said before it was put together with others: persons in need by category."""

    weight: float
    heard: tuple[float, ...]

    def share(self, category: int) -> float:
        """Share of all need it spoke of that is of this category; 0 where it heard of nobody."""
        total = math.fsum(self.heard)
        return self.heard[category] / total if total > 0.0 else 0.0


@dataclass(slots=True)
class Hearing:
    """What the committee goes by in one year: evidence of all sources used, together."""

    heard: Float64
    quality: Float64
    known: dict[int, Any]
    yuan: float
    hours: float
    closing_day: float
    asked: int
    sources: tuple[str, ...]
    ballots: Any = None
    told: dict[str, Told] = field(default_factory=dict)


@dataclass(slots=True)
class File:
    """An application on its way through approval."""

    candidate: Candidate
    year: int
    submitted_day: float
    expected_need: float
    evidence_quality: float
    alignment: float
    visibility: float
    roster: Any
    need_per_yuan: float
    roster_in_need: float = 1.0
    need_shares: Float64 = field(default_factory=lambda: np.zeros(N_CATEGORIES))
    rank_score: float = float("nan")
    decided_day: float | None = None
    approved: bool = False
    withdrawn: bool = False
    expired: bool = False
    reason: str = ""
    returns: int = 0
    visits: int = 0
    officer_yuan: float = 0.0

    @property
    def id(self) -> str:
        """Name of the project, permanent over stages."""
        return self.candidate.id


@dataclass(slots=True)
class Ledger:
    """Money of one community in one fiscal year, in yuan; it adds up at any time."""

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

    @property
    def administration(self) -> float:
        """Paid out of the budget for hearing, bridging, checking and evaluating."""
        return self.hearing + self.checking + self.early_money

    @property
    def free(self) -> float:
        """Money that nothing has been promised of yet."""
        return (
            self.budget - self.administration - self.checking_reserve - self.station - self.bound
        )


@dataclass(slots=True)
class Decision:
    """What approval decided on one file."""

    approved: bool
    day: float
    reason: str
    officer_yuan: float
    order: int = 0


@dataclass(slots=True)
class Mix:
    """How an organization splits the hours of a contract; shares of 1, the rest is idle."""

    substance: float
    showcase: float
    documents: float
    paperwork: float


@dataclass(slots=True)
class Verdict:
    """What an evaluation says and what follows from it.

    `felt` is the satisfaction of each respondent, 0..1; where the line of the satisfied lies is
    for the reader to say: the form of the evaluator has one, the outcome another.
    """

    score: float
    indicators: dict[str, float]
    pay_share: float
    renewed: bool
    cost_yuan: float
    felt: Sequence[float]
    audited: bool


# A contract is equal to itself alone; comparing all fields would make finding one in a city slow.
@dataclass(slots=True, eq=False)
class Contract:
    """A project under contract, from signature to evaluation."""

    file: File
    organization: Any
    signed_day: float
    end_day: float
    row: int
    hours: float
    promised: float
    places: int
    mixes: list[Mix] = field(default_factory=list)
    verdict: Verdict | None = None
    true_effect: float = float("nan")
    paid_yuan: float = 0.0
    withheld_share: float = 0.0
    delivered_yuan: float = 0.0
    totals: dict[str, float] = field(default_factory=dict)
    delivery_weeks: float = 0.0
    years_left: int = 0
    leader: Any = None
    last_share: float = 0.0
    followed: bool = False

    @property
    def id(self) -> str:
        """Name of the project, permanent over stages."""
        return self.file.candidate.id

    @property
    def started_day(self) -> float:
        """First day of delivery in the contract's present year."""
        return max(self.signed_day, self.end_day - 364.0)


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """What a contract came to, in plain figures: no actor and no rule can be reached from it.

    `organization` is its number; `totals` are hours and counts by name, empty before the end.
    """

    file: File
    organization: int
    signed_day: float
    delivery_weeks: float
    hours: float
    promised: float
    places: int
    totals: dict[str, float]
    verdict: Verdict | None
    true_effect: float
    paid_yuan: float

    @property
    def id(self) -> str:
        """Name of the project, permanent over stages."""
        return self.file.candidate.id


def record_of(contract: Contract) -> ContractRecord:
    """Write down what a contract came to, without those who worked on it."""
    return ContractRecord(
        file=contract.file,
        organization=int(contract.organization.number),
        signed_day=contract.signed_day,
        delivery_weeks=contract.delivery_weeks,
        hours=contract.hours,
        promised=contract.promised,
        places=contract.places,
        totals=dict(contract.totals),
        verdict=contract.verdict,
        true_effect=contract.true_effect,
        paid_yuan=contract.paid_yuan,
    )
