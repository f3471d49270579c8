"""Lets the words of the command-line library speak the language in use as well."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from linkage_sim.words import translated

_PREFIX = "cli.click."


def spoken(text: str) -> str:
    """Put the library's English headings and complaints into the language in use."""
    return translated(text, _PREFIX)


class SpokenCommand(TyperCommand):
    """A verb whose help speaks the language in use."""

    def get_help(self, ctx: Any) -> str:
        """Give the help text."""
        return spoken(super().get_help(ctx))

    def get_usage(self, ctx: Any) -> str:
        """Give the line that shows how to call the verb."""
        return spoken(super().get_usage(ctx))


class SpokenGroup(TyperGroup):
    """A group of verbs whose help speaks the language in use."""

    def get_help(self, ctx: Any) -> str:
        """Give the help text."""
        return spoken(super().get_help(ctx))

    def get_usage(self, ctx: Any) -> str:
        """Give the line that shows how to call the group."""
        return spoken(super().get_usage(ctx))
