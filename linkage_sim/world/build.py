"""Build the people of a scenario, once a seed; policies compared on that seed share them."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linkage_sim.compiled_draws import kernel_seed
from linkage_sim.scenario.fields import AGE_GROUPS
from linkage_sim.threads import for_each_community
from linkage_sim.world.columns import N_FIFTHS, People, roomy
from linkage_sim.world.population import (
    age_shares,
    community_sizes,
    draw_ages,
    draw_persons,
    draw_voice,
    settle_buildings,
    settle_households,
)
from linkage_sim.world.ties import fill_rows, list_ties

if TYPE_CHECKING:
    import networkx as nx

    from linkage_sim.scenario.schema import Scenario
    from linkage_sim.scenario.world import Ties

_KEPT: OrderedDict[tuple[str, int], People] = OrderedDict()
_MOST_KEPT = 2
# Up to here two bytes hold a place within a community, and four the start of a row of ties.
NARROW, FEW = 1 << 16, (1 << 31) - 1
FIFTH_CUTS = np.array([NormalDist().inv_cdf(part / N_FIFTHS) for part in range(1, N_FIFTHS)])


def world_key(scenario: Scenario) -> str:
    """Name everything the people depend on; policies never do."""
    parts = {
        "world": scenario.world.model_dump(mode="json"),
        "spread": scenario.assumptions.needs.vulnerability_sd,
        "hearing": scenario.assumptions.hearing.model_dump(mode="json"),
        "taste": scenario.assumptions.opinion.personal_sd,
    }
    return hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=12).hexdigest()


def people_of(scenario: Scenario, seed: int) -> People:
    """Give the people of a scenario and seed, from memory where they were built before."""
    key = (world_key(scenario), seed)
    if key in _KEPT:
        _KEPT.move_to_end(key)
        return _KEPT[key]
    people = build_people(scenario, seed)
    _KEPT[key] = people
    while len(_KEPT) > _MOST_KEPT:
        _KEPT.popitem(last=False)
    return people


def build_people(scenario: Scenario, seed: int) -> People:
    """Build all residents and their ties, community by community.

    Raises
    ------
    InputError
        When a register cannot be read or has changed since the scenario was written.
    """
    sizes = community_sizes(scenario, seed)
    lots = kernel_seed(seed)
    first_row = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    total = int(first_row[-1])
    column: dict[str, Any] = {
        "household": np.zeros(total, np.int32),
        "building": np.zeros(total, np.int32),
        "age_group": np.zeros(total, np.uint8),
        "fifth": np.zeros(total, np.uint8),
        "status": np.zeros(total, np.uint8),
        "vulnerability": np.zeros(total, np.float32),
        "voice": np.zeros(total, np.float32),
        "taste": np.zeros(total, np.float32),
        "building_head": np.zeros(total, np.uint8),
    }
    registered = _settle_register(scenario, column) if scenario.world.resident_register else None
    degree = np.zeros(total + 1, np.int32)
    narrow = int(sizes.max()) <= NARROW
    tie_to: list[Any] = [None] * len(sizes)
    settled: list[tuple[int, int]] = [(0, 0)] * len(sizes)

    def settle(community: int) -> None:
        rows = slice(int(first_row[community]), int(first_row[community + 1]))
        part = {name: values[rows] for name, values in column.items()}
        settled[community] = _settle(scenario, lots, community, part, registered is not None)
        to, _, start = _tie(scenario.world.ties, lots, community, part)
        degree[rows.start + 1 : rows.stop + 1] = np.diff(start)
        tie_to[community] = roomy(len(to), np.uint16 if narrow else np.int32)
        tie_to[community][:] = to

    for_each_community(scenario.run.threads, len(sizes), settle)
    # Numbers of homes and buildings go on from community to community.
    homes = buildings = 0
    for community, (n_homes, n_buildings) in enumerate(settled):
        rows = slice(int(first_row[community]), int(first_row[community + 1]))
        column["household"][rows] += homes
        column["building"][rows] += buildings
        homes += n_homes
        buildings += n_buildings
    few = sum(len(to) for to in tie_to) <= FEW
    group = (column["age_group"] * N_FIFTHS + column["fifth"]).astype(np.uint8)
    return People(
        first_row=first_row,
        group=group,
        tie_start=np.cumsum(degree, dtype=np.int32 if few else np.int64),
        tie_to=np.concatenate(tie_to),
        tie_rules=scenario.world.ties,
        seed=seed,
        registered_needs=registered,
        **column,
    )


def _settle(
    scenario: Scenario, seed: Any, community: int, part: dict[str, Any], registered: bool
) -> tuple[int, int]:
    world, hearing = scenario.world, scenario.assumptions.hearing
    size = len(part["household"])
    if registered:
        homes = int(part["household"].max()) + 1
        n_buildings = int(part["building"].max()) + 1
    else:
        first = np.zeros(size, np.uint8)
        homes = settle_households(
            seed, community, size, world.mean_household_size, part["household"], first
        )
        n_buildings = settle_buildings(
            part["household"], part["building"], part["building_head"],
            world.residents_per_building,
        )
        draw_ages(seed, community, first, *age_shares(scenario), part["age_group"])
    draw_persons(
        seed, community, FIFTH_CUTS, scenario.assumptions.needs.vulnerability_sd,
        world.renter_share, world.floating_share, scenario.assumptions.opinion.personal_sd,
        part["household"], part["vulnerability"], part["fifth"], part["status"], part["taste"],
    )
    draw_voice(
        seed, community, part["age_group"], part["vulnerability"], part["building_head"],
        np.array(hearing.voice_age.values()), hearing.voice_tied_share, hearing.voice_tie,
        hearing.voice_vulnerability, part["voice"],
    )
    return homes, n_buildings


def _tie(ties: Ties, seed: Any, community: int, part: dict[str, Any]) -> tuple[Any, ...]:
    size = len(part["household"])
    largest = int(np.bincount(part["household"]).max())
    room = int(size * (largest + ties.building / 2 + ties.interest / 2 + 4))
    # Threads keep for themselves what they once took; what is roomy goes back at once.
    ends, kinds = roomy((room, 2), np.int32), roomy(room, np.uint8)
    count = list_ties(
        seed, community, part["household"], part["building"], part["age_group"],
        part["building_head"], ties.building, ties.interest, ties.long_share, ends, kinds,
    )
    start = np.zeros(size + 1, np.int64)
    to, kind = roomy(2 * count, np.int32), roomy(2 * count, np.uint8)
    used = fill_rows(ends[:count], kinds[:count], size, start, to, kind)
    return to[:used], kind[:used], start


def _settle_register(scenario: Scenario, column: dict[str, Any]) -> Any:
    from linkage_sim.inputs.register import named_register

    reference = scenario.world.resident_register
    assert reference is not None
    register = named_register(reference)
    # Members of a building and of a household must stand side by side.
    order = np.lexsort((np.arange(len(register.ages)), register.household, register.building))
    ages = np.asarray(register.ages)[order]
    column["age_group"][:] = np.digitize(ages, [15, 40, 60])
    column["building"][:] = _renumber(np.asarray(register.building)[order])
    homes = np.asarray(register.household)[order].astype(np.int64)
    buildings = column["building"].astype(np.int64)
    column["household"][:] = _renumber(buildings * (int(homes.max()) + 1) + homes)
    starts = np.flatnonzero(np.diff(column["building"], prepend=-1))
    column["building_head"][starts] = 1
    needs = register.needs
    return None if needs is None else np.asarray(needs, dtype=np.uint8)[order]


def _renumber(codes: Any) -> Any:
    return np.cumsum(np.diff(codes, prepend=codes[0]) != 0).astype(np.int32)


def tie_kinds(people: People, community: int) -> NDArray[np.uint8]:
    """Work out how a community's ties came about, entry by entry of its rows: uint8[ties].

    0 household, 1 building, 2 interest, 3 building head, 4 long. No kernel asks, so kinds take no
    memory in a city.
    """
    rows = people.rows(community)
    names = ("household", "building", "age_group", "building_head")
    part = {name: getattr(people, name)[rows] for name in names}
    for name in ("household", "building"):
        part[name] = part[name] - part[name][0]
    _, kinds, _ = _tie(people.tie_rules, kernel_seed(people.seed), community, part)
    return np.asarray(kinds)


def tie_graph(people: People, community: int = 0) -> nx.Graph:
    """Give the ties of one community as a NetworkX graph, to look at or to draw.

    Returns
    -------
    networkx.Graph
        Nodes are rows with age_group, household, building and fifth; edges have a kind.
    """
    import networkx as nx

    names = ("household", "building", "interest", "building head", "long")
    graph = nx.Graph()
    rows, kinds = people.rows(community), tie_kinds(people, community)
    for row in range(rows.start, rows.stop):
        graph.add_node(
            row,
            age_group=AGE_GROUPS[people.age_group[row]],
            household=int(people.household[row]),
            building=int(people.building[row]),
            fifth=int(people.fifth[row]),
        )
        first = int(people.tie_start[row] - people.tie_start[rows.start])
        for step, other in enumerate(people.ties_of(row).tolist()):
            if other > row:
                graph.add_edge(row, other, kind=names[kinds[first + step]])
    return graph
