"""Which projects win a vote: the two rules residents' ballots can be counted by.

A ballot names the projects a voter approves. `greedy` funds by number of approvals and passes
over what the rest of the money cannot pay. `equal_shares` gives every voter the same share of the
money and funds what supporters can pay together, so that a group with 20 % of the voters decides
on 20 % of the money; what is left over is then spent by `greedy`.

Counting is exact: amounts are taken as the decimal numbers they are written as, and whole-number
arithmetic decides every tie the same way on every machine. Ties go to the project with more
approvals, then to the cheaper one, then to the one that comes first by identity.

Source: Peters, Pierczynski, Skowron (2021), Proportional participatory budgeting with additive
utilities, NeurIPS 34; the utility of a project to its supporters is its cost.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from linkage_sim.errors import InputError


@dataclass(frozen=True)
class _Election:
    """Whole-number form of an election: positions instead of names, equal ballots counted once.

    Bit j of a ballot is 1 where the voter approves project j; costs and budget share one unit
    small enough to make all of them whole numbers.
    """

    costs: list[int]
    budget: int
    ballots: dict[int, int]

    def voters(self) -> int:
        return sum(self.ballots.values())

    def by_support(self) -> list[int]:
        """Positions by number of approvals, then lower cost, then position."""
        votes = [
            sum(count for ballot, count in self.ballots.items() if ballot >> place & 1)
            for place in range(len(self.costs))
        ]
        return sorted(
            range(len(self.costs)), key=lambda place: (-votes[place], self.costs[place], place)
        )


def greedy(
    costs: Mapping[str, float], ballots: Sequence[Sequence[str]], budget: float
) -> list[str]:
    """Fund by number of approvals, passing over what the remaining money cannot pay.

    Projects nobody approved come last, and are funded if money is left.

    Parameters
    ----------
    costs
        Cost of each project in yuan, more than 0.
    ballots
        The projects each voter approves; naming one twice counts once.
    budget
        Money to spend, in yuan, at least 0.

    Returns
    -------
    list of str
        Winners in the order of funding.

    Raises
    ------
    InputError
        For a cost that is not positive, a negative budget, or a ballot with an unknown project.
    """
    return winners(costs, ballots, budget, "greedy")


def equal_shares(
    costs: Mapping[str, float], ballots: Sequence[Sequence[str]], budget: float
) -> list[str]:
    """Fund what supporters can pay out of equal shares of the money (Method of Equal Shares).

    Everybody who handed in a ballot, an empty one included, holds budget / voters. In each round
    the project is funded that asks the least of its supporters: the smallest rho for which the
    sum over supporters of min(money left, rho x cost) is the cost. When no project can be paid
    by its supporters alone any more, the shares are pooled and the remaining money is spent by
    `greedy` on the remaining projects.

    Parameters, result and errors are those of `greedy`.
    """
    return winners(costs, ballots, budget, "equal_shares")


def winners(
    costs: Mapping[str, float], ballots: Sequence[Sequence[str]], budget: float, rule: str
) -> list[str]:
    """Winners of a vote by a named rule, `greedy` or `equal_shares`, in the order of funding.

    Raises InputError as `greedy` does, and for an unknown rule.
    """
    names = sorted(costs)
    amounts, money, count = _checked([costs[name] for name in names], names, budget, rule)
    bits = {name: 1 << place for place, name in enumerate(names)}
    grouped: Counter[int] = Counter()
    problems = []
    for number, ballot in enumerate(ballots, start=1):
        marks = 0
        for name in ballot:
            if name not in bits:
                problems.append(
                    f"Ballot {number} approves {name!r}, which is not among the projects; "
                    "remove it or add the project with its cost."
                )
            marks |= bits.get(name, 0)
        grouped[marks] += 1
    if problems:
        raise InputError(problems)
    return [names[place] for place in count(_Election(amounts, money, grouped))]


def winners_by_matrix(
    costs: NDArray[np.floating] | Sequence[float],
    approvals: NDArray[np.bool_],
    budget: float,
    rule: str,
) -> NDArray[np.int64]:
    """Winners of a vote given as a table of voters by projects; the last tie goes by column.

    Parameters
    ----------
    costs
        Yuan, one a project, more than 0.
    approvals
        True where the voter (row) approves the project (column).
    budget
        Yuan, at least 0.
    rule
        `greedy` or `equal_shares`.

    Returns
    -------
    numpy.ndarray
        Columns of the winners in the order of funding.

    Raises
    ------
    InputError
        As `winners`, and when the table does not have one column a project.
    """
    prices = np.asarray(costs, dtype=np.float64).tolist()
    table = np.asarray(approvals, dtype=bool)
    if table.ndim != 2 or table.shape[1] != len(prices):
        raise InputError(
            f"The table of approvals has shape {table.shape}; "
            f"it needs one row a voter and {len(prices)} columns, one a project."
        )
    names = [str(place) for place in range(len(prices))]
    amounts, money, count = _checked(prices, names, budget, rule)
    width = (len(prices) + 7) // 8
    packed = np.packbits(table, axis=1, bitorder="little").tobytes()
    rows = Counter(packed[row * width : (row + 1) * width] for row in range(table.shape[0]))
    grouped = {int.from_bytes(row, "little"): times for row, times in rows.items()}
    return np.array(count(_Election(amounts, money, grouped)), dtype=np.int64)


def _checked(
    costs: Sequence[float], names: Sequence[str], budget: float, rule: str
) -> tuple[list[int], int, Callable[[_Election], list[int]]]:
    problems = []
    if rule not in RULES:
        problems.append(f"Unknown voting rule {rule!r}; use one of {', '.join(sorted(RULES))}.")
    if not (math.isfinite(budget) and budget >= 0):
        problems.append(f"The budget is {budget}; it must be a number of yuan of at least 0.")
    for name, cost in zip(names, costs, strict=True):
        if not (math.isfinite(cost) and cost > 0):
            problems.append(f"Project {name!r} costs {cost}; a cost must be more than 0 yuan.")
    if problems:
        raise InputError(problems)
    exact = [_as_written(cost) for cost in costs]
    money = _as_written(budget)
    unit = math.lcm(money.denominator, *(amount.denominator for amount in exact))
    return [int(amount * unit) for amount in exact], int(money * unit), RULES[rule]


def _as_written(amount: float | Integral) -> Fraction:
    # 0.1 + 0.2 must fit a budget of 0.3, which their binary forms do not.
    if isinstance(amount, Integral):
        return Fraction(int(amount))
    return Fraction(repr(float(amount)))


def _greedy(election: _Election, funded: Sequence[int] = ()) -> list[int]:
    chosen = list(funded)
    money = election.budget - sum(election.costs[place] for place in chosen)
    for place in election.by_support():
        if place not in funded and election.costs[place] <= money:
            chosen.append(place)
            money -= election.costs[place]
    return chosen


class _Shares:
    """Voters' remaining shares in a unit that shrinks so that they always are whole numbers."""

    def __init__(self, election: _Election) -> None:
        # With the unit divided by the number of voters, each one's share is the budget's number.
        voters = election.voters()
        self.costs = [cost * voters for cost in election.costs]
        self.ballots = list(election.ballots)
        self.sizes = list(election.ballots.values())
        self.money = [election.budget] * len(self.ballots)
        self.supporters = [
            [group for group, ballot in enumerate(self.ballots) if ballot >> place & 1]
            for place in range(len(self.costs))
        ]

    def price(self, place: int) -> tuple[int, int] | None:
        """The equal payment (numerator, denominator) that covers a project, None if none does.

        Supporters with less than the payment give all they have, the others make up for it.
        """
        owed, able = self.costs[place], self.supporters[place]
        heads = sum(self.sizes[group] for group in able)
        while heads:
            # Money is whole: to have less than owed / heads is to have less than it rounded up.
            enough = -(-owed // heads)
            poor = [group for group in able if self.money[group] < enough]
            if not poor:
                return owed, heads
            able = [group for group in able if self.money[group] >= enough]
            owed -= sum(self.money[group] * self.sizes[group] for group in poor)
            heads -= sum(self.sizes[group] for group in poor)
        return None

    def pay(self, place: int, price: tuple[int, int]) -> None:
        """Take the payment from every supporter, or all they have where that is less."""
        owed, heads = price
        finer = heads // math.gcd(owed, heads)
        payment = owed * finer // heads
        self.costs = [cost * finer for cost in self.costs]
        self.money = [money * finer for money in self.money]
        for group in self.supporters[place]:
            self.money[group] = max(self.money[group] - payment, 0)


def _equal_shares(election: _Election) -> list[int]:
    shares = _Shares(election)
    rank = {place: position for position, place in enumerate(election.by_support())}
    # rho only rises as shares are spent, so an old rho is a lower bound that saves most work.
    bounds = dict.fromkeys(range(len(election.costs)), Fraction(0))
    funded: list[int] = []
    while True:
        best: tuple[Fraction, int, int, tuple[int, int]] | None = None
        for place in sorted(bounds, key=lambda candidate: (bounds[candidate], rank[candidate])):
            if best is not None and bounds[place] > best[0]:
                break
            price = shares.price(place)
            if price is None:
                del bounds[place]
                continue
            bounds[place] = Fraction(price[0], price[1] * shares.costs[place])
            best = min(
                best or (bounds[place], rank[place], place, price),
                (bounds[place], rank[place], place, price),
            )
        if best is None:
            return _greedy(election, funded)
        _, _, place, price = best
        shares.pay(place, price)
        funded.append(place)
        del bounds[place]


RULES: dict[str, Callable[[_Election], list[int]]] = {
    "greedy": _greedy,
    "equal_shares": _equal_shares,
}
"""Names a scenario may give in `policy.proposal` and how each is counted."""
