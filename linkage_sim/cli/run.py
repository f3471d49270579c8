"""`linkage-sim run`: one scenario, one seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkage_sim.cli.layout import columns, number
from linkage_sim.cli.options import (
    DIRECTORY,
    NUMBER,
    AsJson,
    Lang,
    Quiet,
    Replace,
    Values,
    print_json,
    to_stderr,
)
from linkage_sim.cli.places import claimed, usual_run_place
from linkage_sim.cli.study_words import (
    better,
    display_names,
    may_be_stopped,
    outcome_label,
    outcome_name,
    plain,
    progress_bar,
    told_settings,
    unit_of,
)
from linkage_sim.cli.typed import command_line
from linkage_sim.scenario.locate import is_file
from linkage_sim.words import language, say

if TYPE_CHECKING:
    from linkage_sim.model import LinkageModel
    from linkage_sim.scenario.schema import Scenario
    from linkage_sim.studies.compare import Plan
    from linkage_sim.studies.run import Result


def run(
    scenario: Annotated[
        str, typer.Argument(metavar=say("cli.scenarios"), help=say("study.option.scenario"))
    ] = "x_community",
    seed: Annotated[int, typer.Option(metavar=NUMBER, min=0, help=say("study.option.seed"))] = 1,
    values: Values = None,
    out: Annotated[
        Path | None, typer.Option(metavar=DIRECTORY, help=say("study.option.out"))
    ] = None,
    replace: Replace = False,
    trace: Annotated[bool, typer.Option("--trace", help=say("study.option.trace"))] = False,
    check: Annotated[bool, typer.Option("--check", help=say("study.option.check"))] = False,
    keep_years: Annotated[
        bool, typer.Option("--checkpoint", help=say("study.option.checkpoint"))
    ] = False,
    as_json: AsJson = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("study.option.dry_run"))
    ] = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Run a scenario once and print its outcomes, in all and by year."""
    from linkage_sim.scenario.loading import load_scenario

    plan = load_scenario(scenario, values or [])
    switches = {"run.trace": trace or plan.run.trace, "run.check": check or plan.run.check}
    plan = plan.with_values(switches)
    name = display_names([scenario])[0]
    place = out
    if place is None and (trace or keep_years):
        # A journal or a state that nobody can find again would be of no use.
        place = usual_run_place(name, seed)
    if dry_run:
        from linkage_sim.cli.dry_run import report_plan

        return report_plan(
            _whole(plan, name, seed), 1, place, as_json, replace, keep_years
        )
    result = _run(plan, name, seed, place, quiet, replace, keep_years)
    if as_json:
        print_json(as_record(plan, name, result))
    else:
        _print(plan, name, result, told_settings("run", values or []))
        if not quiet:
            for line in closing_lines(plan, scenario, result, place):
                typer.echo(line)
    for problem in result.problems:
        to_stderr(say("study.law_broken", problem=problem))
    if result.problems:
        raise typer.Exit(1)


def _whole(plan: Scenario, name: str, seed: int) -> Plan:
    from linkage_sim.studies.compare import plan_of

    return plan_of([plan], [seed], [name], plan.run.trace)


def _run(
    plan: Scenario, name: str, seed: int, place: Path | None, quiet: bool, replace: bool,
    keep_years: bool,
) -> Result:
    from linkage_sim.studies.checkpoint import Checkpoint
    from linkage_sim.studies.run import simulate

    whole = _whole(plan, name, seed)

    def found(kept: LinkageModel | None) -> None:
        if not quiet and kept is None:
            to_stderr(say("study.state_damaged", path=place))
        elif not quiet and kept is not None:
            to_stderr(say("study.resumed_years", week=kept.week, weeks=kept.weeks, path=place))

    checkpoint = Checkpoint(place, whole, found) if keep_years and place is not None else None

    def kept() -> str:
        if checkpoint is None or not checkpoint.path.exists():
            return say("study.interrupted.nothing")
        return say("study.interrupted.years", path=place)

    with may_be_stopped(kept), progress_bar(say("study.progress.weeks"), quiet) as progress:
        if place is None:
            return simulate(plan, seed, progress=progress)
        with claimed(place, whole, replace) as folder:
            result = simulate(plan, seed, progress=progress, checkpoint=checkpoint)
            _write(folder, plan, name, result)
            return result


