"""Chinese is written as Chinese: full-width signs, no English left, columns that stand straight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from linkage_sim.cli.app import main
from linkage_sim.cli.layout import wrapped
from linkage_sim.mediators import NAMES
from linkage_sim.scenario.fields import CATEGORY_TITLES
from linkage_sim.scenario.schema import parameters
from linkage_sim.words import bracketed, declared_words, entries, listing, set_language, translated

ROOT = Path(__file__).parents[2]
CHINESE = "[\u2e80-\u9fff]"
# A half-width sign beside a Chinese letter, a quote, a value or a piece of code between them
# notwithstanding: in all these places Chinese has a sign of its own.
BETWEEN = r"(?:['\"`]|\{\w+\}| )*"
HALF_WIDTH = re.compile(f"{CHINESE}{BETWEEN}[,;:()!?]|[,;:()!?]{BETWEEN}{CHINESE}")
# Code is written as it is typed; a line of a list and a bold word begin with signs of Markdown;
# a number and its unit are no sentence.
TYPED = re.compile(
    r"`[^`]*`|\{\{.*?\}\}|\]\([^)]*\)|\{\w+\}:\{line\}|\d[\d,]*\d|--\w+ \w+=\.\.\.|“[!-~]*”"
)
ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}")


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    set_language("zh")
    yield
    set_language(None)


def half_width(text: str) -> list[str]:
    return [found[0] for found in HALF_WIDTH.finditer(TYPED.sub("x", text))]


@pytest.mark.parametrize("key", sorted(entries()))
def test_signs_of_a_chinese_sentence_are_full_width(key: str) -> None:
    assert half_width(entries()[key]["zh"]) == []


def test_titles_of_parameters_and_the_chinese_readme_have_full_width_signs() -> None:
    titles = [item.title_zh for item in parameters()]
    titles += [chinese for _, chinese in CATEGORY_TITLES.values()]
    assert [title for title in titles if half_width(title)] == []
    assert half_width(_prose("README.zh.md")) == []


@pytest.mark.parametrize("name", ["docs/limits.zh.md", "docs/what_decides.zh.md",
                                  "docs/tutorial.zh.md", "docs/exercises.zh.md"])
def test_pages_for_chinese_readers_have_full_width_signs(name: str) -> None:
    assert half_width(_prose(name)) == []


def _prose(name: str) -> str:
    page = (ROOT / name).read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "wrong",
    ["未知的键, 请改", "出现 {found}, 允许", "方案(草案)", "注意: {note}", "“甲”; 乙", "好吗?"],
)
def test_a_half_width_sign_is_seen(wrong: str) -> None:
    """Negative control."""
    assert half_width(wrong)


@pytest.mark.parametrize(
    "right", ["写成 2026-03-31 14:05", "共 131,072 个", "见 `a, b` 一节", "{path}:{line}：无法理解"]
)
def test_what_is_typed_is_no_sentence(right: str) -> None:
    assert half_width(right) == []


# -- what the schema declares in English -------------------------------------------------------


def declared() -> Iterator[tuple[str, str]]:
    for item in parameters():
        yield "source.", item.source
        yield "price.", item.price
    for name, meaning in NAMES.items():
        yield "mediator.name.", name
        yield "mediator.meaning.", meaning


def test_every_price_source_and_mediator_has_its_words_and_no_words_are_left_over() -> None:
    for prefix in ("source.", "price.", "mediator.name.", "mediator.meaning."):
        texts = {text for kind, text in declared() if kind == prefix and text}
        known = {words["en"] for key, words in entries().items() if key.startswith(prefix)}
        assert texts == known, f"mend words/levers.toml or words/sources.toml: {texts ^ known}"


def test_a_price_that_somebody_else_declares_stays_as_declared() -> None:
    assert declared_words("a song", "price.") == "a song"
    assert declared_words("the same money is missing for projects", "price.") == "项目资金相应减少"
    english = declared_words("the same money is missing for projects", "price.", "en")
    assert english == "the same money is missing for projects"


def test_the_list_of_parameters_holds_no_english_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for form in ([], ["--markdown"]):
        assert main(["parameters", *form, "--lang", "zh"]) == 0
        out = capsys.readouterr().out
        assert len(out.splitlines()) > 100
        # Authors are cited as they sign; the default desks are names in a scenario file.
        rest = re.sub(r"[A-Z]\w+( [A-Z]\w+)* and [A-Z]\w+|community check.*?contract", "", out)
        assert ENGLISH.findall(rest) == []


# -- signs, lines and columns ------------------------------------------------------------------


def test_names_and_brackets_take_the_signs_of_the_language() -> None:
    assert listing(["a", "b"]) == "a、b" and listing(["a", "b"], "en") == "a, b"
    assert bracketed("天", "日") == "天（日）" and bracketed("days", "d", "en") == "days (d)"
    assert bracketed("天", "") == "天"


def test_a_list_of_the_library_takes_the_signs_of_the_language() -> None:
    told = translated("'x' is not one of 'lever', 'assumption'.", "cli.click.")
    assert told == "“x”不是下列选项之一：'lever'、'assumption'。"


def test_lines_are_broken_by_cells_and_never_before_a_closing_sign() -> None:
    assert wrapped("一二三四五", 4) == ["一二", "三四", "五"]
    assert wrapped("一二，三四", 4) == ["一", "二，", "三四"]
    assert wrapped("一（二）三", 6) == ["一", "（二）", "三"]
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("", 8) == []


@pytest.mark.parametrize("verb", ["run", "compare", "validate", "import", "parameters"])
def test_help_in_chinese_has_straight_columns(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--help", "--lang", "zh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(cell_len(line) <= 80 for line in lines)
    places = {
        cell_len(found[1]) for line in lines
        if (found := re.match(r"(  (?:-\w, )?--\S+(?: \S+)?  +)\S", line))
    }
    assert len(places) == 1
    assert not re.search(r"Options|Arguments|Usage|default|required|<str>", "\n".join(lines))
