"""`linkage-sim rerun`: repeats a results directory from its provenance, number by number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkage_sim.cli.options import DIRECTORY, NUMBER, AsJson, Lang, Quiet, print_json, to_stderr
from linkage_sim.cli.study_words import may_be_stopped, plain, progress_bar
from linkage_sim.errors import InputError
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    from linkage_sim.studies.compare import Plan

_VERSIONS = ("model_version", "package_version", "python", "platform")


def rerun(
    directory: Annotated[
        Path, typer.Argument(metavar=DIRECTORY, help=say("study.option.directory"))
    ],
    jobs: Annotated[
        int | None, typer.Option(metavar=NUMBER, min=1, help=say("study.option.jobs"))
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Repeat a results directory and say whether every number is the same."""
    from linkage_sim.studies.compare import run_plan
    from linkage_sim.studies.results import load_provenance
    from linkage_sim.studies.tables import tables_of
    from linkage_sim.studies.workers import cores

    record = load_provenance(directory)
    plan = plan_from(record)
    with may_be_stopped(), progress_bar(say("study.progress.runs"), quiet) as progress:
        runs = run_plan(plan, min(jobs or cores(), len(plan.seeds)), progress)
    fresh = tables_of(runs, plan.names, plan.scenarios)
    differences = compare_tables(directory, fresh)
    if as_json:
        answer = {"same": not differences, "runs": len(runs), "differences": [
            {"table": table, "what": line} for table, line in differences
        ]}
        print_json(plain(answer))
    elif not differences:
        tables = listing(fresh)
        typer.echo(say("study.rerun.same", runs=len(runs), tables=tables))
    for table, line in [] if as_json else differences:
        typer.echo(say("study.rerun.differs", table=table, line=line))
    if differences:
        for what, before, now in changed_versions(record):
            to_stderr(say("study.rerun.version", what=what, before=before, now=now))
        raise typer.Exit(1)


def plan_from(record: dict[str, Any]) -> Plan:
    """Turn provenance back into what is to be run.

    Raises
    ------
    InputError
        When a recorded scenario cannot be read by this version.
    """
    from linkage_sim.provenance import scenario_from_provenance
    from linkage_sim.studies.compare import plan_of

    try:
        names = [item["name"] for item in record["scenarios"]]
        plans = [scenario_from_provenance(record, name) for name in names]
        return plan_of(plans, record["seeds"], names, bool(record.get("trace")))
    except (KeyError, TypeError, AttributeError) as error:
        text = say("study.error.provenance", path="provenance.json", reason=repr(error))
        raise InputError(text) from None


def compare_tables(directory: Path, fresh: dict[str, Any]) -> list[tuple[str, str]]:
    """List (table, difference) for every stored table that is not repeated exactly."""
    from linkage_sim.studies.results import load_results, verify_results
    from linkage_sim.studies.tables import differing

    stored = {
        Path(name).stem for name in verify_results(directory) if name.endswith(".parquet")
    }
    found = []
    for name in sorted(stored | set(fresh)):
        if name not in fresh or name not in stored:
            found.append((name, say("study.differ.table")))
            continue
        found += [(name, line) for line in differing(load_results(directory, name), fresh[name])]
    return found


def changed_versions(record: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """List what has another version now than when results were made."""
    from linkage_sim.provenance import provenance_of
    from linkage_sim.scenario.schema import Scenario

    now = provenance_of("rerun", [""], [Scenario()], [0])
    pairs = [(name, record.get(name), now[name]) for name in _VERSIONS]
    pairs += [
        (name, record.get("libraries", {}).get(name), value)
        for name, value in now["libraries"].items()
    ]
    pairs.append(("git commit", record.get("git", {}).get("commit"), now["git"].get("commit")))
    return [(what, before, after) for what, before, after in pairs if before != after]
