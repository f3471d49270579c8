"""Nothing that is finished is overwritten by something else, unless a person says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from linkage_sim import provenance
from linkage_sim.cli.places import usual_comparison_place
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies import standing
from linkage_sim.studies.compare import Run, plan_of
from linkage_sim.studies.results import load_results
from linkage_sim.studies.saved import SavedSeeds

Typed = Callable[..., tuple[int, str, str]]
MONEY = "world.budget_yuan_per_year=4000"
PAIR = ("compare", "toy", "toy+full_reform", "--jobs", "1", "--quiet", "--replications", "2")


def content(place: Path) -> dict[str, bytes]:
    return {path.relative_to(place).as_posix(): path.read_bytes()
            for path in sorted(place.rglob("*")) if path.is_file()}


@pytest.fixture
def finished(typed: Typed) -> Path:
    """A finished comparison with its journal."""
    assert typed(*PAIR, "--trace", "--out", "here")[0] == 0
    return Path("here")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("compare", "toy", "toy+fast_approval", "--replications", "2", "--trace"),
         "this command runs toy, fast_approval"),
        ((*PAIR, "--trace", "--set", MONEY), "this command gives 'toy' other values"),
        ((*PAIR, "--trace", "--seed", "2"), "this command does not run seed 1"),
        ((*PAIR[:-1], "1", "--trace"), "this command does not run seed 2"),
        (PAIR, "this command keeps no journal"),
        (("run", "toy"), "this command runs toy"),
    ],
)
def test_a_finished_comparison_is_not_lost_to_something_else(
    finished: Path, typed: Typed, command: tuple[str, ...], why: str
) -> None:
    before = content(finished)
    code, out, err = typed(*command, "--out", "here")
    assert (code, out) == (2, "")
    assert err.startswith("here: holds a comparison of toy, full_reform, seeds 1–2, which would")
    assert f"({why}); choose another --out, or add --replace" in err and err.count("\n") == 1
    assert content(finished) == before
    code, out, err = typed(*command, "--out", "here", "--dry-run")
    assert code == 0 and why in out, "a dry run says that the command would be refused"
    code, out, err = typed(*command, "--out", "here", "--replace", "--quiet")
    assert (code, err) == (0, "")
    assert content(finished) != before


@pytest.mark.slow
def test_the_same_plan_again_and_more_seeds_are_fine(finished: Path, typed: Typed) -> None:
    before = content(finished)
    assert typed(*PAIR, "--trace", "--out", "here") == typed(*PAIR, "--trace", "--out", "here")
    assert content(finished) == before
    code, out, _ = typed(*PAIR[:-1], "3", "--trace", "--out", "here", "--dry-run")
    assert code == 0 and "Refused" not in out
    assert typed(*PAIR[:-1], "3", "--trace", "--out", "here")[0] == 0
    assert set(load_results("here")["seed"]) == {1, 2, 3}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_results_of_other_code_are_not_lost(
    finished: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lang: str
) -> None:
    """The program changes between two calls, as by an update."""
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "model.py").write_text("# rewritten\n", encoding="utf-8")
    monkeypatch.setattr(provenance, "_PACKAGE", newer)
    code, _, err = typed(*PAIR, "--trace", "--out", "here", "--lang", lang)
    assert code == 2
    assert ("has changed since" if lang == "en" else "已有变动") in err


def test_results_of_other_libraries_are_not_lost(
    finished: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "library_versions", lambda: {"numpy": "0.1"})
    code, _, err = typed(*PAIR, "--trace", "--out", "here")
    assert code == 2 and "a library or Python has changed since" in err


def test_results_that_cannot_be_read_are_kept_too(finished: Path, typed: Typed) -> None:
    (finished / "provenance.json").write_text("{", encoding="utf-8")
    code, _, err = typed(*PAIR, "--trace", "--out", "here")
    assert code == 2 and "results that cannot be read" in err
    assert typed(*PAIR, "--trace", "--out", "here", "--replace")[0] == 0
    assert len(load_results("here")) == 4


def test_what_a_person_put_beside_the_pictures_stays(finished: Path, typed: Typed) -> None:
    (finished / "figures" / "mine.png").write_bytes(b"drawn by hand")
    for said in ((), ("--replace",)):
        code, _, err = typed(*PAIR, "--trace", "--out", "here", *said)
        assert code == 2 and "figures/mine.png" in err
    assert (finished / "figures" / "mine.png").read_bytes() == b"drawn by hand"


def test_a_run_may_be_repeated_with_its_journal_but_not_without(typed: Typed) -> None:
    assert typed("run", "toy", "--out", "one")[0] == 0
    assert typed("run", "toy", "--check", "--trace", "--out", "one")[0] == 0
    code, _, err = typed("run", "toy", "--out", "one")
    assert code == 2 and err.startswith("one: holds a run of toy, seed 1, which would be lost")
    assert "journal" in err
    assert typed("run", "toy", "--seed", "2", "--trace", "--out", "one")[0] == 2


@pytest.fixture
def interrupted(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A comparison of three seeds that is stopped as soon as two are saved."""
    keep = SavedSeeds.keep
    kept: list[int] = []

    def keep_two(self: SavedSeeds, seed: int, runs: list[Run]) -> None:
        keep(self, seed, runs)
        kept.append(seed)
        if len(kept) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as stopped:
        stopped.setattr(SavedSeeds, "keep", keep_two)
        assert typed(*PAIR[:-1], "3", "--out", "here")[0] == 130
    return Path("here")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("run", "toy"), "this command runs something else"),
        (("compare", "toy", "toy+fast_approval", "--replications", "3"), "runs something else"),
        (("compare", "toy", "toy+full_reform", "--replications", "1"), "does not run seed 2"),
    ],
)
def test_saved_seeds_of_an_interrupted_comparison_are_not_lost(
    typed: Typed, interrupted: Path, command: tuple[str, ...], why: str
) -> None:
    before = content(interrupted)
    code, _, err = typed(*command, "--out", "here")
    assert code == 2 and why in err
    assert ("2 saved seeds (1–2)" in err) != ("1 saved seed (2)" in err)
    assert "of an interrupted comparison of toy, full_reform" in err
    assert content(interrupted) == before
    code, _, err = typed(*PAIR[:2], "toy+full_reform", "--jobs", "1", "--replications", "3",
                         "--out", "here")
    assert code == 0 and err.startswith("Going on: 2 of 3 seeds were finished before")


