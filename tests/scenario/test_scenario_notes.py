"""A list that one piece of a composition sets and another replaces is told, and told once."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage_sim.cli.app import main
from linkage_sim.errors import ScenarioNote
from linkage_sim.scenario.loading import load_scenario, load_with_notes
from linkage_sim.scenario.locate import shipped_folder, shipped_reforms, shipped_scenarios

MINE = '[[policy.approval.desks]]\nname = "my desk"\n'
OPEN = "policy.proposal.open_categories"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKAGE_LANG", "en")
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    (tmp_path / "other.toml").write_text("\n" + MINE.replace("my", "other"), encoding="utf-8")
    (tmp_path / "above.toml").write_text(
        'extends = "mine.toml"\n[policy.approval]\ndesks = [{name = "above"}]\n', encoding="utf-8"
    )
    return tmp_path


def test_the_note_names_the_key_and_both_pieces(folder: Path) -> None:
    _, (note,) = load_with_notes("toy+mine+other")
    assert note.startswith(
        "other.toml:2: policy.approval.desks: replaces the whole list that mine.toml:1 set (my desk"
    )


@pytest.mark.parametrize(
    ("source", "overrides", "count"),
    [
        ("toy+mine+fast_approval", (), 1),
        ("toy+fast_approval+mine", (), 1),
        ("mine.toml+fast_approval", (), 1),
        ("above.toml", (), 1),
        ("toy+mine", ['policy.approval.desks=[{name="x"}]'], 1),
        ("toy", [f'{OPEN}=["health"]', f'{OPEN}=["culture"]'], 1),
        ("toy+mine+other+fast_approval", (), 2),
        # Nothing is lost that somebody meant to keep.
        ("toy+mine", (), 0),
        ("toy", [f'{OPEN}=["health"]'], 0),
        ("mine.toml", [f'{OPEN}=["health"]'], 0),
        ("toy+mine+mine", (), 0),
        ("toy+fast_approval+full_reform", (), 0),
        ("toy+mine", ["policy.approval.parallel=true", "policy.approval.parallel=false"], 0),
    ],
)
def test_only_a_list_that_a_piece_set_is_mourned(
    folder: Path, source: str, overrides: tuple[str, ...], count: int
) -> None:
    assert len(load_with_notes(source, overrides)[1]) == count


def test_what_ships_goes_together_without_a_note() -> None:
    for base in shipped_scenarios():
        for one in shipped_reforms():
            for two in shipped_reforms():
                assert load_with_notes(f"{base}+{one}+{two}")[1] == []


@pytest.mark.parametrize(("source", "hidden"), [
    ("toy", "toy"), ("toy+fast_approval", "toy"), ("x_community+full_reform", "full_reform"),
    ("above_toy.toml", "toy"),
])
def test_a_file_that_hides_what_ships_is_told(folder: Path, source: str, hidden: str) -> None:
    (folder / "toy.toml").write_text("[run]\nyears = 2\n", encoding="utf-8")
    (folder / "full_reform.toml").write_text("", encoding="utf-8")
    (folder / "above_toy.toml").write_text('extends = "toy"\n', encoding="utf-8")
    _, notes = load_with_notes(source)
    assert notes == [
        f"{hidden}: {hidden}.toml is used, which hides the shipped {hidden}; "
        "rename the file if that is not what you mean"
    ]


@pytest.mark.parametrize("source", ["toy.toml", "./toy.toml", "x_community", "mine+public_opinion"])
def test_who_names_a_file_or_what_ships_hears_nothing(folder: Path, source: str) -> None:
    (folder / "toy.toml").write_text("[run]\nyears = 2\n", encoding="utf-8")
    assert load_with_notes(source)[1] == []


def test_the_folder_of_what_ships_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shipped_folder())
    assert load_with_notes("toy+full_reform")[1] == []


def test_in_python_it_is_a_warning_that_can_be_silenced(folder: Path) -> None:
    with pytest.warns(ScenarioNote, match="values given in Python: policy.approval.desks"):
        load_scenario("toy+mine", {"policy.approval.desks": []})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_scenario("toy+mine")
        warnings.simplefilter("ignore", ScenarioNote)
        load_scenario("toy+mine+other")


@pytest.fixture
def typed(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        return (code, *capsys.readouterr())

    return run


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_comparison_says_it_once_in_the_reader_s_language(typed: Run, lang: str) -> None:
    code, out, err = typed(
        "compare", "toy+mine+other", "toy+mine+other+public_opinion", "--replications", "2",
        "--jobs", "2", "--json", "--lang", lang,
    )
    assert code == 0 and json.loads(out)
    assert [line for line in err.splitlines() if "other.toml:2" in line] == err.splitlines()
    assert err.count("policy.approval.desks") == 1
    assert ("整体替换" in err) == (lang == "zh")


def test_quiet_says_nothing_and_validate_tells_machines_too(typed: Run) -> None:
    assert typed("validate", "toy+mine+other", "--quiet") == (0, "", "")
    _, out, err = typed("validate", "toy+mine+other", "toy+mine+other", "toy+mine")
    assert err.count("mine.toml:1") == 1 and out.count("fine") == 3
    _, out, err = typed("validate", "toy+mine+other", "--json")
    assert json.loads(out)[0]["notes"][0].startswith("other.toml:2") and err == ""
    assert typed("run", "toy+mine+other", "--quiet", "--dry-run")[2] == ""
    assert "mine.toml:1" in typed("new", "fresh", "--from", "toy+mine+other")[2]


def test_other_warnings_go_their_own_way(typed: Run) -> None:
    from linkage_sim.cli.notes import notes_said

    with pytest.warns(DeprecationWarning, match="old"), notes_said(quiet=True):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
