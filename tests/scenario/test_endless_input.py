"""Files without end, depth or reason are refused within seconds, and with their place."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.scenario.documents import MOST_PROBLEMS
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.nesting import DEEPEST, deepest_key, endless_key_line
from linkage_sim.scenario.schema import Scenario
from linkage_sim.words import set_language

DEEP = "is nested too deeply"
SECONDS = 5.0


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    set_language("en")
    yield
    set_language(None)


def problems(text: str, *settings: str) -> list[str]:
    Path("mine.toml").write_text(text, encoding="utf-8")
    began = time.process_time()
    with pytest.raises(InputError) as caught:
        load_scenario("mine.toml", settings)
    assert time.process_time() - began < SECONDS
    return caught.value.messages


# -- depth -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "place"), [
    ("[run]\n\nyears = " + "[" * 60 + "]" * 60, "mine.toml:1: run: "),
    ("\nx = " + "{a = " * 60 + "1" + "}" * 60, "mine.toml:2: x: "),
    ("\nx." + ".".join(["a"] * 60) + " = 1", "mine.toml:2: x: "),
    ("[x." + ".".join(["a"] * 60) + "]", "mine.toml:1: x: "),
    ("[[x." + ".".join(["a"] * 60) + "]]", "mine.toml:1: x: "),
    ("x = " + "[" * 90_000, "mine.toml: "),
])
def test_tables_within_tables_without_end_are_refused(text: str, place: str) -> None:
    (message,) = problems(text)
    assert message.startswith(f"{place}{DEEP}")


@pytest.mark.parametrize("text", [
    ".".join(["a"] * 200_000) + " = 1", '"a b".' * 50_000 + "c = 1", "[" + "a . " * 50_000 + "b]",
    "x = {" + ".".join(["a"] * 50_000) + " = 1}", "'a'." * 50_000 + "b = 1",
])
def test_a_key_of_thousands_of_names_is_not_even_read(text: str) -> None:
    (message,) = problems("title = 'x'\n" + text)
    assert message.startswith(f"mine.toml:2: {DEEP}")


@pytest.mark.parametrize("text", [
    'description = """' + "One sentence. Another one. " * 200 + '"""', "# " + "." * 5_000,
    "x = [" + "0.5, " * 5_000 + "]", "description = '" + "...." * 900 + "'",
])
def test_points_that_join_no_names_are_no_key(text: str) -> None:
    assert endless_key_line(text) is None


def test_what_a_scenario_needs_is_not_too_deep() -> None:
    assert deepest_key(Scenario().model_dump(mode="json")) is None
    value: object = 1
    for _ in range(DEEPEST - 1):
        value = [value]
    assert deepest_key({"x": value}) is None
    assert deepest_key({"w": 1, "x": [value]}) == "x"


@pytest.mark.parametrize("text", [
    "x=" + "[" * 60 + "]" * 60, ".".join(["a"] * 60) + "=1", ".".join(["a"] * 5_000) + "=1",
])
def test_depth_behind_set_is_refused_by_its_option(text: str) -> None:
    with pytest.raises(InputError, match=DEEP) as caught:
        load_scenario("toy", [text])
    assert str(caught.value).startswith("--set ")
    assert len(str(caught.value)) < 400


def test_depth_in_python_is_refused() -> None:
    value: object = 1
    for _ in range(5_000):
        value = {"a": value}
    for values in ({"world": value}, {".".join(["a"] * 5_000): 1}):
        with pytest.raises(InputError, match=DEEP):
            Scenario().with_values(values)


# -- length ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    "\n".join(f"k{number} = 1" for number in range(20_000)),
    "[world]\ncommunity_residents = [" + '"x", ' * 50_000 + "]",
    "[[policy.approval.desks]]\nname = 1\n" * 20_000,
    "x = [" + "2020-01-01, " * 20_000 + "]",
])
def test_the_first_hundred_of_thousands_of_faults_are_told(text: str) -> None:
    # One more is kept, by which the command line sees that there are more.
    assert len(problems(text)) == MOST_PROBLEMS + 1


def test_faults_beyond_the_first_hundred_are_mentioned_once(
    capsys: pytest.CaptureFixture[str]
) -> None:
    from linkage_sim.cli.app import main

    Path("mine.toml").write_text("\n".join(f"k{n} = 1" for n in range(300)), encoding="utf-8")
    assert main(["validate", "mine.toml"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == MOST_PROBLEMS + 1
    assert lines[-1] == "... and more; mend these first"


@pytest.mark.parametrize(("text", "place"), [
    ('title = """' + '\n"a" [{' * 150_000, "mine.toml:150001: "),
    ("x = " + "“" * 300_000, "mine.toml:1: "),
    ('title = "' + "\\\\" * 500_000, "mine.toml:1: "),
    ("x" * 1_000_000, "mine.toml:1: "),
])
def test_text_without_end_that_is_no_toml_is_refused_quickly(text: str, place: str) -> None:
    (message,) = problems(text)
    assert message.startswith(f"{place}not valid TOML")
    assert len(message) < 600


def test_a_number_of_thousands_of_digits_is_told_with_its_line() -> None:
    assert problems("[run]\nyears = " + "9" * 5_000) == [
        "mine.toml:2: not valid TOML: a number has thousands of digits"
    ]


def test_a_key_as_long_as_a_book_is_cut_in_the_message() -> None:
    (message,) = problems("x" * 10_000 + " = 1")
    assert message.startswith("mine.toml:1: xxx")
    assert len(message) < 300


def test_quotes_within_a_key_do_not_end_the_program() -> None:
    key = "[\"a'), ('b\\\"\"]\n"
    (message,) = problems(key + key)
    assert message.startswith("mine.toml:2: not valid TOML: Cannot declare")


# -- places that were not named ------------------------------------------------------------------


def test_a_default_that_no_longer_fits_is_told_with_the_file_that_can_mend_it() -> None:
    (message,) = problems("[world]\ncommunities = 20000\n")
    assert message.startswith("mine.toml: world.residents: 5200 are fewer than 2")
    (message,) = problems("title = 'x'\n", "world.communities=20000")
    assert message.startswith("--set world.communities=20000: world.residents: ")


def test_extends_is_not_passed_over_where_it_can_do_nothing() -> None:
    with pytest.raises(InputError, match=r'^--set "extends=xian": extends stands in scenario'):
        load_scenario("toy", ["extends=xian"])
    with pytest.raises(InputError, match="^extends: extends stands in scenario files alone"):
        Scenario().with_values({"extends": "xian"})


def test_bytes_that_are_no_text_are_told_as_that() -> None:
    for text in ("run.years=\udcff", "title=\ud800", "\udcff=1"):
        with pytest.raises(InputError, match=r'^--set ".*\?.*": holds bytes that are no UTF-8'):
            load_scenario("toy", [text])
    with pytest.raises(InputError, match="^title: holds bytes that are no UTF-8"):
        Scenario().with_values({"title": "\ud800"})


def test_a_name_that_is_wrong_here_is_not_recommended_to_itself() -> None:
    from linkage_sim.scenario import problems as words

    assert "did you mean" not in words._unknown(("extends",), Scenario)
