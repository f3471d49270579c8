"""The command and the Python lines that a page shows are run as they stand: the same numbers."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT

KEYS = ("difference", "low", "high", "n")
MOVED = ("?v=1&s=toy&p=fast_approval&n=10&seed=4&world.budget_yuan_per_year=5000"
         "&policy.approval.fixed_latency_days=15&policy.proposal.method=survey")
PRESET = "?v=1&s=toy&p=public_opinion+full_reform&n=10&seed=9"


def numbers(text: str, name: str) -> dict[str, list[float | None]]:
    return {row[name]: [float(row[key]) if row[key] else None for key in KEYS]
            for row in csv.DictReader(io.StringIO(text))}


def run(command: list[str] | str, folder: Path) -> None:
    """Run what a person would type, with this Python's programs first on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, shell=isinstance(command, str), cwd=folder, text=True, capture_output=True,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}, timeout=300,
    )
    assert done.returncode == 0, done.stderr


def download(page: Any, kind: str) -> bytes:
    with page.expect_download(timeout=60_000) as coming:
        page.click(f"[data-download={kind}]")
    return Path(coming.value.path()).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("query", [MOVED, PRESET])
def test_what_a_page_shows_repeats_its_numbers_exactly(
    visit: Any, tmp_path: Path, query: str
) -> None:
    seen = visit(query + "&lang=en")
    seen.wait_for_pairs(10)
    table = download(seen.page, "summary").decode("utf-8-sig")
    shown = numbers(table.replace("pairs", "n", 1), "name")
    assert len(shown) > 30
    (tmp_path / "scenario.toml").write_bytes(download(seen.page, "toml"))
    run(seen.page.input_value("[data-role=command]"), tmp_path)
    (found,) = tmp_path.glob("results/**/comparison.csv")
    assert numbers(found.read_text(encoding="utf-8-sig"), "outcome") == shown
    lines = seen.page.input_value("[data-role=python]")
    (tmp_path / "shown.py").write_text(
        lines + "\ntable.to_csv('python.csv', index=False)\n", encoding="utf-8")
    run([sys.executable, "shown.py"], tmp_path)
    assert numbers((tmp_path / "python.csv").read_text(encoding="utf-8"), "outcome") == shown
