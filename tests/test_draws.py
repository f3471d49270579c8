"""The chance events: published answers, one number three ways, and no trace of a pattern."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

import linkage_sim.draws as draws_file
from linkage_sim import compiled_draws
from linkage_sim.draws import Decision, Draws, identity_of, philox4x32, sampler_seed

PACKAGE = Path(draws_file.__file__).parent

# Random123, tests/kat_vectors, lines "philox4x32 10": counter, key, answer.
PUBLISHED = [
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]
ALARM = 1e-4  # about 60 checks of fixed numbers: a sound generator fails one with chance .006


def _words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "answer"), PUBLISHED)
def test_published_answers(counter: str, key: str, answer: str) -> None:
    inputs = _words(key) + _words(counter)
    assert list(philox4x32(*inputs)) == _words(answer)
    assert list(compiled_draws.philox4x32(*inputs)) == _words(answer)
    columns = [np.full(3, word, dtype=np.uint64) for word in _words(counter)]
    for column, word in zip(
        draws_file._philox4x32_arrays(*_words(key), *columns), _words(answer), strict=True
    ):
        assert column.tolist() == [word] * 3


ADDRESS = {
    "seed": st.integers(-(2**63), 2**64 - 1),
    "decision": st.integers(0, 2**12 - 1),
    "identity": st.integers(0, 2**52 - 1),
    "time": st.integers(-(2**31), 2**31 - 1),
    "part": st.integers(-(2**31), 2**31 - 1),
}


@settings(deadline=None)  # the first call compiles
@given(**ADDRESS, bound=st.integers(1, 2**31))
def test_plain_array_and_compiled_draws_are_equal(
    seed: int, decision: int, identity: int, time: int, part: int, bound: int
) -> None:
    plain, word = Draws(seed), compiled_draws.kernel_seed(seed)
    address = (decision, identity, time, part)
    assert plain.uniform(*address) == compiled_draws.uniform(word, *address)
    assert plain.exponential(*address) == compiled_draws.exponential(word, *address)
    assert plain.normal(*address) == compiled_draws.normal(word, *address)
    assert plain.below(*address, bound) == compiled_draws.below(word, *address, bound)
    assert plain.uniforms(decision, [identity], time, part).tolist() == [plain.uniform(*address)]


@given(**ADDRESS, bound=st.integers(1, 2**32))
def test_draws_follow_their_definition(
    seed: int, decision: int, identity: int, time: int, part: int, bound: int
) -> None:
    plain = Draws(seed)
    high, low, _, _ = plain.block(decision, identity, time, part)
    number = plain.uniform(decision, identity, time, part)
    assert 0.0 < number < 1.0
    # the midpoint of the cell named by the first 52 of 64 random bits, exactly
    assert number * 2**53 == 2 * ((high * 2**32 + low) // 2**12) + 1
    assert plain.below(decision, identity, time, part, bound) == (high * 2**32 + low) * bound // (
        2**64
    )


@pytest.mark.parametrize(
    "width", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64]
)
def test_every_width_of_whole_number_is_the_same_address(width: type[np.integer]) -> None:
    people = np.array([0, 1, 77, 127], dtype=width)
    for seed in (3, -3, 2**64 - 3):
        word, plain = compiled_draws.kernel_seed(seed), Draws(seed)
        expected = [plain.uniform(9, int(person), 40, 2) for person in people]
        assert plain.uniforms(9, people, width(40), width(2)).tolist() == expected
        assert [plain.uniform(width(9), p, width(40), width(2)) for p in people] == expected
        compiled = [compiled_draws.uniform(word, 9, p, width(40), width(2)) for p in people]
        assert compiled == expected
    signed = compiled_draws.uniform(np.int32(-3), 9, 1, -1, 2)
    assert signed == Draws(-3).uniform(9, 1, -1, 2)


def test_without_a_compiler_the_numbers_are_the_same() -> None:
    program = (
        "from linkage_sim import compiled_draws as c; import numpy as np\n"
        "for person in (0, 5199, np.int32(7), 2**40 + 1):\n"
        "    address = (c.kernel_seed(-9), 3, person, np.int64(-2), 1)\n"
        "    print(c.uniform(*address).hex(), c.normal(*address).hex(),\n"
        "          c.exponential(*address).hex(), c.below(*address, np.int32(1000)))\n"
    )
    printed = [_python(program, NUMBA_DISABLE_JIT=flag) for flag in ("0", "1")]
    assert printed[0] == printed[1]
    assert len(printed[0].split()) == 16


def _python(program: str, **environment: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=PACKAGE.parent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_one_draw_needs_no_compiler() -> None:
    program = (
        "import sys; from linkage_sim.draws import Draws; Draws(1).uniform(3, 5)\n"
        "print(sorted({'numba', 'scipy', 'pandas', 'mesa'} & set(sys.modules)))"
    )
    assert _python(program).strip() == "[]"


def test_names_keep_their_identity_in_every_process() -> None:
    program = (
        "from linkage_sim.draws import identity_of, sampler_seed\n"
        "print(identity_of('X 社区'), sampler_seed(5, 'sobol'))"
    )
    printed = {_python(program, PYTHONHASHSEED=salt) for salt in ("1", "2")}
    assert printed == {f"{identity_of('X 社区')} {sampler_seed(5, 'sobol')}\n"}
    names = {identity_of(f"organization {number}") for number in range(2000)}
    assert len(names) == 2000
    assert all(0 <= name < 2**32 for name in names)
    assert sampler_seed(5, "sobol") != sampler_seed(5, "morris") != sampler_seed(6, "morris")


# What a pattern would look like. Each axis pairs the draw at an address with its neighbour's.
Generator = Callable[[int, int, NDArray[np.int64], int, int], NDArray[np.float64]]
PEOPLE = np.arange(2**16, dtype=np.int64)


def philox(
    seed: int, decision: int, identities: NDArray[np.int64], time: int, part: int
) -> NDArray[np.float64]:
    return Draws(seed).uniforms(decision, identities, time, part)


def straight_line(
    seed: int, decision: int, identities: NDArray[np.int64], time: int, part: int
) -> NDArray[np.float64]:
    """A generator that is perfectly uniform and hopelessly patterned: the negative control."""
    mixed = identities * 0.6180339887 + seed * 0.7548776662 + decision * 0.5698402910
    return np.asarray((mixed + time * 0.8191725134 + part * 0.6710436067) % 1.0)


AXES: dict[str, Callable[[Generator], tuple[NDArray[np.float64], NDArray[np.float64]]]] = {
    "seed": lambda g: (g(7, 3, PEOPLE, 5, 0), g(8, 3, PEOPLE, 5, 0)),
    "decision": lambda g: (g(7, 3, PEOPLE, 5, 0), g(7, 4, PEOPLE, 5, 0)),
    "identity": lambda g: (g(7, 3, PEOPLE, 5, 0), g(7, 3, PEOPLE + 1, 5, 0)),
    "upper half of identity": lambda g: (g(7, 3, PEOPLE, 5, 0), g(7, 3, PEOPLE + 2**32, 5, 0)),
    "time": lambda g: (g(7, 3, PEOPLE, 5, 0), g(7, 3, PEOPLE, 6, 0)),
    "negative time": lambda g: (g(7, 3, PEOPLE, 1, 0), g(7, 3, PEOPLE, -1, 0)),
    "part": lambda g: (g(7, 3, PEOPLE, 5, 0), g(7, 3, PEOPLE, 5, 1)),
    "time for part": lambda g: (g(7, 3, PEOPLE, 5, 6), g(7, 3, PEOPLE, 6, 5)),
    "upper half of seed": lambda g: (g(7, 3, PEOPLE, 5, 0), g(7 + 2**32, 3, PEOPLE, 5, 0)),
}


def _pair_chance(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Chance of pairs this uneven over a 16 x 16 grid if the two were independent and uniform."""
    counts, _, _ = np.histogram2d(first, second, bins=16, range=[[0, 1], [0, 1]])
    return float(stats.chisquare(counts.ravel()).pvalue)


