"""The description of the model names what is there, and its tables are those of the schema."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from linkage_sim.errors import InputError
from linkage_sim.outcomes import NAMES
from linkage_sim.report.bands import BANDS
from linkage_sim.report.model_page import filled, main, named
from linkage_sim.report.number_tables import how
from linkage_sim.scenario.schema import parameters
from linkage_sim.words import set_language

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "linkage_sim"
MODEL = "docs/model.md"
ROW = re.compile(r"^\| `([\w.]+)` \|", re.MULTILINE)
TABLE = re.compile(r"^<!-- parameters:.*?^<!-- end -->$", re.MULTILINE | re.DOTALL)
REFILL = "fill it again: python -m linkage_sim.report.model_page "


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(ROOT)
    set_language("en")
    yield
    set_language(None)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# -- tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [MODEL, "docs/trace.md"])
def test_tables_are_those_of_the_schema(name: str) -> None:
    assert filled(Path(name))[0] == text_of(name), REFILL + name


def test_a_number_that_was_changed_by_hand_is_seen(tmp_path: Path) -> None:
    """Negative control."""
    copy = tmp_path / "page.md"
    mark = "<!-- parameters: assumptions.delivery.ramp_weeks -->\n<!-- end -->\n"
    copy.write_text(mark, encoding="utf-8")
    right = filled(copy)[0]
    assert "| 8 | weeks | 0 to 52 |" in right
    copy.write_text(right.replace("| 8 | weeks", "| 9 | weeks"), encoding="utf-8")
    assert filled(copy)[0] == right


def counted(text: str) -> Counter[str]:
    return Counter(name for part in TABLE.findall(text) for name in ROW.findall(part))


def not_once(text: str) -> list[str]:
    found = counted(text)
    return [item.name for item in parameters() if found[item.name] != 1]


def test_every_parameter_stands_in_exactly_one_table() -> None:
    text = text_of(MODEL)
    assert not_once(text) == []
    assert set(counted(text)) == {item.name for item in parameters()}


def test_a_parameter_that_is_missing_or_stands_twice_is_seen() -> None:
    """Negative control."""
    text = text_of(MODEL)
    name = "assumptions.needs.drift_sd"
    row = next(line for line in text.split("\n") if line.startswith(f"| `{name}`"))
    assert not_once(text.replace(row + "\n", "")) == [name]
    assert not_once(text.replace(row, f"{row}\n{row}")) == [name]


def test_marks_name_sections_parameters_and_patterns() -> None:
    assert [item.name for item in named(["assumptions.linkage"])] == [
        "assumptions.linkage.meeting_hours", "assumptions.linkage.list_share",
        "assumptions.linkage.sightings"]
    assert [item.name for item in named(["assumptions.needs.drift_*", "run.years"])] == [
        "assumptions.needs.drift_sd", "assumptions.needs.drift_weeks", "run.years"]
    assert named(["assumptions.need"]) == []


@pytest.mark.parametrize(("text", "message"), [
    ("no mark at all\n", "has no table to fill"),
    ("<!-- parameters: assumptions.neds -->\n<!-- end -->\n", "page.md:1: no section and no "
                                                             "parameter is named assumptions.neds"),
    ("<!-- parameters: run desks -->\n<!-- end -->\n", "is named desks"),
    ("<!-- parameters: -->\n<!-- end -->\n", "page.md:1: names no parameter"),
    ("\n<!-- parameters: run -->\n", "page.md:2: this block has no"),
])
def test_what_cannot_be_filled_is_told_and_nothing_written(
    tmp_path: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        filled(page)
    assert message in str(error.value)
    assert main([str(page)]) == 2
    assert message in capsys.readouterr().err
    assert page.read_text(encoding="utf-8") == text


def test_exit_codes_and_a_page_in_another_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- parameters: by_confidence -->\n<!-- end -->\n", encoding="utf-8")
    assert main([str(page)]) == 0
    assert "1 table of parameters filled" in capsys.readouterr().err
    text = page.read_text(encoding="utf-8")
    assert "| lever | " in text and str(tmp_path) not in text
    assert main([]) == 2 and main(["-h"]) == 2
    assert "usage: python -m linkage_sim.report.model_page" in capsys.readouterr().err


# -- what the text names -----------------------------------------------------------------------


def defined(path: Path) -> Iterator[str]:
    """Name classes, functions and constants of a file, and members as `Class.member`."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
            yield from (f"{node.name}.{part.name}" for part in node.body
                        if isinstance(part, ast.FunctionDef))
            yield from (part.name for part in node.body if isinstance(part, ast.FunctionDef))
        elif isinstance(node, ast.FunctionDef):
            yield from (node.name, f"{path.stem}.{node.name}")
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def names_of_the_code() -> set[str]:
    found = {name for path in PACKAGE.rglob("*.py") for name in defined(path)}
    return found | {f"kernels.{name}" for name in found}


