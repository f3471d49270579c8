"""Writes docs/patterns.md from the results of `python -m linkage_sim.studies.patterns`.

    python -m linkage_sim.report.patterns_page results/patterns > docs/patterns.md
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.words import say

SIGNS = {1: "> 0", -1: "< 0", 0: "–"}


def sentence(name: str, lang: str = "en") -> str:
    """Say what a claim predicts; names of a family of claims carry their members."""
    better, over, worse = name.partition("_over_")
    if over and better == "all_four":
        return say("pattern.all_four_over", lang, single=f"`{worse}`")
    if over:
        return say("pattern.over", lang, better=f"`{better}`", worse=f"`{worse}`")
    if name.startswith("three_without_"):
        left_out, _, budget = name.removeprefix("three_without_").partition("_at_")
        return say("pattern.three_without", lang, left_out=f"`{left_out}`",
                   budget=f"{float(budget):,.0f}")
    return say(f"pattern.{name}", lang)


def page(folder: Path, lang: str = "en") -> str:
    """Give the page as Markdown, one line a claim.

    Raises
    ------
    InputError
        When the folder holds no table of patterns.
    """
    import pandas as pd

    path = folder / "patterns.csv"
    if not path.is_file():
        raise InputError(
            f"{path}: not there; make it with python -m linkage_sim.studies.patterns {folder}"
        )
    table = pd.read_csv(path)
    heads = say("pattern.columns", lang).split(" | ")
    lines = [say("pattern.page", lang), "", _row(heads), _row(["---"] * len(heads))]
    lines += [_row(_cells(row, lang)) for _, row in table.iterrows()]
    source = say("pattern.source", lang, n=int(table["n"].max()), folder=folder.as_posix())
    return "\n".join([*lines, "", source, ""])


def _cells(row: Any, lang: str) -> list[str]:
    came_out = ""
    if row["predicted"] != 0:
        came_out = say("pattern.yes" if str(row["came_out"]) == "True" else "pattern.no", lang)
    size = f"{row['size']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]"
    if row["dropped"]:
        size += f" ({int(row['n'])})"
    return [
        str(row["pattern"]), sentence(str(row["claim"]), lang), f"`{row['outcome']}`",
        SIGNS[int(row["predicted"])], size, came_out,
    ]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(page(Path(sys.argv[1] if len(sys.argv) > 1 else "results/patterns")))
