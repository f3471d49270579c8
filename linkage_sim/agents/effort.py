"""How an organization splits its hours between substance, show and paper.

Source: multitask agency, Holmstrom and Milgrom (1991), Baker (1992, 2002): effort follows what
is rewarded, and what is not measured well is displaced.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prospect:
    """What an organization believes it gains from a unit of each kind of effort.

    Attributes
    ----------
    substance, showcase : float
        Marginal gain at zero effort: reward times what the score is believed to see, plus the
        mission motive times true value.
    curvature_substance, curvature_showcase : float
        How fast further effort of one kind costs more; 1 is the normalisation.
    substitution : float
        How far one kind makes the other dearer, 0..1.
    bound : float or None
        Share of hours that paper leaves; None: no bound.
    """

    substance: float
    showcase: float
    curvature_substance: float
    curvature_showcase: float
    substitution: float
    bound: float | None


class EffortStrategy(Protocol):
    """A way to choose effort; registered by name and used by every organization."""

    def choose(self, prospect: Prospect, noise: tuple[float, float], temperature: float) -> tuple[
        float, float
    ]:
        """Give the shares of hours for substance and showcase; `noise` holds two normal lots."""
        ...


def utility(prospect: Prospect, substance: float, showcase: float) -> float:
    """What a mix is believed to be worth."""
    return (
        prospect.substance * substance
        + prospect.showcase * showcase
        - 0.5 * prospect.curvature_substance * substance**2
        - 0.5 * prospect.curvature_showcase * showcase**2
        - prospect.substitution * substance * showcase
    )


def best_mix(prospect: Prospect) -> tuple[float, float]:
    """Find the mix worth most: interior if there is one, else the best point on an edge.

    With curvatures k and no bound this is s = (u_s - g u_z) / (k (1 - g^2)); on the bound B it is
    s = (B + (u_s - u_z) / (k (1 - g))) / 2.
    """
    gain_s, gain_z = prospect.substance, prospect.showcase
    curve_s, curve_z = prospect.curvature_substance, prospect.curvature_showcase
    cross = prospect.substitution
    bound = math.inf if prospect.bound is None else prospect.bound
    points = [(0.0, 0.0)]
    determinant = curve_s * curve_z - cross**2
    if determinant > 0.0 and curve_s > 0.0:
        points.append(
            (
                (curve_z * gain_s - cross * gain_z) / determinant,
                (curve_s * gain_z - cross * gain_s) / determinant,
            )
        )
    points.append((gain_s / curve_s if curve_s > 0.0 else bound, 0.0))
    points.append((0.0, gain_z / curve_z if curve_z > 0.0 else bound))
    if math.isfinite(bound):
        along = curve_s + curve_z - 2.0 * cross
        if along > 0.0:
            share = (gain_s - gain_z + (curve_z - cross) * bound) / along
            points.append((share, bound - share))
        points.extend([(bound, 0.0), (0.0, bound)])
    fits = [
        point
        for point in points
        if min(point) >= -1e-12 and point[0] + point[1] <= bound + 1e-12
        and math.isfinite(point[0] + point[1])
    ]
    best = max(fits, key=lambda point: utility(prospect, *point))
    return max(0.0, best[0]), max(0.0, best[1])


class BestResponse:
    """Choose the mix worth most, with logit noise around it.

    The density of a mix is proportional to exp(utility / temperature); around the optimum of a
    quadratic utility that is a normal distribution with the curvatures as precision.
    """

    def choose(self, prospect: Prospect, noise: tuple[float, float], temperature: float) -> tuple[
        float, float
    ]:
        """Give the shares of hours for substance and showcase, within the bound."""
        substance, showcase = best_mix(prospect)
        if temperature > 0.0:
            step_s, step_z = _spread(prospect, noise, temperature)
            substance, showcase = max(0.0, substance + step_s), max(0.0, showcase + step_z)
        if prospect.bound is not None and substance + showcase > prospect.bound:
            over = substance + showcase - prospect.bound
            substance, showcase = substance - over / 2.0, showcase - over / 2.0
            if substance < 0.0:
                substance, showcase = 0.0, prospect.bound
            elif showcase < 0.0:
                substance, showcase = prospect.bound, 0.0
        return substance, showcase


def _spread(
    prospect: Prospect, noise: tuple[float, float], temperature: float
) -> tuple[float, float]:
    # Normal with covariance temperature * inverse of [[k_s, g], [g, k_z]] (Cholesky, 2 x 2).
    curve_s = max(prospect.curvature_substance, 1e-3)
    curve_z = max(prospect.curvature_showcase, 1e-3)
    cross = min(prospect.substitution, 0.99 * math.sqrt(curve_s * curve_z))
    determinant = curve_s * curve_z - cross**2
    first = math.sqrt(temperature * curve_z / determinant)
    tilt = -temperature * cross / determinant / first
    rest = math.sqrt(max(0.0, temperature * curve_s / determinant - tilt**2))
    return first * noise[0], tilt * noise[0] + rest * noise[1]


def mean_ramp(ramp_weeks: float, from_week: float, weeks: float) -> float:
    """Mean productivity of substance over a window: 1 - exp(-t / ramp) averaged over it.

    From the start this is 1 - (ramp / C)(1 - exp(-C / ramp)).
    """
    if ramp_weeks <= 0.0:
        return 1.0
    if weeks <= 0.0:
        return 1.0 - math.exp(-from_week / ramp_weeks)
    start = math.exp(-from_week / ramp_weeks)
    end = math.exp(-(from_week + weeks) / ramp_weeks)
    return 1.0 - ramp_weeks / weeks * (start - end)
