"""`linkage-sim import`: fragments that load, summaries beside them, nothing half-written."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage_sim.scenario.loading import load_scenario

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
Typed = Callable[..., tuple[int, str, str]]

LOG = (
    "case,activity,time,role,amount\n"
    "a,submitted,2026-03-02 09:00,applicant,100\na,approved,2026-03-04 09:00,street,100\n"
    "a,final approved,2026-03-09 09:00,district,100\n"
    "b,submitted,2026-03-02 09:00,applicant,200\nb,rejected,2026-03-03 09:00,street,200\n"
)
ELECTION = (
    "META\nkey;value\nbudget;100\nPROJECTS\nproject_id;cost;name;category\n"
    '1;60;"a;b";education\n2;50;c;health\n3;9;d;poetry\nVOTES\nvoter_id;vote\n7;1,2\n8;3\n'
)
REGISTER = "id,age,household,building\nsecret-1,67,101,A\nsecret-2,30,101,B\nsecret-3,8,101,B\n"


@pytest.fixture
def typed(typed: Typed, tmp_path: Path) -> Typed:
    """Type commands in a folder that holds one small file of each kind."""
    for name, text in (("log.csv", LOG), ("vote.pb", ELECTION), ("people.csv", REGISTER)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return typed


def test_a_log_becomes_desks_that_load(typed: Typed, tmp_path: Path) -> None:
    code, out, err = typed("import", "event-log", "log.csv")
    assert code == 0
    assert [desk["name"] for desk in tomllib.loads(out)["policy"]["approval"]["desks"]] == [
        "street", "district",
    ]
    assert "Read 5 events of 2 files; 2 desks; 50.0% of the files were returned" in err
    (tmp_path / "mine.toml").write_text('extends = "toy"\n' + out, encoding="utf-8")
    desks = load_scenario("mine.toml").policy.approval.desks
    assert (desks[0].service_days, desks[0].return_probability) == ([1.0, 2.0], 0.5)
    assert {(desk.officers, desk.shared_by) for desk in desks} == {(1000, "community")}
    assert "replaces the whole approval procedure" in err.replace("\n", " ")
    assert "7 days of public notice" in err.replace("\n", " ")


def test_columns_and_words_of_a_log_can_be_named(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text(
        LOG.replace("case,", "Vorgang,").replace("approved", "abgenickt"), encoding="utf-8"
    )
    assert typed("import", "event-log", "odd.csv")[0] == 2
    code, out, _ = typed(
        "import", "event-log", "odd.csv", "--case", "Vorgang", "--word", "approved=abgenickt",
        "--officers", "3",
    )
    assert code == 0
    assert {desk["officers"] for desk in tomllib.loads(out)["policy"]["approval"]["desks"]} == {3}


def test_an_election_becomes_candidates_that_load(typed: Typed, tmp_path: Path) -> None:
    code, out, err = typed(
        "import", "pabulib", "vote.pb", "--yuan-per-unit", "1000", "--out", "mine.toml"
    )
    assert (code, out) == (0, "")
    assert "3 projects, 2 ballots; 2 projects kept, 1 left out" in err
    assert "left out: 3 (poetry)" in err
    candidates = load_scenario("mine.toml").world.candidates
    assert [(item.id, item.category, item.cost_yuan) for item in candidates] == [
        ("1", "child_family", 60_000), ("2", "health", 50_000),
    ]


@pytest.mark.parametrize(("lang", "told"), [("en", "one to one"), ("zh", "按一比一计")])
def test_costs_in_another_currency_are_told_and_stay_told_in_the_file(
    typed: Typed, tmp_path: Path, lang: str, told: str
) -> None:
    (tmp_path / "pln.pb").write_text(ELECTION.replace("PROJECTS", "currency;PLN\nPROJECTS", 1),
                                     encoding="utf-8")
    _, out, err = typed("import", "pabulib", "pln.pb", "--lang", lang)
    assert told in err and "PLN" in err and "--yuan-per-unit" in err
    assert told in out.partition("[[")[0]
    _, out, err = typed("import", "pabulib", "pln.pb", "--yuan-per-unit", "2", "--category",
                        "health=", "--lang", lang)
    assert told not in err and "1 PLN = 2" in err and "1 PLN = 2" in out
    assert [item["id"] for item in tomllib.loads(out)["world"]["candidates"]] == ["1"]


def test_several_elections_keep_their_projects_apart(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "two.pb").write_text(ELECTION, encoding="utf-8")
    code, out, _ = typed(
        "import", "pabulib", "vote.pb", "two.pb", "--category", "poetry=culture", "--json"
    )
    names = [item["id"] for item in json.loads(out)["fragment"]["world"]["candidates"]]
    assert code == 0
    assert names == ["vote:1", "vote:2", "vote:3", "two:1", "two:2", "two:3"]


def test_a_register_is_named_and_none_of_its_rows_is_written(
    typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "deep").mkdir()
    code, out, err = typed("import", "register", "people.csv", "--out", "deep/mine.toml")
    assert (code, out) == (0, "")
    assert "Read 3 residents in 2 households and 2 buildings." in err
    text = (tmp_path / "deep" / "mine.toml").read_text(encoding="utf-8")
    assert "secret" not in text + err
    world = load_scenario("deep/mine.toml").world
    assert world.residents == 3
    assert world.resident_register is not None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("event-log", "none.csv"), "none.csv"),
        (("event-log", "log.csv", "log.csv"), "found 2 files; give one at a time"),
        (("event-log", "log.csv", "--word", "approved"), "--word approved: write it as NAME=VALUE"),
        (("event-log", "log.csv", "--word", "loved=x"), "'loved' is not a kind of event"),
        (("event-log", "log.csv", "--word", "approved=("), "cannot be read"),
        (("event-log", "log.csv", "--officers", "0"), "--officers"),
        (("pabulib", "log.csv"), "log.csv:1: "),
        (("pabulib", "vote.pb", "--yuan-per-unit", "0"), "yuan per unit"),
        (("pabulib", "vote.pb", "--category", "poetry=love"), "'love'"),
        (("register", "log.csv"), "log.csv:1: no column for 'age'"),
        (("register", "people.csv", "--encoding", "klingon"), "klingon"),
        (("register", "people.csv", "--age", "years"), "years"),
    ],
)
def test_input_that_cannot_be_used(
    typed: Typed, tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    code, out, err = typed("import", *arguments, "--out", "mine.toml")
    assert (code, out) == (2, "")
    assert expected in err
    assert not (tmp_path / "mine.toml").exists()


def test_the_problems_of_all_files_are_told_together(typed: Typed, tmp_path: Path) -> None:
    _, _, err = typed("import", "pabulib", "log.csv", "vote.pb", "people.csv")
    assert {line.split(":")[0] for line in err.splitlines()} == {"log.csv", "people.csv"}


@pytest.mark.parametrize("arguments", [
    ("event-log", "log.csv"), ("pabulib", "vote.pb"), ("register", "people.csv"),
])
@pytest.mark.parametrize("name", ["x_community", "full_reform"])
def test_a_name_that_would_hide_a_shipped_file_is_refused(
    typed: Typed, tmp_path: Path, arguments: tuple[str, ...], name: str
) -> None:
    code, out, err = typed("import", *arguments, "--out", f"{name}.toml")
    assert (code, out) == (2, "") and "would hide it" in err and f"my_{name}" in err
    assert not list(tmp_path.glob("*.toml"))


@pytest.mark.parametrize(("arguments", "count"), [
    (("event-log", "log.csv"), 1), (("pabulib", "vote.pb"), 2), (("register", "people.csv"), 2),
])
def test_the_commands_at_the_end_can_be_typed(
    typed: Typed, arguments: tuple[str, ...], count: int
) -> None:
    _, _, err = typed("import", *arguments, "--out", "mine.toml")
    said = [line.split(" run ")[1] for line in err.splitlines() if " run " in line]
    assert len(said) == count
    for scenario in said:
        assert typed("validate", scenario)[0] == 0


def test_an_existing_file_is_not_overwritten(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("precious", encoding="utf-8")
    assert typed("import", "event-log", "log.csv", "--out", "mine.toml")[0] == 2
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize(
    ("arguments", "out", "run"),
    [
        (("event-log", "log.csv"), "deep/my_desks.toml", "x_community+deep/my_desks"),
        (("register", "people.csv"), "people.toml", "people.toml"),
        # No scenario ends so, and a plus joins two files.
        (("event-log", "log.csv"), "my_desks.txt", None),
        (("event-log", "log.csv"), "my+desks.toml", None),
    ],
)
def test_what_to_do_next_can_be_done(
    typed: Typed, tmp_path: Path, arguments: tuple[str, ...], out: str, run: str | None
) -> None:
    (tmp_path / "deep").mkdir()
    _, _, err = typed("import", *arguments, "--out", out)
    told = [line for line in err.splitlines() if "Look it through" in line]
    assert [line.split(" run ")[1] for line in told] == ([run] if run else [])
    if run:
        assert typed("validate", run)[0] == 0


def test_quiet_says_nothing_beside_the_fragment(typed: Typed) -> None:
    assert typed("import", "event-log", "log.csv", "--quiet")[2] == ""


@pytest.fixture
def real_log() -> Path:
    path = DATA / "approvals" / "declarations.csv.gz"
    if not path.exists():
        if os.environ.get("LINKAGE_REQUIRE_DATA") == "1":
            pytest.fail("real data is required and missing")
        pytest.skip("the approval log is not beside the repository")
    return path


def test_the_real_log_becomes_a_scenario(typed: Typed, tmp_path: Path, real_log: Path) -> None:
    code, _, err = typed("import", "event-log", str(real_log), "--out", "mine.toml")
    assert code == 0
    assert "Read 55,628 events" in err
    assert len(load_scenario("mine.toml").policy.approval.desks) >= 3
