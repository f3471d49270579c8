"""Scenario discovery: over which share of the assumption space a conclusion holds, and where not.

Source: Bryant and Lempert 2010, Technological Forecasting and Social Change 77(1), for the words;
Wilson 1927, JASA 22(158), for intervals of shares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.draws import sampler_seed
from linkage_sim.errors import InputError
from linkage_sim.outcomes import BY_NAME
from linkage_sim.scenario import problems
from linkage_sim.studies.designs import Points
from linkage_sim.studies.point_values import (
    Quantity,
    gathered,
    noise_deviation,
    noise_share,
    quantities,
)
from linkage_sim.studies.prim import FEWEST_CASES, Found, find_boxes
from linkage_sim.studies.salib_points import MORRIS, SALTELLI, group_size
from linkage_sim.studies.study import Study
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CONFIDENCE, CLEAR = 0.95, 1.96
NEARER = "nearer to 0"
_EVENT = re.compile(
    r"(?P<difference>difference\s+in\s+)?(?P<outcome>\w+)(?:\s+(?:of|for)\s+(?P<scenario>\S+))?"
    r"\s*(?P<sign><=|>=|<|>)\s*(?P<value>[-+]?[\d.]+(?:e[-+]?\d+)?)", re.IGNORECASE,
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """Something that happens under some assumptions and not under others.

    Attributes
    ----------
    scenario, baseline
        Of the quantity; the baseline is empty where it is no difference.
    """

    text: str
    scenario: str
    baseline: str
    outcome: str
    sign: str
    value: float

    def happens(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell for each value whether it is so."""
        compare = {"<=": np.less_equal, ">=": np.greater_equal, "<": np.less, ">": np.greater}
        return np.asarray(compare[self.sign](values, self.value), dtype=bool)


@dataclass(frozen=True)
class Box:
    """A part of the assumption space in which an event is frequent.

    Attributes
    ----------
    ranges
        Parameter -> (low, high) in its unit; None at an end that the box leaves open.
    mass, density, coverage
        Share of all points inside; share of points inside where it happens; share of all points
        where it happens that are inside.
    base
        Share of all points where it happens.
    """

    ranges: dict[str, tuple[float | None, float | None]]
    quasi_p: dict[str, float]
    inside: int
    cases: int
    mass: float
    density: float
    coverage: float
    base: float
    chance: float


@dataclass(frozen=True)
class Discovery:
    """Where an event happens: how often in the whole space, and in which parts of it.

    Attributes
    ----------
    points, undefined, cases
        Points with a value, without one, and those where it happens.
    low, high
        95 % interval of the share of the space.
    searched
        Whether there were enough points of both kinds to look for boxes.
    boxes
        Empty where no part of the space is better than chance.
    """

    event: Event
    points: int
    undefined: int
    cases: int
    low: float
    high: float
    searched: bool
    boxes: tuple[Box, ...]

    @property
    def share(self) -> float:
        """Give the share of the space in which it happens; undefined without a point."""
        return self.cases / self.points if self.points else float("nan")


def event_of(text: str, study: Study) -> Event:
    """Read "difference in demand_match of fast_approval <= 0", or "trust < 0.5".

    Raises
    ------
    InputError
        For a text of another form, an outcome that is not kept, a scenario that is not there.
    """
    if study.design == MORRIS:
        raise InputError(say("sensitivity.error.discover_morris"))
    read = _EVENT.fullmatch(text.strip())
    try:
        value = float(read["value"]) if read else 0.0
    except ValueError:
        read = None
    if read is None:
        raise InputError(say("sensitivity.error.event", found=problems.shown(text)))
    if read["outcome"] not in study.outcomes:
        raise InputError(f"--discover: {problems.unknown_name(read['outcome'], study.outcomes)}")
    first, others = study.names[0], study.names[1:]
    if not read["difference"]:
        name = _scenario(read["scenario"], study.names) if read["scenario"] else first
        return Event(text.strip(), name, "", read["outcome"], read["sign"], value)
    if not others:
        raise InputError(say("sensitivity.error.one_scenario"))
    if read["scenario"] is None and len(others) > 1:
        raise InputError(say("sensitivity.error.which", known=listing(others)))
    name = _scenario(read["scenario"], others) if read["scenario"] else others[0]
    return Event(text.strip(), name, first, read["outcome"], read["sign"], value)


