"""Engine and reference side by side, week by week."""

from __future__ import annotations

from typing import Any

from linkage_sim.scenario.schema import Scenario
from tests.reference.engine import Recorder, engine_state, people_state
from tests.reference.states import Plain, reference_state, settled_state
from tests.reference.town import Town


class DifferenceError(AssertionError):
    """The reference and the engine do not agree; the message says where first."""


def differences(engine: Any, reference: Any, where: str = "") -> list[str]:
    """List where two plain values differ, deepest place first named."""
    if engine == reference:
        return []
    if isinstance(engine, dict) and isinstance(reference, dict):
        found = []
        for key in sorted({*engine, *reference}, key=str):
            found += differences(engine.get(key), reference.get(key), f"{where} {key}")
        return found
    both = isinstance(engine, list | tuple) and isinstance(reference, list | tuple)
    if both and len(engine) == len(reference):
        found = []
        for place, (one, other) in enumerate(zip(engine, reference, strict=True)):
            found += differences(one, other, f"{where}[{place}]")
        return found
    return [f"{where}: engine {engine!r}, reference {reference!r}"]


def agree(engine: Plain, reference: Plain, when: str) -> None:
    """Raise DifferenceError unless both are equal."""
    found = differences(engine, reference)
    if found:
        raise DifferenceError(f"{when}: {len(found)} differences\n" + "\n".join(found[:12]))


class Recorded:
    """A run of the engine with its state after every week, to compare several references with.

    Parameters
    ----------
    weeks
        Weeks to run; the whole run if left out.
    """

    def __init__(self, scenario: Scenario, seed: int, weeks: int | None = None) -> None:
        self.scenario, self.seed = scenario, seed
        recorder = Recorder(scenario, seed)
        self.people = people_state(recorder.model.people)
        self.states = [engine_state(recorder.model)]
        for _ in range(recorder.model.weeks if weeks is None else weeks):
            recorder.step()
            self.states.append(engine_state(recorder.model))
        self.decisions = recorder.weeks
        recorder.model.release()

    def total(self, name: str) -> float:
        """Sum of a count over communities and years at the end."""
        counts = self.states[-1]["counts"]
        return float(sum(amount for key, amount in counts.items() if key[2] == name))

    def compare(self) -> Town:
        """Run the reference along and compare after every week; returns it."""
        town = Town(self.scenario, self.seed, self.decisions)
        try:
            agree({"people": self.people}, {"people": settled_state(town)}, "people")
            agree(self.states[0], reference_state(town), "at the start")
            for week, state in enumerate(self.states[1:]):
                town.step()
                agree(state, reference_state(town), f"after week {week}")
        finally:
            release(town)
        return town


def release(town: Town) -> None:
    """Let Mesa forget a model: version 3.3.1 keeps each of them for ever."""
    import mesa

    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(town, None)
