"""What can neither appear nor vanish: needs, files, money, hours, credits; looked at from outside.

Each law is read off a model's own counts and columns, by another way than they were made. A list
of broken laws, in words, is the answer; an empty one says that everything adds up.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from linkage_sim.kernels.counters import Count
from linkage_sim.timeline import WEEKS_PER_YEAR
from linkage_sim.world.columns import VOLUNTEER

CENT = 0.01
# Wages are booked every so many weeks; between these weeks hours worked are not paid yet.
STAFF_WEEKS = 4
# Shares of hours are float64 sums over some thousand weeks; credits are float32 columns.
HOURS_TOLERANCE = 1e-6
CREDIT_TOLERANCE = 1e-3


def check(model: Any) -> list[str]:
    """Say which laws a model breaks at the end of the week it has reached; an empty list: none.

    Parameters
    ----------
    model : LinkageModel
        At any week between two steps; nothing is changed.

    Returns
    -------
    list of str
        One sentence a broken law, with the place and both sides of the sum.
    """
    return [sentence for law in LAWS for sentence in law(model)]


def _unequal(what: str, left: float, right: float, tolerance: float) -> Iterator[str]:
    bound = tolerance * max(1.0, abs(left), abs(right)) if tolerance < CENT else tolerance
    if math.isnan(left) or math.isnan(right) or abs(left - right) > bound:
        yield f"{what}: {left:.6g} is not {right:.6g}"


def _total(model: Any, community: int, which: Count) -> float:
    return float(model.course.counts[community, :, int(which)].sum())


def needs(model: Any) -> Iterator[str]:
    """Needs at the start, begun and moved in are those gone, moved away and still there."""
    gone = (
        Count.RECOVERIES, Count.ENDED_BY_GOVERNMENT, Count.ENDED_BY_PURCHASE,
        Count.ENDED_BY_NEIGHBOURS, Count.LEFT,
    )
    came = sum(
        _total(model, place, which)
        for place in range(model.people.n_communities)
        for which in (Count.ONSETS, Count.ARRIVED)
    )
    went = sum(
        _total(model, place, which)
        for place in range(model.people.n_communities) for which in gone
    )
    active = float(np.unpackbits(model.state.active).sum())
    start = float(np.sum(model.initial_needs))
    yield from _unequal("needs: initial + onsets + arrived", start + came, went + active, 1e-12)


def files(model: Any) -> Iterator[str]:
    """Every file is approved, rejected, waiting, expired or withdrawn, and only one of these."""
    seen = Counter((file.id, file.year) for file in model.approval.files)
    for (name, year), times in seen.items():
        if times > 1:
            yield f"files: {name} of year {year} was submitted {times} times"
    for file in model.approval.files:
        decided = file.decided_day is not None
        waiting = not decided and not file.expired and not file.withdrawn
        states = (
            decided and file.approved, decided and not file.approved, waiting, file.expired,
            file.withdrawn,
        )
        if sum(states) != 1:
            yield f"files: {file.id} of year {file.year} is in {sum(states)} states, not in one"
        if decided and file.decided_day < file.submitted_day:
            yield f"files: {file.id} was decided before it was submitted"
        if waiting and model.week >= (file.year + 1) * WEEKS_PER_YEAR:
            yield f"files: {file.id} still waits after year {file.year} was closed"
    approved = {(file.id, file.year) for file in model.approval.files if file.approved}
    signed = Counter((item.id, item.file.year) for item in model.implementation.contracts)
    for key, times in signed.items():
        continued = "+" in key[0]
        if times > 1 or (key not in approved and not continued):
            yield f"files: {key[0]} has {times} contracts and no approval of its own"


def money(model: Any) -> Iterator[str]:
    """Each community's budget of a year is spent, owed, bound, put aside or still there."""
    for committee in model.committees:
        for year, ledger in committee.ledgers.items():
            place = f"money: community {committee.community}, year {year}"
            asked = ledger.hearing + ledger.checking + ledger.early_money
            yield from _unequal(f"{place}, administration", ledger.administration, asked, CENT)
            known = asked + ledger.station
            if ledger.closed:
                known += ledger.paid + ledger.payable + ledger.returned
                yield from _unequal(f"{place}, budget", ledger.budget, known, CENT)
                if abs(ledger.bound) > CENT or ledger.checking_reserve > CENT:
                    yield f"{place}: {ledger.bound:.2f} yuan still bound after the books closed"
                if ledger.returned < -CENT:
                    yield f"{place}: {-ledger.returned:.2f} yuan more spent than there were"
            else:
                known += ledger.bound + ledger.checking_reserve
                yield from _unequal(f"{place}, budget", ledger.budget, known + ledger.free, CENT)
                if ledger.free < -CENT:
                    yield f"{place}: {-ledger.free:.2f} yuan more promised than there were"
            lowest = min(ledger.paid, ledger.payable, ledger.bound, ledger.hearing,
                         ledger.checking, ledger.checking_reserve, ledger.station)
            if lowest < -CENT:
                yield f"{place}: an account stands at {lowest:.2f} yuan"


