"""What the tests of experiments share: a small experiment on the toy scenario."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / "studies")]

from toy_experiment import write_experiment


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """The folder of an experiment of twelve runs that needs seconds."""
    return write_experiment(tmp_path / "waiting")
