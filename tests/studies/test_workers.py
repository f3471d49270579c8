"""Workers share tasks: same results for any number, the dead are replaced, none is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.studies.workers import ONE_THREAD, Failure, cores, work

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.append(str(HERE))

from worker_deeds import (  # noqa: E402
    die,
    die_once,
    refuse,
    square,
    stumble,
    threads_allowed,
)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_every_task_is_answered_once_for_any_number_of_workers(jobs: int) -> None:
    answers = list(work(square, range(7), jobs))
    assert sorted(answers) == [(number, number * number) for number in range(7)]


def test_killed_worker_is_replaced_and_its_task_done_again(tmp_path: Path) -> None:
    tasks = [(number, str(tmp_path / "killed") if number == 2 else "") for number in range(6)]
    answers = dict(work(die_once, tasks, 2))
    assert (tmp_path / "killed").exists(), "the worker was never killed: the test shows nothing"
    assert answers == {number: number * number for number in range(6)}


def test_task_that_kills_two_workers_fails_alone() -> None:
    answers = dict(work(die, range(5), 2))
    assert isinstance(answers.pop(1), Failure)
    assert answers == {0: 0, 2: 2, 3: 3, 4: 4}


@pytest.mark.parametrize("jobs", [1, 2])
def test_task_that_raises_fails_alone_and_says_why(jobs: int) -> None:
    answers = dict(work(stumble, range(3), jobs))
    failed = answers.pop(1)
    assert isinstance(failed, Failure)
    assert "told to" in failed.reason
    assert answers == {0: 0, 2: 2}


@pytest.mark.parametrize("jobs", [1, 2])
def test_input_error_comes_back_with_every_message(jobs: int) -> None:
    with pytest.raises(InputError) as caught:
        list(work(refuse, range(4), jobs))
    assert caught.value.messages[0].startswith("first problem of")
    assert caught.value.messages[1:] == ["second problem"]


def test_workers_keep_to_one_thread() -> None:
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    answers = dict(work(threads_allowed, range(2), 2))
    assert set(answers[0]) == {"1"}
    assert {name: os.environ.get(name) for name in ONE_THREAD} == before


def test_script_without_a_guard_and_typed_in_does_not_start_itself_again() -> None:
    script = (
        "from linkage_sim.studies.workers import work\n"
        "import os\n"
        "print('once')\n"
        "print(sorted(work(os.path.basename, ['a/b', 'c/d'], 2)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-"], input=script, capture_output=True, text=True, cwd=ROOT, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.splitlines() == ["once", "[(0, 'b'), (1, 'd')]"], done.stderr


def test_cores_are_counted() -> None:
    assert cores() >= 1


ENDLESS = """
import sys, time
from linkage_sim.studies.workers import work
from worker_deeds import wait_long
try:
    list(work(wait_long, [sys.argv[1] + "/" + str(n) for n in range(2)], 2))
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def _start_endless(folder: Path) -> tuple[subprocess.Popen[str], list[int]]:
    parent = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(folder)], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE)])},
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        marks = [folder / "0", folder / "1"]
        if all(mark.exists() and mark.read_text() for mark in marks):
            return parent, [int(mark.read_text()) for mark in marks]
        time.sleep(0.05)
    parent.kill()
    raise AssertionError(f"workers did not start: {parent.communicate()}")


def _all_gone(numbers: list[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(_alive(number) for number in numbers):
            return True
        time.sleep(0.05)
    return False


def _alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc").exists(), reason="asks /proc which processes live")
def test_workers_leave_when_the_parent_is_killed(tmp_path: Path) -> None:
    parent, workers = _start_endless(tmp_path)
    parent.kill()
    parent.wait()
    assert _all_gone(workers, 5.0)


@pytest.mark.skipif(not Path("/proc").exists(), reason="asks /proc which processes live")
def test_interrupt_of_the_whole_group_stops_quickly_and_quietly(tmp_path: Path) -> None:
    parent, workers = _start_endless(tmp_path)
    begun = time.monotonic()
    os.killpg(parent.pid, signal.SIGINT)
    out, err = parent.communicate(timeout=20)
    assert time.monotonic() - begun < 3.0
    assert out == "stopped\n"
    assert err == ""
    assert _all_gone(workers, 1.0)
