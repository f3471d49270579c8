"""Compiled draws of a model: the same numbers as the plain ones, the same refusals."""

from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage_sim.compiled_draws import CompiledDraws, kernel, kernel_seed, uniform
from linkage_sim.draws import Draws

WHOLE = st.integers(-(2**31), 2**31 - 1)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(-(2**63), 2**64 - 1), decision=st.integers(0, 2**12 - 1), time=WHOLE,
       part=WHOLE, identities=st.lists(st.integers(0, 2**52 - 1), max_size=5))
def test_compiled_draws_are_the_same_as_plain_ones(
    seed: int, decision: int, time: int, part: int, identities: list[int]
) -> None:
    plain, compiled = Draws(seed), CompiledDraws(seed)
    people = np.array(identities, dtype=np.int64)
    for times, parts in ((time, part), (np.full(len(people), time), part)):
        both = [one.uniforms(decision, people, times, parts) for one in (plain, compiled)]
        assert both[0].tobytes() == both[1].tobytes()
    for identity in identities:
        address = (decision, identity, time, part)
        assert plain.block(*address) == compiled.block(*address)
        assert plain.normal(*address) == compiled.normal(*address)
        assert plain.below(*address, 7) == compiled.below(*address, 7)
        twin = compiled.substream(*address)
        assert twin == plain.substream(*address) and isinstance(twin, CompiledDraws)
    grid = np.arange(6).reshape(2, 3)
    assert np.array_equal(plain.uniforms(decision, grid, np.arange(3)),
                          compiled.uniforms(decision, grid, np.arange(3)))


@pytest.mark.parametrize("address", [
    (1 << 12, [0], 0, 0), (1, [-1], 0, 0), (1, [1 << 52], 0, 0), (1, [0], 1 << 31, 0),
    (1, [0], 0, -(1 << 31) - 1),
])
def test_compiled_draws_refuse_what_plain_ones_refuse(address: tuple[Any, ...]) -> None:
    for draws in (Draws(1), CompiledDraws(1)):
        with pytest.raises(ValueError, match="out of range"):
            draws.uniforms(*address)
        with pytest.raises(TypeError, match="whole numbers"):
            draws.uniforms(1, [0.5])


@kernel
def _three_draws(seed: int, rows: Any, out: Any) -> None:
    out[0] = uniform(seed, 5, rows[0], 0, 0)
    out[1] = uniform(seed, 6, rows[1], 1, -1)
    out[2] = uniform(seed, len(rows), np.uint16(7), rows[0], 2)


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_constants_and_narrow_numbers_share_one_compiled_draw() -> None:
    """Compiling `uniform` anew for each of them is what made first runs slow."""
    before, out = set(uniform.signatures), np.zeros(3)
    _three_draws(kernel_seed(9), np.array([3, 4], np.int32), out)
    assert len(set(uniform.signatures) - before) <= 1
    draws = Draws(9)
    plain = [draws.uniform(5, 3), draws.uniform(6, 4, 1, -1), draws.uniform(2, 7, 3, 2)]
    assert out.tolist() == plain
