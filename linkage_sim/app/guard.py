"""Stands before the pages: who may come in, how much they may send, how many fit.

Solara itself checks neither where a request comes from nor how large it is.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from linkage_sim.words import LANGUAGES, say

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
LARGEST_BODY = 64_000
LONGEST_ADDRESS = 16_000
COOKIE = "linkage-token"
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'; form-action 'none'; base-uri 'self'"
)
"""No page may fetch from elsewhere, whatever a library asks for."""


@dataclass(frozen=True)
class Door:
    """Who may come in.

    Attributes
    ----------
    names
        Host names that are this machine; on 127.0.0.1 only these.
    token
        What a visitor from elsewhere has to bring; empty: nobody comes from elsewhere.
    most_sessions
        Pages at once.
    """

    names: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")
    token: str = ""
    most_sessions: int = 24


class Guard:
    """Wraps the application; every request and every socket passes here first."""

    def __init__(self, app: Any, door: Door, sessions: Callable[[], int], language: str) -> None:
        self._app, self._door, self._sessions = app, door, sessions
        self._language = language or "en"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1")
                   for name, value in scope.get("headers", [])}
        status, key = self._refusal(scope, headers)
        if status:
            await _refuse(scope, send, status, self._page(key))
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        await self._app(scope, _capped(receive), self._dressed(scope, send))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str]:
        """Say why a request is not let in: status and words; (0, "") lets it in."""
        if not self._is_known(headers.get("host", "")):
            return 403, "host"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return 403, "origin"
        if scope["type"] == "websocket" and origin is None:
            # Every browser sends it with a socket.
            return 403, "origin"
        if self._door.token and not self._has_token(scope, headers):
            return 403, "token"
        if len(scope.get("query_string", b"")) + len(scope["path"]) > LONGEST_ADDRESS:
            return 414, "long"
        try:
            if int(headers.get("content-length", "0")) > LARGEST_BODY:
                return 413, "large"
        except ValueError:
            return 400, "large"
        if scope["path"] in ("/readyz", "/resourcez") or "/evict/" in scope["path"]:
            return 404, "absent"
        is_page = scope["type"] == "http" and scope["path"] == "/" and scope["method"] == "GET"
        if is_page and self._sessions() >= self._door.most_sessions:
            return 503, "full"
        return 0, ""

    def _is_known(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        if name in self._door.names:
            return True
        if not self._door.token:
            return False
        # Behind a token, any address of this machine will do; names could be rebound.
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _has_token(self, scope: Scope, headers: dict[str, str]) -> bool:
        found = [part.strip().partition("=")[2] for part in headers.get("cookie", "").split(";")
                 if part.strip().startswith(f"{COOKIE}=")]
        found += parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
        wanted = self._door.token.encode()
        return any(hmac.compare_digest(item.encode(), wanted) for item in found)

    def _dressed(self, scope: Scope, send: Send) -> Send:
        """Add headers that keep the browser from leaving, and mend the page Solara writes."""
        state: dict[str, Any] = {"start": None, "body": b""}

        async def dressed(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *self._extra(scope)]}
                if _is_html(message["headers"]):
                    state["start"] = message
                    return
            elif message["type"] == "http.response.body" and state["start"] is not None:
                state["body"] += message.get("body", b"")
                if message.get("more_body"):
                    return
                body = mended(state["body"], self._language)
                start = state["start"]
                kept = [(name, value) for name, value in start["headers"]
                        if name.lower() != b"content-length"]
                kept.append((b"content-length", str(len(body)).encode()))
                await send({**start, "headers": kept})
                await send({"type": "http.response.body", "body": body})
                return
            await send(message)

        return dressed

    def _extra(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        extra = [
            (b"content-security-policy", POLICY.encode()), (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"), (b"x-frame-options", b"DENY"),
        ]
        if self._door.token and b"token=" in scope.get("query_string", b""):
            cookie = f"{COOKIE}={self._door.token}; Path=/; HttpOnly; SameSite=Strict"
            extra.append((b"set-cookie", cookie.encode()))
        return extra

    def _page(self, key: str) -> bytes:
        told = "".join(f"<p lang='{name}'>{escape(say(f'app.refused.{key}', name))}</p>"
                       for name in ("en", "zh"))
        return (f"<!doctype html><html lang='{self._language}'><meta charset='utf-8'>"
                f"<meta name='viewport' content='width=device-width, initial-scale=1'>"
                f"<title>linkage-sim</title><main>{told}</main></html>").encode()


SOLARA_SAYS = {
    "App is disconnected, and may not function properly. Please refresh the page.":
        "app.session.lost",
    "Could not restore session. Please refresh the page.": "app.session.over",
    "Could not restore session. Please refresh.": "app.session.over",
    "Please refresh the page": "app.session.title",
    "Refresh now": "app.session.reload",
    "Server\n                disconnected.": "app.session.waiting",
}
"""What Solara tells a visitor whose connection or session is gone, and our words for it."""


def mended(page: bytes, language: str) -> bytes:
    """Let a page be enlarged, name its language and speak both of ours; Solara does neither."""
    for english, key in SOLARA_SAYS.items():
        # The page may be shown in either language by the time this is read.
        both = " / ".join(escape(say(key, name)) for name in LANGUAGES)
        page = page.replace(english.encode(), both.encode())
    # What covers the page while it connects must not cover the button that helps.
    page = page.replace(b"&& wasConnected }", b"&& wasConnected && !needsRefresh }")
    tag = b"zh-CN" if language == "zh" else b"en"
    page = page.replace(b"<html>", b'<html lang="' + tag + b'">', 1)
    for wish in (b", maximum-scale=1", b", user-scalable=no", b", minimal-ui"):
        page = page.replace(wish, b"", 1)
    return page


def _is_html(headers: Any) -> bool:
    found = {name.lower(): value for name, value in headers}
    return found.get(b"content-type", b"").startswith(b"text/html") \
        and b"content-encoding" not in found


def _capped(receive: Receive) -> Receive:
    """Break off a body that is longer than it said."""
    seen = 0

    async def capped() -> MutableMapping[str, Any]:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > LARGEST_BODY else message

    return capped


async def _refuse(scope: Scope, send: Send, status: int, page: bytes) -> None:
    if scope["type"] == "websocket":
        # Closed before it was accepted: the server answers 403.
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store"),
               (b"content-length", str(len(page)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": page})
