"""A sweep loses nothing: killed, cut short, without disk, its files damaged - the same result."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linkage_sim.studies.results import RECORD, RUNS
from linkage_sim.studies.shards import shard_paths

sys.path.append(str(Path(__file__).parent))

from sweeping import (
    acknowledged,
    all_gone,
    children,
    finish,
    start,
    study_file,
    wait_until,
)

pytestmark = pytest.mark.skipif(
    not Path("/proc").exists(), reason="asks /proc which processes live"
)
Typed = Callable[..., tuple[int, str, str]]
REPLICATIONS = 90
TOTAL = 4 * REPLICATIONS


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, bytes]]:
    """A study and the outcomes of its sweep when nothing goes wrong."""
    folder = tmp_path_factory.mktemp("undisturbed")
    study = study_file(folder, REPLICATIONS)
    done = finish("sweep", study, "--out", folder / "out", "--jobs", 2)
    assert done.returncode == 0, done.stderr
    yield study, (folder / "out" / "outcomes.parquet").read_bytes()


def _kill(process: subprocess.Popen[str], parent: bool, worker: bool) -> list[int]:
    """Kill the parent, a worker, or both at once; gives all workers there were."""
    workers = children(process)
    if worker and workers:
        os.kill(workers[0], signal.SIGKILL)
    if parent:
        process.kill()
    return workers


def _moments(count: int) -> list[int]:
    """Spread moments over the progress of a sweep: after how many runs on the disk."""
    return [3 + (TOTAL * 8 // 10) * k // count for k in range(count)]


def _hit(process: subprocess.Popen[str], place: Path, after: int, whom: str) -> bool:
    """Kill at a moment; tells whether the sweep was unfinished, and loses nothing it had."""
    unfinished = wait_until(lambda: acknowledged(place) >= after, process)
    kept = acknowledged(place)
    workers = _kill(process, whom != "worker", whom != "parent")
    if whom == "worker":
        assert all_gone(workers[:1])
    else:
        process.communicate(timeout=120)
        assert all_gone(workers), "workers outlived their parent"
    # What was acknowledged before the kill is there after it.
    assert acknowledged(place) >= kept
    # A moment at which no worker had started yet kills none.
    return unfinished and kept < TOTAL and (whom == "parent" or bool(workers))


@pytest.mark.slow
def test_thirty_kills_leave_the_outcomes_of_an_undisturbed_sweep(
    undisturbed: tuple[Path, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten of a worker, five in a sweep; twenty of the parent, alone or with a worker.

    Whoever kills the parent gives the same command again, which is killed in its turn, five times.
    """
    study, expected = undisturbed
    hit = {"parent": 0, "worker": 0, "both": 0}
    for first in range(2):
        process = start("sweep", study, "--out", tmp_path / "out", "--jobs", 2, "--quiet")
        for after in _moments(10)[first::2]:
            hit["worker"] += _hit(process, tmp_path / "out", after, "worker")
        process.communicate(timeout=120)
        assert process.returncode == 0
        assert (tmp_path / "out" / "outcomes.parquet").read_bytes() == expected
        shutil.rmtree(tmp_path / "out")
    for first in range(4):
        for number, after in enumerate(_moments(20)[first::4]):
            process = start("sweep", study, "--out", tmp_path / "out", "--jobs", 2, "--quiet")
            whom = ("parent", "both")[(first + number) % 2]
            hit[whom] += _hit(process, tmp_path / "out", after, whom)
        again = finish("sweep", study, "--out", tmp_path / "out", "--jobs", 2)
        assert again.returncode == 0, again.stderr
        assert (tmp_path / "out" / "outcomes.parquet").read_bytes() == expected
        shutil.rmtree(tmp_path / "out")
    with capsys.disabled():
        sys.stdout.write(f"kills that hit an unfinished sweep: {hit}\n")
    assert sum(hit.values()) >= 20


