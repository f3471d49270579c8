"""What a resident expects, feels and trusts.

Source: expectancy-disconfirmation (Oliver 1980; Van Ryzin 2004, 2006, 2013) with asymmetric
weights (James 2009); model.md section 10.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.reference.rounding import UNKNOWN, clip, f32

if TYPE_CHECKING:
    from linkage_sim.scenario.behaviour import Opinion
    from tests.reference.person import Person

QUARTER_WEEKS = 13.0
INTERVAL_WEEKS = 4  # feelings move every four weeks, by four weekly steps at once


def content(opinion: Opinion, experience: float) -> float:
    """Satisfaction of somebody whose expectation is just met, before personal taste."""
    return opinion.base + (opinion.weight_performance + opinion.weight_expectation) * experience


def stays_after_four_weeks(weekly: float) -> float:
    """Part of a distance that is left after four weekly steps: (1 - rate)^4, squared twice."""
    left = 1.0 - weekly
    left = left * left
    return left * left


class Feeling:
    """The part of a resident that judges services."""

    def start_feelings(self: Person, opinion: Opinion, usual: float) -> None:
        """Begin with an expectation that is just met."""
        self.expectation = f32(usual)
        # A column is added to here, so the number is rounded before and after.
        self.satisfaction = f32(clip(f32(f32(content(opinion, usual)) + self.taste)))

    def start_trust(self: Person, opinion: Opinion, around: float) -> None:
        """Begin with a trust at rest (own and neighbours' satisfaction), or as told."""
        if opinion.trust_start != "stationary":
            self.trust = f32(float(opinion.trust_start))
            return
        talk = opinion.word_of_mouth
        own = f32(f32(1.0 - talk) * self.satisfaction)
        self.trust = f32(own + f32(talk * around))

    def look_back(self: Person, now: int) -> None:
        """Judge the last quarter: the share of own needs that a contact covered.

        A need that a contact ended within the quarter counts as covered; who has no need has no
        experience of its own. Source: model.md section 10, P.
        """
        since = now - QUARTER_WEEKS
        count = covered = 0
        for need in self.needs:
            if need.cover > since:
                count += 1
                covered += 1
            elif need.active:
                count += 1
        self.experience = f32(covered / count) if count else UNKNOWN

    def see(self: Person, now: int, opinion: Opinion, mean_experience: float) -> float:
        """Say how services perform in this resident's eyes, 0..1.

        With needs: the own experience. Without: neighbours' experience and what was expected.
        Who saw an event in the last quarter judges by it too, as far as there is no service of
        one's own to judge.
        """
        remembers = self.shown_until > now
        if math.isnan(self.experience):
            seen, seen_by = 0.0, 0
            for other in self.ties:
                if not math.isnan(other.experience):
                    seen += other.experience
                    seen_by += 1
            around = seen / seen_by if seen_by else mean_experience
            weight = opinion.neighbour_weight
            performance = weight * around + (1.0 - weight) * self.expectation
            if remembers:
                performance += opinion.image_weight
        elif self.experience == 0.0 and remembers:
            performance = opinion.image_unserved
        else:
            performance = self.experience
        return clip(performance)

    def feel(self: Person, now: int, opinion: Opinion, mean_experience: float) -> None:
        """Let expectation, satisfaction and trust take the steps of four weeks.

        Expectation moves to performance and is lifted by publicity; satisfaction weighs
        performance, the gap to expectation (worse counts more than better) and expectation
        itself; trust follows what one feels and hears, falling faster than it rises.
        """
        performance = self.see(now, opinion, mean_experience)
        # The hope goes on as it is before rounding; only the record of it is rounded.
        hope = self._expect(performance, opinion)
        gap = performance - hope
        felt = opinion.base + opinion.weight_performance * performance + self.taste
        felt += opinion.weight_better * max(gap, 0.0) - opinion.weight_worse * max(-gap, 0.0)
        felt = clip(felt + opinion.weight_expectation * hope)
        self.satisfaction = f32(felt)
        self._trust(felt, opinion)

    def _expect(self: Person, performance: float, opinion: Opinion) -> float:
        left = 1.0 - opinion.expectation_rate
        keep = left ** (INTERVAL_WEEKS / QUARTER_WEEKS)
        weekly = 1.0 - left ** (1.0 / QUARTER_WEEKS)
        lifted = self.lift / INTERVAL_WEEKS
        gained = lifted * (1.0 - keep) / weekly if weekly > 0.0 else lifted * INTERVAL_WEEKS
        hope = clip(performance + (self.expectation - performance) * keep + gained)
        self.lift = 0.0
        self.expectation = f32(hope)
        return hope

    def _trust(self: Person, felt: float, opinion: Opinion) -> None:
        target = felt
        if self.ties:
            talk = 0.0
            for other in self.ties:
                talk += other.satisfaction_before
            heard = opinion.word_of_mouth
            target = (1.0 - heard) * felt + heard * talk / len(self.ties)
        step = target - self.trust
        rate = self.trust_rate(step, opinion)
        self.trust = f32(clip(self.trust + (1.0 - stays_after_four_weeks(rate)) * step))

    def trust_rate(self: Person, step: float, opinion: Opinion) -> float:
        """Rate per week at which trust moves: quicker down than up."""
        return opinion.trust_up if step > 0.0 else opinion.trust_down
