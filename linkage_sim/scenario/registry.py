"""Names under which mechanisms can be exchanged from a scenario file, also by people outside."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

from linkage_sim.errors import InputError

AnyClass = TypeVar("AnyClass", bound=type)
LONGEST_REASON = 200


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
        self._installed: set[str] = set()
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
            if name in self._installed:
                self._classes[name] = self._from_package(name)
            elif name in self._paths:
                self._classes[name] = _class_at(self._paths[name])
        return self._classes[name]

    def from_outside(self, name: str) -> type | None:
        """Give the class behind a name if it is not this package's own; None otherwise."""
        found = self._classes.get(name)
        own = __name__.partition(".")[0] + "."
        return None if found is None or found.__module__.startswith(own) else found

    def _search(self) -> None:
        if self._searched:
            return
        self._searched = True
        for point in entry_points(group=f"linkage_sim.{self.kind}"):
            if point.name not in self._paths:
                self._paths[point.name] = point.value
                self._installed.add(point.name)

    def _from_package(self, name: str) -> type:
        """Load a class another package offers; its faults are told in words."""
        try:
            return _class_at(self._paths[name])
        except (Exception, SystemExit) as error:
            raise InputError(
                f"{self.kind}: '{name}' comes from {self._paths[name]}, which cannot be loaded "
                f"({_reason(error)}); correct or uninstall that package"
            ) from error


def _class_at(path: str) -> type:
    module, _, attribute = path.partition(":")
    found: type = getattr(import_module(module), attribute)
    return found


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
        When a module cannot be imported, whatever it does on the way.
    """
    problems = []
    for name in modules:
        if not all(part.isidentifier() for part in name.split(".")):
            problems.append(f"'{name}' is no name of a Python module; write one, such as 'my_rules'")
            continue
        try:
            import_module(name)
        except ModuleNotFoundError as error:
            problems.append(_not_there(name, error))
        except InputError as error:
            problems += [f"'{name}' cannot be used: {text}" for text in error.messages]
        except (Exception, SystemExit) as error:
            problems.append(
                f"'{name}' fails while it is loaded ({_reason(error)}); correct the module or "
                "take it out of run.plugins"
            )
    if problems:
        raise InputError(f"run.plugins: {text}" for text in problems)


def _not_there(name: str, error: ModuleNotFoundError) -> str:
    missing = error.name or ""
    if name == missing or name.startswith(f"{missing}."):
        return f"cannot import '{name}' ({error}); is it on PYTHONPATH?"
    return f"'{name}' needs the module '{missing}', which is not there; install it"


def _reason(error: BaseException) -> str:
    """Tell in one line what an import raised, and where in the module."""
    text = " ".join(str(error).split())[:LONGEST_REASON]
    kind = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if isinstance(error, SyntaxError):
        return kind
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if frame.filename != __file__ and not frame.filename.startswith("<")
              and "importlib" not in frame.filename]
    return f"{kind}, {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else kind
