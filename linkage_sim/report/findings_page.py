"""Writes docs/findings.md: every finding of the experiments with its own seeds and with others.

    python -m linkage_sim.report.findings_page experiments > docs/findings.md
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.report.experiment_page import number_of, rows_of, side_words
from linkage_sim.report.number_tables import markdown_table
from linkage_sim.studies.expected import ELSEWHERE, RECORD
from linkage_sim.studies.experiment import FILE, Experiment, load_experiment
from linkage_sim.studies.findings import GOOD
from linkage_sim.words import listing, say

Row = dict[str, Any]


def page(folder: Path, lang: str = "en") -> str:
    """Give the page as Markdown.

    Raises
    ------
    InputError
        When an experiment, or what came out of it, cannot be read.
    """
    lines: list[str] = []
    lost: list[str] = []
    total, seeds = 0, []
    for path in sorted(folder.glob(f"*/{FILE}")):
        experiment = load_experiment(path.parent)
        first, last = _seeds(experiment)
        seeds.append(first)
        lines += ["", "## " + say("experiment.seeds_page.head", lang, name=experiment.name,
                                  first=first, last=last), "", *_table(experiment, lang)]
        others = rows_of(experiment, ELSEWHERE)
        total += len(others)
        lost += [f"`{experiment.name}` {name}" for name, row in others.items()
                 if row["verdict"] not in GOOD]
    told = (say("experiment.seeds_page.others", lang, names=listing(lost, lang)) if lost
            else say("experiment.seeds_page.all", lang))
    head = say("experiment.seeds_page", lang, both=total - len(lost), total=total)
    source = say("experiment.seeds_page.source", lang, seed=min(seeds))
    return "\n".join([head, told, *lines, "", source, ""])


def _seeds(experiment: Experiment) -> tuple[int, int]:
    """Give the first and the last of the other seeds."""
    path = experiment.folder / "expected" / ELSEWHERE / RECORD
    try:
        studies = json.loads(path.read_text(encoding="utf-8"))["studies"].values()
    except OSError:
        raise InputError(say("experiment.error.nothing_expected", path=path.parent)) from None
    return (min(study["seeds"][0] for study in studies),
            max(study["seeds"][1] for study in studies))


def _table(experiment: Experiment, lang: str) -> list[str]:
    own, others = rows_of(experiment), rows_of(experiment, ELSEWHERE)
    rows = []
    for item in experiment.written.findings:
        verdict = str(others[item.name]["verdict"]).replace(" ", "_")
        rows.append([
            f"`{item.name}`", side_words(item, item.expected, lang), number_of(own[item.name]),
            number_of(others[item.name]), say(f"experiment.verdict.{verdict}", lang),
        ])
    return markdown_table(say("experiment.seeds_page.columns", lang).split(" | "), rows)


if __name__ == "__main__":
    try:
        sys.stdout.write(page(Path(sys.argv[1] if len(sys.argv) > 1 else "experiments")))
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
