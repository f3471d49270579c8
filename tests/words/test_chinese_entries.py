"""Every entry is really Chinese, and speaks of the four communities as people in China do."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage_sim.cli.verbs import VERBS
from linkage_sim.scenario.fields import CATEGORY_TITLES
from linkage_sim.scenario.schema import parameters
from linkage_sim.words import entries

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
VALUE = re.compile(r"\{[^{}]*\}")
LETTER = re.compile(r"[^\W\d_]")
# Entries that a Chinese reader meets unchanged, each with the reason.
ALIKE = {
    "report.page.quoted": "a name in quotation marks, which both languages write alike",
    "report.page.value.entry": "a name and its number, with no word between them",
    "report.page.value.unit": "a number and its unit; both come from elsewhere in the language",
}

# What the four communities and the four stages are called in documents of Chinese government,
# and one entry at least that has to say so.
TERMS = {
    "四社联动": "section.policy.linkage",
    "社区": "report.label.community",
    "社会组织": "report.label.organizations",
    "社会工作": "report.label.workers",
    "社区志愿服务": "report.label.volunteers",
    "项目立项": "section.policy.proposal",
    "审批": "section.policy.approval",
    "实施": "section.policy.implementation",
    "成效评估": "section.policy.evaluation",
    "购买服务": "cli.program",
    "景观化": "report.flow.step.showcase",
}
# Words of other places for the same things, and what stands for them here.
FOREIGN = {
    "义工": "志愿者", "志工": "志愿者", "非政府组织": "社会组织", "非营利组织": "社会组织",
    "社团": "社会组织", "第三部门": "社会组织", "社会工作员": "社会工作者", "提案": "项目立项",
    "效果评估": "成效评估", "绩效评价": "成效评估", "核准": "审批", "执行阶段": "实施",
    "四社联合": "四社联动", "里长": "居委会", "邻里委员会": "居委会",
}


def is_only_signs(text: str) -> bool:
    """Tell whether a text holds nothing but values that are put in, numbers and signs."""
    return not LETTER.search(VALUE.sub("", text))


def trouble(key: str, english: str, chinese: str) -> str:
    """Say what is wrong with an entry; empty where nothing is."""
    if key in ALIKE:
        return ""
    if chinese == english:
        return "equal to the English"
    if not CHINESE.search(chinese) and not (is_only_signs(english) and is_only_signs(chinese)):
        return "no Chinese sign in it"
    return ""


@pytest.mark.parametrize("key", sorted(entries()))
def test_an_entry_is_chinese(key: str) -> None:
    assert trouble(key, entries()[key]["en"], entries()[key]["zh"]) == ""


def test_every_exception_is_still_needed_and_has_its_reason() -> None:
    for key, reason in ALIKE.items():
        words = entries()[key]
        assert words["en"] == words["zh"] or not CHINESE.search(words["zh"]), key
        assert len(reason.split()) > 3


@pytest.mark.parametrize(("english", "chinese", "told"), [
    ("done", "done", "equal"), ("{n} runs", "{n} runs", "equal"), ("done", "fini", "no Chinese"),
    ("done", "{n}", "no Chinese"), ("{n}: x", "{n}：OK", "no Chinese"), ("{n} %", "{n} %", "equal"),
])
def test_an_entry_left_in_english_is_seen(english: str, chinese: str, told: str) -> None:
    """Negative control."""
    assert told in trouble("some.key", english, chinese)


@pytest.mark.parametrize(("english", "chinese"), [
    ("{name}: {parts}.", "{name}：{parts}。"), ("done", "完成"), ("{n} runs", "{n} 次运行"),
])
def test_what_is_chinese_passes(english: str, chinese: str) -> None:
    assert trouble("some.key", english, chinese) == ""


def titles() -> Iterator[tuple[str, str, str]]:
    for item in parameters():
        yield item.name, item.title_en, item.title_zh
    for name, (english, chinese) in CATEGORY_TITLES.items():
        yield name, english, chinese
    for path in sorted((ROOT / "configs").rglob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        yield path.name, content.get("title", ""), content.get("title_zh", "")


@pytest.mark.parametrize(("name", "english", "chinese"), list(titles()))
def test_titles_of_parameters_and_scenarios_are_chinese(
    name: str, english: str, chinese: str
) -> None:
    assert trouble(name, english, chinese) == ""


@pytest.mark.parametrize(("term", "key"), TERMS.items())
def test_terms_of_the_four_communities_stand_where_a_reader_looks_for_them(
    term: str, key: str
) -> None:
    assert term in entries()[key]["zh"]


def pages() -> Iterator[tuple[str, str]]:
    for key, words in entries().items():
        yield key, words["zh"]
    for name, _, chinese in titles():
        yield name, chinese
    for path in [ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.zh.md"))]:
        yield path.name, path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("word", "ours"), FOREIGN.items())
def test_no_word_of_another_place_is_used(word: str, ours: str) -> None:
    found = [name for name, text in pages() if word in text]
    assert not found, f"write {ours}"


SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")


def help_of(verbs: list[str], before: str = "") -> str:
    """Give the Chinese help of verbs as a fresh process says it."""
    code = f"{before}\nfrom linkage_sim.cli.app import main\nfor verb in {verbs!r}:\n" \
           "    main([verb, '--help', '--lang', 'zh'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True,
                          timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_help_of_every_verb_is_chinese_in_a_fresh_process() -> None:
    """Words of options are fixed when they are loaded: the language has to be chosen before."""
    told = help_of(list(VERBS))
    assert len(told.splitlines()) > 100
    # A condition in quotation marks is typed as it stands.
    typed = re.sub(r'"[^"]*"', "", told)
    assert [line for line in typed.splitlines() if SENTENCE.search(line)] == []


def test_options_loaded_too_early_are_seen() -> None:
    """Negative control."""
    told = help_of(["run"], before="import linkage_sim.cli.options")
    assert SENTENCE.search(told)