def test_replace_gives_saved_seeds_up(typed: Typed, interrupted: Path) -> None:
    assert typed("run", "toy", "--out", "here", "--replace")[0] == 0
    assert not (interrupted / ".unfinished").exists()
    assert len(load_results("here")) == 1


@pytest.mark.slow
def test_other_comparisons_have_other_usual_folders(typed: Typed) -> None:
    commands = [PAIR, (*PAIR, "--set", MONEY), (*PAIR, "--seed", "5"),
                ("compare", "toy", "toy+fast_approval", "--replications", "2", "--quiet")]
    for command in commands:
        assert typed(*command)[0] == 0
    places = sorted(Path("results").iterdir())
    assert len(places) == len(commands)
    # The same command finds its folder again, and so do more replications.
    assert typed(*PAIR)[0] == 0 and typed(*PAIR[:-1], "3")[0] == 0
    assert sorted(Path("results").iterdir()) == places


def test_usual_folders_have_names_a_disk_can_hold() -> None:
    toy = load_scenario("toy")
    names = ["toy", *(f"dir/a+very+long/reform_with_number_{number}" for number in range(20))]
    place = usual_comparison_place(plan_of([toy] * 21, [1], names))
    assert place.parent == Path("results")
    assert place.name.startswith("compare_toy_and_20_") and len(place.name) < 80
    short = usual_comparison_place(plan_of([toy] * 2, [1], ["toy", "a+b"]))
    assert short.name.startswith("compare_toy_a_b_")
