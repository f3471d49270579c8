"""Starts the server of the interactive view: on this machine alone unless told otherwise."""

from __future__ import annotations

import os
import socket
import time
import warnings
from collections.abc import Callable, Sequence

from linkage_sim.app.comparison import places_of
from linkage_sim.app.experiment_links import PLACE
from linkage_sim.app.guard import Door, Guard
from linkage_sim.app.pictures import Pictures
from linkage_sim.app.pool import Pool
from linkage_sim.app.service import Service, provide
from linkage_sim.errors import InputError
from linkage_sim.studies.workers import cores
from linkage_sim.words import say

USUAL_PORT = 8765
TRIED_PORTS = 20
LARGEST_MESSAGE = 2_000_000
SETTINGS = {
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_TITLE": "linkage-sim",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
    "SOLARA_SERVER_HTTP_GZIP": "False",
    "SOLARA_APP": "linkage_sim.app.page",
}
"""Production, no telemetry; Solara reads these once, when it is first imported."""
IDLE = "15m"
"""A page that nobody is connected to is closed after this time, and its work with it."""
LONGEST_WARM_UP_SECONDS = 5.0
"""Longer only where compiled code is missing; then pages open and their first answer waits."""


def free_port(host: str, wanted: int | None) -> int:
    """Give the port asked for, or the first free one from the usual one on.

    Raises
    ------
    InputError
        When the port asked for is taken, or all of them are.
    """
    ports = range(USUAL_PORT, USUAL_PORT + TRIED_PORTS) if wanted is None else (wanted,)
    for port in ports:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except OSError:
                continue
            return port
    raise InputError(say("app.server.port", host=host, port=ports[0]))


def run(
    specs: Sequence[str], reforms: Sequence[str], host: str, port: int, door: Door,
    language: str, jobs: int | None, started: Callable[[], None], idle: str = IDLE,
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Serve pages until somebody stops it; the workers leave with it.

    Parameters
    ----------
    specs
        Scenarios to start from, as `load_scenario` takes them.
    reforms
        Reforms chosen on a page that says nothing else.
    started
        Called when pages can be opened.
    idle
        How long a page outlives its last connection.
    is_over
        Tells whether somebody has asked to end before there was anything that heard it.
    """
    os.environ.update({**SETTINGS, "SOLARA_KERNEL_CULL_TIMEOUT": idle})
    # Advice to developers of Solara; nobody who uses the page can follow it.
    warnings.filterwarnings("ignore", module="solara")
    pool = Pool(jobs or cores())
    # What the tab "Evidence" opens starts from the community that ships.
    places = {**places_of(specs), **({} if PLACE in places_of(specs) else {PLACE: PLACE})}
    provide(Service(pool, places, language, tuple(reforms)))
    pool.open()
    try:
        _serve(host, port, door, language, started, pool, is_over)
    finally:
        pool.close()


def _serve(
    host: str, port: int, door: Door, language: str, started: Callable[[], None], pool: Pool,
    is_over: Callable[[], bool],
) -> None:
    import uvicorn
    from solara.server import kernel_context
    from solara.server.starlette import app

    class Server(uvicorn.Server):
        """Says when it has started."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                started()

    guarded = Guard(Pictures(app), door, lambda: len(kernel_context.contexts), language)
    config = uvicorn.Config(
        guarded, host=host, port=port, loop="asyncio", access_log=False, log_level="error",
        ws_max_size=LARGEST_MESSAGE, timeout_graceful_shutdown=1, server_header=False,
        proxy_headers=False,
    )
    # The processes get ready while the libraries above load; whoever opens the first page finds
    # them so.
    latest = time.monotonic() + LONGEST_WARM_UP_SECONDS
    while not pool.is_ready and time.monotonic() < latest and not is_over():
        time.sleep(0.02)
    if not is_over():
        Server(config).run()
