"""`pip install linkage-sim[app]`, then no network at all: every tab works."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from .conftest import CHROMIUM, ROOT

ALONE = ["unshare", "--user", "--map-root-user", "--net"]


def has_networks_of_its_own() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*ALONE, "true"], capture_output=True).returncode == 0


def pip(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *words],
                          capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="no chromium: set CHROMIUM or install it")
@pytest.mark.skipif(not has_networks_of_its_own(), reason="no network namespace may be made here")
def test_a_fresh_install_without_a_network_shows_every_tab(tmp_path: Path) -> None:
    pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "fresh", with_pip=False)
    python = tmp_path / "fresh" / "bin" / "python"
    pip("--python", str(python), "install", "--quiet", "--constraint", "constraints.txt",
        f"{wheel}[app]")
    (tmp_path / "elsewhere").mkdir()
    done = subprocess.run(
        [*ALONE, sys.executable, str(Path(__file__).with_name("offline_visit.py")),
         str(python.with_name("linkage-sim")), str(tmp_path / "elsewhere")],
        capture_output=True, text=True, timeout=500, cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["offline"], "negative control: this test has to be cut off"
    assert (told["errors"], told["outside"], told["broken_images"]) == ([], [], 0)
    assert "%" in told["sentence"] or any(sign.isdigit() for sign in told["sentence"])
    assert all(told[tab] > 500 for tab in ("compare", "inside", "evidence")), told
