"""`linkage-sim app`: the interactive view in a browser."""

from __future__ import annotations

import secrets
import webbrowser
from typing import Annotated

import typer

from linkage_sim.cli.options import NUMBER, Jobs, Lang, Quiet, to_stderr
from linkage_sim.cli.termination import is_told_to_end
from linkage_sim.cli.typed import package, pip_install
from linkage_sim.errors import InputError
from linkage_sim.words import say

HERE = ("127.0.0.1", "localhost", "::1")
USUAL = ("x_community", "toy")


def app(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(metavar=say("cli.scenarios"), help=say("app.option.scenarios")),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(metavar=NUMBER, min=1, max=65_535, help=say("app.option.port")),
    ] = None,
    host: Annotated[str, typer.Option(metavar="HOST", help=say("app.option.host"))] = HERE[0],
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help=say("app.option.allow_remote"))
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help=say("app.option.no_browser"))
    ] = False,
    sessions: Annotated[
        int, typer.Option(metavar=NUMBER, min=1, max=500, help=say("app.option.sessions"))
    ] = 24,
    jobs: Jobs = None,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Open the interactive view."""
    _refuse_without_solara()
    if host not in HERE and not allow_remote:
        raise InputError(say("app.server.remote", host=host))
    from linkage_sim.app.guard import Door
    from linkage_sim.app.server import free_port, run
    from linkage_sim.scenario.loading import load_scenario

    specs = list(dict.fromkeys(scenarios or USUAL))
    for spec in specs:
        load_scenario(spec)
    number = free_port(host, port)
    token = secrets.token_urlsafe(24) if allow_remote else ""
    shown = HERE[0] if host in ("0.0.0.0", "::", "localhost") else host
    shown = f"[{shown}]" if ":" in shown else shown
    address = f"http://{shown}:{number}/" + (f"?token={token}" if token else "")

    def started() -> None:
        typer.echo(say("app.server.open", address=address))
        if token:
            to_stderr(say("app.server.remote_meaning"))
        if not quiet:
            to_stderr(say("app.server.stop"))
        if not no_browser:
            webbrowser.open(address)

    reforms = () if any("+" in spec for spec in specs[:1]) else ("fast_approval",)
    door = Door(token=token, most_sessions=sessions)
    run(specs, reforms, host, number, door, lang or "", jobs, started,
        is_over=is_told_to_end)


def _refuse_without_solara() -> None:
    from importlib.util import find_spec

    if find_spec("solara") is None:
        raise InputError(say("app.server.no_solara", command=pip_install(package("app"))))