def _scenario(name: str, known: Sequence[str]) -> str:
    """Find a scenario by its name or by the reforms it adds."""
    fitting = [item for item in known if name in (item, item.partition("+")[2])]
    if len(fitting) != 1:
        raise InputError(f"--discover: {problems.unknown_name(name, known)}")
    return fitting[0]


def space_points(study: Study, count: int) -> NDArray[np.intp]:
    """Number the points that are spread evenly over the space: of a Sobol design, two a block."""
    if study.design != SALTELLI:
        return np.arange(count)
    size = group_size(study.design, len(study.factors))
    starts = np.arange(0, count, size)
    return np.sort(np.concatenate([starts, starts + size - 1]))


def interval(cases: int, count: int) -> tuple[float, float]:
    """Give the 95 % interval of a share; undefined without a point."""
    from scipy.stats import binomtest

    if not count:
        return float("nan"), float("nan")
    found = binomtest(cases, count).proportion_ci(CONFIDENCE, "wilson")
    return float(found.low), float(found.high)


def conclusions(rows: pd.DataFrame, study: Study, points: Points) -> pd.DataFrame:
    """Tell over which share of the assumption space each reform improves each outcome.

    Returns
    -------
    pandas.DataFrame
        One row a reform and outcome: scenario, baseline, outcome, better (which change is an
        improvement), points with a value, undefined ones, holds (improvements), share with its 95 %
        interval, clear (improvements beyond chance), against (worsenings beyond chance), the mean
        and the 10th and 90th percentile of the difference, the share of chance in its variance.
    """
    import pandas as pd

    chosen = space_points(study, len(points))
    found = list(quantities(rows, study, points))
    levels = {item.outcome: item.values[:, chosen] for item in found if not item.baseline}
    table = [
        _conclusion(item, item.values[:, chosen], levels[item.outcome])
        for item in found if item.baseline
    ]
    return pd.DataFrame(table, columns=[
        "scenario", "baseline", "outcome", "better", "points", "undefined", "holds", "share", "low",
        "high", "clear", "against", "mean", "p10", "p90", "noise_share",
    ])


def _conclusion(
    item: Quantity, differences: NDArray[np.float64], before: NDArray[np.float64]
) -> Row:
    better = BY_NAME[item.outcome].better
    if better == "zero":
        # Towards 0 is an improvement from either side.
        after = before + differences
        change, told = _mean(np.abs(before)) - _mean(np.abs(after)), NEARER
        spread = noise_deviation(np.abs(before) - np.abs(after))
    else:
        sign = -1.0 if better == -1 else 1.0
        change, told = sign * _mean(differences), "<" if better == -1 else ">"
        spread = noise_deviation(differences)
    known = change[np.isfinite(change)]
    holds = int((known > 0.0).sum())
    low, high = interval(holds, len(known))
    middle = _mean(differences)
    middle = middle[np.isfinite(middle)]
    tenth, ninetieth = (
        (float(np.quantile(middle, share)) for share in (0.1, 0.9)) if len(middle)
        else (float("nan"), float("nan"))
    )
    return {
        "scenario": item.scenario, "baseline": item.baseline, "outcome": item.outcome,
        "better": told, "points": len(known), "undefined": len(change) - len(known),
        "holds": holds, "share": holds / len(known) if len(known) else float("nan"),
        "low": low, "high": high, "clear": int((known > CLEAR * spread).sum()),
        "against": int((known < -CLEAR * spread).sum()),
        "mean": float(middle.mean()) if len(middle) else float("nan"),
        "p10": tenth, "p90": ninetieth, "noise_share": noise_share(differences),
    }


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average over the seeds that have a value; NaN where none has."""
    known = np.isfinite(values)
    count = known.sum(axis=0)
    sums = np.where(known, values, 0.0).sum(axis=0)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def event_values(
    rows: pd.DataFrame, study: Study, points: Points, event: Event
) -> NDArray[np.float64]:
    """Give the mean of an event's quantity at every evenly spread point; NaN where undefined."""
    values, _ = gathered(rows, study, points)
    outcome = study.outcomes.index(event.outcome)
    found = values[study.names.index(event.scenario), :, :, outcome]
    if event.baseline:
        found = found - values[study.names.index(event.baseline), :, :, outcome]
    return _mean(found[:, space_points(study, len(points))])


