"""What people type, what comes back, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage_sim.cli import verbs
from linkage_sim.cli.termination import is_told_to_end
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.schema import parameters

ROOT = Path(__file__).parents[2]
Typed = Callable[..., tuple[int, str, str]]


def process(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command as a process of its own, the way a person does."""
    return subprocess.run(
        [sys.executable, "-m", "linkage_sim", *arguments], cwd=folder, text=True,
        capture_output=True, timeout=120, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **environment},
    )


# -- the program itself ------------------------------------------------------------------------


def test_help_names_every_verb(typed: Typed) -> None:
    code, out, err = typed("--help")
    assert (code, err) == (0, "")
    assert all(f"\n  {name} " in out for name in verbs.VERBS)
    assert typed() == (0, out, "")


@pytest.mark.parametrize("verb", list(verbs.VERBS))
def test_every_verb_has_help_that_speaks_both_languages(verb: str, tmp_path: Path) -> None:
    english = process(verb, "--help", folder=tmp_path, LINKAGE_LANG="en")
    chinese = process(verb, "--help", "--lang", "zh", folder=tmp_path, LINKAGE_LANG="en")
    assert (english.returncode, chinese.returncode) == (0, 0)
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in english.stdout.replace("养老", ""))
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese.stdout)


def test_version(typed: Typed) -> None:
    assert typed("--version") == (0, "linkage-sim 0.1.0\n", "")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("validat", "toy"), "did you mean 'validate'?"),
        (("qqqq",), "no verb 'qqqq'; known: new, "),
        (("validate",), "SCENARIO"),
        (("validate", "toy", "--nope"), "--nope"),
        (("--nope",), "--nope"),
        (("validate", "toy", "--lang", "fr"), "--lang: found 'fr', allowed: en, zh"),
        (("--lang=", "validate", "toy"), "--lang: found '', allowed: en, zh"),
        (("parameters", "--kind", "levers"), "lever"),
        (("import",), ""),
        (("import", "excel", "x"), "excel"),
    ],
)
def test_bad_usage_ends_with_two_and_a_hint(
    typed: Typed, arguments: tuple[str, ...], expected: str
) -> None:
    code, out, err = typed(*arguments)
    assert (code, out) == (2, "")
    assert expected in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [("validate",), ("validate", "x", "--nope"), ("qqqq",), ("import", "excel"),
     ("doctor", "x"), ("validate", "toy", "--set"), ("parameters", "--kind", "x"),
     ("import", "event-log", "x", "--officers", "many"),
     ("import", "event-log", "x", "--officers", "0"),
     ("import", "event-log", "x", "--officers", "1001"),
     ("import", "pabulib", "x", "--yuan-per-unit", "much")],
)
def test_bad_usage_is_told_in_chinese_too(typed: Typed, arguments: tuple[str, ...]) -> None:
    """The library's own words are English; this fails when a new release changes them."""
    code, out, err = typed("--lang", "zh", *arguments)
    assert (code, out) == (2, "")
    *usage, complaint = err.splitlines()
    assert all(line.startswith("用法：linkage-sim ") for line in usage)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in complaint)
    assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", complaint)


