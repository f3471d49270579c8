"""Tender, effort, staff, books, evaluation and payment by the plain institutions.

As `decisions`: each from what the engine's decision received.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from linkage_sim.draws import Draws
from linkage_sim.scenario.schema import Scenario
from tests.reference.institutions import measuring
from tests.reference.institutions.contracting import Contracting
from tests.reference.institutions.decisions import Answer, Given
from tests.reference.institutions.evaluating import Evaluating
from tests.reference.institutions.hall import Hall
from tests.reference.institutions.measuring import Inspection
from tests.reference.institutions.organization import Books, Organization
from tests.reference.institutions.papers import Agreement, Ledger, Mix, Verdict
from tests.reference.institutions.street import Street
from tests.reference.institutions.timeline import Timeline
from tests.reference.institutions.worker import Worker

SET_APART = ("file", "mixes", "leader", "worked", "record", "totals", "factors")


# -- plain objects out of plain data ----------------------------------------------------------


def _organization(plan: Scenario, draws: Draws, told: Given) -> Organization:
    told = copy.deepcopy(told)
    item = Organization(plan, draws, told["number"], told["home"], told["usual_income"])
    workers, contracts = told.pop("workers"), told.pop("contracts")
    told["books"] = Books(**told["books"])
    item.__dict__.update(told)
    item.workers = []
    for known in workers:
        worker = Worker(plan, draws, known["number"], known["since_week"])
        worker.__dict__.update(known)
        item.workers.append(worker)
    item.contracts = [_contract(contract, item) for contract in contracts]
    return item


def _contract(told: Given, organization: Any = None) -> Agreement:
    file = copy.deepcopy(told["file"])
    item = Agreement(
        file, organization,
        **{name: value for name, value in told.items() if name not in SET_APART},
    )
    item.mixes = [Mix(*mix) for mix in told["mixes"]]
    item.totals = dict(told["totals"])
    item.hours_factor, item.end_factor = told["factors"]
    item.work = SimpleNamespace(
        totals={"worked_hours": told["worked"]}, record=list(told["record"])
    )
    leaders = organization.workers if organization is not None else []
    item.leader = next((one for one in leaders if one.number == told["leader"]), None)
    return item


def _hall(plan: Scenario, draws: Draws, **more: Any) -> Any:
    return SimpleNamespace(plan=plan, draws=draws, timeline=Timeline(), week=0, **more)


def _books(item: Organization) -> list[float]:
    books = item.books
    return [books.opening, books.income, books.outside_income, books.wages, books.overheads]


# -- buying -----------------------------------------------------------------------------------


def _tender(plan: Scenario, draws: Draws, given: Given) -> tuple[int, float]:
    contracting = Contracting(_hall(plan, draws))
    contracting.awarded = given["awarded"]
    bidders = [_organization(plan, draws, told) for told in given["bidders"]]
    winner = contracting.best_bidder(given["file"], bidders).number if bidders else -1
    return winner, contracting.tender_days()


def _effort(plan: Scenario, draws: Draws, given: Given) -> tuple[float, float, float]:
    item = _contract(given["contract"])
    organization = _organization(plan, draws, given["organization"])
    mix = organization.choose_mix(item, given["day"], given["revision"])
    return mix.substance, mix.showcase, mix.documents


def _staff(plan: Scenario, draws: Draws, given: Given) -> Any:
    item = _organization(plan, draws, given["organization"])
    left = item.look_after_staff(given["week"], given["weeks"])
    workers = [(worker.number, worker.burnout, worker.since_week) for worker in item.workers]
    return left, item.vacancies, item.hired, item.separations, workers


def _hours_and_skill(plan: Scenario, draws: Draws, given: Given) -> Any:
    hall = _hall(plan, draws)
    hall.week = given["week"]
    organization = _organization(plan, draws, given["organization"])
    Contracting(hall).refresh(organization)
    return [
        (item.weekly_hours, item.skill, item.hours_factor, item.end_factor,
         item.leader.number if item.leader is not None else None)
        for item in organization.contracts
    ]


def _keep_books(plan: Scenario, draws: Draws, given: Given) -> list[float]:
    item = _organization(plan, draws, given["organization"])
    booked = SimpleNamespace(_booked=dict(given["booked"]))
    item.keep_books(Hall._newly_worked(booked, item), 4)
    return _books(item)


def _close(plan: Scenario, draws: Draws, given: Given) -> Any:
    ledger = Ledger(**given["ledger"])
    contracting = Contracting(_hall(plan, draws, ledger_of=lambda file: ledger))
    organization = _organization(plan, draws, given["organization"])
    item = _contract(given["contract"], organization)
    item.work.totals = given["totals"]
    contracting.running.append(item)
    organization.contracts = [item]
    contracting.close(item)
    return ledger.__dict__, item.paid_yuan, item.delivered_yuan, _books(organization)


def _entry(plan: Scenario, draws: Draws, given: Given) -> Sequence[int]:
    homes: list[int] = list(given["newcomers"])
    hall = _hall(
        plan, draws, founders=given["founders"], _found=homes.append,
        committees=[None] * given["communities"],
    )
    Hall._let_organizations_enter(hall, given["year"])
    return homes


# -- evaluating -------------------------------------------------------------------------------


def _case(plan: Scenario, draws: Draws, given: Given) -> Inspection:
    item = _contract(given["contract"])
    return Inspection(
        plan, draws, given["week"], given["residents"], item, item.met(), given["recovery"],
        given["means"], given["look"],
    )


def _judge(plan: Scenario, draws: Draws, given: Given) -> Any:
    verdict = measuring.judge(_case(plan, draws, given))
    return (verdict.score, verdict.indicators, verdict.renewed, verdict.cost_yuan, verdict.felt,
            verdict.audited)


def _reserve(plan: Scenario, draws: Draws, given: Given) -> float:
    return Evaluating(_hall(plan, draws)).reserve(Ledger(**given["ledger"]))


def _line(plan: Scenario, draws: Draws, given: Given) -> float:
    return Evaluating(_hall(plan, draws)).line_of(_contract(given["contract"]), given["day"])


def _settle(plan: Scenario, draws: Draws, given: Given) -> Any:
    hall, ledger = _hall(plan, draws), Ledger(**given["ledger"])
    hall.timeline.day = given["day"]
    item = _contract(
        given["contract"], _organization(plan, draws, given["organization"])
    )
    verdict = Verdict(given["score"], {}, False, 0.0, [], False)
    Evaluating(hall)._settle(item, verdict, ledger)
    day, _, _, details = hall.timeline.coming[0]
    return ledger.payable, item.organization.receivable, day, details[1]


def _learn(plan: Scenario, draws: Draws, given: Given) -> Any:
    item = _organization(plan, draws, given["organization"])
    item.learn(
        Mix(*given["mix"]),
        Verdict(given["score"], given["indicators"], False, 0.0, [], False),
    )
    return item.expected_score, item.reputation, item.outcome_belief, item.outcome_doubt


def _close_year(plan: Scenario, draws: Draws, given: Given) -> Any:
    ledger = Ledger(**given["ledger"])
    Evaluating(_hall(plan, draws)).close_year(ledger)
    return ledger.__dict__


LATER_DECISIONS: dict[str, Answer] = {
    "tender": _tender,
    "effort": _effort,
    "staff": _staff,
    "hours and skill": _hours_and_skill,
    "books": _keep_books,
    "insolvency": lambda plan, draws, given: _organization(
        plan, draws, given["organization"]).is_insolvent(),
    "end of a contract": _close,
    "entry": _entry,
    "money put aside for checks": _reserve,
    "respondents": lambda plan, draws, given: measuring.respondents(_case(plan, draws, given)),
    "target group": lambda plan, draws, given: measuring.target_group(_case(plan, draws, given)),
    "outcome of a sample": lambda plan, draws, given: measuring.outcome(
        _case(plan, draws, given)),
    "score and audit": _judge,
    "true effect": lambda plan, draws, given: measuring.true_effect(_case(plan, draws, given)),
    "line of the mid-term check": _line,
    "last tranche": _settle,
    "learning": _learn,
    "end of a year's money": _close_year,
    "scandal": lambda plan, draws, given: Street(plan, draws, 0).hears_of_scandal(given["file"]),
}
