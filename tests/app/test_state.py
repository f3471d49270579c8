"""An address holds the whole state, old ones still work, and nothing in one can break a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage_sim.app.comparison import pair_of, places_of
from linkage_sim.app.limits import MOST_RESIDENTS
from linkage_sim.app.state import State, address_of, state_from
from linkage_sim.errors import InputError

PLACES = places_of(["x_community", "toy"])
LATENCY = "policy.approval.fixed_latency_days"


def read(address: str) -> tuple[State, list[str]]:
    return state_from(address, State())


def test_a_state_comes_back_out_of_its_address() -> None:
    state = State(
        language="zh", place="toy", reforms=("fast_approval", "public_opinion"), seeds=60,
        first_seed=7, shown="trust",
        values={LATENCY: 15.5, "policy.approval.parallel": False, "world.residents": 900,
                "policy.proposal.open_categories": ["health", "culture"]},
    )
    assert read(address_of(state)) == (state, [])


def test_a_link_without_a_version_is_read_as_a_person_writes_it() -> None:
    state, problems = read("scenario=toy+fast_approval")
    assert problems == []
    assert (state.place, state.reforms) == ("toy", ("fast_approval",))


def test_a_link_of_a_later_version_is_told() -> None:
    _, problems = read("v=99&s=toy")
    assert len(problems) == 1 and "99" in problems[0]


@pytest.mark.parametrize("address", [
    "n=nan", "n=-3", "n=1e9", "n=99999999999999999999999", "seed=x", "tab=nowhere", "show=beauty",
    "run.plugins=[\"os\"]", "world.resident_register={\"path\":\"/etc/passwd\"}", "what=1",
    "lang=fr", "%ff=%fe", "v=1&n=" + "9" * 9000, "v=" + "9" * 50,
])
def test_what_a_link_may_not_say_is_a_message(address: str) -> None:
    state, problems = read(address)
    assert problems
    pair_of(state, PLACES)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-5", "1e999", "\"many\"", "[1]", "[" * 900])
def test_a_value_that_no_scenario_file_may_hold_is_refused(text: str) -> None:
    state, _ = read(f"v=1&s=x_community&{LATENCY}={quote(text)}")
    with pytest.raises(InputError) as error:
        pair_of(state, PLACES)
    assert LATENCY in str(error.value.messages)


def test_a_message_is_in_the_language_of_the_link() -> None:
    state, _ = read(f"v=1&lang=zh&{LATENCY}=-5")
    with pytest.raises(InputError) as error:
        pair_of(state, PLACES)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in error.value.messages[0])


def test_more_people_than_a_page_may_have_is_told_plainly() -> None:
    state, _ = read(f"v=1&world.residents={MOST_RESIDENTS + 1}")
    with pytest.raises(InputError, match=r"world\.residents.*20,000"):
        pair_of(state, PLACES)


def test_a_path_in_a_link_opens_no_file() -> None:
    for place in ("../configs/toy", "/etc/passwd", "toy.toml"):
        state, _ = read(f"v=1&s={quote(place)}")
        with pytest.raises(InputError):
            pair_of(state, PLACES)


def test_levers_move_one_side_and_the_place_both() -> None:
    state, _ = read(f"v=1&{LATENCY}=12&world.residents=900")
    pair = pair_of(state, PLACES)
    assert pair.policy.policy.approval.fixed_latency_days == 12
    assert pair.baseline.policy.approval.fixed_latency_days is None
    assert pair.baseline.world.residents == pair.policy.world.residents == 900


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_a_page(text: str) -> None:
    for address in (text, f"v=1&{text}", f"v=1&policy.approval.{text}", f"{LATENCY}={text}"):
        state, problems = read(address)
        assert all(isinstance(item, str) for item in problems)
        try:
            pair: Any = pair_of(state, PLACES)
        except InputError as error:
            assert error.messages
        else:
            assert pair.baseline
