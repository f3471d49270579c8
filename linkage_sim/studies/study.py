"""A study file: which scenarios, which parameters over which values, how often, what to keep."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from linkage_sim.errors import InputError
from linkage_sim.outcomes import NAMES
from linkage_sim.scenario import problems
from linkage_sim.scenario.documents import MOST_PROBLEMS, Document, read_document
from linkage_sim.scenario.lines import Path as KeyPath
from linkage_sim.scenario.loading import load_scenario, override_values, scenario_name
from linkage_sim.scenario.locate import is_file, label
from linkage_sim.scenario.schema import Scenario
from linkage_sim.scenario.seeds import LARGEST_SEED
from linkage_sim.studies.levels import Factor, factor_of
from linkage_sim.studies.salib_points import MORRIS, SALTELLI, group_size
from linkage_sim.studies.study_file import RESIDENTS, SAMPLED, StudyFile, misfits, typed_twice
from linkage_sim.words import say

MOST_RUNS = 10_000_000
_RANGE_KEYS = {"low", "high", "scale"}


@dataclass(frozen=True)
class Study:
    """A study whose scenarios are loaded and whose every value was checked.

    Attributes
    ----------
    names, scenarios
        What the parameters are laid over; names are those of the column `scenario`.
    factors
        One a parameter, in the order of the file.
    samples
        Points of a sample; 0 for a grid and a list.
    seed
        First seed of the runs, and the seed of the sampler.
    settings
        Texts "name=value" that hold for all runs, to be told beside results.
    own_seeds
        Each point meets seeds of its own, one after the other, and no two points share a world.
    """

    names: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    design: str
    factors: tuple[Factor, ...]
    samples: int = 0
    sampler: str = "latin_hypercube"
    replications: int = 20
    seed: int = 1
    outcomes: tuple[str, ...] = NAMES
    recording: tuple[str, ...] = ("years", "projects")
    settings: tuple[str, ...] = ()
    title: str = ""
    own_seeds: bool = False

    @property
    def seeds(self) -> range:
        """Seeds of the runs: each point meets the same ones, unless it has its own."""
        return range(self.seed, self.seed + (self.n_runs if self.own_seeds else self.replications))

    @property
    def n_runs(self) -> int:
        """Count scenarios times points times seeds, without drawing a point."""
        lengths = [len(item.levels) for item in self.factors if item.range is None]
        if self.design == "list":
            points = (lengths or [1])[0]
        elif self.design in ("latin_hypercube", "sobol"):
            points = self.samples
        elif self.design in (MORRIS, SALTELLI):
            points = self.samples * group_size(self.design, len(self.factors))
        else:
            points = math.prod(lengths)
            points *= self.samples if any(item.range for item in self.factors) else 1
        return len(self.names) * points * self.replications

    @property
    def most_residents(self) -> int:
        """Give the size of the largest world among the runs."""
        sizes = [item.world.residents for item in self.scenarios]
        return max([*sizes, *(item.largest(RESIDENTS) for item in self.factors)])

    @property
    def trouble(self) -> str:
        """Say that the runs are more than anybody can wait for; empty where they are not."""
        if self.n_runs <= MOST_RUNS:
            return ""
        return say("sweep.error.too_many", count=f"{self.n_runs:,}", most=f"{MOST_RUNS:,}")


def load_study(
    path: Path, overrides: Sequence[str] = (), *, replications: int | None = None,
    seed: int | None = None, prepare: Callable[[dict[str, Any], Any], dict[str, Any]] | None = None,
) -> Study:
    """Read a study file and check it completely, its scenarios and every value included.

    Parameters
    ----------
    overrides
        Texts "policy.approval.fixed_latency_days=30" that hold for all runs.
    replications, seed
        Take the place of what the file says.
    prepare
        Turns the content of another kind of study into that of one of these; its second argument
        tells in which line a key stands.

    Raises
    ------
    InputError
        With every problem found: file, line, key, what was found and what is allowed.
    """
    document = _read(path)
    twice: list[tuple[KeyPath, KeyPath]] = []
    given = [_flat_names(document.content, table, twice) for table in ("parameters", "set")]
    content = {**document.content, "parameters": given[0][0], "set": given[1][0]}
    wanted = {"replications": replications, "seed": seed}
    content.update({name: value for name, value in wanted.items() if value is not None})
    paths: dict[KeyPath, KeyPath] = {
        (table, name): key
        for table, (_, keys) in zip(("parameters", "set"), given, strict=True)
        for name, key in keys.items()
    }

    def place(key: KeyPath) -> str:
        if key and wanted.get(str(key[0])) is not None:
            return f"--{key[0]}"
        return document.place(paths.get(key[:2], key[:2]) + key[2:])

    if prepare is not None:
        content = prepare(content, place)
    written = _checked(content, place)
    again = [
        (key, say("sweep.error.overlap", other=".".join(map(str, first[1:])), place=place(first)))
        for key, first in twice
    ]
    return _looked_up(written, path.parent, place, overrides, again)


def _read(path: Path) -> Document:
    if not is_file(path):
        folder = path.is_dir() if "\0" not in str(path) else False
        raise InputError(say("sweep.error.is_folder" if folder else "sweep.error.no_study",
                             path=str(path).replace("\0", "?")[:120]))
    return read_document(path)


def _flat_names(
    content: Mapping[str, Any], key: str, twice: list[tuple[KeyPath, KeyPath]]
) -> tuple[Any, dict[str, KeyPath]]:
    """Read `a.b = ...` written without quotation marks as the dotted name it stands for.

    `twice` takes the second place and the first one of a name written in both ways.
    """
    table = content.get(key, {})
    if not isinstance(table, dict):
        return table, {}
    values: dict[str, Any] = {}
    paths: dict[str, KeyPath] = {}
    for path, value in _entries(table, ()):
        name = ".".join(path)
        if name in values:
            twice.append(((key, *path), paths[name]))
            continue
        values[name], paths[name] = value, (key, *path)
    return values, paths


def _entries(table: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in table.items():
        if isinstance(value, dict) and value and not set(value) & _RANGE_KEYS and "." not in name:
            yield from _entries(value, (*path, name))
        else:
            yield (*path, name), value


def _checked(content: dict[str, Any], place: Any) -> StudyFile:
    try:
        return StudyFile.model_validate_json(json.dumps(content, default=str), strict=True)
    except ValidationError as error:
        found = problems.explained(error, content, StudyFile)
        raise InputError(problems.messages(found, place)) from None


def _looked_up(
    written: StudyFile, folder: Path, place: Any, overrides: Sequence[str],
    found: list[tuple[KeyPath, str]],
) -> Study:
    names, scenarios = _scenarios(written, folder, found)
    if scenarios:
        scenarios = _with_settings(written, scenarios, overrides, found)
    factors = []
    for name, value in written.parameters.items() if scenarios else ():
        if len(found) > MOST_PROBLEMS:
            break
        try:
            factors.append(factor_of(name, value, scenarios))
        except InputError as error:
            found += [(("parameters", name), text) for text in error.messages]
    found += misfits(written, scenarios, factors, place)
    typed = typed_twice(written, override_values(overrides), place)
    if found or typed:
        raise InputError([*typed, *problems.messages(found, place)])
    study = Study(
        names=tuple(names), scenarios=tuple(scenarios), design=written.design,
        factors=tuple(factors), sampler=written.sampler, replications=written.replications,
        samples=written.samples or 0 if written.design in SAMPLED else 0, seed=written.seed,
        outcomes=tuple(written.outcomes) or NAMES, recording=tuple(sorted(set(written.recording))),
        settings=(*_told(written.set), *overrides), title=written.title,
    )
    if study.trouble:
        found.append(((), study.trouble))
    if study.seeds[-1] > LARGEST_SEED:
        found.append((("seed",), say("sweep.error.seed_too_large", largest=f"{LARGEST_SEED:,}")))
    if found:
        raise InputError(problems.messages(found, place))
    return study


def _told(values: Mapping[str, Any]) -> list[str]:
    return [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]


def _scenarios(
    written: StudyFile, folder: Path, found: list[tuple[KeyPath, str]]
) -> tuple[list[str], list[Scenario]]:
    specs = [written.scenario] if isinstance(written.scenario, str) else written.scenario
    if not specs:
        found.append((("scenario",), say("sweep.error.no_scenario")))
    names: list[str] = []
    loaded: list[Scenario] = []
    for number, spec in enumerate(specs):
        if len(found) > MOST_PROBLEMS:
            break
        key: KeyPath = ("scenario",) if isinstance(written.scenario, str) else ("scenario", number)
        try:
            loaded.append(load_scenario(beside(spec, folder)))
        except InputError as error:
            found += [(key, text) for text in error.messages]
            continue
        name = scenario_name(spec)
        if name in names:
            found.append((key, say("sweep.error.same_name", name=name)))
        names.append(name)
    return names, loaded if not found else []


def beside(spec: str, folder: Path) -> str:
    """Find the pieces of a scenario beside the study file first, as `extends` does."""
    def located(part: str) -> str:
        for name in (part, f"{part}.toml"):
            place = folder / name
            if name.endswith(".toml") and "\0" not in name and is_file(place):
                return label(place)
        return part

    whole = located(spec.strip())
    return whole if whole != spec.strip() else "+".join(
        located(part.strip()) for part in spec.split("+")
    )


def _with_settings(
    written: StudyFile, scenarios: list[Scenario], overrides: Sequence[str],
    found: list[tuple[KeyPath, str]],
) -> list[Scenario]:
    """Lay over every scenario what holds for all runs; what was typed is the stronger one."""
    try:
        if written.set:
            scenarios = [item.with_values(written.set) for item in scenarios]
    except InputError as error:
        for text in error.messages:
            name = text.partition(": ")[0]
            key: KeyPath = ("set", name) if name in written.set else ("set",)
            found.append((key, text.partition(": ")[2] if len(key) > 1 else text))
        return []
    values = override_values(overrides)
    try:
        return [item.with_values(values) for item in scenarios] if values else scenarios
    except InputError as error:
        # These stand in no file.
        raise InputError(f"--set: {text}" for text in error.messages) from None
