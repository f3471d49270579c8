"""Lets the words of the command-line library speak the language in use as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from typer.core import TyperCommand, TyperGroup

from linkage_sim.cli.layout import wrapped
from linkage_sim.words import language, say, translated

_PREFIX = "cli.click."
_WIDEST_NAME = 30
_RAW = "\b"
"""The library's mark of a paragraph whose lines stay as they are."""


def spoken(text: str) -> str:
    """Put the library's English headings and complaints into the language in use."""
    return translated(text, _PREFIX)


def _help_of(command: Any, context: Any) -> str:
    if language() != "en":
        # The library counts letters, and a Chinese letter is two cells wide.
        context.formatter_class = _wide(context.formatter_class)
    formatter = context.make_formatter()
    command.format_help(context, formatter)
    return spoken(formatter.getvalue().rstrip("\n"))


def _wide(narrow: Any) -> Any:
    """Make a formatter of help that measures in cells and translates before it measures."""

    class Wide(narrow):  # type: ignore[misc]
        def write_heading(self, heading: str) -> None:
            told = spoken(f"{heading}:\n").replace(":\n", say("sign.colon") + "\n")
            self.write(" " * self.current_indent + told)

        def write_text(self, text: str) -> None:
            if _RAW in text:
                super().write_text(text)
                return
            indent = " " * self.current_indent
            lines = wrapped(text, self.width - self.current_indent)
            self.write("".join(f"{indent}{line}\n" for line in lines))

        def write_dl(
            self, rows: Sequence[tuple[str, str]], col_max: int = _WIDEST_NAME,
            col_spacing: int = 2,
        ) -> None:
            told = [(spoken(name), spoken(meaning)) for name, meaning in rows]
            widest = max(cell_len(name) for name, _ in told)
            column = min(widest, col_max) + col_spacing
            indent = " " * self.current_indent
            for name, meaning in told:
                lines = wrapped(meaning, max(self.width - column - 2, 10)) or [""]
                blank = column - cell_len(name)
                if blank < col_spacing and meaning:
                    self.write(f"{indent}{name}\n")
                    name, blank = "", column
                self.write(f"{indent}{name}{' ' * blank}{lines[0]}".rstrip() + "\n")
                for line in lines[1:]:
                    self.write(f"{indent}{' ' * column}{line}\n")

    return Wide


class SpokenCommand(TyperCommand):
    """A verb whose help speaks the language in use."""

    def get_help(self, ctx: Any) -> str:
        """Give the help text."""
        return _help_of(self, ctx)

    def get_usage(self, ctx: Any) -> str:
        """Give the line that shows how to call the verb."""
        return spoken(super().get_usage(ctx))


class SpokenGroup(TyperGroup):
    """A group of verbs whose help speaks the language in use."""

    def get_help(self, ctx: Any) -> str:
        """Give the help text."""
        return _help_of(self, ctx)

    def get_usage(self, ctx: Any) -> str:
        """Give the line that shows how to call the group."""
        return spoken(super().get_usage(ctx))
