"""What the tests of sweeps share: a small study and its sweep, done in one process in order."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from sweeping import study_file, swept


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A study of twelve runs and its sweep, done in one process in order."""
    folder = tmp_path_factory.mktemp("plain")
    study = study_file(folder)
    swept(study, folder / "out")
    return study, folder / "out"
