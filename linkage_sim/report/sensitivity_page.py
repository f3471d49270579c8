"""Fills the numbers of docs/sensitivity.md from small tables of results.

    python -m linkage_sim.report.sensitivity_page docs/sensitivity.md docs/data/sensitivity

A block stands between two comments, each on a line of its own::

    <!-- sensitivity: conclusions of space -->
    <!-- end -->

Kinds: `headline`, `conclusions`, `boxes` (of a latin hypercube), `effects` (Morris), `shares`
(Sobol), `study` (what was run), each `of` the name of a study; `delay of delay_parts`; and
`alternatives of` an outcome. ` in zh` at the end asks for Chinese. The tables are made by
`linkage_sim.studies.sensitivity_summary`, `.delay_parts` and `.alternatives`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.report.number_blocks import filled_by, lines_of, marked_parts
from linkage_sim.report.number_tables import markdown_table
from linkage_sim.report.sensitivity_words import (
    chance_percent,
    figure,
    limits,
    parameter_title,
    percent,
    reform_of,
)
from linkage_sim.words import bracketed, listing, say

if TYPE_CHECKING:
    import pandas as pd

START = re.compile(r"^<!-- *sensitivity:(.*)-->\s*$")
CONTENT = re.compile(r"(?P<kind>\w+) of (?P<name>\w+)(?: in (?P<lang>en|zh))?")
BAD_INPUT, TOP = 2, 5
HEADLINES = (
    ("x_community+full_reform", "need_coverage"), ("x_community+full_reform", "demand_match"),
    ("x_community+fast_approval", "demand_match"), ("x_community+fast_approval", "need_coverage"),
)


def fill(path: Path, data: Path) -> int:
    """Fill every block of a page; returns how many. Nothing is written when one cannot be.

    Raises
    ------
    InputError
        For a page or a table that cannot be read, and a block of an unknown kind.
    """
    lines = lines_of(path)
    problems: list[str] = []
    parts = marked_parts(lines, path, START, problems)
    if not parts:
        problems.append(f"{path}: no block <!-- sensitivity: ... -->")
    filled = [_block(content, data, path, problems) for content, _, _ in parts]
    if problems:
        raise InputError(problems)
    for (_, first, stop), text in reversed(list(zip(parts, filled, strict=True))):
        lines[first:stop] = ["", *text, ""]
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    return len(parts)


def _block(content: str, data: Path, path: Path, problems: list[str]) -> list[str]:
    read = CONTENT.fullmatch(content)
    if read is None or read["kind"] not in KINDS:
        known = listing(f"{kind} of NAME" for kind in KINDS)
        problems.append(f"{path}: {say('errors.found', found=content, allowed=known)}")
        return []
    lang = read["lang"] or "en"
    try:
        text = KINDS[read["kind"]](data, read["name"], lang)
    except (OSError, ValueError, KeyError) as error:
        problems.append(f"{data / read['name']}: {error}")
        return []
    return [*text, "", filled_by("sensitivity_page", path, [data.as_posix()], lang)]


def _table(data: Path, name: str, kind: str) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(data / f"{name}_{kind}.csv", keep_default_na=True)


def _label(outcome: str, lang: str) -> str:
    return bracketed(say(f"outcome.{outcome}.label", lang), f"`{outcome}`", lang)


def _head(lang: str, *names: str) -> list[str]:
    return [say(f"sensitivity.column.{name}", lang) for name in names]


def _held(row: Any) -> str:
    return f"{percent(row['share'])} [{percent(row['low'])}, {percent(row['high'])}]"


def _headline(data: Path, name: str, lang: str) -> list[str]:
    table = _table(data, name, "conclusions").set_index(["scenario", "outcome"])
    lines = []
    for scenario, outcome in HEADLINES:
        row = table.loc[(scenario, outcome)]
        lines.append("- " + say(
            "sensitivity.page.holds", lang, reform=f"`{reform_of(scenario, row['baseline'])}`",
            outcome=_label(outcome, lang), share=percent(row["share"]), low=percent(row["low"]),
            high=percent(row["high"]), points=int(row["points"]),
            clear=percent(row["clear"] / row["points"]),
            against=percent(row["against"] / row["points"]),
            chance=chance_percent(row["noise_share"]),
        ))
    return lines


def _conclusions(data: Path, name: str, lang: str) -> list[str]:
    table = _table(data, name, "conclusions")
    outcomes = list(dict.fromkeys(table["outcome"]))
    head = [say("sensitivity.column.reform", lang), *(_label(item, lang) for item in outcomes)]
    rows = []
    for scenario, block in table.groupby("scenario", sort=False):
        cells = {
            row["outcome"]: say(
                "sensitivity.page.cell", lang, held=_held(row),
                clear=percent(row["clear"] / row["points"]),
                against=percent(row["against"] / row["points"]), mean=f"{row['mean']:+.3g}",
                chance=chance_percent(row["noise_share"]),
            ) if row["points"] else "–"
            for row in block.to_dict("records")
        }
        reform = reform_of(str(scenario), str(block["baseline"].iloc[0]))
        rows.append([f"`{reform}`", *(cells[item] for item in outcomes)])
    return [*markdown_table(head, rows), "", say("sensitivity.reading.conclusions", lang)]


def _boxes(data: Path, name: str, lang: str) -> list[str]:
    lines: list[str] = []
    for event, block in _table(data, name, "boxes").groupby("event", sort=False):
        whole = block[block["box"] == 0].iloc[0]
        lines.append("- " + say(
            "sensitivity.box.event", lang, event=f"`{event}`", cases=int(whole["cases"]),
            points=int(whole["inside"]), share=percent(whole["density"]),
            low=percent(whole["density_low"]), high=percent(whole["density_high"]),
            undefined=int(whole["undefined"]),
        ))
        if len(block) == 1:
            key = "none" if whole["searched"] else "too_few"
            lines.append("  - " + say(f"sensitivity.box.{key}", lang))
        for number, part in block[block["box"] > 0].groupby("box"):
            first = part.iloc[0]
            where = [
                limits(row["parameter"], _end(row["low"]), _end(row["high"]), lang)
                for row in part.to_dict("records")
            ]
            lines.append("  - " + say(
                "sensitivity.box.found", lang, number=int(str(number)), where=listing(where, lang)
            ))
            lines.append("    " + say(
                "sensitivity.box.figures", lang, inside=int(first["inside"]),
                cases=int(first["cases"]), density=percent(first["density"]),
                base=percent(whole["density"]), coverage=percent(first["coverage"]),
                mass=percent(first["mass"]), chance=f"{first['chance']:.3f}",
            ))
    return lines


def _end(value: float) -> float | None:
    return None if value != value else float(value)


def _effects(data: Path, name: str, lang: str) -> list[str]:
    return _ranked(data, name, lang, "mu_star", ("mu", "sigma", "noise"), "morris")


def _shares(data: Path, name: str, lang: str) -> list[str]:
    return _ranked(data, name, lang, "st", ("s1",), "sobol")


def _ranked(
    data: Path, name: str, lang: str, main: str, others: Sequence[str], kind: str
) -> list[str]:
    table = _table(data, name, "sensitivity")
    head = [*_head(lang, "outcome", "reform", "title", main), *_head(lang, *others)]
    rows = []
    for (scenario, baseline, outcome), block in table.fillna({"baseline": ""}).groupby(
        ["scenario", "baseline", "outcome"], sort=False
    ):
        reform = reform_of(scenario, baseline) if baseline else scenario
        state = str(block["state"].iloc[0])
        for row in block[block["rank"].between(1, TOP)].to_dict("records"):
            title = parameter_title(row["parameter"], lang)
            first = row["rank"] == 1
            low, high = figure(row[f"{main}_low"]), figure(row[f"{main}_high"])
            rows.append([
                _label(outcome, lang) if first else "", f"`{reform}`" if first else "",
                f"{title}<br>`{row['parameter']}`", f"{figure(row[main])} [{low}, {high}]",
                *(figure(row[other]) for other in others),
            ])
        if state != "fine":
            blank = [""] * (2 + len(others))
            rows.append([_label(outcome, lang), f"`{reform}`", state, *blank[1:]])
    chances = table.drop_duplicates(["scenario", "baseline", "outcome"])
    told = [say(
        "sensitivity.page.dropped", lang, dropped=int(chances["dropped"].max()),
        groups=int((chances["groups"] + chances["dropped"]).max()),
    )]
    if chances["noise_share"].notna().any():
        least, most = chances["noise_share"].min(), chances["noise_share"].max()
        told.append(say("sensitivity.page.chance", lang, low=chance_percent(least),
                        high=chance_percent(most)))
    doubted = sorted({name for text in chances["doubts"].dropna() for name in str(text).split()})
    told += [say(f"sensitivity.doubt.{name}", lang) for name in doubted]
    return [*markdown_table(head, rows), "", say(f"sensitivity.reading.{kind}", lang), *told]


def _study(data: Path, name: str, lang: str) -> list[str]:
    row = _table(data, name, "study").iloc[0]
    return [say(
        "sensitivity.page.study", lang, title=row["title"], design=row["design"],
        scenarios=listing((f"`{item}`" for item in json.loads(row["scenarios"])), lang),
        parameters=int(row["parameters"]), points=f"{int(row['points']):,}",
        seeds=int(row["replications"]), runs=f"{int(row['runs']):,}", years=int(row["years"]),
    )]


def _delay(data: Path, name: str, lang: str) -> list[str]:
    import pandas as pd

    table = pd.read_csv(data / f"{name}.csv")
    head = _head(lang, "outcome", "part", "size", "part_share")
    rows = []
    for row in table.to_dict("records"):
        known = row["share"] == row["share"]
        share = (f"{percent(row['share'])} [{percent(row['share_low'])}, "
                 f"{percent(row['share_high'])}]")
        rows.append([
            _label(row["outcome"], lang) if row["part"] == "whole" else "",
            say(f"sensitivity.part.{row['part']}", lang),
            f"{row['size']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]", share if known else "–",
        ])
    return [*markdown_table(head, rows), "",
            say("sensitivity.page.delay", lang, n=int(table["n"].max()))]


def _alternatives(data: Path, name: str, lang: str) -> list[str]:
    """Show one outcome: a line each form of the model, a column each reform."""
    import pandas as pd

    table = pd.read_csv(data / "alternatives.csv")
    block = table[table["outcome"] == name]
    if block.empty:
        raise ValueError(name)
    reforms = list(dict.fromkeys(block["reform"]))
    forms = list(dict.fromkeys(block["alternative"]))
    cells = block.set_index(["alternative", "reform"])
    head = [say("sensitivity.column.alternative", lang), *(f"`{item}`" for item in reforms)]
    rows, turned = [], 0
    for form in forms:
        line = [say(f"alternative.{form}", lang)]
        for reform in reforms:
            row, usual = cells.loc[(form, reform)], cells.loc[(forms[0], reform)]
            text = f"{row['difference']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}]"
            against = _side(row) * _side(usual) < 0
            turned += against
            line.append(f"**{text}**" if against else text)
        rows.append(line)
    return [*markdown_table(head, rows), "", say(
        "sensitivity.page.alternatives", lang, outcome=_label(name, lang),
        n=int(block["n"].max()), turned=turned, cells=len(reforms) * (len(forms) - 1),
    )]


def _side(row: Any) -> int:
    """Tell on which side of 0 a whole interval lies; 0 where it holds it."""
    return int(row["low"] > 0.0) - int(row["high"] < 0.0)


KINDS: dict[str, Callable[[Path, str, str], list[str]]] = {
    "headline": _headline, "conclusions": _conclusions, "boxes": _boxes, "effects": _effects,
    "shares": _shares, "study": _study, "delay": _delay,
    "alternatives": _alternatives,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill one page; gives the exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if len(typed) != 2:
        sys.stderr.write("python -m linkage_sim.report.sensitivity_page PAGE DATA\n")
        return BAD_INPUT
    try:
        count = fill(Path(typed[0]), Path(typed[1]))
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    sys.stderr.write(say("document.done", path=typed[0], count=count) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
