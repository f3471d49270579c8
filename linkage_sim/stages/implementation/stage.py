"""From approval to the end of a contract: who gets it, when it starts, how it is worked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linkage_sim.kernels.tables import Practice
from linkage_sim.projects import Candidate, Contract, File, Ledger, Mix
from linkage_sim.scenario.fields import CATEGORIES
from linkage_sim.stages.implementation.rows import ContractRows
from linkage_sim.timeline import DAYS_PER_WEEK, DAYS_PER_YEAR

LEAST_DAYS = 7.0


class ImplementationStage:
    """Stage 3 for all communities of a model.

    Parameters
    ----------
    model
        The model whose timeline, actors and columns are used.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.plan = model.plan
        self.rows = ContractRows(model.course.columns)
        self.practice = self._practice()
        self.contracts: list[Contract] = []
        # In the order of their beginning; a dict finds one among the thousands of a city at once.
        self.running: dict[Contract, None] = {}
        self._by_year: dict[tuple[int, int], list[Contract]] = {}
        self.awarded: dict[tuple[int, int], int] = {}
        staff = self.plan.assumptions.staff
        community = max(0.0, 1.0 - staff.case_share - staff.group_share)
        self.usual_hours = (
            staff.case_share
            + staff.group_share * staff.group_hours
            + community * staff.community_hours
        )
        self.usual_end = (
            staff.case_share + staff.group_share * staff.group_end + community * staff.community_end
        )

    def rescreen_hours(self, community: int) -> float:
        """Give the hours that re-screening a place takes; 0 where places are not re-screened."""
        rescreen = self.plan.policy.implementation.rescreen
        # Re-screening that costs nothing is still re-screening.
        price = max(self.plan.assumptions.delivery.rescreen_hours, 1e-9) if rescreen else 0.0
        return float(self.model.mediators.through("roster", community, price))

    def _practice(self) -> Practice:
        """Give the kernel its prices."""
        delivery, helping = self.plan.assumptions.delivery, self.plan.assumptions.volunteers
        return Practice(
            hours_per_contact=delivery.hours_per_contact,
            hours_per_event=delivery.hours_per_event,
            heads_per_event=delivery.heads_per_event,
            contacts_per_place=delivery.contacts_per_place,
            ramp_weeks=delivery.ramp_weeks,
            search_half=delivery.search_half,
            retarget_hours=delivery.retarget_hours,
            coordination=helping.coordination,
            coordination_share=helping.coordination_share,
            productivity=helping.productivity,
            publicity_lift=self.plan.assumptions.opinion.publicity_lift,
        )

    def hours_of(self, cost_yuan: float) -> float:
        """Staff hours that a contract's yuan buy."""
        world = self.plan.world
        return cost_yuan * world.staff_share / world.staff_hour_yuan

    def promise(self, candidate: Candidate) -> tuple[float, int]:
        """What a project promises: needs ended, and places.

        Contract hours net of the least paper, all substance, full ramp, skill 1, no volunteers.
        """
        delivery = self.plan.assumptions.delivery
        burden = self.plan.policy.implementation.reporting_burden_share
        hours = self.hours_of(candidate.cost_yuan) * (1.0 - burden)
        contacts = hours / (delivery.hours_per_contact * self.usual_hours)
        category = CATEGORIES[candidate.category]
        ended = getattr(self.plan.assumptions.needs.end_probability, category) * self.usual_end
        # Where contacts only cover, a place well covered is what can be promised.
        worth = ended if ended > 0.0 else 1.0 / delivery.contacts_per_place
        promised = contacts * worth * delivery.promise_level
        places = max(1, round(contacts / delivery.contacts_per_place))
        return self.model.mediators.through(
            "promise", candidate.id, (promised, places)
        )

    # -- tender and signature -----------------------------------------------------------------

    def award(self, file: File) -> None:
        """Find an organization and the day on which the contract can start."""
        model, policy = self.model, self.plan.policy.implementation
        now = model.timeline.day
        number, days = self._choose_bidder(file)
        if policy.bundle_communities > 1:
            days += self.plan.assumptions.delivery.bundle_notice_days
        number, days = model.mediators.through("award", (file.id, file.year), (number, days))
        start = max(now + days, model.approval.money_day(file.year))
        end_of_year = float((file.year + 1) * DAYS_PER_YEAR)
        if number < 0 or start > end_of_year - LEAST_DAYS:
            self._lapse(file, "no bidder" if number < 0 else "year ended before it could start")
        else:
            self._count_award(number, file.year)
            model.timeline.plan(start, self.sign, file, number)

    def _choose_bidder(self, file: File) -> tuple[int, float]:
        delivery, policy = self.plan.assumptions.delivery, self.plan.policy.implementation
        market = self.plan.assumptions.market
        candidate = file.candidate
        bidders = self.model.organizations_for(candidate.community, policy.bundle_communities)
        days = {
            "competitive": delivery.tender_days_competitive,
            "negotiated": delivery.tender_days_negotiated,
            "incumbent": delivery.tender_days_incumbent,
        }[policy.tender]
        if not bidders:
            return -1, days
        # An organization renewed for good scores goes first where incumbents are favoured.
        key = (candidate.community, candidate.category)
        renewed = [item for item in bidders if item.renewed.get(key)]
        pool = renewed if renewed and policy.tender == "incumbent" else bidders
        published = self.model.mediators.through(
            "published", file.year, self.plan.policy.evaluation.publication
        )

        def strength(item: Any) -> tuple[float, int]:
            bid = item.bid(
                candidate.category, candidate.community, candidate.identity, policy.tender,
                file.year,
            )
            if item.renewed.get(key):
                bid += market.renewal_bonus
            if published:
                bid += item.reputation - market.reputation_start
            bid -= market.crowding * self.awarded.get((item.number, file.year), 0)
            return bid, -item.number

        return max(pool, key=strength).number, days

    def _lapse(self, file: File, reason: str) -> None:
        ledger = self._ledger(file)
        ledger.bound -= file.candidate.cost_yuan
        file.reason = reason
        self.model.journal.note(self.model.timeline.day, file.id, "lapsed", reason=reason)

    def _ledger(self, file: File) -> Ledger:
        return self.model.committees[file.candidate.community].ledgers[
            file.year
        ]

    def sign(self, file: File, number: int) -> None:
        """Begin a contract: places are opened, hours are split, the first money is paid."""
        model = self.model
        organization = model.organizations[number]
        if not organization.alive:
            self._lapse(file, "organization closed")
            return
        candidate, day = file.candidate, model.timeline.day
        promised, places = self.promise(candidate)
        delivery = self.plan.assumptions.delivery
        row = self.rows.take(
            candidate.community, candidate.identity, places, self.still_here(file),
            delivery.contacts_per_place,
        )
        years = self.plan.policy.implementation.contract_years
        years = model.mediators.through("decision", ("years", file.id), years)
        contract = Contract(
            file=file, organization=organization, signed_day=day,
            end_day=float((file.year + 1) * DAYS_PER_YEAR), row=row,
            hours=self.hours_of(candidate.cost_yuan), promised=promised, places=places,
            years_left=years - 1,
        )
        self._put_to_work(contract, day)
        model.journal.note(
            day, contract.id, "signed", organization=number, places=places,
            promised=round(promised, 2), weeks=round((contract.end_day - day) / 7.0, 1),
            go_on=False, bidders=len(model.organizations_for(
                candidate.community, self.plan.policy.implementation.bundle_communities
            )),
        )

    def _count_award(self, number: int, year: int) -> None:
        # Counted from the award: many contracts are signed on the same day, when money is there.
        self.awarded[(number, year)] = self.awarded.get((number, year), 0) + 1

    def go_on(self, old: Contract, file: File) -> None:
        """Let a contract over several years go on for another one, with a ramp already climbed."""
        candidate = file.candidate
        promised, places = self.promise(candidate)
        row = self.rows.take(
            candidate.community, candidate.identity, places, self.still_here(file),
            self.plan.assumptions.delivery.contacts_per_place,
        )
        contract = Contract(
            file=file, organization=old.organization, signed_day=old.signed_day,
            end_day=float((file.year + 1) * DAYS_PER_YEAR), row=row,
            hours=self.hours_of(candidate.cost_yuan), promised=promised, places=places,
            years_left=old.years_left - 1,
        )
        self._count_award(old.organization.number, file.year)
        self._put_to_work(contract, self.model.timeline.day)
        self.model.journal.note(
            self.model.timeline.day, contract.id, "signed", places=places, go_on=True,
            organization=contract.organization.number, promised=round(promised, 2),
            weeks=round((contract.end_day - self.model.timeline.day) / 7.0, 1),
        )

    def still_here(self, file: File) -> Any:
        """Give the persons named in a file, -1 for each who has moved away since: int32 rows."""
        moved = self.model.state.arrived[file.roster] * float(DAYS_PER_WEEK) > file.submitted_day
        return np.where(moved, -1, file.roster).astype(np.int32)

    def _put_to_work(self, contract: Contract, day: float) -> None:
        model, file, row = self.model, contract.file, contract.row
        organization = contract.organization
        projects, category = self.rows.columns, file.candidate.category
        leader = organization.appoint_leader()
        hours, ended = leader.method_factors() if leader else (self.usual_hours, self.usual_end)
        contract.leader = leader
        projects.category[row] = category
        projects.start_day[row] = contract.signed_day
        projects.end_day[row] = contract.end_day
        projects.hours_factor[row] = hours
        projects.end_factor[row] = ended
        projects.competence[row] = organization.competence
        autonomy = self.plan.policy.implementation.autonomy_share
        projects.autonomy[row] = model.mediators.through("retarget", contract.id, autonomy)
        organization.contracts.append(contract)
        organization.keep_contact(file.candidate.community)
        self.contracts.append(contract)
        self.running[contract] = None
        key = file.candidate.community, file.year
        self._by_year.setdefault(key, []).append(contract)
        last = model.mediators.through(
            "payment", ("last", contract.id), self.plan.policy.evaluation.last_tranche_share
        )
        contract.last_share = last
        advance = (1.0 - last) * file.candidate.cost_yuan
        self._ledger(file).paid += advance
        contract.paid_yuan = advance
        organization.books.income += advance
        self.set_mix(contract, day, 0)
        self.refresh(organization)
        middle = (day + contract.end_day) / 2.0
        model.timeline.plan(middle, self.midterm, contract)

    def contracts_of(self, community: int, year: int) -> list[Contract]:
        """Give all contracts of a community in a fiscal year, in the order of their beginning."""
        return self._by_year.get((community, year), [])

    def set_mix(self, contract: Contract, day: float, revision: int) -> None:
        """Let the organization split its hours, now and until it revises the split."""
        mix: Mix = contract.organization.choose_mix(contract, day, revision)
        mix = self.model.mediators.through("mix", (contract.id, revision), mix)
        contract.mixes.append(mix)
        projects, row = self.rows.columns, contract.row
        projects.substance[row] = mix.substance
        projects.showcase[row] = mix.showcase
        projects.documents[row] = mix.documents
        if contract.leader is not None:
            contract.leader.paperwork = mix.paperwork
        self.model.journal.note(
            day, contract.id, "mix", substance=round(mix.substance, 4),
            showcase=round(mix.showcase, 4), documents=round(mix.documents, 4), revision=revision,
        )

    def midterm(self, contract: Contract) -> None:
        """Check a project half-way where that is the rule, and let the organization revise."""
        if contract not in self.running:
            return
        day = self.model.timeline.day
        mediators = self.model.mediators
        experiment = mediators.recording or mediators.frozen("check")
        if self.plan.policy.implementation.midterm_check or experiment:
            self.model.evaluation.check_midterm(contract)
        self.set_mix(contract, day, 1)

    def refresh(self, organization: Any) -> None:
        """Set hours and skill of an organization's contracts by the staff it has now."""
        projects, week = self.rows.columns, self.model.week
        weekly = {}
        for contract in organization.contracts:
            weeks = max(1.0, (contract.end_day - contract.started_day) / DAYS_PER_WEEK)
            weekly[contract.row] = contract.hours / weeks
        needed = math.fsum(weekly.values())
        available = organization.hours_available()
        scale = min(1.0, available / needed) if needed > 0.0 else 0.0
        flaw = self.plan.assumptions.officials.flaw_skill
        for contract in organization.contracts:
            leader = contract.leader
            if leader is None or leader not in organization.workers:
                # The leader has left: somebody else takes over, if anybody is there.
                leader = organization.appoint_leader()
                contract.leader = leader
                if leader is not None:
                    hours, ended = leader.method_factors()
                    projects.hours_factor[contract.row] = hours
                    projects.end_factor[contract.row] = ended
            row, category = contract.row, contract.file.candidate.category
            projects.hours[row] = weekly[row] * scale
            skill = leader.skill * leader.trained(float(week)) if leader else 0.0
            skill *= float(organization.competence[category])
            projects.skill[row] = skill * (flaw if contract.file.candidate.flawed else 1.0)

    # -- the end of a contract ----------------------------------------------------------------

    def close(self, contract: Contract) -> None:
        """End a contract: read its totals, settle what was delivered, free its leader."""
        row, projects = contract.row, self.rows.columns
        for name in (
            "worked_hours", "substance_hours", "showcase_hours", "document_hours",
            "volunteer_hours", "contacts", "events", "heads", "ended", "ended_target", "screened",
        ):
            contract.totals[name] = float(getattr(projects, name)[row])
        contract.delivery_weeks = (contract.end_day - contract.started_day) / DAYS_PER_WEEK
        ledger, cost = self._ledger(contract.file), contract.file.candidate.cost_yuan
        done = min(1.0, contract.totals["worked_hours"] / contract.hours)
        contract.delivered_yuan = cost * done
        entitled = contract.delivered_yuan * (1.0 - contract.last_share)
        back = contract.paid_yuan - entitled
        ledger.paid -= back
        contract.paid_yuan = entitled
        organization = contract.organization
        organization.books.income -= back
        ledger.bound -= cost
        if contract.leader is not None:
            contract.leader.led = max(0, contract.leader.led - 1)
        del self.running[contract]
        organization.contracts.remove(contract)

    def free_row(self, contract: Contract) -> None:
        """Give the row of a closed contract back, after it has been evaluated."""
        self.rows.give_back(contract.file.candidate.community, contract.row)
