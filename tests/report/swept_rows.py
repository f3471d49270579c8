"""Rows of sweeps whose means can be worked out by hand, and what a picture of them shows."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

DAYS, METHOD = "policy.approval.fixed_latency_days", "policy.proposal.method"
CHECK, AUDIT = "policy.implementation.midterm_check", "policy.evaluation.audit_probability"
# Student's t, 97.5 %, for three and for two seeds.
T_OF_3, T_OF_2 = 4.302652729911275, 12.706204736432095
HALF = T_OF_3 * 0.01 / 3**0.5
FIGURES = ("main-effects", "interaction", "heat-map")


def rows_of(
    seeds: Sequence[int] = (1, 2, 3), outcomes: Sequence[str] = ("need_coverage",),
    **columns: Sequence[Any],
) -> pd.DataFrame:
    """Cross columns with seeds; dots in names are written __.

    The first outcome is 0.1 a day, +1 for a vote, and 0.00, 0.01, 0.02 ... by seed.
    """
    named = {name.replace("__", "."): values for name, values in columns.items()}
    named = named or {DAYS: (10.0, 20.0, 50.0), METHOD: ("survey", "vote")}
    rows = []
    for number, (*values, seed) in enumerate(product(*named.values(), seeds)):
        row = {"run_id": f"r{number:04d}", "scenario": "toy", "seed": seed,
               **dict(zip(named, values, strict=True))}
        base = 0.1 * row.get(DAYS, 0.0) + (row.get(METHOD) == "vote") + 0.01 * (seed - 1)
        rows.append({**row, **{name: base + place for place, name in enumerate(outcomes)}})
    return pd.DataFrame(rows)


def panel(figure: Any, gid: str) -> Any:
    (axes,) = [axes for axes in figure.axes if axes.get_gid() == gid]
    return axes


def line(axes: Any, gid: str) -> Any:
    (found,) = [item for item in axes.lines if item.get_gid() == gid]
    return found


def bars(axes: Any, gid: str) -> list[tuple[float, float, float]]:
    """Read place, low and high of each interval drawn; one with an undefined end is not drawn."""
    (found,) = [item for item in axes.collections if item.get_gid() == f"interval of {gid}"]
    ends = [part.vertices for part in found.get_paths()]
    return [(part[0, 0], part[0, 1], part[1, 1]) for part in ends if np.isfinite(part).all()]


def intervals(places: Sequence[float], means: Sequence[float], half: float = HALF) -> Any:
    expected = [(place, middle - half, middle + half)
                for place, middle in zip(places, means, strict=True)]
    return [pytest.approx(part) for part in expected]


def words_of(figure: Any) -> str:
    texts = [text for axes in figure.axes for text in axes.texts] + list(figure.texts)
    texts += [axes.xaxis.label for axes in figure.axes] + [axes.yaxis.label for axes in figure.axes]
    ticks = [label for axes in figure.axes for label in (*axes.get_xticklabels(),
                                                         *axes.get_yticklabels())]
    return "\n".join(text.get_text() for text in (*texts, *ticks))


def labels(axes: Any) -> list[str]:
    return [label.get_text() for label in axes.get_xticklabels()]


def svg_text(path: Path) -> str:
    found = ET.parse(path).iter("{http://www.w3.org/2000/svg}text")
    return "\n".join("".join(item.itertext()) for item in found)


def two_scenarios() -> pd.DataFrame:
    """A reform sets one parameter, and the study varies another."""
    first = rows_of(policy__approval__fixed_latency_days=(10.0, 20.0)).assign(
        **{AUDIT: 0.05, "run.years": 1.0})
    return pd.concat([first, first.assign(scenario="toy+strict", **{AUDIT: 0.5})])
