"""Chance events that belong to a person, a decision and a week, never to a running stream.

Every chance event of the model is computed from its address (seed, decision, permanent identity,
time, part) by the counter-based generator Philox4x32-10. Nothing is stored between two draws, so
the order of events, the number of threads and the policy in force cannot change anybody's luck:
under two policies resident 17 meets the same chance in week 40. This is what makes a comparison
of policies a paired one.

This file is plain Python and NumPy, so drawing one number never starts a compiler. The same
functions for compiled kernels are in `compiled_draws`; both give the same numbers bit for bit.

Source: Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC'11.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from enum import IntEnum, unique
from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray

MASK32 = 0xFFFFFFFF
MASK64 = 0xFFFFFFFFFFFFFFFF
MULTIPLIER_FIRST = 0xD2511F53
MULTIPLIER_SECOND = 0xCD9E8D57
KEY_STEP_FIRST = 0x9E3779B9
KEY_STEP_SECOND = 0xBB67AE85
ROUNDS = 10

DECISION_BITS = 12
"""A decision's number has 12 bits; above them the same word holds bits 32-51 of the identity."""
IDENTITY_BITS = 52
"""Identities are whole numbers from 0 to 2**52 - 1."""
UNIFORM_STEP = 2.0**-52
"""Uniform draws are the midpoints of 2**52 equal cells, so 0 and 1 themselves never come up."""
TWO_PI = 2.0 * math.pi


@unique
class Decision(IntEnum):
    """What a draw decides; the number is part of the address, so it is never reused or changed.

    New decisions are appended with the next free number: results of older versions then keep
    every chance event they had.
    """

    NEED_CLOCK = 1
    NEED_START = 2
    DRIFT = 3
    AGE = 4
    HOUSEHOLD = 5
    VULNERABILITY = 6
    STATUS = 7
    TIE_BUILDING = 8
    TIE_INTEREST = 9
    VOICE = 10
    TRUST_START = 11
    VOLUNTEER_START = 12
    VOLUNTEER_JOIN = 13
    VOLUNTEER_LEAVE = 14
    VOLUNTEER_ASKED = 15
    MOVE = 16
    GOVERNMENT = 17
    STATION = 18
    MUTUAL_AID = 19
    SEARCH_SUCCESS = 20
    SEARCH_PERSON = 21
    CONTACT_ENDS_NEED = 22
    EVENT_ATTENDANCE = 23
    ACTIVIST = 24
    WISH = 25
    SURVEY_RANK = 26
    SURVEY_RESPONSE = 27
    ASSEMBLY = 28
    HOTLINE = 29
    VOTE_TURNOUT = 30
    CONSULTATION = 31
    CASE_FINDING = 32
    CANDIDATE_COST = 33
    CANDIDATE_FLAW = 34
    ROSTER = 35
    SERVICE_TIME = 36
    DESK_RETURN = 37
    DESK_CATCH = 38
    BACKGROUND_FILE = 39
    CAMPAIGN = 40
    TENDER = 41
    COMPETENCE = 42
    MISSION = 43
    EFFORT_NOISE = 44
    EVALUATION_SAMPLE = 45
    EVALUATION_NOISE = 46
    AUDIT = 47
    WORKER_QUIT = 48
    WORKER_HIRE = 49
    WORKER_SKILL = 50
    ENTRY = 51
    INSOLVENCY = 52
    SCANDAL = 53
    TIME_BANK = 54
    OUTCOME_FOLLOW_UP = 55
    PERCEPTION = 56
    STUDY_SEED = 57
    VERIFICATION = 58
    COMMUNITY_SIZE = 59
    TOLD_OF_SERVICES = 60
    LIST_PASSED_ON = 61
    CATEGORY_FOUND = 62
    PLACE_IN_LINE = 63


def philox4x32(
    key_first: int, key_second: int, word_0: int, word_1: int, word_2: int, word_3: int
) -> tuple[int, int, int, int]:
    """Scramble four 32-bit words under a 64-bit key (ten rounds); all six must be in 0..2**32-1.

    Masks instead of fixed-width types keep this one text right both for Python's unbounded whole
    numbers and, compiled, for 64-bit ones that wrap around.
    """
    for _ in range(ROUNDS):
        product_first = MULTIPLIER_FIRST * word_0
        product_second = MULTIPLIER_SECOND * word_2
        word_0 = ((product_second >> 32) & MASK32) ^ word_1 ^ key_first
        word_1 = product_second & MASK32
        word_2 = ((product_first >> 32) & MASK32) ^ word_3 ^ key_second
        word_3 = product_first & MASK32
        key_first = (key_first + KEY_STEP_FIRST) & MASK32
        key_second = (key_second + KEY_STEP_SECOND) & MASK32
    return word_0, word_1, word_2, word_3


