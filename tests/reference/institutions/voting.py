"""Which projects win a vote, counted with exact fractions of money.

Source: Peters, Pierczynski, Skowron (2021), Method of Equal Shares with cost utility; model.md
section 6 (ties: more votes, lower cost, number).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


class Voter:
    """Somebody who handed in a ballot, with an equal share of the money in the purse."""

    def __init__(self, approves: set[int], purse: Fraction) -> None:
        self.approves = approves
        self.purse = purse


def count_votes(
    costs: Sequence[float], approvals: Sequence[set[int]], money: float, rule: str
) -> list[int]:
    """Winners of a vote, as places in the list of costs, in the order of funding.

    Amounts are taken as the decimal numbers they are written as.
    """
    prices = [Fraction(repr(float(cost))) for cost in costs]
    budget = Fraction(repr(float(money)))
    if rule == "greedy":
        return by_number_of_votes(prices, approvals, budget, [])
    return equal_shares(prices, approvals, budget)


def by_support(prices: Sequence[Fraction], approvals: Sequence[set[int]]) -> list[int]:
    """Projects by number of approvals, then lower cost, then number."""
    votes = [sum(1 for ballot in approvals if place in ballot) for place in range(len(prices))]
    return sorted(range(len(prices)), key=lambda place: (-votes[place], prices[place], place))


def by_number_of_votes(
    prices: Sequence[Fraction], approvals: Sequence[set[int]], budget: Fraction,
    funded: Sequence[int],
) -> list[int]:
    """Fund by number of approvals, passing over what the rest of the money cannot pay."""
    chosen = list(funded)
    left = budget - sum(prices[place] for place in chosen)
    for place in by_support(prices, approvals):
        if place not in funded and prices[place] <= left:
            chosen.append(place)
            left -= prices[place]
    return chosen


def equal_shares(
    prices: Sequence[Fraction], approvals: Sequence[set[int]], budget: Fraction
) -> list[int]:
    """Fund what asks the least of its supporters, as long as they can pay out of equal shares.

    What is left over is then spent by number of votes.
    """
    voters = [Voter(ballot, budget / len(approvals)) for ballot in approvals]
    order = by_support(prices, approvals)
    funded: list[int] = []
    while True:
        best, least = None, None
        for place in order:
            if place in funded:
                continue
            supporters = [voter for voter in voters if place in voter.approves]
            payment = equal_payment(prices[place], supporters)
            if payment is None:
                continue
            asked = payment / prices[place]
            if least is None or asked < least:
                best, least = place, asked
        if best is None or least is None:
            return by_number_of_votes(prices, approvals, budget, funded)
        for voter in voters:
            if best in voter.approves:
                voter.purse -= min(voter.purse, least * prices[best])
        funded.append(best)


def equal_payment(price: Fraction, supporters: Sequence[Voter]) -> Fraction | None:
    """The payment that covers a price if each gives it, or all he has; None if nothing does."""
    owed = price
    by_purse = sorted(supporters, key=lambda voter: voter.purse)
    for turn, voter in enumerate(by_purse):
        payment = owed / (len(by_purse) - turn)
        if voter.purse >= payment:
            return payment
        owed -= voter.purse
    return None