def test_interruption_and_termination_have_their_exit_codes(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    def terminated() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    monkeypatch.setattr("linkage_sim.cli.doctor.doctor", interrupted)
    assert typed("doctor")[0] == 130
    monkeypatch.setattr("linkage_sim.cli.doctor.doctor", terminated)
    before = signal.getsignal(signal.SIGTERM)
    assert typed("doctor")[0] == 143
    assert signal.getsignal(signal.SIGTERM) is before and is_told_to_end()
    monkeypatch.setattr("linkage_sim.cli.doctor.doctor", lambda: None)
    assert typed("doctor")[0] == 0 and not is_told_to_end()


def test_an_error_with_its_own_exit_code_keeps_it(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    class InUseError(RuntimeError):
        exit_code = 3

    def refuse() -> None:
        raise InUseError("somebody writes there")

    monkeypatch.setattr("linkage_sim.cli.doctor.doctor", refuse)
    assert typed("doctor") == (3, "", "somebody writes there\n")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (PermissionError(13, "Permission denied", "there"), 2, "there: Permission denied\n"),
        (OSError(28, "No space left on device", "there"), 1, "there: No space left on device\n"),
        (MemoryError(), 1, "out of memory; take fewer residents, or close other programs\n"),
    ],
)
def test_troubles_of_the_machine_are_told_without_a_traceback(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("linkage_sim.cli.doctor.doctor", fail)
    assert typed("doctor") == (code, "", said)


def test_a_fault_of_the_program_is_not_hidden(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: only what a person can cause loses its traceback."""
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("linkage_sim.cli.doctor.doctor", fail)
    with pytest.raises(ZeroDivisionError):
        typed("doctor")


def test_a_reader_that_stops_early_causes_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m linkage_sim parameters --json | head -c 10", shell=True,
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True, capture_output=True,
        timeout=60,
    )
    assert len(done.stdout) == 10
    assert done.stderr == ""


def test_a_terminal_without_chinese_does_not_end_the_program(tmp_path: Path) -> None:
    done = process("validate", "toy", "--lang", "zh", folder=tmp_path,
                   PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert done.stderr == ""


# -- validate ----------------------------------------------------------------------------------


def test_validate_says_what_is_fine(typed: Typed) -> None:
    code, out, err = typed("validate", "toy", "x_community+full_reform")
    assert (code, err) == (0, "")
    assert [line.split(":")[0] for line in out.splitlines()] == ["toy", "x_community+full_reform"]
    assert typed("validate", "toy", "--quiet") == (0, "", "")


def test_validate_tells_the_faults_of_every_file(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[run]\nyears = 0\n", encoding="utf-8")
    (tmp_path / "b.toml").write_text("[policy.aproval]\nx = 1\n", encoding="utf-8")
    code, out, err = typed("validate", "a.toml", "toy", "b.toml")
    assert code == 2
    assert out.startswith("toy: fine")
    assert err == (
        "a.toml:2: run.years: found 0, allowed: a whole number, 1 to 100 (years)\n"
        "b.toml:1: policy.aproval: unknown key; did you mean 'approval'?\n"
    )


def test_validate_speaks_json_on_stdout_alone(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x = 1\n", encoding="utf-8")
    code, out, err = typed("validate", "toy", "a.toml", "--json")
    rows = json.loads(out)
    assert (code, [row["valid"] for row in rows]) == (2, [True, False])
    assert rows[0]["hash"] == load_scenario("toy").hash()
    assert rows[1]["problems"] == err.splitlines()


@pytest.mark.parametrize("text", ["[/policy]", "[bold]x[/bold]", "{x}", "%s", "\\[a]"])
def test_text_of_a_person_is_printed_as_it_stands(typed: Typed, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.toml").write_text(f"title = '{text}'\nextends = 'toy'\n", encoding="utf-8")
    code, out, _ = typed("validate", "a.toml")
    assert code == 0
    assert f" - {text} (" in out
    assert f"'{text}'" in typed("validate", text)[2]


def test_control_characters_of_a_file_do_not_reach_the_terminal(
    typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "a.toml").write_text('"\\u001b[31mred" = 1\n', encoding="utf-8")
    code, _, err = typed("validate", "a.toml")
    assert code == 2
    assert "\x1b" not in err


# -- schema, parameters, doctor ----------------------------------------------------------------


def test_schema_is_json_that_knows_every_parameter(typed: Typed, tmp_path: Path) -> None:
    code, out, err = typed("schema")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["additionalProperties"] is False
    assert "extends" in found["properties"]
    for item in parameters():
        place = found
        for part in item.name.split("."):
            place = place["properties"][part]
            if "$ref" in place:
                place = {**found["$defs"][place["$ref"].rsplit("/", 1)[-1]], **place}
        assert place["kind"] == item.kind
    assert typed("schema", "--out", "s.json")[1] == ""
    assert json.loads((tmp_path / "s.json").read_text(encoding="utf-8")) == found


def test_schema_asks_for_names_in_lists_but_not_in_tables(typed: Typed) -> None:
    definitions = json.loads(typed("schema")[1])["$defs"]
    assert definitions["Desk"]["required"] == ["name"]
    assert "required" not in definitions["ByAge"]


def test_parameters_in_three_forms(typed: Typed) -> None:
    names = [item.name for item in parameters()]
    _, text, _ = typed("parameters")
    assert [line.split(" = ")[0] for line in text.splitlines()
            if line.startswith(("world", "policy", "assumptions", "run"))] == names
    rows = json.loads(typed("parameters", "--json")[1])
    assert [row["name"] for row in rows] == names
    assert all(row["title_zh"] and row["source"] and row["confidence"] in "HML" for row in rows)
    markdown = typed("parameters", "--markdown")[1]
    assert sum(line.startswith("| `") for line in markdown.splitlines()) == len(names)
    widths = {line.count("|") - line.count("\\|") for line in markdown.splitlines()
              if line.startswith("|")}
    assert len(widths) == 1


def test_parameters_of_one_kind_and_by_word(typed: Typed) -> None:
    rows = json.loads(typed("parameters", "--kind", "lever", "--json")[1])
    assert {row["kind"] for row in rows} == {"lever"}
    assert all(row["price"] and row["channel"] for row in rows)
    found = json.loads(typed("parameters", "latency", "--json")[1])
    assert [row["name"] for row in found] == ["policy.approval.fixed_latency_days"]
    code, _, err = typed("parameters", "no-such-word")
    assert (code, "no-such-word" in err) == (2, True)


def test_a_mechanism_registered_from_outside_is_listed(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linkage_sim.scenario.registry import SOURCES

    monkeypatch.setitem(SOURCES._paths, "letters_to_the_editor", "somewhere:Letters")
    rows = {row["name"]: row for row in json.loads(typed("parameters", "--json")[1])}
    assert "letters_to_the_editor" in rows["policy.proposal.method"]["names"]


def test_names_are_not_cut_when_piped_at_eighty_columns(tmp_path: Path) -> None:
    done = process("parameters", folder=tmp_path, LINKAGE_LANG="en")
    assert done.returncode == 0
    assert all(f"{item.name} = " in done.stdout for item in parameters())


def test_doctor_finds_what_is_needed(typed: Typed) -> None:
    code, out, err = typed("doctor")
    assert (code, err) == (0, "")
    assert "numpy: " in out
    findings = json.loads(typed("doctor", "--json")[1])
    assert {row["state"] for row in findings} <= {"ok", "note"}
    assert all(row["remedy"] for row in findings if row["state"] == "note")


def test_doctor_ends_with_one_when_something_needed_is_missing(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkage_sim.cli.doctor.NEEDED", ("no-such-library",))
    code, out, _ = typed("doctor")
    assert code == 1
    assert "MISSING  no-such-library: not installed\n         -> " in out
    assert " -m pip install no-such-library\n" in out


@settings(max_examples=100, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80))
def test_no_text_gives_a_traceback(typed: Typed, tmp_path: Path, text: str) -> None:
    try:
        (tmp_path / "any.toml").write_text(text, encoding="utf-8")
    except UnicodeEncodeError:
        return
    code, _, err = typed("validate", "any.toml")
    assert code in (0, 2)
    assert (code == 2) == bool(err)
    assert typed("validate", "toy", "--set", text)[0] in (0, 2)


def test_a_file_without_a_title_is_named_and_an_empty_one_told(
    typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "bare.toml").write_text("[world]\nresidents = 900\n", encoding="utf-8")
    (tmp_path / "nothing.toml").write_text("", encoding="utf-8")
    _, out, _ = typed("validate", "bare.toml", "nothing.toml", "toy")
    bare, nothing, toy = out.splitlines()
    assert bare.startswith("bare.toml: fine, without a title (residents 900")
    assert nothing.startswith("nothing.toml: fine, but sets nothing")
    assert toy.startswith("toy: fine - ")
