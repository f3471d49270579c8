"""Fills the page of an experiment from its expected results, so that no number is typed by hand.

A block stands between two comments, each on a line of its own::

    <!-- experiment: answer -->
    <!-- end -->

and is filled by `python -m linkage_sim.report.experiment_page experiments/e1_demand`. Kinds:

- `answer`: the findings that are told first, as sentences with their numbers and intervals;
- `findings`: every finding: what was predicted, what was found, whether it came out;
- `sizes`: studies, runs and seeds of the quick and the full form, and how to run it again;
- `figures`: the pictures.

` in zh` at the end of a marker asks for Chinese. Tables are read, a model is never run.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.report.number_blocks import BAD_INPUT, filled_by, lines_of, marked_parts
from linkage_sim.report.number_tables import markdown_table
from linkage_sim.studies.expected import read_table
from linkage_sim.studies.experiment import FULL, Experiment, load_experiment
from linkage_sim.studies.experiment_file import FigureEntry, FindingEntry, Side
from linkage_sim.studies.experiment_run import FINDINGS
from linkage_sim.studies.findings import Measured, lies
from linkage_sim.words import has, listing, say

READS = {"city_map": "city", "shapley": "coalitions", "interaction": "coalitions",
         "trade_off": "regret", "trust_paths": "basins"}
"""Kind of a picture without a study -> kind of the analysis it is drawn from."""

START = re.compile(r"^<!-- *experiment:(.*)-->\s*$")
CONTENT = re.compile(r"(?P<kind>\S+)(?: in (?P<lang>en|zh))?")
PAGE = "README.md"
Row = dict[str, Any]


def fill_page(folder: Path) -> int:
    """Fill the blocks of an experiment's page; returns how many.

    Raises
    ------
    InputError
        When the page, the experiment or its expected results cannot be used. Nothing is written
        then.
    """
    path = folder / PAGE
    lines = lines_of(path)
    trouble: list[str] = []
    parts = marked_parts(lines, path, START, trouble)
    wanted = [(*_read(content, path, first, trouble), first, stop)
              for content, first, stop in parts]
    if not parts:
        trouble.append(say("experiment.page.no_block", path=path, known=listing(BLOCKS)))
    if trouble:
        raise InputError(trouble)
    experiment = load_experiment(folder)
    # From the end, so that the lines of earlier blocks keep their numbers.
    for kind, lang, first, stop in reversed(wanted):
        content = [*BLOCKS[kind](experiment, lang), "", filled_by("experiment_page", folder, [],
                                                                  lang)]
        lines[first:stop] = ["", *content, ""]
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    return len(wanted)


def _read(content: str, path: Path, line: int, trouble: list[str]) -> tuple[str, str]:
    read = CONTENT.fullmatch(content)
    if read is None or read["kind"] not in BLOCKS:
        trouble.append(say("document.error.kind", path=path, line=line, kind=content,
                           known=listing(BLOCKS)))
        return "", "en"
    return read["kind"], read["lang"] or "en"


def rows_of(experiment: Experiment, size: str = FULL) -> dict[str, Row]:
    """Read the findings that are expected, by name."""
    table = read_table(experiment.folder / "expected" / size / f"{FINDINGS}.csv")
    return {str(row["finding"]): dict(row) for row in table.to_dict("records")}


def number_of(row: Row) -> str:
    """Write a number with its interval: two figures of its uncertainty, three where it has none."""
    value, low, high = (_float(row[name]) for name in ("value", "low", "high"))
    half = (high - low) / 2.0
    size = half if half > 1e-9 else abs(value) / 10.0
    places = min(5, max(0, 1 - math.floor(math.log10(size)))) if size > 1e-9 else 1
    if math.isnan(low):
        return f"{value:+.{places}f}"
    return f"{value:+.{places}f} [{low:+.{places}f}, {high:+.{places}f}]"


def _float(text: str) -> float:
    return float(text) if text else math.nan


def _answer(experiment: Experiment, lang: str) -> list[str]:
    rows = rows_of(experiment)
    sentences = []
    for item in experiment.written.findings:
        if not item.headline:
            continue
        words = item.says_zh if lang == "zh" else item.says
        told = say("experiment.page.sentence", lang, words=words.rstrip(".。"),
                   number=number_of(rows[item.name]), of=_measured(item))
        sentences.append(told)
    return [("" if lang == "zh" else " ").join(sentences)]


def _measured(item: FindingEntry) -> str:
    """Name what a number is of: an outcome, or a row of a table."""
    if item.outcome is not None:
        return f"`{item.outcome}`"
    named = [str(value) for value in item.row.values() if value != ""]
    return " ".join(f"`{name}`" for name in (item.table, *named))


def _findings(experiment: Experiment, lang: str) -> list[str]:
    rows = rows_of(experiment)
    head = [say(f"experiment.page.{name}", lang)
            for name in ("finding", "predicted", "number", "as_predicted")]
    table = []
    for item in experiment.written.findings:
        row, words = rows[item.name], item.says_zh if lang == "zh" else item.says
        told = "–" if item.predicted is None else side_words(item, item.predicted, lang)
        table.append([f"{words}<br>`{item.name}`", told, number_of(row),
                      _came_out(item, row, lang)])
    note = say("experiment.page.note", lang)
    return [*markdown_table(head, table), "", note]


def side_words(item: FindingEntry, side: Side, lang: str) -> str:
    """Say on which side of what number the whole interval has to lie."""
    low, high = item.within or (0.0, 0.0)
    return say(f"experiment.side.{side}", lang, than=f"{item.than:g}", low=f"{low:g}",
               high=f"{high:g}")


def is_as_predicted(item: FindingEntry, row: Row) -> bool | None:
    """Tell whether a finding is what was predicted of it; None where nothing was."""
    if item.predicted is None:
        return None
    value, low, high = (_float(row[name]) for name in ("value", "low", "high"))
    return bool(lies(Measured(value, low, high, int(row["n"])), item.predicted, item))


def _came_out(item: FindingEntry, row: Row, lang: str) -> str:
    kind = {None: "not_predicted", True: "yes", False: "no"}[is_as_predicted(item, row)]
    return say(f"experiment.page.{kind}", lang)


def _sizes(experiment: Experiment, lang: str) -> list[str]:
    quick = load_experiment(experiment.folder, quick=True)
    head = [say(f"experiment.page.{name}", lang)
            for name in ("study", "asks", "quick_runs", "full_runs", "seeds")]
    table = []
    for entry in experiment.written.studies:
        small, whole = quick.studies[entry.name], experiment.studies[entry.name]
        table.append([
            f"[{entry.name}]({entry.file})", whole.title or entry.name, str(small.n_runs),
            str(whole.n_runs), f"{whole.seeds[0]}–{whole.seeds[-1]}",
        ])
    again = say("experiment.page.again", lang, name=experiment.name)
    return [*markdown_table(head, table), "", again]


def caption_of(experiment: Experiment, name: str, lang: str) -> str:
    """Say what a picture of an experiment shows; an own experiment's has its title and name."""
    key = f"evidence.figure.{experiment.name}.{name}"
    own = f"{experiment.title(lang)}{say('sign.colon', lang)}{name}"
    return say(key, lang) if has(key) else own


