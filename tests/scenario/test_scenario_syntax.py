"""A file that is no TOML is answered with its line, what stands there, and what to write."""

from __future__ import annotations

import ast
import inspect
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tomllib import _parser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.syntax import RIGHT_SIGNS, syntax_message, wrong_signs
from linkage_sim.words import set_language, translated

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NUMBERS = "numbers are written 0.5 and 300000"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    set_language("en")
    yield
    set_language(None)


def message(text: str) -> str:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    return syntax_message("mine.toml", text, str(caught.value))


@pytest.mark.parametrize(
    ("text", "line", "shown", "hint"),
    [
        ("title = “X 社区”", 1, "title = “X 社区”", '“ -> ", ” -> "'),
        ('title = "abc”', 1, 'title = "abc”', '” -> "'),
        ("a = ‘abc’", 1, "a = ‘abc’", "‘ -> ', ’ -> '"),
        ("# x\n［run］", 2, "［run］", "［ -> [, ］ -> ]"),
        ("[run]\nyears ＝ 5", 2, "years ＝ 5", "＝ -> ="),
        ('a = ["x"，"y"]', 1, 'a = ["x"，"y"]', "， -> ,"),
        ("a = １", 1, "a = １", "１ -> 1"),
        ("a\u3000= 1", 1, "a\u3000= 1", "U+3000 -> space"),
        ("\n\na = vote # by hand", 3, "a = vote # by hand", 'text stands in quotes: "vote"'),
        ("a = My community", 1, "a = My community", '"My community"'),
        ("a = [health, culture]", 1, "a = [health, culture]", '"health"'),
        ('a = [\n  "x",\n  "y"\n[run]\n', 4, "[run]", "the bracket [ of line 1 is not closed"),
        ('a = {x = "[", y = [1, 2]\nb = 1', 1, 'a = {x = "[", y = [1, 2]', "bracket { of line 1"),
        ("[world\nresidents = 3", 1, "[world", "close the head of the table"),
        ('a = "x\nb = 2', 1, 'a = "x', "the closing quote is missing"),
        ('\na = """x\n\ny\n\n', 4, "y", 'the quotes """ of line 2 are never closed'),
        ("a = 0,5", 1, "a = 0,5", NUMBERS),
        ("a = 300,000 # yuan", 1, "a = 300,000 # yuan", NUMBERS),
        ("a = .5", 1, "a = .5", NUMBERS),
        ("a = 5.", 1, "a = 5.", NUMBERS),
        ("a = 007", 1, "a = 007", NUMBERS),
        ("a = 5%", 1, "a = 5%", "0.05 for 5 %"),
        ("a = True", 1, "a = True", "small letters: true"),
        ("a = 是", 1, "a = 是", "true or false"),
        ("a =", 1, "a =", "the value is missing"),
        ("a: 5", 1, "a: 5", "= in place of the colon"),
        ("a = 5 yuan", 1, "a = 5 yuan", "take away 'yuan'"),
        ("[run] years = 5", 1, "[run] years = 5", "stands alone on its line"),
        ("// note", 1, "// note", "a remark begins with #"),
        ("a = [1]\n]", 2, "]", "this ] closes a bracket that was not opened"),
        ('a = "C:\\data"', 1, 'a = "C:\\data"', "a backslash"),
        ("[run]\na = 1\n\nb = 3\na = 2", 5, "a = 2", "a stands in line 2 already"),
        ("[x]\na = 1\n[y]\na = 1\na = 2", 5, "a = 2", "a stands in line 4 already"),
        ("[run] # one\n[world]\n[run]", 3, "[run]", "[run] stands in line 1 already"),
        ("a = {b = 1, b = 2}", 1, "a = {b = 1, b = 2}", "b is set a second time"),
        ("a = 1\na.b = 2", 2, "a.b = 2", "as a value here and as a table there"),
        ('a = "\x01"', 1, 'a = "\x01"', "cannot be seen"),
    ],
)
def test_the_usual_mistakes(text: str, line: int, shown: str, hint: str) -> None:
    head, found, told = message(text).split("\n    ")
    assert head.startswith(f"mine.toml:{line}: not valid TOML: ")
    assert found == shown
    assert hint in told


def test_the_other_language_says_all_of_it_in_chinese() -> None:
    set_language("zh")
    head, _, hint = message("[run]\nyears = 1\nyears = 2").split("\n    ")
    assert head == "mine.toml:3: 不是有效的 TOML：不能重复设定同一个值"
    assert hint == "years 在第 2 行已出现；请只保留一处，或将两处合并"


def reasons_of_the_parser() -> list[str]:
    """Every reason the installed parser can give, a value in place of what it puts in."""
    found = []
    for node in ast.walk(ast.parse(inspect.getsource(_parser))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "suffixed_err", "TOMLDecodeError"
        ):
            for part in node.args:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found.append(part.value)
                elif isinstance(part, ast.JoinedStr) and isinstance(part.values[0], ast.Constant):
                    found.append("".join(piece.value if isinstance(piece, ast.Constant) else "'x'"
                                         for piece in part.values))
    return found


def test_every_reason_of_the_parser_has_chinese_words() -> None:
    set_language("zh")
    reasons = reasons_of_the_parser()
    assert len(reasons) > 15
    assert [reason for reason in reasons if not CHINESE.search(translated(reason, "toml."))] == []
    assert [reason for reason in reasons
            if re.search(r"[A-Za-z]{3}", translated(reason, "toml.").replace("Unicode", ""))] == []


@given(st.text("ab=[]{}\"'#,.1 \n\\“”，［］＝", max_size=40))
def test_whatever_is_typed_is_answered_in_words(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        for lang in ("en", "zh"):
            set_language(lang)
            told = syntax_message("mine.toml", text, str(error))
            assert re.match(r"mine\.toml:\d+: ", told)
            assert len(told.split("\n    ")) in (2, 3)
            assert not re.search("Expected|Invalid|Cannot", told) or lang == "en"


def test_chinese_punctuation_inside_text_is_no_fault() -> None:
    assert wrong_signs('title = "“X” 社区，今天" # ［旧］') == []
    assert wrong_signs("title = “甲，乙”") == ['“ -> "', '” -> "']
    assert wrong_signs("title = '“甲”'，") == ["， -> ,"]
    assert set("“”‘’＝，［］") <= set(RIGHT_SIGNS)


def test_a_reason_nobody_knows_is_not_passed_on_in_english() -> None:
    set_language("zh")
    told = syntax_message("mine.toml", "a = 1", "Brand new complaint (at line 1, column 1)")
    assert "complaint" not in told and told.startswith("mine.toml:1: 不是有效的 TOML：无法解析")
    assert syntax_message("mine.toml", "", "no place") == "mine.toml: 不是有效的 TOML：无法解析"


def test_backslashes_without_end_cost_no_time(tmp_path: Path) -> None:
    started = time.perf_counter()
    message('a = """' + "\\\\" * 5000 + "\n[")
    assert time.perf_counter() - started < 2.0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_circle_names_every_line_that_makes_it(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_language(lang)
    monkeypatch.chdir(tmp_path)
    # The first file is not part of the circle it leads into.
    for name, lines in (("a", '\nextends = "b"'), ("b", 'extends = "c"'), ("c", '\n\nextends="b"')):
        (tmp_path / f"{name}.toml").write_text(lines, encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.toml:1 -> c\.toml:3 -> b\.toml") as caught:
        load_scenario("a")
    assert "a.toml" not in str(caught.value)
    assert bool(CHINESE.search(str(caught.value))) == (lang == "zh")
