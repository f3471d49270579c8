"""What `--set` changed stands beside the results; a stop before the first seed says so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linkage_sim.studies import compare as comparing
from linkage_sim.studies.compare import plan_of
from linkage_sim.studies.saved import fingerprint

Typed = Callable[..., tuple[int, str, str]]
SET = ("--set", "world.budget_yuan_per_year = 150000", "--set", "run.years=1")
PAIR = ("compare", "toy", "toy+full_reform", "--replications", "2", "--jobs", "1", "--quiet")
VALUES = ("world.budget_yuan_per_year=150000", "run.years=1")


@pytest.mark.parametrize(("lang", "told"), [
    ("en", f"both sides with {VALUES[0]}, {VALUES[1]}"),
    ("zh", f"双方均设定 {VALUES[0]}、{VALUES[1]}"),
])
def test_a_comparison_and_its_pictures_tell_what_was_set(
    typed: Typed, tmp_path: Path, lang: str, told: str
) -> None:
    code, out, _ = typed(*PAIR, *SET, "--lang", lang, "--out", "here")
    assert code == 0 and out.splitlines()[1:3] == [told, ""]
    drawn = list((tmp_path / "here" / "figures").glob("*.svg"))
    if lang == "en":
        assert len(drawn) == 2
    for path in drawn:
        assert told in re.sub("<[^>]+>", "", path.read_text(encoding="utf-8"))


def test_without_set_nothing_is_told(typed: Typed, tmp_path: Path) -> None:
    _, out, _ = typed(*PAIR, "--out", "here")
    assert out.splitlines()[1] == "" and "with world" not in out
    for path in (tmp_path / "here" / "figures").glob("*.svg"):
        assert "both sides" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("lang", "start"), [("en", "with "), ("zh", "设定 ")])
def test_a_run_tells_what_was_set(typed: Typed, lang: str, start: str) -> None:
    _, out, _ = typed("run", "toy", *SET, "--lang", lang)
    assert out.splitlines()[1].startswith(start + VALUES[0])
    _, out, _ = typed("run", "toy", "--set", "run.years=1", "--json")
    assert set(json.loads(out)) == {"outcomes", "years", "provenance"}


def test_what_is_told_is_no_part_of_what_is_run(toy: Any) -> None:
    plain = plan_of([toy], [1], ["toy"])
    told = plan_of([toy], [1], ["toy"], settings=["run.years=2"])
    assert told.settings == ("run.years=2",) and fingerprint(plain) == fingerprint(told)


@pytest.fixture
def toy() -> Any:
    from linkage_sim.scenario.loading import load_scenario

    return load_scenario("toy")


def test_a_stop_before_the_first_seed_says_that_nothing_was_written(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(comparing, "run_plan", stopped)
    code, _, err = typed(*PAIR, "--out", "here")
    assert code == 130 and not (tmp_path / "here").exists()
    assert err.startswith("Interrupted; nothing was finished yet, nothing was written.")
    assert "saved in" not in err
