"""Where the fast engine decides: tender, effort, staff, books, evaluation, payment."""

from __future__ import annotations

from typing import Any

import numpy as np

from linkage_sim.agents.evaluator import Evaluator
from linkage_sim.agents.organization import SocialOrganization
from linkage_sim.offices import Offices
from linkage_sim.stages.evaluation.instruments import Outcome
from linkage_sim.stages.evaluation.stage import EvaluationStage
from linkage_sim.stages.implementation.stage import ImplementationStage
from tests.reference.engine_decisions import Point
from tests.reference.engine_institutions import plain_numbers
from tests.reference.engine_twins import (
    contract_of,
    file_of,
    ledger_of,
    local,
    organization_of,
    residents_of,
)


def _own(model: Any, own: Any, *_: Any) -> dict[str, Any]:
    return {"organization": organization_of(model, own)}


def _bidders(model: Any, own: Any, file: Any) -> dict[str, Any]:
    bundle = model.plan.policy.implementation.bundle_communities
    bidders = model.organizations_for(file.candidate.community, bundle)
    return {
        "file": file_of(model, file), "awarded": dict(own.awarded),
        "bidders": [organization_of(model, item) for item in bidders],
    }


def _staff_after(model: Any, own: Any, left: int, *_: Any) -> Any:
    return (left, plain_numbers(own.vacancies), own.n_hired, own.separations,
            [(worker.number, worker.burnout, worker.since_week) for worker in own.workers])


def _terms_after(model: Any, own: Any, _: Any, organization: Any) -> Any:
    projects = own.rows.columns
    return [
        (*(float(getattr(projects, name)[item.row])
           for name in ("hours", "skill", "hours_factor", "end_factor")),
         item.leader.number if item.leader is not None else None)
        for item in organization.contracts
    ]


def _books(item: Any) -> list[float]:
    names = ("opening", "income", "outside_income", "wages", "overheads")
    return [float(getattr(item.books, name)) for name in names]


def _newcomers(model: Any) -> list[int]:
    return [item.home for item in model.organizations if not item.founder]


def _case(model: Any, own: Any, case: Any) -> dict[str, Any]:
    contract = case.contract
    category = contract.file.candidate.category
    return {
        "contract": contract_of(model, contract), "week": case.week, "look": case.look,
        "residents": residents_of(model, contract.file.candidate.community),
        "recovery": float(model.course.recovery_rate[category]),
        "means": float(case.means_yuan),
    }


def _case_of_contract(model: Any, own: Any, contract: Any, *_: Any) -> dict[str, Any]:
    category = contract.file.candidate.category
    return {
        "contract": contract_of(model, contract), "week": model.week, "look": 0,
        "residents": residents_of(model, contract.file.candidate.community),
        "recovery": float(model.course.recovery_rate[category]), "means": float("inf"),
    }


def _verdict_after(model: Any, own: Any, verdict: Any, case: Any) -> Any:
    indicators = {name: float(value) for name, value in verdict.indicators.items()}
    return (float(verdict.score), indicators, bool(verdict.renewed), float(verdict.cost_yuan),
            plain_numbers(verdict.felt), bool(verdict.audited))


def _target_after(model: Any, own: Any, rows: Any, contract: Any, served: Any) -> Any:
    community = contract.file.candidate.community
    here = local(model, community, rows[rows >= 0])
    return here + [None] * int(np.count_nonzero(rows < 0))


def _close_given(model: Any, own: Any, contract: Any) -> dict[str, Any]:
    return {
        "organization": organization_of(model, contract.organization),
        "contract": contract_of(model, contract),
        "ledger": ledger_of(own._ledger(contract.file)),
        "totals": {name: float(getattr(own.rows.columns, name)[contract.row]) for name in (
            "worked_hours", "substance_hours", "showcase_hours", "document_hours",
            "volunteer_hours", "contacts", "events", "heads", "ended", "ended_target",
            "screened")},
    }


