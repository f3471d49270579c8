"""In Chinese a scenario is called by its title, with the id where a person has to type it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from linkage_sim.cli.app import main
from linkage_sim.report.names import drawn_titles, titled, titles_of
from linkage_sim.report.style import reform_label
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.locate import shipped_reforms, shipped_scenarios
from linkage_sim.studies.results import load_results

NAMES = ("toy", "fast_approval", "public_opinion+fast_approval")


def plans() -> list[object]:
    return [load_scenario("toy"), load_scenario("toy+fast_approval"),
            load_scenario("toy+public_opinion+fast_approval")]


def test_a_reform_is_called_by_its_own_title() -> None:
    assert titles_of(NAMES, plans(), "zh") == {
        "toy": load_scenario("toy").title_zh, "fast_approval": "优化审批程序",
        "public_opinion+fast_approval": "以民意确定项目 + 优化审批程序",
    }
    assert titles_of(NAMES, plans(), "en") == {}


def test_what_provenance_holds_is_as_good_as_the_scenario() -> None:
    stored = [plan.model_dump(mode="json") for plan in plans()]  # type: ignore[attr-defined]
    assert titles_of(NAMES, stored, "zh") == titles_of(NAMES, plans(), "zh")
    for content in stored:
        del content["title_zh"]
    # Results of an earlier version: an English title says no more than the id.
    assert titles_of(NAMES, stored, "zh") == {}


def test_titles_stand_before_ids_in_tables_and_alone_in_pictures() -> None:
    titles = {"a": "甲", "b": "乙", "c": "乙"}
    assert titled("a", titles) == "甲（a）" and titled("z", titles) == "z"
    assert drawn_titles(titles) == {"a": "甲", "b": "乙（b）", "c": "乙（c）"}
    assert reform_label("x+y", "x", {"x+y": "以民意 + 审批"}) == "以民意\n+ 审批"


@pytest.mark.parametrize(
    "name", [*shipped_scenarios(), *(f"toy+{reform}" for reform in shipped_reforms())]
)
def test_everything_that_ships_has_a_chinese_title(name: str) -> None:
    plan = load_scenario(name)
    assert titles_of([name], [plan], "zh") == {name: plan.title_zh}
    assert plan.title_in("en") == plan.title != plan.title_zh == plan.title_in("zh")


def test_a_chinese_title_is_not_inherited_by_something_with_a_title_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text('title = "Mine"\nextends = "toy"\n', encoding="utf-8")
    Path("ours.toml").write_text('title = "我们的"\nextends = "toy"\n', encoding="utf-8")
    Path("bare.toml").write_text('extends = "toy"\n', encoding="utf-8")
    assert load_scenario("mine.toml").title_in("zh") == "Mine"
    assert load_scenario("ours.toml+fast_approval").title_in("zh") == "我们的 + 优化审批程序"
    assert load_scenario("bare.toml").title_in("zh") == load_scenario("toy").title_zh
    assert load_scenario("toy", ["title=Other"]).title_in("zh") == "Other"
    assert load_scenario("toy").with_values({"title": "Other"}).title_in("zh") == "Other"


def test_a_title_does_not_change_what_a_scenario_is() -> None:
    toy = load_scenario("toy")
    assert toy.hash() == toy.with_values({"title_zh": "别的名称"}).hash()


def test_tables_of_a_run_name_outcomes_in_chinese_and_columns_stand_straight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.cells import cell_len

    monkeypatch.chdir(tmp_path)
    Path("甲社区.toml").write_text('title = "甲社区"\nextends = "toy"\n', encoding="utf-8")
    typed = ["compare", "toy", "toy+fast_approval", "甲社区.toml", "--replications", "2",
             "--jobs", "1", "--out", "out"]
    assert main([*typed, "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "供需匹配度（demand_match）：越高越好\n" in out
    rows = [line for line in out.splitlines() if line.startswith("  ") and "[" in line]
    assert len(rows) == 10
    assert {line.split()[0] for line in rows} == {"优化审批程序（fast_approval）", "甲社区"}
    assert len({cell_len(line.rstrip(" *")) for line in rows}) == 1
    # Excel on a Chinese Windows needs the mark; what reads results does not mind it.
    assert Path("out/comparison.csv").read_bytes().startswith(b"\xef\xbb\xbfscenario,")
    table = load_results("out", "comparison")
    assert set(table["scenario"]) == {"fast_approval", "甲社区"}
    assert list(pd.read_csv("out/comparison.csv").columns) == list(table.columns)


def test_a_table_without_chinese_has_no_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    typed = ["compare", "toy", "toy+fast_approval", "--replications", "2", "--jobs", "1"]
    assert main([*typed, "--out", "out", "--lang", "en"]) == 0
    assert "\n  fast_approval " in capsys.readouterr().out
    assert Path("out/comparison.csv").read_bytes().startswith(b"scenario,")
