"""Says once, beside the results, what the author of a scenario may not have meant."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

from linkage_sim.errors import ScenarioNote


@contextlib.contextmanager
def notes_said(quiet: bool) -> Iterator[None]:
    """Put notes about scenarios on standard error, each once, however often its scenario is read.

    Parameters
    ----------
    quiet
        Say none of them.
    """
    said: set[str] = set()
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Any, category: type[Warning], *place: Any, **more: Any) -> None:
            if not issubclass(category, ScenarioNote):
                usual(message, category, *place, **more)
            elif str(message) not in said and not quiet:
                # Options take their words when they are loaded, and the language is not chosen yet
                # when this file is.
                from linkage_sim.cli.options import to_stderr

                said.add(str(message))
                to_stderr(str(message))

        warnings.simplefilter("always", ScenarioNote)
        warnings.showwarning = show
        yield
