"""What a person writes in an experiment file: a question, its studies, what is found, its pictures.

A finding is a contrast of outcomes with the side of a number on which its whole interval has to
lie. No number is pasted: whoever runs the experiment measures the contrast again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from linkage_sim.outcomes import NAMES
from linkage_sim.scenario import problems
from linkage_sim.scenario.fields import Section
from linkage_sim.scenario.lines import Path as KeyPath
from linkage_sim.words import listing, say

Side = Literal["above", "below", "within", "unclear", "not_above", "not_below"]
"""Where the whole interval lies: above or below a number, within a range, on both sides of the
number; or, where few seeds can show no more, not wholly above it or not wholly below it."""
Kind = Literal["coalitions", "regret", "basins", "city"]
NAME = re.compile("[a-z][a-z0-9_]*")
FIGURES = (
    "forest", "main_effects", "interaction", "heat_map", "surface", "latency", "shapley",
    "trust_paths", "trade_off", "cycle_flow", "city_map",
)
Value = str | bool | int | float | list[Any] | dict[str, Any]
Selection = dict[str, Value]
"""Column, or the end of its name -> the value that chosen runs have there."""


class QuickStudy(Section):
    """What is smaller in the quick form of a study."""

    scenario: str | list[str] | None = Field(None, title="Scenarios in place of those of the file")
    replications: int | None = Field(None, title="Seeds for each point", ge=1, le=100_000)
    samples: int | None = Field(None, title="Points of a sample", ge=1, le=1_000_000)
    parameters: dict[str, list[Any]] = Field({}, title="Values in place of those of the file")
    set: dict[str, Any] = Field({}, title="Values that hold for all runs")


class StudyEntry(Section):
    """One study of an experiment."""

    name: str = Field(title="Name of its results", max_length=40)
    file: str = Field(title="Study file, beside the experiment file", min_length=1, max_length=200)
    kind: Literal["sweep", "sensitivity"] = Field("sweep", title="Kind of study file")
    groups: list[str] = Field([], title="Columns its summary is grouped by; empty: what varies")
    quick: QuickStudy = Field(QuickStudy(), title="Its quick form")


class Member(Section):
    """How a run shows that a member is part of its coalition."""

    column: str = Field("", title="Column that tells")
    present: Value | None = Field(None, title="Its value where the member is there")
    piece: str = Field("", title="Reform in the scenario's name that is the member")
    title: str = Field("", title="What the member is called", max_length=60)
    title_zh: str = Field("", title="What it is called in Chinese", max_length=60)


class AnalysisEntry(Section):
    """Something computed from the runs of a study beside means."""

    kind: Kind = Field(title="Kind of analysis")
    study: str = Field(title="Study it reads")
    outcomes: list[str] = Field([], title="Outcomes it looks at")
    members: dict[str, Member] = Field({}, title="Members of coalitions")
    discover: list[str] = Field([], title="Events of which the assumptions are sought")


class FindingEntry(Section):
    """Something that is claimed, and by what it is held up."""

    name: str = Field(title="Name", max_length=60)
    says: str = Field(title="The claim", min_length=1, max_length=400)
    says_zh: str = Field(title="The claim in Chinese", min_length=1, max_length=400)
    headline: bool = Field(False, title="Told in the answer")
    study: str | None = Field(None, title="Study whose runs are compared")
    outcome: str | None = Field(None, title="Outcome that is compared")
    plus: list[Selection] = Field([], title="Runs whose mean is added")
    minus: list[Selection] = Field([], title="Runs whose mean is taken off")
    year: int | None = Field(None, title="Reported year looked at alone", ge=1, le=100)
    table: str | None = Field(None, title="Table of an analysis that holds the number")
    row: Selection = Field({}, title="Row of that table")
    column: str = Field("value", title="Its column; _low and _high stand behind its name")
    expected: Side = Field(title="Where the whole 95 % interval lies")
    than: float = Field(0.0, title="The number it lies above or below")
    within: list[float] = Field([], title="Low and high end it lies within")
    quick: Side | None = Field(None, title="Where it lies with the quick form, if elsewhere")
    predicted: Side | None = Field(None, title="What was predicted before the runs")


class FigureEntry(Section):
    """A picture of an experiment."""

    kind: str = Field(title="Kind of picture")
    name: str = Field(title="Name of its file", max_length=60)
    study: str | None = Field(None, title="Study it shows")
    table: str | None = Field(None, title="Table of an analysis it shows")
    outcomes: list[str] = Field([], title="Outcomes it shows")
    groups: list[str] = Field([], title="Columns it is drawn over")
    options: dict[str, Any] = Field({}, title="What its kind asks for besides")


class ExperimentFile(Section):
    """What a person writes in experiment.toml."""

    title: str = Field(title="Title", min_length=1, max_length=200)
    title_zh: str = Field(title="Chinese title", min_length=1, max_length=200)
    question: str = Field(title="Question", min_length=1, max_length=1000)
    question_zh: str = Field(title="Question in Chinese", min_length=1, max_length=1000)
    tolerance: float = Field(
        1.0, title="Half intervals a mean may differ in another environment", gt=0, le=10
    )
    studies: list[StudyEntry] = Field(title="Studies", min_length=1, max_length=20)
    analyses: list[AnalysisEntry] = Field([], title="Analyses", max_length=20)
    findings: list[FindingEntry] = Field(title="Findings", min_length=1, max_length=60)
    figures: list[FigureEntry] = Field([], title="Figures", max_length=20)


def misfits(written: ExperimentFile) -> list[tuple[KeyPath, str]]:
    """Say where, and why, parts that are right one by one do not fit together."""
    studies = [item.name for item in written.studies]
    return [
        *_twice("studies", studies),
        *_twice("findings", [item.name for item in written.findings]),
        *_twice("figures", [item.name for item in written.figures]),
        *_wrong_analyses(written, studies),
        *_wrong_findings(written, studies),
        *_wrong_figures(written, studies),
    ]


def _twice(table: str, names: list[str]) -> Iterator[tuple[KeyPath, str]]:
    for number, name in enumerate(names):
        if not NAME.fullmatch(name):
            yield (table, number, "name"), say("experiment.error.name", found=problems.shown(name))
        if name in names[:number]:
            yield (table, number, "name"), say("experiment.error.twice", name=name)


def _wrong_analyses(
    written: ExperimentFile, studies: list[str]
) -> Iterator[tuple[KeyPath, str]]:
    for number, item in enumerate(written.analyses):
        here: KeyPath = ("analyses", number)
        if item.study not in studies:
            yield (*here, "study"), problems.unknown_name(item.study, studies)
        yield from _unknown_outcomes((*here, "outcomes"), item.outcomes)
        if (item.kind == "coalitions") != bool(item.members):
            key = "needed" if item.kind == "coalitions" else "unused"
            yield (*here, "members"), say(f"experiment.error.members_{key}")
        for name, member in item.members.items():
            if bool(member.column) == bool(member.piece):
                yield (*here, "members", name), say("experiment.error.member")


def _wrong_findings(
    written: ExperimentFile, studies: list[str]
) -> Iterator[tuple[KeyPath, str]]:
    for number, item in enumerate(written.findings):
        here: KeyPath = ("findings", number)
        if (item.table is None) == (item.study is None):
            key = here if item.table is None else (*here, "table")
            yield key, say("experiment.error.one_source")
        if item.study is not None:
            if item.study not in studies:
                yield (*here, "study"), problems.unknown_name(item.study, studies)
            if not item.plus:
                yield (*here, "plus"), say("experiment.error.plus")
            if item.outcome is None:
                yield (*here, "outcome"), say("errors.missing_key")
            else:
                yield from _unknown_outcomes((*here, "outcome"), [item.outcome])
        elif item.outcome is not None or item.plus or item.minus or item.year is not None:
            yield here, say("experiment.error.of_study", keys=listing(
                ("outcome", "plus", "minus", "year")))
        sides = (item.expected, item.quick, item.predicted)
        if ("within" in sides) != bool(item.within) or len(item.within) not in (0, 2) or (
            item.within and item.within[0] >= item.within[1]
        ):
            key = (*here, "within" if item.within else "expected")
            yield key, say("experiment.error.within")


def _unknown_outcomes(key: KeyPath, names: list[str]) -> Iterator[tuple[KeyPath, str]]:
    for name in names:
        if name not in NAMES:
            yield key, problems.unknown_name(name, NAMES)


def _wrong_figures(
    written: ExperimentFile, studies: list[str]
) -> Iterator[tuple[KeyPath, str]]:
    for number, item in enumerate(written.figures):
        here: KeyPath = ("figures", number)
        if item.kind not in FIGURES:
            yield (*here, "kind"), problems.unknown_name(item.kind, FIGURES)
        if item.study is not None and item.study not in studies:
            yield (*here, "study"), problems.unknown_name(item.study, studies)
        yield from _unknown_outcomes((*here, "outcomes"), item.outcomes)
