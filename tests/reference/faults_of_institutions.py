"""Broken decisions of institutions: taken again from what the engine's decision received.

Each must give something else than the engine. `faults_of_runs` breaks what holds them together.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from linkage_sim.draws import Decision
from tests.reference.faults import Fault, always, nothing
from tests.reference.institutions import (
    approving,
    committee,
    decisions,
    desks,
    effort,
    evaluating,
    measuring,
    organization,
    papers,
    promising,
    proposing,
    sources,
    street,
    voting,
)
from tests.reference.institutions.committee import Committee
from tests.reference.institutions.contracting import Contracting
from tests.reference.institutions.evaluating import Evaluating
from tests.reference.institutions.hall import Hall
from tests.reference.institutions.listening import Listening
from tests.reference.institutions.organization import Organization
from tests.reference.institutions.sources import WAYS
from tests.reference.institutions.street import Street
from tests.reference.institutions.voting import by_number_of_votes
from tests.reference.institutions.worker import Worker

Rule = Any


def times(factor: float) -> Any:
    """Let a rule give a multiple of what it should."""
    return lambda right: lambda *given, **named: right(*given, **named) * factor


class OtherLots:
    """Every decision draws from the same place as checks do, which is nobody's own lot."""

    def __getattr__(self, name: str) -> Any:
        return Decision.VERIFICATION


def _no_campaign(right: Rule) -> Rule:
    def follow(ground: Any) -> Any:
        evidence = right(ground)
        evidence.heard = list(ground.district_mean)
        return evidence

    return follow


def _calls_alone(right: Rule) -> Rule:
    def count(ground: Any) -> Any:
        evidence = right(ground)
        evidence.heard = [float(len(rows)) for rows in evidence.known.values()]
        return evidence

    return count


def _without_ties(right: Rule) -> Rule:
    def hold(ground: Any) -> Any:
        alone = [SimpleNamespace(**{**vars(one), "ties": []}) for one in ground.residents]
        return right(replace(ground, residents=alone))

    return hold


def _heard_twice(right: Rule) -> Rule:
    def note(self: Any, person: Any) -> None:
        right(self, person)
        right(self, person)

    return note


def _other_end(right: Rule) -> Rule:
    return lambda *given: list(reversed(right(*given)))


def _cheapest_first(right: Rule) -> Rule:
    def rank(self: Any, files: Any) -> Any:
        return sorted(right(self, files), key=lambda file: file.idea.cost_yuan)

    return rank


def _only_those_found(right: Rule) -> Rule:
    # A target group without those who were never found makes everybody look served.
    return lambda case: [row for row in right(case) if row is not None] or [None]


def _as_if_all_was_worked(right: Rule) -> Rule:
    def close(self: Any, item: Any) -> None:
        item.work.totals = {**item.work.totals, "worked_hours": item.hours}
        right(self, item)

    return close


def _paid_in_full(right: Rule) -> Rule:
    def settle(self: Any, item: Any, verdict: Any, ledger: Any) -> None:
        right(self, item, replace(verdict, score=1.0), ledger)

    return settle


def _ended_needs_alone(_: Rule) -> Rule:
    return lambda case: min(1.0, case.item.totals["ended_target"] / max(case.item.promised, 1e-9))


other_lots = always(OtherLots())

