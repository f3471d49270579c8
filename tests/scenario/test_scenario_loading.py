"""Scenario files: what is laid over what, and where a file is found."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.scenario.loading import load_scenario, scenario_name
from linkage_sim.scenario.locate import shipped_folder, shipped_reforms, shipped_scenarios
from linkage_sim.scenario.schema import Scenario, parameters


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_loads(name: str) -> None:
    assert load_scenario(name).title


@pytest.mark.parametrize("name", shipped_reforms())
def test_a_reform_changes_policy_alone_and_leaves_the_budget(name: str) -> None:
    baseline, reform = load_scenario("x_community"), load_scenario(f"x_community+{name}")
    assert reform.policy != baseline.policy
    assert reform.world == baseline.world
    assert reform.assumptions == baseline.assumptions
    assert reform.run == baseline.run


def test_the_five_reforms_of_the_issue_ship() -> None:
    assert {"public_opinion", "fast_approval", "effectiveness_first", "scientific_evaluation",
            "full_reform"} <= set(shipped_reforms())


def test_full_reform_is_exactly_the_four_others_together() -> None:
    four = "x_community+public_opinion+fast_approval+effectiveness_first+scientific_evaluation"
    assert load_scenario("x_community+full_reform").policy == load_scenario(four).policy


def test_a_file_holds_only_what_differs_from_what_it_extends(folder: Path) -> None:
    write(folder / "base.toml", "[world]\nresidents = 700\n[run]\nyears = 2\n")
    write(folder / "mine.toml", 'extends = "base.toml"\n[world]\nresidents = 900\n')
    found = load_scenario("mine.toml")
    assert (found.world.residents, found.run.years) == (900, 2)


def test_extends_looks_beside_the_file_before_the_shipped_scenarios(folder: Path) -> None:
    write(folder / "deep" / "toy.toml", "[world]\nresidents = 77\n")
    write(folder / "deep" / "mine.toml", 'extends = "toy"\n')
    write(folder / "mine.toml", 'extends = "toy.toml"\n')
    assert load_scenario("deep/mine.toml").world.residents == 77
    assert load_scenario("mine.toml").world == load_scenario("toy").world


def test_a_name_is_a_file_here_first_and_needs_no_ending(folder: Path) -> None:
    write(folder / "x_community.toml", "[world]\nresidents = 4321\n")
    assert load_scenario("x_community").world.residents == 4321


def test_a_path_and_a_name_give_the_same_scenario() -> None:
    assert load_scenario(shipped_folder() / "toy.toml") == load_scenario("toy")


def test_a_file_whose_name_holds_a_plus_is_a_file(folder: Path) -> None:
    write(folder / "a+b.toml", "[world]\nresidents = 555\n")
    assert load_scenario("a+b.toml").world.residents == 555


def test_the_name_of_a_source_has_no_folders_and_endings(folder: Path) -> None:
    assert scenario_name("x_community+fast_approval") == "x_community+fast_approval"
    assert scenario_name("deep/mine.toml + reforms/slow.toml") == "mine+slow"
    assert scenario_name(Path("deep") / "v1.5.toml") == "v1.5"
    write(folder / "a+b.toml", "")
    assert scenario_name("a+b.toml") == "a+b"


def test_own_reforms_are_found_and_later_ones_win(folder: Path) -> None:
    write(folder / "quick.toml", "[policy.approval]\nfixed_latency_days = 10\n")
    write(folder / "reforms" / "slow.toml", "[policy.approval]\nfixed_latency_days = 90\n")
    assert load_scenario("toy+quick.toml+slow").policy.approval.fixed_latency_days == 90
    assert load_scenario("toy+slow+quick").policy.approval.fixed_latency_days == 10


def test_a_composed_scenario_says_what_it_is_composed_of() -> None:
    title = load_scenario("toy+fast_approval+public_opinion").title
    assert title == " + ".join(
        [load_scenario("toy").title, "Optimise approval", "Decide by public opinion"]
    )


def test_desks_are_replaced_as_a_whole_and_weights_one_by_one(folder: Path) -> None:
    write(folder / "mine.toml", (
        'extends = "x_community"\n[[policy.approval.desks]]\nname = "only"\n'
        "[policy.evaluation.weights]\noutcome = 3\n"
    ))
    policy = load_scenario("mine.toml").policy
    assert [desk.name for desk in policy.approval.desks] == ["only"]
    assert policy.evaluation.weights.outcome == 3
    assert policy.evaluation.weights.activity == Scenario().policy.evaluation.weights.activity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("policy.approval.fixed_latency_days=30", 30.0),
        (" policy.approval.fixed_latency_days = 30.5 ", 30.5),
        ("policy.approval.fixed_latency_days=false", False),
        ('"policy".approval.\'fixed_latency_days\'=3', 3.0),
    ],
)
def test_set_takes_toml_keys_and_values(text: str, expected: object) -> None:
    assert load_scenario("toy", [text]).policy.approval.fixed_latency_days == expected


def test_set_takes_text_without_quotes_and_lists() -> None:
    found = load_scenario("toy", [
        "policy.proposal.method=vote", "title=a = b # c",
        'policy.proposal.open_categories=["health", "culture"]',
    ])
    assert found.policy.proposal.method == "vote"
    assert found.title == "a = b # c"
    assert found.policy.proposal.open_categories == ["health", "culture"]


def test_set_wins_over_reforms_and_the_last_one_wins() -> None:
    texts = ["policy.approval.budget_open_day=5", "policy.approval.budget_open_day=9"]
    found = load_scenario("toy+fast_approval", texts)
    assert found.policy.approval.budget_open_day == 9
    assert found.policy.approval.parallel


def test_one_set_of_a_weight_is_enough() -> None:
    found = load_scenario("toy", ["policy.evaluation.weights.outcome=1"])
    assert found.policy.evaluation.weights.shares()["outcome"] == pytest.approx(0.5)


def test_values_by_name_do_the_same_as_set() -> None:
    by_name = load_scenario("toy", {"policy.approval.fixed_latency_days": 15})
    assert by_name == load_scenario("toy", ["policy.approval.fixed_latency_days=15"])
    assert by_name == load_scenario("toy").with_values({"policy.approval.fixed_latency_days": 15})


def test_a_byte_order_mark_and_windows_line_ends_are_fine(folder: Path) -> None:
    (folder / "mine.toml").write_bytes(b"\xef\xbb\xbf[world]\r\nresidents = 640\r\n")
    assert load_scenario("mine.toml").world.residents == 640


def test_a_chinese_title_survives(folder: Path) -> None:
    write(folder / "mine.toml", 'title = "某社区"\nextends = "toy"\n')
    assert load_scenario("mine.toml").title == "某社区"


def test_a_register_is_looked_up_beside_the_file_that_names_it(folder: Path) -> None:
    people = "id,age,household,building\n1,30,1,1\n2,31,1,1\n"
    write(folder / "place" / "people.csv", people)
    write(folder / "place" / "mine.toml", (
        "[world]\nresidents = 2\n[world.resident_register]\n"
        'path = "people.csv"\nresidents = 2\n'
        f'sha256 = "{hashlib.sha256(people.encode()).hexdigest()}"\n'
    ))
    register = load_scenario("place/mine.toml").world.resident_register
    assert register is not None
    assert Path(register.path).is_file()


def test_every_declared_default_is_the_default_of_the_schema() -> None:
    whole = Scenario()
    for item in parameters():
        value: object = whole
        for part in item.name.split("."):
            value = getattr(value, part)
        assert value == item.default, item.name


def test_equal_content_has_an_equal_hash_and_a_title_does_not_count() -> None:
    toy = load_scenario("toy")
    assert toy.hash() == load_scenario("toy", ["title=other"]).hash()
    assert toy.hash() != load_scenario("toy", ["run.years=3"]).hash()


def test_a_circle_of_extends_is_refused(folder: Path) -> None:
    write(folder / "a.toml", 'extends = "b.toml"\n')
    write(folder / "b.toml", 'extends = "./a.toml"\n')
    with pytest.raises(InputError, match=r"circle: a\.toml:1 -> b\.toml:1 -> a\.toml;"):
        load_scenario("a.toml")


def test_a_file_that_extends_itself_is_refused(folder: Path) -> None:
    write(folder / "a.toml", 'extends = "a"\n')
    with pytest.raises(InputError, match="circle"):
        load_scenario("a.toml")
