"""Tables of numbers for Markdown files, each made from a results directory or the schema alone."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linkage_sim.outcomes import BY_NAME, HEADLINES
from linkage_sim.report.bands import BANDS, WITHOUT_BAND, Band
from linkage_sim.report.names import titled, titles_of
from linkage_sim.scenario.fields import FITTED
from linkage_sim.scenario.schema import Parameter, parameters
from linkage_sim.studies.differences import paired
from linkage_sim.studies.results import load_provenance, load_results
from linkage_sim.words import bracketed, say, unit_words

PROGRAMS = ("__main__.py", "linkage-sim", "linkage-sim.exe")
SHORT_COMMIT = 7
FIGURES = 3


def headline_table(place: Path, lang: str) -> list[str]:
    """Set what every reform changes: one row a headline outcome, one column a reform."""
    table = load_results(place, "comparison")
    shown = table[table["outcome"].isin(HEADLINES)]
    reforms = list(dict.fromkeys(shown["scenario"]))
    titles = titles_from(place, lang)
    head = [
        say("document.column.outcome", lang), say("document.column.baseline", lang),
        *(f"{titles[name]}<br>`{name}`" if name in titles else f"`{name}`" for name in reforms),
    ]
    rows = []
    for outcome, block in shown.groupby("outcome", sort=False):
        halves = ((block["high"] - block["low"]) / 2).tolist()
        places = _decimals(halves, block["baseline_mean"].tolist())
        cells = {row["scenario"]: _difference(row, places) for row in block.to_dict("records")}
        middle = _number(float(block["baseline_mean"].iloc[0]), places)
        rows.append([_named(str(outcome), lang), middle, *(cells[name] for name in reforms)])
    reading = say("document.reading", lang)
    if any("\\*" in cell for row in rows for cell in row):
        star = say("study.compare.star", lang, comparisons=int(shown["comparisons"].max()))
        reading += " " + _plain(star)
    lines = [*markdown_table(head, rows), "", reading]
    lines += [
        "- " + say("study.compare.dropped", lang, outcome=_plainly(row["outcome"], lang),
                   scenario=titled(row["scenario"], titles), dropped=row["dropped"])
        for row in shown[shown["dropped"] > 0].to_dict("records")
    ]
    return lines


def titles_from(place: Path, lang: str) -> dict[str, str]:
    """Give the titles of the scenarios behind results, by their names; see `titles_of`."""
    record = load_provenance(place)
    first = record["baseline"]
    stored = sorted(record.get("scenarios", []), key=lambda item: item["name"] != first)
    names = [item["name"] for item in stored]
    return titles_of(names, [item["content"] for item in stored], lang)


def _difference(row: dict[str, Any], places: int) -> str:
    if math.isnan(row["difference"]):
        return "–"
    clear = row["low_adjusted"] > 0 or row["high_adjusted"] < 0
    middle = _number(row["difference"], places, signed=True) + (" \\*" if clear else "")
    if math.isnan(row["low"]):
        return middle
    low, high = _number(row["low"], places, True), _number(row["high"], places, True)
    return f"{middle}<br>[{low}, {high}]"


def baseline_table(place: Path, lang: str) -> list[str]:
    """Set the baseline's figures beside published bands, and say which were fitted."""
    runs = load_results(place, "outcomes")
    mine = runs[runs["scenario"] == load_provenance(place)["baseline"]]
    names = ("figure", "mean", "band", "inside", "how", "carriers", "prototype", "remark")
    head = [say(f"document.column.{name}", lang) for name in names]
    rows, notes = [], []
    for band in (*BANDS, *WITHOUT_BAND):
        values = [float(value) for value in mine[band.outcome]]
        found = paired([(0.0, value) for value in values])
        rows.append(_held_against(band, found, lang))
        if found["dropped"]:
            notes.append("- " + say(
                "document.left_out", lang, name=f"`{band.outcome}`", dropped=found["dropped"],
                n=len(values),
            ))
    return [*markdown_table(head, rows), *([""] if notes else []), *notes]


def _held_against(band: Band, found: dict[str, Any], lang: str) -> list[str]:
    half, middle = (found["high"] - found["low"]) / 2, float(found["mean"])
    places = min(_decimals([half], [middle]), _decimals([], [middle]))
    low, high = _number(found["low"], places), _number(found["high"], places)
    mean = f"{_number(middle, places)} [{low}, {high}]"
    prototype = "" if band.prototype is None else f"{band.prototype:g}"
    if band.low is None or band.high is None:
        remark = say("document.band.none", lang)
        return [_named(band.outcome, lang), mean, "", "", "", "", prototype, remark]
    known = not math.isnan(middle)
    inside = "unknown" if not known else "yes" if band.low <= middle <= band.high else "no"
    return [
        _named(band.outcome, lang), mean, _range(band.low, band.high, lang),
        say(f"document.{inside}", lang), say(f"document.{how(band)}", lang),
        "<br>".join(f"`{name.removeprefix('assumptions.')}`" for name in band.carriers),
        prototype, say(f"document.band.{band.outcome}", lang),
    ]