def _settle_given(model: Any, own: Any, contract: Any, verdict: Any, ledger: Any) -> Any:
    return {
        "organization": organization_of(model, contract.organization),
        "contract": contract_of(model, contract), "ledger": ledger_of(ledger),
        "score": float(verdict.score), "day": float(model.timeline.day),
    }


def _settled(model: Any, own: Any, _: Any, contract: Any, verdict: Any, ledger: Any) -> Any:
    day, _, _, details = max(model.timeline._events, key=lambda event: event[1])
    return (ledger.payable, contract.organization.receivable, day, details[1])


BUYING = [
    Point("tender", ImplementationStage, "_choose_bidder", _bidders,
          lambda model, own, chosen, file: chosen),
    Point("effort", SocialOrganization, "choose_mix",
          lambda model, own, contract, day, revision: {
              **_own(model, own), "contract": contract_of(model, contract), "day": float(day),
              "revision": revision},
          lambda model, own, mix, *_: (mix.substance, mix.showcase, mix.documents)),
    Point("staff", SocialOrganization, "look_after_staff",
          lambda model, own, week, weeks, lots: {**_own(model, own), "week": week,
                                                 "weeks": weeks}, _staff_after),
    Point("hours and skill", ImplementationStage, "refresh",
          lambda model, own, organization: {**_own(model, organization), "week": model.week},
          _terms_after),
    Point("books", Offices, "_keep_books",
          lambda model, own, organization: {**_own(model, organization),
                                            "booked": dict(own._worked)},
          lambda model, own, _, organization: _books(organization)),
    Point("insolvency", SocialOrganization, "is_insolvent", _own,
          lambda model, own, broke: bool(broke)),
    Point("end of a contract", ImplementationStage, "close", _close_given,
          lambda model, own, _, contract: (
              ledger_of(own._ledger(contract.file)), contract.paid_yuan,
              contract.delivered_yuan, _books(contract.organization))),
    Point("entry", Offices, "_enter",
          lambda model, own, year: {"year": year, "founders": model.founders,
                                    "communities": model.people.n_communities,
                                    "newcomers": _newcomers(model)},
          lambda model, own, _, year: _newcomers(model)),
]
EVALUATING = [
    Point("money put aside for checks", EvaluationStage, "reserve",
          lambda model, own, community, year: {
              "ledger": ledger_of(own._ledger(community, year))},
          lambda model, own, yuan, *_: float(yuan)),
    Point("respondents", Evaluator, "choose_respondents",
          lambda model, own, contract, met, kind: _case_of_contract(model, own, contract),
          lambda model, own, rows, contract, *_:
              local(model, contract.file.candidate.community, rows)),
    Point("target group", Evaluator, "target_group", _case_of_contract, _target_after),
    Point("outcome of a sample", Outcome, "measure", _case,
          lambda model, own, share, case: share),
    Point("score and audit", Evaluator, "judge", _case, _verdict_after),
    Point("true effect", EvaluationStage, "true_effect", _case,
          lambda model, own, share, *_: float(share)),
    Point("line of the mid-term check", EvaluationStage, "_line",
          lambda model, own, contract: {"contract": contract_of(model, contract),
                                        "day": float(model.timeline.day)},
          lambda model, own, line, contract: float(line)),
    Point("last tranche", EvaluationStage, "_settle", _settle_given, _settled),
    Point("learning", SocialOrganization, "learn",
          lambda model, own, contract, verdict: {
              **_own(model, own), "mix": contract_of(model, contract)["mixes"][-1],
              "score": float(verdict.score),
              "indicators": {name: float(value) for name, value in verdict.indicators.items()}},
          lambda model, own, _, *__: (own.expected_score, own.reputation, own.outcome_belief,
                                      own.outcome_doubt)),
    Point("end of a year's money", EvaluationStage, "close_year",
          lambda model, own, community, year: {
              "ledger": ledger_of(own._ledger(community, year))},
          lambda model, own, _, community, year: ledger_of(own._ledger(community, year))),
    Point("scandal", EvaluationStage, "scandal",
          lambda model, own, contract: {"file": file_of(model, contract.file)},
          lambda model, own, out, contract: out),
]
LATER_POINTS = [*BUYING, *EVALUATING]