@pytest.mark.slow
def test_killed_sweep_goes_on_and_does_only_what_is_missing(
    undisturbed: tuple[Path, bytes], tmp_path: Path
) -> None:
    study, expected = undisturbed
    process = start("sweep", study, "--out", tmp_path / "out", "--jobs", 2)
    assert wait_until(lambda: acknowledged(tmp_path / "out") >= 5, process)
    workers = _kill(process, parent=True, worker=False)
    assert len(workers) == 2
    process.communicate(timeout=60)
    assert all_gone(workers)
    kept = acknowledged(tmp_path / "out")
    assert 5 <= kept < TOTAL, "the kill came too late to show anything"
    again = finish("sweep", study, "--out", tmp_path / "out", "--jobs", 1)
    assert f"Goes on: {kept} of {TOTAL} runs" in again.stderr
    assert f"{TOTAL} runs done, 0 failed, {TOTAL - kept} of them now" in again.stdout
    assert (tmp_path / "out" / "outcomes.parquet").read_bytes() == expected


@pytest.mark.slow
def test_killed_worker_is_replaced_without_a_word(
    undisturbed: tuple[Path, bytes], tmp_path: Path
) -> None:
    study, expected = undisturbed
    process = start("sweep", study, "--out", tmp_path / "out", "--jobs", 2)
    assert wait_until(lambda: acknowledged(tmp_path / "out") >= 5, process)
    _kill(process, parent=False, worker=True)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert (tmp_path / "out" / "outcomes.parquet").read_bytes() == expected


# -- asked to stop -----------------------------------------------------------------------------


def _stopped(study: Path, place: Path, *signals: int) -> tuple[int, str, float, list[int]]:
    """Send signals to the whole group, as a terminal does; gives code, words, seconds, workers."""
    process = start("sweep", study, "--out", place, "--jobs", 2)
    assert wait_until(lambda: acknowledged(place) >= 5, process)
    workers = children(process)
    begun = time.monotonic()
    for number in signals:
        os.killpg(process.pid, number)
        time.sleep(0.1)
    _, err = process.communicate(timeout=60)
    return process.returncode, err, time.monotonic() - begun, workers


@pytest.mark.slow
@pytest.mark.parametrize(("signals", "code"), [
    ((signal.SIGINT,), 130), ((signal.SIGINT, signal.SIGINT), 130),
])
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(
    undisturbed: tuple[Path, bytes], tmp_path: Path, signals: tuple[int, ...], code: int
) -> None:
    study, expected = undisturbed
    place = tmp_path / "out"
    found, err, seconds, workers = _stopped(study, place, *signals)
    assert found == code, err
    kept = acknowledged(place)
    assert f"{kept} of {TOTAL} runs are kept" in err
    assert "Stopping: the runs at work are finished" in err
    assert f"sweep {study} --out {place}" in err.splitlines()[-1]
    assert seconds < 20
    assert all_gone(workers)
    assert not (place / "outcomes.parquet").exists(), "an unfinished table"
    assert finish("sweep", study, "--out", place).returncode == 0
    assert (place / "outcomes.parquet").read_bytes() == expected


@pytest.mark.slow
def test_termination_exits_143_without_orphans(
    undisturbed: tuple[Path, bytes], tmp_path: Path
) -> None:
    study, _ = undisturbed
    process = start("sweep", study, "--out", tmp_path / "out", "--jobs", 2)
    assert wait_until(lambda: acknowledged(tmp_path / "out") >= 5, process)
    workers = children(process)
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143, err
    assert f"of {TOTAL} runs are kept" in err
    assert all_gone(workers)


# -- two at once -------------------------------------------------------------------------------


@pytest.mark.slow
def test_second_sweep_on_one_directory_names_the_first_and_exits_3(
    undisturbed: tuple[Path, bytes], tmp_path: Path
) -> None:
    study, _ = undisturbed
    place = tmp_path / "out"
    process = start("sweep", study, "--out", place, "--jobs", 1)
    assert wait_until(lambda: acknowledged(place) >= 1, process)
    second = finish("sweep", study, "--out", place)
    status = finish("status", place)
    process.kill()
    process.communicate(timeout=60)
    assert second.returncode == 3
    assert f"process {process.pid} on " in second.stderr
    assert "started 20" in second.stderr
    assert status.returncode == 0
    assert f"process {process.pid} on " in status.stdout
    # The lock of the dead process is taken over.
    assert finish("sweep", study, "--out", place).returncode == 0


