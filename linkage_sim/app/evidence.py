"""Puts together what the tab "Evidence" shows: plain words and numbers, read from what ships.

Reads small tables; nothing here runs a model or loads its compiled code.
"""

from __future__ import annotations

import csv
import json
from functools import cache
from typing import Any

from linkage_sim.app.experiment_links import LINKS
from linkage_sim.app.pictures import picture_of
from linkage_sim.outcomes import BY_NAME
from linkage_sim.report.experiment_page import (
    caption_of,
    is_as_predicted,
    number_of,
    side_words,
)
from linkage_sim.studies.expected import RECORD
from linkage_sim.studies.experiment import (
    Experiment,
    experiment_names,
    shipped_experiments,
    written_experiment,
)
from linkage_sim.studies.experiment_file import FindingEntry
from linkage_sim.words import has, say, unit_words

Row = dict[str, Any]
COLUMNS = ("finding", "of", "number", "predicted", "verdict")


@cache
def experiments_shown(language: str) -> tuple[Row, ...]:
    """Describe every experiment that ships.

    Returns
    -------
    tuple of dict
        id, title, question, findings (text, of, number, predicted, verdict, good, headline),
        figures (src, alt, note), links (id, text), runs.
    """
    found = (written_experiment(shipped_experiments() / name) for name in experiment_names())
    return tuple(_shown(item, language) for item in found)


def _shown(experiment: Experiment, language: str) -> Row:
    findings = _findings(experiment, language)
    figures = [figure for item in experiment.written.figures
               if (figure := _figure(experiment, item.name, language))]
    more = "all_findings" if len(figures) > 1 else "all_findings_only"
    return {
        "id": experiment.name, "title": experiment.title(language),
        "question": experiment.question(language), "findings": findings, "figures": figures,
        "links": [{"id": link.name, "text": say(f"evidence.link.{link.name}", language)}
                  for link in LINKS.get(experiment.name, ())],
        "more": say(f"evidence.{more}", language, n=len(findings)),
        "runs": _runs(experiment, language),
    }


def _findings(experiment: Experiment, language: str) -> list[Row]:
    path = experiment.expected / "findings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["finding"]: row for row in csv.DictReader(file)}
    return [_finding(item, rows[item.name], language) for item in experiment.written.findings]


def _finding(item: FindingEntry, row: Row, language: str) -> Row:
    words = item.says_zh if language == "zh" else item.says
    # 1: as it was predicted; -1: not so; 0: nobody had predicted anything.
    good, verdict = {None: (0, "none"), True: (1, "yes"), False: (-1, "no")}[
        is_as_predicted(item, row)]
    predicted = "–" if item.predicted is None else side_words(item, item.predicted, language)
    return {
        "id": item.name, "text": words.rstrip(".。"), "of": measured_of(item, language),
        "number": number_of(row).replace("-", "−"), "predicted": predicted.replace("-", "−"),
        "verdict": say(f"evidence.verdict.{verdict}", language), "good": good,
        "headline": item.headline,
    }


def measured_of(item: FindingEntry, language: str) -> str:
    """Name what the number of a finding is of: an outcome with its unit, or what a table holds."""
    outcome = item.outcome or str(item.row.get("outcome") or item.row.get("measure") or "")
    label = _labelled(outcome, language)
    kind = (item.table or "").split("_")[0]
    what = str(item.row.get("what", "")).replace(" ", "_")
    for key in (f"evidence.of.{kind}.{what}", f"evidence.of.{kind}"):
        if has(key):
            return say(key, language, label=label)
    return label


def _labelled(outcome: str, language: str) -> str:
    if outcome not in BY_NAME:
        return outcome
    unit = unit_words(BY_NAME[outcome].unit, language)
    return say("sign.bracketed", language, text=say(f"outcome.{outcome}.label", language),
               inside=unit)


def _figure(experiment: Experiment, name: str, language: str) -> Row | None:
    src, own = picture_of(experiment.name, name, language)
    if not src:
        return None
    caption = caption_of(experiment, name, language)
    return {"id": name, "src": src, "alt": caption,
            "larger": say("evidence.larger", language, name=caption),
            "note": "" if own else say("evidence.english_figure", language)}


def _runs(experiment: Experiment, language: str) -> str:
    record = json.loads((experiment.expected / RECORD).read_text(encoding="utf-8"))
    runs = sum(item["runs"] for item in record["studies"].values())
    return say("evidence.runs", language, runs=f"{runs:,}", version=record["model_version"],
               command=f"linkage-sim reproduce {experiment.name} --check")
