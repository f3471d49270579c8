"""The draws of `draws.py` for compiled kernels, the same numbers bit for bit.

Kernels take the seed as an argument and decisions as whole-number constants of their module::

    from linkage_sim.compiled_draws import kernel, uniform
    from linkage_sim.draws import Decision

    DRIFT = int(Decision.DRIFT)

    @kernel
    def shake(seed, week, out):  # seed = kernel_seed(scenario seed)
        for community in range(out.size):
            out[community] = uniform(seed, DRIFT, community, week, 0)

Addresses are not checked here as they are in `Draws`: identity 0 to 2**52 - 1, time and part
-2**31 to 2**31 - 1, all of them whole numbers of any width. With NUMBA_DISABLE_JIT=1 everything
runs as plain Python with equal results.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from operator import index
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from linkage_sim import draws
from linkage_sim.draws import (
    DECISION_BITS,
    IDENTITY_BITS,
    MASK32,
    MASK64,
    TWO_PI,
    UNIFORM_STEP,
    Draws,
    whole_numbers,
)

_settings: Any = numba.config
_types: Any = numba.types


def _inlined(function: Callable[..., Any]) -> Any:
    return _for_all_numbers(
        numba.njit(nogil=True, error_model="numpy", forceinline=True)(function)
    )


def _for_all_numbers(dispatcher: Any) -> Any:
    """Let other kernels share one compiled version, whatever constant or whole number they give.

    By itself numba compiles a function anew for each constant among the arguments and for each
    width of a whole number: `block` came to 43 versions, and compiling took half as long again.
    """
    if _settings.DISABLE_JIT:  # then it is the plain function
        return dispatcher
    template = dispatcher.get_call_template

    def of_widened(arguments: Any, keywords: Any) -> Any:
        return template(tuple(map(_widened, arguments)),
                        {name: _widened(kind) for name, kind in keywords.items()})

    dispatcher.get_call_template = of_widened
    return dispatcher


def _widened(kind: Any) -> Any:
    kind = _types.unliteral(kind)
    narrow = isinstance(kind, _types.Integer) and kind.bitwidth < 64
    return _types.int64 if narrow else kind


philox4x32 = _inlined(draws.philox4x32)
"""Four words from two key words and four counter words, all whole numbers in 0..2**32-1."""


@_inlined
def block(seed: int, decision: int, identity: int, time: int, part: int) -> tuple[int, ...]:
    """Four independent 32-bit words at an address; the other functions are made of these."""
    # int() and the masks turn every width and sign into 64-bit whole numbers in 0..2**32-1:
    # mixing signed and unsigned ones would silently turn into floating point.
    whole_seed = int(seed)
    whole_identity = int(identity)
    return philox4x32(
        whole_seed & MASK32,
        (whole_seed >> 32) & MASK32,
        whole_identity & MASK32,
        int(time) & MASK32,
        int(decision) | ((whole_identity >> 32) << DECISION_BITS),
        int(part) & MASK32,
    )


@_inlined
def uniform(seed: int, decision: int, identity: int, time: int, part: int) -> float:
    """Number strictly between 0 and 1, every value equally likely."""
    high, low, _, _ = block(seed, decision, identity, time, part)
    return (((high << 20) | (low >> 12)) + 0.5) * UNIFORM_STEP


@_inlined
def exponential(seed: int, decision: int, identity: int, time: int, part: int) -> float:
    """Waiting time with mean 1 (multiply by the mean wanted)."""
    return -math.log(uniform(seed, decision, identity, time, part))


@_inlined
def normal(seed: int, decision: int, identity: int, time: int, part: int) -> float:
    """Bell-shaped number with mean 0 and standard deviation 1 (Box and Muller 1958)."""
    word_0, word_1, word_2, word_3 = block(seed, decision, identity, time, part)
    first = (((word_0 << 20) | (word_1 >> 12)) + 0.5) * UNIFORM_STEP
    second = (((word_2 << 20) | (word_3 >> 12)) + 0.5) * UNIFORM_STEP
    return math.sqrt(-2.0 * math.log(first)) * math.cos(TWO_PI * second)


@_inlined
def below(seed: int, decision: int, identity: int, time: int, part: int, bound: int) -> int:
    """Whole number from 0 to `bound` - 1 (1 to 2**31), each equally likely to within 2**-64."""
    high, low, _, _ = block(seed, decision, identity, time, part)
    whole_bound = int(bound)
    # The 96-bit product of 64 random bits and the bound, of which only the top part is wanted.
    return (high * whole_bound + ((low * whole_bound) >> 32)) >> 32


def kernel_seed(seed: int) -> np.uint64:
    """Any whole number as the seed kernels take: one type, so each kernel is compiled once."""
    return np.uint64(index(seed) & MASK64)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function for one thread (decorator); the compiled code is kept between runs.

    It does not hold Python's lock while it runs, and dividing by zero gives infinity or NaN.
    """
    return _compiled(function, parallel=False)


