"""Importers say everything in the language in use, and warn of what a log cannot tell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linkage_sim.cli.app import main
from linkage_sim.errors import InputError
from linkage_sim.inputs.event_log import read_event_log
from linkage_sim.inputs.pabulib import read_election
from linkage_sim.inputs.register import read_register
from linkage_sim.words import set_language

INPUTS = Path(__file__).parents[2] / "linkage_sim" / "inputs"
LOG = ("case,activity,time,role,amount\n"
       + "".join(f"{i},submitted,2026-03-0{1 + i % 5},Applicant,10\n"
                 f"{i},approved,2026-03-1{i % 5},Office,10\n" for i in range(8)))
PB = ("META\nkey;value\nbudget;100\nPROJECTS\nproject_id;cost;category\n1;60;education\n"
      "VOTES\nvoter_id;vote\n7;1\n")
REGISTER = "id,age,household,building\n1,30,1,1\n"
CHINESE = re.compile("[\u4e00-\u9fff]")
FAULTS: list[tuple[Any, str]] = [
    (read_event_log, ""),
    (read_event_log, "\0\0"),
    (read_event_log, "PK\x03\x04"),
    (read_event_log, LOG.replace("case", "number", 1)),
    (read_event_log, LOG.replace("2026-03-10", "yesterday")),
    (read_event_log, LOG.replace(",10\n", ",-1\n", 1)),
    (read_event_log, LOG.replace(",10\n", ",ten\n", 1)),
    (read_event_log, LOG.replace(",Office,10", ",Office", 1)),
    (read_event_log, LOG.replace("approved", "seen")),
    (read_event_log, LOG.splitlines()[0] + "\n"),
    (read_event_log, LOG + '9,"open'),
    (read_election, "nothing;here\n"),
    (read_election, PB.replace("budget;100\n", "")),
    (read_election, PB.replace(";60;", ";-60;")),
    (read_election, PB.replace("7;1", "7;1,2")),
    (read_election, PB.split("VOTES")[0]),
    (read_register, REGISTER.replace("30", "old")),
    (read_register, REGISTER + "1,40,2,2\n"),
    (read_register, REGISTER.replace("age", "years of life")),
]


@pytest.fixture(autouse=True)
def chosen_language() -> Iterator[None]:
    yield
    set_language(None)


@pytest.mark.parametrize(("read", "text"), FAULTS)
def test_a_fault_is_told_in_the_language_in_use(read: Any, text: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    told: dict[str, list[str]] = {}
    for language in ("en", "zh"):
        set_language(language)
        with pytest.raises(InputError) as caught:
            read(path)
        told[language] = [item.removeprefix(str(path)) for item in caught.value.messages]
    # What is quoted from the file or from a list of known names may stay as it is.
    assert all(CHINESE.search(message) for message in told["zh"])
    assert not any(CHINESE.search(message.split("; usual")[0].split("(usual")[0])
                   for message in told["en"])
    places = {language: [re.match(r":\d+", item) for item in told[language]] for language in told}
    assert [bool(item) and item[0] for item in places["en"]] == [
        bool(item) and item[0] for item in places["zh"]
    ]


def sentences_in_code() -> Iterator[str]:
    """Find texts handed to a person that do not come from the catalogue."""
    for path in sorted(INPUTS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("refuse", "InputError") or (name == "add" and len(node.args) == 2):
                text = node.args[-1]
                literal = [part.value for part in ast.walk(text)
                           if isinstance(part, ast.Constant) and isinstance(part.value, str)]
                for part in literal:
                    if re.search("[a-z]+ [a-z]+", part):
                        yield f"{path.name}:{node.lineno}: {part}"


def test_no_sentence_stands_in_the_code() -> None:
    assert list(sentences_in_code()) == []


@pytest.mark.parametrize(("language", "words"), [("en", "counted twice"), ("zh", "重复计算")])
def test_import_warns_that_days_hold_waiting(
    language: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text(LOG, encoding="utf-8")
    assert main(["import", "event-log", "log.csv", "--officers", "3", "--lang", language]) == 0
    printed = capsys.readouterr()
    assert words in printed.err and "3" in printed.err.split(words)[1]
    head = printed.out.split("[[")[0]
    assert "--officers" in head
    assert bool(CHINESE.search(head)) == (language == "zh")
