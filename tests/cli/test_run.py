"""`run`: tables for people, JSON for programs, results where they were asked for."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from linkage_sim.cli.app import main
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import HEADLINES, NAMES
from linkage_sim.studies.results import load_results

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


HUGE, LAST = "99999999999999999999999", "9223372036854775807"


@pytest.mark.parametrize("arguments", [
    ("run", "toy", "--seed", HUGE),
    ("run", "toy", "--seed", HUGE, "--dry-run"),
    ("run", "toy", "--seed", HUGE, "--out", "here"),
    ("compare", "toy", "toy+full_reform", "--seed", HUGE, "--replications", "2"),
    # The first seed could be written into a table, the second could not.
    ("compare", "toy", "toy+full_reform", "--seed", LAST, "--replications", "2"),
])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_seed_no_table_can_hold_is_refused(
    capsys: Printed, tmp_path: Path, arguments: tuple[str, ...], lang: str
) -> None:
    assert main([*arguments, "--lang", lang]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and LAST in printed.err and len(printed.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_outcomes_and_years_are_printed_and_nothing_is_written(
    capsys: Printed, tmp_path: Path
) -> None:
    assert main(["run", "toy"]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    for name in NAMES:
        assert any(line.split()[:1] == [name] for line in lines), name
    heading = next(place for place, line in enumerate(lines) if line.startswith("year "))
    assert lines[heading].split()[1:] == list(HEADLINES)
    assert [line.split()[0] for line in lines[heading + 1 : heading + 3]] == ["1", "2"]
    assert printed.err == ""
    assert list(tmp_path.iterdir()) == []


def test_json_holds_outcomes_years_and_provenance(capsys: Printed) -> None:
    assert main(["run", "toy", "--json", "--seed", "4"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert set(record) == {"outcomes", "years", "provenance"}
    assert tuple(record["outcomes"]) == NAMES
    # One community: no spread between communities, undefined, null.
    assert record["outcomes"]["coverage_spread"] is None
    assert [row["year"] for row in record["years"]] == [1, 2]
    assert record["provenance"]["seeds"] == [4]


def test_set_changes_the_run_and_is_recorded(capsys: Printed) -> None:
    assert main(["run", "toy", "--json", "--set", "run.years=3"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert len(record["years"]) == 3
    assert record["provenance"]["scenarios"][0]["content"]["run"]["years"] == 3


def test_trace_writes_the_journal_and_says_where(capsys: Printed, tmp_path: Path) -> None:
    assert main(["run", "toy+fast_approval", "--trace"]) == 0
    place = Path("results") / "run_toy_fast_approval_1"
    assert str(place) in capsys.readouterr().out
    assert len(load_results(place, "journal")) > 0
    assert set(load_results(place)["scenario"]) == {"toy+fast_approval"}


def test_out_holds_what_json_says(capsys: Printed) -> None:
    assert main(["run", "toy", "--json", "--out", "here"]) == 0
    record = json.loads(capsys.readouterr().out)
    stored = load_results("here").iloc[0]
    for name, value in record["outcomes"].items():
        assert (value is None and stored[name] != stored[name]) or value == stored[name]


def test_dry_run_writes_nothing_and_tells_time_and_disk(capsys: Printed, tmp_path: Path) -> None:
    assert main(["run", "toy", "--dry-run", "--out", "here"]) == 0
    text = capsys.readouterr().out
    assert "residents 12" in text and "seconds" in text and "MB in here" in text
    assert list(tmp_path.iterdir()) == []


def test_bad_input_is_one_sentence_and_code_2(capsys: Printed) -> None:
    assert main(["run", "toyy"]) == 2
    printed = capsys.readouterr()
    assert "toyy" in printed.err and "Traceback" not in printed.err
    assert printed.out == ""


def test_directory_that_holds_something_else_is_code_2(capsys: Printed, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.odt").write_text("Dear")
    assert main(["run", "toy", "--out", "mine"]) == 2
    assert "letter.odt" in capsys.readouterr().err
    assert [item.name for item in (tmp_path / "mine").iterdir()] == ["letter.odt"]


def test_chinese_is_spoken_when_asked_for(capsys: Printed) -> None:
    assert main(["run", "toy", "--lang", "zh"]) == 0
    text = capsys.readouterr().out
    assert "逐年结果" in text and "Year by year" not in text


def test_quiet_leaves_out_what_to_do_next(capsys: Printed) -> None:
    assert main(["run", "toy", "--quiet"]) == 0
    assert "linkage-sim" not in capsys.readouterr().out


@pytest.mark.parametrize(("broken", "code"), [([], 0), (["money went missing"], 1)])
def test_check_asks_the_conservation_laws_every_year(
    broken: list[str], code: int, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    laws = ModuleType("linkage_sim.conservation")

    def check(model: Any) -> list[str]:
        asked.append(model.week)
        return broken

    laws.check = check  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "linkage_sim.conservation", laws)
    assert main(["run", "toy", "--check"]) == code
    assert asked == [52, 104, 156]
    printed = capsys.readouterr()
    assert ("hold" in printed.out) == (not broken)
    assert printed.err.count("money went missing") == 3 * len(broken)
    assert main(["run", "toy"]) == 0
    assert len(asked) == 3, "the laws were checked without being asked for"


def money_from_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a fault: in the second year an organization finds money nobody paid."""
    honest = LinkageModel.step

    def step(self: LinkageModel) -> None:
        honest(self)
        if self.week == 60:
            self.organizations[0].books.income += 1000.0

    monkeypatch.setattr(LinkageModel, "step", step)


