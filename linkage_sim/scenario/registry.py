"""Names under which mechanisms can be exchanged from a scenario file, also by people outside."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, TypeVar

from linkage_sim.errors import InputError

AnyClass = TypeVar("AnyClass", bound=type)


class Registry:
    """A list of small classes that do the same job in different ways, each known by a name.

    Built-in classes are named by their import path, so that checking a scenario file needs no
    compiled code. Others join by the decorator `register`, from a module named in `run.plugins`,
    or from an installed package with an entry point in the group `linkage_sim.<kind>`.

    Parameters
    ----------
    kind
        Plural name of the job, for example "sources"; also the entry point group.
    built_in
        Name -> "module:class".
    """

    def __init__(self, kind: str, built_in: dict[str, str]) -> None:
        self.kind = kind
        self._paths = dict(built_in)
        self._classes: dict[str, type] = {}
        self._searched = False

    def register(self, name: str) -> Callable[[AnyClass], AnyClass]:
        """Make a class known under a name; raises InputError when the name is taken."""

        def keep(cls: AnyClass) -> AnyClass:
            known = self._classes.get(name)
            taken = name in self._paths or known is not None
            # A plugin module imported twice (parent and worker, or a reload) brings the same class.
            if taken and (known is None or known.__qualname__ != cls.__qualname__):
                raise InputError(f"{self.kind}: the name '{name}' is taken; choose another")
            self._classes[name] = cls
            return cls

        return keep

    def names(self) -> list[str]:
        """List every name a scenario file may use."""
        self._search()
        return [*self._paths, *(name for name in self._classes if name not in self._paths)]

    def get(self, name: str) -> Any:
        """Find the class behind a name; raises InputError with the names that are known."""
        if name not in self._classes:
            if name not in self.names():
                known = ", ".join(self.names())
                raise InputError(f"{self.kind}: '{name}' is not known; known are {known}")
            if name in self._paths:
                module, _, attribute = self._paths[name].partition(":")
                self._classes[name] = getattr(import_module(module), attribute)
        return self._classes[name]

    def _search(self) -> None:
        if self._searched:
            return
        self._searched = True
        for point in entry_points(group=f"linkage_sim.{self.kind}"):
            self._paths.setdefault(point.name, point.value)


_SOURCES = "linkage_sim.stages.proposal.sources"
SOURCES = Registry(
    "sources",
    {
        "directive": f"{_SOURCES}:Directive",
        "activists": f"{_SOURCES}:Activists",
        "hotline": f"{_SOURCES}:Hotline",
        "survey": f"{_SOURCES}:Survey",
        "assembly": f"{_SOURCES}:Assembly",
        "vote": f"{_SOURCES}:Vote",
    },
)
APPROVAL_RULES = Registry(
    "approval_rules", {"criteria": "linkage_sim.stages.approval.rules:RankByCriteria"}
)
EFFORT_STRATEGIES = Registry(
    "effort_strategies", {"best_response": "linkage_sim.agents.effort:BestResponse"}
)
_INSTRUMENTS = "linkage_sim.stages.evaluation.instruments"
INSTRUMENTS = Registry(
    "instruments",
    {
        "activity": f"{_INSTRUMENTS}:Activity",
        "documents": f"{_INSTRUMENTS}:Documents",
        "satisfaction": f"{_INSTRUMENTS}:Satisfaction",
        "outcome": f"{_INSTRUMENTS}:Outcome",
    },
)


def load_plugins(modules: list[str]) -> None:
    """Import the modules a scenario names, so that what they register can be used.

    Raises
    ------
    InputError
        When a module cannot be imported.
    """
    problems = []
    for name in modules:
        try:
            import_module(name)
        except ImportError as error:
            problems.append(f"run.plugins: cannot import '{name}' ({error}); is it on PYTHONPATH?")
    if problems:
        raise InputError(problems)
