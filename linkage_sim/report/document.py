"""Writes results up as one page that can be handed on: no network, no script, everything in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.outcomes import HEADLINES
from linkage_sim.report import document_figures as figures
from linkage_sim.report import document_findings as sentences
from linkage_sim.report import document_tables as tables
from linkage_sim.report.document_files import carried_files, command_for
from linkage_sim.report.effects import chosen_groups
from linkage_sim.report.names import BETWEEN, drawn_titles, titles_of
from linkage_sim.studies.results import load_provenance, load_results, provenance_hash
from linkage_sim.words import entries, listing, say

if TYPE_CHECKING:
    import pandas as pd

TEMPLATES = Path(__file__).parent / "templates"
FEW_WORLDS = 10
RESULT, RECORD = "result", "provenance.json"
KINDS = ("compare", "run", "sweep", "sensitivity")
Row = dict[str, Any]


@dataclass
class Material:
    """Results as they were read: their record and the names of what is in them."""

    directory: Path
    language: str
    record: Row
    names: list[str] = field(init=False)
    contents: list[Mapping[str, Any]] = field(init=False)
    titles: dict[str, str] = field(init=False)
    called: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        scenarios = self.record["scenarios"]
        self.names = [str(item["name"]) for item in scenarios]
        self.contents = [item["content"] for item in scenarios]
        self.titles = plain_titles(self.names, self.contents, self.language)
        self.called = drawn_titles({name: self.titles.get(name, name) for name in self.names})

    def quoted(self, names: Sequence[str]) -> str:
        """List what scenarios are called so that each stands out of a sentence."""
        return listing([self.words("quoted", name=self.called[name]) for name in names],
                       self.language)

    def words(self, key: str, **values: object) -> str:
        """Say something of the page in its language."""
        return say(f"report.page.{key}", self.language, **values)

    def table(self, name: str) -> pd.DataFrame:
        """Read a table of the results."""
        return load_results(self.directory, name)


def plain_titles(
    names: Sequence[str], contents: Sequence[Mapping[str, Any]], language: str
) -> dict[str, str]:
    """Give each scenario that has a title its title, without that of the baseline it stands on.

    A report is read by people who type no ids, so that English ones are called by title as well.
    """
    if language == "zh":
        return titles_of(names, contents, language)
    whole = [str(content.get("title") or "") for content in contents]
    own = [title.removeprefix(whole[0] + BETWEEN) for title in whole]
    return {name: title for name, title in zip(names, own, strict=True) if title}


def report_html(directory: Path, language: str = "en") -> str:
    """Write up a comparison, a run or a sweep as one self-contained HTML page.

    Parameters
    ----------
    directory
        Results as `compare`, `run`, `sweep` or `sensitivity` leave them.
    language
        "en" or "zh".

    Raises
    ------
    InputError
        When there are no results, or results of another kind.
    ResultsDamagedError
        When anything in the directory is incomplete or has changed since it was written.
    """
    _refuse_experiment(Path(directory), language)
    record = load_provenance(directory)
    if record.get("verb") not in KINDS:
        raise InputError(say("report.page.wrong_kind", language, path=directory,
                             verb=record.get("verb"), known=listing(KINDS, language)))
    material = Material(Path(directory), language, record)
    context = {**_shared(material), **_own(material)}
    return _rendered(context, language)


def _refuse_experiment(directory: Path, language: str) -> None:
    """Say where the reports of an experiment are to be had: one a study."""
    place = directory.resolve().parent if directory.resolve().name == RESULT else directory
    if not (place / RESULT / RECORD).is_file():
        return
    studies = sorted(str(path.parent) for path in place.glob(f"*/{RECORD}")
                     if path.parent.name != RESULT)
    raise InputError(say("report.page.experiment", language, path=directory,
                         studies=listing(studies, language)))


def _own(material: Material) -> Row:
    source = f"provenance.json sha256:{provenance_hash(material.record)}"
    if material.record["verb"] == "compare":
        return _comparison(material, source)
    if material.record["verb"] == "run":
        return _run(material, source)
    return _sweep(material, source)


def _rendered(context: Row, language: str) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )
    environment.globals["say"] = lambda key, **values: say(f"report.page.{key}", language, **values)
    # A long name may be broken after a dot or an underscore, and nowhere else.
    environment.filters["breakable"] = lambda name: Markup("<wbr>").join(
        re.split(r"(?<=[._])", str(name)))
    environment.filters["typed"] = _typed
    environment.globals["gap"] = "" if language == "zh" else " "
    return environment.get_template("report.html.jinja").render(language=language, **context)


def _typed(text: str) -> Any:
    """Set what stands between backticks as it is typed."""
    from markupsafe import Markup, escape

    parts = [escape(part) for part in text.split("`")]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part
        for place, part in enumerate(parts)
    )


# -- what every report holds -------------------------------------------------------------------


def _shared(material: Material) -> Row:
    record, baseline = material.record, material.contents[0]
    seeds = [int(seed) for seed in record["seeds"]]
    run, world = baseline["run"], baseline["world"]
    weak, assumed = tables.weak_count()
    lost = material.directory / "failures.parquet"
    scenarios = [
        {"name": name, "called": material.called[name], "text": _description(place, material)}
        for place, name in enumerate(material.names)
    ]
    return {
        "seeds": seeds, "worlds": len(seeds), "scenarios": scenarios,
        "place": material.words("place", communities=f"{world['communities']:,}",
                                residents=f"{world['residents']:,}", years=run["years"],
                                warmup=run["warmup_years"]),
        "levers": tables.lever_rows(material.contents, material.language),
        "limits": _limits(material, len(seeds), weak, assumed),
        "parameters": tables.parameter_blocks(baseline, material.language),
        "command": command_of(record), **_carried(material),
        "directory": material.directory.name or ".",
        "facts": _facts(record, material), "differences": None, "findings": [], "outcomes": None,
        "blocks": [], "swept": [], "kept": "", "years": None, "repeat": record["verb"] == "run",
        "failed": len(material.table("failures")) if lost.exists() else 0, "heads": [],
    }


def _carried(material: Material) -> Row:
    """Give files of scenarios that do not ship; a sweep's study file is with who made it."""
    if material.record["verb"] not in ("compare", "run") or "posterior" in material.record:
        return {"files": [], "file_command": "", "lacks": material.record["verb"] not in
                ("compare", "run")}
    found = carried_files(material.names, material.contents)
    return {"files": found.files, "lacks": False,
            "file_command": command_for(material.record, found.words) if found.files else ""}


