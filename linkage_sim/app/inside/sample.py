"""Which residents are drawn, where they stand in the picture, and whom they know.

Runs in a worker process; imports heavy libraries only there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MOST_DRAWN = 500
"""A picture with more residents shows nobody any more."""
PICTURE = 1000
"""Positions are whole numbers from 0 to this."""
KINDS = ("household", "building", "interest", "head", "long")
ITERATIONS = 40
FILLED = 0.44
"""Part of its cell that a building takes to each side of its middle."""


def drawn_rows(people: Any, community: int, seed: int) -> Any:
    """Give the residents of a community that are drawn: all, or whole blocks of buildings by lot.

    Blocks and not single residents, so that those who know each other are seen together; of the
    last block only as many as there is room for.

    Returns
    -------
    numpy.ndarray
        Rows in ascending order, int64[at most MOST_DRAWN].
    """
    import numpy as np

    from linkage_sim.draws import Decision
    from linkage_sim.world.ties import BUILDINGS_PER_BLOCK

    rows = people.rows(community)
    size = rows.stop - rows.start
    if size <= MOST_DRAWN:
        return np.arange(rows.start, rows.stop, dtype=np.int64)
    building = people.building[rows].astype(np.int64)
    block = (building - building[0]) // BUILDINGS_PER_BLOCK
    order = _lots(seed, community).permutation(int(block.max()) + 1, Decision.STUDY_SEED, 0)
    place_of = np.empty(len(order), np.int64)
    place_of[order] = np.arange(len(order))
    chosen = np.argsort(place_of[block], kind="stable")[:MOST_DRAWN]
    return np.sort(chosen) + rows.start


def _lots(seed: int, community: int) -> Any:
    """Give chances of the picture's own, so that drawing it touches none of the model's."""
    from linkage_sim.draws import Draws, sampler_seed

    return Draws(sampler_seed(seed, f"picture of community {community}"))


def draw_world(
    argument: tuple[dict[str, Any], int, int], is_to_stop: Callable[[], bool]
) -> dict[str, Any]:
    """Give what no policy changes: who is drawn, where, and tied to whom.

    Parameters
    ----------
    argument
        Scenario as plain data, seed, number of the community.

    Returns
    -------
    dict
        Plain lists, one entry a drawn resident: `rows`, `x`, `y`, `age`, `fifth`, `status`,
        `household` (persons in it), `building`, `kinds` (ties of each of KINDS, to everybody);
        `edges` as pairs of places in these lists; `residents` of the whole community.
    """
    import numpy as np

    from linkage_sim.scenario.schema import scenario_from
    from linkage_sim.world.build import people_of, tie_kinds

    content, seed, community = argument
    people = people_of(scenario_from(content), seed)
    rows = drawn_rows(people, community, seed)
    whole = people.rows(community)
    _stop_if(is_to_stop)
    of_community = tie_kinds(people, community)
    first = int(people.tie_start[whole.start])
    place_of = {int(row): place for place, row in enumerate(rows)}
    edges, kinds = [], []
    for place, row in enumerate(rows):
        begin, end = (int(people.tie_start[row + step]) - first for step in (0, 1))
        kinds.append(np.bincount(of_community[begin:end], minlength=len(KINDS)).tolist())
        edges += [(place, place_of[other]) for other in people.ties_of(int(row)).tolist()
                  if other > row and other in place_of]
    _stop_if(is_to_stop)
    x, y = _positions(people.building[rows], edges, seed, community)
    members = np.bincount(people.household[whole] - people.household[whole.start])
    return {
        "rows": rows.tolist(), "x": x, "y": y, "edges": edges, "kinds": kinds,
        "age": people.age_group[rows].tolist(), "fifth": people.fifth[rows].tolist(),
        "status": people.status[rows].tolist(),
        "household": members[people.household[rows] - people.household[whole.start]].tolist(),
        "building": (people.building[rows] - people.building[whole.start] + 1).tolist(),
        "residents": whole.stop - whole.start,
    }


def _stop_if(is_to_stop: Callable[[], bool]) -> None:
    from linkage_sim.app.worker import StoppedError

    if is_to_stop():
        raise StoppedError


def _positions(
    building: Any, edges: list[tuple[int, int]], seed: int, community: int
) -> tuple[list[int], list[int]]:
    """Place buildings side by side in their order, and in each those near who know each other.

    A picture of all ties at once would take networkx seconds and show a ball of wool.
    """
    import networkx as nx
    import numpy as np

    from linkage_sim.draws import Decision, sampler_seed

    graph = nx.Graph()
    graph.add_nodes_from(range(len(building)))
    graph.add_edges_from(edges)
    lots, places = _lots(seed, community), np.arange(len(building))
    start = np.stack([lots.uniforms(Decision.STUDY_SEED, places, 0, part) for part in (1, 2)], 1)
    numbers = np.unique(building)
    columns = max(1, int(np.ceil(len(numbers) ** 0.5)))
    side = PICTURE / columns
    spots = np.zeros((len(building), 2))
    for cell, number in enumerate(numbers.tolist()):
        members = np.flatnonzero(building == number).tolist()
        centre = (np.array([cell % columns, cell // columns]) + 0.5) * side
        found = nx.spring_layout(
            graph.subgraph(members), pos={place: start[place] for place in members},
            iterations=ITERATIONS, seed=sampler_seed(seed, "picture"), scale=FILLED * side,
        ) if len(members) > 1 else {members[0]: np.zeros(2)}
        for place in members:
            spots[place] = centre + found[place]
    spots = np.clip(np.round(spots), 0, PICTURE).astype(int)
    return spots[:, 0].tolist(), spots[:, 1].tolist()