def how(band: Band) -> str:
    """Tell whether a figure of the baseline is fitted, anchored or predicted; see `bands`."""
    if any(item.name in band.carriers for item in chosen_for_baseline()):
        return "fitted"
    return "anchored" if band.anchored else "predicted"


def chosen_for_baseline() -> list[Parameter]:
    """List every parameter that was chosen so that figures of the baseline come out."""
    return [item for item in parameters() if FITTED in item.source]


def fitted_table(place: Path | None, lang: str) -> list[str]:
    """Set the parameters that were chosen so that figures of the baseline come out.

    Parameters
    ----------
    place
        Results whose baseline tells the values, so that they are those behind its figures; where
        the schema says otherwise by now, a note says so. None: the schema's own values.
    """
    names = ("parameter", "title", "value", "unit", "range", "confidence")
    head = [say(f"document.column.{name}", lang) for name in names]
    used = {} if place is None else _values_of_baseline(place)
    rows, notes = [], []
    for item in chosen_for_baseline():
        value = item.default if place is None else used.get(item.name)
        limits = "" if item.low is None or item.high is None else _range(item.low, item.high, lang)
        rows.append([
            f"`{item.name}`", item.title(lang), _value(value, lang), _unit(item.unit, lang),
            limits, item.confidence,
        ])
        if value != item.default:
            notes.append("- " + say(
                "document.other_now", lang, name=f"`{item.name}`", value=_value(item.default, lang)
            ))
    return [*markdown_table(head, rows), *([""] if notes else []), *notes]


def _values_of_baseline(place: Path) -> dict[str, Any]:
    record = load_provenance(place)
    content = next(
        item["content"] for item in record["scenarios"] if item["name"] == record["baseline"]
    )
    return {item.name: _found(content, item.name) for item in chosen_for_baseline()}


def _found(content: Any, name: str) -> Any:
    for part in name.split("."):
        content = content.get(part) if isinstance(content, dict) else None
    return content


def _value(value: Any, lang: str) -> str:
    if value is None:
        return say("document.unknown", lang)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _range(low: float, high: float, lang: str) -> str:
    return say("errors.from_to", lang, low=f"{low:g}", high=f"{high:g}")


def source_line(place: Path, named: str, lang: str) -> str:
    """Say which results the numbers are from, and which command made those.

    Parameters
    ----------
    named
        What the marker calls the directory.
    """
    record = load_provenance(place)
    return say(
        "document.source", lang, place=named, n=len(record["seeds"]),
        model=record["model_version"], package=record["package_version"],
        commit=commit_of(record, lang), made=command_of(record, lang),
    )


def commit_of(record: dict[str, Any], lang: str) -> str:
    """Say at which commit results were made; empty where nothing tells."""
    git = record["git"]
    if not git:
        return ""
    key = "document.commit_changed" if git["dirty"] else "document.commit"
    return say(key, lang, commit=git["commit"][:SHORT_COMMIT])


def command_of(record: dict[str, Any], lang: str) -> str:
    """Say by which command results were made; empty where it was none that can be typed."""
    command = record["command"]
    if not command or Path(command[0]).name not in PROGRAMS:
        return ""
    # The way to the program is a matter of the machine it ran on.
    typed = shlex.join(["linkage-sim", *command[1:]])
    return say("document.made", lang, command=typed)


# -- cells -------------------------------------------------------------------------------------


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Set a head and rows as a table in Markdown, line by line."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _plain(text: str) -> str:
    return text.replace("*", "\\*")


def _named(outcome: str, lang: str) -> str:
    better = {1: "up", -1: "down", "zero": "zero", 0: "neither"}[BY_NAME[outcome].better]
    label = say(f"outcome.{outcome}.label", lang)
    if better == "neither":
        return say("document.named", lang, label=label, name=outcome)
    way = say(f"study.better.{better}", lang)
    return say("document.named_better", lang, label=label, name=outcome, better=way)


def _plainly(outcome: str, lang: str) -> str:
    """Name an outcome in a sentence: in English by its id, in Chinese by its label as well."""
    label = say(f"outcome.{outcome}.label", lang)
    return outcome if lang == "en" else bracketed(label, outcome, lang)


def _unit(unit: str, lang: str) -> str:
    return unit_words(unit, lang)


def _number(value: float, places: int, signed: bool = False) -> str:
    if math.isnan(value):
        return "–"
    text = f"{value:+,.{places}f}" if signed else f"{value:,.{places}f}"
    # A rounded nothing has no sign.
    return text.lstrip("+-") if float(text.replace(",", "")) == 0.0 else text


def _decimals(halves: Sequence[float], values: Sequence[float]) -> int:
    """Choose decimals that show two figures of a typical uncertainty, or three of a value."""
    widths = sorted(half for half in halves if half > 0.0)
    if widths:
        return min(5, max(0, 1 - math.floor(math.log10(widths[len(widths) // 2]))))
    sizes = [abs(value) for value in values if not math.isnan(value) and value != 0.0]
    return min(5, max(0, FIGURES - 1 - math.floor(math.log10(max(sizes))))) if sizes else FIGURES
