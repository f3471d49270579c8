"""Says what is wrong with a scenario in words a person can act on: found, allowed, nearest name."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from linkage_sim.scenario.documents import MOST_PROBLEMS, dotted
from linkage_sim.scenario.fields import OUT_OF_RANGE
from linkage_sim.scenario.lines import Path as KeyPath
from linkage_sim.scenario.schema import Parameter, Scenario, parameters
from linkage_sim.words import bracketed, listing, say, translated, unit_words

_NEED = {
    "int": "errors.a_whole_number",
    "float": "errors.a_number",
    "finite": "errors.a_finite_number",
    "bool": "errors.true_or_false",
    "string": "errors.a_text",
    "list": "errors.a_list",
    "model": "errors.a_table",
    "dict": "errors.a_table",
}
_LONGEST = 60
_SURE = 0.85
_CHOICE = re.compile(r"found '(.*)', allowed: (.*)")


def explained(
    error: ValidationError, content: Mapping[str, Any], root: type[BaseModel] = Scenario
) -> list[tuple[KeyPath, str]]:
    """Turn a validation error into (where, what is wrong and what is allowed) pairs.

    Parameters
    ----------
    content
        What was validated; shows which parts of a place are keys and which are alternatives.
    root
        The kind of file: a scenario, or another one with keys of its own.
    """
    found: dict[KeyPath, list[str]] = {}
    items = [
        (item, _existing(item["loc"], content, missing=item["type"] == "missing"))
        for item in error.errors(include_url=False)[: MOST_PROBLEMS + 1]
    ]
    paths = {path for _, path in items}
    for item, path in items:
        if item["type"].endswith("_type") and _is_followed(item["loc"], path, paths):
            continue
        if item["type"] == OUT_OF_RANGE:
            for inside, text in _out_of_range(item["ctx"], path):
                found.setdefault((*path, *inside), []).append(text)
            continue
        if item["type"] == "value_error" or not path:
            for where, text in _told(item, path):
                found.setdefault(where, []).append(text)
        else:
            found.setdefault(path, []).append(_text(dict(item), path, root))
    return [(path, text) for path, texts in found.items() for text in _joined(texts)]


def _joined(texts: list[str]) -> list[str]:
    """Make one message of the alternatives of one value."""
    head = say("errors.found", found="\0", allowed="\0").split("\0")[0]
    several = [text for text in texts if text.startswith(head)]
    if len(several) < 2:
        return list(dict.fromkeys(texts))
    middle = say("errors.found", found="\0", allowed="\0").split("\0")[1]
    start, _, first = several[0].partition(middle)
    allowed = [first, *(text.partition(middle)[2] for text in several[1:])]
    merged = start + middle + say("errors.or_words").join(dict.fromkeys(allowed))
    return [merged, *(text for text in texts if text not in several)]


def _existing(loc: tuple[Any, ...], content: Any, missing: bool) -> KeyPath:
    """Keep the part of a place that a person wrote; the rest names alternatives of a type."""
    path: list[str | int] = []
    place = content
    for number, part in enumerate(loc):
        inside_list = isinstance(place, list) and isinstance(part, int) and part < len(place)
        if (isinstance(place, Mapping) and part in place) or inside_list:
            place = place[part]
            path.append(part)
        elif missing and number == len(loc) - 1:
            path.append(part)
    return tuple(path)


def _is_followed(loc: tuple[Any, ...], path: KeyPath, paths: set[KeyPath]) -> bool:
    """Tell whether another kind that a value may have fits, but for something inside it."""
    return len(loc) > len(path) and any(
        len(other) > len(path) and other[: len(path)] == path for other in paths
    )


def _told(item: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Pass on what the schema's own checks say; at the top each line names its key."""
    message = str(item["msg"]).removeprefix("Value error, ")
    for line in message.splitlines():
        name, colon, text = line.partition(": ")
        own = tuple(name.split("."))
        if colon and (not path or own[: len(path)] == path) and " " not in name:
            choice = _CHOICE.fullmatch(text)
            if choice:
                yield own, _choice(choice[1], choice[2].split(", "))
            else:
                yield own, translated(text, "schema.")
        else:
            yield path, translated(line, "schema.")


def _choice(found: str, known: list[str]) -> str:
    told = say("schema.found_allowed", found=found, allowed=listing(known))
    return _with_nearest(told, found, known)


def _text(item: dict[str, Any], path: KeyPath, root: type[BaseModel]) -> str:
    kind = item["type"]
    if kind == "extra_forbidden":
        return _unknown(path, root)
    if kind == "missing":
        return say("errors.missing_key")
    return say("errors.found", found=shown(item.get("input")), allowed=_allowed(item, path))


