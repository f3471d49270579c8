"""Thousands of pieces of bad input: each is refused in words that name its place, or is fine.

Nothing ends in a traceback, nothing hangs, and no directory is left half-written.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from linkage_sim.cli.app import main
from linkage_sim.scenario import loading
from linkage_sim.scenario.memory import BYTES_PER_RESIDENT
from linkage_sim.studies.results import LOCK, verify_results
from linkage_sim.words import set_language
from tests.cli import odd_input
from tests.cli.promise import FILE, Answer, check, refuse_leftovers

LONGEST_SECONDS, MOST_RUNS = 60, 40
MOST_RESIDENTS = 11_000
"""What the machine of these tests has memory for, so that whatever is run is small."""
SHORT = ("--set", "run.years=1", "--set", "run.warmup_years=0")
Check = Callable[[Any, str], Answer]


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a folder with a valid study, a finished sweep and a finished run; work there."""
    before, path = Path.cwd(), tmp_path_factory.mktemp("odd")
    os.chdir(path)
    (path / "study.toml").write_bytes(odd_input.SMALL_STUDIES[0])
    assert answer("sweep", "study.toml", "--out", "swept", "--jobs", "1").code == 0
    assert answer("run", "toy", *SHORT, "--out", "ran").code == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "free_bytes", lambda: MOST_RESIDENTS * BYTES_PER_RESIDENT)
        yield path
    os.chdir(before)
    for name in ("swept", "ran"):
        verify_results(path / name)


def answer(*words: str, lang: str = "en") -> Answer:
    """Type one command; what takes longer than a minute is a failure."""
    out, err = io.StringIO(), io.StringIO()
    os.environ["LINKAGE_LANG"] = lang
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(LONGEST_SECONDS)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(words)
    finally:
        signal.alarm(0)
        set_language(None)
        del os.environ["LINKAGE_LANG"]
    return Answer(code, out.getvalue(), err.getvalue())


def _too_long(number: int, frame: Any) -> None:
    raise AssertionError(f"still not answered after {LONGEST_SECONDS} s")


# -- one function a kind: what is offered, and which answers are right ---------------------------


def scenario(data: bytes, lang: str) -> Answer:
    Path("any.toml").write_bytes(data)
    found = answer("validate", "any.toml", lang=lang)
    check(found, FILE, lang)
    assert found.code in (0, 2)
    return found


def reform(data: bytes, lang: str) -> Answer:
    Path("any.toml").write_bytes(data)
    found = answer("validate", "toy+any.toml", lang=lang)
    check(found, FILE, lang)
    assert found.code in (0, 2)
    return found


def study(data: bytes, lang: str) -> Answer:
    Path("any.toml").write_bytes(data)
    found = answer("sweep", "any.toml", "--dry-run", "--out", "new", lang=lang)
    check(found, FILE, lang)
    assert found.code in (0, 2)
    assert not Path("new").exists(), "--dry-run wrote something"
    return found


def setting(text: str, lang: str) -> Answer:
    found = answer("validate", "toy", "--set", text, lang=lang)
    check(found, r"--set|run\.years=\?|\S+toy\.toml:\d+:", lang)
    assert found.code in (0, 2)
    return found


def command(words: list[str], lang: str) -> Answer:
    found = answer(*words, lang=lang)
    check(found, r"", lang if found.err.count("\n") == 1 else "en")
    assert found.code in (0, 2)
    return found


def short_run(data: bytes, lang: str) -> Answer:
    Path("any.toml").write_bytes(data)
    found = answer("run", "any.toml", *SHORT, "--out", "new", "--quiet", lang=lang)
    assert Path("new").exists() == (found.code == 0)
    check(found, FILE, lang)
    assert found.code in (0, 2)
    return found


def short_sweep(drawn: tuple[bytes, list[str]], lang: str) -> Answer:
    data, options = drawn
    Path("any.toml").write_bytes(data)
    words = ["sweep", "any.toml", "--out", "new", "--jobs", "1", *options]
    found = answer(*words, "--dry-run", "--json", lang=lang)
    if found.code == 0 and json.loads(found.out)["runs"] <= MOST_RUNS:
        found = answer(*words, "--quiet")
        assert answer("status", "new").code == 0
    assert Path("new").exists() or not found.code % 2
    check(found, FILE, lang)
    assert found.code in (0, 1, 2)
    return found


@dataclass(frozen=True)
class Kind:
    """A way to go wrong: what is drawn, how it is offered, how often, and how it should come out.

    Attributes
    ----------
    refused
        Least and largest share that should be refused; the rest is valid.
    """

    drawn: st.SearchStrategy[Any]
    offer: Check
    few: int
    many: int
    refused: tuple[float, float]


# Plain chance spreads wider over these than the search of hypothesis would.
chance = st.randoms(use_true_random=True)


def spoiled(originals: list[bytes], slips_alone: bool = False) -> st.SearchStrategy[bytes]:
    """Draw damaged copies of valid files."""
    return chance.map(lambda drawn: odd_input.spoiled(drawn, originals, slips_alone))


