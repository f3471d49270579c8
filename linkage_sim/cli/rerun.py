"""`linkage-sim rerun`: repeats a results directory from its provenance, number by number."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkage_sim.cli.options import (
    DIRECTORY,
    AsJson,
    Jobs,
    Lang,
    Quiet,
    print_json,
    to_stderr,
)
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
    jobs: Jobs = None,
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
    if record.get("verb") == "sweep":
        count, fresh = _swept_again(record, jobs or cores(), quiet)
    elif record.get("verb") == "calibrate":
        count, fresh = _calibrated_again(record, jobs or cores(), quiet)
    else:
        plan = plan_from(record)
        with may_be_stopped(), progress_bar(say("study.progress.runs"), quiet) as progress:
            runs = run_plan(plan, min(jobs or cores(), len(plan.seeds)), progress)
        count, fresh = len(runs), tables_of(runs, plan.names, plan.scenarios, plan.overlay)
    differences = compare_tables(directory, fresh)
    if as_json:
        answer = {"same": not differences, "runs": count, "differences": [
            {"table": table, "what": line} for table, line in differences
        ]}
        print_json(plain(answer))
    elif not differences:
        tables = listing(fresh)
        typer.echo(say("study.rerun.same", runs=count, tables=tables))
    for table, line in [] if as_json else differences:
        typer.echo(say("study.rerun.differs", table=table, line=line))
    if differences:
        for what, before, now in changed_versions(record):
            to_stderr(say("study.rerun.version", what=what, before=before, now=now))
        raise typer.Exit(1)


def _swept_again(record: dict[str, Any], jobs: int, quiet: bool) -> tuple[int, dict[str, Any]]:
    """Do the runs of a sweep once more, in a folder that is gone afterwards."""
    from linkage_sim.studies.results import load_results, verify_results
    from linkage_sim.studies.sensitivity import writer_again
    from linkage_sim.studies.study_record import study_from
    from linkage_sim.studies.sweep import Options, Progress, run_sweep

    study = study_from({**record["study"], "scenarios": record["scenarios"]})
    with (tempfile.TemporaryDirectory() as folder, may_be_stopped(),
          progress_bar(say("study.progress.runs"), quiet) as show):
        place = Path(folder) / "again"
        progress = Progress(tell=lambda now: show(now.done, now.total))
        run_sweep(study, place, Options(jobs=jobs), progress, blocks=record["study"]["blocks"],
                  add=writer_again(study, record))
        tables = [Path(name).stem for name in verify_results(place) if name.endswith(".parquet")]
        return progress.done, {name: load_results(place, name) for name in tables}


def _calibrated_again(
    record: dict[str, Any], jobs: int, quiet: bool
) -> tuple[int, dict[str, Any]]:
    """Fit once more from the first proposal, in a folder that is gone afterwards."""
    from linkage_sim.studies.calibration import calibrate, planned
    from linkage_sim.studies.sweep import Options, Progress

    plan = planned(record)
    with (tempfile.TemporaryDirectory() as folder, may_be_stopped(),
          progress_bar(say("calibration.progress"), quiet) as show):
        progress = Progress(tell=lambda now: show(now.done, now.total))
        found = calibrate(plan, Path(folder) / "again", Options(jobs=jobs), progress)
    runs = found.course.proposals * plan.replications + len(found.tables["predictive"])
    return runs, found.tables


def plan_from(record: dict[str, Any]) -> Plan:
    """Turn provenance back into what is to be run.

    Raises
    ------
    InputError
        When a recorded scenario cannot be read by this version.
    """
    from linkage_sim.provenance import scenario_from_provenance
    from linkage_sim.studies.compare import plan_of
    from linkage_sim.studies.overlay import overlay_from

    try:
        names = [item["name"] for item in record["scenarios"]]
        plans = [scenario_from_provenance(record, name) for name in names]
        trace, overlay = bool(record.get("trace")), overlay_from(record)
        return plan_of(plans, record["seeds"], names, trace, overlay=overlay)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
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
