"""Likelihood-free fitting by generations of particles, done by pyABC on runs that we do ourselves.

Source: Toni et al. 2009, J. R. Soc. Interface 6(31), and Beaumont et al. 2009, Biometrika 96(4),
for the algorithm (ABC-SMC); Filippi et al. 2013, SAGMB 12(1), for kernels that follow the last
generation; Schälte et al. 2022, JOSS 7(74), for pyABC. Thresholds: the median distance of the last
generation (Drovandi and Pettitt 2011, Biometrics 67(1)).

pyABC asks for one simulation at a time; here a whole batch of proposals is drawn first, run by the
sweep's runner, and then handed to pyABC. Each proposal has its own seed, so a batch can be drawn
again word for word: that is what makes the result the same for any number of processes, and a
killed calibration go on from the runs that are kept.
"""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyabc

from linkage_sim.draws import sampler_seed
from linkage_sim.studies.targets import FARTHEST

KERNEL_WIDTH = 1.0
"""Spread of a proposal around its particle, in spreads of the last generation. pyABC's own rule is
narrower, and leaves few particles with nearly all of the weight where many assumptions are free;
Beaumont's root of 2 takes a third more proposals for hardly more evenness."""
NEARER_SHARE = 0.5
"""Quantile of the distances of a generation that is the threshold of the next."""
LEAST_ACCEPTED = 0.005
"""A generation of which fewer proposals come near is given up."""
SPARE, SMALLEST_BATCH, LARGEST_BATCH = 1.1, 0.25, 4.0
"""Proposals of a batch: so many times what the pace so far asks for, within shares of the
population."""
Shares = tuple[float, ...]


@dataclass(frozen=True)
class Particle:
    """One accepted point.

    Attributes
    ----------
    shares
        How far it lies along the range of each prior, 0..1.
    weight
        Share of the generation it stands for; all of them sum to 1.
    distance
        How far its figures lie from the targets.
    number
        Of its proposal, counted through all generations.
    """

    shares: Shares
    weight: float
    distance: float
    number: int


@dataclass(frozen=True)
class Generation:
    """A population of particles within a threshold; the first one is the prior itself."""

    particles: tuple[Particle, ...]
    threshold: float
    proposals: int

    @property
    def effective(self) -> float:
        """Tell how many particles of equal weight would tell as much (Kish 1965)."""
        return 1.0 / math.fsum(item.weight**2 for item in self.particles)


@dataclass
class Course:
    """What came of a calibration's generations, and why no further one followed."""

    generations: list[Generation] = field(default_factory=list)
    proposals: int = 0
    ended: str = "generations"


class _NotRunYetError(Exception):
    """A proposal whose point has not been run; carries the point."""


def fit(
    width: int, population: int, generations: int, seed: int,
    distances: Callable[[Sequence[Shares]], Sequence[float]], most: int | None = None,
) -> Course:
    """Draw particles nearer and nearer to the targets, from uniform priors on shares.

    Parameters
    ----------
    width
        Free parameters.
    population, generations
        Particles of a generation; generations after the prior at most. It ends earlier where the
        threshold is 0, so that all figures lie in their bands.
    distances
        Runs points and tells how far each lies from the targets; called with every proposal once,
        in order.
    most
        Proposals at most.
    """
    sampler = _Batches(population, seed, distances, most)
    names = [f"share{place}" for place in range(width)]
    prior = pyabc.Distribution(**{name: pyabc.RV("uniform", 0.0, 1.0) for name in names})
    threshold = pyabc.QuantileEpsilon(initial_epsilon=FARTHEST, alpha=NEARER_SHARE)

    def model(shares: Any) -> dict[str, float]:
        return sampler.result(tuple(float(shares[name]) for name in names))

    with _quiet(), _numpy_chances_kept():
        smc = pyabc.ABCSMC(
            model, prior, lambda now, aim: now["distance"], population, eps=threshold,
            sampler=sampler, transitions=pyabc.MultivariateNormalTransition(
                bandwidth_selector=lambda count, width: KERNEL_WIDTH
            ),
        )
        history = smc.new("sqlite://", {"distance": 0.0})
        smc.run(minimum_epsilon=0.0, max_nr_populations=generations + 1)
        thresholds = [float(threshold(number)) for number in range(len(sampler.course.generations))]
        history.done()
    found = sampler.course
    found.generations = [
        Generation(item.particles, math.inf if limit >= FARTHEST else limit, item.proposals)
        for item, limit in zip(found.generations, thresholds, strict=True)
    ]
    if found.ended == "generations" and thresholds[-1] <= 0.0:
        found.ended = "inside"
    return found


