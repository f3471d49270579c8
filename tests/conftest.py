"""What all tests share: patience for code that compiles, and the way to the real data."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from linkage_sim.cli.app import main
from linkage_sim.scenario import registry
from linkage_sim.words import set_language

Typed = Callable[..., tuple[int, str, str]]

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"

# A first call compiles for seconds, which is no fault of the example that made it. Where CI is
# set, the same examples come every time, so that a red build can be repeated.
settings.register_profile("patient", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("repeatable" if os.environ.get("CI") else "patient")


def real_data(folder: Path, required: bool) -> Path:
    """Give the folder of real data; without it skip the test, or fail where it is required."""
    if not folder.is_dir():
        if required:
            pytest.fail("LINKAGE_REQUIRE_DATA is set, but the real data (shared/data) are not here")
        pytest.skip("the real data (shared/data) are not beside the repository")
    return folder.resolve()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data that lie beside the repository."""
    return real_data(DATA, os.environ.get("LINKAGE_REQUIRE_DATA") == "1")


@pytest.fixture(scope="module", autouse=True)
def plugins_of_this_file() -> Iterator[None]:
    """Forget what the tests of one file registered, so that no other file depends on the order."""
    registries = [kept for kept in vars(registry).values() if isinstance(kept, registry.Registry)]
    before = [dict(kept._classes) for kept in registries]
    modules = set(sys.modules)
    yield
    for kept, known in zip(registries, before, strict=True):
        for name in set(kept._classes) - set(known):
            if kept.from_outside(name) is None:
                continue
            module = kept._classes.pop(name).__module__
            # What a test imported must register again when another file imports it.
            if module not in modules:
                sys.modules.pop(module, None)


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Typed]:
    """Give a function that runs one command in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKAGE_LANG", "en")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    yield run
    set_language(None)
