"""What returns in a neighbourhood: helping, feeling, meeting, moving away."""

from __future__ import annotations

from typing import Any

import numpy as np

from linkage_sim.draws import Decision
from linkage_sim.kernels import listening, movement, opinion, public_service, volunteering
from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.records import QUARTER_WEEKS, give_back_records
from linkage_sim.threads import for_each_community
from linkage_sim.timeline import DAYS_PER_WEEK, WEEKS_PER_YEAR

CASE_FINDING = int(Decision.CASE_FINDING)
OPINION_WEEKS = 4
MONTH_WEEKS = 4
MONTHS_PER_YEAR = WEEKS_PER_YEAR / MONTH_WEEKS


class Neighbourhood:
    """Volunteers, feelings, lists and moves of all communities of a model."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.plan = model.plan
        people, state = model.people, model.state
        self.members = volunteering.Members(
            people.age_group, people.tie_start, people.tie_to, state.trust, state.volunteer,
            state.volunteer_due, state.volunteer_changes, state.left_week, state.hours_used,
            state.idle_weeks, state.credit, state.asked_by, state.motivation,
        )
        helping = self.plan.assumptions.volunteers
        bank = self.plan.policy.implementation.time_bank
        # A credit is worth the chance that it is redeemed before it is lost.
        redeemed = helping.time_bank_redeemed
        kept = redeemed / (redeemed + helping.time_bank_default)
        gain = 1.0
        if bank:
            gain = (1.0 + helping.time_bank_gain * kept) * (1.0 - helping.time_bank_crowding)
        hours = helping.time_bank_hours if bank else 0.0
        self.gain, self.bank_hours, self.bank = model.mediators.through(
            "volunteering", "time bank", (gain, hours, bank)
        )
        self.joining = volunteering.Joining(
            helping.join_per_month, helping.asked_per_month, helping.contagion_per_month,
            helping.leave_per_month, helping.idle_effect, helping.formal_effect,
            helping.trust_effect, self.gain,
        )
        feel = self.plan.assumptions.opinion
        self.feelings = opinion.Feelings(
            feel.base, feel.weight_performance, feel.weight_better, feel.weight_worse,
            feel.weight_expectation, feel.expectation_rate, feel.trust_up, feel.trust_down,
            feel.word_of_mouth, feel.neighbour_weight, feel.image_weight, feel.image_unserved,
        )
        self.sight_carry = np.zeros(people.n_communities)
        self.find_carry = np.zeros(people.n_communities)
        self.reach_carry = np.zeros(people.n_communities)
        self.met_week, self.met_left = -1, np.ones(people.n_communities)
        self.moved = np.zeros(people.n_communities, np.int64)
        self.first_volunteers = [0] * people.n_communities
        self.felt = opinion.Felt(
            state.expectation, state.satisfaction, state.trust, state.lift, state.shown,
            people.taste,
        )
        self.turnout: dict[tuple[int, int], tuple[int, int]] = {}

    # -- the start ----------------------------------------------------------------------------

    def start(self) -> None:
        """Begin in the state that lasts without purchase: feelings at rest, volunteers settled."""
        model, state = self.model, self.model.state
        share = self.plan.assumptions.volunteers.start_share
        fixed = self.plan.assumptions.opinion.trust_start
        def settle(community: int) -> None:
            rows = model.people.rows(community)
            usual = self._usual_experience(community)
            felt = self._content(usual) + model.people.taste[rows]
            state.expectation[rows] = usual
            state.satisfaction[rows] = np.clip(felt, 0.0, 1.0)
            if fixed == "stationary":
                around = float(state.satisfaction[rows].mean())
                talk = self.feelings.word_of_mouth
                state.trust[rows] = (1.0 - talk) * state.satisfaction[rows] + talk * around
            else:
                state.trust[rows] = float(fixed)
            place = model.course.place(community, 0)
            self.first_volunteers[community] = volunteering.start_volunteers(
                place, share, self.joining, self.members
            )
            model.course.columns.volunteers[community] = self.first_volunteers[community]

        for_each_community(self.plan.run.threads, model.people.n_communities, settle)

    def _usual_experience(self, community: int) -> float:
        # Needs met without purchase within a quarter, over needs present in it.
        course = self.model.course
        in_need = (course.members[community][:, None] * course.prevalence[community]).sum(axis=0)
        able = course.columns.government[community] + course.columns.mutual_aid[community]
        met = np.minimum(able * QUARTER_WEEKS, in_need)
        total = float((in_need + met).sum())
        return float(met.sum()) / total if total > 0.0 else 0.0

    # -- every week ---------------------------------------------------------------------------

    def step(self, week: int) -> None:
        """Let the joint meeting be held; every four weeks the slower things happen."""
        if self.meets(week):
            self._meet(week)
        if (week + 1) % MONTH_WEEKS == 0:
            communities = self.model.people.n_communities
            for community in range(communities):
                self._find_and_reach(community, week)
            for_each_community(
                self.plan.run.threads, communities, lambda place: self._feel_and_move(place, week)
            )

    def _feel_and_move(self, community: int, week: int) -> None:
        self._feel(community, week)
        self._move(community, week)

    # -- every four weeks ---------------------------------------------------------------------

    def _find_and_reach(self, community: int, week: int) -> None:
        """Let workers find hidden cases, volunteers see some, and the committee tell people."""
        model, state = self.model, self.model.state
        place = model.course.place(community, week)
        staff = self.plan.assumptions.staff
        leading = sum(
            1 for item in model.implementation.contracts_of(community, week // WEEKS_PER_YEAR)
            if item.leader is not None
        )
        self.find_carry[community] += staff.cases_found * leading * 12.0 / MONTHS_PER_YEAR
        self._note(place, self.find_carry, state.list_workers, 0)
        seen = self.plan.assumptions.linkage.sightings / MONTHS_PER_YEAR
        self.sight_carry[community] += seen * model.course.columns.volunteers[community]
        self._note(place, self.sight_carry, state.list_volunteers, 1)
        committee = model.committees[community]
        if self.bank_hours > 0.0:
            committee.spend_hours(
                self.bank_hours * model.course.columns.volunteers[community] / MONTHS_PER_YEAR
            )
        hours = committee.spend_hours(committee.hours_per_year / MONTHS_PER_YEAR)
        self.reach_carry[community] += hours * self.plan.assumptions.delivery.awareness_per_hour
        told = int(self.reach_carry[community])
        self.reach_carry[community] -= told
        if told:
            lots = model.draws.uniforms(
                Decision.TOLD_OF_SERVICES, np.full(told, community), week, np.arange(told)
            )
            size = place.stop - place.first
            state.aware[place.first + (lots * size).astype(int)] = 1

    def _note(self, place: Any, carry: Any, listed: Any, part: int) -> None:
        found = int(carry[place.community])
        carry[place.community] -= found
        active = self.model.state.active
        for number in range(found):
            category = self.model.draws.below(
                Decision.CATEGORY_FOUND, place.community, place.week, 2 * number + part, 8
            )
            row = public_service.find_in_need(
                place, active, CASE_FINDING, 8 * part + category, number, 1 << category
            )
            if row >= 0:
                listed[row] |= np.uint8(1 << category)
                self.model.course.counts[
                    place.community, place.week // WEEKS_PER_YEAR, int(Count.HIDDEN_FOUND)
                ] += 1

    def meets(self, week: int) -> bool:
        """Whether the joint meeting is held at the end of this week."""
        every = self.plan.policy.linkage.meeting_every_weeks
        every = self.model.mediators.through("meeting", ("every", week), every)
        return bool(every > 0 and (week + 1) % every == 0)

    def hours_left_by_meeting(self, community: int, week: int) -> float:
        """Share of a community's contract hours of this week that the joint meeting leaves.

        Each organization with a contract there sends somebody for the hours of a meeting, out of
        the hours it would have worked; an organization without a contract has nothing to lose.
        """
        share = 1.0
        if self.meets(week):
            if self.met_week != week:
                self.met_week, self.met_left = week, self._after_meeting(week)
            share = float(self.met_left[community])
        return float(self.model.mediators.through("meeting", ("hours", community, week), share))

    def volunteers_meet(self, community: int, week: int, offered: float) -> float:
        """Hours of this week that the joint meeting takes of those volunteers offer.

        They send somebody for the hours of a meeting, as every organization does.
        """
        price = self.plan.assumptions.linkage.meeting_hours if self.meets(week) else 0.0
        key = ("volunteers", community, week)
        return float(self.model.mediators.through("meeting", key, min(price, offered)))

    def _after_meeting(self, week: int) -> Any:
        """Share of contract hours left, for all communities at once: float64[communities]."""
        hours: dict[tuple[int, int], float] = {}
        projects = self.model.implementation.rows.columns
        for contract in self.model.implementation.running:
            begin = max(contract.signed_day, float(DAYS_PER_WEEK * week))
            part = max(0.0, DAYS_PER_WEEK * (week + 1) - begin) / DAYS_PER_WEEK
            side = contract.file.candidate.community, contract.organization.number
            hours[side] = hours.get(side, 0.0) + float(projects.hours[contract.row]) * part
        price = self.plan.assumptions.linkage.meeting_hours
        whole, taken = np.zeros(len(self.find_carry)), np.zeros(len(self.find_carry))
        for (community, _), amount in hours.items():
            whole[community] += amount
            taken[community] += min(price, amount)
        return 1.0 - np.divide(taken, whole, out=np.zeros(len(whole)), where=whole > 0.0)

    def _meet(self, week: int) -> None:
        """Hold the joint meeting: lists pass from side to side.

        Its price is hours of each side: of the committee here, of organizations in
        `hours_left_by_meeting`, of volunteers in `volunteers_meet`.
        """
        model, state = self.model, self.model.state
        linkage = self.plan.assumptions.linkage
        for committee in model.committees:
            committee.spend_hours(linkage.meeting_hours)
        rows = np.flatnonzero(state.list_committee | state.list_workers | state.list_volunteers)
        if len(rows) == 0:
            return
        lots = model.draws.uniforms(Decision.LIST_PASSED_ON, model.identities(rows), week)
        passed = rows[lots < linkage.list_share]
        committee_list = state.list_committee[passed].copy()
        workers, volunteers = state.list_workers[passed].copy(), state.list_volunteers[passed]
        state.list_committee[passed] |= volunteers
        state.list_volunteers[passed] |= workers
        state.list_workers[passed] |= committee_list

    def _move(self, community: int, week: int) -> None:
        """Let households move away at the turn to the next week; newcomers know nobody here."""
        rate = self.plan.assumptions.needs.move_per_year
        model, state, course = self.model, self.model.state, self.model.course
        if rate <= 0.0 or week + 1 >= course.weeks:
            return
        place = course.place(community, week + 1)
        rows = model.people.rows(community)
        hope = float(state.expectation[rows].mean())
        newcomer = movement.Newcomer(
            aware=self.plan.assumptions.delivery.awareness_newcomers,
            expectation=hope,
            felt=self._content(hope),
            trust=float(state.trust[rows].mean()),
        )
        moved, helpers = movement.move_homes(
            place, MONTH_WEEKS, -np.log1p(-rate) / WEEKS_PER_YEAR, newcomer,
            model.people.household, model.people.status, course.prevalence[community],
            course.needs, course.known, self.members, self.felt, self.joining,
            course.counts[community],
        )
        if moved:
            table = model.implementation.rows
            movement.vacate_places(
                place, table.of(community), course.known, table.projects, table.places
            )
        self.moved[community] += moved
        model.course.columns.volunteers[community] -= helpers

    def _content(self, experience: float) -> float:
        # Satisfaction of somebody whose expectation is just met, before personal taste.
        feelings = self.feelings
        return feelings.base + (feelings.performance + feelings.of_expectation) * experience

    def _feel(self, community: int, week: int) -> None:
        people, course = self.model.people, self.model.course
        rows = people.rows(community)
        opinion.feel(
            OPINION_WEEKS, rows.start, rows.stop, week + 1, self.feelings, people.tie_start,
            people.tie_to, course.needs, self.felt,
        )
        give_back_records(course.place(community, week), week + 1, course.needs)

    # -- every year ---------------------------------------------------------------------------

    def revise_lists(self) -> None:
        """Let each side go through its list once a year: whose need has gone is struck off."""
        state = self.model.state
        for listed in (state.list_committee, state.list_workers, state.list_volunteers):
            listed &= state.active

    def consult(self, year: int, week: int) -> None:
        """Hold the standard yearly consultation, the same whatever the method of hearing."""
        hearing = self.plan.assumptions.hearing
        for community in range(self.model.people.n_communities):
            place = self.model.course.place(community, week)
            self.turnout[(community, year)] = listening.consult(
                place, hearing.turnout_base, hearing.response_trust, self.model.people.age_group,
                self.model.people.voice, self.model.state.trust,
            )