def _description(place: int, material: Material) -> str:
    """Give what the scenario file says of itself, without what the baseline says already.

    A Chinese page leaves an English description out where there is no Chinese one.
    """
    def told(key: str) -> str:
        whole, first = (str(material.contents[number].get(key) or "") for number in (place, 0))
        return whole if place == 0 else whole.removeprefix(first).strip()

    if material.language == "en":
        return told("description")
    return told("description_zh") or "".join(
        text for text in [told("description")] if not text.isascii())


def command_of(record: Mapping[str, Any]) -> str:
    """Give the command that made the results, without the path of the program on that machine."""
    import shlex

    words = [str(word) for word in record.get("command") or []]
    if not words:
        return ""
    program = Path(words[0].replace("\\", "/")).name
    if program.endswith(".py") and program != "__main__.py":
        # A program of somebody's own made the results: its name, and no more, is theirs to tell.
        return " ".join(["python", program, *map(shlex.quote, words[1:])])
    return " ".join(["linkage-sim", *map(shlex.quote, words[1:])])


def _limits(material: Material, worlds: int, weak: int, assumed: int) -> list[str]:
    said = [material.words("limits.single") if worlds == 1 else
            material.words("limits.few", n=worlds) if worlds < FEW_WORLDS else ""]
    general = sorted(key for key in entries() if key.startswith("report.page.limit."))
    return [*filter(None, said), *(say(key, material.language, weak=weak, assumed=assumed)
                                   for key in general)]


def _facts(record: Mapping[str, Any], material: Material) -> list[tuple[str, str]]:
    git = record.get("git") or {}
    commit = str(git.get("commit", ""))
    if git.get("dirty"):
        commit = material.words("fact.dirty", commit=commit)
    libraries = listing([f"{name} {version}" for name, version in
                         (record.get("libraries") or {}).items()], material.language)
    told = {
        "version": record.get("package_version", ""), "model": record.get("model_version", ""),
        "commit": commit, "code": record.get("code", ""), "python": record.get("python", ""),
        "platform": record.get("platform", ""), "libraries": libraries,
        "provenance": provenance_hash(dict(record)),
    }
    return [(material.words(f"fact.{name}"), str(value)) for name, value in told.items() if value]