def identity_of(text: str) -> int:
    """Permanent 32-bit identity of a name, the same in every process and on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "little")


def sampler_seed(seed: int, name: str) -> int:
    """Seed in 0..2**32-1 for a library's own sampler (designs of studies), told apart by name."""
    draws = Draws(seed)
    return draws.block(Decision.STUDY_SEED, identity_of(name), 0, 0)[0]


class Draws:
    """All chance events of one seed, for institutions: one number a call, nothing remembered.

    Every method takes the address last: `decision`, `identity` (0 to 2**52 - 1), `time`
    (-2**31 to 2**31 - 1, usually a week, day or visit number) and `part` (the same range, to
    tell apart several draws at one address). `below` has its bound at the end, as in
    `compiled_draws`. Python and NumPy whole numbers of any width are welcome.

    Parameters
    ----------
    seed
        Any whole number; seeds that agree modulo 2**64 are the same seed.

    Raises
    ------
    ValueError
        For a decision, identity, time or part out of range: two addresses would share one draw.
    TypeError
        For an address that is not made of whole numbers.
    """

    __slots__ = ("_key_first", "_key_second", "seed")

    def __init__(self, seed: int) -> None:
        self.seed = index(seed) & MASK64
        self._key_first = self.seed & MASK32
        self._key_second = self.seed >> 32

    def __reduce__(self) -> tuple[type[Draws], tuple[int]]:
        return (type(self), (self.seed,))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Draws) and other.seed == self.seed

    def __hash__(self) -> int:
        return self.seed

    def __repr__(self) -> str:
        return f"Draws({self.seed})"

    def block(
        self, decision: int, identity: int, time: int = 0, part: int = 0
    ) -> tuple[int, int, int, int]:
        """Four independent 32-bit words at an address; the other methods are made of these."""
        decision, identity, time, part = index(decision), index(identity), index(time), index(part)
        if (
            decision >> DECISION_BITS
            or identity >> IDENTITY_BITS
            or not -0x80000000 <= time <= 0x7FFFFFFF
            or not -0x80000000 <= part <= 0x7FFFFFFF
        ):
            raise ValueError(
                f"A draw's address is out of range: decision {decision}, identity {identity}, "
                f"time {time}, part {part}."
            )
        return self._scramble(
            self._key_first,
            self._key_second,
            identity & MASK32,
            time & MASK32,
            decision | (identity >> 32) << DECISION_BITS,
            part & MASK32,
        )

    # Where whole models draw, compiled code takes its place (`compiled_draws.CompiledDraws`).
    _scramble = staticmethod(philox4x32)

    def uniform(self, decision: int, identity: int, time: int = 0, part: int = 0) -> float:
        """Number strictly between 0 and 1, every value equally likely."""
        high, low, _, _ = self.block(decision, identity, time, part)
        return ((high << 20 | low >> 12) + 0.5) * UNIFORM_STEP

    def exponential(self, decision: int, identity: int, time: int = 0, part: int = 0) -> float:
        """Waiting time with mean 1 (multiply by the mean wanted)."""
        return -math.log(self.uniform(decision, identity, time, part))

    def normal(self, decision: int, identity: int, time: int = 0, part: int = 0) -> float:
        """Bell-shaped number with mean 0 and standard deviation 1 (Box and Muller 1958)."""
        word_0, word_1, word_2, word_3 = self.block(decision, identity, time, part)
        radius = math.sqrt(-2.0 * math.log(((word_0 << 20 | word_1 >> 12) + 0.5) * UNIFORM_STEP))
        return radius * math.cos(TWO_PI * (((word_2 << 20 | word_3 >> 12) + 0.5) * UNIFORM_STEP))

    def below(self, decision: int, identity: int, time: int, part: int, bound: int) -> int:
        """Whole number from 0 to `bound` - 1, each equally likely to within 2**-64.

        Raises ValueError unless 1 <= bound <= 2**32.
        """
        bound = index(bound)
        if not 1 <= bound <= MASK32 + 1:
            raise ValueError(f"Cannot draw a whole number below {bound}: 1 to 2**32 is possible.")
        high, low, _, _ = self.block(decision, identity, time, part)
        return ((high << 32 | low) * bound) >> 64

    def lognormal(
        self,
        mean: float,
        variation: float,
        decision: int,
        identity: int,
        time: int = 0,
        part: int = 0,
    ) -> float:
        """Positive number with a long upper tail, given its mean and coefficient of variation."""
        _check_spread(mean, variation)
        variance = math.log1p(variation * variation)
        shift = math.sqrt(variance) * self.normal(decision, identity, time, part)
        return mean * math.exp(shift - variance / 2.0)

    def gamma(
        self,
        mean: float,
        variation: float,
        decision: int,
        identity: int,
        time: int = 0,
        part: int = 0,
    ) -> float:
        """Positive number of the gamma family, given its mean and coefficient of variation."""
        _check_spread(mean, variation)
        if variation == 0.0:
            return float(mean)
        from scipy.special import gammaincinv  # costs 0.1 s; most runs never come here

        shape = 1.0 / (variation * variation)
        level = self.uniform(decision, identity, time, part)
        return float(gammaincinv(shape, level)) * mean / shape

    def choice_index(
        self,
        weights: Sequence[float] | NDArray[np.floating],
        decision: int,
        identity: int,
        time: int = 0,
        part: int = 0,
    ) -> int:
        """Position chosen in proportion to its weight; a weight of 0 is never chosen.

        Raises ValueError for negative or infinite weights and when all of them are 0.
        """
        amounts = np.asarray(weights, dtype=np.float64)
        running = np.cumsum(amounts)
        if not amounts.size or amounts.min() < 0.0 or not 0.0 < running[-1] < math.inf:
            raise ValueError("Weights to choose by must be finite, not negative and not all 0.")
        mark = self.uniform(decision, identity, time, part) * running[-1]
        chosen = int(np.searchsorted(running, mark, side="right"))
        # Rounding may lift the mark onto the total: fall back on the last weight that is not 0.
        return min(chosen, int(np.flatnonzero(amounts)[-1]))

    def substream(self, decision: int, identity: int, time: int = 0, part: int = 0) -> Draws:
        """A seed of its own for an event that needs a whole list of draws."""
        high, low, _, _ = self.block(decision, identity, time, part)
        return type(self)(high << 32 | low)

    def permutation(
        self, count: int, decision: int, identity: int, time: int = 0, part: int = 0
    ) -> NDArray[np.int64]:
        """The positions 0 to `count` - 1 in a random order; its first k are a sample of k.

        Position j keeps its own lot whatever `count` is, so adding an item moves no other item
        relative to the rest.
        """
        lots = self.substream(decision, identity, time, part)
        ranks = lots.uniforms(decision, np.arange(count, dtype=np.int64))
        return np.argsort(ranks, kind="stable").astype(np.int64, copy=False)

    def uniforms(
        self, decision: int, identities: ArrayLike, time: ArrayLike = 0, part: ArrayLike = 0
    ) -> NDArray[np.float64]:
        """`uniform` for a whole array of identities at once (times and parts may be arrays too).

        Returns
        -------
        numpy.ndarray
            Floats strictly between 0 and 1 in the common shape of the three arrays; each equals
            the single draw at its address.
        """
        people, moments, parts = np.broadcast_arrays(
            whole_numbers(identities), whole_numbers(time), whole_numbers(part)
        )
        decision = index(decision)
        if decision >> DECISION_BITS or not (
            _within(people, 0, 2**IDENTITY_BITS - 1)
            and _within(moments, -(2**31), 2**31 - 1)
            and _within(parts, -(2**31), 2**31 - 1)
        ):
            raise ValueError("A draw's address is out of range: see Draws for what is possible.")
        mask = np.uint64(MASK32)
        who = people.astype(np.uint64)
        high, low, _, _ = _philox4x32_arrays(
            self._key_first,
            self._key_second,
            who & mask,
            moments.astype(np.int64).view(np.uint64) & mask,
            (who >> np.uint64(32) << np.uint64(DECISION_BITS)) | np.uint64(decision),
            parts.astype(np.int64).view(np.uint64) & mask,
        )
        cells = high << np.uint64(20) | low >> np.uint64(12)
        return np.asarray((cells + 0.5) * UNIFORM_STEP)