# name -> (mechanism, fault)
OF_A_DECISION: dict[str, tuple[str, Fault]] = {
    # hearing
    "the campaign is not heard": ("heard by directive", Fault(WAYS, "directive", _no_campaign)),
    "activists are heard twice": ("heard by activists", Fault(Listening, "note", _heard_twice)),
    "calls are not scaled up": ("heard by hotline", Fault(WAYS, "hotline", _calls_alone)),
    "one adult speaks for one": ("heard by survey", Fault(
        sources, "household_of", always(lambda ground, person: [person]))),
    "nobody speaks for neighbours": ("heard by assembly", Fault(WAYS, "assembly", _without_ties)),
    "voice counts whole in a vote": ("heard by vote", Fault(
        sources, "f32", always(lambda root: root * root))),
    "a small sample is certain": ("heard by hotline", Fault(
        sources, "standard_error", always(lambda heard, size, asked: [0.0] * 8))),
    "activists are heard where nothing can be paid": ("evidence put together", Fault(
        committee, "CANNOT_PAY", always("activists"))),
    "evidence is always exact": ("evidence put together", Fault(
        committee, "evidence_quality", always(lambda plan, evidence: [1.0] * 8))),
    "a bundle is designed for one": ("one design for a bundle", Fault(
        decisions, "one_design", always(lambda heard, sizes, own: heard[own]))),
    "campaigns are those of another district": ("campaign", Fault(
        proposing, "district_of", always(lambda plan, community: 7))),
    # choosing
    "last year is forgotten": ("shrunk estimate", Fault(
        Committee, "believe", always(lambda self, hearing, campaign: list(hearing.heard)))),
    "returns do not fall": ("portfolio", Fault(committee, "log1p", always(float))),
    "equal shares are counted as votes": ("vote", Fault(
        voting, "equal_shares", always(lambda prices, approvals, budget: by_number_of_votes(
            prices, approvals, budget, [])))),
    "ideas have other numbers": ("ideas on the table", Fault(proposing, "YEARS", always(512))),
    "every contact is casework": ("promise", Fault(
        promising, "usual_contact", always(lambda plan: (1.0, 1.0)))),
    "returns fall at once": ("choice under the money", Fault(
        proposing, "add_up", always(lambda values: 1e-3))),
    "holders from the other end": ("named holders", Fault(
        Committee, "name_holders", _other_end)),
    "need is not weighted": ("file", Fault(
        proposing, "as_tuple", always(lambda table: [1.0] * 8))),
    # approving
    "days of work by another lot": ("days at a desk", Fault(desks, "Decision", other_lots)),
    "files come back by another lot": ("return", Fault(desks, "Decision", other_lots)),
    "the cheapest is best": ("ranking", Fault(Street, "rank", _cheapest_first)),
    "the usual file is perfect": ("quality and returns", Fault(
        street, "USUAL_QUALITY", always(1.0))),
    "officers see every flaw": ("flaw", Fault(
        Street, "finds_flaw", always(lambda self, file, number: file.idea.flawed))),
    "fear does not level off": ("fear of blame", Fault(
        Street, "extra_checks", always(lambda self: 3.0 * self.scandals))),
    "a fiscal year has 365 days": ("opening of the budget", Fault(
        approving, "DAYS_PER_YEAR", always(365.0))),
    # buying
    "tenders take twice as long": ("tender", Fault(Contracting, "tender_days", times(2.0))),
    "bids are seen by another lot": ("tender", Fault(organization, "Decision", other_lots)),
    "substance works at once": ("effort", Fault(
        effort, "mean_ramp", always(lambda ramp, fresh, weeks: 1.0))),
    "renewal is worth nothing": ("effort", Fault(
        effort, "worth_of_score", always(lambda plan, score: 0.3))),
    "no noise around the best": ("effort", Fault(
        effort, "noise_around", always(lambda *_: (0.0, 0.0)))),
    "rest does not heal": ("staff", Fault(Worker, "tire", nothing)),
    "half the work tires": ("staff", Fault(Organization, "workload", times(0.5))),
    "nobody quits": ("staff", Fault(
        Worker, "chance_to_quit", always(lambda self, weeks, late: 0.0))),
    "newcomers know all": ("hours and skill", Fault(
        Worker, "trained", always(lambda self, week: 1.0))),
    "staff has no time": ("hours and skill", Fault(
        Organization, "hours_available", times(1e-3))),
    "a year has forty-eight weeks": ("books", Fault(
        organization, "WEEKS_PER_YEAR", always(48.0))),
    "debts are not counted": ("insolvency", Fault(
        Organization, "owed", always(lambda self: -1e9))),
    "idle hours are paid": ("end of a contract", Fault(
        Contracting, "close", _as_if_all_was_worked)),
    "nobody enters": ("entry", Fault(Hall, "_let_organizations_enter", nothing)),
    # evaluating
    "nothing is put aside": ("money put aside for checks", Fault(
        evaluating, "MOST_RESERVED", always(0.0))),
    "who was met least is asked": ("respondents", Fault(measuring, "respondents", _other_end)),
    "who was never found is forgotten": ("target group", Fault(
        measuring, "target_group", _only_those_found)),
    "natural recovery is a success": ("outcome of a sample", Fault(
        measuring, "exp", always(lambda value: 1.0))),
    "half of every record is empty": ("score and audit", Fault(
        measuring, "emptiness", always(lambda case: 0.5))),
    "cover is no effect": ("true effect", Fault(measuring, "true_effect", _ended_needs_alone)),
    "the line is above itself": ("line of the mid-term check", Fault(
        Evaluating, "line_of", times(1.1))),
    "everybody is paid in full": ("last tranche", Fault(Evaluating, "_settle", _paid_in_full)),
    "every try is a great one": ("learning", Fault(organization, "LEAST_TRIED", always(0.9))),
    "administration costs nothing": ("end of a year's money", Fault(
        papers.Ledger, "administration", always(lambda self: 0.0))),
    "everything comes out": ("scandal", Fault(
        Street, "hears_of_scandal", always(lambda self, file: file.idea.flawed))),
}
