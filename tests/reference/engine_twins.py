"""Plain twins of what the fast engine's institutions have before them, at one moment.

Everything is copied: what the engine changes later does not change the twin.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from linkage_sim.kernels.tables import ATTENDED, CONTACT_ENDED
from linkage_sim.projects import Contract, Ledger
from tests.reference.engine import categories
from tests.reference.engine_institutions import plain_numbers
from tests.reference.institutions.papers import File, Hearing, Idea
from tests.reference.institutions.states import LEDGER

IDENTITY_BITS = 20
HOW = {ATTENDED: "attended", CONTACT_ENDED: "contact that ended the need"}
OF_ORGANIZATION = (
    "number", "home", "alive", "mission", "reputation", "expected_score", "outcome_belief",
    "outcome_doubt", "receivable", "separations",
)
OF_WORKER = (
    "number", "since_week", "burnout", "led", "paperwork", "skill", "case_share", "group_share",
)
OF_CONTRACT = (
    "signed_day", "end_day", "hours", "promised", "places", "years_left", "paid_yuan",
    "withheld_share", "delivered_yuan", "delivery_weeks", "last_share",
)


def residents_of(model: Any, community: int) -> list[SimpleNamespace]:
    """Everybody of a community, as the reference would have them."""
    people, state, records = model.people, model.state, model.course.needs.records
    rows = people.rows(community)
    found = []
    for row in range(rows.start, rows.stop):
        active = categories(int(state.active[row]))
        record = records[int(state.record[row])]
        needs = [
            SimpleNamespace(
                category=category, active=category in active, onset=float(record.onset[category]),
                cover=float(record.cover[category]),
                cover_bought=float(record.cover_bought[category]),
            )
            for category in range(8)
        ]
        found.append(SimpleNamespace(
            row=row - rows.start, identity=(community << IDENTITY_BITS) + row - rows.start,
            household=int(people.household[row]), grown_up=bool(people.age_group[row] > 0),
            status=int(people.status[row]), voice=float(people.voice[row]),
            trust=float(state.trust[row]), satisfaction=float(state.satisfaction[row]),
            arrived=int(state.arrived[row]), needs=needs,
            active_needs=[need for need in needs if need.active],
            known_to={"committee": set(categories(int(state.list_committee[row])))},
        ))
    for person in found:
        ties = people.ties_of(rows.start + person.row)
        person.ties = [found[int(other) - rows.start] for other in ties]
    return found


def idea_of(candidate: Any) -> Idea:
    """Twin of a project idea."""
    return Idea(
        candidate.id, candidate.identity, candidate.community, candidate.year,
        candidate.category, float(candidate.cost_yuan), bool(candidate.flawed),
        candidate.returning,
    )


def local(model: Any, community: int, rows: Any) -> list[int]:
    """Rows within the community."""
    first = int(model.people.first_row[community])
    return [int(row) - first for row in rows]


def file_of(model: Any, file: Any) -> File:
    """Twin of an application."""
    return File(
        idea_of(file.candidate), file.year, file.submitted_day, file.expected_need,
        file.evidence_quality, file.alignment, file.visibility,
        local(model, file.candidate.community, file.roster), file.need_per_yuan,
        file.roster_in_need, plain_numbers(file.need_shares),
    )


def ballots_of(ballots: Any) -> list[frozenset[int]] | None:
    """Twins of ballots."""
    if ballots is None:
        return None
    return [frozenset(categories(int(bits))) for bits in ballots]


def hearing_of(model: Any, community: int, hearing: Any) -> Hearing:
    """Twin of what a committee goes by."""
    known = {
        category: local(model, community, rows) for category, rows in hearing.known.items()
    }
    return Hearing(
        plain_numbers(hearing.heard), plain_numbers(hearing.quality), known,
        float(hearing.yuan), float(hearing.hours), int(hearing.asked), tuple(hearing.sources),
        ballots_of(hearing.ballots),
    )


def ground_of(model: Any, ground: Any) -> dict[str, Any]:
    """What a source has before it."""
    community = int(ground.place.community)
    return {
        "community": community, "week": int(ground.place.week),
        "residents": residents_of(model, community),
        "district_mean": plain_numbers(ground.district_mean), "campaign": int(ground.campaign),
        "hours": float(ground.hours), "yuan": float(ground.yuan),
    }


def ledger_of(ledger: Ledger) -> dict[str, float]:
    """Twin of a year's money."""
    return {name: getattr(ledger, name) for name in LEDGER}


def contract_of(model: Any, contract: Contract) -> dict[str, Any]:
    """Twin of a contract, with what it came to so far and whom it met."""
    rows, community = model.implementation.rows, contract.file.candidate.community
    worked = float(rows.columns.worked_hours[contract.row])
    met, kind = rows.lines_of(community, contract.row)
    record = [
        (row, HOW.get(int(how), "contact"))
        for row, how in zip(local(model, community, met), kind, strict=True)
    ]
    return {
        **{name: getattr(contract, name) for name in OF_CONTRACT},
        "file": file_of(model, contract.file), "totals": dict(contract.totals),
        "mixes": [(mix.substance, mix.showcase, mix.documents) for mix in contract.mixes],
        "leader": contract.leader.number if contract.leader is not None else None,
        "worked": worked, "record": record, "factors": (
            float(rows.columns.hours_factor[contract.row]),
            float(rows.columns.end_factor[contract.row]),
        ),
        "competence": plain_numbers(contract.organization.competence),
    }


def organization_of(model: Any, item: Any) -> dict[str, Any]:
    """Twin of an organization with its workers, books and contracts."""
    books = ("opening", "income", "outside_income", "wages", "overheads")
    leaders = {worker.number for worker in item.workers}
    contracts = [contract_of(model, contract) for contract in item.contracts]
    for contract in contracts:
        contract["leader"] = contract["leader"] if contract["leader"] in leaders else None
    return {
        **{name: getattr(item, name) for name in OF_ORGANIZATION},
        "competence": plain_numbers(item.competence), "relationship": dict(item.relationship),
        "renewed": dict(item.renewed), "vacancies": plain_numbers(item.vacancies),
        "hired": item.n_hired, "usual_income": item.usual_income(),
        "books": {name: float(getattr(item.books, name)) for name in books},
        "workers": [{name: getattr(worker, name) for name in OF_WORKER}
                    for worker in item.workers],
        "contracts": contracts,
    }