# -- damage ------------------------------------------------------------------------------------


def _finished(folder: Path, replications: int = 10) -> tuple[Path, Path, bytes]:
    study = study_file(folder, replications)
    done = finish("sweep", study, "--out", folder / "out", "--jobs", 2)
    assert done.returncode == 0, done.stderr
    return study, folder / "out", (folder / "out" / "outcomes.parquet").read_bytes()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, bytes]:
    """A finished sweep, to be copied and damaged."""
    return _finished(tmp_path_factory.mktemp("finished"))


def _flip(path: Path, place: float) -> None:
    data = bytearray(path.read_bytes())
    data[int(place * (len(data) - 1))] ^= 0x10
    path.write_bytes(bytes(data))


def _cut(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])


DAMAGES = {
    "shard flipped near its start": lambda place: _flip(shard_paths(place / RUNS)[0], 0.01),
    "shard flipped in the middle": lambda place: _flip(shard_paths(place / RUNS)[0], 0.5),
    "shard flipped at its end": lambda place: _flip(shard_paths(place / RUNS)[-1], 1.0),
    "shard cut": lambda place: _cut(shard_paths(place / RUNS)[0], 0.6),
    "shard emptied": lambda place: _cut(shard_paths(place / RUNS)[0], 0.0),
    "shard gone": lambda place: shard_paths(place / RUNS)[0].unlink(),
    "all shards gone": lambda place: shutil.rmtree(place / RUNS),
    "record flipped": lambda place: _flip(place / RECORD, 0.5),
    "record cut": lambda place: _cut(place / RECORD, 0.5),
    "table flipped": lambda place: _flip(place / "outcomes.parquet", 0.5),
    "table gone": lambda place: (place / "outcomes.parquet").unlink(),
    "manifest cut": lambda place: _cut(place / "manifest.json", 0.5),
    "provenance flipped": lambda place: _flip(place / "provenance.json", 0.3),
}


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_set_aside_and_mended(
    finished: tuple[Path, Path, bytes], tmp_path: Path, damage: str, typed: Typed
) -> None:
    study, whole, expected = finished
    place = tmp_path / "out"
    shutil.copytree(whole, place)
    DAMAGES[damage](place)
    for verb in ("results", "status"):
        code, _, err = typed(verb, str(place))
        assert code == 4, (verb, err)
        assert str(place) in err
    code, out, err = typed("sweep", str(study), "--out", str(place), "--jobs", "1")
    assert code == 0, err
    assert (place / "outcomes.parquet").read_bytes() == expected
    for verb in ("results", "status"):
        assert typed(verb, str(place))[0] == 0


# -- a full disk -------------------------------------------------------------------------------


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 kB; where none can be made, the test is skipped."""
    place = tmp_path / "tiny"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", place], capture_output=True
    )
    if done.returncode:
        pytest.skip("no small disk can be mounted here (that needs the rights of root)")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.slow
def test_full_disk_stops_with_a_message_and_loses_nothing(
    undisturbed: tuple[Path, bytes], tiny_disk: Path
) -> None:
    study, expected = undisturbed
    place = tiny_disk / "out"
    full = finish("sweep", study, "--out", place, "--jobs", 2)
    assert full.returncode == 1, full.stderr
    assert "Traceback" not in full.stderr
    kept = acknowledged(place)
    assert 0 < kept < TOTAL
    assert f"{kept} finished runs are kept there" in full.stderr
    assert "repeat the same command" in full.stderr
    subprocess.run(["mount", "-o", "remount,size=50m", tiny_disk], check=True)
    again = finish("sweep", study, "--out", place, "--jobs", 2)
    assert again.returncode == 0, again.stderr
    assert f"{TOTAL - kept} of them now" in again.stdout
    assert (place / "outcomes.parquet").read_bytes() == expected
