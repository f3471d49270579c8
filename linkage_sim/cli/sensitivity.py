"""`linkage-sim sensitivity`: which assumptions matter, and under which a conclusion fails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from linkage_sim.cli.options import (
    DIRECTORY,
    NUMBER,
    AsJson,
    Jobs,
    Lang,
    Quiet,
    Values,
    print_json,
    to_stderr,
)
from linkage_sim.cli.places import RESULTS, refuse_crowd
from linkage_sim.cli.study_words import records
from linkage_sim.cli.sweep import as_record, carried_out, end_as_it_went, report_plan
from linkage_sim.errors import InputError
from linkage_sim.words import language, say

if TYPE_CHECKING:
    from linkage_sim.studies.sensitivity import Findings


def sensitivity(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help=say("sensitivity.option.study"))],
    out: Annotated[
        Path | None, typer.Option(metavar=DIRECTORY, help=say("sweep.option.out"))
    ] = None,
    discover: Annotated[
        list[str] | None,
        typer.Option(metavar='"difference in demand_match <= 0"',
                     help=say("sensitivity.option.discover")),
    ] = None,
    jobs: Jobs = None,
    values: Values = None,
    replications: Annotated[
        int | None,
        typer.Option(metavar=NUMBER, min=1, max=100_000, help=say("sweep.option.replications")),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar=NUMBER, min=0, help=say("sweep.option.seed"))
    ] = None,
    errors: Annotated[
        Literal["keep", "stop"], typer.Option(help=say("sweep.option.errors"))
    ] = "keep",
    run_timeout: Annotated[
        float | None, typer.Option(metavar=NUMBER, min=0.001, help=say("sweep.option.timeout"))
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help=say("sweep.option.retry"))
    ] = False,
    as_json: AsJson = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("study.option.dry_run"))
    ] = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Run a sensitivity study; the same command goes on where it stopped."""
    from linkage_sim.studies.discovery import event_of
    from linkage_sim.studies.sensitivity import writer
    from linkage_sim.studies.sensitivity_file import load_sensitivity
    from linkage_sim.studies.sweep import Options
    from linkage_sim.studies.workers import cores

    plan = load_sensitivity(study, values or [], replications=replications, seed=seed)
    events = [event_of(text, plan) for text in discover or []]
    place = out if out is not None else RESULTS / f"sensitivity_{study.stem}"
    options = Options(jobs or cores(), errors == "stop", run_timeout, retry_failed)
    refuse_crowd(plan.most_residents, min(options.jobs, plan.n_runs))
    if dry_run:
        return report_plan(plan, place, options, as_json)
    kept: list[tuple[Findings, list[str]]] = []

    def keep(found: Findings, beside: Path, provenance: dict[str, Any]) -> None:
        kept.append((found, _drawn(found, beside, provenance)))

    progress = carried_out(plan, place, options, None, quiet, writer(plan, events, keep))
    if as_json:
        tables = kept[0][0].tables() if kept else {}
        print_json({**as_record(progress, place),
                    **{name: records(table) for name, table in tables.items()}})
    elif kept:
        _tell(*kept[0], place)
    return end_as_it_went(progress, place, options)


def _drawn(found: Findings, beside: Path, provenance: dict[str, Any]) -> list[str]:
    """Draw what there is to draw; a missing font is told, and loses nothing else."""
    from linkage_sim.report.sensitivity_figure import draw_indices
    from linkage_sim.studies.results import provenance_hash

    if found.indices is None:
        return []
    (beside / "figures").mkdir()
    source = f"provenance.json sha256:{provenance_hash(provenance)}"
    try:
        paths = draw_indices(found.indices, beside / "figures", language(), source)
    except InputError as error:
        to_stderr(str(error))
        return []
    return [path.relative_to(beside).as_posix() for path in paths]


def _tell(found: Findings, pictures: list[str], place: Path) -> None:
    from linkage_sim.cli.sensitivity_lines import lines_of

    for line in lines_of(found):
        typer.echo(line)
    for picture in pictures:
        if picture.endswith(".png"):
            typer.echo(say("study.picture", path=place / picture))
    typer.echo(say("sensitivity.written", path=place))
