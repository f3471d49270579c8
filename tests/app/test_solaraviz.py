"""The model in Mesa's own view: the program of docs/solaraviz.md, as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, end, free_port, wait_for

pytest.importorskip("altair", reason="Mesa's view needs altair: pip install 'mesa[viz]'")
PAGE = ROOT / "docs" / "solaraviz.md"


def program() -> str:
    """Take the program out of the page, for twelve residents."""
    found = re.search(r"^```python\n# watch.py\n(.*?)^```$", PAGE.read_text(encoding="utf-8"),
                      re.MULTILINE | re.DOTALL)
    assert found
    assert '"x_community"' in found[1]
    return found[1].replace('"x_community"', '"toy"')


@pytest.fixture()
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {"__name__": "watch"}
    exec(compile(program(), "watch.py", "exec"), found)
    return found


def test_the_controls_are_arguments_of_the_model_and_move_it(names: dict[str, Any]) -> None:
    model = names["Community"](approval_days=5, seed=2)
    assert set(names["CONTROLS"]) == {"approval_days", "seed"}
    assert model.plan.policy.approval.fixed_latency_days == 5
    for _ in range(3):
        model.step()
    table = model.week_table()
    assert len(table) == 3 and {"trust", "satisfaction", "projects_running"} <= set(table)


@pytest.fixture()
def address(tmp_path: Path) -> Iterator[str]:
    path, port = tmp_path / "watch.py", free_port()
    path.write_text(program(), encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "solara", "run", str(path), "--host", "127.0.0.1", "--port",
         str(port), "--no-open", "--production"],
        cwd=tmp_path, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    found = f"http://127.0.0.1:{port}/"
    try:
        wait_for(found, server)
        yield found
    finally:
        end(server)


@pytest.mark.slow
def test_mesas_view_steps_draws_and_resets_the_model(address: str, browser: Any) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    for number in (1, 2):
        page.get_by_role("button", name="Step", exact=True).click(timeout=60_000)
        page.get_by_text(_count(number)).wait_for(timeout=60_000)
    page.wait_for_function(
        "[...document.querySelectorAll('img')].filter(e => e.naturalWidth > 200).length === 3",
        timeout=60_000)
    pictures = _pictures(page)
    folder = ROOT / "results" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / "solaraviz.png", full_page=True)
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_text(_count(3)).wait_for(timeout=60_000)
    page.wait_for_function("old => [...document.querySelectorAll('img')].every("
                           "e => !old.includes(e.src))", arg=pictures, timeout=60_000)
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_text(_count(0)).wait_for(timeout=60_000)
    page.close()
    assert errors == []


def _count(number: int) -> re.Pattern[str]:
    """Mesa 3.3 counts steps, Mesa 3.5 shows its time."""
    return re.compile(rf"^(Step|Time): {number}(\.0)?$")


def _pictures(page: Any) -> list[str]:
    return [str(item.get_attribute("src")) for item in page.query_selector_all("img")]
