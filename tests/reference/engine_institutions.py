"""How the fast engine's institutions are read, as plain dicts by mechanism."""

from __future__ import annotations

from typing import Any

from linkage_sim.model import LinkageModel
from tests.reference.institutions.states import CONTRACT, FILE, LEDGER, MECHANISMS, WORKER
from tests.reference.states import Plain, known


def plain_numbers(values: Any) -> list[float]:
    """Give a column as a list."""
    return [float(value) for value in values]


def names_of(item: Any, names: tuple[str, ...]) -> Plain:
    """Read some attributes; an unknown number becomes None."""
    return {name: known(getattr(item, name)) for name in names}


def engine_institutions(model: LinkageModel) -> Plain:
    """Read everything that institutions know, hold and have decided."""
    first = model.people.first_row
    found: Plain = dict.fromkeys(MECHANISMS)
    found["hearing"] = {
        key: _hearing(hearing, int(first[key[0]])) for key, hearing in
        model.proposal.hearings.items()
    }
    found["committees"] = [_committee(item) for item in model.committees]
    found["money"] = [
        {year: names_of(ledger, LEDGER) for year, ledger in item.ledgers.items()}
        for item in model.committees
    ]
    found["files"] = [
        _file(file, int(first[file.candidate.community])) for file in model.approval.files
    ]
    found["desks"] = {
        key: (queue.number, queue.busy, queue.served, queue.extra_checks,
              [(visit.identity, visit.visit, visit.arrived) for visit in queue.waiting])
        for key, queue in model.approval._queues.items()
    }
    found["streets"] = [street.scandals for street in model.streets]
    found["events to come"] = (model.timeline._planned, len(model.timeline))
    found["organizations"] = [_organization(item) for item in model.organizations]
    found["workers"] = [
        [names_of(worker, WORKER) for worker in item.workers] for item in model.organizations
    ]
    found["effort"] = [
        [(mix.substance, mix.showcase, mix.documents) for mix in item.mixes]
        for item in model.implementation.contracts
    ]
    found["agreements"] = [_contract(item) for item in model.implementation.contracts]
    found["verdicts"] = [_verdict(item.verdict) for item in model.implementation.contracts]
    found["turnover"] = dict(model.offices.turnover)
    return found


def _hearing(hearing: Any, first: int) -> Plain:
    ballots = None
    if hearing.ballots is not None:
        ballots = [
            sorted(category for category in range(8) if int(bits) >> category & 1)
            for bits in hearing.ballots
        ]
    return {
        "heard": plain_numbers(hearing.heard), "quality": plain_numbers(hearing.quality),
        "known": {category: [int(row) - first for row in rows]
                  for category, rows in hearing.known.items()},
        "yuan": float(hearing.yuan), "hours": float(hearing.hours), "asked": int(hearing.asked),
        "sources": tuple(hearing.sources), "ballots": ballots, "day": hearing.closing_day,
    }


def _committee(item: Any) -> Plain:
    return {
        "hours left": float(item.hours_left), "hours of the year": float(item.hours_per_year),
        "last shares": plain_numbers(item.last_shares),
        "drawer": [idea.id for idea in item.drawer],
    }


def _file(file: Any, first: int) -> Plain:
    idea = file.candidate
    return {
        **names_of(file, FILE), "name": file.id, "identity": idea.identity,
        "category": idea.category, "cost": float(idea.cost_yuan), "flawed": bool(idea.flawed),
        "returning": idea.returning, "roster": [int(row) - first for row in file.roster],
        "shares": plain_numbers(file.need_shares),
    }


def _organization(item: Any) -> Plain:
    books = item.books
    return {
        "alive": item.alive, "home": item.home, "competence": plain_numbers(item.competence),
        **names_of(item, ("mission", "reputation", "expected_score", "outcome_belief",
                          "outcome_doubt", "receivable", "separations")),
        "relationship": dict(item.relationship),
        "renewed": {key: bool(value) for key, value in item.renewed.items()},
        "vacancies": plain_numbers(item.vacancies), "hired": item.n_hired,
        "books": tuple(float(getattr(books, name)) for name in
                       ("opening", "income", "outside_income", "wages", "overheads")),
        "contracts": [contract.id for contract in item.contracts],
    }


def _contract(item: Any) -> Plain:
    return {
        **names_of(item, CONTRACT), "name": item.id, "organization": item.organization.number,
        "totals": dict(item.totals),
        "leader": item.leader.number if item.leader is not None else None,
    }


def _verdict(verdict: Any) -> Plain | None:
    if verdict is None:
        return None
    return {
        "score": float(verdict.score), "pay": float(verdict.pay_share),
        "indicators": {name: float(value) for name, value in verdict.indicators.items()},
        "renewed": bool(verdict.renewed), "cost": float(verdict.cost_yuan),
        "felt": plain_numbers(verdict.felt), "audited": bool(verdict.audited),
    }
