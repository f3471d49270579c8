"""The list of verbs: where each one lives, loaded when it is asked for.

To add a verb, add two lines: `"name": "linkage_sim.cli.name:function"` to VERBS here, and an entry
`[cli.verb.name]` with `en` and `zh` to words/cli.toml (its --help). The function is an ordinary
typer command in a file of its own: options from cli/options.py, heavy imports inside the function,
trouble raised as InputError; cli/app.py turns errors into messages and exit codes.
"""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import Annotated, Any

import typer

from linkage_sim import __version__
from linkage_sim.cli.spoken import SpokenCommand, SpokenGroup
from linkage_sim.cli.typed import command_line
from linkage_sim.words import LANGUAGES, listing, say

VERBS: dict[str, str] = {
    "new": "linkage_sim.cli.new:new",
    "run": "linkage_sim.cli.run:run",
    "compare": "linkage_sim.cli.compare:compare",
    "sweep": "linkage_sim.cli.sweep:sweep",
    "sensitivity": "linkage_sim.cli.sensitivity:sensitivity",
    "calibrate": "linkage_sim.cli.calibrate:calibrate",
    "reproduce": "linkage_sim.cli.reproduce:reproduce",
    "status": "linkage_sim.cli.status:status",
    "results": "linkage_sim.cli.results:results",
    "report": "linkage_sim.cli.report:report",
    "explain": "linkage_sim.cli.explain:explain",
    "rerun": "linkage_sim.cli.rerun:rerun",
    "validate": "linkage_sim.cli.validate:validate",
    "parameters": "linkage_sim.cli.parameters:list_parameters",
    "schema": "linkage_sim.cli.schema:schema",
    "app": "linkage_sim.cli.interactive:app",
    "verify": "linkage_sim.cli.verify:verify",
    "import": "linkage_sim.cli.imports:program",
    "doctor": "linkage_sim.cli.doctor:doctor",
}


class VerbGroup(SpokenGroup):
    """Knows the verbs by name and imports only the one that is used."""

    def list_commands(self, ctx: Any) -> list[str]:
        """List the verbs in the order in which a person meets them."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load one verb; None when there is none of that name."""
        if cmd_name not in VERBS:
            return None
        module, _, attribute = VERBS[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            command = typer.main.get_command(found)
        else:
            alone = typer.Typer(
                rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False
            )
            words = say(f"cli.verb.{cmd_name}")
            alone.command(cmd_name, cls=SpokenCommand, help=words)(found)
            command = typer.main.get_command(alone)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of verbs for --help without loading any of them."""
        with formatter.section(say("cli.verbs")):
            formatter.write_dl([(name, say(f"cli.verb.{name}")) for name in VERBS])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the verb that was typed, or say which one comes nearest."""
        if args and args[0] not in VERBS:
            near = difflib.get_close_matches(args[0][:100], VERBS, 1)
            hint = say("sign.clause") + say("errors.did_you_mean", name=near[0]) if near else ""
            ctx.fail(say("cli.no_verb", name=args[0], known=listing(VERBS)) + hint)
        return super().resolve_command(ctx, args)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"linkage-sim {__version__}")
        raise typer.Exit


def _first_steps() -> str:
    """Give two commands to begin with; the sign at the start keeps the lines as they are."""
    commands = (["run", "toy"], ["compare", "x_community", "x_community+full_reform"])
    return "\n".join(["\b", say("cli.epilog"), *(f"  {command_line(words)}" for words in commands)])


def program() -> Any:
    """Put the command together, its words in the language in use."""
    app = typer.Typer(
        cls=VerbGroup,
        help=say("cli.program"),
        epilog=_first_steps(),
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        subcommand_metavar=say("cli.verb_metavar"),
        no_args_is_help=False,
        invoke_without_command=True,
    )

    def start(
        context: typer.Context,
        version: Annotated[
            bool,
            typer.Option("--version", callback=show_version, is_eager=True,
                         help=say("cli.option.version")),
        ] = False,
        lang: Annotated[
            str | None,
            typer.Option("--lang", metavar="|".join(LANGUAGES), help=say("cli.option.lang")),
        ] = None,
    ) -> None:
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    app.callback()(start)
    return typer.main.get_command(app)
