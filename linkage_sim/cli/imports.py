"""`linkage-sim import`: real data becomes a piece of a scenario, with a summary beside it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage_sim.cli.options import NUMBER, AsJson, Lang, Quiet, print_json, to_stderr
from linkage_sim.cli.spoken import SpokenCommand, SpokenGroup
from linkage_sim.cli.typed import command_line
from linkage_sim.errors import InputError
from linkage_sim.inputs.fragment import to_toml
from linkage_sim.scenario.locate import refuse_hiding
from linkage_sim.words import say, system_reason
from linkage_sim.words.paragraph import wrapped

program = typer.Typer(
    cls=SpokenGroup, help=say("cli.verb.import"), rich_markup_mode=None, add_completion=False,
    pretty_exceptions_enable=False, subcommand_metavar=say("cli.import.what"),
)
Files = Annotated[list[str], typer.Argument(metavar=say("cli.file"), help=say("cli.import.file"))]
Out = Annotated[Path | None, typer.Option("--out", "-o", help=say("cli.option.out_toml"))]
Encoding = Annotated[str, typer.Option("--encoding", help=say("cli.option.encoding"))]
Column = Annotated[str | None, typer.Option(help=say("cli.import.column"))]
Pairs = list[str] | None


def _told(kind: str) -> dict[str, Any]:
    """Give a kind's help; the list of kinds shows it whole."""
    words = say(f"cli.import.{kind}")
    return {"help": words, "short_help": words}


@program.callback()
def choose(lang: Lang = None) -> None:
    """Accept --lang before the kind of input too."""


