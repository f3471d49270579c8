"""`linkage-sim verify`: limits from theory against the model's own code."""

from __future__ import annotations

from typing import Any

import typer

from linkage_sim.cli.layout import columns
from linkage_sim.cli.options import AsJson, Jobs, Lang, Quiet, print_json, to_stderr
from linkage_sim.cli.study_words import may_be_stopped, plain, progress_bar
from linkage_sim.words import say

FAILED = 1


def verify(
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Check every limit that theory gives: observed, expected, standard error, verdict."""
    checks = _checked(jobs, quiet)
    failed = [item for item in checks if not item["verdict"]]
    records = [
        {**item, "verdict": "holds" if item["verdict"] else "fails"} for item in checks
    ]
    if as_json:
        print_json(plain(records))
    else:
        for line in table_lines(records):
            typer.echo(line)
        typer.echo("\n" + say("verify.summary", count=len(checks), failed=len(failed)))
    if failed:
        to_stderr(say("verify.failed", names=", ".join(item["limit"] for item in failed)))
        raise typer.Exit(FAILED)


def _checked(jobs: int | None, quiet: bool) -> list[dict[str, Any]]:
    """Check all limits, several at once where there are processors for them."""
    from linkage_sim.studies.workers import cores, work
    from linkage_sim.verification import all_limits
    from linkage_sim.verification.limits import check_numbered

    count = len(all_limits())
    found: dict[int, dict[str, Any]] = {}
    with may_be_stopped(), progress_bar(say("verify.progress"), quiet) as progress:
        for number, answer in work(check_numbered, range(count), min(jobs or cores(), count)):
            found[number] = answer
            progress(len(found), count)
    return [found[number] for number in range(count)]


def table_lines(records: list[dict[str, Any]]) -> list[str]:
    """Set the checks as text, one line each."""
    from linkage_sim.verification.limits import cells_of

    heads = say("limits.columns").split(" | ")
    rows = [
        [item["limit"], *cells_of(item["observed"], item["expected"], item["standard_error"]),
         say(f"limits.{item['verdict']}").strip("*")]
        for item in records
    ]
    return columns([heads, *rows], right=(3,))
