"""What residents expect, feel and trust.

Expectancy-disconfirmation (Oliver 1980; Van Ryzin 2004, 2006, 2013) with asymmetric weights
(James 2009); trust follows satisfaction, falling faster than it rises, with word of mouth.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from linkage_sim.compiled_draws import kernel

QUARTER_WEEKS = 13.0


class Feelings(NamedTuple):
    """Coefficients of satisfaction and trust."""

    base: float
    performance: float
    better: float
    worse: float
    of_expectation: float
    expectation_rate: float  # per quarter
    trust_up: float  # per week
    trust_down: float
    word_of_mouth: float
    neighbour: float
    image: float
    image_unserved: float


class Felt(NamedTuple):
    """Columns of what residents feel."""

    expectation: Any  # float32[residents], 0..1
    previous: Any
    satisfaction: Any
    experience: Any  # NaN without needs
    lift: Any
    shown: Any  # week until which an event attended is remembered
    taste: Any


@kernel
def clip(value: float) -> float:
    """Keep a number within 0..1."""
    return min(1.0, max(0.0, value))


@kernel
def own_experience(
    week: int, first: int, stop: int, active: Any, cover: Any, experience: Any
) -> float:
    """Fill the share of own needs of the last quarter that a contact covered.

    A need that a contact ended within the quarter counts as covered; a person with no need gets
    NaN. Returns the mean over those with needs (0 if there is nobody).
    """
    since = week - QUARTER_WEEKS
    total = 0.0
    persons = 0
    for row in range(first, stop):
        bits = active[row]
        needs = 0
        covered = 0
        for category in range(cover.shape[1]):
            met = cover[row, category] > since
            if (bits >> category) & 1 == 1 or met:
                needs += 1
                if met:
                    covered += 1
        if needs == 0:
            experience[row] = np.nan
        else:
            experience[row] = covered / needs
            total += experience[row]
            persons += 1
    return total / persons if persons > 0 else 0.0


@kernel
def feel(
    weeks: int,
    first: int,
    stop: int,
    mean_experience: float,
    week: int,
    shown: Any,
    feelings: Feelings,
    tie_start: Any,
    tie_to: Any,
    experience: Any,
    taste: Any,
    expectation: Any,
    previous: Any,
    satisfaction: Any,
    trust: Any,
    lift: Any,
) -> None:
    """Let expectation, satisfaction and trust take the steps of some weeks at once.

    Over the interval experience is held, so the steps are those of a weekly rule written in
    closed form; neighbours' satisfaction is read as it was before.

    Parameters
    ----------
    weeks
        Weeks since the last evaluation.
    week, shown : int, float32[residents]
        Now, and until when each resident remembers an event attended: who saw the show judges by
        it too, as far as there is no service of one's own to judge.
    previous, satisfaction : float32[residents]
        Satisfaction before and after.
    lift : float32[residents]
        Publicity gathered since; set to 0.
    """
    keep = (1.0 - feelings.expectation_rate) ** (weeks / QUARTER_WEEKS)
    rate = 1.0 - (1.0 - feelings.expectation_rate) ** (1.0 / QUARTER_WEEKS)
    up = 1.0 - (1.0 - feelings.trust_up) ** weeks
    down = 1.0 - (1.0 - feelings.trust_down) ** weeks
    for row in range(first, stop):
        previous[row] = satisfaction[row]
    for row in range(first, stop):
        begin, end = tie_start[row], tie_start[row + 1]
        own = experience[row]
        seen = 0.0
        seen_by = 0
        talk = 0.0
        for place in range(begin, end):
            other = tie_to[place]
            talk += previous[other]
            if not math.isnan(experience[other]):
                seen += experience[other]
                seen_by += 1
        if math.isnan(own):
            around = seen / seen_by if seen_by > 0 else mean_experience
            performance = feelings.neighbour * around + (1.0 - feelings.neighbour) * expectation[
                row
            ]
            if shown[row] > week:
                performance += feelings.image
        elif own == 0.0 and shown[row] > week:
            performance = feelings.image_unserved
        else:
            performance = own
        performance = clip(performance)
        lifted = lift[row] / weeks
        gained = lifted * (1.0 - keep) / rate if rate > 0.0 else lifted * weeks
        hope = clip(performance + (expectation[row] - performance) * keep + gained)
        lift[row] = 0.0
        expectation[row] = hope
        gap = performance - hope
        felt = feelings.base + feelings.performance * performance + taste[row]
        felt += feelings.better * max(gap, 0.0) - feelings.worse * max(-gap, 0.0)
        felt = clip(felt + feelings.of_expectation * hope)
        satisfaction[row] = felt
        target = felt
        if end > begin:
            target = (1.0 - feelings.word_of_mouth) * felt + feelings.word_of_mouth * talk / (
                end - begin
            )
        step = target - trust[row]
        trust[row] = clip(trust[row] + (up if step > 0.0 else down) * step)