def names_of_the_schema() -> set[str]:
    found = {*NAMES}
    for item in parameters():
        parts = item.name.split(".")
        found |= {".".join(parts[first:last]) for first in range(len(parts))
                  for last in range(first + 1, len(parts) + 1)}
        found |= set(item.choices)
        if isinstance(item.default, BaseModel):
            found |= set(type(item.default).model_fields)
    return found


# Words of a desk, a file of results or a scenario, options, and columns that a window shows.
OTHER = {"catches", "return_probability", "xian", "provenance.json", "idle_weeks", "motivation",
         "asked_by", "stationary", "run", "alignment", "w", "[x]", "--trace", "--check",
         "linkage-sim import", "linkage-sim explain", "kernels.week.live"}


def unknown_names(text: str) -> list[str]:
    prose = TABLE.sub("", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))
    known = names_of_the_code() | names_of_the_schema() | OTHER
    missing = []
    for name in dict.fromkeys(re.findall(r"`([^`]+)`", prose)):
        # Beside a file of its folder a file may stand by its name alone.
        is_place = (name.endswith(".py") and any(PACKAGE.rglob(name))) or (ROOT / name).is_dir()
        plain = re.match(r"[\w.]+", name)
        if not is_place and name not in known and not (plain and plain[0] in known):
            missing.append(name)
    return missing


def test_files_functions_and_parameters_that_the_description_names_exist() -> None:
    assert unknown_names(text_of(MODEL)) == []


def test_a_name_that_is_not_there_is_seen() -> None:
    """Negative control."""
    text = "see `LinkageModel.leap` in `kernels/magic.py`, `search_halve` and `LinkageModel.step`"
    assert unknown_names(text) == ["LinkageModel.leap", "kernels/magic.py", "search_halve"]


def test_the_description_has_the_seven_elements_of_odd() -> None:
    heads = re.findall(r"^## (\d) (.+)$", text_of(MODEL), re.MULTILINE)
    assert heads == [
        ("1", "Purpose and patterns"), ("2", "Entities, state variables and scales"),
        ("3", "Process overview and scheduling"), ("4", "Design concepts"),
        ("5", "Initialization"), ("6", "Input data"), ("7", "Submodels"),
    ]


def test_trace_answers_the_eight_questions() -> None:
    heads = re.findall(r"^## (\d) (.+)$", text_of("docs/trace.md"), re.MULTILINE)
    assert [number for number, _ in heads] == list("12345678")
    named_tests = re.findall(r"`([\w/]+/?test_\w+\.py)`", text_of("docs/trace.md"))
    assert len(named_tests) > 10
    assert [name for name in named_tests if not (ROOT / "tests" / name).is_file()] == []


def test_documents_say_rightly_how_many_figures_were_fitted() -> None:
    found = Counter(how(band) for band in BANDS)
    assert found == {"fitted": 4, "anchored": 2}, (
        "mend what docs/model.md, docs/trace.md, docs/limits.md and docs/limits.zh.md say of them"
    )


# -- numbers that a text quotes ----------------------------------------------------------------

QUOTED = re.compile(r"([+-]\d\.\d+)\s+\[([+-]\d\.\d+), ([+-]\d\.\d+)\]")
SOURCES = ("README.md", "docs/patterns.md", "docs/validation.md")


def quoted(text: str) -> list[tuple[str, ...]]:
    plain = re.sub(r"\s+", " ", text.replace("<br>", " ").replace(" \\*", ""))
    return QUOTED.findall(plain)


def test_numbers_in_the_text_for_readers_are_those_of_the_pages_they_are_from() -> None:
    known: set[Any] = {figures for name in SOURCES for figures in quoted(text_of(name))}
    for name in ("docs/what_decides.md", "docs/what_decides.zh.md"):
        figures = quoted(text_of(name))
        assert len(figures) > 15
        assert [one for one in figures if one not in known] == [], (
            f"results have moved: copy the new figures into {name} and read it again"
        )


def test_both_languages_quote_the_same_numbers() -> None:
    english, chinese = (quoted(text_of(f"docs/what_decides{end}.md")) for end in ("", ".zh"))
    assert sorted(english) == sorted(chinese)


def test_a_number_that_no_page_holds_is_seen() -> None:
    """Negative control."""
    assert quoted("it gains +0.123 [+0.100,\n+0.146] there") == [("+0.123", "+0.100", "+0.146")]
    pages = [figures for name in SOURCES for figures in quoted(text_of(name))]
    assert len(pages) > 50 and ("+0.123", "+0.100", "+0.146") not in pages
