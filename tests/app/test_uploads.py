"""Files that somebody hands over are checked like scenario files; a good register is used."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linkage_sim.app.comparison import figures_of, finished_pairs, pair_of, places_of, tasks_of
from linkage_sim.app.exports import commands, scenario_toml
from linkage_sim.app.limits import LARGEST_UPLOAD, MOST_RESIDENTS
from linkage_sim.app.registers import MOST_KEPT, Registers
from linkage_sim.app.state import REGISTER, State, address_of, state_from
from linkage_sim.app.uploads import uploaded_register, uploaded_scenario
from linkage_sim.app.worker import run_once
from linkage_sim.cli.app import main
from linkage_sim.errors import InputError
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.words import LANGUAGES, speaking

PLACES = places_of(["toy", "x_community"])
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HEAD = "id,age,household,building,needs\n"
PEOPLE = HEAD + "".join(f"{n},{n % 90},{n // 3},{n // 9},{'health' if n % 4 == 0 else ''}\n"
                        for n in range(1, 61))
LINE = "[policy.approval]\nfixed_latency_days = "


def sent(data: bytes | str, name: str = "mine.toml", **changed: Any) -> dict[str, Any]:
    body = data.encode() if isinstance(data, str) else data
    return {"name": name, "size": len(body), "body": base64.b64encode(body).decode(), **changed}


def scenario(data: Any) -> tuple[str, dict[str, Any]]:
    message = data if isinstance(data, dict) else sent(data)
    return uploaded_scenario(message, list(PLACES), "toy", lambda place: load_scenario(place))


@pytest.fixture
def registers() -> Iterator[Registers]:
    kept = Registers()
    yield kept
    kept.close()


@pytest.mark.parametrize("data", [
    LINE + "20\n", b"\xef\xbb\xbf" + (LINE + "20\n").encode(),
    (LINE + "20\n").replace("\n", "\r\n"),
])
def test_a_good_scenario_is_taken_with_mark_or_windows_lines(data: Any) -> None:
    assert scenario(data) == ("toy", {"policy.approval.fixed_latency_days": 20})


def test_what_a_file_extends_is_the_place() -> None:
    assert scenario('extends = "x_community"\n' + LINE + "20\n")[0] == "x_community"
    with pytest.raises(InputError, match=r"mine.toml:1: extends.*nowhere.*toy"):
        scenario('extends = "nowhere.toml"\n')


BAD = {
    "nan": (LINE + "nan\n", "mine.toml:2: policy.approval.fixed_latency_days"),
    "infinite": (LINE + "inf\n", "mine.toml:2: policy.approval.fixed_latency_days"),
    "huge number": ("[world]\nresidents = 900000\n", "mine.toml:2: world.residents"),
    "huge file": (sent(b"#" * (LARGEST_UPLOAD + 1)), "mine.toml: "),
    "huge without saying so": (sent(b"#" * (2 * LARGEST_UPLOAD), size=3), "mine.toml: "),
    "did not arrive": (sent("", body="%%%"), "mine.toml: "),
    "not toml": ("[policy\n", "mine.toml:1: "),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "mine.toml:1: "),
    "GBK": ("[run]\nyears = 3\n# 审批\n".encode("gbk"), "mine.toml:3: "),
    "UTF-16": ("[run]\n".encode("utf-16"), "mine.toml: "),
    "unknown key": ("[policy.aproval]\nx = 1\n", "mine.toml:1: policy.aproval"),
    "words": ('[policy.approval]\nfixed_latency_days = "many"\n', "mine.toml:2: policy.approval"),
    "code": ("[run]\nplugins = ['os']\n", "mine.toml:2: run.plugins"),
    "a file of ours": ('[world.resident_register]\npath = "/etc/passwd"\n',
                       "mine.toml:2: world.resident_register.path"),
    "too many years": ("[run]\nyears = 99\n", "mine.toml:2: run.years"),
    "a date": (LINE + "2024-01-01\n", "mine.toml:2: policy.approval.fixed_latency_days"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_scenario_is_told_with_line_and_key(kind: str, language: str) -> None:
    data, told = BAD[kind]
    with speaking(language), pytest.raises(InputError) as error:
        scenario(data)
    plain = [text.replace("：", ": ") for text in error.value.messages]
    assert any(text.startswith(told) for text in plain), plain
    assert all(bool(CHINESE.search(text)) == (language == "zh") for text in plain)
    assert not any("upload.toml" in text or "/tmp" in text for text in plain)


BAD_PEOPLE: dict[str, tuple[Any, str]] = {
    "wrong column": (PEOPLE.replace("age", "years", 1), "people.csv:1: "),
    "nan": (PEOPLE.replace("\n7,7,", "\n7,nan,"), "people.csv:8: "),
    "huge age": (PEOPLE.replace("\n7,7,", "\n7,700,"), "people.csv:8: "),
    "too many": (HEAD + "".join(f"{n},30,{n},1,\n" for n in range(MOST_RESIDENTS + 1)),
                 "people.csv: "),
    "huge file": (sent(b"1" * (LARGEST_UPLOAD + 1), "people.csv"), "people.csv: "),
    "did not arrive": (sent("", "people.csv", body="%%%"), "people.csv: "),
    "cut off": (PEOPLE[:-3], "people.csv:61: "),
    "open quote": (PEOPLE + '"', "people.csv:62: "),
    "GBK": (PEOPLE.replace("health", "健康").encode("gbk"), "people.csv:5: "),
    "UTF-16": (PEOPLE.encode("utf-16"), "people.csv: "),
    "archive": (b"\x1f\x8b\x08\x00" + bytes(60), "people.csv: "),
    "workbook": (b"PK\x03\x04" + bytes(60), "people.csv: "),
    "empty": (b"", "people.csv: "),
    "no rows": (HEAD, "people.csv:2: "),
    "twice the same": (PEOPLE + "5,30,1,1,\n", "people.csv:62: "),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BAD_PEOPLE)
def test_a_bad_register_is_told_with_line_and_remedy_and_no_cell(
    kind: str, language: str, registers: Registers
) -> None:
    data, told = BAD_PEOPLE[kind]
    message = data if isinstance(data, dict) else sent(data, "people.csv")
    with speaking(language), pytest.raises(InputError) as error:
        uploaded_register(message, registers)
    plain = [text.replace("：", ": ") for text in error.value.messages]
    assert plain[0].startswith(told), plain
    # Titles of columns that would be known are told in both languages.
    assert all(bool(CHINESE.search(text.replace("年龄", ""))) == (language == "zh")
               for text in plain)
    # Remedies fit somebody who has a browser, and nothing of a cell is repeated.
    assert not any(sign in text for text in plain for sign in ("--", "register.csv", "700", "nan"))


@pytest.mark.parametrize("data", [
    PEOPLE, b"\xef\xbb\xbf" + PEOPLE.encode(), PEOPLE.replace("\n", "\r\n"),
    PEOPLE.replace("id,age,household,building,needs", "编号,年龄,户号,楼栋,需求"),
])
def test_a_good_register_is_taken_with_mark_windows_lines_or_chinese_titles(
    data: Any, registers: Registers
) -> None:
    values = uploaded_register(sent(data, "people.csv"), registers)
    assert values["world.residents"] == 60
    pair = pair_of(State(place="toy", values=values, reforms=("full_reform",)), PLACES)
    for side in (pair.baseline, pair.policy):
        assert side.world.residents == 60
        assert side.world.resident_register is not None


def figures(state: State) -> Any:
    pair = pair_of(state, PLACES)
    seeds = range(state.first_seed, state.first_seed + state.seeds)
    answers = {task.key: run_once(task.argument, lambda: False) for task in tasks_of(pair, seeds)}
    found, failures = finished_pairs(pair, seeds, answers)
    assert failures == []
    return figures_of(found, state.seeds)


def test_a_register_gives_the_numbers_of_the_command_line(
    registers: Registers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    values = uploaded_register(sent(PEOPLE, "people.csv"), registers)
    state = State(place="toy", reforms=("full_reform",), values=values, seeds=3)
    shown = figures(state)
    without = figures(State(place="toy", reforms=("full_reform",), seeds=3,
                            values={"world.residents": 60}))
    assert shown.differences["need_coverage"] != without.differences["need_coverage"]
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text(PEOPLE, encoding="utf-8")
    assert main(["import", "register", "people.csv", "--out", "people.toml"]) == 0
    text = Path("people.toml").read_text(encoding="utf-8")
    Path("people.toml").write_text('extends = "toy"\n' + text, encoding="utf-8")
    names: dict[str, Any] = {}
    exec(commands(state, PLACES)["python"], names)
    capsys.readouterr()
    by_python = names["table"].set_index("outcome")
    import linkage_sim as ls

    sides = [ls.load_scenario(name) for name in ("people", "people+full_reform")]
    by_file = ls.compare(sides, seeds=range(1, 4), names=["baseline", "policy"])
    by_file = by_file.set_index("outcome")
    for outcome, row in shown.differences.items():
        for table in (by_python, by_file):
            for key in ("difference", "low", "high", "n"):
                assert table.loc[outcome, key] == pytest.approx(row[key], abs=0, nan_ok=True)


def test_what_is_taken_away_names_the_register_and_no_place_of_ours(registers: Registers) -> None:
    values = uploaded_register(sent(PEOPLE, "C:\\x\\people.csv"), registers)
    state = State(place="toy", values=values)
    told = scenario_toml(pair_of(state, PLACES), state).decode()
    address = address_of(state)
    for text in (told, *commands(state, PLACES).values()):
        assert "people.csv" in text and values[REGISTER]["sha256"] in text
        assert "/proc" not in text and "/tmp" not in text
    assert values[REGISTER]["sha256"] in address and "people" not in address


def test_a_link_finds_the_register_on_its_own_page_only(registers: Registers) -> None:
    state = State(place="toy", values=uploaded_register(sent(PEOPLE, "people.csv"), registers))
    read, problems = state_from(address_of(state), State())
    assert problems == []
    assert registers.in_place(read).values == state.values
    stranger = Registers().in_place(read)
    with pytest.raises(InputError, match=state.values[REGISTER]["sha256"][:12]):
        pair_of(stranger, PLACES)
    _, problems = state_from("v=1&register=/etc/passwd", State())
    assert len(problems) == 1


def test_a_register_is_gone_when_its_page_is_closed() -> None:
    kept = Registers()
    values = uploaded_register(sent(PEOPLE, "people.csv"), kept)
    path = values[REGISTER]["path"]
    assert Path(path).read_bytes() == PEOPLE.encode()
    if path.startswith("/proc"):
        # Nothing of it lies on a disk.
        assert "memfd" in os.readlink(path)
    kept.close()
    assert not Path(path).exists()


def test_a_page_keeps_a_few_registers_and_no_more(registers: Registers) -> None:
    texts = [PEOPLE + f"99,{age},1,1,\n" for age in range(MOST_KEPT + 1)]
    values = [uploaded_register(sent(text, "people.csv"), registers) for text in texts]
    read, _ = zip(*(state_from(address_of(State(values=item)), State()) for item in values),
                  strict=True)
    known = ["path" in registers.in_place(state).values[REGISTER] for state in read]
    assert known == [False] + [True] * MOST_KEPT
    kept = [Path(item[REGISTER]["path"]).read_text(encoding="utf-8") for item in values[1:]]
    assert kept == texts[1:]
