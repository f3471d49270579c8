"""The people of X Community against the shares that the schema takes from the census."""

import math
from typing import Any

import numpy as np
import pytest

from linkage_sim.scenario.schema import Scenario
from linkage_sim.world.build import build_people, people_of
from linkage_sim.world.columns import FLOATING, OWNER, RENTER, People
from linkage_sim.world.population import community_sizes

SEEDS = range(1, 6)
# Five worlds of 5,200: a share that is right is missed by chance once in 16,000 times.
SIGMAS = 4.0
OTHER: dict[str, Any] = {
    "world.mean_household_size": 3.2, "world.renter_share": 0.3, "world.floating_share": 0.05,
    "world.age_shares": {"age_0_14": 0.22, "age_15_39": 0.4, "age_40_59": 0.26,
                         "age_60_plus": 0.12},
    "assumptions.needs.vulnerability_sd": 0.9,
}


def _worlds(values: dict[str, Any]) -> tuple[Scenario, list[People]]:
    plan = Scenario().with_values(values)
    return plan, [build_people(plan, seed) for seed in SEEDS]


@pytest.fixture(scope="module", params=["defaults", "other"])
def worlds(request: pytest.FixtureRequest) -> tuple[Scenario, list[People]]:
    return _worlds({} if request.param == "defaults" else OTHER)


def misses(shares: Any, expected: Any, count: int) -> list[int]:
    """Name the places where observed shares are further from the expected than chance brings."""
    bound = SIGMAS * np.sqrt(np.asarray(expected) * (1.0 - np.asarray(expected)) / count)
    return np.flatnonzero(np.abs(np.asarray(shares) - expected) > bound).tolist()


def _age_shares(people: list[People]) -> Any:
    ages = np.concatenate([one.age_group for one in people])
    return np.bincount(ages, minlength=4) / len(ages)


def _of_homes(people: list[People]) -> Any:
    firsts = [one.status[np.unique(one.household, return_index=True)[1]] for one in people]
    return np.concatenate(firsts)


def test_ages_are_those_of_the_census(worlds: tuple[Scenario, list[People]]) -> None:
    plan, people = worlds
    expected = np.array(plan.world.age_shares.values())
    total = sum(one.n_residents for one in people)
    assert misses(_age_shares(people), expected / expected.sum(), total) == []


def test_households_have_the_mean_size_of_the_census(
    worlds: tuple[Scenario, list[People]]
) -> None:
    plan, people = worlds
    sizes = np.concatenate([np.bincount(one.household) for one in people])
    mean = plan.world.mean_household_size
    # One plus a Poisson number: the variance is the mean less one.
    error = math.sqrt((mean - 1.0) / len(sizes))
    assert abs(sizes.mean() - mean) < SIGMAS * error
    assert np.isclose(np.mean(sizes == 1), math.exp(1.0 - mean), atol=0.03)


def test_x_community_has_about_2080_households() -> None:
    _, people = _worlds({})
    assert all(abs(one.household.max() + 1 - 2080) < 80 for one in people)


def test_no_household_of_children_alone(worlds: tuple[Scenario, list[People]]) -> None:
    for one in worlds[1]:
        grown_up = np.zeros(one.household.max() + 1, int)
        np.add.at(grown_up, one.household, one.age_group > 0)
        assert (grown_up >= 1).all()


def test_owners_renters_and_floating_households(worlds: tuple[Scenario, list[People]]) -> None:
    plan, people = worlds
    homes = _of_homes(people)
    expected = np.zeros(3)
    expected[RENTER], expected[FLOATING] = plan.world.renter_share, plan.world.floating_share
    expected[OWNER] = 1.0 - expected.sum()
    assert misses(np.bincount(homes, minlength=3) / len(homes), expected, len(homes)) == []


def test_a_household_has_one_status_and_one_building() -> None:
    one = build_people(Scenario(), 1)
    for column in (one.status, one.building):
        first = column[np.unique(one.household, return_index=True)[1]]
        assert np.array_equal(column, first[one.household])


