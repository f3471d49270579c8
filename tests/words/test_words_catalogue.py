"""The catalogue speaks both languages, says the same in both, and never lacks a word."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage_sim.outcomes import BY_NAME
from linkage_sim.scenario.schema import parameters
from linkage_sim.words import (
    LANGUAGES,
    catalogue,
    entries,
    language,
    say,
    set_language,
    translated,
    unit_words,
)

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# A tag with no words in it, or a format that both languages write alike, needs no Chinese.
WORD = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture(autouse=True)
def no_language_chosen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("LINKAGE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    set_language(None)
    yield
    set_language(None)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


FORM = re.compile(r"\{(\w+):([^{}]*)\}")


WITH_FORMS = sorted(key for key, words in entries().items() if FORM.search("".join(words.values())))


@pytest.mark.parametrize("key", WITH_FORMS)
def test_forms_for_one_and_many_are_english_and_told_apart(key: str) -> None:
    words = entries()[key]
    assert not FORM.search(words["zh"]), "Chinese words have no plural"
    for _, form in FORM.findall(words["en"]):
        one, bar, many = form.partition("|")
        assert bar and one and many and one != many and "|" not in many


@pytest.mark.parametrize(
    ("n", "words"), [(1, "1 paired seed,"), ("1", "1 paired seed,"), (0, "0 paired seeds,"),
                     (2, "2 paired seeds,"), ("1,000", "1,000 paired seeds,"),
                     ("1–2", "1–2 paired seeds,")],
)
def test_one_is_said_in_the_singular(n: object, words: str) -> None:
    assert words in say("study.compare.title", "en", baseline="toy", n=n)
    assert f"{n} 个配对随机种子" in say("study.compare.title", "zh", baseline="toy", n=n)


def test_the_catalogue_is_not_empty() -> None:
    assert len(entries()) > 50


@pytest.mark.parametrize("key", sorted(entries()))
def test_every_entry_says_the_same_in_both_languages(key: str) -> None:
    words = entries()[key]
    assert set(words) == set(LANGUAGES)
    assert all(text.strip() for text in words.values())
    assert placeholders(words["en"]) == placeholders(words["zh"])
    if WORD.search(re.sub(r"\{\w*\}", "", words["en"])):
        # Commands are typed alike in both languages; everything else is not.
        typed = words["en"].startswith("linkage-sim ") and words["en"] == words["zh"]
        assert typed or (CHINESE.search(words["zh"]) and words["en"] != words["zh"])
    assert not CHINESE.search(words["en"].replace("养老", ""))


UNITS = {item.unit for item in [*parameters(), *BY_NAME.values()] if item.unit}


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_every_unit_has_its_words(unit: str) -> None:
    key = "unit." + unit.replace(" ", "_").replace(".", "")
    assert key in entries(), f"add it to words/units.toml: [{key}]"
    assert entries()[key]["en"] == unit
    set_language("zh")
    assert unit_words(unit) == entries()[key]["zh"]


def test_a_unit_the_catalogue_lacks_stays_as_declared() -> None:
    set_language("zh")
    assert unit_words("bushels a fortnight") == "bushels a fortnight"


def test_known_passages_are_translated_and_others_left_alone() -> None:
    text = "found {b}[/x] sizes for 3 communities; give one for each"
    assert translated(text, "schema.") == text
    set_language("zh")
    assert translated(text, "schema.") == "3 个社区给出了 {b}[/x] 个人数；请为每个社区各给一个"
    assert translated("something else", "schema.") == "something else"


def keys_asked_for() -> Iterator[tuple[Path, str]]:
    """Find every key that the code asks for by a plain string."""
    for path in sorted((ROOT / "linkage_sim").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                    and node.func.id == "say" and node.args
                    and isinstance(node.args[0], ast.Constant)):
                yield path, node.args[0].value


def test_every_key_the_code_asks_for_exists() -> None:
    asked = list(keys_asked_for())
    assert len(asked) > 50
    missing = [(path.name, key) for path, key in asked if key not in entries()]
    assert not missing


def test_missing_key_and_missing_value_are_errors() -> None:
    with pytest.raises(KeyError):
        say("no.such.key")
    with pytest.raises(KeyError):
        say("errors.no_scenario", name="x")


def test_values_are_put_in_as_they_are() -> None:
    assert "a{b}[/policy]" in say("errors.no_scenario", "en", name="a{b}[/policy]", known="")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LINKAGE_LANG": "zh"}, "zh"),
        ({"LINKAGE_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "pl_PL.UTF-8"}, "en"),
    ],
)
def test_language_comes_from_the_environment(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


def test_chosen_language_wins_and_unknown_language_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINKAGE_LANG", "en")
    set_language("zh")
    assert CHINESE.search(say("errors.unknown_key"))
    assert not CHINESE.search(say("errors.unknown_key", "en"))
    with pytest.raises(ValueError, match="fr"):
        set_language("fr")


def test_a_key_that_stands_in_two_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text('[same]\nen = "a"\nzh = "甲"\n', encoding="utf-8")
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    catalogue.entries.cache_clear()
    try:
        with pytest.raises(ValueError, match="twice"):
            entries()
    finally:
        monkeypatch.undo()
        catalogue.entries.cache_clear()


def test_importing_the_words_loads_little() -> None:
    code = (
        "import sys; before = set(sys.modules); from linkage_sim.words import say\n"
        "say('cli.program'); print(sorted(name for name in set(sys.modules) - before\n"
        "    if name.split('.')[0] in {'pydantic', 'numpy', 'typer', 'rich', 'tree_sitter'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True,
                          timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