def organizations(model: Any) -> Iterator[str]:
    """What organizations earn here is what ledgers paid; wages are hours worked; books balance."""
    price = model.plan.world.staff_hour_yuan
    paid_to: defaultdict[int, float] = defaultdict(float)
    worked_by: defaultdict[int, float] = defaultdict(float)
    for contract in model.implementation.contracts:
        number = contract.organization.number
        paid_to[number] += contract.paid_yuan
        worked_by[number] += _so_far(model, contract, "worked_hours")
    for item in model.organizations:
        books, name = item.books, f"books: organization {item.number}"
        closing = books.opening + books.income + books.outside_income
        closing -= books.wages + books.overheads
        yield from _unequal(name, books.cash, closing, CENT)
        yield from _unequal(f"{name}, income", books.income, paid_to[item.number], CENT)
        if model.week % STAFF_WEEKS == 0:
            wages = worked_by[item.number] * price
            yield from _unequal(f"{name}, wages", books.wages, wages, CENT)
        there = item.n_hired - item.separations
        if len(item.workers) != there:
            yield (f"books: organization {item.number} employs {len(item.workers)}, hired less "
                   f"left are {there}")
    earned = sum(item.books.income for item in model.organizations)
    paid = sum(
        ledger.paid for item in model.committees for ledger in item.ledgers.values()
    )
    yield from _unequal("books: income of all organizations and payments", earned, paid, CENT)
    owed = sum(item.receivable for item in model.organizations)
    payable = sum(
        ledger.payable for item in model.committees for ledger in item.ledgers.values()
    )
    yield from _unequal("books: money owed to organizations and payable", owed, payable, CENT)
    received = sum(item.paid_yuan for item in model.implementation.contracts)
    yield from _unequal("books: payments on contracts", received, paid, CENT)


def staff_hours(model: Any) -> Iterator[str]:
    """Contract hours are worked once, never above the contract, split into parts that fit."""
    for contract in model.implementation.contracts:
        done = contract.totals
        if not done:
            continue
        what = f"hours: {contract.id}"
        whole = done["worked_hours"]
        parts = done["substance_hours"] + done["showcase_hours"] + done["document_hours"]
        if parts > whole * (1.0 + HOURS_TOLERANCE) + HOURS_TOLERANCE:
            yield f"{what}: {parts:.3f} hours of work in {whole:.3f} hours at work"
        if whole > contract.hours * (1.0 + HOURS_TOLERANCE) + HOURS_TOLERANCE:
            yield f"{what}: {whole:.3f} hours worked, {contract.hours:.3f} bought"
        if min(done.values()) < 0.0:
            yield f"{what}: a negative total"
        for mix in contract.mixes:
            if min(mix.substance, mix.showcase, mix.documents) < 0.0 or (
                mix.substance + mix.showcase + mix.documents > 1.0 + HOURS_TOLERANCE
            ):
                yield f"{what}: shares of hours are not shares of one"
    for organization in model.organizations:
        weekly = sum(
            float(model.implementation.rows.projects.hours[item.row])
            for item in organization.contracts
        )
        able = organization.hours_available() * (1.0 + HOURS_TOLERANCE)
        if organization.alive and weekly > able + HOURS_TOLERANCE:
            yield (f"hours: organization {organization.number} works {weekly:.3f} hours a week, "
                   f"its staff has {able:.3f}")
    for community in range(model.people.n_communities):
        mine = [item for item in model.implementation.contracts
                if item.file.candidate.community == community]
        spent = sum(_so_far(model, item, "substance_hours") for item in mine)
        counted = _total(model, community, Count.SUBSTANCE_HOURS)
        yield from _unequal(f"hours: substance, community {community}", counted, spent, 1e-6)
    for committee in model.committees:
        if committee.hours_left < -HOURS_TOLERANCE:
            yield f"hours: committee {committee.community} used more hours than it has"


