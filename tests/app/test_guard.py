"""Who may come in, how much they may send, how many fit, and that nothing stays behind."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from linkage_sim.app.exports import csv_bytes
from linkage_sim.app.guard import Door, mended
from linkage_sim.app.server import _serve

from .conftest import ROOT, free_port, serving


def status(address: str, path: str = "/", method: str = "GET", body: bytes | None = None,
           **headers: str) -> int:
    return reply(address, path, method, body, **headers)[0]


def reply(address: str, path: str = "/", method: str = "GET", body: bytes | None = None,
          **headers: str) -> tuple[int, bytes]:
    host = address.removeprefix("http://").strip("/")
    connection = http.client.HTTPConnection(host, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        # A socket that was let in stays open; there is nothing to read to the end.
        return answer.status, b"" if answer.status == 101 else answer.read()
    finally:
        connection.close()


SOCKET = "/jupyter/api/kernels/x/channels?session_id=y"
UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13",
           "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ=="}


def test_strangers_are_refused(server: str) -> None:
    own = server.strip("/")
    assert status(server) == 200
    assert status(server, Host="evil.example") == 403
    assert status(server, Origin="http://evil.example") == 403
    assert status(server, Origin="null") == 403
    assert status(server, SOCKET, **UPGRADE, Origin="http://evil.example") == 403
    assert status(server, SOCKET, **UPGRADE) == 403
    assert status(server, SOCKET, **UPGRADE, Origin=own, Host="evil.example") == 403
    assert status(server, SOCKET, **UPGRADE, Origin=own) == 101


def test_what_is_too_large_or_not_for_visitors_is_refused(server: str) -> None:
    assert status(server, "/?" + "x" * 20_000) in (400, 414)
    assert status(server, "/_solara/api/close/x", "POST", b"x" * 100_000) == 413
    assert status(server, "/resourcez") == 404
    for path in ("/_solara/cdn/../../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd",
                 "/_solara/cdn/%2e%2e/%2e%2e/pyvenv.cfg"):
        told = reply(server, path)[1]
        assert b"root:" not in told and b"home =" not in told


def test_a_page_may_be_enlarged_and_names_its_language(server: str) -> None:
    with urllib.request.urlopen(server, timeout=20) as answer:
        page, headers = answer.read().decode(), dict(answer.headers)
    assert '<html lang="en">' in page and "user-scalable" not in page
    assert "default-src 'self'" in headers["content-security-policy"]
    assert mended(b"<html><p>", "zh") == b'<html lang="zh-CN"><p>'


@pytest.mark.slow
def test_one_visitor_too_many_is_told_so(browser: Any) -> None:
    with serving("--sessions", "1") as (address, _):
        first = browser.new_page()
        first.goto(address)
        first.wait_for_selector("input[type=range]", timeout=30_000)
        second = browser.new_context().new_page()
        answer = second.goto(address)
        assert answer.status == 503
        assert "访问人数已满" in second.inner_text("main")
        first.close()


@pytest.mark.slow
def test_other_machines_need_a_token() -> None:
    with serving("--allow-remote") as (address, process):
        assert status(address) == 403
        assert status(address, "/?token=wrong") == 403
        assert process.stdout is not None
        told = process.stdout.readline()
        token = told.strip().rsplit("token=", 1)[1]
        assert status(address, f"/?token={token}") == 200
        assert status(address, Cookie=f"linkage-token={token}") == 200


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(item) for item in found.read_text().split()] if found.exists() else []


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see processes")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_workers_leave_with_the_server(number: int) -> None:
    with serving() as (_, process):
        workers = children(process.pid)
        assert len(workers) >= 2
        process.send_signal(number)
        process.wait(20)
        deadline = time.monotonic() + 10
        while any(_lives(pid) for pid in workers) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert [pid for pid in workers if _lives(pid)] == []


@pytest.mark.slow
def test_a_server_told_to_end_while_it_starts_ends() -> None:
    """What is being imported may swallow the interruption; nobody may then be left behind."""
    for moment in (0.3, 0.7, 1.1, 1.5, 2.0, 2.6):
        process = subprocess.Popen(
            [sys.executable, "-m", "linkage_sim", "app", "--no-browser", "--port",
             str(free_port())], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(moment)
            process.terminate()
            assert process.wait(20) in (143, -signal.SIGTERM), moment
        finally:
            process.kill()


def test_a_server_that_is_over_before_it_serves_does_not_serve(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    import uvicorn

    def refused(self: object) -> None:
        raise AssertionError("it serves")

    monkeypatch.setattr(uvicorn.Server, "run", refused)
    ready = SimpleNamespace(is_ready=False)
    arguments: Any = ("127.0.0.1", free_port(), Door(), "en", lambda: None, ready)
    _serve(*arguments, lambda: True)
    with pytest.raises(AssertionError, match="it serves"):
        _serve(*arguments, lambda: setattr(ready, "is_ready", True) or False)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_cells_that_look_like_formulas_are_neutralised() -> None:
    told = csv_bytes(["名称"], [["=1+1"], ["+x"], ["-x"], ["@x"], [-1.5]]).decode("utf-8-sig")
    assert told.splitlines() == ["名称", "'=1+1", "'+x", "'-x", "'@x", "-1.5"]