# -- what is different in each kind ------------------------------------------------------------


def _comparison(material: Material, source: str) -> Row:
    language, names = material.language, material.names
    table = material.table("comparison")
    read = {name: material.table(name) for name in ("outcomes", "years", "projects")}
    reforms = [name for name in names[1:] if name in set(table["scenario"])]
    called = material.called
    headline = table["outcome"].isin(HEADLINES)
    return {
        "title": material.words("title.compare", baseline=called[names[0]], n=len(names) - 1),
        "question": material.words(
            "question.compare", baseline=material.quoted([names[0]]),
            reforms=material.quoted(reforms)),
        "reforms": [called[name] for name in reforms],
        "differences": tables.comparison_rows(table, reforms, True, language),
        "all_differences": tables.comparison_rows(table, reforms, False, language),
        "findings": sentences.findings(table, reforms, called, language),
        "kept": material.words("posterior") if "posterior" in material.record else "",
        "dropped": _most(table.loc[headline, "dropped"]),
        "all_dropped": _most(table.loc[~headline, "dropped"]),
        "comparisons": _most(table.loc[headline, "comparisons"]),
        "all_comparisons": _most(table.loc[~headline, "comparisons"]),
        "figures": figures.pictures_of_comparison(
            {"comparison": table, **read}, names, material.titles, source, language),
    }


def _most(numbers: pd.Series[int]) -> int:
    return int(numbers.max()) if len(numbers) else 0


def _run(material: Material, source: str) -> Row:
    outcomes = material.table("outcomes")
    if not len(outcomes):
        raise InputError(say("report.page.no_run", material.language, path=material.directory))
    values, language = outcomes.iloc[0].to_dict(), material.language
    years = material.table("years")
    shown = [name for name in HEADLINES if name in years]
    name = material.called[material.names[0]]
    return {
        "title": material.words("title.run", name=name),
        "question": material.words("question.run", name=material.quoted(material.names)),
        "outcomes": tables.run_rows(values, True, language),
        "all_outcomes": tables.run_rows(values, False, language),
        "years": {
            "heads": [tables.outcome_heads(item, language) for item in shown],
            "lines": [
                {"year": int(row["year"]),
                 "cells": [tables.number(float(row[item]), 3) for item in shown]}
                for row in years.to_dict("records")
            ],
        },
        "figures": figures.pictures_of_run(material.table("projects"), material.titles, source,
                                           language),
    }


def _sweep(material: Material, source: str) -> Row:
    language, study = material.language, material.record["study"]
    rows = material.table("outcomes")
    if not len(rows):
        raise InputError(say("report.page.no_run", language, path=material.directory))
    headlines = [name for name in HEADLINES if name in rows]
    every = chosen_groups(rows, "main-effects", [], headlines)
    groups = tables.weightiest(rows, every)
    title = str(study.get("title") or "")
    swept = tables.swept_rows(rows, every, material.titles, language)
    return {
        "title": title or material.words("title.sweep", n=len(every)),
        "question": material.words(
            "question.sweep", names=listing([item["title"] for item in swept], language)),
        "swept": swept,
        "findings": sentences.swept_findings(rows, groups, material.titles, language),
        "heads": [tables.outcome_heads(name, language) for name in headlines],
        "blocks": tables.sweep_blocks(rows, groups, material.titles, language),
        "kept": _kept(study, groups, every, rows, material),
        "figures": figures.pictures_of_sweep(rows, groups, material.titles, source, language),
    }


def _kept(
    study: Mapping[str, Any], groups: Sequence[str], every: Sequence[str], rows: pd.DataFrame,
    material: Material,
) -> str:
    """Say how the points were chosen, on how many runs, and which parameters are left out."""
    told = [material.words("design", design=say(f"report.page.design.{study['design']}",
                                                material.language), runs=f"{len(rows):,}",
                           seeds=rows["seed"].nunique())]
    if len(groups) < len(every):
        told.append(material.words("weightiest", shown=len(groups), n=len(every)))
    settings = study.get("settings") or []
    if settings:
        told.append(material.words("settings", values=listing(settings, material.language)))
    return "".join(told) if material.language == "zh" else " ".join(told)
