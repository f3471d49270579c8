"""The figures in the solutions of the exercises are what their commands bring."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from linkage_sim.cli.app import main
from linkage_sim.outcomes import NAMES
from linkage_sim.studies.results import load_results

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / name for name in ("exercises.md", "exercises.zh.md")]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"<!-- figures of (\S+) -->\n\n((?:\|.*\n)+)")
CELL = re.compile(r"([+-][\d.]+) \[([+-][\d.]+), ([+-][\d.]+)\]( \\\*)?")
Told = dict[tuple[str, str, str], tuple[list[str], bool]]


def figures(page: str) -> Told:
    """Read the tables: (results, scenario, outcome) -> numbers as written, and if starred."""
    found: Told = {}
    for place, table in TABLE.findall(page):
        head, _, *rows = [[cell.strip() for cell in line.strip("|\n").split("|")]
                          for line in table.splitlines()]
        scenarios = [cell.strip("`") for cell in head[1:]]
        for row in rows:
            for scenario, cell in zip(scenarios, row[1:], strict=True):
                parts = CELL.fullmatch(cell)
                assert parts, f"{place}: {cell}"
                found[place, scenario, row[0].strip("`")] = (
                    list(parts.groups()[:3]), parts[4] is not None)
    return found


def wrong(told: Told, tables: dict[str, pd.DataFrame]) -> list[str]:
    """List the figures that are not those of the results, to the decimals they are written with."""
    found = []
    for (place, scenario, outcome), (numbers, starred) in told.items():
        table = tables[place]
        row = table[(table["scenario"] == scenario) & (table["outcome"] == outcome)].iloc[0]
        counts = bool(row["low_adjusted"] > 0 or row["high_adjusted"] < 0)
        expected = [f"{row[name] + 0.0:+.{len(text.partition('.')[2])}f}"
                    for name, text in zip(("difference", "low", "high"), numbers, strict=True)]
        if expected != numbers or counts != starred:
            found.append(f"{place} {scenario} {outcome}: {numbers} for {expected}, {counts}")
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which everything the exercises tell one to run was run."""
    folder = tmp_path_factory.mktemp("exercises")
    page = PAGES[0].read_text(encoding="utf-8")
    for _, text in FENCE.findall(page):
        named = re.match(r"# (\w+\.(?:py|toml))\n", text)
        if named:
            (folder / named[1]).write_text(text, encoding="utf-8")
    for kind, text in FENCE.findall(page):
        for line in text.splitlines() if kind == "sh" else []:
            words = shlex.split(line)
            if words[0] == "linkage-sim":
                with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
                    assert main([*words[1:], "--quiet", "--lang", "en"]) == 0, line
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_figures_of_the_solutions_are_those_of_the_commands(desk: Path, page: Path) -> None:
    told = figures(page.read_text(encoding="utf-8"))
    places = {place for place, _, _ in told}
    assert wrong(told, {place: load_results(desk / place, "comparison") for place in places}) == []


@pytest.mark.slow
def test_the_program_of_the_third_exercise_prints_what_the_solution_says(desk: Path) -> None:
    page = PAGES[0].read_text(encoding="utf-8")
    (command,) = [line for kind, text in FENCE.findall(page) if kind == "sh"
                  for line in text.splitlines() if line.startswith("python ")]
    done = subprocess.run([sys.executable, *shlex.split(command)[1:]], cwd=desk, text=True,
                          capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    for path in PAGES:
        (told,) = [text for kind, text in FENCE.findall(path.read_text(encoding="utf-8"))
                   if kind == "text"]
        assert done.stdout == told


def test_every_figure_is_of_a_known_outcome_and_a_command_of_the_page() -> None:
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        told = figures(page)
        assert len(told) > 25
        for place, scenario, outcome in told:
            assert outcome in NAMES
            (line,) = [line for line in page.splitlines() if line.endswith(f" --out {place}")]
            assert any(word.endswith(scenario) for word in line.split())


def test_both_languages_tell_the_same_figures_files_and_commands() -> None:
    for name in ("exercises", "tutorial"):
        english, chinese = (
            (ROOT / "docs" / f"{name}{ending}.md").read_text(encoding="utf-8")
            for ending in ("", ".zh")
        )
        assert figures(english) == figures(chinese)
        typed = [list(FENCE.findall(page)) for page in (english, chinese)]
        assert typed[0] == typed[1]


def test_a_figure_that_is_off_in_its_last_decimal_is_seen() -> None:
    """Negative control."""
    table = pd.DataFrame([{"scenario": "x", "outcome": "trust", "difference": 0.0124, "low": 0.01,
                           "high": 0.015, "low_adjusted": -0.1, "high_adjusted": 0.1}])
    right: Told = {("r", "x", "trust"): (["+0.012", "+0.010", "+0.015"], False)}
    assert wrong(right, {"r": table}) == []
    for numbers, starred in ((["+0.013", "+0.010", "+0.015"], False),
                             (["+0.012", "+0.010", "+0.015"], True)):
        assert wrong({("r", "x", "trust"): (numbers, starred)}, {"r": table})
