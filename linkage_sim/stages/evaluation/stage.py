"""From the end of a contract to its consequences: score, last tranche, renewal, learning."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linkage_sim.draws import Decision
from linkage_sim.journal import HOURS, who_was_served
from linkage_sim.kernels.tables import ATTENDED, CONTACT_ENDED
from linkage_sim.projects import Contract, Ledger, Verdict
from linkage_sim.stages.evaluation.instruments import Inspection, Outcome

AT_THE_END, HALF_WAY = 0, 1


class EvaluationStage:
    """Stage 4 for all communities of a model.

    Parameters
    ----------
    model
        The model whose timeline, actors and columns are used.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.plan = model.plan
        self.policy = model.plan.policy.evaluation
        self.checking = model.plan.assumptions.checking

    def reserve(self, community: int, year: int) -> float:
        """Money put aside in January for checking what will be bought."""
        ledger = self._ledger(community, year)
        policy, checking = self.policy, self.checking
        each = checking.satisfaction_yuan * policy.survey_sample
        if policy.weights.shares().get("outcome", 0.0) > 0.0:
            each += checking.outcome_yuan * policy.outcome_sample
        if policy.respondents == "random":
            each += checking.sampling_yuan
        each += 0.0 if policy.third_party else checking.in_house_yuan
        each += policy.audit_probability * checking.audit_yuan
        if self.plan.policy.implementation.midterm_check:
            each += checking.midterm_yuan
        world = self.plan.world
        usual = (world.project_cost_low_yuan + world.project_cost_high_yuan) / 2.0
        projects = max(0.0, ledger.free) / usual
        total = each * projects
        if policy.third_party:
            total += checking.third_party_share * ledger.budget
        if policy.publication:
            total += checking.publication_yuan
        total = min(total, 0.5 * max(0.0, ledger.free))
        return float(self.model.mediators.through(
            "verdict", ("reserve", (community, year)), total
        ))

    def _ledger(self, community: int, year: int) -> Ledger:
        ledger: Ledger = self.model.committees[community].ledgers[year]
        return ledger

    def check_midterm(self, contract: Contract) -> None:
        """Look at a project half-way: a sampled indicator is revealed, money may be withheld."""
        model = self.model
        checked = self.plan.policy.implementation.midterm_check
        cost = self.checking.midterm_yuan if checked else 0.0
        withheld = 0.0
        seen = float("nan")
        if checked:
            seen = self._progress(contract)
            if seen < self._line(contract):
                withheld = self.checking.midterm_withhold
        cost, withheld = model.mediators.through("check", contract.id, (cost, withheld))
        ledger = model.committees[contract.file.candidate.community].ledgers[contract.file.year]
        self._pay_for_checks(ledger, cost, ledger.free + ledger.checking_reserve)
        contract.withheld_share = withheld
        model.journal.note(
            model.timeline.day, contract.id, "midterm",
            seen=None if seen != seen else round(seen, 3), withheld=withheld,
        )

    def _progress(self, contract: Contract) -> float:
        # The week's service is still to come: covers are as the last week left them.
        case = self._inspect(contract, self.model.week, HALF_WAY)
        return Outcome().measure(case)

    def _line(self, contract: Contract) -> float:
        day = self.model.timeline.day
        share = (day - contract.started_day) / max(1.0, contract.end_day - contract.started_day)
        return self.checking.midterm_line * share

    def _inspect(self, contract: Contract, week: int, look: int) -> Inspection:
        model = self.model
        met, kind = model.implementation.rows.lines_of(
            contract.file.candidate.community, contract.row
        )
        served = np.unique(met[kind != ATTENDED])
        evaluator = model.evaluator
        contract.delivery_weeks = max(
            contract.delivery_weeks, (model.timeline.day - contract.started_day) / 7.0
        )
        return Inspection(
            model=model, plan=self.plan, contract=contract, met=met, kind=kind,
            respondents=evaluator.choose_respondents(contract, met, kind),
            target=evaluator.target_group(contract, served),
            week=week, look=look,
        )

    def evaluate(self, contract: Contract) -> Verdict:
        """Judge a finished contract; the score sets the last tranche, reputation and renewal."""
        model = self.model
        # The year's last week is over, and with it covers that ended.
        case = self._inspect(contract, model.week + 1, AT_THE_END)
        community = contract.file.candidate.community
        ledger = model.committees[community].ledgers[contract.file.year]
        case.means_yuan = self._means(ledger, community, contract.file.year)
        contract.true_effect = self.true_effect(case)
        verdict: Verdict = model.mediators.through(
            "verdict", (contract.id, contract.file.year), model.evaluator.judge(case)
        )
        contract.verdict = verdict
        self._pay_for_checks(ledger, verdict.cost_yuan, case.means_yuan)
        organization = contract.organization
        organization.renewed[(community, contract.file.candidate.category)] = verdict.renewed
        organization.learn(contract, verdict)
        self._settle(contract, verdict, ledger)
        if model.journal.keep:
            self._note(contract, case, verdict)
        return verdict

    def _note(self, contract: Contract, case: Inspection, verdict: Verdict) -> None:
        model, community = self.model, contract.file.candidate.community
        model.journal.note(
            model.timeline.day, contract.id, "evaluated", score=round(verdict.score, 4),
            true_effect=round(contract.true_effect, 4), renewed=verdict.renewed,
            indicators={name: round(value, 4) for name, value in verdict.indicators.items()},
            contacts=contract.totals["contacts"], events=contract.totals["events"],
            heads=contract.totals["heads"], ended=contract.totals["ended_target"],
            served=len(np.unique(case.met[case.kind != ATTENDED])),
            weeks=round(contract.delivery_weeks, 1),
            promised=round(contract.promised, 2), audited=verdict.audited,
            hours={name: round(contract.totals[f"{name}_hours"], 1) for name in HOURS},
            **who_was_served(model.people, community, case.met[case.kind != ATTENDED]),
        )

    def true_effect(self, case: Inspection) -> float:
        """Target-group needs ended or now covered by this project's contacts, over the promise.

        Counted on everybody, capped at 1; no evaluator ever sees it.
        """
        contract = case.contract
        category = contract.file.candidate.category
        ended = float(contract.totals["ended_target"])
        contacts = (case.kind != ATTENDED) & (case.kind != CONTACT_ENDED)
        served = np.unique(case.met[contacts])
        still = (self.model.state.active[served] & (1 << category)) != 0
        covered = self.model.course.covered(served, category, case.week, bought=True)
        total = ended + float(np.count_nonzero(still & covered))
        return min(1.0, total / max(contract.promised, 1e-9))

    def _means(self, ledger: Ledger, community: int, year: int) -> float:
        """Give the money of a year that is left at its end, last tranches put aside, in yuan."""
        owed = math.fsum(
            item.delivered_yuan * item.last_share
            for item in self.model.implementation.contracts_of(community, year)
            if item.totals and item.verdict is None
        )
        spent = ledger.administration + ledger.station + ledger.bound + ledger.paid
        return max(0.0, ledger.budget - spent - ledger.payable - owed)

    def _pay_for_checks(self, ledger: Ledger, cost: float, means: float) -> None:
        # What the year's money cannot pay, the purchasing office bears: it counts as its cost.
        from_budget = min(cost, means)
        ledger.checking_reserve -= min(cost, ledger.checking_reserve)
        ledger.checking += from_budget
        ledger.officer_yuan += cost - from_budget

    def _settle(self, contract: Contract, verdict: Verdict, ledger: Ledger) -> None:
        due = contract.delivered_yuan * contract.last_share
        due *= verdict.pay_share * (1.0 - contract.withheld_share)
        ledger.payable += due
        contract.organization.receivable += due
        delay = self.model.mediators.through(
            "payment", contract.id, self.policy.tranche_delay_days
        )
        self.model.timeline.plan(self.model.timeline.day + delay, self.pay, contract, due, ledger)

    def pay(self, contract: Contract, due: float, ledger: Ledger) -> None:
        """Pay the last tranche."""
        ledger.payable -= due
        ledger.paid += due
        contract.paid_yuan += due
        contract.organization.receivable -= due
        contract.organization.books.income += due

    def close_year(self, community: int, year: int) -> None:
        """Pay the third party and publication, then return what is left of the year's money."""
        ledger = self._ledger(community, year)
        fixed = 0.0
        if self.policy.third_party:
            fixed += self.checking.third_party_share * ledger.budget
        if self.policy.publication:
            fixed += self.checking.publication_yuan
        fixed = self.model.mediators.through("verdict", ("fixed", (community, year)), fixed)
        means = ledger.budget - ledger.administration - ledger.station - ledger.bound
        means = max(0.0, means - ledger.paid - ledger.payable)
        self._pay_for_checks(ledger, float(fixed), means)
        ledger.checking_reserve = 0.0
        spent = ledger.administration + ledger.station + ledger.bound + ledger.paid + ledger.payable
        ledger.returned = ledger.budget - spent
        ledger.paid_at_close = ledger.paid
        ledger.closed = True

    def scandal(self, contract: Contract) -> bool:
        """Draw whether a flawed project comes out; officers remember it."""
        if not contract.file.candidate.flawed:
            return False
        chance = self.plan.assumptions.officials.scandal_probability
        lot = self.model.draws.uniform(
            Decision.SCANDAL, contract.file.candidate.identity, contract.file.year
        )
        return bool(lot < chance)
