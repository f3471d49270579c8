"""What is promised of any command: a word on every refusal, and no directory half-written."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from linkage_sim.studies.results import LOCK, MANIFEST, verify_results
from linkage_sim.studies.store import is_sweep, open_store

FILE = r"any\.toml[:：]|\.\.\.|……"
"""How a refusal of the file `any.toml` begins, or the line that says there is more."""
KEPT = {"swept", "ran", "study.toml", "any.toml"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Answer:
    """What one command came to."""

    code: int
    out: str
    err: str


def check(found: Answer, place: str, lang: str, folder: Path = Path()) -> None:
    """Hold an answer to the promise; `place` begins whatever is said of a refusal."""
    assert "Traceback" not in found.err, found.err
    refuse_leftovers(folder)
    if found.code != 2:
        return
    lines = [line for line in found.err.split("\n") if line and not line.startswith("    ")]
    assert lines, "refused without a word"
    for line in lines:
        assert re.match(place, line), f"names no place: {line}"
        assert lang == "en" or _CHINESE.search(line), f"not in Chinese: {line}"


def refuse_leftovers(folder: Path) -> None:
    """Check that what a command wrote is whole, or can be gone on with; then remove it."""
    for item in os.scandir(folder):
        if item.name in KEPT:
            continue
        path = folder / item.name
        if not item.is_dir():
            path.unlink()
            continue
        for inside in [path, *path.rglob("*")]:
            if (inside / MANIFEST).exists():
                verify_results(inside)
            elif is_sweep(inside):
                open_store(inside)
            else:
                assert not (inside / LOCK).exists(), f"{inside} was left half-written"
                assert not list(inside.glob("*.parquet")), f"{inside} was left half-written"
        shutil.rmtree(path)
