"""What cannot be used is refused in words: addresses, empty clusters, workers that differ."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.provenance import MODEL_VERSION
from linkage_sim.studies import cluster as cluster_module
from linkage_sim.studies import cluster_link
from linkage_sim.studies.cluster import DaskWorkers
from linkage_sim.studies.cluster_worker import Stranger, do_chunk, program_marks, scenario_marks
from linkage_sim.studies.study import load_study
from linkage_sim.studies.sweep import setup_of
from linkage_sim.studies.sweep_run import do_run
from linkage_sim.studies.tasks import Tasks

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.append(str(HERE))

from clustering import ELSEWHERE, WITHOUT, cluster, longer, patched  # noqa: E402
from sweeping import acknowledged, finish, start, study_file, wait_until  # noqa: E402

Typed = Callable[..., tuple[int, str, str]]
LOCAL = "tcp://127.0.0.1:8786"

# -- the way there ---------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [
    "", "here", "127.0.0.1:8786", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:99999",
    "tcp://:8786", "udp://127.0.0.1:8786", "tcp://127.0.0.1:8786/x", "tcp://a b:8786",
])
def test_an_address_that_cannot_be_one_is_refused(address: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"found '{address}', allowed: tcp://HOST:PORT")):
        DaskWorkers(address)


@pytest.mark.parametrize("address", [LOCAL, "tls://node-7.example:8786", "tcp://[::1]:8786"])
def test_addresses_of_schedulers_are_taken(address: str) -> None:
    DaskWorkers(address)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_link, "CONNECT_SECONDS", 1.0)
    monkeypatch.setattr(cluster_module, "START_SECONDS", 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("listens", [False, True], ids=["nobody", "somebody else"])
def test_where_no_scheduler_answers_the_sweep_says_so(
    typed: Typed, tmp_path: Path, impatient: None, listens: bool
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        if listens:
            other.listen()
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        code, out, err = typed("sweep", str(study_file(tmp_path)), "--executor", "dask",
                               "--scheduler", address)
    assert (code, out) == (2, "")
    assert err.startswith(f"{address}: no Dask scheduler answers there (")
    assert len(err.splitlines()) == 1


def test_without_dask_the_command_to_install_it_is_given(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkage_sim.cli.sweep.find_spec", lambda name: None)
    code, _, err = typed("sweep", str(study_file(tmp_path)), "--executor", "dask",
                         "--scheduler", LOCAL)
    assert code == 2
    assert "pip install" in err and "[cluster]" in err


def test_a_cluster_without_workers_is_waited_for_and_then_refused(
    typed: Typed, tmp_path: Path, impatient: None
) -> None:
    with cluster(tmp_path, 0) as empty:
        code, _, err = typed("sweep", str(study_file(tmp_path)), "--executor", "dask",
                             "--scheduler", empty.address)
    assert code == 2
    waiting, refused = err.splitlines()
    assert waiting.startswith("No worker is connected") and "waiting up to 1 s" in waiting
    assert f"dask worker {empty.address}" in refused


# -- workers that differ ---------------------------------------------------------------------------


@pytest.fixture
def chunk(tmp_path: Path) -> tuple[dict[str, str], bytes]:
    study = load_study(study_file(tmp_path, replications=1))
    setup = setup_of(study, None)
    marks = {**program_marks(), **scenario_marks(setup)}
    return marks, pickle.dumps((setup, list(Tasks(study))))


def test_a_chunk_names_everything_that_numbers_depend_on(
    chunk: tuple[dict[str, str], bytes],
) -> None:
    assert {"package", "model_version", "code", "numpy", "numba", "scenario toy"} <= set(chunk[0])


def test_a_worker_of_the_same_program_does_its_chunk(chunk: tuple[dict[str, str], bytes]) -> None:
    answers = do_chunk(json.dumps(chunk[0]).encode(), chunk[1])
    assert not isinstance(answers, Stranger)
    setup, tasks = pickle.loads(chunk[1])
    assert [entry for entry, _ in answers] == [do_run((setup, task))[0] for task in tasks]


@pytest.mark.parametrize("name", ["package", "model_version", "code", "numpy", "scenario toy"])
def test_a_worker_with_another_mark_does_no_run(
    chunk: tuple[dict[str, str], bytes], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkage_sim.studies.sweep_run.do_run", pytest.fail)
    marks, data = chunk
    answer = do_chunk(json.dumps({**marks, name: "other"}).encode(), data)
    assert isinstance(answer, Stranger)
    # Scenarios are not even opened by another program.
    assert answer.found.get(name, marks[name]) == marks[name]
    assert answer.found.keys() <= marks.keys()


def test_a_scenario_that_changed_on_the_way_is_noticed(
    chunk: tuple[dict[str, str], bytes],
) -> None:
    setup, tasks = pickle.loads(chunk[1])
    content = json.loads(json.dumps(setup.contents[0]))
    content["policy"]["approval"]["fixed_latency_days"] = 99.0
    changed = dataclasses.replace(setup, key="changed", contents=(content,))
    answer = do_chunk(json.dumps(chunk[0]).encode(), pickle.dumps((changed, tasks)))
    assert isinstance(answer, Stranger)
    assert answer.found["scenario toy"] != chunk[0]["scenario toy"]


def test_a_worker_that_lacks_a_plugin_says_which(chunk: tuple[dict[str, str], bytes]) -> None:
    setup, tasks = pickle.loads(chunk[1])
    content = json.loads(json.dumps(setup.contents[0]))
    content["run"]["plugins"] = ["no_such_rule"]
    changed = dataclasses.replace(setup, key="plugin", contents=(content,))
    answer = do_chunk(json.dumps(chunk[0]).encode(), pickle.dumps((changed, tasks)))
    assert isinstance(answer, Stranger)
    assert "no_such_rule" in answer.trouble[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "told"),
    [(ELSEWHERE, f"  model version: there 999, expected {MODEL_VERSION}"),
     (WITHOUT, "No module named 'linkage_sim'")],
    ids=["another model", "no model"],
)
def test_a_worker_that_differs_is_refused_by_name(tmp_path: Path, code: str, told: str) -> None:
    study, place = study_file(tmp_path), tmp_path / "cluster"
    with cluster(tmp_path, 1) as mixed:
        mixed.add(path=patched(tmp_path / "patched", code))
        stranger = re.search(r"Start worker at: +(tcp://\S+)", mixed.said("worker1"))
        done = finish("sweep", study, "--out", place, "--executor", "dask",
                      "--scheduler", mixed.address)
    assert stranger is not None
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert lines[0] == f"Worker {stranger[1]} cannot do runs of this sweep:"
    assert told in lines[1]
    assert len(lines) == 3 and "Install the same linkage-sim" in lines[2]
    assert acknowledged(place) == 0


@pytest.mark.slow
def test_a_scheduler_without_the_package_is_told_apart(tmp_path: Path) -> None:
    path = patched(tmp_path / "patched", WITHOUT)
    with cluster(tmp_path, 0, PYTHONPATH=f"{path}{os.pathsep}{ROOT}") as bare:
        bare.add(path=ROOT)
        done = finish("sweep", study_file(tmp_path), "--out", tmp_path / "cluster",
                      "--executor", "dask", "--scheduler", bare.address)
    assert done.returncode == 2
    assert f"The scheduler at {bare.address} cannot find linkage-sim" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_worker_that_comes_later_and_differs_ends_the_sweep(tmp_path: Path) -> None:
    study, place = longer(tmp_path, 400), tmp_path / "cluster"
    with cluster(tmp_path, 1) as mixed:
        process = start("sweep", study, "--out", place, "--executor", "dask",
                        "--scheduler", mixed.address)
        assert wait_until(lambda: acknowledged(place) >= 10, process)
        mixed.add(path=patched(tmp_path / "patched", ELSEWHERE))
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert f"  model version: there 999, expected {MODEL_VERSION}" in err
    assert 10 <= acknowledged(place) < 600