def test_vulnerability_is_lognormal_with_mean_one_in_fifths(
    worlds: tuple[Scenario, list[People]]
) -> None:
    plan, people = worlds
    spread = plan.assumptions.needs.vulnerability_sd
    level = np.concatenate([one.vulnerability for one in people])
    total = len(level)
    deviation = math.sqrt(math.exp(spread**2) - 1.0)
    assert abs(level.mean() - 1.0) < SIGMAS * deviation / math.sqrt(total)
    logs = np.log(level)
    assert abs(logs.mean() + spread**2 / 2.0) < SIGMAS * spread / math.sqrt(total)
    assert abs(logs.std() - spread) < SIGMAS * spread / math.sqrt(2.0 * total)
    fifth = np.concatenate([one.fifth for one in people])
    assert misses(np.bincount(fifth, minlength=5) / total, np.full(5, 0.2), total) == []
    tops = [level[fifth == part].max() for part in range(4)]
    assert all(tops[part] <= level[fifth == part + 1].min() for part in range(4))


def test_vulnerability_is_independent_of_age() -> None:
    _, people = _worlds({})
    fifth = np.concatenate([one.fifth for one in people])
    age = np.concatenate([one.age_group for one in people])
    for group in range(4):
        mine = fifth[age == group]
        assert misses(np.bincount(mine, minlength=5) / len(mine), np.full(5, 0.2), len(mine)) == []


def test_staircases_hold_as_many_as_said() -> None:
    one = build_people(Scenario(), 1)
    sizes = np.bincount(one.building)[:-1]
    said = Scenario().world.residents_per_building
    assert (sizes >= said).all() and sizes.mean() < said + 2.5


def test_mean_voice_of_the_grown_up_is_one(worlds: tuple[Scenario, list[People]]) -> None:
    for one in worlds[1]:
        assert one.voice[one.age_group > 0].mean() == pytest.approx(1.0, abs=1e-5)
        assert (one.voice[one.age_group == 0] == 0.0).all()


def test_a_group_is_age_and_fifth() -> None:
    one = build_people(Scenario(), 1)
    assert np.array_equal(one.group, one.age_group * 5 + one.fifth)


def test_who_is_there_first_stays_the_same_when_the_place_grows() -> None:
    small, large = (
        build_people(Scenario().with_values({"world.residents": size}), 2) for size in (1000, 1500)
    )
    for name in ("household", "age_group", "fifth", "status", "vulnerability", "taste"):
        # The last household of the smaller place may have been cut short.
        assert np.array_equal(getattr(small, name)[:980], getattr(large, name)[:980]), name


def test_policies_share_their_people_and_seeds_do_not() -> None:
    plan = Scenario().with_values({"world.residents": 600})
    other = plan.with_values({"policy.proposal.method": "vote"})
    assert people_of(plan, 1) is people_of(other, 1)
    assert not np.array_equal(people_of(plan, 1).age_group, people_of(plan, 2).age_group)


def test_columns_cannot_be_exchanged() -> None:
    people = build_people(Scenario().with_values({"world.residents": 600}), 1)
    with pytest.raises(AttributeError, match="never reassigned"):
        people.age_group = people.age_group.copy()


@pytest.mark.parametrize("name", ["age_0_14", "age_60_plus"])
def test_control_a_shifted_age_share_is_noticed(name: str) -> None:
    shares = Scenario().world.age_shares.model_dump()
    shifted = {**shares, name: shares[name] + 0.02, "age_40_59": shares["age_40_59"] - 0.02}
    _, people = _worlds({"world.age_shares": shifted})
    total = sum(one.n_residents for one in people)
    assert misses(_age_shares(people), np.array(list(shares.values())), total) != []


def test_control_more_floating_households_are_noticed() -> None:
    _, people = _worlds({"world.floating_share": 0.17})
    homes = _of_homes(people)
    expected = np.array([0.7, 0.15, 0.15])
    assert misses(np.bincount(homes, minlength=3) / len(homes), expected, len(homes)) != []


def test_communities_of_different_sizes_make_the_whole_and_vary_as_told() -> None:
    values = {"world.residents": 1_000_000, "world.communities": 400}
    even = community_sizes(Scenario().with_values(values), 1)
    assert sorted(set(even.tolist())) == [2500]
    spread = Scenario().with_values({**values, "world.community_size_sd": 0.45})
    one, other = community_sizes(spread, 1), community_sizes(spread, 2)
    assert one.sum() == other.sum() == 1_000_000 and one.min() >= 2
    assert not np.array_equal(one, other)
    # The sd of 400 logs has a standard error of 0.45 / sqrt(800) = 0.016.
    for sizes in (one, other):
        assert abs(float(np.log(sizes).std()) - 0.45) < 4 * 0.016


def test_what_cannot_be_divided_goes_to_the_first_communities() -> None:
    plan = Scenario().with_values({"world.residents": 1000, "world.communities": 3})
    assert community_sizes(plan, 1).tolist() == [334, 333, 333]
