"""Designs of the experiments that ship: what they say they do is what their files do."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies.designs import Points
from linkage_sim.studies.experiment import experiment_names, load_experiment, shipped_experiments
from linkage_sim.studies.tables import flat_values

HOME = shipped_experiments()
ROOT = Path(__file__).parents[2]
MOST_QUICK_RUNS = 1200.0
USUAL_WORK = 5200 * 6
COMMUNITIES = ("community", "organizations", "workers", "volunteers")


def test_there_are_nine_questions() -> None:
    starts = [name.split("_")[0] for name in experiment_names()]
    assert starts == [f"e{number}" for number in range(1, 10)]


def test_the_quick_forms_together_are_small_enough_for_three_minutes() -> None:
    """Counted in runs of X Community over six years, of which two cores do some eight a second."""
    work = 0.0
    for name in experiment_names():
        for study in load_experiment(HOME / name, quick=True).studies.values():
            plan = study.scenarios[0]
            years = plan.run.years + plan.run.warmup_years
            work += study.n_runs * plan.world.residents * years / USUAL_WORK
    assert work <= MOST_QUICK_RUNS


def test_each_value_of_the_coalitions_belongs_to_one_of_the_four_communities() -> None:
    """No value depends on who else is there: absence is absence, not a handicap of a coalition."""
    experiment = load_experiment(HOME / "e6_linkage")
    study = experiment.studies["coalitions"]
    points = [Points(study)[number] for number in range(16)]
    members = experiment.written.analyses[0].members
    assert tuple(members) == COMMUNITIES
    there = {name: tuple(point[item.column] == item.present for point in points)
             for name, item in members.items()}
    assert len(set(zip(*there.values(), strict=True))) == 16
    usual = flat_values(study.scenarios[0].model_dump(mode="json"))
    for name in points[0]:
        as_today = tuple(point[name] == usual[name] for point in points)
        assert list(there.values()).count(as_today) == 1, name
        assert len({point[name] for point in points}) == 2, name


def test_the_money_stays_whoever_is_missing() -> None:
    study = load_experiment(HOME / "e6_linkage").studies["coalitions"]
    assert not [item.name for item in study.factors if "budget" in item.name or "yuan" in item.name]


def test_the_reform_of_the_city_is_the_full_reform_with_its_officers() -> None:
    city = tomllib.loads((HOME / "e9_city" / "city_reform.toml").read_text(encoding="utf-8"))
    full = tomllib.loads((ROOT / "configs/reforms/full_reform.toml").read_text(encoding="utf-8"))
    for content in (city, full):
        for desk in content["policy"]["approval"]["desks"]:
            desk.pop("officers", None)
            desk.pop("shared_by", None)
    assert city["policy"] == full["policy"]


def test_a_slow_bureau_differs_from_a_staffed_one_in_officers_alone() -> None:
    folder = HOME / "e2_approval"
    desks = [
        load_scenario(f"{folder / 'small_city.toml'}+{folder / name}").policy.approval.desks
        for name in ("enough_officers.toml", "slow_bureau.toml")
    ]
    for staffed, slow in zip(*desks, strict=True):
        assert staffed.model_copy(update={"officers": 0}) == slow.model_copy(update={"officers": 0})
    assert [item.officers for item in desks[0]] != [item.officers for item in desks[1]]


@pytest.mark.parametrize("name", ["fewer_layers", "frequent_meetings"])
def test_a_part_of_the_procedure_changes_alone(name: str) -> None:
    usual = {item.name: item for item in load_scenario("x_community").policy.approval.desks}
    folder = HOME / "e2_approval"
    changed = load_scenario(f"x_community+{folder / name}.toml").policy.approval.desks
    differs = {item.name for item in changed if item != usual[item.name]}
    gone = set(usual) - {item.name for item in changed}
    assert (differs, gone) == {
        "fewer_layers": (set(), {"district bureau"}),
        "frequent_meetings": ({"street office", "district bureau"}, set()),
    }[name]


def test_sixteen_policies_are_all_subsets_of_four() -> None:
    names = load_experiment(HOME / "e5_countermeasures").studies["factorial"].names
    assert len({frozenset(name.split("+")[1:]) for name in names}) == 16


def test_experiments_travel_in_the_wheel() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    build = tomllib.loads(text)["tool"]["hatch"]["build"]["targets"]
    assert build["wheel"]["force-include"]["experiments"] == "linkage_sim/_experiments"
    assert "experiments" in build["sdist"]["include"]


def test_chinese_of_experiments_has_full_width_signs() -> None:
    wrong = re.compile("[\u4e00-\u9fff] ?[,;:()!?]|[,;:()!?] ?[\u4e00-\u9fff]")
    for name in experiment_names():
        written = load_experiment(HOME / name).written
        texts = [written.title_zh, written.question_zh, *(one.says_zh for one in written.findings)]
        page = (HOME / name / "README.md").read_text(encoding="utf-8")
        texts += [line for line in page.splitlines() if re.search("[\u4e00-\u9fff]", line)]
        assert [text for text in texts if wrong.search(text)] == []
        assert all(re.search("[\u4e00-\u9fff]", text) for text in texts)


def test_the_example_of_the_page_is_a_right_experiment(tmp_path: Path) -> None:
    page = (HOME / "README.md").read_text(encoding="utf-8")
    for text in re.findall(r"^```toml\n(# (\w+\.toml).*?)^```$", page, re.MULTILINE | re.DOTALL):
        (tmp_path / text[1]).write_text(text[0], encoding="utf-8")
    found = load_experiment(tmp_path)
    assert found.n_runs == 12 and load_experiment(tmp_path, quick=True).n_runs == 6