def _write(folder: Any, plan: Scenario, name: str, result: Result) -> None:
    from linkage_sim.studies.compare import Run
    from linkage_sim.studies.tables import tables_of

    tables = tables_of([Run(name, result.seed, result)], [name], [plan])
    folder.write(tables, _provenance(plan, name, result.seed))


def _provenance(plan: Scenario, name: str, seed: int) -> dict[str, Any]:
    from linkage_sim.provenance import provenance_of

    return provenance_of("run", [name], [plan], [seed], trace=plan.run.trace)


def as_record(plan: Scenario, name: str, result: Result) -> dict[str, Any]:
    """Give what `run --json` prints: outcomes, years, provenance; undefined numbers are null."""
    record: dict[str, Any] = plain({
        "outcomes": result.outcomes,
        "years": result.year_rows,
        "provenance": _provenance(plan, name, result.seed),
    })
    return record


# -- what is printed ---------------------------------------------------------------------------


def _print(plan: Scenario, name: str, result: Result, told: str) -> None:
    from linkage_sim.report.names import titled, titles_of

    called = titled(name, titles_of([name], [plan], language()))
    typer.echo(say("study.run.title", scenario=called, seed=result.seed, years=plan.run.years))
    if told:
        typer.echo(told)
    for line in ["", *outcome_lines(result), "", say("study.run.years"), *year_lines(result)]:
        typer.echo(line)
    values = [*result.outcomes.values(), *(row[name] for row in result.year_rows for name in row)]
    if any(value != value for value in values):
        typer.echo("\n" + say("study.run.undefined"))
    if plan.run.check and not result.problems:
        typer.echo("\n" + say("study.laws_hold"))


def closing_lines(
    plan: Scenario, spec: str, result: Result, place: Path | None
) -> list[str]:
    """Say where results are and what to try next, as it can be typed here."""
    lines = ["", say("study.written", path=place)] if place is not None else []
    shown = next((row["id"] for row in result.project_rows if row["promised"] > 0), None)
    if place is not None and plan.run.trace and shown is not None:
        first = ["explain", str(place), "--project", str(shown)]
    else:
        first = ["run", spec, "--trace"]
    base = spec if is_file(Path(spec)) else spec.split("+")[0]
    second = ["compare", base, spec if spec != base else f"{base}+full_reform"]
    commands = (command_line(words) for words in (first, second))
    return [*lines, "", say("study.next"), *(f"  {command}" for command in commands)]


def outcome_lines(result: Result) -> list[str]:
    """Set all outcomes as text, headlines first."""
    from linkage_sim.outcomes import HEADLINES

    rows = [[
        say("study.column.outcome"), say("study.column.value"), say("study.column.unit"),
        say(f"study.column.{'meaning' if language() == 'en' else 'better'}"),
    ]]
    blank = ["", "", "", ""]
    others = [name for name in result.outcomes if name not in HEADLINES]
    for names in (HEADLINES, others):
        rows += [
            [outcome_name(name), number(result.outcomes[name]), unit_of(name), _meaning(name)]
            for name in names
        ]
        rows.append(blank)
    return columns(rows[:-1], right=(1,))


def _meaning(name: str) -> str:
    """Say what an outcome is, where its name does not, and which way is better."""
    if language() != "en":
        return better(name)
    return say("study.meaning", label=outcome_label(name), better=better(name))


def year_lines(result: Result) -> list[str]:
    """Set the headline outcomes of each year as text."""
    from linkage_sim.outcomes import HEADLINES

    heads = HEADLINES if language() == "en" else tuple(map(outcome_label, HEADLINES))
    rows = [[say("study.column.year"), *heads]]
    rows += [
        [str(row["year"]), *(number(row[name]) for name in HEADLINES)]
        for row in result.year_rows
    ]
    return columns(rows, right=range(len(rows[0])))
