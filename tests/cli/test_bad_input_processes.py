"""A hundred pieces of bad input, each given to a process of its own as a person would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.cli import odd_input
from tests.cli.promise import FILE, Answer, check

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 60
AT_ONCE = 3
SHORT = ("--set", "run.years=1", "--set", "run.warmup_years=0")


@dataclass(frozen=True)
class Case:
    """A file, a command, how its refusal begins, and the exit codes that are right."""

    file: bytes
    words: list[str]
    place: str = FILE
    codes: tuple[int, ...] = (0, 2)
    lang: str = "en"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a finished sweep and a finished run."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "study.toml").write_bytes(odd_input.SMALL_STUDIES[0])
    for words in (["sweep", "study.toml", "--out", "swept", "--jobs", "1"],
                  ["run", "toy", *SHORT, "--out", "ran"]):
        process = start(words, folder)
        assert process.wait(LONGEST_SECONDS) == 0
    return folder


def start(words: list[str], folder: Path, lang: str = "en") -> subprocess.Popen[bytes]:
    """Type a command in a folder; the answer goes to files, which never fill up as pipes do."""
    with (folder / "out.txt").open("wb") as out, (folder / "err.txt").open("wb") as err:
        return subprocess.Popen(
            [sys.executable, "-m", "linkage_sim", *map(os.fsencode, words)], cwd=folder,
            stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            env={**os.environ, "PYTHONPATH": str(ROOT), "LINKAGE_LANG": lang, "COLUMNS": "80"},
        )


def cases() -> Iterator[Case]:
    """Give a hundred cases, the same ones every time."""
    chance = Random(20_260_501)
    for number in range(26):
        lang = "zh" if number % 4 == 0 else "en"
        yield Case(odd_input.spoiled(chance, odd_input.VALID_SCENARIOS), ["validate", "any.toml"],
                   lang=lang)
    for number in range(18):
        lang = "zh" if number % 4 == 0 else "en"
        data = (odd_input.study_text(chance) if number % 2
                else odd_input.spoiled(chance, odd_input.VALID_STUDIES))
        yield Case(data, ["sweep", "any.toml", "--dry-run"], lang=lang)
    for _ in range(3):
        yield Case(odd_input.spoiled(chance, odd_input.VALID_REFORMS, slips_alone=True),
                   ["compare", "toy", "toy+any.toml", *SHORT, "--replications", "1", "--jobs", "1",
                    "--out", "new", "--quiet"])
    for _ in range(28):
        words = odd_input.command_words(chance)
        yield Case(odd_input.VALID_REFORMS[0], [word.replace("\0", "") for word in words], "")
    for _ in range(7):
        yield Case(odd_input.spoiled(chance, odd_input.VALID_SCENARIOS[:1]),
                   ["run", "any.toml", *SHORT, "--out", "new", "--quiet"])
    plain = ["sweep", "any.toml", "--out", "new", "--jobs", "1"]
    yield Case(odd_input.SMALL_STUDIES[0], plain, codes=(0,))
    yield Case(odd_input.SMALL_STUDIES[0], [*plain, "--run-timeout", "0.001"], codes=(1,))
    for number in range(6):
        more = ["--run-timeout", "0.001"] if number % 3 == 0 else []
        yield Case(odd_input.spoiled(chance, odd_input.SMALL_STUDIES, slips_alone=True),
                   [*plain, *more], codes=(0, 1, 2))
    for text in (b"\0" * 9, b"[" * 90_000, b"a." * 90_000 + b"a = 1", b"\xff" * 9,
                 b"x = " + b"9" * 9000):
        yield Case(text, ["validate", "any.toml"])
        yield Case(text, ["sweep", "any.toml"])


def answered(process: subprocess.Popen[bytes], began: float, folder: Path) -> Answer:
    """Wait for an answer; what takes longer than a minute is a failure."""
    try:
        code = process.wait(max(0.1, began + LONGEST_SECONDS - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError(f"still not answered after {LONGEST_SECONDS} s") from None
    texts = [(folder / name).read_bytes().decode("utf-8", "replace")
             for name in ("out.txt", "err.txt")]
    return Answer(code, *texts)


@pytest.mark.slow
def test_a_hundred_processes_refuse_in_words_or_do_what_was_asked(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = list(enumerate(cases()))
    assert len(waiting) == 100
    codes: Counter[int] = Counter()
    running: list[tuple[Case, Path, subprocess.Popen[bytes], float]] = []
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            number, case = waiting.pop(0)
            folder = tmp_path / str(number)
            shutil.copytree(finished, folder)
            (folder / "any.toml").write_bytes(case.file)
            began = time.monotonic()
            running.append((case, folder, start(case.words, folder, case.lang), began))
        case, folder, process, began = running.pop(0)
        found = answered(process, began, folder)
        assert found.code in case.codes, (case.words, found)
        check(found, case.place, case.lang, folder)
        shutil.rmtree(folder)
        codes[found.code] += 1
    with capsys.disabled():
        told = ", ".join(f"{code}: {number}" for code, number in sorted(codes.items()))
        sys.stdout.write(f"\nprocesses: {codes.total()} started; by exit code {told}\n")
    assert codes[0] >= 15
    assert codes[1] >= 1
    assert codes[2] >= 50
