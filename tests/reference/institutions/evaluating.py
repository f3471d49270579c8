"""Stage 4: what follows from an evaluation: money, renewal, reputation, learning.

Source: model.md section 9.
"""

from __future__ import annotations

import math
from typing import Any

from tests.reference.institutions.measuring import Inspection, judge, outcome, true_effect
from tests.reference.institutions.papers import Agreement, Ledger, Verdict
from tests.reference.services import DAYS

MOST_RESERVED = 0.5


class Evaluating:
    """Stage 4 for all communities."""

    def __init__(self, hall: Any) -> None:
        self.hall, self.plan = hall, hall.plan
        self.policy, self.checking = self.plan.policy.evaluation, self.plan.assumptions.checking

    def reserve(self, ledger: Ledger) -> float:
        """Money put aside when the hearing closes, for checking what will be bought."""
        policy, checking, world = self.policy, self.checking, self.plan.world
        each = checking.satisfaction_yuan * policy.survey_sample
        if policy.weights.shares()["outcome"] > 0.0:
            each += checking.outcome_yuan * policy.outcome_sample
        if policy.respondents == "random":
            each += checking.sampling_yuan
        if not policy.third_party:
            each += checking.in_house_yuan
        each += policy.audit_probability * checking.audit_yuan
        if self.plan.policy.implementation.midterm_check:
            each += checking.midterm_yuan
        usual_cost = (world.project_cost_low_yuan + world.project_cost_high_yuan) / 2.0
        free = max(0.0, ledger.free())
        total = each * (free / usual_cost)
        if policy.third_party:
            total += checking.third_party_share * ledger.budget
        if policy.publication:
            total += checking.publication_yuan
        return min(total, MOST_RESERVED * free)

    def pay_for_checks(self, ledger: Ledger, cost: float, means: float) -> None:
        """Pay for checking; what the year's money cannot pay, the purchasing office bears."""
        from_budget = min(cost, means)
        ledger.checking_reserve -= min(cost, ledger.checking_reserve)
        ledger.checking += from_budget
        ledger.officer_yuan += cost - from_budget

    def inspect(self, item: Agreement, week: int, look: int) -> Inspection:
        """Put together what an evaluator looks at in a week, 0 at the end or 1 half-way."""
        idea = item.file.idea
        weeks = (self.hall.timeline.day - item.started_day()) / DAYS
        item.delivery_weeks = max(item.delivery_weeks, weeks)
        return Inspection(
            self.plan, self.hall.draws, week, self.hall.residents_of(idea.community),
            item, item.met(), self.hall.rates.recovery[idea.category], look=look,
        )

    # -- half-way -----------------------------------------------------------------------------

    def check_midterm(self, item: Agreement) -> None:
        """Look at a project half-way: below the line of that day, money is withheld."""
        # The services of this week are still to come.
        seen = outcome(self.inspect(item, self.hall.week, 1))
        ledger = self.hall.ledger_of(item.file)
        self.pay_for_checks(
            ledger, self.checking.midterm_yuan, ledger.free() + ledger.checking_reserve
        )
        below = seen < self.line_of(item, self.hall.timeline.day)
        item.withheld_share = self.checking.midterm_withhold if below else 0.0

    def line_of(self, item: Agreement, day: float) -> float:
        """Outcome wanted by a day: a part of the line, as much as of the time has passed."""
        passed = (day - item.started_day()) / max(1.0, item.end_day - item.started_day())
        return self.checking.midterm_line * passed

    # -- at the end ---------------------------------------------------------------------------

    def evaluate(self, item: Agreement) -> None:
        """Judge a finished contract; the score sets last tranche, reputation and renewal."""
        # The last week of the year is over.
        case, idea = self.inspect(item, self.hall.week + 1, 0), item.file.idea
        ledger = self.hall.ledger_of(item.file)
        case.means_yuan = self.means(ledger, idea.community, item.file.year)
        item.true_effect = true_effect(case)
        item.verdict = judge(case)
        self.pay_for_checks(ledger, item.verdict.cost_yuan, case.means_yuan)
        item.organization.renewed[(idea.community, idea.category)] = item.verdict.renewed
        item.organization.learn(item.mixes[-1], item.verdict)
        self._settle(item, item.verdict, ledger)

    def means(self, ledger: Ledger, community: int, year: int) -> float:
        """Money of a year that is left at its end, last tranches put aside."""
        owed = math.fsum(
            item.delivered_yuan * item.last_share
            for item in self.hall.contracting.of(community, year)
            if item.totals and item.verdict is None
        )
        spent = ledger.administration() + ledger.station + ledger.bound + ledger.paid
        return max(0.0, ledger.budget - spent - ledger.payable - owed)

    def _settle(self, item: Agreement, verdict: Verdict, ledger: Ledger) -> None:
        """Owe the last tranche, as far as the score goes; it is paid with a delay."""
        due = item.delivered_yuan * item.last_share
        due *= verdict.score * (1.0 - item.withheld_share)
        ledger.payable += due
        item.organization.receivable += due
        day = self.hall.timeline.day + self.policy.tranche_delay_days
        self.hall.timeline.plan(day, self.pay, item, due, ledger)

    def pay(self, item: Agreement, due: float, ledger: Ledger) -> None:
        """Pay the last tranche."""
        ledger.payable -= due
        ledger.paid += due
        item.paid_yuan += due
        item.organization.receivable -= due
        item.organization.books.income += due

    def close_year(self, ledger: Ledger) -> None:
        """Pay the third party and publication, then return what is left of the year's money."""
        fixed = 0.0
        if self.policy.third_party:
            fixed += self.checking.third_party_share * ledger.budget
        if self.policy.publication:
            fixed += self.checking.publication_yuan
        means = ledger.budget - ledger.administration() - ledger.station - ledger.bound
        self.pay_for_checks(ledger, fixed, max(0.0, means - ledger.paid - ledger.payable))
        ledger.checking_reserve = 0.0
        spent = (
            ledger.administration() + ledger.station + ledger.bound + ledger.paid + ledger.payable
        )
        ledger.returned = ledger.budget - spent
        ledger.paid_at_close = ledger.paid
        ledger.closed = True