KINDS = {
    "random bytes": Kind(st.binary(max_size=80), scenario, 20, 1000, (0.7, 1.0)),
    "random TOML": Kind(odd_input.toml_text, scenario, 20, 1200, (0.7, 0.99)),
    "random tables": Kind(odd_input.tables, scenario, 30, 1200, (0.8, 1.0)),
    "any value of any parameter": Kind(odd_input.one_parameter(), scenario, 40, 1600, (0.5, 0.9)),
    "damaged scenarios": Kind(spoiled(odd_input.VALID_SCENARIOS), scenario, 30, 1300, (0.5, 0.9)),
    "damaged reforms": Kind(spoiled(odd_input.VALID_REFORMS), reform, 20, 900, (0.5, 0.95)),
    "random studies": Kind(chance.map(odd_input.study_text), study, 40, 700, (0.5, 0.95)),
    "damaged studies": Kind(spoiled(odd_input.VALID_STUDIES), study, 30, 600, (0.5, 0.95)),
    "settings": Kind(chance.map(odd_input.setting_text), setting, 20, 1500, (0.5, 0.9)),
    "commands": Kind(chance.map(odd_input.command_words), command, 30, 600, (0.4, 0.9)),
    "huge scenarios": Kind(odd_input.huge(), scenario, 4, 60, (0.5, 1.0)),
    "huge studies": Kind(odd_input.huge(), study, 4, 60, (0.9, 1.0)),
    "sweeps": Kind(
        st.tuples(spoiled(odd_input.SMALL_STUDIES, True), st.sampled_from(
            [[], [], ["--run-timeout", "0.001"], ["--errors", "stop", "--run-timeout", "0.001"]])),
        short_sweep, 2, 20, (0.2, 0.8)),
    "runs": Kind(spoiled(odd_input.VALID_SCENARIOS[:1]), short_run, 10, 100, (0.4, 0.9)),
}


def offered(kind: Kind, count: int) -> Counter[int]:
    """Offer so many pieces of one kind, the same ones every time; gives answers by exit code."""
    codes: Counter[int] = Counter()

    @settings(max_examples=count, derandomize=True, deadline=None, database=None,
              phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck))
    @given(kind.drawn, st.sampled_from(["en", "en", "en", "zh"]))
    def offer(item: Any, lang: str) -> None:
        codes[kind.offer(item, lang).code] += 1

    offer()
    return codes


def hold_to_the_promise(name: str, count: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Offer one kind, tell how often each exit code came, and see that both ends are reached."""
    codes = offered(KINDS[name], count)
    with capsys.disabled():
        told = ", ".join(f"{code}: {number}" for code, number in sorted(codes.items()))
        sys.stdout.write(f"\n{name}: {codes.total()} offered; by exit code {told}\n")
    assert codes.total() >= count
    least, most = KINDS[name].refused
    if count >= 20:
        assert least <= codes[2] / codes.total() <= most


@pytest.mark.parametrize("name", KINDS)
def test_a_few_hundred_are_refused_in_words(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hold_to_the_promise(name, KINDS[name].few, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_thousands_are_refused_in_words(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A third of the ten thousand; all of them where LINKAGE_EVERY_BAD_INPUT is set."""
    every = bool(os.environ.get("LINKAGE_EVERY_BAD_INPUT"))
    hold_to_the_promise(name, KINDS[name].many if every else KINDS[name].many // 3, capsys)


def test_ten_thousand_are_ten_thousand() -> None:
    assert sum(kind.many for kind in KINDS.values()) >= 10_000
    assert 250 <= sum(kind.few for kind in KINDS.values()) <= 350


# -- negative controls: the checks see what they are there for -----------------------------------


@pytest.mark.parametrize("found", [
    Answer(2, "", ""), Answer(2, "", "something is wrong\n"),
    Answer(2, "", "any.toml:1: x: unknown key\nTraceback (most recent call last):\n"),
])
def test_a_refusal_without_place_or_words_is_noticed(found: Answer) -> None:
    with pytest.raises(AssertionError):
        check(found, r"any\.toml:", "en")


def test_english_words_in_a_chinese_answer_are_noticed() -> None:
    with pytest.raises(AssertionError, match="not in Chinese"):
        check(Answer(2, "", "any.toml:1: x: unknown key\n"), r"any\.toml:", "zh")


@pytest.mark.parametrize("name", [LOCK, "outcomes.parquet"])
def test_a_half_written_directory_is_noticed(name: str, folder: Path) -> None:
    (folder / "half").mkdir()
    (folder / "half" / name).touch()
    with pytest.raises(AssertionError, match="half-written"):
        refuse_leftovers(folder)
    shutil.rmtree(folder / "half")


def test_what_takes_too_long_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.cli.test_bad_input.LONGEST_SECONDS", 1)
    monkeypatch.setattr("tests.cli.test_bad_input.main", lambda words: time.sleep(3))
    with pytest.raises(AssertionError, match="still not answered"):
        answer("validate", "toy")