@pytest.mark.parametrize("axis", AXES)
def test_neighbouring_addresses_are_independent(axis: str) -> None:
    first, second = AXES[axis](philox)
    assert not (first == second).any()
    assert _pair_chance(first, second) > ALARM
    assert abs(np.corrcoef(first, second)[0, 1]) * math.sqrt(PEOPLE.size) < 4.0
    # A sum of two independent uniform numbers modulo 1 is uniform again; so is a difference.
    for combined in ((first + second) % 1.0, (first - second) % 1.0):
        assert stats.kstest(combined, "uniform").pvalue > ALARM


@pytest.mark.parametrize("axis", AXES)
def test_the_same_check_convicts_a_patterned_generator(axis: str) -> None:
    first, second = AXES[axis](straight_line)
    assert stats.kstest(first, "uniform").pvalue > ALARM  # uniformity alone does not notice
    assert _pair_chance(first, second) < 1e-12


def test_uniform_in_every_decision() -> None:
    for decision in Decision:
        numbers = Draws(2026).uniforms(decision, PEOPLE, 12, 1)
        counts = np.bincount((numbers * 256).astype(int), minlength=256)
        assert stats.chisquare(counts).pvalue > ALARM, decision.name
        assert stats.kstest(numbers, "uniform").pvalue > ALARM, decision.name


