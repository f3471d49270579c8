"""Listens to a run of the fast engine: what each decision received, and what it gave.

A point is a function of the engine; a call is written down as plain data before and after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple
from unittest.mock import patch

from linkage_sim.model import LinkageModel
from linkage_sim.scenario.schema import Scenario


class Call(NamedTuple):
    """One decision: what it was given and what it gave, as plain data."""

    given: dict[str, Any]
    gave: Any


class Point(NamedTuple):
    """A function of the engine to listen to.

    `before` and `after` are called as (model, object, arguments) and (model, object, result,
    arguments); for a plain function the object is None.
    """

    mechanism: str
    owner: Any
    name: str
    before: Callable[..., dict[str, Any] | None]
    after: Callable[..., Any]


class Witness:
    """A run of the engine with everything its institutions decided.

    Parameters
    ----------
    every_week
        Called with the model at the start and after every week.
    weeks
        Weeks to run; the whole run if left out.

    Attributes
    ----------
    calls
        By mechanism, in order.
    """

    def __init__(
        self, scenario: Scenario, seed: int, points: list[Point],
        every_week: Callable[[LinkageModel], None], weeks: int | None = None,
    ) -> None:
        self.calls: dict[str, list[Call]] = defaultdict(list)
        self.model: LinkageModel | None = None
        with ExitStack() as listening:
            for point in points:
                right = getattr(point.owner, point.name)
                listening.enter_context(
                    patch.object(point.owner, point.name, self._listening(point, right))
                )
            self.model = LinkageModel(scenario, seed)
            every_week(self.model)
            for _ in range(self.model.weeks if weeks is None else weeks):
                self.model.step()
                every_week(self.model)
        self.model.release()
        self.model = None

    def _listening(self, point: Point, right: Callable[..., Any]) -> Callable[..., Any]:
        of_object = isinstance(point.owner, type)

        def listen(*arguments: Any) -> Any:
            owner, rest = (arguments[0], arguments[1:]) if of_object else (None, arguments)
            given = point.before(self.model, owner, *rest) if self.model is not None else None
            result = right(*arguments)
            if given is not None:
                gave = point.after(self.model, owner, result, *rest)
                self.calls[point.mechanism].append(Call(given, gave))
            return result

        return listen
