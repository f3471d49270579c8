"""`--dry-run`: what would run, how long it takes, how much disk and memory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from linkage_sim.cli.layout import duration, number
from linkage_sim.cli.options import print_json
from linkage_sim.cli.places import refusals
from linkage_sim.words import say

if TYPE_CHECKING:
    from linkage_sim.scenario.schema import Scenario
    from linkage_sim.studies.compare import Plan

LARGEST_PILOT = 100_000
"""Residents; above it the pilot has communities like those of the scenario, but fewer of them."""
PILOT_YEARS = 2  # the first has hardly any contract before summer
STATE_BYTES_PER_RESIDENT = 180
BYTES_PER_RUN = 900
BYTES_PER_PROJECT = 110
BYTES_PER_JOURNAL_ENTRY = 60
BYTES_ONCE = 400_000
PROJECTS_PER_COMMUNITY_YEAR = 12
ENTRIES_PER_PROJECT = 14


def report_plan(
    plan: Plan, jobs: int, place: Path | None, as_json: bool = False, replace: bool = False,
    keep_years: bool = False,
) -> None:
    """Say what a plan would cost; runs a small pilot and writes nothing."""
    estimate = estimate_of(plan, jobs, place, keep_years)
    estimate["refused"] = [] if place is None else refusals(place, plan, replace)
    if as_json:
        print_json(estimate)
        return
    for name, item in zip(plan.names, plan.scenarios, strict=True):
        typer.echo(say(
            "study.dry.scenario", name=name, residents=f"{item.world.residents:,}",
            communities=item.world.communities, years=item.run.years,
            warmup=item.run.warmup_years, hash=item.hash()[:12],
        ))
    typer.echo(say(
        "study.dry.runs", runs=estimate["runs"], scenarios=len(plan.names),
        seeds=len(plan.seeds), first=plan.seeds[0], last=plan.seeds[-1], jobs=jobs,
    ))
    amount, unit = duration(estimate["seconds"])
    started = say("study.dry.startup", seconds=number(estimate["startup_seconds"], 1))
    typer.echo(say(
        "study.dry.time", amount=number(amount, 1), unit=say(f"study.unit.{unit}"),
        pilot=number(estimate["pilot_seconds"], 2), startup=started,
    ))
    gigabytes = number(estimate["memory_bytes"] / 1e9, 2)
    if place is None:
        typer.echo(say("study.dry.disk_none", gigabytes=gigabytes))
    else:
        typer.echo(say(
            "study.dry.disk", path=place, gigabytes=gigabytes,
            megabytes=number(estimate["disk_bytes"] / 1e6, 1),
        ))
    for reason in estimate["refused"]:
        typer.echo(say("study.dry.refused", reason=reason))


def estimate_of(
    plan: Plan, jobs: int, place: Path | None, keep_years: bool = False
) -> dict[str, Any]:
    """Estimate seconds, disk and memory of a plan.

    The time comes from two years of the first scenario, run twice (the first time compiles); each
    run costs that much for every year and resident. With `keep_years` the state of a year is on the
    disk, twice while the next one is written.
    """
    from linkage_sim.scenario.memory import needed_bytes

    startup, pilot, residents = _pilot(plan.scenarios[0], plan.seeds[0])
    # A small world costs its institutions, a large one its residents.
    years = sum(
        (item.run.years + item.run.warmup_years) * max(1.0, item.world.residents / residents)
        for item in plan.scenarios
    )
    seconds = startup + pilot * years * len(plan.seeds) / jobs
    projects = sum(
        item.world.communities * item.run.years * PROJECTS_PER_COMMUNITY_YEAR
        for item in plan.scenarios
    ) * len(plan.seeds)
    per_project = BYTES_PER_PROJECT
    if plan.trace or any(item.run.trace for item in plan.scenarios):
        per_project += ENTRIES_PER_PROJECT * BYTES_PER_JOURNAL_ENTRY
    run_years = sum(1 + item.run.years for item in plan.scenarios) * len(plan.seeds)
    return {
        "runs": len(plan.names) * len(plan.seeds),
        "scenarios": [
            {"name": name, "hash": item.hash()}
            for name, item in zip(plan.names, plan.scenarios, strict=True)
        ],
        "seeds": list(plan.seeds),
        "jobs": jobs,
        "seconds": round(seconds, 2),
        "startup_seconds": round(startup, 2),
        "pilot_seconds": round(pilot, 4),
        "disk_bytes": 0 if place is None
        else int(
            BYTES_ONCE + run_years * BYTES_PER_RUN + projects * per_project
            + 2 * keep_years * STATE_BYTES_PER_RESIDENT * plan.scenarios[0].world.residents
        ),
        "memory_bytes": max(needed_bytes(item.world.residents) for item in plan.scenarios)
        + 300_000_000,
        "out": None if place is None else str(place),
    }


def _pilot(scenario: Scenario, seed: int) -> tuple[float, float, float]:
    from linkage_sim.studies.run import simulate

    pilot = _fewer(scenario).with_values({"run.years": PILOT_YEARS, "run.warmup_years": 0})
    started = time.perf_counter()
    simulate(pilot, seed)
    between = time.perf_counter()
    simulate(pilot, seed)
    both = time.perf_counter() - between
    startup = max(0.0, between - started - both)
    return startup, both / PILOT_YEARS, float(pilot.world.residents)


def _fewer(scenario: Scenario) -> Scenario:
    """Give the same place with fewer communities of the same size where it is large."""
    from linkage_sim.scenario.schema import Scenario as Usual

    world = scenario.world
    if world.residents <= LARGEST_PILOT:
        return scenario
    size = world.residents / world.communities
    if world.community_residents or world.resident_register or size > LARGEST_PILOT:
        return Usual()
    communities = max(1, round(LARGEST_PILOT / size))
    return scenario.with_values({
        "world.communities": communities, "world.residents": max(2, round(communities * size)),
    })
