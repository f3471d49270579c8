"""Compiled kernels: same numbers on any number of threads, code stored without accidents."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from linkage_sim import compiled_draws

ROOT = Path(compiled_draws.__file__).parents[1]

KERNELS = """
import sys
import numba
import numpy as np
from linkage_sim.compiled_draws import kernel, kernel_seed, normal, parallel_kernel


@kernel
def total(numbers):
    result = numbers.dtype.type(0)
    for position in range(numbers.size):
        result += numbers[position]
    return result


@parallel_kernel
def fill(seed, numbers):
    for person in numba.prange(numbers.size):
        numbers[person] = normal(seed, 3, person, 0, 0)


threads, *widths = sys.argv[1:]
numba.set_num_threads(int(threads))
numbers = np.zeros(5000)
fill(kernel_seed(11), numbers)
for width in widths:
    assert total(np.arange(101, dtype=width)) == 5050, width
hits = sum(total.stats.cache_hits.values()) + sum(fill.stats.cache_hits.values())
print(numbers.tobytes().hex()[:4000], hits)
"""


def _start(folder: Path, store: Path, *arguments: str) -> subprocess.Popen[str]:
    program = folder / "kernels_of_a_visitor.py"
    program.write_text(KERNELS, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(program), *arguments],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "NUMBA_CACHE_DIR": str(store),
            "NUMBA_DISABLE_JIT": "0",
            "NUMBA_NUM_THREADS": "2",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _finish(process: subprocess.Popen[str]) -> tuple[str, int]:
    printed, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    numbers, hits = printed.split()
    return numbers, int(hits)


def test_processes_may_compile_at_once_and_share_the_result(tmp_path: Path) -> None:
    store = tmp_path / "store"
    widths = ("int64", "float64", "float32", "int32")
    racing = [
        _start(tmp_path, store, "1", *widths),
        _start(tmp_path, store, "2", *reversed(widths)),
    ]
    finished = [_finish(process) for process in racing]
    later = _finish(_start(tmp_path, store, "2", *widths))
    assert {numbers for numbers, _ in finished} == {later[0]}
    assert later[1] == len(widths) + 1  # everything came from the store, each width its own


def test_where_nothing_can_be_stored_kernels_still_run(tmp_path: Path) -> None:
    blocked = tmp_path / "a file where a folder should be"
    blocked.write_text("", encoding="utf-8")
    numbers, hits = _finish(_start(tmp_path, blocked, "1", "int64"))
    assert hits == 0 and numbers


def test_a_function_typed_at_a_prompt_is_compiled_without_being_stored() -> None:
    space: dict[str, object] = {}
    exec("def double(number):\n    return 2 * number", space)
    assert compiled_draws.kernel(space["double"])(21) == 42
