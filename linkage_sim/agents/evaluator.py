"""The evaluator: whom it asks, what it scores, and what follows."""

from __future__ import annotations

from array import array
from typing import Any

import mesa
import numpy as np

from linkage_sim.draws import Decision
from linkage_sim.kernels.tables import ATTENDED
from linkage_sim.projects import Contract, Verdict
from linkage_sim.scenario.answers import finite
from linkage_sim.scenario.registry import INSTRUMENTS


class Evaluator(mesa.Agent):
    """In-house staff of the purchaser, or a third party that draws its own sample."""

    def choose_respondents(self, contract: Contract, met: Any, kind: Any) -> Any:
        """Choose who is asked about satisfaction.

        Where the organization invites, it goes by its own record: those met most often, latest
        first. A third party draws from that record by chance. Random respondents are drawn from
        all residents of 15 and older.

        Returns
        -------
        int32 rows
        """
        model = self.model
        policy = model.plan.policy.evaluation
        identity = contract.file.candidate.identity
        if policy.respondents == "random":
            rows = model.people.rows(contract.file.candidate.community)
            pool = np.flatnonzero(model.people.age_group[rows] > 0) + rows.start
        else:
            pool = np.unique(met)
        if len(pool) == 0:
            return np.zeros(0, np.int32)
        if policy.respondents == "random" or policy.third_party:
            lots = model.draws.uniforms(
                Decision.EVALUATION_SAMPLE, model.identities(pool), contract.file.year,
                identity % (1 << 31),
            )
            return pool[np.argsort(lots, kind="stable")[: policy.survey_sample]].astype(np.int32)
        times = np.bincount(np.searchsorted(pool, met), minlength=len(pool))
        latest = np.zeros(len(pool), dtype=np.int64)
        latest[np.searchsorted(pool, met)] = np.arange(len(met))
        order = np.lexsort((pool, -latest, -times))
        return pool[order[: policy.survey_sample]].astype(np.int32)

    def target_group(self, contract: Contract, served: Any) -> Any:
        """List the target group: named holders, persons served, and -1 for those never found."""
        named = self.model.implementation.still_here(contract.file)
        persons = np.unique(np.concatenate([named[named >= 0], served])).astype(np.int32)
        missing = contract.places - len(persons)
        return np.concatenate([persons, np.full(max(0, missing), -1, np.int32)])

    def judge(self, case: Any) -> Verdict:
        """Score a project by the weights in force and draw the consequences."""
        plan, contract = self.model.plan, case.contract
        policy, checking = plan.policy.evaluation, plan.assumptions.checking
        image = plan.policy.linkage.image_value
        indicators: dict[str, float] = {}
        score = 0.0
        weights = {name: (1.0 - image) * share for name, share in policy.weights.shares().items()}
        weights["activity"] = weights.get("activity", 0.0) + image
        cost = checking.satisfaction_yuan * len(case.respondents)
        for name, weight in weights.items():
            if weight <= 0.0:
                continue
            indicators[name] = finite(INSTRUMENTS.get(name)().measure(case), "measure")
            score += weight * indicators[name]
        if "outcome" in indicators:
            cost += checking.outcome_yuan * policy.outcome_sample
        if policy.respondents == "random":
            cost += checking.sampling_yuan
        if not policy.third_party:
            cost += checking.in_house_yuan
        lot = self.model.draws.uniform(
            Decision.AUDIT, contract.file.candidate.identity, contract.file.year
        )
        affordable = cost + checking.audit_yuan <= case.means_yuan
        audited = affordable and lot < policy.audit_probability
        if audited:
            cost += checking.audit_yuan
            score -= checking.audit_penalty * self.emptiness(case)
        score = min(1.0, max(0.0, score))
        felt = self.model.state.satisfaction[case.respondents]
        return Verdict(
            score=score, indicators=indicators, pay_share=score,
            renewed=score >= policy.renewal_threshold, cost_yuan=cost,
            felt=array("f", felt.tolist()), audited=audited,
        )

    def emptiness(self, case: Any) -> float:
        """Share of counted heads without the need, as an audit finds it."""
        if len(case.met) == 0:
            return 0.0
        category = case.contract.file.candidate.category
        without = (self.model.state.active[case.met] & (1 << category)) == 0
        attended = case.kind == ATTENDED
        return float((without & attended).sum() / len(case.met))
