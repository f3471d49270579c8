"""Fragments written as TOML read back as what they were."""

from __future__ import annotations

import math
import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage_sim.inputs.fragment import to_toml

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.one_of(TEXT, st.booleans(), st.integers(-(2**63), 2**63 - 1),
                  st.floats(allow_nan=False))
VALUES = st.recursive(
    PLAIN, lambda inner: st.one_of(st.lists(inner, max_size=5),
                                   st.dictionaries(TEXT, inner, max_size=5)), max_leaves=25)


@given(st.dictionaries(TEXT, VALUES, max_size=6), st.lists(TEXT, max_size=4))
def test_reads_back_equal(fragment: dict[str, Any], comments: list[str]) -> None:
    assert tomllib.loads(to_toml(fragment, comments)) == fragment


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _types(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_types(item) for item in value]
    return type(value)


@given(st.dictionaries(TEXT, VALUES, max_size=6))
def test_whole_numbers_stay_whole_and_bool_stays_bool(fragment: dict[str, Any]) -> None:
    # Equality alone cannot tell 1, 1.0 and True apart.
    assert _types(tomllib.loads(to_toml(fragment))) == _types(fragment)


def test_layout_is_what_a_person_would_write() -> None:
    fragment = {
        "world": {"register": {"path": "people.csv", "residents": 3}, "residents": 3,
                  "candidates": [{"id": "a", "cost_yuan": 5.0}, {"id": "b", "cost_yuan": 7.5}]}
    }
    assert to_toml(fragment, ["Two lines,\nof comment"]) == (
        "# Two lines,\n# of comment\n\n"
        "[world]\nresidents = 3\n\n"
        '[world.register]\npath = "people.csv"\nresidents = 3\n\n'
        '[[world.candidates]]\nid = "a"\ncost_yuan = 5.0\n\n'
        '[[world.candidates]]\nid = "b"\ncost_yuan = 7.5\n'
    )


def test_long_lists_are_broken_into_lines() -> None:
    fragment = {"days": [float(n) / 7 for n in range(200)]}
    text = to_toml(fragment)
    assert max(map(len, text.splitlines())) <= 100
    assert tomllib.loads(text) == fragment


def test_a_comment_cannot_end_early() -> None:
    text = to_toml({"a": 1}, ["x\r\nb = 2\x0bc = 3\x00\u2028d = 4\x85e = 5"])
    assert tomllib.loads(text) == {"a": 1}


def test_infinite_and_undefined_numbers() -> None:
    back = tomllib.loads(to_toml({"up": math.inf, "down": -math.inf, "not": math.nan}))
    assert (back["up"], back["down"]) == (math.inf, -math.inf)
    assert math.isnan(back["not"])


@pytest.mark.parametrize("value", [None, date(2026, 1, 1), {1: 2}, [None], {"a": object()}, b"x"])
def test_what_toml_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        to_toml({"key": value})


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        to_toml({"key": "\ud800"})