def _so_far(model: Any, contract: Any, name: str) -> float:
    if contract.totals:
        return float(contract.totals[name])
    return float(getattr(model.implementation.rows.projects, name)[contract.row])


def volunteers(model: Any) -> Iterator[str]:
    """Who began or joined has left or is there; hours used were offered; credits add up."""
    a_week = model.volunteer_hours / WEEKS_PER_YEAR
    for community in range(model.people.n_communities):
        rows = model.people.rows(community)
        came = model.neighbourhood.first_volunteers[community]
        came += _total(model, community, Count.JOINED)
        there = np.count_nonzero(model.state.volunteer[rows] == VOLUNTEER)
        yield from _unequal(
            f"volunteers: began and joined in community {community}, gone and there", came,
            _total(model, community, Count.DROPPED) + there, 1e-12,
        )
        used = _total(model, community, Count.VOLUNTEER_HOURS)
        offered = _total(model, community, Count.VOLUNTEER_WEEKS) * a_week
        if used > offered * (1.0 + HOURS_TOLERANCE) + HOURS_TOLERANCE:
            yield f"volunteers: {used:.3f} hours used of {offered:.3f} offered"
        earned = _total(model, community, Count.CREDIT_ISSUED)
        kept = float(model.state.credit[rows].sum(dtype=np.float64))
        kept += _total(model, community, Count.CREDIT_REDEEMED)
        kept += _total(model, community, Count.CREDIT_LOST)
        yield from _unequal(
            f"volunteers: credits of community {community}", earned, kept, CREDIT_TOLERANCE
        )


def denominators(model: Any) -> Iterator[str]:
    """Shares are of what there is: parts never exceed the whole, and match stays a share."""
    pairs = (
        (Count.COVERED_SEVERITY, Count.SEVERITY_WEEKS),
        (Count.BOUGHT_SEVERITY, Count.COVERED_SEVERITY),
        (Count.TOP_SEVERITY_WEEKS, Count.SEVERITY_WEEKS),
        (Count.TOP_COVERED_SEVERITY, Count.TOP_SEVERITY_WEEKS),
        (Count.UNCOVERED_WEEKS, Count.NEED_WEEKS),
        (Count.MATCH_SUM, Count.MATCH_WEIGHT),
        (Count.SERVED_EARLY, Count.EPISODES),
    )
    for community in range(model.people.n_communities):
        for part, whole in pairs:
            above, below = _total(model, community, part), _total(model, community, whole)
            if above > below * (1.0 + 1e-9) + 1e-9 or above < 0.0:
                yield f"shares: {part.name} {above:.6g} of {whole.name} {below:.6g}"
        rows = model.people.rows(community)
        yield from _unequal(
            f"shares: resident-weeks of community {community}",
            _total(model, community, Count.RESIDENT_WEEKS),
            float(rows.stop - rows.start) * model.week, 1e-12,
        )


LAWS: tuple[Callable[[Any], Iterator[str]], ...] = (
    needs, files, money, organizations, staff_hours, volunteers, denominators,
)
