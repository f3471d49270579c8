"""Fills the tables of parameters of docs/model.md from the schema, so that none is typed by hand.

A table stands between two comments, each on a line of its own::

    <!-- parameters: assumptions.needs policy.approval.desks assumptions.hearing.survey_* -->
    <!-- end -->

and is filled by `python -m linkage_sim.report.model_page docs/model.md`. A mark names sections,
parameters, or patterns of names; `desks` alone asks for the desks of today's approval, and
`by_confidence` for the number of parameters by kind and confidence. The schema is read, a model is
never run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from linkage_sim.errors import InputError
from linkage_sim.report.number_blocks import BAD_INPUT, filled_by, lines_of, marked_parts
from linkage_sim.report.number_tables import markdown_table
from linkage_sim.scenario.policy import DEFAULT_DESKS, Desk
from linkage_sim.scenario.schema import Parameter, parameters
from linkage_sim.words import declared_words, listing, say, unit_words

START = re.compile(r"^<!-- *parameters:(.*)-->\s*$")
BY_CONFIDENCE, DESKS = "by_confidence", "desks"
KINDS = ("lever", "assumption", "setting")
CONFIDENCES = ("H", "M", "L")
MODULE = "model_page"


def fill(path: Path, lang: str = "en") -> int:
    """Fill the tables of a Markdown file; returns how many. Raises what `filled` raises."""
    text, count = filled(path, lang)
    path.write_text(text, encoding="utf-8", newline="\n")
    return count


def filled(path: Path, lang: str = "en") -> tuple[str, int]:
    """Give the text of a Markdown file with its tables filled, and how many there are.

    Raises
    ------
    InputError
        When the file cannot be read, has no mark, or a mark cannot be understood.
    """
    lines = lines_of(path)
    marks = marks_of(lines, path)
    if not marks:
        raise InputError(say("document.error.no_parameters", path=path))
    # From the end, so that the lines of earlier tables keep their numbers.
    for content, first, stop in reversed(marks):
        made = filled_by(MODULE, path, [], lang)
        lines[first:stop] = ["", *table_of(content, lang), "", made, ""]
    return "\n".join(lines), len(marks)


def marks_of(lines: Sequence[str], path: Path) -> list[tuple[str, int, int]]:
    """Find the marks of a file and the lines between each and its end, all faults told at once."""
    problems: list[str] = []
    marks = marked_parts(lines, path, START, problems)
    for content, first, _ in marks:
        problems += [
            say("document.error.no_such_parameter", path=path, line=first, name=name)
            for name in content.split()
            if content not in (BY_CONFIDENCE, DESKS) and not named([name])
        ]
        if not content:
            problems.append(say("document.error.empty_mark", path=path, line=first))
    if problems:
        raise InputError(problems)
    return marks


def named(names: Sequence[str]) -> list[Parameter]:
    """List the parameters that sections, parameters or patterns name, in their order."""
    return [
        item for item in parameters()
        if any(item.name.startswith(f"{name}.") or fnmatchcase(item.name, name) for name in names)
    ]


def table_of(content: str, lang: str) -> list[str]:
    """Compose what a mark asks for; levers stand in a table of their own."""
    if content == BY_CONFIDENCE:
        return _by_confidence(lang)
    if content == DESKS:
        return _desks(lang)
    items = named(content.split())
    levers = [item for item in items if item.kind == "lever"]
    others = [item for item in items if item.kind != "lever"]
    tables = [
        _table(chosen, columns, lang)
        for chosen, columns in ((others, ("source", "confidence")), (levers, ("through", "price")))
        if chosen
    ]
    return [*tables[0], *(["", *tables[1]] if len(tables) > 1 else [])]


def _table(items: Sequence[Parameter], more: tuple[str, str], lang: str) -> list[str]:
    columns = ("parameter", "title", "value", "unit", "range", *more)
    rows = [
        [
            f"`{item.name}`", item.title(lang), _value(item.default, lang),
            unit_words(item.unit, lang), _range(item, lang),
            *(_last(item, column, lang) for column in more),
        ]
        for item in items
    ]
    return markdown_table([say(f"document.column.{name}", lang) for name in columns], rows)


def _last(item: Parameter, column: str, lang: str) -> str:
    if column == "source":
        return declared_words(item.source, "source.", lang)
    if column == "confidence":
        return item.confidence
    if column == "through":
        through = [declared_words(name, "mediator.name.", lang) for name in item.mediators]
        return listing(through, lang)
    return declared_words(item.price, "price.", lang)


def _value(value: Any, lang: str) -> str:
    """Write a default on one line; a table of numbers part by part, desks by their names."""
    if value is None:
        return say("document.not_set", lang)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, BaseModel):
        parts = [(name, part) for name, part in value if not isinstance(part, dict)]
        if all(isinstance(part, BaseModel) for _, part in parts):
            return "<br>".join(f"{name}: {_value(part, lang)}" for name, part in parts)
        return listing([f"{name} {_value(part, lang)}" for name, part in parts], lang)
    if isinstance(value, list):
        names = [getattr(part, "name", None) or _value(part, lang) for part in value]
        return listing(names, lang) if names else say("document.not_set", lang)
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def _range(item: Parameter, lang: str) -> str:
    if item.choices:
        return listing(item.choices, lang)
    if item.low is None or item.high is None:
        return ""
    low, high = (f"{end:,.10g}" for end in (item.low, item.high))
    return say("errors.from_to", lang, low=low, high=high)


def _by_confidence(lang: str) -> list[str]:
    head = [say(f"document.column.{name}", lang) for name in ("kind", "number", "high", "medium",
                                                              "low")]
    rows = []
    for kind in KINDS:
        held = [item.confidence for item in parameters(kind)]
        counts = [str(held.count(confidence)) for confidence in CONFIDENCES]
        rows.append([say(f"cli.kind.{kind}", lang), str(len(held)), *counts])
    return markdown_table(head, rows)


def _desks(lang: str) -> list[str]:
    """Set the desks of the schema, a row each; what a field means is said in English alone."""
    fields = [(name, info.title or name) for name, info in Desk.model_fields.items()]
    rows = [[_value(getattr(desk, name), lang) for name, _ in fields] for desk in DEFAULT_DESKS]
    return markdown_table([title for _, title in fields], rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the tables of one file; gives the exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if len(typed) != 1 or typed[0].startswith("-"):
        sys.stderr.write(say("document.error.model_usage") + "\n")
        return BAD_INPUT
    try:
        count = fill(Path(typed[0]))
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    sys.stderr.write(say("document.tables_done", path=typed[0], count=count) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