def test_successive_weeks_of_one_person_have_no_memory() -> None:
    weeks = np.arange(2**14)
    numbers = Draws(5).uniforms(Decision.DRIFT, 17, weeks) - 0.5
    for lag in range(1, 53):
        products = numbers[lag:] * numbers[:-lag] * 12.0
        assert abs(products.mean()) * math.sqrt(products.size) < 4.5, lag


def test_one_changed_bit_of_the_address_changes_half_the_answer() -> None:
    start = np.random.PCG64(1).random_raw(6 * 400).reshape(400, 6) & 0xFFFFFFFF
    for position in range(6):
        for bit in range(0, 32, 5):
            changed = start.copy()
            changed[:, position] ^= np.uint64(1 << bit)
            flips = 0
            for before, after in zip(start.tolist(), changed.tolist(), strict=True):
                words = zip(philox4x32(*before), philox4x32(*after), strict=True)
                flips += sum((one ^ other).bit_count() for one, other in words)
            total = 400 * 128
            assert abs(flips - total / 2) < 5.0 * math.sqrt(total) / 2, (position, bit)


def test_numbers_of_decisions_never_move() -> None:
    """New decisions may only be appended: the first release's list stays as it was."""
    first_release = """
        NEED_CLOCK NEED_START DRIFT AGE HOUSEHOLD VULNERABILITY STATUS TIE_BUILDING TIE_INTEREST
        VOICE TRUST_START VOLUNTEER_START VOLUNTEER_JOIN VOLUNTEER_LEAVE VOLUNTEER_ASKED MOVE
        GOVERNMENT STATION MUTUAL_AID SEARCH_SUCCESS SEARCH_PERSON CONTACT_ENDS_NEED
        EVENT_ATTENDANCE ACTIVIST WISH SURVEY_RANK SURVEY_RESPONSE ASSEMBLY HOTLINE VOTE_TURNOUT
        CONSULTATION CASE_FINDING CANDIDATE_COST CANDIDATE_FLAW ROSTER SERVICE_TIME DESK_RETURN
        DESK_CATCH BACKGROUND_FILE CAMPAIGN TENDER COMPETENCE MISSION EFFORT_NOISE
        EVALUATION_SAMPLE EVALUATION_NOISE AUDIT WORKER_QUIT WORKER_HIRE WORKER_SKILL ENTRY
        INSOLVENCY SCANDAL TIME_BANK OUTCOME_FOLLOW_UP PERCEPTION STUDY_SEED VERIFICATION
    """
    assert [Decision(number).name for number in range(1, 59)] == first_release.split()
    assert len(Decision.__members__) == len(set(Decision)) and max(Decision) < 2**12


@given(seed=st.integers(0, 2**32), few=st.integers(0, 40), more=st.integers(0, 40))
def test_newcomers_change_nobodys_luck(seed: int, few: int, more: int) -> None:
    plain = Draws(seed)
    everybody = plain.uniforms(Decision.AGE, np.arange(few + more), 3)
    assert (plain.uniforms(Decision.AGE, np.arange(few), 3) == everybody[:few]).all()
    order = plain.permutation(few + more, Decision.SURVEY_RANK, 11, 3)
    assert sorted(order.tolist()) == list(range(few + more))
    shorter = plain.permutation(few, Decision.SURVEY_RANK, 11, 3)
    assert order[order < few].tolist() == shorter.tolist()


def _sample(draw: Callable[[int], float], size: int = 20_000) -> NDArray[np.float64]:
    return np.array([draw(person) for person in range(size)])


def test_exponential_and_normal_follow_their_laws() -> None:
    plain = Draws(31)
    waits = _sample(lambda person: plain.exponential(Decision.NEED_CLOCK, person))
    assert stats.kstest(waits, "expon").pvalue > ALARM
    bells = _sample(lambda person: plain.normal(Decision.DRIFT, person))
    assert stats.kstest(bells, "norm").pvalue > ALARM
    assert abs(bells.mean()) < 4.0 / math.sqrt(bells.size)
    assert abs(bells.var() - 1.0) < 4.0 * math.sqrt(2.0 / bells.size)


