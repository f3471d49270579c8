"""Hands out the experiments' figures: known names only, never a path that somebody sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

from linkage_sim.studies.experiment import FILE, shipped_experiments
from linkage_sim.words import LANGUAGES

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
PREFIX = "evidence"
USUAL = "en"
"""Language of the figures that stand in the experiment's own folder of figures."""


@cache
def pictures() -> dict[str, Path]:
    """List what may be asked for: "evidence/zh/e1_demand/sample.png" -> file."""
    found = {}
    for folder in sorted(path.parent for path in shipped_experiments().glob(f"*/{FILE}")):
        for language in LANGUAGES:
            place = folder / "figures" / ("" if language == USUAL else language)
            for path in sorted(place.glob("*.png")):
                found[f"{PREFIX}/{language}/{folder.name}/{path.name}"] = path
    return found


def picture_of(experiment: str, name: str, language: str) -> tuple[str, bool]:
    """Give the address of a figure, and whether it is in the language asked for.

    The address is empty where the figure was not shipped.
    """
    for tongue in dict.fromkeys((language, USUAL)):
        address = f"{PREFIX}/{tongue}/{experiment}/{name}.png"
        if address in pictures():
            return address, tongue == language
    return "", False


class Pictures:
    """Answers requests for figures and leaves all others to the application."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look the path up in the list of figures; it is never joined to a folder."""
        path = pictures().get(scope.get("path", "").lstrip("/")) \
            if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        if path is None:
            await self._app(scope, receive, send)
            return
        body = path.read_bytes()
        headers = [
            (b"content-type", b"image/png"), (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"private, max-age=3600"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body",
                    "body": b"" if scope["method"] == "HEAD" else body})
