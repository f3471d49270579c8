"""What `reproduce` says: a table of findings, what differs from what was expected, a summary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from linkage_sim.cli.layout import columns, decimals_for, duration, number, wrapped
from linkage_sim.cli.options import print_json
from linkage_sim.cli.study_words import plain, records
from linkage_sim.words import language, listing, say

if TYPE_CHECKING:
    from linkage_sim.studies.expected import Comparison
    from linkage_sim.studies.experiment import Experiment
    from linkage_sim.studies.experiment_file import FindingEntry
    from linkage_sim.studies.experiment_run import Results
    from linkage_sim.studies.sweep import Options

WIDE = 96
Row = dict[str, Any]
Told = tuple["Results", "Comparison | None", Path]


def changed(results: Results) -> list[str]:
    """Name the findings that do not come out as the experiment expects."""
    from linkage_sim.studies.findings import GOOD

    table = results.findings
    return [str(name) for name in table.loc[~table["verdict"].isin(GOOD), "finding"]]


def _weak(results: Results) -> int:
    """Count the findings that the quick form does not contradict, and cannot show either."""
    from linkage_sim.studies.findings import NOT_CONTRADICTED

    return int((results.findings["verdict"] == NOT_CONTRADICTED).sum())


def _worlds(experiment: Experiment) -> str:
    """Say which seeds the runs have, and what was changed in them."""
    seeds = [one for study in experiment.studies.values() for one in study.seeds]
    told = say("experiment.seeds", first=min(seeds), last=max(seeds))
    if not experiment.settings:
        return told
    return say("experiment.seeds_and_settings", seeds=told, settings=listing(experiment.settings))


def tell_results(
    results: Results, comparison: Comparison | None, place: Path, quiet: bool = False
) -> None:
    """Say what became of every finding, and of every number where that was asked for."""
    experiment, table = results.experiment, results.findings
    typer.echo("\n" + say(
        "experiment.head", name=experiment.name, title=experiment.title(language()),
        size=say(f"experiment.size.{experiment.size}"), runs=experiment.n_runs,
    ))
    for line in wrapped(experiment.question(language()), WIDE) if not quiet else ():
        typer.echo(f"  {line}")
    typer.echo(f"  {_worlds(experiment)}")
    before = _expected_findings(experiment) if comparison is not None else {}
    head = [say(f"experiment.column.{name}") for name in ("finding", "expected", "found")]
    rows = [head + ([say("experiment.column.before")] if before else [])
            + [say("experiment.column.verdict")]]
    entries = {item.name: item for item in experiment.written.findings}
    for row in table.to_dict("records"):
        cells = [row["finding"], side_said(entries[row["finding"]], experiment.size), found(row)]
        cells += [before.get(row["finding"], "–")] if before else []
        rows.append([*cells, say(f"experiment.verdict.{row['verdict'].replace(' ', '_')}")])
    for line in columns(rows):
        typer.echo(f"  {line}")
    odd = changed(results)
    for name in odd:
        entry = entries[name]
        words = entry.says_zh if language() == "zh" else entry.says
        for line in wrapped(f"{name}{say('sign.colon')}{words}", WIDE):
            typer.echo(f"    {line}")
    if odd:
        typer.echo(say("experiment.check.changed", changed=len(odd), total=len(table)))
    if comparison is not None:
        _tell_comparison(comparison, experiment)
    if not quiet:
        typer.echo(say("experiment.written", path=place))


def _tell_comparison(comparison: Comparison, experiment: Experiment) -> None:
    if experiment.seed is not None:
        typer.echo(say("experiment.check.other_seeds"))
        return
    if comparison.differ:
        typer.echo(say("experiment.check.differ", differ=comparison.differ,
                       numbers=comparison.numbers))
        for line in comparison.lines:
            typer.echo(f"    {line}")
        return
    key = "same" if comparison.exact else "near"
    typer.echo(say(f"experiment.check.{key}", numbers=comparison.numbers,
                   tolerance=f"{experiment.written.tolerance:g}"))


def _expected_findings(experiment: Experiment) -> dict[str, str]:
    from linkage_sim.studies.expected import read_table
    from linkage_sim.studies.experiment_run import FINDINGS

    rows = read_table(experiment.expected / f"{FINDINGS}.csv").to_dict("records")
    return {
        str(row["finding"]): found({name: _number(row[name]) for name in ("value", "low", "high")})
        for row in rows
    }


def _number(text: str) -> float:
    return float(text) if text else math.nan


def found(row: Row) -> str:
    """Write a number with its interval, as many figures as the interval is worth."""
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    places = decimals_for([] if math.isnan(low) else [(high - low) / 2.0], [value])
    text = number(value, places, signed=True)
    if math.isnan(low):
        return text
    return f"{text} [{number(low, places, True)}, {number(high, places, True)}]"


def side_said(finding: FindingEntry, size: str) -> str:
    """Say in words on which side of what number an interval has to lie."""
    from linkage_sim.studies.findings import side_of

    side = side_of(finding, size)
    low, high = finding.within or (0.0, 0.0)
    return say(f"experiment.side.{side}", than=f"{finding.than:g}", low=f"{low:g}",
               high=f"{high:g}")


def tell_summary(told: Sequence[Told]) -> None:
    """Say in two lines how all experiments went."""
    findings = sum(len(results.findings) for results, _, _ in told)
    odd = sum(len(changed(results)) for results, _, _ in told)
    weak = sum(_weak(results) for results, _, _ in told)
    typer.echo("\n" + say("experiment.summary_weak" if weak else "experiment.summary",
                          names=len(told), findings=findings, good=findings - odd - weak,
                          weak=weak, changed=odd))
    compared = [item for results, item, _ in told
                if item is not None and results.experiment.seed is None]
    if compared:
        differ = sum(bool(item.differ) for item in compared)
        typer.echo(say("experiment.summary_check", same=len(compared) - differ, differ=differ))


def as_records(told: Sequence[Told]) -> list[Row]:
    """Turn what came out into records fit for JSON."""
    return [
        {
            "experiment": results.experiment.name, "size": results.experiment.size,
            "runs": results.experiment.n_runs, "out": str(place),
            "findings": records(results.findings), "changed": changed(results),
            "check": None if comparison is None else plain({
                "exact": comparison.exact, "numbers": comparison.numbers,
                "differ": comparison.differ, "lines": list(comparison.lines),
            }),
        }
        for results, comparison, place in told
    ]


def tell_plans(
    chosen: Sequence[Experiment], place: Path, options: Options, as_json: bool
) -> None:
    """Say what experiments would cost, without running anything."""
    from linkage_sim.cli.sweep import estimate_of

    plans = []
    for experiment in chosen:
        parts = [estimate_of(study, place / experiment.name / name, options)
                 for name, study in experiment.studies.items()]
        plans.append({
            "experiment": experiment.name, "size": experiment.size, "studies": len(parts),
            "runs": sum(part["runs"] for part in parts),
            "done": sum(part["done"] for part in parts),
            "seconds": round(sum(part["seconds"] for part in parts), 1),
            "refused": [text for part in parts for text in part["refused"]],
        })
    if as_json:
        return print_json(plans)
    for plan in plans:
        amount, unit = duration(plan["seconds"])
        typer.echo(say("experiment.dry.title", name=plan["experiment"], runs=plan["runs"],
                       studies=plan["studies"], done=plan["done"], amount=number(amount, 1),
                       unit=say(f"study.unit.{unit}"), jobs=options.jobs))
        for reason in plan["refused"]:
            typer.echo(say("sweep.dry.refused", reason=reason))
    amount, unit = duration(sum(plan["seconds"] for plan in plans))
    return typer.echo(say("experiment.dry.total", amount=number(amount, 1),
                          unit=say(f"study.unit.{unit}")))
