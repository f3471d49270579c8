"""Purchased community services from proposal to evaluation, simulated: who is served, and why.

Everything named here is loaded when it is first asked for, so that `import linkage_sim` stays
quick and needs none of the scientific libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linkage_sim.scenario.loading import load_scenario as load_scenario
    from linkage_sim.scenario.schema import Scenario as Scenario

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "linkage_sim.scenario.schema",
    "load_scenario": "linkage_sim.scenario.loading",
    "LinkageModel": "linkage_sim.model",
    "simulate": "linkage_sim.studies.run",
    "compare": "linkage_sim.studies.compare",
    "load_study": "linkage_sim.studies.study",
    "sweep": "linkage_sim.studies.sweep",
    "load_results": "linkage_sim.studies.results",
}
_MODULES = ("verification",)

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