def _figures(experiment: Experiment, lang: str) -> list[str]:
    lines: list[str] = []
    for item in experiment.written.figures:
        caption = caption_of(experiment, item.name, lang)
        lines += ["", f"![{caption}](figures/{item.name}.png)", "",
                  say("experiment.page.caption", lang, caption=caption,
                      seeds=_seeds_of(experiment, item))]
    return lines[1:]


def _seeds_of(experiment: Experiment, item: FigureEntry) -> int:
    """Count the worlds behind a picture, by its study or the analysis it is drawn from."""
    names = [item.study] if item.study else [
        entry.study for entry in experiment.written.analyses if entry.kind == READS[item.kind]]
    of_table = [name for name in names if name and (item.table or "").endswith(f"_{name}")]
    return len(experiment.studies[str((of_table or names)[0])].seeds)


BLOCKS: dict[str, Callable[[Experiment, str], list[str]]] = {
    "answer": _answer, "findings": _findings, "sizes": _sizes, "figures": _figures,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the pages of one or several experiments; gives the exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if not typed or typed[0].startswith("-"):
        sys.stderr.write(say("experiment.page.usage") + "\n")
        return BAD_INPUT
    for folder in typed:
        try:
            count = fill_page(Path(folder))
        except InputError as error:
            sys.stderr.write(f"{error}\n")
            return BAD_INPUT
        sys.stderr.write(say("document.done", path=Path(folder) / PAGE, count=count) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