@program.command("event-log", cls=SpokenCommand, **_told("event_log"))
def event_log(
    files: Files,
    case: Column = None,
    activity: Column = None,
    time: Column = None,
    role: Column = None,
    amount: Column = None,
    words: Annotated[Pairs, typer.Option("--word", help=say("cli.import.word"))] = None,
    officers: Annotated[
        int | None,
        typer.Option(metavar=NUMBER, min=1, max=1000, help=say("cli.import.officers")),
    ] = None,
    values: Annotated[
        int,
        typer.Option(
            "--values", metavar=NUMBER, min=1, max=5000, help=say("cli.import.values")
        ),
    ] = 200,
    fold_skipped: Annotated[
        bool, typer.Option("--fold-skipped/--per-visit", help=say("cli.import.fold_skipped"))
    ] = True,
    encoding: Encoding = "utf-8",
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Turn an approval log into desks."""
    from linkage_sim.inputs.event_log import (
        desks_comments,
        desks_fragment,
        desks_summary,
        read_event_log,
    )

    named = {"case": case, "activity": activity, "time": time, "role": role, "amount": amount}
    columns = {name: title for name, title in named.items() if title is not None}
    log = read_event_log(_one_file(files), columns, _pairs("--word", words), encoding)
    fragment = desks_fragment(log, values, officers=officers, fold_skipped=fold_skipped)
    summary = [
        say("cli.import.log_read", events=f"{log.n_events:,}", files=f"{log.n_cases:,}",
            desks=len(log.desks), rejected=f"{log.rejected_share:.1%}"),
        *(say("cli.import.desk", name=desk.name, days=f"{desk.mean_days:.2f}",
              returned=f"{desk.return_probability:.1%}", share=f"{desk.share_of_files:.0%}")
          for desk in log.desks),
        *desks_summary(log, officers, fold_skipped),
        *(say("cli.import.note", note=note) for note in log.notes),
    ]
    comments = desks_comments(log, officers, fold_skipped)
    _deliver(fragment, comments, summary, out, as_json, quiet)


@program.command("pabulib", cls=SpokenCommand, **_told("pabulib"))
def pabulib(
    files: Files,
    yuan_per_unit: Annotated[
        float | None,
        typer.Option(
            "--yuan-per-unit", metavar=NUMBER, help=say("cli.import.yuan_per_unit")
        ),
    ] = None,
    categories: Annotated[
        Pairs, typer.Option("--category", help=say("cli.import.category"))
    ] = None,
    encoding: Encoding = "utf-8",
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Turn the projects of participatory-budget elections into candidates."""
    from linkage_sim.inputs.candidates import (
        mapping_summary,
        money_summary,
        unmapped_projects,
        vote_fragment,
    )
    from linkage_sim.inputs.pabulib import read_election

    override = _pairs("--category", categories)
    elections = _all_read(read_election, files, encoding)
    rate = 1.0 if yuan_per_unit is None else yuan_per_unit
    candidates: list[dict[str, Any]] = []
    summary: list[str] = []
    for election in elections:
        found = vote_fragment(election, rate, override)["world"]["candidates"]
        if len(elections) > 1:
            # Elections number their projects alike; the file tells them apart.
            for candidate in found:
                candidate["id"] = f"{Path(election.path).stem[-40:]}:{candidate['id']}"[:80]
        candidates += found
        left_out = unmapped_projects(election, override)
        summary.append(say(
            "cli.import.election_read", path=election.path, projects=len(election.projects),
            ballots=f"{len(election.voters):,}", kept=len(found), left_out=len(left_out),
        ))
        summary += [
            say("cli.import.unmapped", id=name, categories=", ".join(group) or "-")
            for name, group in left_out.items()
        ]
    told = money_summary(elections, yuan_per_unit) + mapping_summary(elections, override)
    comments = [say("cli.import.candidates_head", files=", ".join(files)), *told]
    fragment = {"world": {"candidates": candidates}}
    _deliver(fragment, comments, summary + told, out, as_json, quiet)


@program.command("register", cls=SpokenCommand, **_told("register"))
def register(
    files: Files,
    id_column: Annotated[
        str | None, typer.Option("--id", help=say("cli.import.column"))
    ] = None,
    age: Column = None,
    household: Column = None,
    building: Column = None,
    needs: Column = None,
    more: Annotated[Pairs, typer.Option("--column", help=say("cli.import.need_column"))] = None,
    encoding: Encoding = "utf-8",
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Name a register of real residents in a scenario; none of its rows is written anywhere."""
    from linkage_sim.inputs.register import read_register, register_fragment

    path = _one_file(files)
    named = {"id": id_column, "age": age, "household": household, "building": building,
             "needs": needs}
    columns = {name: title for name, title in named.items() if title is not None}
    columns |= _pairs("--column", more)
    found = read_register(path, columns, encoding)
    seen = path if out is None or Path(path).is_absolute() else os.path.relpath(path, out.parent)
    fragment = register_fragment(seen, found, columns, encoding)
    needs_told = say("cli.import.needs_told" if found.needs is not None else "cli.import.no_needs")
    summary = [
        say("cli.import.register_read", residents=f"{found.n_residents:,}",
            households=f"{int(found.household.max()) + 1:,}",
            buildings=f"{int(found.building.max()) + 1:,}"),
        needs_told,
        say("cli.import.private"),
    ]
    _deliver(fragment, [say("cli.import.private")], summary, out, as_json, quiet)


def _one_file(files: list[str]) -> str:
    if len(files) > 1:
        raise InputError(say("cli.import.one_file", count=len(files)))
    return files[0]


def _all_read(read: Any, files: list[str], encoding: str) -> list[Any]:
    """Read every file before anything is written; the problems of all are told together."""
    found, trouble = [], []
    for path in files:
        try:
            found.append(read(path, encoding))
        except InputError as error:
            trouble += error.messages
    if trouble:
        raise InputError(trouble)
    return found


def _pairs(option: str, texts: Pairs) -> dict[str, str]:
    wrong = [text for text in texts or [] if not text.partition("=")[0] or "=" not in text]
    if wrong:
        raise InputError([say("cli.import.pair", option=option, found=text) for text in wrong])
    return {text.partition("=")[0]: text.partition("=")[2] for text in texts or []}


def _deliver(
    fragment: Mapping[str, Any], comments: Iterable[str], summary: list[str],
    out: Path | None, as_json: bool, quiet: bool,
) -> None:
    text = to_toml(fragment, comments)
    if out is not None:
        refuse_hiding(out)
        try:
            with out.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            raise InputError(say("cli.exists", path=out)) from None
        except OSError as error:
            reason = system_reason(error)
            raise InputError(say("cli.cannot_write", path=out, reason=reason)) from None
    if as_json:
        print_json({"fragment": fragment, "summary": summary})
    elif out is None:
        typer.echo(text, nl=False)
    if not quiet:
        for line in summary:
            to_stderr("\n".join(wrapped(line)))
        if out is not None:
            to_stderr(say("cli.written", path=out))
            if out.suffix == ".toml" and "+" not in str(out):
                command = command_line(["run", _runnable(out, fragment)])
                to_stderr(say("cli.import.next", command=command))
                if "policy" not in fragment:
                    first = f"{out.with_suffix('')}+full_reform"
                    to_stderr(say("cli.import.first", command=command_line(["run", first])))


def _runnable(out: Path, fragment: Mapping[str, Any]) -> str:
    """Name what can be run with a fragment: one of policy alone is laid over a scenario."""
    return f"x_community+{out.with_suffix('')}" if set(fragment) == {"policy"} else str(out)
