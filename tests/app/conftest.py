"""A server of the interactive view for the tests, and a browser where there is one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def serving(
    *options: str, program: Sequence[str] = (sys.executable, "-m", "linkage_sim"),
    folder: Path = ROOT, seconds: float = START_SECONDS,
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start `linkage-sim app` and give its address and process."""
    port = free_port()
    process = subprocess.Popen(
        [*program, "app", "--no-browser", "--lang", "en", "--port", str(port), *options],
        cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address, process, seconds)
        yield address, process
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Ask a server to stop, and kill it where it does not."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for(
    address: str, process: subprocess.Popen[str], seconds: float = START_SECONDS
) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(process.communicate()[1])
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            # It answers, if only to say that a token is missing.
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving() as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser; skipped only where there is none."""
    if not CHROMIUM:
        pytest.skip("no chromium: set CHROMIUM or install it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()


class Visit:
    """A page in a fresh profile that notes what goes wrong and what leaves the machine."""

    def __init__(
        self, browser: Any, address: str, width: int = 1400, ready: str = "input[type=range]"
    ) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 1000},
                                           accept_downloads=True)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._look(request.url))
        self.page.goto(address)
        self.page.wait_for_selector(ready, timeout=30_000, state="attached")

    def _note(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _look(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.outside.append(url)

    def wait_for_pairs(self, least: int = 3, most_ms: int = 60_000) -> str:
        """Wait until so many worlds are shown; gives the sentence."""
        self.page.wait_for_function(
            "n => Number(document.querySelector('[data-role=sentence]').dataset.n) >= n",
            arg=least, timeout=most_ms,
        )
        return str(self.page.inner_text("[data-role=sentence]"))

    def outcome(self, name: str) -> list[str]:
        """Read a row of the table of all outcomes."""
        cells = self.page.query_selector_all(f"tr[data-outcome={name}] td")
        return [cell.inner_text() for cell in cells]

    def barriers(self) -> list[tuple[str, str]]:
        """List what axe-core finds critical or serious, each with its first place."""
        from axe_playwright_python.sync_playwright import Axe

        # Solara fades a page in; half-way, any colour on it is paler than it will be.
        self.page.wait_for_function("document.getAnimations().every(a => a.playState != 'running')")
        found = Axe().run(self.page).response["violations"]
        return [(item["id"], item["nodes"][0]["html"][:160]) for item in found
                if item["impact"] in ("critical", "serious")]

    def picture(self, name: str) -> None:
        """Keep a picture of the page for whoever looks at the output of CI."""
        folder = ROOT / "results" / "screens"
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png", full_page=True)

    def close(self) -> None:
        self.context.close()


@pytest.fixture()
def visit(browser: Any, server: str) -> Iterator[Any]:
    opened: list[Visit] = []

    def open_page(query: str = "", width: int = 1400, ready: str = "input[type=range]") -> Visit:
        opened.append(Visit(browser, server + query, width, ready))
        return opened[-1]

    yield open_page
    for item in opened:
        item.close()

