"""Whatever bytes are offered, the answer is a valid result or a refusal in words."""

from __future__ import annotations

import gzip
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage_sim.errors import InputError
from linkage_sim.inputs.event_log import desks_fragment, read_event_log
from linkage_sim.inputs.fragment import to_toml
from linkage_sim.inputs.pabulib import read_election
from linkage_sim.inputs.register import read_register, register_fragment

LOG = ("case_id,activity,timestamp,role,amount\n"
       "1,Submitted,2026-03-02 09:00,Applicant,100\n"
       "1,Rejected,2026-03-02 09:00,Street,100\n"
       "1,Approved,2026/3/4 09:00,\"Street, office\",\n"
       "2,提交,2026-03-02,Applicant,1\n2,拨付,2026-03-09,Bank,1\n").encode()
ELECTION = (b"META\nkey;value\nbudget;100\nnum_projects;2\nPROJECTS\n"
            b"project_id;cost;name;category;selected\n1;60;\"a;b\";education;1\n2;50;;x;0\n"
            b"VOTES\nvoter_id;vote;age;sex\n7;1,2;34;F\n8;;;M\n")
REGISTER = ("id,age,household,building,needs\n1,67,1,A,elder_care|health\n"
            "2,8.0,\"1\",A,健康\n").encode()


def check_log(path: Path) -> None:
    log = read_event_log(path)
    assert log.desks
    assert sum(group.files for group in log.by_layers()) == int(log.cases.finished.sum())
    for desk in log.desks:
        assert 0 <= desk.return_probability <= 1
        assert (desk.service_days >= 0).all()
        assert math.isfinite(desk.mean_days)
    to_toml(desks_fragment(log))


def check_election(path: Path) -> None:
    election = read_election(path)
    assert election.projects
    assert election.voters
    assert math.isfinite(election.budget)
    assert election.budget > 0
    assert all(math.isfinite(cost) and cost > 0 for cost in election.costs.values())
    assert len(election.costs) == len(election.projects)
    assert all(set(ballot) <= set(election.costs) for ballot in election.ballots)


def check_register(path: Path) -> None:
    register = read_register(path)
    assert register.n_residents > 0
    assert ((register.ages >= 0) & (register.ages <= 120)).all()
    to_toml(register_fragment("people.csv", register))


CHECKS = [pytest.param(check_log, LOG, id="event log"),
          pytest.param(check_election, ELECTION, id="pabulib"),
          pytest.param(check_register, REGISTER, id="register")]
Check = Callable[[Path], None]


def offer(check: Check, path: Path, data: bytes) -> None:
    path.write_bytes(data)
    refusal = None
    try:
        check(path)
    except InputError as error:
        refusal = error.messages
    assert refusal is None or (refusal and all(refusal) and "\n" not in "".join(refusal))


@pytest.mark.parametrize(("check", "good"), CHECKS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_random_bytes(
    check: Check, good: bytes, data: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    noise = data.draw(st.binary(max_size=200))
    packed = data.draw(st.booleans())
    path = tmp_path_factory.getbasetemp() / "noise.csv"
    offer(check, path, gzip.compress(noise) if packed else noise)


@pytest.mark.parametrize(("check", "good"), CHECKS)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_good_files_with_pieces_replaced(
    check: Check, good: bytes, data: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    changed = good
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(changed)))
        length = data.draw(st.integers(0, 12))
        piece = data.draw(st.one_of(
            st.binary(max_size=6),
            st.text(max_size=6).map(lambda text: text.encode("utf-8", "ignore")),
            st.sampled_from([b'"', b"\n", b"\r", b",", b";", b"\t", b"nan", b"-1", b"1e400", b"\0",
                             b"\xef\xbb\xbf", b"9" * 400, "٣".encode(), "\u2028".encode(),
                             b"9999-12-31T23:59:59-23:59"])))
        changed = changed[:start] + piece + changed[start + length:]
    offer(check, tmp_path_factory.getbasetemp() / "changed.csv", changed)


@pytest.mark.parametrize(("check", "good"), CHECKS)
def test_the_good_files_are_good(check: Check, good: bytes, tmp_path: Path) -> None:
    # Control: without it the tests above would pass with a reader that refuses everything.
    path = tmp_path / "good.csv"
    path.write_bytes(good)
    check(path)