def _check_spread(mean: float, variation: float) -> None:
    if not (0.0 < mean < math.inf and 0.0 <= variation < math.inf):
        raise ValueError(
            f"A positive mean and a coefficient of variation of at least 0 are needed, "
            f"not {mean} and {variation}."
        )


def whole_numbers(values: ArrayLike) -> NDArray[np.integer]:
    """Take part of an address as an array; raises TypeError unless it is made of whole numbers."""
    array = np.asarray(values)
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise TypeError(f"A draw's address must be made of whole numbers, not {array.dtype}.")
    return array


def _within(values: NDArray[np.integer], least: int, most: int) -> bool:
    return values.size == 0 or (int(values.min()) >= least and int(values.max()) <= most)


def _philox4x32_arrays(
    key_first: int,
    key_second: int,
    word_0: NDArray[np.uint64],
    word_1: NDArray[np.uint64],
    word_2: NDArray[np.uint64],
    word_3: NDArray[np.uint64],
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]:
    mask, half = np.uint64(MASK32), np.uint64(32)
    first, second = np.uint64(MULTIPLIER_FIRST), np.uint64(MULTIPLIER_SECOND)
    for _ in range(ROUNDS):
        product_first, product_second = first * word_0, second * word_2
        word_0 = (product_second >> half) ^ word_1 ^ np.uint64(key_first)
        word_1 = product_second & mask
        word_2 = (product_first >> half) ^ word_3 ^ np.uint64(key_second)
        word_3 = product_first & mask
        key_first = (key_first + KEY_STEP_FIRST) & MASK32
        key_second = (key_second + KEY_STEP_SECOND) & MASK32
    return word_0, word_1, word_2, word_3
