"""How fast the plain object model is: `python -m tests.reference.speed` from the repository.

An agent-step is one resident living one week. Starting the world is not measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from linkage_sim.scenario.schema import Scenario
from tests.reference.record import Week
from tests.reference.town import Town


def agent_steps_per_second(
    scenario: Scenario, seed: int, weeks: int, decisions: Sequence[Week] | None = None
) -> float:
    """Residents times weeks over the seconds that the weeks take."""
    town = Town(scenario, seed, decisions)
    begin = time.perf_counter()
    for _ in range(weeks):
        town.step()
    return scenario.world.residents * weeks / (time.perf_counter() - begin)


def main() -> None:
    """Measure X Community, without purchase and with what the engine's institutions decide."""
    from tests.reference.engine import Recorder

    scenario, weeks = Scenario(), 104
    recorder = Recorder(scenario, 1)
    for _ in range(weeks):
        recorder.step()
    for name, decisions in (("without purchase", None), ("with purchase", recorder.weeks)):
        speed = agent_steps_per_second(scenario, 1, weeks, decisions)
        sys.stdout.write(f"{name}: {speed / 1e6:.3f} million agent-steps per second\n")


if __name__ == "__main__":
    main()
