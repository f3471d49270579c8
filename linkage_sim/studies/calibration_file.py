"""A calibration's file: which assumptions are free, and which figures they shall bring about."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from linkage_sim.errors import InputError
from linkage_sim.outcomes import NAMES
from linkage_sim.scenario import problems
from linkage_sim.scenario.fields import Section
from linkage_sim.scenario.lines import Path as KeyPath
from linkage_sim.scenario.schema import Scenario, scenario_from
from linkage_sim.scenario.seeds import LARGEST_SEED
from linkage_sim.studies.levels import Factor, Range
from linkage_sim.studies.study import load_study
from linkage_sim.studies.targets import Target
from linkage_sim.words import say

FEWEST, MOST = 10, 100_000
"""Particles of a generation: with fewer, nothing could be said of a spread."""
OWN_KEYS = ("population", "generations", "runs", "targets", "predictions")
Row = dict[str, Any]


class FigureFile(Section):
    """One figure that is known from elsewhere: a value, or a band."""

    value: float | None = Field(None, title="The figure")
    low: float | None = Field(None, title="Lower end of the band")
    high: float | None = Field(None, title="Upper end of the band")
    scale: float | None = Field(None, title="Distance that counts as 1", gt=0)


class CalibrationFile(Section):
    """What a person writes in a calibration study, before the names in it are looked up."""

    title: str = Field("", title="Title", max_length=200)
    description: str = Field("", title="Description", max_length=4000)
    scenario: str = Field(title="Scenario")
    population: int = Field(100, title="Particles of a generation", ge=FEWEST, le=MOST)
    generations: int = Field(6, title="Generations, the prior not counted", ge=1, le=100)
    runs: int | None = Field(None, title="Most runs spent on fitting", ge=FEWEST)
    replications: int = Field(4, title="Worlds that a figure is the mean of", ge=1, le=10_000)
    seed: int = Field(1, title="Seed", ge=0, le=LARGEST_SEED)
    parameters: dict[str, Any] = Field(title="Dotted name -> range of the prior")
    targets: dict[str, FigureFile] = Field(title="Outcome -> figure that is fitted")
    predictions: dict[str, FigureFile] = Field({}, title="Outcome -> figure that is predicted")
    set: dict[str, Any] = Field({}, title="Dotted name -> value that holds for all runs")


@dataclass(frozen=True)
class Calibration:
    """A calibration whose scenario is loaded and whose every value was checked.

    Attributes
    ----------
    name, scenario
        What the parameters are laid over.
    factors
        The free parameters with the ranges of their priors, in the order of the file.
    targets, predictions
        Figures that are fitted, and figures that are looked at afterwards only.
    population, generations
        Particles of a generation; generations at most.
    runs
        Runs at most that are spent on fitting; None for any number.
    replications
        Worlds that each simulated figure is the mean of.
    settings
        Texts "name=value" that hold for all runs, to be told beside results.
    """

    name: str
    scenario: Scenario
    factors: tuple[Factor, ...]
    targets: tuple[Target, ...]
    predictions: tuple[Target, ...]
    population: int = 100
    generations: int = 6
    runs: int | None = None
    replications: int = 4
    seed: int = 1
    settings: tuple[str, ...] = ()
    title: str = ""

    @property
    def figures(self) -> tuple[Target, ...]:
        """All figures, the fitted ones first."""
        return self.targets + self.predictions

    def point(self, shares: Sequence[float]) -> Row:
        """Give the values that lie so far along the ranges of the priors, each 0..1."""
        return {
            name: value
            for item, share in zip(self.factors, shares, strict=True)
            for name, value in item.at(share).items()
        }


def load_calibration(
    path: Path, overrides: Sequence[str] = (), *, replications: int | None = None,
    seed: int | None = None,
) -> Calibration:
    """Read a calibration study and check it completely, as `load_study` does for a sweep.

    Raises
    ------
    InputError
        With every problem found: file, line, key, what was found and what is allowed.
    """
    read: list[CalibrationFile] = []

    def prepare(content: Row, place: Any) -> Row:
        written = _checked(content, place)
        found = list(_misfits(written))
        if found:
            raise InputError(problems.messages(found, place))
        read.append(written)
        return _as_sweep(written, content)

    study = load_study(path, overrides, replications=replications, seed=seed, prepare=prepare)
    written = read[0]
    return Calibration(
        name=study.names[0], scenario=study.scenarios[0], factors=study.factors,
        targets=tuple(_target(name, item) for name, item in written.targets.items()),
        predictions=tuple(_target(name, item) for name, item in written.predictions.items()),
        population=written.population, generations=written.generations, runs=written.runs,
        replications=study.replications, seed=study.seed, settings=study.settings,
        title=study.title,
    )


def _checked(content: Row, place: Any) -> CalibrationFile:
    try:
        text = json.dumps(content, default=str)
        return CalibrationFile.model_validate_json(text, strict=True)
    except ValidationError as error:
        found = problems.explained(error, content, CalibrationFile)
        raise InputError(problems.messages(found, place)) from None


def _as_sweep(written: CalibrationFile, content: Mapping[str, Any]) -> Row:
    """Write the study as a sweep over its prior, which the reader of sweeps knows how to check."""
    plain = {key: value for key, value in content.items() if key not in OWN_KEYS}
    return {
        **plain, "design": "latin_hypercube", "samples": written.population,
        "replications": written.replications, "recording": [],
    }


def _misfits(written: CalibrationFile) -> Iterator[tuple[KeyPath, str]]:
    """Say what of the figures and the priors cannot be used."""
    if not written.parameters:
        yield ("parameters",), say("calibration.error.no_parameters")
    for name, value in written.parameters.items():
        if not isinstance(value, Mapping):
            yield ("parameters", name), say("calibration.error.range_needed")
    if not written.targets:
        yield ("targets",), say("calibration.error.no_targets")
    if written.runs is not None and written.runs < 2 * written.population * written.replications:
        yield ("runs",), say("calibration.error.few_runs", found=written.runs,
                             least=2 * written.population * written.replications)
    for table, figures in (("targets", written.targets), ("predictions", written.predictions)):
        for name, item in figures.items():
            if name not in NAMES:
                yield (table, name), problems.unknown_name(name, NAMES)
            for text in _wrong(item, table == "targets"):
                yield (table, name), text
            if table == "predictions" and name in written.targets:
                yield (table, name), say("calibration.error.both", name=name)


def _wrong(item: FigureFile, fitted: bool) -> Iterator[str]:
    """Say why a figure is neither a value nor a band."""
    ends = (item.low, item.high)
    if item.value is not None and ends != (None, None):
        yield say("calibration.error.value_and_band")
    elif item.value is None and (item.low is None) != (item.high is None):
        yield say("calibration.error.half_band")
    elif item.value is None and ends == (None, None) and fitted:
        yield say("calibration.error.no_figure")
    elif item.low is not None and item.high is not None and item.low >= item.high:
        yield say("sweep.error.range_order", low=item.low, high=item.high)
    if fitted and item.value is not None and item.scale is None:
        yield say("calibration.error.no_scale")


def _target(name: str, item: FigureFile) -> Target:
    low = item.value if item.low is None else item.low
    high = item.value if item.high is None else item.high
    if low is None or high is None:
        return Target(name, math.nan, math.nan, item.scale or 1.0)
    # What is as far from a band as half its width counts as 1.
    return Target(name, low, high, item.scale or (high - low) / 2 or 1.0)


# -- as it is written down -----------------------------------------------------------------------


def record_of(plan: Calibration) -> Row:
    """Write a calibration down, but for its scenario, which stands elsewhere in provenance."""
    return {
        "title": plan.title,
        "parameters": {
            item.name: asdict(item.range) for item in plan.factors if item.range is not None
        },
        "targets": [_plain(asdict(item)) for item in plan.targets],
        "predictions": [_plain(asdict(item)) for item in plan.predictions],
        "population": plan.population, "generations": plan.generations, "runs": plan.runs,
        "replications": plan.replications, "seed": plan.seed, "settings": list(plan.settings),
    }


def _plain(item: Row) -> Row:
    """Write an unknown number as none, since JSON has no other word for it."""
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in item.items()
    }


def calibration_from(record: Mapping[str, Any], name: str, content: Row) -> Calibration:
    """Turn a record, and the scenario beside it, back into the calibration."""
    return Calibration(
        name=name, scenario=scenario_from(content),
        factors=tuple(
            Factor(key, range=Range(**held)) for key, held in record["parameters"].items()
        ),
        targets=tuple(_figure(item) for item in record["targets"]),
        predictions=tuple(_figure(item) for item in record["predictions"]),
        population=record["population"], generations=record["generations"], runs=record["runs"],
        replications=record["replications"], seed=record["seed"],
        settings=tuple(record["settings"]), title=record["title"],
    )


def _figure(item: Mapping[str, Any]) -> Target:
    low, high = (
        math.nan if item[key] is None else float(item[key]) for key in ("low", "high")
    )
    return Target(item["outcome"], low, high, float(item["scale"]))
