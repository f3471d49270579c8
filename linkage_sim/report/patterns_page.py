r"""Writes docs/patterns.md from the results of `python -m linkage_sim.studies.patterns`.

    python -m linkage_sim.report.patterns_page results/patterns results/elsewhere \
        > docs/patterns.md
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.studies.intervals import CONFIDENCE, student
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd

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


def page(folder: Path, elsewhere: Sequence[Path] = (), lang: str = "en") -> str:
    """Give the page as Markdown, one line a claim; results of other seeds and places below.

    Raises
    ------
    InputError
        When a folder holds no table of patterns.
    """
    table = _table(folder)
    heads = say("pattern.columns", lang).split(" | ")
    lines = [say("pattern.page", lang), "", _row(heads), _row(["---"] * len(heads))]
    together = judged_together(table)
    lines += [
        _row(_cells(row, held, lang))
        for (_, row), held in zip(table.iterrows(), together, strict=True)
    ]
    if elsewhere:
        lines += ["", *_side_by_side([table, *map(_table, elsewhere)], lang)]
    source = say("pattern.source", lang, folder=folder.as_posix(),
                 folders=" ".join(item.as_posix() for item in (folder, *elsewhere)))
    return "\n".join([*lines, "", source, ""])


def judged_together(table: pd.DataFrame) -> list[bool | None]:
    """Say which predictions hold at once: intervals as wide as so many together need (Bonferroni).

    Returns
    -------
    list of bool or None
        One for each row; None where nothing is predicted.
    """
    predicted = int((table["predicted"] != 0).sum())
    held: list[bool | None] = []
    for _, row in table.iterrows():
        count, side = int(row["n"]), int(row["predicted"])
        half = (row["high"] - row["low"]) / 2.0
        if half > 0.0:
            half *= student(count, (1.0 - CONFIDENCE) / predicted) / student(count)
        held.append(bool(side * row["size"] - half > 0.0) if side else None)
    return held


def _table(folder: Path) -> pd.DataFrame:
    import pandas as pd

    path = folder / "patterns.csv"
    if not path.is_file():
        raise InputError(
            f"{path}: not there; make it with python -m linkage_sim.studies.patterns {folder}"
        )
    return pd.read_csv(path)


def _side_by_side(tables: Sequence[pd.DataFrame], lang: str) -> list[str]:
    """Show each prediction as it came out in each place, and how many did in all of them."""
    heads = say("pattern.columns_elsewhere", lang).split(" | ")[:2]
    for table in tables:
        first = table.iloc[0]
        heads.append(say("pattern.place", lang, residents=f"{int(first['residents']):,}",
                         first=int(first["first_seed"]), last=int(first["last_seed"])))
    lines, everywhere = [_row(heads), _row(["---"] * len(heads))], 0
    predicted = tables[0][tables[0]["predicted"] != 0]
    for number, row in predicted.iterrows():
        same = [table.loc[number] for table in tables]
        everywhere += all(_is_true(item["came_out"]) for item in same)
        lines.append(_row([
            str(row["pattern"]), sentence(str(row["claim"]), lang),
            *(f"{_size(item)} {_verdict(item['came_out'], lang)}" for item in same),
        ]))
    told = say("pattern.elsewhere", lang, held=everywhere, predicted=len(predicted),
               places=len(tables))
    return [told, "", *lines]


def _cells(row: Any, together: bool | None, lang: str) -> list[str]:
    came_out = at_once = ""
    if row["predicted"] != 0:
        came_out, at_once = _verdict(row["came_out"], lang), _verdict(together, lang)
    return [
        str(row["pattern"]), sentence(str(row["claim"]), lang), f"`{row['outcome']}`",
        SIGNS[int(row["predicted"])], _size(row), came_out, at_once,
    ]


def _size(row: Any) -> str:
    size = f"{row['size']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]"
    return f"{size} ({int(row['n'])})" if row["dropped"] else size


def _is_true(held: Any) -> bool:
    # A column with gaps comes back from a file as text.
    return str(held) == "True"


def _verdict(held: Any, lang: str) -> str:
    return say("pattern.yes" if _is_true(held) else "pattern.no", lang)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    first, *others = map(Path, sys.argv[1:] or ["results/patterns"])
    sys.stdout.write(page(first, others))
