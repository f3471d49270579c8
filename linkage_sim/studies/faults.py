"""Tells a fault of somebody's plugin from a fault of this program, and puts both into words."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import FrameType

from linkage_sim.scenario import answers
from linkage_sim.scenario.registry import (
    APPROVAL_RULES,
    EFFORT_STRATEGIES,
    INSTRUMENTS,
    SOURCES,
)
from linkage_sim.scenario.schema import Scenario
from linkage_sim.words import say

_PACKAGE = Path(__file__).resolve().parents[1]
LONGEST_REASON = 300


class PluginError(RuntimeError):
    """A class that a scenario brought along failed while a run was going."""

    exit_code = 1


def plugin_fault(error: BaseException, plan: Scenario) -> PluginError | None:
    """Put a failure into words where a plugin caused it, or may have; None where none is used.

    A plugin has failed when its own code raised. Where this program's code raised while plugins
    are in use, what one of them gave back is the likely reason, and the words say so.
    """
    classes = _classes_used(plan)
    modules = {*plan.run.plugins, *(cls.__module__ for cls in classes)}
    found = [
        (frame, line) for frame, line in traceback.walk_tb(error.__traceback__)
        if _is_of(frame, modules)
    ]
    if found:
        frame, line = found[-1]
        return PluginError(say(
            "study.plugin.failed", where=_named(frame), module=frame.f_globals["__name__"],
            reason=_reason(error), file=Path(frame.f_code.co_filename).name, line=line,
        ))
    if not classes or isinstance(error, SystemExit):
        return None
    # The place that asked the plugin says more than the check of what it answered.
    last, line = [
        (frame, line) for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__") != answers.__name__
    ][-1]
    return PluginError(say(
        "study.plugin.suspected", reason=_reason(error),
        file=_short(last.f_code.co_filename), line=line,
        plugins=", ".join(f"{cls.__qualname__} ({cls.__module__})" for cls in classes),
    ))


def _classes_used(plan: Scenario) -> list[type]:
    """List the classes from outside that a scenario names."""
    proposal, evaluation = plan.policy.proposal, plan.policy.evaluation
    named = [
        *((SOURCES, name) for name in (proposal.method, *proposal.weights.other)),
        (APPROVAL_RULES, plan.policy.approval.rule),
        (EFFORT_STRATEGIES, plan.assumptions.effort.strategy),
        *((INSTRUMENTS, name) for name in evaluation.weights.other),
    ]
    found = [registry.from_outside(name) for registry, name in named]
    return [cls for cls in dict.fromkeys(found) if cls is not None]


def _is_of(frame: FrameType, modules: set[str]) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def _named(frame: FrameType) -> str:
    """Name the method that was at work, by the class of the object it belongs to."""
    owner = frame.f_locals.get("self")
    name = frame.f_code.co_name
    return f"{type(owner).__qualname__}.{name}" if owner is not None else frame.f_code.co_qualname


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split())[:LONGEST_REASON]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def failure_text(error: BaseException) -> str:
    """Write down a failure for failures.parquet: the traceback, and in the last line the reason.

    Files are named without their folders: equal failures leave equal texts on every machine.
    """
    cause = error.__cause__ if isinstance(error, PluginError) else error
    lines = []
    for frame in traceback.extract_tb(cause.__traceback__ if cause is not None else None):
        lines.append(f"  {_short(frame.filename)}, line {frame.lineno}, in {frame.name}")
        lines += [f"    {frame.line}"] if frame.line else []
    reason = str(error) if isinstance(error, PluginError) else _reason(error)
    return "\n".join([*lines, reason])


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_PACKAGE):
        return path.relative_to(_PACKAGE.parent).as_posix()
    for folder in sys.path:
        if folder and Path(folder).name == "site-packages" and path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return path.name
