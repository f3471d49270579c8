"""The engine against others, side by side in one run: the plain object model, and Starsim."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

from benchmarks.engine import clocked, second_year
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.loading import load_scenario

Row = dict[str, Any]
WEEKS = 104
STARSIM = """
import json, sys, time
import starsim as ss
people, steps = {people}, {steps}
sim = ss.Sim(n_agents=people, diseases='sir', networks='random', start=2000, dur=steps, dt=1,
             verbose=0)
sim.init()
begin = time.process_time()
sim.run()
sys.stdout.write(json.dumps({{'seconds': time.process_time() - begin, 'version': ss.__version__,
                             'agents': people, 'steps': steps}}))
"""


def plain_objects() -> Row:
    """Agent-steps per second of the plain Mesa model of the same rules, and the ratio."""
    from tests.reference.engine import Recorder
    from tests.reference.town import Town

    plan = load_scenario("x_community", ["run.threads=1"])
    recorder = Recorder(plan, 1)
    for _ in range(WEEKS):
        recorder.step()
    town = Town(plan, 1, recorder.weeks)
    begin = time.process_time()
    for _ in range(WEEKS):
        town.step()
    plain = plan.world.residents * WEEKS / (time.process_time() - begin)
    model = LinkageModel(plan, seed=1)
    spent = {"residents": 0.0}
    for owner, method in ((model.service, "deliver"), (model.neighbourhood, "step")):
        setattr(owner, method, clocked(getattr(owner, method), spent, "residents"))
    begin = time.process_time()
    for _ in range(WEEKS):
        model.step()
    steps = plan.world.residents * WEEKS
    small = steps / (time.process_time() - begin)
    residents = steps / spent["residents"]
    model.release()
    model, _, seconds = second_year(100_000)
    large = model.people.n_residents * 52 / seconds
    model.release()
    return {
        "plain_steps_per_second": plain,
        "engine_steps_per_second": small,
        "engine_steps_per_second_without_institutions": residents,
        "ratio_on_the_same_community": small / plain,
        "ratio_without_institutions": residents / plain,
        "ratio_at_100_thousand": large / plain,
    }


def starsim(python: Path | None, people: int = 1_000_000, steps: int = 260) -> Row:
    """Starsim's SIR with a random network in its own environment, and the ratio.

    Parameters
    ----------
    python
        Interpreter of an environment that has Starsim; None: left out.
    """
    if python is None or not python.exists():
        return {"left_out": "no environment with Starsim; see benchmarks/README.md"}
    code = STARSIM.format(people=people, steps=steps)
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True)
    if done.returncode:
        return {"left_out": done.stderr.strip().splitlines()[-1:]}
    row: Row = json.loads(done.stdout.strip().splitlines()[-1])
    theirs = row["agents"] * row["steps"] / row["seconds"]
    model, _, seconds = second_year(people)
    ours = model.people.n_residents * 52 / seconds
    model.release()
    return {**row, "their_steps_per_second": theirs, "our_steps_per_second": ours,
            "ratio": ours / theirs}
