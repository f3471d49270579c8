"""Who knows whom in X Community: measured on the ties themselves, over several seeds.

The bands are those of the design: degree 8 to 14, clustering .3 to .5, 5 to 10 % long ties, 4 to 6
ties in the building, 2 to 4 of age and interest, one to the building head.
"""

from typing import Any

import networkx as nx
import numpy as np
import pytest

from linkage_sim.scenario.schema import Scenario
from linkage_sim.world.build import build_people, tie_graph, tie_kinds
from linkage_sim.world.columns import People
from linkage_sim.world.ties import HEAD_TIE, HOUSEHOLD_TIE, LONG_TIE, list_ties

SEEDS = (1, 2, 3, 4)
DEGREE, CLUSTERING, LONG = (8.0, 14.0), (0.3, 0.5), (0.05, 0.10)
KINDS = ("household", "building", "interest", "building head", "long")


@pytest.fixture(scope="module", params=SEEDS)
def people(request: pytest.FixtureRequest) -> People:
    return build_people(Scenario(), request.param)


def sources(people: People) -> Any:
    """Give the resident at the other end of every entry of `tie_to`."""
    return np.repeat(np.arange(people.n_residents), np.diff(people.tie_start))


def clustering(start: Any, to: Any) -> float:
    """Mean over residents of the share of pairs of acquaintances who know each other."""
    known = [set(to[start[row]:start[row + 1]].tolist()) for row in range(len(start) - 1)]
    shares = []
    for mine in known:
        pairs = len(mine) * (len(mine) - 1)
        closed = sum(len(known[other] & mine) for other in mine)
        shares.append(closed / pairs if pairs else 0.0)
    return float(np.mean(shares))


def within(value: float, band: tuple[float, float]) -> bool:
    return band[0] <= value <= band[1]


def test_mean_degree(people: People) -> None:
    degree = np.diff(people.tie_start)
    assert within(float(degree.mean()), DEGREE)
    assert degree.min() >= 1 and np.median(degree) >= DEGREE[0]


def test_clustering(people: People) -> None:
    assert within(clustering(people.tie_start, people.tie_to), CLUSTERING)


def test_clustering_is_that_of_networkx() -> None:
    people = build_people(Scenario().with_values({"world.residents": 600}), 1)
    own = clustering(people.tie_start, people.tie_to)
    assert own == pytest.approx(nx.average_clustering(tie_graph(people)))


def test_share_of_long_ties(people: People) -> None:
    assert within(float(np.mean(tie_kinds(people, 0) == LONG_TIE)), LONG)


def test_long_ties_reach_far_and_short_ties_do_not(people: People) -> None:
    far = np.abs(people.building[sources(people)].astype(int) - people.building[people.tie_to])
    long = tie_kinds(people, 0) == LONG_TIE
    assert far[~long].max() <= 4, "short ties stay in a block of five staircases"
    assert np.median(far[long]) > 20


def test_households_know_each_other_and_everybody_the_building_head(people: People) -> None:
    size = np.bincount(people.household)
    of_home = np.bincount(
        sources(people)[tie_kinds(people, 0) == HOUSEHOLD_TIE], minlength=people.n_residents
    )
    assert np.array_equal(of_home, size[people.household] - 1)
    heads = np.flatnonzero(people.building_head)
    assert np.array_equal(np.sort(people.building[heads]), np.unique(people.building))
    for building, head in enumerate(heads[:20]):
        others = set(np.flatnonzero(people.building == building)) - {int(head)}
        known = people.tie_to[people.tie_start[head]:people.tie_start[head + 1]]
        assert others <= set(known.tolist())


def test_ties_drawn_by_kind() -> None:
    people = build_people(Scenario(), 1)
    ties = Scenario().world.ties
    ends, kinds = np.empty((20 * people.n_residents, 2), np.int32), np.zeros(
        20 * people.n_residents, np.uint8)
    # Without long ones, which replace ties of the other kinds, and before doubles are merged.
    count = list_ties(1, 0, people.household, people.building, people.age_group,
                      people.building_head, ties.building, ties.interest, 0.0, ends, kinds)
    per_resident = 2.0 * np.bincount(kinds[:count], minlength=5) / people.n_residents
    assert within(per_resident[1], (4.0, 6.0))
    assert within(per_resident[2], (2.0, 4.0))
    heads = np.count_nonzero(people.building_head)
    assert np.count_nonzero(kinds[:count] == HEAD_TIE) == people.n_residents - heads


def test_rows_are_sorted_without_doubles_and_ties_go_both_ways(people: People) -> None:
    one, other = sources(people), people.tie_to.astype(np.int64)
    assert (one != other).all()
    pairs = one * people.n_residents + other
    assert (np.diff(pairs) > 0).all(), "sorted, and none twice"
    backwards = other * people.n_residents + one
    order = np.argsort(backwards)
    assert np.array_equal(backwards[order], pairs)
    kinds = tie_kinds(people, 0)
    assert np.array_equal(kinds[order], kinds)


def test_everybody_can_hear_of_everything(people: People) -> None:
    assert nx.is_connected(tie_graph(people))


def test_the_graph_has_every_tie_and_no_other() -> None:
    plan = Scenario().with_values({"world.residents": 900, "world.communities": 2})
    people = build_people(plan, 3)
    for community in range(2):
        rows, graph = people.rows(community), tie_graph(people, community)
        expected, kinds = {}, tie_kinds(people, community)
        for row in range(rows.start, rows.stop):
            for place in range(people.tie_start[row], people.tie_start[row + 1]):
                pair = frozenset((row, rows.start + int(people.tie_to[place])))
                expected[pair] = KINDS[kinds[place - people.tie_start[rows.start]]]
        found = {frozenset((one, other)): kind for one, other, kind in graph.edges(data="kind")}
        assert found == expected
        assert sorted(graph.nodes) == list(range(rows.start, rows.stop))
        for row, facts in graph.nodes(data=True):
            assert facts["household"] == people.household[row]
            assert facts["building"] == people.building[row]
            assert facts["fifth"] == people.fifth[row]


def test_control_the_same_degrees_tied_at_random_do_not_cluster() -> None:
    people = build_people(Scenario(), 1)
    order = np.random.default_rng(1).permutation(len(people.tie_to))
    assert not within(clustering(people.tie_start, people.tie_to[order]), CLUSTERING)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_control_another_share_of_long_ties_is_seen(share: float) -> None:
    people = build_people(Scenario().with_values({"world.ties.long_share": share}), 1)
    assert not within(float(np.mean(tie_kinds(people, 0) == LONG_TIE)), LONG)


def test_control_fewer_ties_are_seen() -> None:
    few = {"world.ties.building": 2.0, "world.ties.interest": 1.0}
    people = build_people(Scenario().with_values(few), 1)
    assert not within(float(np.diff(people.tie_start).mean()), DEGREE)
