"""What a person writes in a study file, and what in it does not fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Literal

from pydantic import Field

from linkage_sim.outcomes import NAMES
from linkage_sim.scenario import problems
from linkage_sim.scenario.documents import MOST_PROBLEMS
from linkage_sim.scenario.fields import Section
from linkage_sim.scenario.lines import Path as KeyPath
from linkage_sim.scenario.loading import memory_trouble
from linkage_sim.scenario.schema import Scenario
from linkage_sim.scenario.seeds import LARGEST_SEED
from linkage_sim.studies.levels import Factor
from linkage_sim.words import say

DESIGNS = ("grid", "latin_hypercube", "sobol", "list", "product")
SAMPLED = ("latin_hypercube", "sobol", "product")
MOST_SAMPLES = 1_000_000
RECORDINGS = ("years", "projects", "weeks", "journal")
RESIDENTS = "world.residents"


class StudyFile(Section):
    """What a person writes in a study file, before the names in it are looked up."""

    title: str = Field("", title="Title", max_length=200)
    description: str = Field("", title="Description", max_length=4000)
    scenario: str | list[str] = Field(title="Scenario, or a list of scenarios and reforms")
    design: Literal["grid", "latin_hypercube", "sobol", "list", "product"] = Field(title="Design")
    sampler: Literal["latin_hypercube", "sobol"] = Field(
        "latin_hypercube", title="How the ranges of a product are sampled"
    )
    samples: int | None = Field(None, title="Points of a sample", ge=1, le=MOST_SAMPLES)
    replications: int = Field(20, title="Seeds for each point", ge=1, le=100_000)
    seed: int = Field(1, title="First seed", ge=0, le=LARGEST_SEED)
    outcomes: list[str] = Field([], title="Outcomes to keep in outcomes.parquet; empty for all")
    recording: list[Literal["years", "projects", "weeks", "journal"]] = Field(
        ["years", "projects"], title="Tables to keep beside outcomes"
    )
    parameters: dict[str, Any] = Field({}, title="Dotted name -> list of values, or a range")
    set: dict[str, Any] = Field({}, title="Dotted name -> value that holds for all runs")


def misfits(
    written: StudyFile, scenarios: Sequence[Scenario], factors: Sequence[Factor], place: Any
) -> list[tuple[KeyPath, str]]:
    """Say where, and why, parts that are right one by one do not fit together.

    Parameters
    ----------
    place
        Gives the file and line of a key.
    """
    return [
        *_of_design(written, factors),
        *_overlaps(written, place),
        *islice(_wrong_outcomes(written.outcomes), MOST_PROBLEMS + 1),
        *_too_large(written, scenarios, factors),
    ]


def typed_twice(written: StudyFile, typed: Iterable[str], place: Any) -> list[str]:
    """Say which names behind --set the study varies itself: there, --set would do nothing."""
    return [
        f"--set {name}: " + say("sweep.error.overlap", other=other,
                                place=place(("parameters", other)))
        for name in typed for other in written.parameters
        if f"{other}.".startswith(f"{name}.") or f"{name}.".startswith(f"{other}.")
    ]


def _of_design(written: StudyFile, factors: Sequence[Factor]) -> Iterator[tuple[KeyPath, str]]:
    """Say where design and parameters do not fit together."""
    design = written.design
    if not written.parameters and design != "grid":
        yield ("parameters",), say("sweep.error.no_parameters", design=design)
    if design in SAMPLED and written.samples is None and (
        design != "product" or any(item.range for item in factors)
    ):
        yield ("samples",), say("sweep.error.samples_missing", design=design)
    listed = all(isinstance(value, list) for value in written.parameters.values())
    if written.samples is not None and (
        design not in SAMPLED or (design == "product" and written.parameters and listed)
    ):
        yield ("samples",), say("sweep.error.samples_unused", design=design)
    for item in factors:
        if item.range is not None and design in ("grid", "list"):
            yield ("parameters", item.name), say("sweep.error.list_needed", design=design)
    lengths = {len(item.levels) for item in factors if item.range is None}
    if design == "list" and len(lengths) > 1:
        shown = ", ".join(f"{item.name}: {len(item.levels)}" for item in factors)
        yield ("parameters",), say("sweep.error.lengths", lengths=shown)


def _overlaps(written: StudyFile, place: Any) -> Iterator[tuple[KeyPath, str]]:
    """Refuse two entries that set the same value: which of them holds would be a guess."""
    whole: dict[str, KeyPath] = {}
    within: dict[str, KeyPath] = {}
    for table, names in (("parameters", written.parameters), ("set", written.set)):
        for name in names:
            parts = name.split(".")
            above = [".".join(parts[:length]) for length in range(1, len(parts))]
            keys = [whole.get(part) for part in (name, *above)]
            first = within.get(name) or next((key for key in keys if key), None)
            here: KeyPath = (table, name)
            if first is not None:
                yield here, say("sweep.error.overlap", other=first[1], place=place(first))
            whole.setdefault(name, here)
            for part in above:
                within.setdefault(part, here)


def _wrong_outcomes(names: Sequence[str]) -> Iterator[tuple[KeyPath, str]]:
    """Say which outcomes there are not, or stand in the list before."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name not in NAMES:
            yield ("outcomes", number), problems.unknown_name(name, NAMES)
        elif name in seen:
            yield ("outcomes", number), say("sweep.error.outcome_twice", name=name)
        seen.add(name)


def _too_large(
    written: StudyFile, scenarios: Sequence[Scenario], factors: Sequence[Factor]
) -> Iterator[tuple[KeyPath, str]]:
    """Refuse residents that need more memory than is free, before the first run is begun."""
    most: dict[KeyPath, int] = {
        ("parameters", item.name): item.largest(RESIDENTS) for item in factors
    }
    given: KeyPath = ("set", RESIDENTS) if RESIDENTS in written.set else ("scenario",)
    most[given] = max((item.world.residents for item in scenarios), default=0)
    for key, residents in most.items():
        trouble = memory_trouble(residents)
        if trouble:
            yield key, trouble
