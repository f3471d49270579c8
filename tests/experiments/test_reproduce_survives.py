"""`reproduce` stopped in the middle ends, after the same command, with the same bytes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from sweeping import acknowledged, all_gone, children, finish, start, wait_until
from toy_experiment import STUDY, write_experiment

MANY = STUDY.replace("replications = 4", "replications = 24")
TABLES = ("findings.csv", "summary_days.csv")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_experiment(tmp_path_factory.mktemp("long") / "waiting", study=MANY)


def words(long: Path, out: Path) -> tuple[object, ...]:
    return "reproduce", long, "--jobs", 2, "--out", out, "--no-figures"


@pytest.fixture(scope="module")
def undisturbed(long: Path) -> dict[str, bytes]:
    out = long.parent / "undisturbed"
    assert finish(*words(long, out)).returncode == 0
    return tables(out)


def tables(out: Path) -> dict[str, bytes]:
    return {name: (out / "waiting" / "result" / name).read_bytes() for name in TABLES}


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_the_same_command_goes_on_to_the_same_bytes(
    long: Path, tmp_path: Path, undisturbed: dict[str, bytes], end: signal.Signals
) -> None:
    process = start(*words(long, tmp_path))
    runs = tmp_path / "waiting" / "days"
    assert wait_until(lambda: runs.exists() and acknowledged(runs) >= 5, process), "over too soon"
    workers = children(process)
    os.kill(process.pid, end)
    code = process.wait(60)
    assert code == {signal.SIGKILL: -9, signal.SIGINT: 130, signal.SIGTERM: 143}[end]
    assert workers and all_gone(workers)
    assert not (tmp_path / "waiting" / "result").exists(), "a result without all runs"
    done = acknowledged(runs)
    assert 5 <= done < 72
    again = finish(*words(long, tmp_path))
    assert again.returncode == 0 and f"{done} of 72" in again.stderr, again.stderr
    assert tables(tmp_path) == undisturbed