def parallel_kernel(function: Callable[..., Any]) -> Any:
    """Compile a function whose `numba.prange` loops share several threads (decorator)."""
    return _compiled(function, parallel=True)


def _compiled(function: Callable[..., Any], parallel: bool) -> Any:
    compiler: Any = numba.njit
    entry: Any = compiler(nogil=True, error_model="numpy", parallel=parallel)(function)
    if _settings.DISABLE_JIT:
        return entry
    # Other kernels call a version without the way in from Python, which takes a quarter of the
    # time of compiling and is needed by few.
    inner = compiler(nogil=True, error_model="numpy", parallel=parallel,
                     no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    folder = code_folder()
    if folder is not None:
        _keep_code(entry, folder)
        _keep_code(inner, folder / "inner")
    entry.get_call_template = _for_all_numbers(inner).get_call_template
    entry.get_overload = inner.get_overload
    return entry


def _keep_code(dispatcher: Any, folder: Path) -> None:
    chosen = _settings.CACHE_DIR
    _settings.CACHE_DIR = str(folder)
    try:
        dispatcher.enable_caching()
    except RuntimeError:  # the function's text is in no file, as when typed at a prompt
        return
    finally:
        _settings.CACHE_DIR = chosen
    _save_one_at_a_time(dispatcher, folder)


@cache
def code_folder() -> Path | None:
    """Folder for compiled code, or None where nothing can be written.

    A kernel holds the text of the draws and of other kernels inside itself, while numba looks
    only at the kernel's own file for changes. So the folder is named after the text of every file
    that compiles something, and an edit to any of them starts an empty folder.
    """
    digest = hashlib.blake2b(Path(draws.__file__).read_bytes(), digest_size=8)
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        text = path.read_bytes()
        if b"compiled_draws" in text:
            digest.update(text)
    home = os.environ.get("XDG_CACHE_HOME")
    try:
        base = Path(home) if home else Path.home() / ".cache"
        named = os.environ.get("NUMBA_CACHE_DIR")
        folder = (Path(named) if named else base / "linkage-sim" / "compiled") / digest.hexdigest()
        (folder / "inner").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


def _save_one_at_a_time(dispatcher: Any, folder: Path) -> None:
    # Two processes that save different signatures of a kernel at once may both choose the same
    # file name: the list of one then points at the code of the other. A lock rules that out, and
    # a full disk must cost the stored code, not the run.
    code_store = dispatcher._cache
    save = code_store.save_overload

    def locked_save(signature: Any, data: Any) -> None:
        with contextlib.suppress(OSError), _locked(folder / "saving.lock"):
            save(signature, data)

    code_store.save_overload = locked_save


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # not on Windows; there numba's own retries have to do
        yield
        return
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@kernel
def scramble(
    key_first: int, key_second: int, word_0: int, word_1: int, word_2: int, word_3: int
) -> tuple[int, ...]:
    """`philox4x32` for callers that are not compiled."""
    return philox4x32(key_first, key_second, word_0, word_1, word_2, word_3)


@kernel
def fill_uniforms(
    seed: int, decision: int, identities: Any, times: Any, parts: Any, out: Any
) -> bool:
    """Fill an array with `uniform`; false where an address is out of range.

    Parameters
    ----------
    identities, times, parts : int64[n] or int64[1]
        One value serves all.
    out : float64[n]
    """
    who_step, time_step, part_step = len(identities) > 1, len(times) > 1, len(parts) > 1
    for place in range(len(out)):
        identity = identities[place if who_step else 0]
        time = times[place if time_step else 0]
        part = parts[place if part_step else 0]
        if identity < 0 or identity >> IDENTITY_BITS != 0:
            return False
        if time < -0x80000000 or time > 0x7FFFFFFF or part < -0x80000000 or part > 0x7FFFFFFF:
            return False
        out[place] = uniform(seed, decision, identity, time, part)
    return True


class CompiledDraws(Draws):
    """The same draws, bit for bit, where a model makes so many that compiled code pays."""

    __slots__ = ()
    _scramble = staticmethod(scramble)

    def uniforms(
        self, decision: int, identities: ArrayLike, time: ArrayLike = 0, part: ArrayLike = 0
    ) -> NDArray[np.float64]:
        """Give `uniform` for a whole array of identities at once, as `Draws.uniforms` does."""
        given = [whole_numbers(values) for values in (identities, time, part)]
        shapes = {values.shape for values in given if values.ndim}
        shape = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)
        out = np.empty(shape)
        flat = [
            np.ascontiguousarray(
                values if values.size == 1 or values.shape == shape
                else np.broadcast_to(values, shape), dtype=np.int64
            ).reshape(-1)
            for values in given
        ]
        in_range = index(decision) >> DECISION_BITS == 0 and fill_uniforms(
            kernel_seed(self.seed), index(decision), *flat, out.reshape(-1)
        )
        if not in_range:
            raise ValueError("A draw's address is out of range: see Draws for what is possible.")
        return out
