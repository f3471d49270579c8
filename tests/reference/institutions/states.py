"""The state of plain institutions as dicts by mechanism, to be compared with the engine's."""

from __future__ import annotations

from typing import Any

from tests.reference.institutions.hall import Hall
from tests.reference.states import Plain

MECHANISMS = (
    "hearing", "committees", "money", "files", "desks", "streets", "events to come",
    "organizations", "workers", "effort", "agreements", "verdicts", "turnover",
)
LEDGER = (
    "budget", "hearing", "checking", "checking_reserve", "station", "bound", "paid",
    "paid_at_close", "payable", "returned", "closed", "staff_yuan", "officer_yuan", "early_money",
)
FILE = (
    "year", "submitted_day", "expected_need", "evidence_quality", "alignment", "visibility",
    "need_per_yuan", "roster_in_need", "rank_score", "decided_day", "approved", "expired",
    "reason", "returns", "visits", "officer_yuan",
)
WORKER = (
    "number", "since_week", "burnout", "led", "paperwork", "skill", "case_share", "group_share",
)
CONTRACT = (
    "signed_day", "end_day", "hours", "promised", "places", "true_effect", "paid_yuan",
    "withheld_share", "delivered_yuan", "delivery_weeks", "years_left", "last_share", "followed",
)


def plain_institutions(hall: Hall) -> Plain:
    """Read everything that institutions know, hold and have decided."""
    contracts = hall.contracting.all
    return {
        "hearing": {key: _hearing(item) for key, item in hall.proposing.hearings.items()},
        "committees": [
            {"hours left": item.hours_left, "hours of the year": item.hours_per_year,
             "last shares": item.last_shares, "drawer": [idea.name for idea in item.drawer]}
            for item in hall.committees
        ],
        "money": [
            {year: _named(ledger, LEDGER) for year, ledger in item.ledgers.items()}
            for item in hall.committees
        ],
        "files": [_file(file) for file in hall.approving.files],
        "desks": {
            key: (office.number, office.busy, office.served, office.extra_checks,
                  [(visit.identity, visit.number, visit.arrived) for visit in office.waiting])
            for key, office in hall.approving.offices.items()
        },
        "streets": [street.scandals for street in hall.streets],
        "events to come": (hall.timeline.planned, len(hall.timeline.coming)),
        "organizations": [_organization(item) for item in hall.organizations],
        "workers": [
            [_named(worker, WORKER) for worker in item.workers] for item in hall.organizations
        ],
        "effort": [
            [(mix.substance, mix.showcase, mix.documents) for mix in item.mixes]
            for item in contracts
        ],
        "agreements": [_contract(item) for item in contracts],
        "verdicts": [_verdict(item) for item in contracts],
        "turnover": dict(hall.turnover),
    }


def _named(item: Any, names: tuple[str, ...]) -> Plain:
    return {name: getattr(item, name) for name in names}


def _hearing(item: Any) -> Plain:
    ballots = item.ballots
    return {
        "heard": item.heard, "quality": item.quality, "known": item.known, "yuan": item.yuan,
        "hours": item.hours, "asked": item.asked, "sources": item.sources,
        "ballots": [sorted(ballot) for ballot in ballots] if ballots is not None else None,
        "day": item.closing_day,
    }


def _file(file: Any) -> Plain:
    idea = file.idea
    return {
        **_named(file, FILE), "name": idea.name, "identity": idea.identity,
        "category": idea.category, "cost": idea.cost_yuan, "flawed": idea.flawed,
        "returning": idea.returning, "roster": file.roster, "shares": file.need_shares,
    }


def _organization(item: Any) -> Plain:
    books = item.books
    return {
        **_named(item, ("alive", "home", "competence", "mission", "reputation", "expected_score",
                        "outcome_belief", "outcome_doubt", "receivable", "separations",
                        "relationship", "renewed", "vacancies", "hired")),
        "books": (books.opening, books.income, books.outside_income, books.wages,
                  books.overheads),
        "contracts": [contract.file.idea.name for contract in item.contracts],
    }


def _contract(item: Any) -> Plain:
    return {
        **_named(item, CONTRACT), "name": item.file.idea.name,
        "organization": item.organization.number, "totals": item.totals,
        "leader": item.leader.number if item.leader is not None else None,
    }


def _verdict(item: Any) -> Plain | None:
    verdict = item.verdict
    if verdict is None:
        return None
    return {
        "score": verdict.score, "pay": verdict.score, "indicators": verdict.indicators,
        "renewed": verdict.renewed, "cost": verdict.cost_yuan, "felt": verdict.felt,
        "audited": verdict.audited,
    }
