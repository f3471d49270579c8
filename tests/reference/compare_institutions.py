"""Engine and plain institutions side by side: each decision alone, and whole runs by week."""

from __future__ import annotations

from typing import Any

from linkage_sim.draws import Draws
from linkage_sim.scenario.schema import Scenario
from tests.reference.compare import DifferenceError, agree, differences, release
from tests.reference.engine import engine_state
from tests.reference.engine_decisions import Call, Witness
from tests.reference.engine_institutions import engine_institutions
from tests.reference.engine_points import DESKS, POINTS
from tests.reference.engine_points_later import LATER_POINTS
from tests.reference.institutions.decisions import DECISIONS
from tests.reference.institutions.decisions_later import LATER_DECISIONS
from tests.reference.institutions.desks_alone import DesksAlone, Received
from tests.reference.institutions.states import plain_institutions
from tests.reference.institutions.whole import WholeTown
from tests.reference.states import Plain, reference_state

ALL_POINTS = [*POINTS, *LATER_POINTS]
ALL_DECISIONS = {**DECISIONS, **LATER_DECISIONS}
SHOWN = 600


def decide_again(scenario: Scenario, seed: int, mechanism: str, call: Call) -> None:
    """Let the plain institution decide on what the engine's decision received.

    Raises DifferenceError unless both give the same.
    """
    ours = ALL_DECISIONS[mechanism](scenario, Draws(seed), call.given)
    if ours != call.gave:
        raise DifferenceError(
            f"{mechanism}: engine {str(call.gave)[:SHOWN]}, reference {str(ours)[:SHOWN]}"
        )


class WholeRun:
    """A run of the engine with its decisions, and the state of everybody after every week.

    Parameters
    ----------
    listen
        Whether decisions are written down one by one.
    weeks
        Weeks to run; the whole run if left out.
    """

    def __init__(
        self, scenario: Scenario, seed: int, listen: bool = True, weeks: int | None = None
    ) -> None:
        self.scenario, self.seed = scenario, seed
        self.states: list[Plain] = []
        points = [*ALL_POINTS, *DESKS] if listen else []
        witness = Witness(scenario, seed, points, self._note, weeks)
        self.calls = witness.calls

    def _note(self, model: Any) -> None:
        self.states.append({**engine_institutions(model), **engine_state(model)})

    def compare_decisions(self, mechanism: str) -> int:
        """Let the reference take every decision of a kind again; returns how many."""
        for call in self.calls.get(mechanism, []):
            decide_again(self.scenario, self.seed, mechanism, call)
        return len(self.calls.get(mechanism, []))

    def compare_desks(self) -> int:
        """Let all files pass the reference's desks again; returns how many were decided on."""
        scenario, calls = self.scenario, self.calls
        received = Received(
            scenario.world.communities, scenario.run.warmup_years + scenario.run.years,
            [(call.given["day"], call.given["files"]) for call in calls["submitted"]],
            scandals=[call.given["told"] for call in calls["scandals"]],
        )
        for call in calls["free money"]:
            received.free[call.given["key"]].append(call.given["free"])
        decided = {call.given["key"]: call.gave for call in calls["decided"]}
        ours = {
            (name, year): tuple(rest)
            for name, year, *rest in DesksAlone(scenario, Draws(self.seed), received).run()
            if rest[0] is not None
        }
        agree(decided, ours, "files through desks")
        return len(decided)

    def compare(self) -> WholeTown:
        """Let a town of its own run along, told nothing, and compare after every week."""
        town = WholeTown(self.scenario, self.seed)
        try:
            for week, state in enumerate(self.states):
                if week:
                    town.step()
                ours = {**plain_institutions(town.hall), **reference_state(town)}
                if state != ours:
                    found = {part: differences(state[part], ours[part]) for part in state}
                    where = [part for part, lines in found.items() if lines]
                    agree(state, ours, f"after {week} weeks, in {', '.join(where)}")
        finally:
            release(town)
        return town

    def happened(self) -> set[str]:
        """Say what happened in this run, so that a case is worth it."""
        last = self.states[-1]
        files, contracts = last["files"], last["agreements"]
        names = [file["name"] for file in files]
        organizations = last["organizations"]
        heard = {way for hearing in last["hearing"].values() for way in hearing["sources"]}
        facts = {
            "signed": contracts,
            "decided": [file for file in files if file["decided_day"] is not None],
            "returned": [file for file in files if file["returns"]],
            "expired": [file for file in files if file["expired"]],
            "flaw found": [file for file in files if file["reason"] == "flaw found"],
            "came back": len(set(names)) < len(names),
            "waited": [desk for state in self.states for desk in state["desks"].values()
                       if desk[-1]],
            "scandal": any(last["streets"]),
            "evaluated": [verdict for verdict in last["verdicts"] if verdict],
            "audited": [verdict for verdict in last["verdicts"] if verdict and verdict["audited"]],
            "renewed": [item for item in organizations if any(item["renewed"].values())],
            "learned": [item for item, before in zip(
                organizations, self.states[0]["organizations"], strict=False)
                if item["outcome_belief"] != before["outcome_belief"]],
            "withheld": [item for item in contracts if item["withheld_share"] > 0.0],
            "paid late": [item for item in organizations if item["receivable"] > 0.0],
            "quit": [item for item in organizations if item["separations"]],
            "hired": [item for item in last["workers"]
                      for worker in item if worker["since_week"] > 0.0],
            "dissolved": [item for item in organizations if not item["alive"]],
            "entered": len(organizations) > len(self.states[0]["organizations"]),
            "went on": [item for item in contracts if "+" in item["name"]],
        }
        return {name for name, told in facts.items() if told} | {
            f"heard by {way}" for way in heard
        }
