"""A page that is left is closed with its work; who comes back is told so and goes on."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from linkage_sim.app.guard import SOLARA_SAYS

from .conftest import ROOT, Visit, free_port, wait_for

PEOPLE = "id,age,household,building\n" + "".join(f"{n},{n},{n},{n}\n" for n in range(1, 61))


class Line:
    """A cable between browser and server that can be pulled out and put back."""

    def __init__(self, port: int) -> None:
        self._goal, self.is_in = port, True
        self._open: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                if not self.is_in:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._goal))
                self._open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while part := one.recv(65_536):
                other.sendall(part)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def pull(self) -> None:
        self.is_in = False
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open = []

    def close(self) -> None:
        self.pull()
        self._door.close()


class Server:
    """The server of short sessions, and what it holds."""

    def __init__(self) -> None:
        self.port = free_port()
        script = Path(__file__).with_name("short_sessions.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(self.port)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        wait_for(f"http://127.0.0.1:{self.port}/", self.process)

    def holds(self) -> dict[str, int]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        found: dict[str, int] = json.loads(self.process.stdout.readline())
        return found

    def registers(self) -> int:
        """Count the registers in its memory."""
        return sum("memfd:register" in os.readlink(path)
                   for path in Path(f"/proc/{self.process.pid}/fd").iterdir() if path.is_symlink())

    def wait_until(self, **wanted: int) -> dict[str, int]:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            held = self.holds()
            if all(held[name] == value for name, value in wanted.items()):
                return held
            time.sleep(0.1)
        raise AssertionError(f"{self.holds()} instead of {wanted}")


@pytest.fixture(scope="module")
def short() -> Iterator[Server]:
    started = Server()
    yield started
    started.process.terminate()
    started.process.wait(15)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to see open files")
def test_a_page_that_is_left_is_closed_and_says_so_when_somebody_returns(
    browser: Any, short: Server
) -> None:
    with closing(Line(short.port)) as line:
        seen = Visit(browser, f"http://127.0.0.1:{line.port}/?v=1&s=toy&p=full_reform&n=200")
        seen.page.set_input_files("[data-role=upload-register]", {
            "name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()})
        seen.page.wait_for_selector("[data-role=register]")
        # So much that both workers are busy until somebody stops them.
        seen.page.click("[data-action=forget-register]")
        seen.page.fill("input[name='world.residents']", "20000")
        seen.page.press("input[name='world.residents']", "Enter")
        seen.page.wait_for_function("location.search.includes('residents=20000')")
        assert short.wait_until(busy=2)["pages"] == 1
        assert short.registers() == 1
        line.pull()
        short.wait_until(pages=0, busy=0)
        assert short.registers() == 0
        line.is_in = True
        dialog = seen.page.locator(".v-dialog").filter(has_text="the address holds all")
        expect(dialog).to_be_visible(timeout=60_000)
        expect(dialog).to_contain_text("请重新加载以继续")
        seen.picture("session-over")
        dialog.get_by_role("button", name="Reload").click()
        expect(seen.page.locator("[data-preset=full_reform]")).to_be_checked(timeout=30_000)
        expect(seen.page.locator("input[name='world.residents']")).to_have_value("20000")
        seen.close()
    short.wait_until(pages=0, busy=0)


@pytest.mark.slow
def test_what_solara_says_of_a_lost_page_is_said_in_both_languages(short: Server) -> None:
    with urlopen(f"http://127.0.0.1:{short.port}/", timeout=20) as answer:
        page = answer.read().decode()
    assert [text for text in SOLARA_SAYS if text in page] == []
    for told in ("本页已关闭", "请重新加载以继续", "正在重新连接"):
        assert told in page