def test_the_real_laws_hold_and_see_a_planted_fault(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["run", "toy", "--check"]) == 0
    assert "laws hold in every year" in capsys.readouterr().out
    money_from_nowhere(monkeypatch)
    assert main(["run", "toy", "--check"]) == 1
    printed = capsys.readouterr()
    assert "laws hold" not in printed.out
    assert "year 1" not in printed.err
    assert "year 2: books: income of all organizations" in printed.err


def test_a_comparison_that_checks_reports_what_it_finds(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("same.toml").write_text('extends = "toy"\n', encoding="utf-8")
    arguments = ["compare", "toy", "same", "--replications", "2", "--jobs", "1",
                 "--set", "run.check=true"]
    assert main(arguments) == 0
    money_from_nowhere(monkeypatch)
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert "toy, seed 1: year 2: books: income of all organizations" in error
    # At least eight are broken: two runs of two scenarios, years 2 and 3 of each.
    assert error.count("Conservation law broken") == 5
    assert "more broken laws" in error


def test_a_dash_is_explained_where_there_is_one(capsys: Printed) -> None:
    assert main(["run", "toy"]) == 0
    out = capsys.readouterr().out
    table = out.replace("–: undefined", "")
    assert ("–" in table) == ("–: undefined, see docs/outcomes.md" in out)
    assert "–" in table, "one community has no spread between communities"


def test_the_pilot_of_a_city_has_fewer_communities_of_the_same_size() -> None:
    from linkage_sim.cli.dry_run import LARGEST_PILOT, _fewer
    from linkage_sim.scenario.loading import load_scenario
    from linkage_sim.scenario.schema import Scenario

    city = load_scenario("xian")
    pilot = _fewer(city)
    size = city.world.residents / city.world.communities
    assert pilot.world.residents / pilot.world.communities == pytest.approx(size, rel=0.01)
    assert LARGEST_PILOT / 2 < pilot.world.residents <= 1.1 * LARGEST_PILOT
    assert pilot.run.threads == city.run.threads
    one = Scenario().with_values({"world.residents": 3 * LARGEST_PILOT})
    assert _fewer(one).world.residents < LARGEST_PILOT
    assert _fewer(Scenario()) == Scenario()


def test_the_state_of_a_year_counts_as_disk() -> None:
    from linkage_sim.cli.dry_run import STATE_BYTES_PER_RESIDENT, estimate_of
    from linkage_sim.scenario.loading import load_scenario
    from linkage_sim.studies.compare import plan_of

    plan = plan_of([load_scenario("toy")], [1], ["toy"], False)
    without, kept = (estimate_of(plan, 1, Path("there"), years) for years in (False, True))
    assert kept["disk_bytes"] - without["disk_bytes"] == 2 * STATE_BYTES_PER_RESIDENT * 12
