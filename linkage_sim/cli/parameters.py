"""`linkage-sim parameters`: the reference of everything a scenario may set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import typer
from pydantic import BaseModel

from linkage_sim.cli.options import AsJson, Lang, print_json
from linkage_sim.cli.typed import command_line
from linkage_sim.errors import InputError
from linkage_sim.words import (
    bracketed,
    declared_words,
    has,
    language,
    listing,
    say,
    unit_words,
)

KINDS = ("lever", "assumption", "setting")
_LONGEST_DEFAULT = 60


def list_parameters(
    search: Annotated[
        str | None,
        typer.Argument(metavar=say("cli.parameters.word"), help=say("cli.parameters.search")),
    ] = None,
    kind: Annotated[
        Literal["lever", "assumption", "setting"] | None,
        typer.Option("--kind", help=say("cli.parameters.kind")),
    ] = None,
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help=say("cli.parameters.markdown"))]
    = False,
    lang: Lang = None,
) -> None:
    """List every parameter with its unit, range, source and confidence."""
    from linkage_sim.scenario.schema import parameters

    word = (search or "").lower()
    chosen = [
        item for item in parameters(kind)
        if word in item.name.lower() or word in item.title_en.lower() or word in item.title_zh
    ]
    if not chosen:
        every = command_line(["parameters"])
        raise InputError(say("cli.parameters.none", word=word, command=every))
    if as_json:
        print_json([as_record(item) for item in chosen])
    elif markdown:
        typer.echo("\n".join(markdown_lines(chosen)))
    else:
        typer.echo("\n".join(text_lines(chosen)))


def as_record(item: Any) -> dict[str, Any]:
    """Give everything known about one parameter, fit for JSON."""
    record = {name: getattr(item, name) for name in item.__dataclass_fields__}
    record["default"] = plain(item.default)
    record["mediators"] = list(item.mediators)
    record["choices"] = list(item.choices)
    names = registered_names(item.name)
    if names:
        record["names"] = names
    return record


def plain(value: Any) -> Any:
    """Turn a default into what JSON and TOML can hold."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def registered_names(name: str) -> list[str]:
    """List the mechanisms that may be named there, those registered from outside included."""
    from linkage_sim.scenario import registry

    places = {
        "policy.proposal.method": registry.SOURCES,
        "policy.proposal.weights": registry.SOURCES,
        "policy.approval.rule": registry.APPROVAL_RULES,
        "policy.evaluation.weights": registry.INSTRUMENTS,
        "assumptions.effort.strategy": registry.EFFORT_STRATEGIES,
    }
    return places[name].names() if name in places else []


def text_lines(chosen: list[Any]) -> Iterator[str]:
    """Write one paragraph a parameter; names stand alone, so no width can cut them."""
    for item in chosen:
        yield f"{item.name} = {short(item.default)}"
        yield "    " + say("cli.parameters.titled", title=item.title(language()),
                            kind=say(f"cli.kind.{item.kind}"))
        facts = [fact for fact in (unit_words(item.unit), range_of(item)) if fact]
        if facts:
            yield "    " + " · ".join(facts)
        names = registered_names(item.name)
        if names:
            yield "    " + say("cli.parameters.names", names=listing(names))
        confidence = say(f"cli.confidence.{item.confidence}")
        yield "    " + say("cli.parameters.source", confidence=confidence,
                            source=declared_words(item.source, "source."))
        if item.price:
            yield "    " + say("cli.parameters.price", channel=say(f"cli.channel.{item.channel}"),
                                price=declared_words(item.price, "price."))
        yield ""
    yield say("cli.parameters.count", count=len(chosen))


def range_of(item: Any) -> str:
    """Say from where to where a parameter may be set, or to what; empty where neither is known."""
    if item.choices:
        return ", ".join(item.choices)
    if item.low is None or item.high is None:
        return ""
    return say("errors.from_to", low=f"{item.low:,.10g}", high=f"{item.high:,.10g}")


def short(value: Any) -> str:
    """Show a default on one line, a long one by its size."""
    if value is None:
        return say("cli.new.no_value")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, BaseModel):
        parts = [f"{name} {part:g}" for name, part in value.model_dump().items()
                 if isinstance(part, int | float)]
        return ", ".join(parts)
    if isinstance(value, list) and value and isinstance(value[0], BaseModel):
        return ", ".join(str(getattr(part, "name", part)) for part in value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "[]"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def markdown_lines(chosen: list[Any]) -> Iterator[str]:
    """Write the reference as Markdown, one table a section."""
    yield f"# {say('cli.parameters.title')}"
    yield ""
    yield say("cli.parameters.made_by")
    section = ""
    for item in chosen:
        head, _, name = item.name.rpartition(".")
        if head != section:
            section = head
            yield from ("", f"## {_section(head)}", "", "| " + " | ".join(_heads()) + " |",
                        "|" + "---|" * len(_heads()))
        cells = [
            f"`{name}`", *_titles(item), say(f"cli.kind.{item.kind}"), short(item.default),
            unit_words(item.unit), range_of(item), declared_words(item.source, "source."),
            item.confidence if language() == "en" else say(f"cli.confidence.{item.confidence}"),
            _channel_and_price(item),
        ]
        safe = [cell.replace("|", "\\|").replace("\n", " ") for cell in cells]
        yield "| " + " | ".join(safe) + " |"


def _section(name: str) -> str:
    """Name a section of a scenario file: in English as it is typed, in Chinese in words as well."""
    words = f"section.{name}"
    if language() == "en" or not has(words):
        return name
    return bracketed(say(words), f"`{name}`")


def _titles(item: Any) -> tuple[str, ...]:
    """Give both titles in the English reference, which serves as a glossary too."""
    return (item.title_en, item.title_zh) if language() == "en" else (item.title_zh,)


def _channel_and_price(item: Any) -> str:
    if not item.price:
        return ""
    channel = say(f"cli.channel.{item.channel}")
    return channel + say("sign.colon") + declared_words(item.price, "price.")


def _heads() -> list[str]:
    titles = ("title_en", "title_zh") if language() == "en" else ("title_zh",)
    names = ("name", *titles, "kind", "default", "unit", "range", "source", "confidence", "price")
    return [say(f"cli.parameters.head.{name}") for name in names]
