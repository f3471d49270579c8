"""The state of the reference as plain dicts, to be compared with the engine's."""

from __future__ import annotations

import math
from typing import Any

from tests.reference.rates import WEEKS_PER_YEAR
from tests.reference.services import Contract
from tests.reference.town import Town

Plain = dict[str, Any]
NEVER_CHANGES = ("household", "age_group", "fifth", "group", "status", "voice", "taste")
QUARTER_WEEKS = 13
CARRIES = ("carry", "free_carry", "event_carry", "head_carry")
TOTALS = (
    "worked_hours", "substance_hours", "showcase_hours", "document_hours", "volunteer_hours",
    "contacts", "events", "heads", "ended", "ended_target", "screened",
)


def known(value: Any) -> Any:
    """Give None for an unknown number, which would not equal itself."""
    return None if isinstance(value, float) and math.isnan(value) else value


def reference_state(town: Town) -> Plain:
    """Read the same of the reference."""
    over = town.week % WEEKS_PER_YEAR == 0  # contracts of a year have ended
    return {
        "residents": {
            (community.number, person.row): _plain_person(person, town)
            for community in town.communities
            for person in community.residents
        },
        "counts": {
            (community.number, year, name): amount
            for community in town.communities
            for year, counts in enumerate(community.tally.years)
            for name, amount in counts.items()
            if amount != 0.0
        },
        "contracts": {
            (community.number, contract.signed.identity): _plain_contract(contract)
            for community in town.communities
            for contract in community.contracts
            if not over
        },
        "carries": {
            community.number: (community.used_share, community.formal_share, community.volunteers)
            for community in town.communities
        },
        "turnout": dict(town.turnout),
        "need sums": [community.need_sums for community in town.communities],
    }


def in_run(due: float, weeks: int) -> float | None:
    """Give the moment at which a clock rings, None where that is after the end of the run."""
    return due if due < weeks else None


def still_felt(cover: float, week: int) -> float | None:
    """Give until when a need is covered, None where that was over a quarter ago."""
    return cover if cover > week - QUARTER_WEEKS else None


def _plain_person(person: Any, town: Town) -> Plain:
    needs = person.needs
    return {
        "active": tuple(need.category for need in person.active_needs),
        "served": tuple(need.category for need in needs if need.served),
        **{f"list_{side}": tuple(sorted(listed)) for side, listed in person.known_to.items()},
        "changes": tuple(need.changes for need in needs),
        "due": tuple(in_run(need.due, town.weeks) for need in needs),
        "onset": tuple(need.onset if need.active else None for need in needs),
        "cover": tuple(still_felt(need.cover, town.week) for need in needs),
        "cover_bought": tuple(still_felt(need.cover_bought, town.week) for need in needs),
        "aware": int(person.aware),
        "arrived": person.arrived,
        "expectation": person.expectation,
        "satisfaction": person.satisfaction,
        "trust": person.trust,
        "lift": person.lift,
        "shown": person.shown_until,
        "volunteer": person.volunteering,
        **{name: getattr(person, name) for name in
           ("volunteer_due", "volunteer_changes", "left_week", "hours_used", "idle_weeks",
            "credit", "asked_by", "motivation")},
    }


def _plain_contract(contract: Contract) -> Plain:
    how = {"contact": 0, "contact that ended the need": 1, "attended": 2}
    return {
        **{name: getattr(contract, name) for name in CARRIES},
        **{name: contract.totals[name] for name in TOTALS},
        "seats": [
            (seat.state, seat.holder.row if seat.holder is not None else None, seat.left)
            for seat in contract.seats
        ],
        "met": [row for row, _ in contract.record],
        "how": [how[kind] for _, kind in contract.record],
    }


def settled_state(town: Town) -> list[Plain]:
    """Read the same of the reference's residents."""
    return [
        {name: getattr(person, name) for name in NEVER_CHANGES}
        | {"ties": [other.row for other in person.ties]}
        for community in town.communities
        for person in community.residents
    ]
