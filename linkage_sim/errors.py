"""Errors a person can cause, and what a person should know, in words that say what to do next."""

from __future__ import annotations

from collections.abc import Iterable


class ScenarioNote(UserWarning):
    """Something about a scenario that is no error, but that its author may not have meant.

    `load_scenario` gives it as a Python warning; the command line says it once.
    """


class UnfinishedNote(UserWarning):
    """Results of a sweep that is still going, or was stopped: more runs are to come."""


class InputError(ValueError):
    """Something a person wrote cannot be used; every problem found is listed at once.

    Parameters
    ----------
    messages
        One finished sentence a problem, each naming the place, what was found and the remedy.
    """

    def __init__(self, messages: Iterable[str] | str) -> None:
        self.messages: list[str] = [messages] if isinstance(messages, str) else list(messages)
        super().__init__("\n".join(self.messages))

    def __reduce__(self) -> tuple[type[InputError], tuple[list[str]]]:
        # The message list, not the joined text, must survive the way back from a worker process.
        return (type(self), (self.messages,))
