"""What institutions cost does not grow with the city: calls of Python counted, no clock read."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from linkage_sim.model import LinkageModel
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.stages.implementation.stage import ImplementationStage

RESIDENTS = 600
WEEKS = 52


def calls_per_contract(communities: int) -> float:
    """Count calls of the package's functions in the second year, per contract of that year."""
    plan = load_scenario("xian").with_values({
        "world.residents": RESIDENTS * communities, "world.communities": communities,
        "world.community_size_sd": 0.0, "run.years": 2, "run.warmup_years": 0, "run.threads": 1,
    })
    model = LinkageModel(plan, seed=1)
    for _ in range(WEEKS):
        model.step()
    calls = 0

    def count(frame: Any, event: str, _: Any) -> None:
        nonlocal calls
        calls += event == "call" and "linkage_sim" in frame.f_code.co_filename

    sys.setprofile(count)
    try:
        for _ in range(WEEKS):
            model.step()
    finally:
        sys.setprofile(None)
    contracts = sum(1 for item in model.implementation.contracts if item.file.year == 1)
    model.release()
    return calls / contracts


def test_a_contract_costs_as_much_in_a_large_city_as_in_a_small_one() -> None:
    small, large = calls_per_contract(8), calls_per_contract(32)
    assert large < 1.25 * small, (small, large)


def test_a_search_through_all_contracts_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_of(item: Any, community: int, year: int) -> bool:
        return bool(item.file.candidate.community == community and item.file.year == year)

    def search(self: Any, community: int, year: int) -> Any:
        return [item for item in self.contracts if is_of(item, community, year)]

    monkeypatch.setattr(ImplementationStage, "contracts_of", search)
    is_of.__code__ = is_of.__code__.replace(co_filename="linkage_sim/search.py")
    small, large = calls_per_contract(8), calls_per_contract(32)
    assert large > 1.5 * small, (small, large)