def shown(value: Any) -> str:
    """Show a found value as TOML would hold it, cut where long."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(value)
    return shortened(text.replace("NaN", "nan").replace("Infinity", "inf"))


def shortened(text: str) -> str:
    """Cut a text that is too long to be quoted."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _allowed(item: dict[str, Any], path: KeyPath) -> str:
    kind, details = item["type"], item.get("ctx", {})
    if kind in ("literal_error", "enum"):
        expected = str(details["expected"]).replace("'", '"').replace("False", "false")
        choices = re.findall(r'"[^"]*"|\w+', expected.replace(" or ", ", "))
        told = say("errors.last_or").join(filter(None, (listing(choices[:-1]), choices[-1])))
        return _with_nearest(told, item.get("input"), re.findall(r'"([^"]*)"', expected))
    known = _declared(path)
    if known is not None and known.low is not None and known.high is not None:
        return f"{_need(kind, known)}{_range(known)}"
    for name, key in (("ge", "at_least"), ("le", "at_most"), ("gt", "more_than"),
                      ("lt", "less_than")):
        if name in details:
            value = _figure(details[name])
            return say(f"errors.{key}", low=value, high=value)
    for name, key in (("min_length", "shortest"), ("max_length", "longest")):
        if kind.startswith("string") and name in details:
            return say(f"errors.{key}", length=details[name])
    for start, key in _NEED.items():
        if kind.startswith(start):
            return say(key)
    return str(item["msg"])


def _with_nearest(text: str, found: Any, known: list[str]) -> str:
    near = _nearest(str(found), known)
    return text + say("sign.clause") + say("errors.did_you_mean", name=near) if near else text


def _out_of_range(details: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Tell which numbers of a field leave its declared range."""
    known = _declared(path)
    for inside, number in details["wrong"]:
        if known is not None and not inside:
            allowed = f"{_need('', known)}{_range(known)}"
        else:
            low, high = _figure(details["low"]), _figure(details["high"])
            limits = say("errors.from_to", low=low, high=high)
            allowed = say("errors.a_number") + say("sign.pause") + limits
        yield tuple(inside), say("errors.found", found=f"{number:.10g}", allowed=allowed)


def _need(kind: str, known: Parameter) -> str:
    whole = isinstance(known.default, int) and not isinstance(known.default, bool)
    finite = "errors.a_finite_number" if kind.startswith("finite") else "errors.a_number"
    return say("errors.a_whole_number" if whole else finite) + say("sign.pause")


def _range(known: Parameter) -> str:
    text = say("errors.from_to", low=_figure(known.low), high=_figure(known.high))
    return bracketed(text, unit_words(known.unit))


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    # A float has no room for every digit of the largest seed.
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


def _declared(path: KeyPath) -> Parameter | None:
    name = dotted(path)
    return next((item for item in _all_parameters() if item.name == name), None)


@cache
def _all_parameters() -> tuple[Parameter, ...]:
    return tuple(parameters())


def _nearest(name: str, known: list[str], cutoff: float = 0.6) -> str | None:
    near = difflib.get_close_matches(name[:100], known, 1, cutoff)
    return near[0] if near else None


def unknown_name(name: str, known: Sequence[str]) -> str:
    """Say that a name is not known, and which one comes nearest."""
    near = _nearest(name, list(known))
    hint = (say("errors.did_you_mean", name=near) if near
            else say("errors.allowed_keys", known=listing(known)))
    return say("errors.unknown_name", found=shown(name)) + say("sign.clause") + hint


def _unknown(path: KeyPath, root: type[BaseModel]) -> str:
    last = str(path[-1])
    siblings = [name for name in _keys_of(path[:-1], root) if name != last]
    near = _nearest(last, siblings)
    if near is None:
        near = next((name for name in siblings if last in name.split("_")), None)
    if near is None and root is Scenario:
        # Right word, wrong place: look for it, or something close to it, everywhere.
        names = [item.name for item in _all_parameters()]
        ends = {name.rsplit(".", 1)[-1]: name for name in reversed(names)}
        close = _nearest(last, list(ends), _SURE)
        near = ends[close] if close else _nearest(dotted(path), names, _SURE)
    if near is not None:
        hint = say("errors.did_you_mean", name=near)
    else:
        hint = say("errors.allowed_keys", known=listing(siblings))
    return say("errors.unknown_key") + say("sign.clause") + hint


def _keys_of(path: KeyPath, root: type[BaseModel]) -> Iterator[str]:
    """List the keys the schema knows in a table."""
    section: Any = root
    for part in path:
        if isinstance(part, int):
            continue
        fields = getattr(section, "model_fields", {})
        section = _section_in(fields[part].annotation) if part in fields else None
    if section is not None:
        yield from section.model_fields
    if not path and root is Scenario:
        yield "extends"


def _section_in(annotation: Any) -> type[BaseModel] | None:
    """Find the section a field holds, also within a list or beside None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (list, Union, UnionType):
        for part in get_args(annotation):
            section = _section_in(part)
            if section is not None:
                return section
    return None


def messages(
    problems: list[tuple[KeyPath, str]], place: Callable[[KeyPath], str]
) -> list[str]:
    """Write each problem as PLACE: KEY: TEXT, in the order of the places."""
    rows = [(place(path), dotted(path), text) for path, text in problems]
    rows.sort(key=lambda row: _order(row[0]))
    return [": ".join(part for part in row if part) for row in rows]


def _order(place: str) -> tuple[str, int]:
    name, _, line = place.rpartition(":")
    return (name, int(line)) if line.isdigit() else (place, 0)
