"""A long run that is stopped goes on after its last finished year, with the same numbers."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from linkage_sim.errors import InputError
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies.checkpoint import Checkpoint
from linkage_sim.studies.compare import Plan, plan_of
from linkage_sim.studies.run import Result, simulate

YEARS = 4
SEED = 5


def _plan(**values: Any) -> Plan:
    scenario = load_scenario("toy").with_values({"run.years": YEARS, **values})
    return plan_of([scenario], [SEED], ["toy"], False)


def _same(one: Result, other: Result) -> bool:
    return repr(one) == repr(other)


def _stopped_after(years: int, plan: Plan, checkpoint: Checkpoint) -> None:
    def progress(done: int, total: int) -> None:
        if done >= 52 * years:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(plan.scenarios[0], SEED, progress=progress, checkpoint=checkpoint)


def test_a_stopped_run_goes_on_with_the_same_numbers(tmp_path: Path) -> None:
    plan = _plan(**{"run.check": True, "run.record_weeks": True})
    checkpoint = Checkpoint(tmp_path, plan)
    _stopped_after(2, plan, checkpoint)
    seen: list[int] = []
    again = simulate(plan.scenarios[0], SEED, checkpoint=checkpoint,
                     progress=lambda done, total: seen.append(done))
    assert seen[0] == 104, "years that are finished are not run again"
    assert _same(again, simulate(plan.scenarios[0], SEED))


def test_another_run_does_not_take_it_up(tmp_path: Path) -> None:
    plan, other = _plan(), _plan(**{"policy.proposal.method": "survey"})
    _stopped_after(1, plan, Checkpoint(tmp_path, plan))
    assert Checkpoint(tmp_path, plan).load() is not None
    assert Checkpoint(tmp_path, other).load() is None


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_a_damaged_state_is_not_taken_up(tmp_path: Path, damage: str) -> None:
    plan = _plan()
    checkpoint = Checkpoint(tmp_path, plan)
    _stopped_after(2, plan, checkpoint)
    data = bytearray(checkpoint.path.read_bytes())
    if damage == "changed":
        data[len(data) // 2] ^= 1
    checkpoint.path.write_bytes({"cut": data[:-9], "changed": data, "empty": b""}[damage])
    assert checkpoint.load() is None
    assert _same(simulate(plan.scenarios[0], SEED, checkpoint=checkpoint),
                 simulate(plan.scenarios[0], SEED))


@pytest.mark.parametrize("kept", [True, False])
def test_a_state_that_cannot_be_written_costs_no_earlier_one(
    tmp_path: Path, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = _plan()
    checkpoint = Checkpoint(tmp_path, plan)
    if kept:
        _stopped_after(1, plan, checkpoint)
    before = checkpoint.path.read_bytes() if kept else b""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    said = "earlier year is still there" if kept else "Make room, or leave out --checkpoint"
    with pytest.raises(InputError, match=said) as raised:
        simulate(plan.scenarios[0], SEED, checkpoint=checkpoint)
    assert str(checkpoint.path) in str(raised.value)
    assert [item.name for item in checkpoint.path.parent.iterdir()] == (
        [checkpoint.path.name] if kept else []
    )
    assert not kept or checkpoint.path.read_bytes() == before


@pytest.mark.slow
def test_a_damaged_state_is_told(tmp_path: Path) -> None:
    typed = [sys.executable, "-m", "linkage_sim", "run", "toy", "--lang", "en", "--checkpoint",
             "--out", str(tmp_path / "out"), "--seed", str(SEED)]
    plan = plan_of([load_scenario("toy")], [SEED], ["toy"], False)
    checkpoint = Checkpoint(tmp_path / "out", plan)
    _stopped_after(1, plan, checkpoint)
    checkpoint.path.write_bytes(checkpoint.path.read_bytes()[:-1])
    again = subprocess.run(typed, capture_output=True, text=True, check=True)
    assert "damaged and is not used" in again.stderr and "Goes on" not in again.stderr


def test_the_rows_of_a_register_are_not_written(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("id,age,household,building\na,70,1,A\nb,30,1,A\n", encoding="utf-8")
    from linkage_sim.inputs.register import read_register, register_fragment

    fragment = register_fragment(str(people), read_register(str(people)))
    scenario = load_scenario("toy").with_values({"world.residents": 2, "world.resident_register":
                                                 fragment["world"]["resident_register"]})
    with pytest.raises(InputError, match="register"):
        Checkpoint(tmp_path, plan_of([scenario], [SEED], ["mine"], False))


@pytest.mark.slow
def test_ctrl_c_keeps_the_years_and_the_same_command_goes_on(tmp_path: Path) -> None:
    typed = [sys.executable, "-m", "linkage_sim", "run", "x_community", "--lang", "en",
             "--set", "run.years=30", "--seed", str(SEED)]
    there = tmp_path / "stopped"
    process = subprocess.Popen([*typed, "--checkpoint", "--out", str(there)], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=_listen_to_ctrl_c)
    until = time.monotonic() + 300.0
    while not list(there.glob(".unfinished/*/*.state")):
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "go on from there" in said and "--checkpoint" in said
    again = subprocess.run([*typed, "--checkpoint", "--out", str(there)], capture_output=True,
                           text=True, check=True)
    assert "Goes on" in again.stderr
    alone = tmp_path / "alone"
    subprocess.run([*typed, "--out", str(alone)], capture_output=True, check=True)
    for name in ("outcomes", "years", "projects"):
        assert (there / f"{name}.parquet").read_bytes() == (alone / f"{name}.parquet").read_bytes()
    assert not list(there.glob(".unfinished*")), "a finished run needs no state"


def _listen_to_ctrl_c() -> None:
    # A test run started in the background hands an ignored SIGINT on to its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setpgrp()
