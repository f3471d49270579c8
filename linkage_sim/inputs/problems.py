"""Problems of a file a person offers, collected so that all of them are told at once."""

from __future__ import annotations

from pathlib import Path

from linkage_sim.errors import InputError
from linkage_sim.words import say

SHOWN = 20


class Problems:
    """What is wrong with one file; the first twenty in words, the rest as a count.

    Parameters
    ----------
    path
        The file as the person named it; every message starts with it.
    typed
        Whether the person types commands, and can be told of their options.
    """

    def __init__(self, path: str | Path, typed: bool = True) -> None:
        self.path = str(path)
        self.typed = typed
        self.messages: list[str] = []
        self.count = 0

    def add(self, line: int | None, text: str) -> None:
        """Note one problem: the line (None: the file as a whole), what was found, the remedy."""
        self.count += 1
        if self.count <= SHOWN:
            place = self.path if line is None else f"{self.path}:{line}"
            self.messages.append(f"{place}: {text}")

    def raise_any(self) -> None:
        """Refuse the file when anything at all was noted.

        Raises
        ------
        InputError
            With up to twenty messages and, beyond that, "and N more".
        """
        if not self.count:
            return
        more = self.count - len(self.messages)
        raise InputError([*self.messages, say("input.more", count=more, path=self.path)] if more
                         else self.messages)

    def refuse(self, line: int | None, text: str) -> InputError:
        """Note a last problem and give the error to raise, for what makes reading on pointless."""
        self.add(line, text)
        try:
            self.raise_any()
        except InputError as error:
            return error
        raise AssertionError("a noted problem always raises")


def quoted(cell: str, longest: int = 40) -> str:
    """Show what was found in a cell, short and on one line."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in cell)
    return f"'{shown}'" if len(shown) <= longest else f"'{shown[:longest]}...'"
