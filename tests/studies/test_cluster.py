"""A cluster gives what processes here give, and loses no run when something dies."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from linkage_sim.studies import cluster as cluster_module
from linkage_sim.studies.cluster import DaskWorkers, needed
from linkage_sim.studies.cluster_link import ClusterLostError
from linkage_sim.studies.shards import GIVEN_UP
from linkage_sim.studies.store import Store
from linkage_sim.studies.study import load_study
from linkage_sim.studies.sweep import Options, Progress, run_sweep, setup_of
from linkage_sim.studies.sweep_run import do_run
from linkage_sim.studies.tasks import Tasks

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.append(str(HERE))

from clustering import Cluster, cluster, in_processes, longer, on, table  # noqa: E402
from sweeping import acknowledged, finish, start, study_file, wait_until  # noqa: E402

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers that no test harms."""
    with cluster(tmp_path_factory.mktemp("pair"), 2) as found:
        yield found


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The table of the longer study as processes make it."""
    folder = tmp_path_factory.mktemp("expected")
    return in_processes(longer(folder, 15), folder / "here")


# -- the same answer -------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_cluster_gives_the_same_table_as_processes(pair: Cluster, tmp_path: Path) -> None:
    study = study_file(tmp_path)
    assert on(pair.address, study, tmp_path / "cluster").is_complete
    assert table(tmp_path / "cluster") == in_processes(study, tmp_path / "here", 1)


def test_scenarios_that_a_chunk_does_not_use_stay_at_home_and_change_nothing(
    tmp_path: Path,
) -> None:
    path = study_file(tmp_path, replications=1)
    text = path.read_text().replace('"toy"', '["toy", "toy+fast_approval"]')
    path.write_text(text, encoding="utf-8")
    study = load_study(path)
    setup, tasks = setup_of(study, None), list(Tasks(study))
    second = [task for task in tasks if task.scenario == 1][:2]
    part, renumbered = needed(setup, second)
    assert part.names == ("toy+fast_approval",) and part.key != setup.key
    assert needed(setup, tasks) == (setup, tasks)
    for whole, cut in zip(second, renumbered, strict=True):
        assert do_run((part, cut))[0] == do_run((setup, whole))[0]


@pytest.mark.slow
def test_one_worker_gives_the_same_table(tmp_path: Path, expected: bytes) -> None:
    with cluster(tmp_path, 1) as single:
        assert on(single.address, longer(tmp_path, 15), tmp_path / "cluster").is_complete
    assert table(tmp_path / "cluster") == expected


@pytest.mark.slow
def test_a_worker_killed_half_way_costs_no_run(
    tmp_path: Path, expected: bytes
) -> None:
    study = longer(tmp_path, 15)
    place = tmp_path / "cluster"
    with cluster(tmp_path, 2) as both:
        process = start("sweep", study, "--out", place, "--executor", "dask",
                        "--scheduler", both.address)
        assert wait_until(lambda: acknowledged(place) >= 10, process)
        os.kill(both.workers[0].pid, signal.SIGKILL)
        done = acknowledged(place)
        out, err = process.communicate(timeout=120)
    assert done < 60, "the worker was killed when all was done: the test shows nothing"
    assert process.returncode == 0, err
    assert err == ""
    assert table(place) == expected


# -- what goes wrong -------------------------------------------------------------------------------


def test_a_worker_is_no_scheduler(pair: Cluster, typed: Typed, tmp_path: Path) -> None:
    worker = re.search(r"Start worker at: +(tcp://\S+)", pair.said("worker0"))
    assert worker is not None
    code, _, err = typed("sweep", str(study_file(tmp_path)), "--executor", "dask",
                         "--scheduler", worker[1])
    assert code == 2
    assert "a Worker answers there" in err


@pytest.mark.slow
def test_a_scheduler_that_dies_half_way_leaves_what_is_finished(
    tmp_path: Path, expected: bytes
) -> None:
    study, place = longer(tmp_path, 15), tmp_path / "cluster"
    words = ("sweep", study, "--out", place, "--executor", "dask", "--scheduler")
    with cluster(tmp_path, 2) as both:
        process = start(*words, both.address)
        assert wait_until(lambda: acknowledged(place) >= 10, process)
        kept = acknowledged(place)
        os.kill(both.scheduler.pid, signal.SIGKILL)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    lost, standing, again = err.splitlines()
    assert "no longer answers" in lost and "Traceback" not in err
    assert again.strip().endswith(shlex.join(map(str, [*words[1:], both.address])))
    found = re.match(r"(\d+) of 60 runs are kept", standing)
    assert found is not None and kept <= int(found[1]) == acknowledged(place) < 60
    assert finish("sweep", study, "--out", place).returncode == 0
    assert table(place) == expected


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_at_work_and_takes_back_the_rest(tmp_path: Path) -> None:
    study, place = longer(tmp_path, 400), tmp_path / "cluster"
    with cluster(tmp_path, 2) as both:
        process = start("sweep", study, "--out", place, "--executor", "dask",
                        "--scheduler", both.address)
        assert wait_until(lambda: acknowledged(place) >= 40, process)
        before = acknowledged(place)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.startswith("Stopping:")
    assert before < acknowledged(place) < 600


@pytest.mark.slow
def test_a_run_that_workers_die_of_fails_alone(tmp_path: Path) -> None:
    study = tmp_path / "deadly.toml"
    study.write_text(
        'scenario = "toy"\ndesign = "list"\nreplications = 2\n[parameters]\n'
        '"policy.approval.rule" = ["criteria", "deadly", "criteria"]\n'
        '"policy.approval.fixed_latency_days" = [5, 20, 60]\n'
        '[set]\n"run.plugins" = ["deadly_rule"]\n', encoding="utf-8",
    )
    # The scheduler gives a chunk up at the first death here, where it usually waits for the fourth.
    settings = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
                "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}"}
    with cluster(tmp_path, 2, nanny=True, **settings) as guarded:
        progress = on(guarded.address, study, tmp_path / "out")
    assert (progress.done, progress.total) == (6, 6)
    store = Store(tmp_path / "out")
    lost = [content for _, content in store.rows() if content["failure"]]
    assert {item["values"]["policy.approval.rule"] for item in lost} == {"deadly"}
    assert len(lost) == store.count(GIVEN_UP) == 2
    assert "several workers of the cluster ended" in lost[0]["failure"]


# -- workers that leave ----------------------------------------------------------------------------


@pytest.mark.slow
def test_when_all_workers_leave_others_are_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: bytes
) -> None:
    """Those that come go on; when none comes the sweep ends and keeps what is finished."""
    monkeypatch.setattr(cluster_module, "ABSENT_SECONDS", 3.0)
    study, place = longer(tmp_path, 15), tmp_path / "cluster"
    with cluster(tmp_path, 1) as single:
        told: list[str] = []

        def leave(progress: Progress) -> None:
            if progress.done >= 10 and not killed:
                killed.append(progress.done)
                os.kill(single.workers[0].pid, signal.SIGKILL)

        killed: list[int] = []
        progress = Progress(tell=leave)
        with pytest.raises(ClusterLostError, match="none came back"):
            run_sweep(load_study(study), place, Options(), progress,
                      DaskWorkers(single.address, told.append))
        assert [text[:20] for text in told] == ["All workers are gone"]
        assert 10 <= killed[0] <= acknowledged(place) < 60
        single.add()
        assert on(single.address, study, place).is_complete
    assert table(place) == expected


# -- what is told to type --------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no POSIX shell")
def test_the_commands_of_the_page_work(tmp_path: Path) -> None:
    """Of docs/cluster.md, "On one computer": each line in a terminal of its own."""
    page = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
    block = re.search(r"```bash\n(.*?)```", page, re.DOTALL)
    assert block is not None
    *served, sweep = block[1].replace("8786", str(free_port())).strip().splitlines()
    assert [line.split()[:2] for line in served] == [["dask", "scheduler"]] + 2 * [
        ["dask", "worker"]]
    study_file(tmp_path, name="latency")
    where = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": where, "PYTHONPATH": str(ROOT),
                   "DASK_CONFIG": str(tmp_path), "LINKAGE_LANG": "en"}
    processes = [
        subprocess.Popen(["sh", "-c", f"exec {line}"], cwd=tmp_path, env=environment,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                         start_new_session=True)
        for line in served
    ]
    try:
        time.sleep(3)
        done = subprocess.run(["sh", "-c", sweep], cwd=tmp_path, env=environment, text=True,
                              capture_output=True, timeout=120)
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert done.returncode == 0, done.stderr
    assert len(pd.read_parquet(tmp_path / "results" / "latency" / "outcomes.parquet")) == 12