class _Batches(pyabc.sampler.Sampler):  # type: ignore[misc]
    """Hands pyABC the results of proposals that were run together."""

    def __init__(
        self, population: int, seed: int, distances: Callable[[Sequence[Shares]], Sequence[float]],
        most: int | None,
    ) -> None:
        super().__init__()
        self.course = Course()
        self._population, self._seed, self._most = population, seed, most
        self._distances = distances
        self._known: dict[Shares, dict[str, float]] = {}
        self._pace = 1.0

    def result(self, shares: Shares) -> dict[str, float]:
        """Give what a run proposal brought; to pyABC this is the model."""
        if shares not in self._known:
            raise _NotRunYetError(shares)
        return self._known[shares]

    def sample_until_n_accepted(
        self, n: int, simulate_one: Callable[[], Any], t: int, *, max_eval: float = math.inf,
        all_accepted: bool = False, ana_vars: Any = None,
    ) -> Any:
        """Draw, run and judge batches of proposals until so many are accepted."""
        sample = self._create_empty_sample()
        accepted: list[tuple[Any, int]] = []
        judged = 0
        while len(accepted) < n:
            batch = self._run_batch(simulate_one, n - len(accepted), judged)
            if not batch:
                sample.ok = False
                return sample
            for number in batch:
                particle = self._drawn(simulate_one, number)
                sample.append(particle)
                judged += 1
                if particle.accepted:
                    accepted.append((particle, number))
                if len(accepted) == n:
                    break
            self._pace = len(accepted) / judged
        self.nr_evaluations_ = judged
        self._remember(accepted, judged)
        return sample

    def _run_batch(self, simulate_one: Callable[[], Any], missing: int, judged: int) -> range:
        """Draw the next proposals and run them together; none where there is nothing left."""
        size = math.ceil(SPARE * missing / max(self._pace, LEAST_ACCEPTED))
        if not self.course.generations:
            # All of the first generation are accepted: it is the prior.
            size = missing
        size = min(size, math.ceil(LARGEST_BATCH * self._population))
        size = max(size, math.ceil(SMALLEST_BATCH * self._population))
        if self._most is not None and self.course.proposals + size > self._most:
            size = self._most - self.course.proposals
            self.course.ended = "runs" if size <= 0 else self.course.ended
        if judged * LEAST_ACCEPTED > self._population:
            size, self.course.ended = 0, "far"
        batch = range(self.course.proposals, self.course.proposals + max(0, size))
        points = [self._proposed(simulate_one, number) for number in batch]
        for number, shares, far in zip(batch, points, self._distances(points), strict=True):
            self._known[shares] = {"distance": float(far), "number": float(number)}
        self.course.proposals += len(batch)
        return batch

    def _drawn(self, simulate_one: Callable[[], Any], number: int) -> Any:
        np.random.seed(sampler_seed(self._seed, f"proposal {number}"))  # noqa: NPY002 - pyABC's
        return simulate_one()

    def _proposed(self, simulate_one: Callable[[], Any], number: int) -> Shares:
        try:
            self._drawn(simulate_one, number)
        except _NotRunYetError as asked:
            shares: Shares = asked.args[0]
            return shares
        raise AssertionError("two proposals at one point")

    def _remember(self, accepted: Sequence[tuple[Any, int]], judged: int) -> None:
        total = math.fsum(item.weight for item, _ in accepted)
        particles = tuple(
            Particle(
                tuple(float(item.parameter[f"share{place}"])
                      for place in range(len(item.parameter))),
                float(item.weight / total), float(item.distance), number,
            )
            for item, number in accepted
        )
        self.course.generations.append(Generation(particles, math.nan, judged))
        self._known.clear()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep pyABC from telling every step."""
    logger = logging.getLogger("ABC")
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextlib.contextmanager
def _numpy_chances_kept() -> Iterator[None]:
    """Give NumPy's common stream, which pyABC draws from, back as it was."""
    state = np.random.get_state()  # noqa: NPY002 - see above
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