@pytest.mark.parametrize(("mean", "variation"), [(8.0, 0.3), (40_000.0, 1.0), (0.5, 2.0)])
def test_lognormal_and_gamma_have_the_mean_and_spread_asked_for(
    mean: float, variation: float
) -> None:
    plain = Draws(77)
    sigma = math.sqrt(math.log(1.0 + variation**2))
    log_law = stats.lognorm(s=sigma, scale=mean * math.exp(-(sigma**2) / 2.0))
    gamma_law = stats.gamma(a=variation**-2, scale=mean * variation**2)
    cases = [
        (log_law, lambda p: plain.lognormal(mean, variation, Decision.SERVICE_TIME, p, 1)),
        (gamma_law, lambda p: plain.gamma(mean, variation, Decision.SERVICE_TIME, p, 2)),
    ]
    for law, draw in cases:
        assert math.isclose(law.mean(), mean) and math.isclose(law.std(), mean * variation)
        values = _sample(draw)
        assert stats.kstest(values, law.cdf).pvalue > ALARM
        assert abs(values.mean() - mean) < 4.0 * mean * variation / math.sqrt(values.size)


def test_no_spread_is_the_mean_itself() -> None:
    assert Draws(1).lognormal(8.0, 0.0, 3, 4) == pytest.approx(8.0)
    assert Draws(1).gamma(8.0, 0.0, 3, 4) == 8.0


@pytest.mark.parametrize("bound", [1, 2, 7, 100])
def test_whole_numbers_below_a_bound_are_equally_likely(bound: int) -> None:
    plain = Draws(4)
    numbers = _sample(lambda person: plain.below(Decision.ROSTER, person, 0, 0, bound))
    counts = np.bincount(numbers.astype(int), minlength=bound)
    assert counts.size == bound
    if bound > 1:
        assert stats.chisquare(counts).pvalue > ALARM


def test_choice_follows_the_weights() -> None:
    plain, weights = Draws(12), [0.0, 3.0, 0.0, 1.0, 6.0, 0.0]
    chosen = _sample(lambda person: plain.choice_index(weights, Decision.TENDER, person))
    counts = np.bincount(chosen.astype(int), minlength=6)
    assert counts[[0, 2, 5]].sum() == 0
    expected = np.array([3.0, 1.0, 6.0]) / 10.0 * chosen.size
    assert stats.chisquare(counts[[1, 3, 4]], expected).pvalue > ALARM


def test_every_order_of_three_is_equally_likely() -> None:
    plain = Draws(8)
    orders = [tuple(plain.permutation(3, Decision.ASSEMBLY, person)) for person in range(6000)]
    counts = [orders.count(order) for order in set(orders)]
    assert len(counts) == 6
    assert stats.chisquare(counts).pvalue > ALARM


@pytest.mark.parametrize(
    "wrong",
    [
        lambda d: d.uniform(4096, 0),
        lambda d: d.uniform(3, -1),
        lambda d: d.uniform(3, 2**52),
        lambda d: d.uniform(3, 0, 2**31),
        lambda d: d.uniforms(3, [0, -1]),
        lambda d: d.uniforms(3, [0, 1], 0, -(2**31) - 1),
        lambda d: d.uniforms(-1, [0]),
        lambda d: d.below(3, 0, 0, 0, 0),
        lambda d: d.below(3, 0, 0, 0, 2**32 + 1),
        lambda d: d.choice_index([], 3, 0),
        lambda d: d.choice_index([0.0, 0.0], 3, 0),
        lambda d: d.choice_index([1.0, -1.0], 3, 0),
        lambda d: d.choice_index([1.0, math.nan], 3, 0),
        lambda d: d.lognormal(0.0, 1.0, 3, 0),
        lambda d: d.gamma(1.0, -1.0, 3, 0),
    ],
)
def test_addresses_and_numbers_out_of_range_are_refused(wrong: Callable[[Draws], object]) -> None:
    with pytest.raises(ValueError, match="out of range|Cannot draw|Weights|positive mean"):
        wrong(Draws(1))


def test_addresses_must_be_whole_numbers() -> None:
    for wrong in (lambda d: d.uniform(3, 1.0), lambda d: d.uniforms(3, [1.5])):
        with pytest.raises(TypeError):
            wrong(Draws(1))


def test_draws_travel_to_worker_processes() -> None:
    plain = Draws(-12)
    copy = pickle.loads(pickle.dumps(plain))
    assert copy == plain and hash(copy) == hash(plain)
    assert copy.uniform(3, 4, 5) == plain.uniform(3, 4, 5)
    assert plain.substream(3, 4) != plain.substream(3, 5)
    assert plain.uniforms(3, []).shape == (0,)
