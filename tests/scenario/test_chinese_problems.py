"""What is wrong with a scenario is told in Chinese from the first word to the last sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.words import set_language

# Beside a Chinese letter Chinese has signs of its own.
HALF_WIDTH = re.compile("[\u4e00-\u9fff][\"']? ?[,;:()?]|[,;()?] ?[\u4e00-\u9fff]")
BAD = {
    "a choice": "[policy.proposal]\nvote_rule = 'greed'\n",
    "a name nobody registered": "[policy.proposal]\nmethod = 'surveys'\n",
    "text for a number or false": "[policy.approval]\nfixed_latency_days = 'soon'\n",
    "a number or one word": "[assumptions.opinion]\ntrust_start = 'x'\n",
    "text for yes or no": "[policy.approval]\nparallel = 'yes'\n",
    "too much": "[world]\nresidents = 99_999_999_999\n",
    "no whole number": "[world]\nresidents = 1.5\n",
    "not a number": "[world]\nrenter_share = nan\n",
    "below 0 in a table": "[policy.proposal.weights]\nsurvey = -1\n",
    "an unknown key": "[world]\nresident = 5\n",
    "an unknown key like no other": "[run]\nqqqq = 5\n",
    "a missing key": "[[world.candidates]]\nid = 'x'\n",
    "an empty name": "[[world.candidates]]\nid = ''\ncategory = 'health'\ncost_yuan = 5\n",
    "a long title": f"title = '{'x' * 300}'\n",
    "a table for a number": "[world]\nresidents = {a = 1}\n",
    "a number for a table": "[world]\nage_shares = 3\n",
    "a date": "[run]\nyears = 2026-01-01\n",
    "no weight": "[policy.evaluation.weights]\nactivity = 0\ndocuments = 0\nsatisfaction = 0\n",
    "a module that is not there": "[run]\nplugins = ['no_such_module_here']\n",
}


@pytest.fixture(autouse=True)
def in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    set_language("zh")
    yield
    set_language(None)


def told(text: str) -> list[str]:
    Path("bad.toml").write_text(f"extends = 'toy'\n{text}", encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_scenario("bad.toml")
    return error.value.messages


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_every_kind_of_fault_is_a_chinese_sentence(text: str) -> None:
    for message in told(text):
        place, key, words = message.split(": ", 2)
        assert place.startswith("bad.toml:") and " " not in key
        assert re.search("[\u4e00-\u9fff]", words)
        assert not HALF_WIDTH.search(words), words
        assert not re.search(r"[a-z]{2,} [a-z]{2,}", words), words


def test_choices_and_alternatives_are_joined_as_chinese_does() -> None:
    (choice,) = told(BAD["a choice"])
    assert '应为："greedy" 或 "equal_shares"；您是否想写“greedy”？' in choice
    (either,) = told(BAD["text for a number or false"])
    assert either.endswith('填写的是 "soon"，应为：数字，0 至 364（天），或 false')


def test_a_text_that_is_too_short_or_too_long_is_told_by_how_much() -> None:
    assert "不少于 1 个字符" in told(BAD["an empty name"])[0]
    assert "不超过 200 个字符" in told(BAD["a long title"])[0]
    set_language("en")
    assert "allowed: text in quotes, at most 200 characters" in told(BAD["a long title"])[0]


def test_a_half_width_sign_beside_chinese_is_seen() -> None:
    """Negative control."""
    assert HALF_WIDTH.search("出现 3, 允许：数字") and HALF_WIDTH.search("数字(天)")
    assert not HALF_WIDTH.search('填写的是 "a, b"，应为：1 至 1,000')
