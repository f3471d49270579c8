"""Keeps a small table of results as a CSV file that is whole or not there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd


def keep_table(table: pd.DataFrame, folder: Path, name: str, figures: int | None = 5) -> None:
    """Write a table into a folder, which is made where it is missing, and say where.

    Parameters
    ----------
    name
        Of the file, without its ending.
    figures
        Figures of each number; None for all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    beside = folder / f"{name}.csv.new"
    form = None if figures is None else f"%.{figures}g"
    table.to_csv(beside, index=False, float_format=form, lineterminator="\n")
    beside.replace(path)
    sys.stdout.write(say("pattern.written", path=path) + "\n")
