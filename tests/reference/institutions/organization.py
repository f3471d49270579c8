"""Social organizations: cash, staff, bids, effort, learning.

Source: model.md sections 8 and 9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from linkage_sim.draws import Decision, Draws
from linkage_sim.scenario.fields import N_CATEGORIES
from linkage_sim.scenario.schema import Scenario
from tests.reference.institutions.effort import choose_effort, weigh_efforts
from tests.reference.institutions.papers import Agreement, Mix, Verdict
from tests.reference.institutions.worker import WEEKS_PER_YEAR, Worker

NUMBERS_PER_ORGANIZATION = 4096
REVISIONS_A_YEAR = 16
LONG_AGO = -1000.0
LEAST_TRIED = 0.05
MOST_BELIEVED = 2.0


@dataclass
class Books:
    """Money of an organization, in yuan: opening + income = costs + closing."""

    opening: float
    income: float = 0.0
    outside_income: float = 0.0
    wages: float = 0.0
    overheads: float = 0.0

    def cash(self) -> float:
        """What is left now."""
        return self.opening + self.income + self.outside_income - self.wages - self.overheads


class Organization:
    """The carrier: a non-profit that earns most of its income elsewhere.

    Attributes
    ----------
    usual_income
        What it earns here in a usual year, in yuan.
    outcome_belief, outcome_doubt
        Slope it believes the outcome indicator to have, and the variance of that belief.
    vacancies
        Weeks from which a job that was left can be filled.
    """

    def __init__(
        self, plan: Scenario, draws: Draws, number: int, home: int, usual_income: float
    ) -> None:
        self.plan, self.draws = plan, draws
        self.number, self.home, self.alive = number, home, True
        effort, market = plan.assumptions.effort, plan.assumptions.market
        self.competence = []
        for category in range(N_CATEGORIES):
            skill = draws.lognormal(
                1.0, market.competence_sd, Decision.COMPETENCE, number, 0, category
            )
            self.competence.append(min(1.4, max(0.5, skill)))
        lot = draws.normal(Decision.MISSION, number)
        self.mission = effort.mission_mean * math.exp(
            effort.mission_sd * lot - effort.mission_sd**2 / 2.0
        )
        self.reputation = market.reputation_start
        self.expected_score = effort.expected_score_start
        self.relationship: dict[int, float] = {}
        self.renewed: dict[tuple[int, int], bool] = {}
        self.outcome_belief = effort.outcome.substance * effort.belief_start
        self.outcome_doubt = effort.belief_variance
        self.contracts: list[Agreement] = []
        self.receivable = 0.0
        self.vacancies: list[float] = []
        self.hired = self.separations = 0
        self.workers: list[Worker] = []
        for _ in range(plan.world.staff_per_organization):
            self.hire(LONG_AGO)
        self.usual_income = usual_income
        self.books = Books(usual_income / 12.0 * plan.world.opening_reserve_months)

    # -- money --------------------------------------------------------------------------------

    def owed(self) -> float:
        """What purchasers owe it: last tranches that are due, or worked for."""
        earned = 0.0
        for item in self.contracts:
            done = min(1.0, item.worked_hours() / max(item.hours, 1e-9))
            earned += item.file.idea.cost_yuan * item.last_share * done
        return self.receivable + earned

    def pays_late(self) -> bool:
        """Whether wages have to wait: reserves are gone and the money is still owed."""
        return self.books.cash() < 0.0

    def is_insolvent(self) -> bool:
        """Whether not even the money owed to it would cover its debts."""
        return self.books.cash() + self.owed() < 0.0

    def keep_books(self, worked: float, weeks: float) -> None:
        """Book some weeks: wages for hours worked here, overheads, and what outside work leaves.

        Rooms and clerks are paid for in a lean year too, and grow with the contracts held.
        """
        world, market = self.plan.world, self.plan.assumptions.market
        self.books.wages += worked * world.staff_hour_yuan
        held = math.fsum(item.file.idea.cost_yuan for item in self.contracts)
        income = max(self.usual_income, held)
        self.books.overheads += market.overhead_share * income * (weeks / WEEKS_PER_YEAR)
        outside = len(self.workers) * world.staff_hours_per_week * weeks * world.staff_hour_yuan
        self.books.outside_income += outside * (world.outside_work_share * market.outside_margin)

    # -- staff --------------------------------------------------------------------------------

    def hire(self, week: float) -> None:
        """Take on a worker."""
        number = self.number * NUMBERS_PER_ORGANIZATION + self.hired
        self.hired += 1
        self.workers.append(Worker(self.plan, self.draws, number, week))

    def hours_available(self) -> float:
        """Hours a week that staff can give to contracts here."""
        world = self.plan.world
        return len(self.workers) * world.staff_hours_per_week * (1.0 - world.outside_work_share)

    def workload(self) -> float:
        """Hours promised a week, here and outside, over the hours that its staff can work.

        Outside work goes on when somebody leaves: those who stay carry it.
        """
        if not self.workers:
            return 0.0
        world = self.plan.world
        each = world.staff_hours_per_week
        outside = world.staff_per_organization * each * world.outside_work_share
        here = math.fsum(
            item.hours * 7.0 / (item.end_day - item.started_day()) for item in self.contracts
        )
        return (outside + here) / (len(self.workers) * each)

    def look_after_staff(self, week: int, weeks: float) -> int:
        """Let workers tire, quit and be replaced after a vacancy; returns how many left."""
        late, load = self.pays_late(), self.workload()
        left = []
        for worker in self.workers:
            worker.tire(weeks, load)
            lot = self.draws.uniform(Decision.WORKER_QUIT, worker.number, week)
            if lot < worker.chance_to_quit(weeks, late):
                left.append(worker)
        for worker in left:
            self.workers.remove(worker)
            self.vacancies.append(week + self.plan.assumptions.staff.vacancy_weeks)
        for moment in list(self.vacancies):
            if moment <= week:
                self.vacancies.remove(moment)
                self.hire(float(week))
        self.separations += len(left)
        return len(left)

    def appoint_leader(self) -> Worker | None:
        """Choose who leads a contract: who leads fewest, then the most skilled."""
        if not self.workers:
            return None
        leader = min(self.workers, key=lambda worker: (worker.led, -worker.skill, worker.number))
        leader.led += 1
        return leader

    # -- tender and effort --------------------------------------------------------------------

    def bid(self, category: int, community: int, project: int, year: int) -> float:
        """Strength of a bid as the purchaser sees it; acquaintance counts where one negotiates."""
        delivery = self.plan.assumptions.delivery
        noise = delivery.perception_noise * self.draws.normal(
            Decision.TENDER, project, year, self.number
        )
        merit = self.competence[category] + noise + self.reputation
        if self.plan.policy.implementation.tender == "negotiated":
            weight = self.plan.assumptions.effort.negotiated_relationship
            known = self.relationship.get(community, 0.0)
            return (1.0 - weight) * merit + weight * 2.0 * known
        return merit

    def keep_contact(self, community: int) -> None:
        """Grow closer to a committee by working with it."""
        now = self.relationship.get(community, 0.0)
        gain = self.plan.assumptions.market.relationship_gain
        self.relationship[community] = now + gain * (1.0 - now)

    def choose_mix(self, item: Agreement, day: float, revision: int) -> Mix:
        """Split the hours of a contract for the time that is left, by what it believes."""
        fresh = max(0.0, (day - item.signed_day) / 7.0)
        left = max(0.0, (item.end_day - day) / 7.0)
        gains, documents = weigh_efforts(
            self.plan, self.mission, self.outcome_belief, self.expected_score, fresh, left
        )
        identity = item.file.idea.identity
        moment = item.file.year * REVISIONS_A_YEAR + revision
        lots = (
            self.draws.normal(Decision.EFFORT_NOISE, identity, moment, 0),
            self.draws.normal(Decision.EFFORT_NOISE, identity, moment, 1),
        )
        substance, showcase = choose_effort(
            gains, lots, self.plan.assumptions.effort.temperature
        )
        return Mix(substance, showcase, documents)

    # -- learning -----------------------------------------------------------------------------

    def learn(self, mix: Mix, verdict: Verdict) -> None:
        """Take note of a score: expectation, reputation, and what the outcome indicator sees.

        The slope is learned with gain v / (v + p (1 - p) / n + noise^2): from a small, noisy
        sample little is learned. Source: model.md section 9.
        """
        memory = self.plan.assumptions.market.reputation_memory
        self.expected_score += memory * (verdict.score - self.expected_score)
        self.reputation += memory * (verdict.score - self.reputation)
        if not self.plan.assumptions.effort.learning or "outcome" not in verdict.indicators:
            return
        tried = max(mix.substance, LEAST_TRIED)
        share = min(1.0, max(0.0, self.outcome_belief * tried))
        noise = share * (1.0 - share) / self.plan.policy.evaluation.outcome_sample
        noise += self.plan.assumptions.checking.outcome_noise**2
        doubt = self.outcome_doubt * tried**2
        gain = doubt / (doubt + noise) if doubt + noise > 0.0 else 0.0
        surprise = verdict.indicators["outcome"] - share
        self.outcome_belief = min(
            MOST_BELIEVED, max(0.0, self.outcome_belief + gain * surprise / tried)
        )
        self.outcome_doubt *= 1.0 - gain
