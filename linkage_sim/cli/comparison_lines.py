"""Sets a comparison as text: a table, what must be known to read it, what to try next."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from linkage_sim.cli.layout import MISSING, columns, decimals_for, number
from linkage_sim.cli.study_words import better, outcome_label, outcome_name, told_settings
from linkage_sim.cli.typed import command_line
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd

    from linkage_sim.report.names import Titles
    from linkage_sim.studies.compare import Plan, Run
    from linkage_sim.studies.precision import Aim


def table_lines(
    table: pd.DataFrame, plan: Plan, runs: list[Run], show_all: bool,
    place: Path | None, titles: Titles = MappingProxyType({}),
) -> list[str]:
    """Set the comparison as text: one block an outcome, one line a scenario.

    Parameters
    ----------
    titles
        Titles that stand before the ids of scenarios.
    """
    from linkage_sim.outcomes import HEADLINES
    from linkage_sim.report.names import titled

    names, pairs = plan.names, int((table["n"] + table["dropped"]).max())
    text = [say("study.compare.title", baseline=titled(names[0], titles), n=pairs)]
    text += [*filter(None, [told_settings("compare", plan.settings)]), ""]
    if not table["n"].any():
        return [*text, say("study.compare.nothing")]
    shown = table if show_all else table[table["outcome"].isin(HEADLINES)]
    rows: list[list[str]] = []
    heads: dict[int, str] = {}
    for outcome, block in shown.groupby("outcome", sort=False):
        name = str(outcome)
        heads[len(rows)] = say(
            "study.compare.head", outcome=name, label=outcome_label(name), better=better(name)
        )
        shown_as = {key: titled(key, titles) for key in [names[0], *block["scenario"]]}
        rows += _block(block.assign(scenario=block["scenario"].map(shown_as)), shown_as[names[0]])
    lines = columns([_heading(), *rows], right=(1, 2, 3))
    text.append(lines[0])
    for number_of_row, line in enumerate(lines[1:]):
        if number_of_row in heads:
            text += ["", heads[number_of_row]]
        text.append(line)
    text += ["", *filter(None, [posterior_note(plan)])]
    text += _notes(shown, names, runs, any(row[-1] for row in rows), titles)
    hidden = table["outcome"].nunique() - shown["outcome"].nunique()
    if hidden and place is not None:
        text.append(say("study.compare.more", count=hidden, path=place / "comparison.csv"))
    elif hidden:
        text.append(say("study.compare.all", count=hidden))
    return text


def aim_lines(table: pd.DataFrame, plan: Plan, aim: Aim) -> list[str]:
    """Say how many seeds the precision took that was asked for, or that it was not reached."""
    from linkage_sim.studies.differences import half_width

    found = half_width(table, aim.outcome)
    reached = "reached" if found <= aim.half_width else "missed"
    return [say(
        f"study.aim.{reached}", outcome=outcome_name(aim.outcome), found=number(found),
        wanted=f"{aim.half_width:g}", seeds=len(plan.seeds), most=aim.most,
    )]


def posterior_note(plan: Plan) -> str:
    """Say that the intervals hold what is not known of assumptions; empty where they do not."""
    if plan.overlay is None:
        return ""
    return say(
        "calibration.compare.note", hash=plan.overlay.sha256[:12],
        draws=plan.overlay.count(plan.seeds), n=len(plan.seeds), count=len(plan.overlay.names),
    )


def _notes(
    shown: pd.DataFrame, names: tuple[str, ...], runs: list[Run], starred: bool, titles: Titles
) -> list[str]:
    """Explain below the table what stands in it, and only that."""
    from linkage_sim.report.names import titled
    from linkage_sim.studies.compare import pairs_lost

    notes = []
    if starred:
        notes.append(say("study.compare.star", comparisons=int(shown["comparisons"].max())))
    gains = shown["pairing_gain"].dropna()
    if len(gains):
        notes.append(say("study.compare.pairing", low=number(float(gains.min())),
                         middle=number(float(gains.median())), high=number(float(gains.max()))))
    if (shown["n"] == 1).any():
        notes.append(say("study.compare.no_interval"))
    lost = pairs_lost(runs, names)
    notes += [
        say("study.compare.failed", scenario=titled(name, titles), dropped=count)
        for name, count in lost.items() if count
    ]
    for row in shown.to_dict("records"):
        undefined = row["dropped"] - lost[row["scenario"]]
        if undefined:
            notes.append(say(
                "study.compare.dropped", outcome=outcome_name(row["outcome"]),
                scenario=titled(row["scenario"], titles), dropped=undefined,
            ))
    return notes


def _heading() -> list[str]:
    return [
        "  " + say("study.column.scenario"), say("study.column.mean"),
        say("study.column.difference"), say("study.column.interval"), "",
    ]


def _block(block: pd.DataFrame, baseline: str) -> list[list[str]]:
    halves = ((block["high"] - block["low"]) / 2).tolist()
    places = decimals_for(halves, [*block["baseline_mean"], *block["mean"]])
    # Means are over defined pairs: the reform with most of them says most about the baseline.
    fullest = block.loc[block["n"].idxmax()]
    rows = [["  " + baseline, number(float(fullest["baseline_mean"]), places), "", "", ""]]
    for row in block.to_dict("records"):
        interval = f"[{number(row['low'], places, True)}, {number(row['high'], places, True)}]"
        clear = row["low_adjusted"] > 0 or row["high_adjusted"] < 0
        rows.append([
            "  " + row["scenario"], number(row["mean"], places),
            number(row["difference"], places, True), interval if row["n"] > 1 else MISSING,
            "*" if clear else "",
        ])
    return rows


def written(place: Path) -> str:
    """Say where results are."""
    return say("study.written", path=place)


def closing_lines(specs: list[str], place: Path) -> list[str]:
    """Say where results are and what to try next, as it can be typed here."""
    lines = ["", written(place)]
    lines += [
        say("study.picture", path=picture)
        for picture in (place / "figures" / "forest.png", place / "figures" / "years.png")
        if picture.exists()
    ]
    # A place, not a lever: --set acts on both sides, and must not switch a reform off.
    elsewhere = [specs[0], specs[-1], "--set", "assumptions.needs.drift_sd=0.6"]
    commands = (
        ["run", specs[0], "--trace"],
        ["compare", *elsewhere],
        ["rerun", str(place)],
    )
    return [*lines, "", say("study.next"), *(f"  {command_line(words)}" for words in commands)]
