"""Commands that a slip of the finger makes: each is refused by the name of its option."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from linkage_sim.inputs import tables
from linkage_sim.scenario import loading
from linkage_sim.scenario.memory import BYTES_PER_RESIDENT

Typed = Callable[..., tuple[int, str, str]]
STUDY = 'scenario = "toy"\ndesign = "grid"\nreplications = 3\n'
SHORT = ("--set", "run.years=1", "--set", "run.warmup_years=0")


@pytest.mark.parametrize("words", [
    ("compare", "toy", "toy+full_reform"), ("sweep", "study.toml"), ("rerun", "ran"), ("verify",),
])
def test_more_processes_than_any_machine_has_are_refused(
    words: tuple[str, ...], typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    for number in ("1025", "9" * 400):
        code, out, err = typed(*words, "--jobs", number)
        assert (code, out) == (2, "")
        assert "--jobs" in err
        assert "1024" in err


@pytest.mark.parametrize("words", [("compare", "toy", "toy+full_reform"), ("sweep", "study.toml")])
def test_runs_at_once_that_no_memory_holds_are_refused_with_the_estimate(
    words: tuple[str, ...], typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    monkeypatch.setattr(loading, "free_bytes", lambda: 5000 * BYTES_PER_RESIDENT)
    large = (*words, "--dry-run", "--replications", "3", "--set", "world.residents=2000")
    code, out, err = typed(*large, "--jobs", "3")
    assert (code, out) == (2, "")
    assert err.startswith("--jobs 3: so many runs at once of 2,000 residents need about 0.0 GB")
    assert typed(*large, "--jobs", "2")[0] == 0
    # More processes than runs are not begun, and need no memory.
    assert typed(*large[:-2], "--jobs", "900")[0] == 0


@pytest.mark.parametrize("words", [
    ("run", "toy", *SHORT, "--out", "new\udcff"), ("validate", "\udcff.toml"),
    ("compare", "toy", "toy+full_reform", "--out", "\udcff"),
    ("validate", "toy", "--set", "\udcff"),
])
def test_bytes_that_are_no_text_are_refused_before_anything_is_written(
    words: tuple[str, ...], typed: Typed, tmp_path: Path
) -> None:
    code, out, err = typed(*words)
    assert (code, out) == (2, "")
    assert "?" in err
    assert "holds bytes that are no UTF-8 text" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [".", "..", "...", " .", "a\0b", ""])
def test_a_new_file_without_a_name_is_refused(name: str, typed: Typed, tmp_path: Path) -> None:
    code, _, err = typed("new", name)
    assert (code, "needs a name" in err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_device_without_end_is_no_table(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_BYTES", 10_000)
    code, _, err = typed("import", "register", "/dev/zero")
    assert (code, err.startswith("/dev/zero: ")) == (2, True)


def test_a_file_of_the_largest_size_is_still_read(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"id,age,household,building\n1,67,1,A\n2,8,1,A\n"
    (tmp_path / "people.csv").write_bytes(data)
    monkeypatch.setattr(tables, "LARGEST_BYTES", len(data))
    assert typed("import", "register", "people.csv")[0] == 0
    monkeypatch.setattr(tables, "LARGEST_BYTES", len(data) - 1)
    assert typed("import", "register", "people.csv")[0] == 2


def test_a_scenario_name_that_no_file_can_have_tells_what_there_is(typed: Typed) -> None:
    code, _, err = typed("validate", "a\0b")
    assert code == 2
    assert "one of: toy, x_community, xian" in err


def test_what_results_cannot_show_is_refused_by_its_option(typed: Typed) -> None:
    assert typed("run", "toy", *SHORT, "--out", "ran")[0] == 0
    for words, start in (
        (("--outcome", "seed"), "--outcome: seed"), (("--outcome", "run_id"), "--outcome: run_id"),
        (("--outcome", "demand_mach"), "--outcome: no such column"),
        (("--group-by", "sed"), "--group-by: no such column"),
        (("--where", "sed<=3"), "--where: no such column"),
    ):
        code, out, err = typed("results", "ran", *words)
        assert (code, out) == (2, "")
        assert err.startswith(start), err
    _, _, err = typed("results", "ran", "--where", "seed=" + "9" * 5_000)
    assert err.startswith("--where seed=999")
    assert len(err) < 200


def test_a_column_named_twice_is_shown_once(typed: Typed) -> None:
    assert typed("run", "toy", *SHORT, "--out", "ran")[0] == 0
    _, once, _ = typed("results", "ran", "--group-by", "seed", "--outcome", "demand_match")
    _, twice, _ = typed("results", "ran", "--group-by", "seed", "--group-by", "seed",
                        "--outcome", "demand_match", "--outcome", "demand_match")
    assert once == twice


def test_the_mean_of_yes_and_no_is_a_share(typed: Typed) -> None:
    assert typed("run", "toy", "--set", "run.warmup_years=0", "--out", "ran")[0] == 0
    code, out, _ = typed("results", "ran", "--table", "projects", "--outcome", "approved")
    assert code == 0
    assert "approved" in out
