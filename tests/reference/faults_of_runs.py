"""Broken rules that hold the decisions of institutions together: a whole run must notice each."""

from __future__ import annotations

from typing import Any

from tests.reference.faults import Fault, always, nothing
from tests.reference.institutions import desks, hall, listening, measuring, organization
from tests.reference.institutions.approving import Approving
from tests.reference.institutions.contracting import Contracting
from tests.reference.institutions.desks import Office, Way
from tests.reference.institutions.evaluating import Evaluating
from tests.reference.institutions.hall import Hall
from tests.reference.institutions.organization import Organization
from tests.reference.institutions.proposing import Proposing

Rule = Any


def _stack(_: Rule) -> Rule:
    def arrive(self: Any, visit: Any) -> None:
        if self.busy < self.desk.officers:
            self._work_on(visit)
        else:
            self.waiting.insert(0, visit)

    return arrive


def _goes_on_when_returned(right: Rule) -> Rule:
    def enter(self: Any) -> None:
        if self.round and self.step == 0:
            self.step = len(self.steps) - 1
        right(self)

    return enter


def _next_free_number(_: Rule) -> Rule:
    return lambda name, unit: unit


# name -> (case, fault)
IN_A_RUN: dict[str, tuple[str, Fault]] = {
    "the last file is taken first": ("desks in a row", Fault(Office, "arrive", _stack)),
    "no statutory minimum, no meetings": ("desks in a row", Fault(
        Office, "when_decided", always(lambda self, ready, arrived: ready))),
    "meetings at any time": ("flaws, scandals and blame", Fault(
        desks, "next_meeting", always(lambda day, gaps: day))),
    "no files from outside": ("desks in a row", Fault(Office, "load_from_outside", nothing)),
    "mended files go to the last desk": (
        "desks in a row", Fault(Way, "enter", _goes_on_when_returned)),
    "desks are numbered by unit": ("desks in a row", Fault(
        desks, "desk_number", _next_free_number)),
    "files never expire": ("files that expire", Fault(Approving, "close_year", nothing)),
    "every year brings a file the same luck": ("desks in a row", Fault(
        desks, "VISITS_A_YEAR", always(0))),
    "every year brings a contract the same second thoughts": ("contracts over three years", Fault(
        organization, "REVISIONS_A_YEAR", always(0))),
    "both looks at a project see the same sample": ("risk and learning", Fault(
        measuring, "VISITS_A_LOOK", always(0))),
    "money is not bound": ("desks in a row", Fault(
        Approving, "_bind", always(lambda self, file: True))),
    "scandals frighten nobody": (
        "flaws, scandals and blame", Fault(Approving, "add_checks", nothing)),
    "meetings of officers are free": ("desks in a row", Fault(
        Approving, "yuan_of_meetings", always(lambda self: 0.0))),
    "whom a hearing told of is forgotten": (
        "everybody at once", Fault(Proposing, "_put_on_list", nothing)),
    "contracts begin a week early": ("equal shares", Fault(
        Contracting, "tender_days", always(lambda self: 8.0))),
    "no second thoughts": ("equal shares", Fault(Contracting, "midterm", nothing)),
    "nothing is withheld": ("risk and learning", Fault(
        Evaluating, "check_midterm", nothing)),
    "the last tranche is not put aside": ("evaluation by lot", Fault(
        Evaluating, "means", always(lambda self, ledger, community, year: 0.0))),
    "nobody is hired": ("equal shares", Fault(
        Organization, "hire", nothing)),
    "the broke go on": ("broke, and newcomers", Fault(Hall, "_dissolve", nothing)),
    "portfolios are not remembered": ("equal shares", Fault(
        Hall, "_remember_portfolio", nothing)),
    "organizations work everywhere": ("broke, and newcomers", Fault(
        Hall, "organizations_for", always(lambda self, community: self.organizations))),
    "staff is looked after twice as often": ("equal shares", Fault(hall, "STAFF_WEEKS", always(2))),
    "learning is left out": ("risk and learning", Fault(Organization, "learn", nothing)),
    "everybody takes part by the toss of a coin": ("equal shares", Fault(
        listening, "clip", always(lambda value: 0.5))),
}

# These are seen at the desks alone, too.
OF_DESKS = (
    "the last file is taken first", "no statutory minimum, no meetings", "meetings at any time",
    "no files from outside", "mended files go to the last desk", "desks are numbered by unit",
    "scandals frighten nobody",
)
