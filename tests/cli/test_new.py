"""`new`: a file to edit, that says the same as its source until it is edited."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.schema import parameters

Typed = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("source", ["toy", "x_community+full_reform", "x_community"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_new_file_says_the_same_as_its_source(
    typed: Typed, tmp_path: Path, source: str, lang: str
) -> None:
    code, out, err = typed("new", "mine", "--from", source, "--lang", lang)
    assert (code, out) == (0, "")
    assert "mine.toml" in err
    assert load_scenario("mine.toml").hash() == load_scenario(source).hash()


def test_every_lever_can_be_uncommented_in_place(typed: Typed, tmp_path: Path) -> None:
    typed("new", "mine.toml", "--from", "toy")
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    for item in parameters("lever"):
        assert item.title_en in text
    # What a person does with an editor: take away the # of every line that is a value.
    lines = [
        line.removeprefix("# ") if line.startswith(("# [[", "#     ", "# ]"))
        or (line.startswith("# ") and " = " in line and "(not set)" not in line) else line
        for line in text.splitlines()
    ]
    (tmp_path / "mine.toml").write_text("\n".join(lines), encoding="utf-8")
    content = tomllib.loads("\n".join(lines))
    assert len(content["policy"]["approval"]["desks"]) == len(
        load_scenario("toy").policy.approval.desks
    )
    assert load_scenario("mine.toml").hash() == load_scenario("toy").hash()
    # What is not set stays as it is when its mark is taken away too: false switches it off.
    lines = [line.removeprefix("# ") if "(not set)" in line else line for line in lines]
    (tmp_path / "mine.toml").write_text("\n".join(lines), encoding="utf-8")
    assert load_scenario("mine.toml").policy.approval.fixed_latency_days is False


CHOICES = {
    "vote_rule": "greedy, equal_shares",
    "tender": "competitive, negotiated, incumbent",
    "respondents": "chosen, random",
    "open_categories": "elder_care, child_family, health, hardship, employment, culture, "
    "environment, mediation",
    "method": "directive, activists, hotline, survey, assembly, vote, mixed",
    "parallel": "true, false",
    "fast_track_desks": "community check, street office, district bureau, finance, "
    "public notice, contract",
    "distribution": "exponential, lognormal, gamma, fixed, empirical",
    "shared_by": "community, street, district, city",
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_choice_is_told_above_its_line(typed: Typed, tmp_path: Path, lang: str) -> None:
    typed("new", "mine", "--from", "x_community", "--lang", lang)
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    for name, words in CHOICES.items():
        above = text.partition(f"# {name} = ")[0].split("\n\n")[-1]
        assert words in above.replace("、", ", "), name


def test_no_lever_that_is_a_choice_is_forgotten() -> None:
    """What the check of a wrong word calls allowed is what the template lists."""
    for item in parameters("lever"):
        if not isinstance(item.default, str) or item.name == "policy.approval.rule":
            continue
        with pytest.raises(InputError, match="allowed: ") as caught:
            load_scenario("toy", [f"{item.name}=nonsense"])
        allowed = set(str(caught.value).split("allowed: ")[1].split(";")[0].replace(
            '"', "").replace(" or ", ", ").split(", "))
        known = set(item.choices) or set(item.unit.split(", "))
        assert known == allowed, item.name


def test_a_name_that_would_hide_a_shipped_file_is_refused(typed: Typed, tmp_path: Path) -> None:
    for name in ("x_community", "fast_approval.toml"):
        code, _, err = typed("new", name)
        assert code == 2 and "would hide it" in err
    assert not list(tmp_path.glob("*.toml"))


@pytest.mark.parametrize("name", ["", " ", ".toml", "folder/"])
def test_a_file_without_a_name_is_refused(typed: Typed, tmp_path: Path, name: str) -> None:
    code, _, err = typed("new", name)
    assert code == 2 and "needs a name" in err
    assert not [*tmp_path.iterdir()]


def test_new_overwrites_nothing(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("precious", encoding="utf-8")
    code, _, err = typed("new", "mine", "--from", "toy")
    assert (code, err) == (2, "mine.toml: exists already; choose another name or delete it first\n")
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == "precious"


def test_new_writes_nothing_where_it_cannot(typed: Typed) -> None:
    code, _, err = typed("new", "no/such/folder/mine", "--from", "toy")
    assert code == 2
    assert err.startswith("no/such/folder/mine.toml: cannot be written")
    assert typed("new", "mine", "--from", "tooy")[0] == 2


def test_a_new_file_from_a_file_elsewhere_finds_it_again(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "base.toml").write_text("[run]\nyears = 7\n", encoding="utf-8")
    assert typed("new", "b/mine", "--from", "a/base.toml")[0] == 0
    assert load_scenario("b/mine.toml").run.years == 7
