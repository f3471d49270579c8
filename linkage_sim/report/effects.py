"""Pictures of sweeps: main effects, interactions and heat maps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.outcomes import NAMES
from linkage_sim.report.effect_scales import (
    BINS,
    MOST_NUMBERS,
    Scale,
    column_title,
    even_numbers,
    scale_of,
)
from linkage_sim.report.effect_sheet import (
    MOST_PANELS,
    Panel,
    Size,
    explained,
    fitting,
    label_axis,
    page,
)
from linkage_sim.report.heat_map import MOST_CELLS, heat_map
from linkage_sim.report.names import Titles
from linkage_sim.report.sheet import SIDE, Key, Words
from linkage_sim.report.style import A4_WIDTH, COLOURS, GREY, INK, SOFT, save_asked
from linkage_sim.studies.summary import summarised, varied
from linkage_sim.words import language as language_in_use
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MOST_ACROSS, MOST_LINES, LINE_GROUPS = 4, 12, 4
FEWEST_BINS, POINTS_OF_CELL = 3, 4
LEFT, GAP, OWN_GAP, ROWS_OF_A4 = 0.7, 0.14, 0.66, 6
LINE_COLOURS = (*COLOURS, INK)
LINE_MARKERS = ("o", "s", "D", "^", "v", "P", "X", "<", ">", "*", "p", "h")
DASHES = ("-", "--", "-.", ":")


def draw_effects(
    rows: pd.DataFrame, figure: str, groups: Sequence[str], outcomes: Sequence[str], path: Path,
    source: str, titles: Titles | None = None, note: str = "",
) -> list[Path]:
    """Draw how outcomes depend on the parameters of a sweep.

    Parameters
    ----------
    rows
        One row a run: columns scenario, seed, dotted names of parameters, outcomes.
    figure
        "main-effects", "interaction" or "heat-map".
    groups
        Columns to draw outcomes over; the parameters that vary if empty.
    outcomes
        Columns to draw.
    path
        Where the picture goes: .svg and .pdf alone, a PNG with an SVG beside it.
    source
        Provenance of the rows; kept in the metadata of the files.
    titles
        What to call scenarios instead of their names, as `names.drawn_titles` gives it.
    note
        What holds for all runs; stands below the title.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        When groups do not suit the figure, when there is more than fits on a page, or when a
        letter would have to be drawn that no font has.
    """
    language = language_in_use()
    chosen = chosen_groups(rows, figure, groups, outcomes)
    texts = [figure, note, *chosen, *outcomes, *(titles or {}).values()]
    for name in chosen:
        texts += [str(value) for value in rows[name].unique()] if rows[name].dtype != float else []
    path.parent.mkdir(parents=True, exist_ok=True)
    return save_asked(
        lambda: effects_figure(rows, figure, chosen, outcomes, language, titles, note), path,
        _title(figure, chosen, language), source, language, texts,
    )


def chosen_groups(
    rows: pd.DataFrame, figure: str, groups: Sequence[str], outcomes: Sequence[str]
) -> list[str]:
    """Choose the columns to draw over: those asked for, or the parameters that vary.

    A parameter that differs between scenarios alone is told by the scenario.

    Raises
    ------
    InputError
        When there is none, or when an interaction or a heat map has not exactly two.
    """
    chosen = list(dict.fromkeys(groups))
    if not chosen:
        inside = rows.groupby("scenario", sort=False)
        chosen = [name for name in varied(rows, [*NAMES, *outcomes])
                  if "." in name and inside[name].nunique(dropna=False).max() > 1]
        if len(inside) > 1:
            chosen.append("scenario")
        if figure != "main-effects":
            chosen = chosen[:2]
    if not chosen:
        raise InputError(say("report.effects.no_groups"))
    if figure != "main-effects" and len(chosen) != 2:
        raise InputError(say("report.effects.two_groups", figure=figure, n=len(chosen)))
    return chosen


def effects_figure(
    rows: pd.DataFrame, figure: str, groups: Sequence[str], outcomes: Sequence[str],
    language: str = "en", titles: Titles | None = None, note: str = "",
) -> Figure:
    """Make the picture without writing it; takes and raises what `draw_effects` does."""
    panels = len(outcomes) * (len(groups) if figure == "main-effects" else 1)
    if panels > MOST_PANELS:
        raise InputError(say("report.effects.too_many_panels", language, n=panels,
                             most=MOST_PANELS))
    most = [MOST_NUMBERS] * len(groups)
    bins = [BINS] * len(groups)
    if figure == "interaction":
        bins[1] = LINE_GROUPS
    elif figure == "heat-map":
        pairs = len(rows[list(groups)].drop_duplicates())
        bins = [min(BINS, max(FEWEST_BINS, math.isqrt(pairs // POINTS_OF_CELL)))] * 2
        if pairs == math.prod(rows[name].nunique(dropna=False) for name in groups):
            # Every value of one meets every value of the other, so that no cell stays empty.
            most = [MOST_CELLS] * 2
    scaled = [
        scale_of(rows[name], language, titles, most[place], bins[place])
        for place, name in enumerate(groups)
    ]
    scales = [scale for scale, _ in scaled]
    codes = [levels for _, levels in scaled]
    runs = rows["run_id"].nunique() if "run_id" in rows else len(rows)
    counted = say("report.effects.runs", language, n=f"{runs:,}", seeds=rows["seed"].nunique())
    words = Words(_title(figure, groups, language),
                  say("sign.clause", language).join(filter(None, (counted, note))), language)
    if figure == "main-effects":
        tables = [means_of(rows, [levels], outcomes) for levels in codes]
        overall = means_of(rows, [], outcomes).set_index("outcome")["mean"]
        return _main_effects(tables, overall, scales, outcomes, words)
    found = means_of(rows, codes, outcomes)
    draw = _interaction if figure == "interaction" else heat_map
    return draw(found, scales, outcomes, words)


def means_of(
    rows: pd.DataFrame, codes: Sequence[pd.Series[int]], outcomes: Sequence[str]
) -> pd.DataFrame:
    """Summarise outcomes at each level, or pair of levels, as `summarised` does.

    Parameters
    ----------
    codes
        Number of the level of each row, one series a parameter; they become the columns "level 0"
        and "level 1".
    """
    slim = rows[["seed", *outcomes]].copy()
    names = [f"level {place}" for place in range(len(codes))]
    for name, column in zip(names, codes, strict=True):
        slim[name] = column
    return summarised(slim, names, outcomes)


def _title(figure: str, groups: Sequence[str], language: str) -> str:
    names = [column_title(name, language) for name in groups]
    return say(f"report.effects.title.{figure}", language, first=names[0], second=names[-1])


# -- main effects ------------------------------------------------------------------------------


def _main_effects(
    tables: Sequence[pd.DataFrame], overall: pd.Series[float], scales: Sequence[Scale],
    outcomes: Sequence[str], words: Words,
) -> Figure:
    import pandas as pd

    everything = pd.concat(tables)
    keys = []
    if (everything["seeds"] > 1).any():
        keys.append(Key(say("report.effects.key.mean", words.language), marker="o", bar=True))
    if (everything["seeds"] == 1).any():
        keys.append(Key(say("report.effects.key.single", words.language), marker="o", hollow=True))
    keys.append(Key(say("report.effects.key.overall", words.language), colour=GREY, dash="--"))
    words = replace(words, keys=tuple(keys), below=explained(
        everything, scales, "main-effects", words.language))
    rows, size = _one_each(scales[0], outcomes) if len(scales) == 1 else _grid(scales, outcomes)
    figure, placed = page(words, rows, size)
    for panel, axes in placed:
        table = tables[panel.group]
        here = table[table["outcome"] == panel.outcome].set_index("level 0")
        here = here.reindex(range(len(panel.scale.texts)))
        axes.axhline(overall[panel.outcome], color=GREY, linewidth=0.9, linestyle="--", zorder=1,
                     gid="overall")
        _points(axes, here, panel.scale, "mean", COLOURS[0], "o",
                "-" if panel.scale.ordered else "none")
        label_axis(axes, panel, size, words.language)
        shared = everything[everything["outcome"] == panel.outcome]
        _tidy(axes, shared, panel.column == 0 or len(scales) == 1)
        _say_undefined(axes, here, words.language)
        axes.set_gid(f"{panel.outcome} {panel.group}")
    return figure


def _one_each(
    scale: Scale, outcomes: Sequence[str], most: int = 3, height: float = 1.5
) -> tuple[list[list[Panel]], Size]:
    """Give every outcome a panel with its own axis; a single one has the page to itself."""
    columns = fitting(A4_WIDTH, LEFT, OWN_GAP, [scale], min(most, len(outcomes)))
    width = (A4_WIDTH - LEFT - SIDE + OWN_GAP) / columns - OWN_GAP
    panels = [Panel(outcome, scale, place % columns) for place, outcome in enumerate(outcomes)]
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    size = Size(A4_WIDTH, LEFT, width, max(height, 2.8) if columns == 1 else height, OWN_GAP)
    return rows, size


def _grid(scales: Sequence[Scale], outcomes: Sequence[str]) -> tuple[list[list[Panel]], Size]:
    """Set outcomes below each other and parameters side by side, in several blocks if need be."""
    columns = fitting(A4_WIDTH, LEFT, GAP, scales, MOST_ACROSS)
    columns = math.ceil(len(scales) / math.ceil(len(scales) / columns))
    width = (A4_WIDTH - LEFT - SIDE + GAP) / columns - GAP
    rows = []
    for start in range(0, len(scales), columns):
        block = list(enumerate(scales))[start : start + columns]
        rows += [
            [Panel(outcome, scale, column, group, column == 0, outcome == outcomes[-1], len(block))
             for column, (group, scale) in enumerate(block)]
            for outcome in outcomes
        ]
    return rows, Size(A4_WIDTH, LEFT, width, 1.0 if len(rows) <= ROWS_OF_A4 else 0.75, GAP)


# -- interactions ------------------------------------------------------------------------------


def _interaction(
    found: pd.DataFrame, scales: Sequence[Scale], outcomes: Sequence[str], words: Words
) -> Figure:
    across, other = scales
    count = len(other.texts)
    if count > MOST_LINES:
        raise InputError(say("report.effects.too_many_lines", words.language, n=count,
                             most=MOST_LINES, title=other.title))
    looks = list(islice(zip(cycle(LINE_COLOURS), cycle(LINE_MARKERS), cycle(DASHES)), count))
    label = other.side_by_side().label(words.language)
    heading = Key(label + say("sign.colon", words.language).rstrip())
    keys = [heading, *(
        Key(text, colour, marker, dash, bar=bool((found["seeds"] > 1).any()))
        for text, (colour, marker, dash) in zip(other.texts, looks, strict=True)
    )]
    if (found["seeds"] == 1).any():
        keys.append(Key(say("report.effects.key.single", words.language), INK, "o", hollow=True))
    words = replace(words, keys=tuple(keys), below=explained(
        found, scales, "interaction", words.language))
    rows, size = _one_each(across, outcomes, most=2, height=1.9)
    figure, placed = page(words, rows, size)
    for panel, axes in placed:
        here = found[found["outcome"] == panel.outcome]
        step = min(3.5, 16.0 / count)
        for level, (colour, marker, dash) in enumerate(looks):
            line = here[here["level 1"] == level].set_index("level 0")
            line = line.reindex(range(len(across.texts)))
            _points(axes, line, across, f"mean-{level}", colour, marker, dash,
                    (level - (count - 1) / 2) * step)
        label_axis(axes, panel, size, words.language)
        _tidy(axes, here, True)
        _say_undefined(axes, here, words.language)
        axes.set_gid(panel.outcome)
    return figure


# -- what both are made of ---------------------------------------------------------------------


def _points(
    axes: Any, table: pd.DataFrame, scale: Scale, name: str, colour: str, marker: str, dash: str,
    aside: float = 0.0,
) -> None:
    """Draw means and their intervals; `aside` in points keeps the bars of two lines apart."""
    from matplotlib.transforms import ScaledTranslation

    shift = ScaledTranslation(aside / 72.0, 0.0, axes.figure.dpi_scale_trans)
    where = axes.transData + shift
    places = list(scale.places)
    axes.vlines(places, table["low"], table["high"], color=colour, linewidth=1.2, zorder=2,
                transform=where, gid=f"interval of {name}", clip_on=False)
    axes.plot(places, table["mean"], color=colour, marker=marker, linestyle=dash, linewidth=1.3,
              markersize=4.5, markeredgecolor="white", markeredgewidth=0.5, zorder=3,
              transform=where, gid=name, clip_on=False)
    single = (table["seeds"] == 1).to_numpy()
    if single.any():
        axes.plot([place for place, alone in zip(places, single, strict=True) if alone],
                  table["mean"][single], color=colour, marker=marker, linestyle="none",
                  markersize=4.5, markerfacecolor="white", zorder=4, transform=where,
                  gid=f"single of {name}", clip_on=False)


def _say_undefined(axes: Any, table: pd.DataFrame, language: str) -> None:
    if table["mean"].isna().all():
        axes.text(0.5, 0.5, say("report.forest.undefined", language), fontsize=8, color=INK,
                  transform=axes.transAxes, ha="center", va="center")


def _tidy(axes: Any, shown: pd.DataFrame, numbered: bool) -> None:
    """Give all panels of an outcome the same range, and take away what only fills the page."""
    from matplotlib.ticker import MaxNLocator

    values = shown[["low", "mean", "high"]]
    low, high = float(values.min().min()), float(values.max().max())
    marks: list[float] = []
    if low == low:
        slack = 0.08 * (high - low) or 0.1 * abs(high) or 1.0
        bottom, top = low - slack, high + slack
        axes.set_ylim(bottom, top)
        marks = [float(mark) for mark in MaxNLocator(4).tick_values(bottom, top)
                 if bottom <= mark <= top]
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.set_yticks(marks, even_numbers(marks))
    axes.tick_params(axis="y", labelsize=7.5, colors=INK, length=0, pad=2, labelleft=numbered)
    axes.grid(axis="y", color="#EEEEEE", linewidth=0.7)
    axes.set_axisbelow(True)
