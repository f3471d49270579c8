"""Draws the pictures an experiment asks for, each from its tables or its runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.report.city_map import city_map
from linkage_sim.report.cycle_flow import cycle_flow
from linkage_sim.report.effects import chosen_groups, effects_figure
from linkage_sim.report.figures import forest_figure
from linkage_sim.report.flow_table import flow_table
from linkage_sim.report.interaction_plot import interaction_plot
from linkage_sim.report.latency_curves import latency_curves
from linkage_sim.report.names import drawn_titles, titles_of
from linkage_sim.report.shapley_bars import shapley_bars
from linkage_sim.report.style import save_both
from linkage_sim.report.surface import goodhart_surface
from linkage_sim.report.trade_off import trade_off
from linkage_sim.report.trust_paths import trust_paths
from linkage_sim.scenario.schema import Scenario
from linkage_sim.studies.differences import difference_table
from linkage_sim.studies.experiment import fitting_columns
from linkage_sim.studies.experiment_file import FigureEntry
from linkage_sim.studies.experiment_run import Results
from linkage_sim.studies.summary import summarised
from linkage_sim.words import language as language_in_use

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

LEAST_SEEDS = 4
"""With fewer, an interval of one community is so wide that nearly all would hold the mean."""
DAYS_PER_YEAR, DAYS_PER_WEEK = 364.0, 7.0
EFFECTS = {"main_effects": "main-effects", "interaction": "interaction", "heat_map": "heat-map"}


def draw_experiment(
    results: Results, folder: Path, source: str, language: str | None = None,
    refused: Callable[[str, InputError], None] | None = None,
) -> list[Path]:
    """Draw every picture an experiment asks for, as PNG and SVG.

    Parameters
    ----------
    source
        Hash of the provenance; kept in the metadata of each file.
    refused
        Told of a picture that cannot be drawn; left out, the trouble is raised.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        When a picture cannot be drawn, for example because no Chinese font is there.
    """
    language = language or language_in_use()
    written: list[Path] = []
    for entry in results.experiment.written.figures:
        try:
            written += _drawn(results, entry, folder, source, language)
        except InputError as error:
            if refused is None:
                raise
            refused(entry.name, error)
    return written


def _drawn(
    results: Results, entry: FigureEntry, folder: Path, source: str, language: str
) -> list[Path]:
    names = [name for study in results.experiment.studies.values() for name in study.names]
    title = results.experiment.title(language)
    return save_both(
        lambda: _KINDS[entry.kind](results, entry, language), folder / entry.name,
        title, source, language, [*names, *titles(results, entry.study, language).values(), title],
    )


def titles(results: Results, study: str | None, language: str) -> dict[str, str]:
    """Give what to call the scenarios of a study."""
    known = results.experiment.studies
    plans = known[study] if study else next(iter(known.values()))
    contents = [plan.model_dump(mode="json") for plan in plans.scenarios]
    return drawn_titles(titles_of(plans.names, contents, language))


def _forest(results: Results, entry: FigureEntry, language: str) -> Figure:
    assert entry.study is not None
    study = results.experiment.studies[entry.study]
    kept = ["scenario", "seed", *study.outcomes]
    rows = results.outcomes[entry.study][kept].to_dict("records")
    table = difference_table(rows, study.names, study.seeds)
    return forest_figure(table, language, titles(results, entry.study, language))


def _effects(results: Results, entry: FigureEntry, language: str) -> Figure:
    assert entry.study is not None
    rows = results.outcomes[entry.study]
    figure = EFFECTS[entry.kind]
    wanted = [_column(rows, name) for name in entry.groups]
    groups = chosen_groups(rows, figure, wanted, entry.outcomes)
    return effects_figure(rows, figure, groups, entry.outcomes, language,
                          titles(results, entry.study, language))


def _column(rows: pd.DataFrame, name: str) -> str:
    return next(iter(fitting_columns(name, [str(item) for item in rows.columns])), name)


def _means(results: Results, entry: FigureEntry, groups: list[str]) -> pd.DataFrame:
    assert entry.study is not None
    rows = results.outcomes[entry.study]
    return summarised(rows, [_column(rows, name) for name in groups], entry.outcomes)


def _surface(results: Results, entry: FigureEntry, language: str) -> Figure:
    # groups: the weight on quantity, the incentive and, where it stands, what panels differ in.
    table = _means(results, entry, entry.groups)
    columns = list(table.columns[: len(entry.groups)])
    named = dict(zip(columns, ("weight_on_quantity", "incentive", "panel"), strict=False))
    if len(columns) > 2:
        table[columns[2]] = table[columns[2]].astype(str)
    table = table.rename(columns=named).assign(incentive_name=columns[1])
    return goodhart_surface(table, language)


def _latency(results: Results, entry: FigureEntry, language: str) -> Figure:
    # groups: days or load and, where it stands, what the lines differ in.
    table = _means(results, entry, entry.groups)
    columns = list(table.columns[: len(entry.groups)])
    along = str(entry.options.get("along", "latency_days"))
    named = dict(zip(columns, (along, "series"), strict=False))
    table = table.rename(columns=named)
    if along == "latency_days":
        assert entry.study is not None
        table["theory"] = _year_left(results.experiment.studies[entry.study].scenarios[0], table)
    return latency_curves(table, language)


def _year_left(plan: Scenario, table: pd.DataFrame) -> pd.Series[float]:
    """Give the weeks that are left of the year behind call, hearing, approval and tender.

    A rule of three that today's practice should follow: every day of approval is a day less.
    """
    hearing, delivery = plan.assumptions.hearing, plan.assumptions.delivery
    before = hearing.call_day + hearing.activist_days + delivery.tender_days_competitive
    left = (DAYS_PER_YEAR - before - table["latency_days"]) / DAYS_PER_WEEK
    return left.where(table["outcome"] == "implementation_weeks")


def _shapley(results: Results, entry: FigureEntry, language: str) -> Figure:
    table = results.tables[entry.table or "effects"]
    wide = table[table["member"] != ""]
    found = wide[wide["measure"] == "shapley"].rename(columns={"member": "player", "value": "mean"})
    for name in ("alone", "last"):
        part = wide[wide["measure"] == name].set_index(["outcome", "member"])["value"]
        keys = list(zip(found["outcome"], found["player"], strict=True))
        found[name] = [float(part[key]) for key in keys]
    if entry.outcomes:
        found = found[found["outcome"].isin(entry.outcomes)]
    return shapley_bars(found.reset_index(drop=True), language)


def _pairs(results: Results, entry: FigureEntry, language: str) -> Figure:
    table = results.tables[entry.table or "pairs"].rename(columns={"value": "mean"})
    if entry.outcomes:
        table = table[table["outcome"].isin(entry.outcomes)]
    return interaction_plot(table, language)


def _interaction(results: Results, entry: FigureEntry, language: str) -> Figure:
    return (_effects if entry.study else _pairs)(results, entry, language)


def _trust(results: Results, entry: FigureEntry, language: str) -> Figure:
    table = results.tables[entry.table or "paths"].rename(columns={"value": "mean"})
    table = table[table["outcome"] == (entry.outcomes or ["trust"])[0]]
    return trust_paths(table.assign(spread="interval"), language)


def _trade_off(results: Results, entry: FigureEntry, language: str) -> Figure:
    return trade_off(results.tables[entry.table or "front"], language)


def _flow(results: Results, entry: FigureEntry, language: str) -> Figure:
    assert entry.study is not None
    from linkage_sim.studies.results import load_results

    projects = load_results(results.place / entry.study, "projects")
    label = results.outcomes[entry.study].set_index("run_id")[["scenario", "seed"]]
    own = projects.drop(columns=["scenario", "seed"], errors="ignore")
    return cycle_flow(flow_table(own.join(label, on="run_id")), language)


def _map(results: Results, entry: FigureEntry, language: str) -> Figure:
    import pandas as pd

    table = results.tables[entry.table or "communities"]
    study = next(item.study for item in results.experiment.written.analyses if item.kind == "city")
    # One scale for all cities of the study, so that their pictures can be laid side by side.
    scales = {name: (float(table[name].min()), float(table[name].max()))
              for name in entry.outcomes}
    wanted = entry.options.get("scenario")
    subject = ""
    if wanted is not None:
        table = table[table["scenario"] == wanted]
        known = results.experiment.studies[study]
        subject = known.scenarios[known.names.index(str(wanted))].title_in(language)
    few = len(results.experiment.studies[study].seeds) < LEAST_SEEDS
    parts: list[Any] = []
    for outcome in entry.outcomes:
        columns = {outcome: "mean", f"{outcome}_low": "low", f"{outcome}_high": "high"}
        part = table[["district", "community", *columns]].rename(columns=columns)
        if few:
            part = part.assign(low=math.nan, high=math.nan)
        parts.append(part.assign(outcome=outcome))
    return city_map(pd.concat(parts, ignore_index=True), language, subject, scales)


_KINDS: dict[str, Callable[[Results, FigureEntry, str], Figure]] = {
    "forest": _forest, "main_effects": _effects, "interaction": _interaction,
    "heat_map": _effects, "surface": _surface, "latency": _latency, "shapley": _shapley,
    "trust_paths": _trust, "trade_off": _trade_off, "cycle_flow": _flow, "city_map": _map,
}
