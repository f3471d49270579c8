"""Social organizations: they bid, choose effort, hire, pay, learn, and may go under."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np

from linkage_sim.agents.effort import Prospect, mean_ramp
from linkage_sim.agents.social_worker import SocialWorker
from linkage_sim.draws import Decision
from linkage_sim.projects import N_CATEGORIES, Contract, Mix, Verdict
from linkage_sim.scenario.answers import finite_pair
from linkage_sim.scenario.registry import EFFORT_STRATEGIES, INSTRUMENTS

WORKERS_PER_ORGANIZATION = 4096
REVISIONS_A_YEAR = 16


@dataclass(slots=True)
class Books:
    """Money of an organization, in yuan: opening + income = costs + closing."""

    opening: float
    income: float = 0.0
    outside_income: float = 0.0
    wages: float = 0.0
    overheads: float = 0.0

    @property
    def cash(self) -> float:
        """What is left now."""
        return self.opening + self.income + self.outside_income - self.wages - self.overheads


class SocialOrganization(mesa.Agent):
    """The carrier: a non-profit that earns most of its income elsewhere.

    Attributes
    ----------
    number : int
        Permanent number.
    competence : float64[8]
        Skill by category, mean 1.
    mission : float
        Motive to do good, in units of the reward's slope.
    reputation, expected_score : float
        What purchasers think of it; what it expects to score.
    outcome_belief, outcome_doubt : float
        Slope it believes the outcome indicator to have, and the variance of that belief.
    """

    def __init__(self, model: Any, number: int, home: int) -> None:
        super().__init__(model)
        self.number = number
        self.home = home
        self.alive = True
        self.founder = True
        plan, draws = model.plan, model.draws
        effort = plan.assumptions.effort
        skill_sd = plan.assumptions.market.competence_sd
        skills = [
            draws.lognormal(1.0, skill_sd, Decision.COMPETENCE, number, 0, part)
            for part in range(N_CATEGORIES)
        ]
        self.competence = np.clip(skills, 0.5, 1.4)
        spread = effort.mission_sd
        lot = draws.normal(Decision.MISSION, number)
        self.mission = effort.mission_mean * math.exp(spread * lot - spread**2 / 2.0)
        self.reputation = plan.assumptions.market.reputation_start
        self.expected_score = effort.expected_score_start
        self.relationship: dict[int, float] = {}
        self.renewed: dict[tuple[int, int], bool] = {}
        self.outcome_belief = effort.outcome.substance * effort.belief_start
        self.outcome_doubt = effort.belief_variance
        self.contracts: list[Contract] = []
        self.receivable = 0.0
        self.vacancies: list[float] = []
        self.n_hired = 0
        self.separations = 0
        self.workers: list[SocialWorker] = []
        for _ in range(plan.world.staff_per_organization):
            self.hire(-1000.0)
        self.books = Books(
            opening=self.usual_income() / 12.0 * plan.world.opening_reserve_months
        )

    # -- money -------------------------------------------------------------------------------

    def usual_income(self) -> float:
        """Give what an organization earns here in a usual year, in yuan: an equal part of all."""
        model = self.model
        budget = model.plan.world.budget_yuan_per_year * model.people.n_communities
        return float(budget / max(1, model.founders))

    def owed(self) -> float:
        """Give what purchasers owe it, in yuan: last tranches that are due, or worked for."""
        projects = self.model.implementation.rows.columns
        earned = 0.0
        for item in self.contracts:
            done = min(1.0, float(projects.worked_hours[item.row]) / max(item.hours, 1e-9))
            earned += item.file.candidate.cost_yuan * item.last_share * done
        return self.receivable + earned

    def pays_late(self) -> bool:
        """Whether wages have to wait: reserves are gone and the money is still owed."""
        return self.books.cash < 0.0

    def is_insolvent(self) -> bool:
        """Whether not even the money owed to it would cover its debts."""
        return self.books.cash + self.owed() < 0.0

    # -- staff --------------------------------------------------------------------------------

    def hire(self, week: float) -> SocialWorker:
        """Take on a worker."""
        number = self.number * WORKERS_PER_ORGANIZATION + self.n_hired
        self.n_hired += 1
        worker = SocialWorker(self.model, self, number, week)
        self.workers.append(worker)
        return worker

    def hours_available(self) -> float:
        """Hours a week that staff can give to contracts here."""
        world = self.model.plan.world
        return float(
            len(self.workers) * world.staff_hours_per_week * (1.0 - world.outside_work_share)
        )

    def workload(self) -> float:
        """Hours promised a week, here and outside, over the hours that its staff can work.

        Outside work goes on when somebody leaves: those who stay carry it.
        """
        if not self.workers:
            return 0.0
        world = self.model.plan.world
        each = world.staff_hours_per_week
        outside = world.staff_per_organization * each * world.outside_work_share
        here = math.fsum(
            item.hours * 7.0 / (item.end_day - item.started_day) for item in self.contracts
        )
        return float((outside + here) / (len(self.workers) * each))

    def look_after_staff(self, week: int, weeks: float, lots: Sequence[float]) -> int:
        """Let workers tire, quit and be replaced; returns how many left.

        Parameters
        ----------
        lots
            A lot of each worker's own, in their order: who quits.
        """
        late, load = self.pays_late(), self.workload()
        left = []
        for worker, lot in zip(self.workers, lots, strict=True):
            worker.strain(weeks, load)
            if worker.decides_to_quit(weeks, late, lot):
                left.append(worker)
        for worker in left:
            self.workers.remove(worker)
            worker.remove()
            self.vacancies.append(week + self.model.plan.assumptions.staff.vacancy_weeks)
        for free_from in [moment for moment in self.vacancies if moment <= week]:
            self.vacancies.remove(free_from)
            self.hire(float(week))
        self.separations += len(left)
        return len(left)

    def appoint_leader(self) -> SocialWorker | None:
        """Choose who leads a contract: the one with the fewest, then the most skilled."""
        if not self.workers:
            return None
        leader = min(self.workers, key=lambda worker: (worker.led, -worker.skill, worker.number))
        leader.led += 1
        return leader

    # -- tender -------------------------------------------------------------------------------

    def bid(
        self, category: int, community: int, project: int, kind: str, year: int
    ) -> float:
        """Give the strength of a bid in a year's tender, as the purchaser sees it."""
        delivery = self.model.plan.assumptions.delivery
        effort = self.model.plan.assumptions.effort
        noise = delivery.perception_noise * self.model.draws.normal(
            Decision.TENDER, project, year, self.number % (1 << 30)
        )
        merit = float(self.competence[category]) + noise + self.reputation
        if kind == "negotiated":
            weight = effort.negotiated_relationship
            return (1.0 - weight) * merit + weight * 2.0 * self.relationship.get(community, 0.0)
        return merit

    # -- effort -------------------------------------------------------------------------------

    def reward_slope(self) -> float:
        """What a point of score is worth, in yuan per yuan of staff time.

        The last tranche plus the believed worth of renewal, whose chance rises fastest near the
        threshold.
        """
        plan = self.model.plan
        effort, policy = plan.assumptions.effort, plan.policy.evaluation
        distance = (self.expected_score - policy.renewal_threshold) / effort.score_spread
        density = math.exp(-0.5 * distance**2) / (math.sqrt(2.0 * math.pi) * effort.score_spread)
        worth = policy.last_tranche_share + effort.renewal_value * density
        return float(worth / plan.world.staff_share)

    def weigh_efforts(self, fresh_weeks: float, weeks_left: float) -> tuple[Prospect, float]:
        """Work out what each kind of effort is believed to bring, and the hours paper takes."""
        plan = self.model.plan
        effort, policy = plan.assumptions.effort, plan.policy.evaluation
        image = plan.policy.linkage.image_value
        weights = {name: (1.0 - image) * share for name, share in policy.weights.shares().items()}
        weights["activity"] = weights.get("activity", 0.0) + image
        burden = plan.policy.implementation.reporting_burden_share
        documents = min(0.95, burden + effort.documents_weight * weights.get("documents", 0.0))
        seen_s = seen_z = 0.0
        for name, weight in weights.items():
            if weight <= 0.0 or name == "documents":
                continue
            slope_s, slope_z = finite_pair(
                INSTRUMENTS.get(name)().slopes(plan, self.outcome_belief), "slopes"
            )
            seen_s += weight * slope_s
            seen_z += weight * slope_z
        slope = self.reward_slope()
        gain_s, gain_z = slope * seen_s, slope * seen_z
        if plan.policy.implementation.midterm_check:
            withheld = plan.assumptions.checking.midterm_withhold * policy.last_tranche_share
            gain_s += withheld / plan.world.staff_share * self.outcome_belief
        gain_s += self.mission * effort.value.substance
        gain_z += self.mission * effort.value.showcase
        curve_s = 1.0
        risk = effort.risk_aversion * (slope * weights.get("outcome", 0.0)) ** 2
        if risk > 0.0:
            # Var of a share p measured on n people is p (1 - p) / n, with p = belief * s.
            sample = policy.outcome_sample
            gain_s -= 0.5 * risk * self.outcome_belief / sample
            curve_s -= risk * self.outcome_belief**2 / sample
        ramp = mean_ramp(plan.assumptions.delivery.ramp_weeks, fresh_weeks, weeks_left)
        prospect = Prospect(
            substance=ramp * gain_s,
            showcase=gain_z,
            curvature_substance=curve_s,
            curvature_showcase=1.0,
            substitution=effort.substitution,
            bound=1.0 - documents,
        )
        return prospect, documents

    def choose_mix(self, contract: Contract, day: float, revision: int) -> Mix:
        """Split the hours of a contract for the time that is left."""
        effort = self.model.plan.assumptions.effort
        fresh = max(0.0, (day - contract.signed_day) / 7.0)
        left = max(0.0, (contract.end_day - day) / 7.0)
        prospect, documents = self.weigh_efforts(fresh, left)
        identity = contract.file.candidate.identity
        # A contract that goes on for another year is thought over anew.
        moment = contract.file.year * REVISIONS_A_YEAR + revision
        draws = self.model.draws
        noise = (
            draws.normal(Decision.EFFORT_NOISE, identity, moment, 0),
            draws.normal(Decision.EFFORT_NOISE, identity, moment, 1),
        )
        strategy = EFFORT_STRATEGIES.get(effort.strategy)()
        substance, showcase = finite_pair(
            strategy.choose(prospect, noise, effort.temperature), "choose"
        )
        return Mix(substance, showcase, documents, documents)

    # -- learning -----------------------------------------------------------------------------

    def learn(self, contract: Contract, verdict: Verdict) -> None:
        """Take note of a score: expectation, reputation, and what the outcome indicator sees.

        The slope of the outcome indicator is learned with gain v / (v + p(1-p)/n + noise^2):
        from a small, noisy sample little is learned.
        """
        plan = self.model.plan
        effort = plan.assumptions.effort
        memory = plan.assumptions.market.reputation_memory
        self.expected_score += memory * (verdict.score - self.expected_score)
        self.reputation += memory * (verdict.score - self.reputation)
        seen = verdict.indicators.get("outcome")
        if not effort.learning or seen is None:
            return
        mix = contract.mixes[-1]
        tried = max(mix.substance, 0.05)
        share = min(1.0, max(0.0, self.outcome_belief * tried))
        noise = share * (1.0 - share) / plan.policy.evaluation.outcome_sample
        noise += plan.assumptions.checking.outcome_noise**2
        doubt = self.outcome_doubt * tried**2
        gain = doubt / (doubt + noise) if doubt + noise > 0.0 else 0.0
        self.outcome_belief = min(
            2.0, max(0.0, self.outcome_belief + gain * (seen - share) / tried)
        )
        self.outcome_doubt *= 1.0 - gain

    def keep_contact(self, community: int) -> None:
        """Grow closer to a committee by working with it."""
        gain = self.model.plan.assumptions.market.relationship_gain
        now = self.relationship.get(community, 0.0)
        self.relationship[community] = now + gain * (1.0 - now)
