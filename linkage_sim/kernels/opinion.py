"""What residents expect, feel and trust.

Expectancy-disconfirmation (Oliver 1980; Van Ryzin 2004, 2006, 2013) with asymmetric weights
(James 2009); trust follows satisfaction, falling faster than it rises, with word of mouth.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from linkage_sim.compiled_draws import kernel
from linkage_sim.kernels.records import QUARTER_WEEKS
from linkage_sim.kernels.tables import Needs


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
    satisfaction: Any
    trust: Any
    lift: Any
    shown: Any  # week until which an event attended is remembered
    taste: Any


@kernel
def clip(value: float) -> float:
    """Keep a number within 0..1."""
    return min(1.0, max(0.0, value))


@kernel
def own_experience(
    week: int, first: int, stop: int, needs: Needs, experience: Any
) -> float:
    """Fill the share of own needs of the last quarter that a contact covered.

    A need that a contact ended within the quarter counts as covered; a person with no need gets
    NaN. Returns the mean over those with needs (0 if there is nobody).

    Parameters
    ----------
    experience : float32[stop - first]
        Filled, one number a resident of the community.
    """
    since = week - QUARTER_WEEKS
    total = 0.0
    persons = 0
    for row in range(first, stop):
        record = needs.record[row]
        if record == 0:
            experience[row - first] = np.nan
            continue
        bits = needs.active[row]
        had = 0
        covered = 0
        cover = needs.records[record].cover
        for category in range(len(cover)):
            met = cover[category] > since
            if (bits >> category) & 1 == 1 or met:
                had += 1
                if met:
                    covered += 1
        if had == 0:
            experience[row - first] = np.nan
        else:
            experience[row - first] = covered / had
            total += experience[row - first]
            persons += 1
    return total / persons if persons > 0 else 0.0


@kernel
def spread_experience(
    first: int, stop: int, tie_start: Any, tie_to: Any, experience: Any, seen: Any, seen_by: Any
) -> None:
    """Let everybody with a need tell ties about it: sums and numbers of what each has heard.

    Most residents have no need and nothing to tell, so the work is that of the others. Ties are
    listed on both sides and sorted, so each sum adds up in the order of the listener's own ties.

    Parameters
    ----------
    experience : float32[stop - first], seen : float64[stop - first], seen_by : int32[stop - first]
        Experience by resident, NaN without needs; the sums, from 0.
    """
    for row in range(first, stop):
        own = experience[row - first]
        if math.isnan(own):
            continue
        for place in range(tie_start[row], tie_start[row + 1]):
            other = tie_to[place]
            seen[other] += own
            seen_by[other] += 1


@kernel
def judge(
    first: int, week: int, feelings: Feelings, experience: Any, mean: float, seen: Any,
    seen_by: Any, felt: Felt, judged: Any,
) -> None:
    """Fill how well each resident thinks services perform: by experience, or by hearsay and show.

    Parameters
    ----------
    experience : float32[residents of the community], mean
        Own experience, NaN without needs; its mean.
    seen : float64, seen_by : int32
        Sums and numbers of what each has heard.
    judged : float64
        Filled, 0..1.
    """
    size = len(experience)
    # Two lists, written at every step: whether somebody has a need is nothing one can guess, and a
    # branch guessed wrong costs more than all that is done for one person.
    own, hearsay = np.empty(size + 1, np.int32), np.empty(size + 1, np.int32)
    own_count = hearsay_count = 0
    for person in range(size):
        nothing = math.isnan(experience[person])
        own[own_count] = person
        hearsay[hearsay_count] = person
        hearsay_count += nothing
        own_count += not nothing
    for person in hearsay[:hearsay_count]:
        heard = seen_by[person]
        around = seen[person] / heard if heard > 0 else mean
        performance = feelings.neighbour * around
        performance += (1.0 - feelings.neighbour) * felt.expectation[first + person]
        if felt.shown[first + person] > week:
            performance += feelings.image
        judged[person] = clip(performance)
    for person in own[:own_count]:
        performance = float(experience[person])
        if performance == 0.0 and felt.shown[first + person] > week:
            performance = feelings.image_unserved
        judged[person] = clip(performance)


@kernel
def feel(
    weeks: int,
    first: int,
    stop: int,
    week: int,
    feelings: Feelings,
    tie_start: Any,
    tie_to: Any,
    needs: Needs,
    felt: Felt,
) -> None:
    """Let expectation, satisfaction and trust take the steps of some weeks at once.

    Over the interval experience is held, so the steps are those of a weekly rule written in
    closed form; neighbours' satisfaction is read as it was before.

    Parameters
    ----------
    weeks
        Weeks since the last evaluation.
    week
        Now. Who saw a show within the quarter judges by it too, as far as there is no service of
        one's own to judge.
    felt
        Columns of all residents; gathered publicity is used up.
    """
    size = stop - first
    experience = np.empty(size, np.float32)
    mean = own_experience(week, first, stop, needs, experience)
    seen, seen_by = np.zeros(size), np.zeros(size, np.int32)
    spread_experience(first, stop, tie_start, tie_to, experience, seen, seen_by)
    before = felt.satisfaction[first:stop].copy()
    keep = (1.0 - feelings.expectation_rate) ** (weeks / QUARTER_WEEKS)
    rate = 1.0 - (1.0 - feelings.expectation_rate) ** (1.0 / QUARTER_WEEKS)
    up = 1.0 - (1.0 - feelings.trust_up) ** weeks
    down = 1.0 - (1.0 - feelings.trust_down) ** weeks
    judged = np.empty(size)
    judge(first, week, feelings, experience, mean, seen, seen_by, felt, judged)
    for row in range(first, stop):
        performance = judged[row - first]
        gained = 0.0
        if felt.lift[row] != 0.0:
            lifted = felt.lift[row] / weeks
            gained = lifted * (1.0 - keep) / rate if rate > 0.0 else lifted * weeks
        hope = clip(performance + (felt.expectation[row] - performance) * keep + gained)
        felt.lift[row] = 0.0
        felt.expectation[row] = hope
        gap = performance - hope
        content = feelings.base + feelings.performance * performance + felt.taste[row]
        content += feelings.better * max(gap, 0.0) - feelings.worse * max(-gap, 0.0)
        content = clip(content + feelings.of_expectation * hope)
        felt.satisfaction[row] = content
        target = content
        begin, end = tie_start[row], tie_start[row + 1]
        if end > begin:
            talk = 0.0
            for place in range(begin, end):
                talk += before[tie_to[place]]
            target = (1.0 - feelings.word_of_mouth) * content + feelings.word_of_mouth * talk / (
                end - begin
            )
        step = target - felt.trust[row]
        felt.trust[row] = clip(felt.trust[row] + (up if step > 0.0 else down) * step)
