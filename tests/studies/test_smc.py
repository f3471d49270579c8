"""Particles that come nearer and nearer: right where theory knows the posterior, and in detail."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from scipy import stats

pytest.importorskip("pyabc", reason="the extra 'analysis' is not installed")

from linkage_sim.draws import Decision, Draws
from linkage_sim.studies.smc import Course, Generation, Shares, fit
from linkage_sim.studies.targets import FARTHEST

SPREAD, AIM = 0.08, 0.55
LOTS = Draws(4711)


def noisy(read: Callable[[Shares, float], float]) -> Callable[[Sequence[Shares]], list[float]]:
    """Make a simulation whose n-th point meets the n-th bell-shaped chance."""
    seen = [0]

    def distances(points: Sequence[Shares]) -> list[float]:
        found = []
        for shares in points:
            seen[0] += 1
            chance = LOTS.normal(Decision.VERIFICATION, seen[0])
            found.append(abs(read(shares, SPREAD * chance)))
        return found

    return distances


@cache
def known_case() -> Course:
    """Figure = first share + noise: its posterior is normal(.55, .08), the other share is even."""
    return fit(2, 200, 3, 1, noisy(lambda shares, chance: shares[0] + chance - AIM))


def moments(generation: Generation, place: int, weighted: bool = True) -> tuple[float, float]:
    shares = np.array([item.shares[place] for item in generation.particles])
    weights = np.array([item.weight for item in generation.particles]) if weighted else None
    mean = float(np.average(shares, weights=weights))
    return mean, math.sqrt(float(np.average((shares - mean) ** 2, weights=weights)))


@pytest.mark.statistical
def test_a_posterior_known_from_theory_is_found() -> None:
    last = known_case().generations[-1]
    mean, deviation = moments(last, 0)
    error = SPREAD / math.sqrt(last.effective)
    assert abs(mean - AIM) < 4.0 * error
    # A threshold that is not 0 widens it a little.
    assert 0.9 * SPREAD < deviation < 1.35 * SPREAD


@pytest.mark.statistical
def test_what_the_figure_does_not_depend_on_stays_as_it_was() -> None:
    last = known_case().generations[-1]
    mean, deviation = moments(last, 1)
    even = 1.0 / math.sqrt(12.0)
    assert abs(mean - 0.5) < 4.0 * even / math.sqrt(last.effective)
    assert abs(deviation - even) < 4.0 * even / math.sqrt(2.0 * last.effective)


@pytest.mark.statistical
def test_without_their_weights_the_same_particles_are_too_sure_of_themselves() -> None:
    """Negative control: points are proposed where others were accepted, which weights undo."""
    last = known_case().generations[-1]
    assert moments(last, 0, weighted=False)[1] < 0.9 * SPREAD < moments(last, 0)[1]


@pytest.mark.slow
@pytest.mark.statistical
def test_targets_that_say_nothing_leave_the_prior() -> None:
    """Negative control: chance alone decides who is near."""
    last = fit(1, 200, 3, 2, noisy(lambda shares, chance: chance)).generations[-1]
    pairs = sorted((item.shares[0], item.weight) for item in last.particles)
    steps = np.cumsum([weight for _, weight in pairs])
    gaps = np.abs(steps - np.array([share for share, _ in pairs]))
    assert gaps.max() < stats.kstwobign.ppf(0.999) / math.sqrt(last.effective)
    # The same question, asked of a figure that does say something.
    assert abs(moments(known_case().generations[-1], 0)[1] - 1.0 / math.sqrt(12.0)) > 0.1


def test_generations_come_nearer_and_the_first_is_the_prior() -> None:
    generations = known_case().generations
    assert len(generations) == 4 and math.isinf(generations[0].threshold)
    assert generations[0].proposals == len(generations[0].particles) == 200
    limits = [item.threshold for item in generations]
    assert limits == sorted(limits, reverse=True) and limits[-1] > 0.0
    for item in generations:
        assert all(particle.distance <= item.threshold for particle in item.particles)
        assert math.fsum(particle.weight for particle in item.particles) == pytest.approx(1.0)
        assert all(0.0 <= share <= 1.0 for particle in item.particles for share in particle.shares)


def plainly(points: Sequence[Shares]) -> list[float]:
    return [abs(shares[0] - AIM) for shares in points]


def test_a_seed_gives_the_same_particles_and_another_one_others() -> None:
    first, again, other = (fit(1, 30, 2, seed, plainly) for seed in (5, 5, 6))
    assert first == again
    assert first.generations[0].particles != other.generations[0].particles


def test_every_proposal_is_run_once_and_in_order() -> None:
    asked: list[Shares] = []

    def distances(points: Sequence[Shares]) -> list[float]:
        asked.extend(points)
        return plainly(points)

    course = fit(1, 30, 2, 5, distances)
    assert len(asked) == course.proposals == len(set(asked))
    for generation in course.generations:
        for particle in generation.particles:
            assert asked[particle.number] == particle.shares


def test_the_common_stream_of_numpy_is_left_alone() -> None:
    before = np.random.get_state()  # noqa: NPY002 - the stream that pyABC draws from
    fit(1, 20, 1, 5, plainly)
    after = np.random.get_state()  # noqa: NPY002
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_it_ends_where_all_figures_lie_in_their_bands() -> None:
    course = fit(1, 50, 9, 5, lambda points: [max(0.0, shares[0] - 0.4) for shares in points])
    assert course.ended == "inside" and len(course.generations) < 10
    assert max(particle.shares[0] for particle in course.generations[-1].particles) <= 0.4


def test_no_more_is_run_than_allowed_and_the_last_whole_generation_counts() -> None:
    course = fit(1, 30, 4, 5, plainly, most=120)
    assert course.ended == "runs" and course.proposals <= 120
    whole = fit(1, 30, 4, 5, plainly)
    # Sizes of batches may differ near the end; what was whole by then is the same.
    assert course.generations == whole.generations[: len(course.generations)]
    assert 2 <= len(course.generations) < len(whole.generations)


def test_a_target_nobody_comes_near_ends_it() -> None:
    calls = [0]

    def farther_each_time(points: Sequence[Shares]) -> list[float]:
        found = [1.0 + 0.001 * (calls[0] + number) for number in range(len(points))]
        calls[0] += len(points)
        return found

    course = fit(1, 5, 3, 5, farther_each_time)
    assert course.ended == "far" and len(course.generations) == 1
    assert course.proposals > 5 / 0.005


def test_points_without_a_figure_are_in_the_prior_and_in_nothing_else() -> None:
    def half_of_them(points: Sequence[Shares]) -> list[float]:
        return [FARTHEST if shares[0] > 0.7 else shares[0] for shares in points]

    course = fit(1, 60, 2, 5, half_of_them)
    first, last = course.generations[0], course.generations[-1]
    assert any(item.distance == FARTHEST for item in first.particles)
    assert all(item.distance < FARTHEST for item in last.particles)
