"""What one page may ask for, so that many people can share a machine; told in plain words."""

from __future__ import annotations

from linkage_sim.scenario.schema import Scenario
from linkage_sim.words import say

MOST_RESIDENTS = 20_000
MOST_COMMUNITIES = 20
MOST_YEARS = 10
MOST_WARMUP_YEARS = 5
MOST_REPLICATIONS = 200
LARGEST_UPLOAD = 1_000_000
LONGEST_LINK = 8_000
USUAL_REPLICATIONS = 30
CHOICES_OF_REPLICATIONS = (10, 30, 60, 100, 200)


def over_limits(scenario: Scenario) -> list[str]:
    """Say what about a scenario is too large for the interactive view; empty where nothing is."""
    world, run = scenario.world, scenario.run
    asked = (
        ("world.residents", world.residents, MOST_RESIDENTS),
        ("world.communities", world.communities, MOST_COMMUNITIES),
        ("run.years", run.years, MOST_YEARS),
        ("run.warmup_years", run.warmup_years, MOST_WARMUP_YEARS),
    )
    return [
        say("app.limit.over", name=name, found=f"{found:,}", most=f"{most:,}")
        for name, found, most in asked if found > most
    ]