def discovered(
    rows: pd.DataFrame, study: Study, points: Points, event: Event
) -> Discovery:
    """Find the parts of the assumption space in which an event is frequent.

    Points where the quantity has no value are left out and counted.
    """
    values = event_values(rows, study, points, event)
    known = np.isfinite(values)
    cases = event.happens(values[known])
    assert points.shares is not None
    space = points.shares[space_points(study, len(points))][known]
    boxes = find_boxes(space, cases, sampler_seed(study.seed, f"prim {event.text}"))
    count, hits = len(cases), int(cases.sum())
    low, high = interval(hits, count)
    return Discovery(
        event, count, len(values) - count, hits, low, high,
        searched=min(hits, count - hits) >= FEWEST_CASES,
        boxes=tuple(_box(found, study, cases) for found in boxes),
    )


def _box(found: Found, study: Study, cases: NDArray[np.bool_]) -> Box:
    ranges, quasi_p = {}, {}
    for parameter, p_value in found.quasi_p.items():
        factor = study.factors[parameter]
        assert factor.range is not None
        ends = float(found.limits.low[parameter]), float(found.limits.high[parameter])
        low = float(factor.range.at(ends[0])) if ends[0] > 0.0 else None
        high = float(factor.range.at(ends[1])) if ends[1] < 1.0 else None
        ranges[factor.name], quasi_p[factor.name] = (low, high), p_value
    count, hits = len(cases), int(cases.sum())
    return Box(
        ranges, quasi_p, found.inside, found.cases, found.inside / count,
        found.cases / found.inside, found.cases / hits, hits / count, found.chance,
    )


def boxes_table(found: Sequence[Discovery]) -> pd.DataFrame:
    """Set discoveries as a table.

    Returns
    -------
    pandas.DataFrame
        One row an event (box 0: the whole space) and one a box and parameter it limits.
    """
    import pandas as pd

    columns = ["event", "box", "parameter", "low", "high", "quasi_p", "inside", "cases", "mass",
               "density", "density_low", "density_high", "coverage", "chance", "undefined",
               "searched"]
    return pd.DataFrame(list(_box_rows(found)), columns=columns)


def _box_rows(found: Sequence[Discovery]) -> Iterator[Row]:
    for item in found:
        told: Row = {"event": item.event.text, "undefined": item.undefined,
                     "searched": item.searched}
        yield {**told, "box": 0, "parameter": "", "inside": item.points, "cases": item.cases,
               "mass": 1.0, "density": item.share, "density_low": item.low,
               "density_high": item.high, "coverage": 1.0}
        for number, box in enumerate(item.boxes, start=1):
            low, high = interval(box.cases, box.inside)
            for name, ends in box.ranges.items():
                yield {
                    **told, "box": number, "parameter": name, "low": ends[0], "high": ends[1],
                    "quasi_p": box.quasi_p[name], "inside": box.inside, "cases": box.cases,
                    "mass": box.mass, "density": box.density, "density_low": low,
                    "density_high": high, "coverage": box.coverage, "chance": box.chance,
                }
