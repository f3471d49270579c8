"""The pictures of a report, drawn anew in its language and put into the page itself."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.outcomes import HEADLINES
from linkage_sim.report.cycle_flow import cycle_flow
from linkage_sim.report.effects import effects_figure
from linkage_sim.report.figures import forest_figure
from linkage_sim.report.flow_table import flow_table
from linkage_sim.report.names import Titles, drawn_titles
from linkage_sim.report.style import save_asked
from linkage_sim.report.trade_off import CRITERIA, trade_off
from linkage_sim.report.years import years_figure
from linkage_sim.studies.summary import summarised
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MOST_SCENARIOS_OF_FLOW = 6
Picture = dict[str, str]


def picture(
    draw: Callable[[], Figure], key: str, source: str, language: str, names: Iterable[str] = ()
) -> Picture:
    """Draw one picture: its data for the page, what to say where it cannot be seen, and a caption.

    Letters are drawn as shapes: whoever opens the page may have no Chinese font.
    """
    caption = say(f"report.page.figure.{key}", language)
    with tempfile.TemporaryDirectory() as folder:
        goal = Path(folder) / "picture.svg"
        save_asked(draw, goal, caption, source, language, names, letters="path")
        data = base64.b64encode(goal.read_bytes()).decode("ascii")
    return {"data": f"data:image/svg+xml;base64,{data}", "caption": caption}


def pictures_of_comparison(
    tables: dict[str, pd.DataFrame], names: Sequence[str], titles: Titles, source: str,
    language: str,
) -> list[Picture]:
    """Draw forest, years, flow of projects and trade-off, as far as the results hold them."""
    drawn = drawn_titles(titles)
    texts = [*names, *drawn.values()]
    forest = tables["comparison"]
    found = [picture(lambda: forest_figure(forest, language, drawn), "forest", source, language,
                     texts)] if set(forest["outcome"]) & set(HEADLINES) else []
    if tables["years"]["year"].nunique() > 1:
        found.append(picture(
            lambda: years_figure(tables["years"], names, language, drawn), "years", source,
            language, texts,
        ))
    if len(tables["projects"]) and len(names) <= MOST_SCENARIOS_OF_FLOW:
        ordered = tables["projects"].assign(place=tables["projects"]["scenario"].map(names.index))
        flow = _called(flow_table(ordered.sort_values("place", kind="stable")), drawn)
        found.append(picture(lambda: cycle_flow(flow, language), "flow", source, language, texts))
    points = _called(_trade_off_table(tables["outcomes"], names), drawn)
    if not points[list(CRITERIA)].isna().to_numpy().any():
        found.append(picture(lambda: trade_off(points, language), "trade_off", source, language,
                             texts))
    return found


def pictures_of_run(
    projects: pd.DataFrame, titles: Titles, source: str, language: str
) -> list[Picture]:
    """Draw where the projects, days and hours of one run went."""
    if not len(projects):
        return []
    flow = _called(flow_table(projects), drawn_titles(titles))
    return [picture(lambda: cycle_flow(flow, language), "flow", source, language,
                    titles.values())]


def pictures_of_sweep(
    rows: pd.DataFrame, groups: Sequence[str], titles: Titles, source: str, language: str
) -> list[Picture]:
    """Draw main effects, and a map where exactly two parameters vary."""
    outcomes = [name for name in HEADLINES if name in rows]
    drawn = drawn_titles(titles)
    kinds = ["main-effects", *(["heat-map"] if len(groups) == 2 else [])]

    def draw(kind: str) -> Figure:
        return effects_figure(rows, kind, groups, outcomes, language, drawn)

    return [picture(partial(draw, kind), kind, source, language, drawn.values()) for kind in kinds]


def _called(table: pd.DataFrame, titles: Titles) -> pd.DataFrame:
    return table.assign(scenario=[titles.get(name, name) for name in table["scenario"]])


def _trade_off_table(outcomes: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    found = summarised(outcomes, ["scenario"], list(CRITERIA)).set_index(["scenario", "outcome"])
    known = set(outcomes["scenario"])
    rows: list[dict[str, Any]] = []
    for name in names:
        if name in known:
            row: dict[str, Any] = {"scenario": name}
            for outcome in CRITERIA:
                mine = found.loc[(name, outcome)]
                row.update({outcome: mine["mean"], f"{outcome}_low": mine["low"],
                            f"{outcome}_high": mine["high"]})
            rows.append(row)
    return pd.DataFrame(rows)
