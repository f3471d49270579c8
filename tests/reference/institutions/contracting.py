"""Stage 3: who gets a contract, when it begins, how its hours are split and staffed.

Source: model.md section 8.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tests.reference.institutions.organization import Organization
from tests.reference.institutions.papers import DAYS_PER_YEAR, Agreement, File
from tests.reference.institutions.promising import hours_of, promise, usual_contact
from tests.reference.services import DAYS

LEAST_DAYS = 7.0
AT_WORK = (
    "worked_hours", "substance_hours", "showcase_hours", "document_hours", "volunteer_hours",
    "contacts", "events", "heads", "ended", "ended_target", "screened",
)


class Contracting:
    """Stage 3 for all communities.

    Attributes
    ----------
    running
        Contracts in force, in the order of their beginning.
    awarded
        Contracts an organization was awarded in a year: who has many bids less.
    """

    def __init__(self, hall: Any) -> None:
        self.hall, self.plan = hall, hall.plan
        self.policy = hall.plan.policy.implementation
        self.all: list[Agreement] = []
        self.running: list[Agreement] = []
        self.awarded: dict[tuple[int, int], int] = {}

    def of(self, community: int, year: int) -> list[Agreement]:
        """All contracts of a community in a year, in the order of their beginning."""
        return [
            item for item in self.all
            if item.file.idea.community == community and item.file.year == year
        ]

    # -- tender and signature -----------------------------------------------------------------

    def award(self, file: File) -> None:
        """Find an organization and the day on which the contract can start."""
        bidders = self.hall.organizations_for(file.idea.community)
        winner = self.best_bidder(file, bidders) if bidders else None
        days = self.tender_days()
        if self.policy.bundle_communities > 1:
            days += self.plan.assumptions.delivery.bundle_notice_days
        start = max(
            self.hall.timeline.day + days, self.hall.approving.money_day(file.year)
        )
        if winner is None:
            self._lapse(file, "no bidder")
        elif start > (file.year + 1) * DAYS_PER_YEAR - LEAST_DAYS:
            self._lapse(file, "year ended before it could start")
        else:
            self._count_award(winner.number, file.year)
            self.hall.timeline.plan(start, self.sign, file, winner)

    def tender_days(self) -> float:
        """Days that a tender takes."""
        delivery = self.plan.assumptions.delivery
        return {
            "competitive": delivery.tender_days_competitive,
            "negotiated": delivery.tender_days_negotiated,
            "incumbent": delivery.tender_days_incumbent,
        }[self.policy.tender]

    def best_bidder(self, file: File, bidders: Sequence[Organization]) -> Organization:
        """Take the strongest bid; who was renewed for good scores goes first where that counts."""
        idea, market = file.idea, self.plan.assumptions.market
        key = (idea.community, idea.category)
        renewed = [item for item in bidders if item.renewed.get(key)]
        pool = renewed if renewed and self.policy.tender == "incumbent" else bidders

        def strength(item: Organization) -> float:
            bid = item.bid(idea.category, idea.community, idea.identity, file.year)
            if item.renewed.get(key):
                bid += market.renewal_bonus
            if self.plan.policy.evaluation.publication:
                bid += item.reputation - market.reputation_start
            bid -= market.crowding * self.awarded.get((item.number, file.year), 0)
            return bid

        return max(pool, key=lambda item: (strength(item), -item.number))

    def _count_award(self, number: int, year: int) -> None:
        self.awarded[(number, year)] = self.awarded.get((number, year), 0) + 1

    def _lapse(self, file: File, reason: str) -> None:
        self.hall.ledger_of(file).bound -= file.idea.cost_yuan
        file.reason = reason

    def sign(self, file: File, organization: Organization) -> None:
        """Begin a contract: places are opened, hours are split, the first money is paid."""
        if not organization.alive:
            self._lapse(file, "organization closed")
            return
        day = self.hall.timeline.day
        self._put_to_work(file, organization, day, self.policy.contract_years - 1)

    def go_on(self, old: Agreement, file: File) -> None:
        """Let a contract go on for another year, with a ramp already climbed."""
        self._count_award(old.organization.number, file.year)
        self._put_to_work(file, old.organization, old.signed_day, old.years_left - 1)

    def _put_to_work(
        self, file: File, organization: Organization, signed_day: float, years_left: int
    ) -> None:
        hall, day = self.hall, self.hall.timeline.day
        promised, places = promise(self.plan, file.idea)
        leader = organization.appoint_leader()
        item = Agreement(
            file, organization, signed_day, (file.year + 1) * DAYS_PER_YEAR,
            hours_of(self.plan, file.idea.cost_yuan), promised, places, years_left,
            number=len(self.all), leader=leader,
            last_share=self.plan.policy.evaluation.last_tranche_share,
            competence=organization.competence, autonomy=self.policy.autonomy_share,
        )
        item.hours_factor, item.end_factor = (
            leader.methods() if leader else usual_contact(self.plan)
        )
        organization.contracts.append(item)
        organization.keep_contact(file.idea.community)
        self.all.append(item)
        self.running.append(item)
        item.paid_yuan = (1.0 - item.last_share) * file.idea.cost_yuan
        hall.ledger_of(file).paid += item.paid_yuan
        organization.books.income += item.paid_yuan
        hall.begin_work(item)
        self.set_mix(item, day, 0)
        self.refresh(organization)
        hall.timeline.plan((day + item.end_day) / 2.0, self.midterm, item)

    # -- at work ------------------------------------------------------------------------------

    def set_mix(self, item: Agreement, day: float, revision: int) -> None:
        """Let the organization split its hours, until it revises the split."""
        mix = item.organization.choose_mix(item, day, revision)
        item.mixes.append(mix)
        if item.leader is not None:
            item.leader.paperwork = mix.documents

    def midterm(self, item: Agreement) -> None:
        """Check a project half-way where that is the rule, and let the organization revise."""
        if item not in self.running:
            return
        if self.policy.midterm_check:
            self.hall.evaluating.check_midterm(item)
        self.set_mix(item, self.hall.timeline.day, 1)

    def refresh(self, organization: Organization) -> None:
        """Set hours and skill of an organization's contracts by the staff it has now.

        Where hours fall short, all contracts get the same part of what they need. Where a leader
        has left, somebody else takes over, if anybody is there.
        """
        weekly = []
        for item in organization.contracts:
            weeks = max(1.0, (item.end_day - item.started_day()) / DAYS)
            weekly.append(item.hours / weeks)
        needed = math.fsum(weekly)
        scale = min(1.0, organization.hours_available() / needed) if needed > 0.0 else 0.0
        for item, hours in zip(organization.contracts, weekly, strict=True):
            if item.leader is None or item.leader not in organization.workers:
                item.leader = organization.appoint_leader()
                if item.leader is not None:
                    item.hours_factor, item.end_factor = item.leader.methods()
            item.weekly_hours = hours * scale
            item.skill = self._skill(item)

    def _skill(self, item: Agreement) -> float:
        if item.leader is None:
            return 0.0
        skill = item.leader.skill * item.leader.trained(float(self.hall.week))
        skill *= item.competence[item.file.idea.category]
        flaw = self.plan.assumptions.officials.flaw_skill
        return skill * flaw if item.file.idea.flawed else skill

    def close(self, item: Agreement) -> None:
        """End a contract: read its totals, settle what was delivered, free its leader."""
        item.totals = {
            name: float(item.work.totals[name]) if item.work is not None else 0.0
            for name in AT_WORK
        }
        item.delivery_weeks = (item.end_day - item.started_day()) / DAYS
        ledger, cost = self.hall.ledger_of(item.file), item.file.idea.cost_yuan
        item.delivered_yuan = cost * min(1.0, item.totals["worked_hours"] / item.hours)
        entitled = item.delivered_yuan * (1.0 - item.last_share)
        back = item.paid_yuan - entitled
        ledger.paid -= back
        item.paid_yuan = entitled
        item.organization.books.income -= back
        ledger.bound -= cost
        if item.leader is not None:
            item.leader.led = max(0, item.leader.led - 1)
        self.running.remove(item)
        item.organization.contracts.remove(item)
