"""What a report says in sentences: which outcomes a reform moves, and what a sweep moves most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from linkage_sim.outcomes import BY_NAME, HEADLINES, NAMES
from linkage_sim.report.effect_scales import column_title, scale_of
from linkage_sim.report.effects import means_of
from linkage_sim.report.labels import decimals
from linkage_sim.report.names import Titles
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import pandas as pd

SIDES = ("better", "worse", "up", "down", "open")


def shown(row: Mapping[str, Any] | pd.Series[Any]) -> bool:
    """Tell whether a difference stands after adjusting for all comparisons of its family."""
    return bool(row["low_adjusted"] > 0.0 or row["high_adjusted"] < 0.0)


def side_of(row: Mapping[str, Any] | pd.Series[Any], name: str) -> str:
    """Tell whether a difference that stands is for the better or the worse, or only up or down.

    What is best at 0 is better where every value of the interval leaves it nearer to 0.
    """
    if not shown(row):
        return "open"
    rises = row["low_adjusted"] > 0.0
    better = BY_NAME[name].better
    if better in (1, -1):
        return "better" if rises == (better == 1) else "worse"
    if better == "zero":
        before = float(row["baseline_mean"])
        ends = [abs(before + float(row[end])) for end in ("low_adjusted", "high_adjusted")]
        if max(ends) < abs(before):
            return "better"
        if (before > 0.0) == rises:
            return "worse"
    return "up" if rises else "down"


def findings(
    table: pd.DataFrame, reforms: Sequence[str], called: Titles, language: str
) -> list[str]:
    """Say for each reform which headline outcomes it moves, and which others it makes worse."""
    sentences = []
    for reform in reforms:
        rows = table[table["scenario"] == reform].drop_duplicates("outcome").set_index("outcome")
        sides: dict[str, list[str]] = {}
        for name in HEADLINES:
            if name in rows.index:
                sides.setdefault(side_of(rows.loc[name], name), []).append(
                    column_title(name, language))
        parts = [
            say(f"report.page.finding.{side}", language, outcomes=listing(sides[side], language))
            for side in SIDES if side in sides
        ]
        told = say("report.page.finding.sentence", language, name=called.get(reform, reform),
                   parts=say("sign.clause", language).join(parts))
        paid = [column_title(name, language) for name in NAMES
                if name not in HEADLINES and name in rows.index
                and side_of(rows.loc[name], name) == "worse"]
        if paid:
            gap = "" if language == "zh" else " "
            told += gap + say("report.page.finding.also_worse", language,
                              outcomes=listing(paid, language))
        sentences.append(told)
    return sentences


def swept_findings(
    rows: pd.DataFrame, groups: Sequence[str], titles: Titles, language: str
) -> list[str]:
    """Say for each headline outcome which parameter moves it most, from what to what.

    Means of two values count as different where their 95 % intervals are apart; an outcome for
    which no two are gets a sentence that says so.
    """
    sentences = []
    for outcome in [name for name in HEADLINES if name in rows]:
        widest: tuple[float, dict[str, str]] | None = None
        for name in groups:
            scale, codes = scale_of(rows[name], language, titles, groups=4)
            found = means_of(rows, [codes], [outcome]).dropna(subset=["low", "high"])
            if len(found) < 2:
                continue
            low = found.loc[found["mean"].idxmin()]
            high = found.loc[found["mean"].idxmax()]
            apart = float(high["mean"] - low["mean"])
            if low["high"] >= high["low"] or (widest and apart <= widest[0]):
                continue
            places = decimals([float(high["high"] - high["low"]) / 2])
            texts = scale.key or scale.texts
            widest = apart, {
                "parameter": scale.side_by_side().label(language),
                "low_at": texts[int(low["level 0"])], "high_at": texts[int(high["level 0"])],
                "low": _with_interval(low, places), "high": _with_interval(high, places),
            }
        title = column_title(outcome, language)
        sentences.append(
            say("report.page.finding.swept", language, outcome=title, **widest[1]) if widest
            else say("report.page.finding.not_swept", language, outcome=title))
    return sentences


def _with_interval(row: pd.Series[Any], places: int) -> str:
    mean, low, high = (f"{float(row[name]):,.{places}f}" for name in ("mean", "low", "high"))
    return f"{mean} [{low}, {high}]"
