"""Sentences of the report: what is better, worse or not shown, worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from linkage_sim.report.document_findings import findings, side_of, swept_findings
from linkage_sim.report.plain_values import singular


@pytest.mark.parametrize(
    ("name", "before", "low", "high", "side"),
    [("demand_match", 0.4, 0.01, 0.03, "better"), ("demand_match", 0.4, -0.03, -0.01, "worse"),
     ("demand_match", 0.4, -0.01, 0.02, "open"), ("worker_turnover", 0.2, 0.01, 0.02, "worse"),
     ("goodhart_gap", 0.5, -0.3, -0.2, "better"), ("goodhart_gap", 0.5, 0.1, 0.2, "worse"),
     # Farther below 0 than it was above, or perhaps: neither is nearer to 0 for sure.
     ("goodhart_gap", 0.1, -0.4, -0.05, "down"), ("goodhart_gap", -0.2, 0.05, 0.1, "better"),
     ("goodhart_gap", -0.2, -0.2, -0.1, "worse"), ("showcase_share", 0.3, 0.1, 0.2, "worse"),
     ("satisfaction_reported", 0.8, 0.01, 0.02, "up")],
)
def test_a_side_is_for_the_better_or_the_worse(
    name: str, before: float, low: float, high: float, side: str
) -> None:
    row = {"baseline_mean": before, "low_adjusted": low, "high_adjusted": high}
    assert side_of(row, name) == side


def row(outcome: str, low: float, high: float) -> dict[str, object]:
    return {"scenario": "reform", "outcome": outcome, "baseline_mean": 0.4, "low_adjusted": low,
            "high_adjusted": high}


def test_what_else_becomes_worse_is_told_beside_the_headlines() -> None:
    table = pd.DataFrame([row("demand_match", 0.1, 0.2), row("worker_turnover", 0.1, 0.2),
                          row("showcase_share", -0.2, 0.2)])
    (told,) = findings(table, ["reform"], {"reform": "Reform"}, "en")
    assert told.startswith("Reform: better on Match")
    assert told.endswith("Worse on these other outcomes: Turnover of social workers.")
    (none,) = findings(table[:1], ["reform"], {"reform": "Reform"}, "en")
    assert "Worse" not in none


def test_a_sweep_says_which_parameter_moves_an_outcome_most_and_where_none_does() -> None:
    name, other = "policy.approval.fixed_latency_days", "policy.proposal.survey_sample"
    rows = pd.DataFrame([
        {"seed": seed, name: days, other: asked, "demand_match": 0.5 - days / 1000 + seed / 500,
         "true_effect": (-1.0) ** seed}
        for seed in range(6) for days in (10.0, 200.0) for asked in (20.0, 40.0)
    ])
    match, effect = swept_findings(rows, [name, other], {}, "en")
    middle = 0.5 + np.arange(6).mean() / 500
    assert f"from {middle - 0.2:.4f} [" in match and f"to {middle - 0.01:.4f} [" in match
    assert "at 200" in match and "at 10" in match and "Fixed approval latency" in match
    assert effect == "True effect of projects: between no two values of any parameter is a " \
                     "difference shown."


@pytest.mark.parametrize(("unit", "one"), [
    ("years", "year"), ("persons a month", "person a month"), ("communities", "community"),
    ("ties per resident", "tie per resident"), ("street offices", "street office"),
    ("wishes per report", "wish per report"), ("yuan a year", "yuan a year"),
    ("needs a week per 1,000 residents", "need a week per 1,000 residents"),
])
def test_one_of_a_unit_is_singular(unit: str, one: str) -> None:
    assert singular(unit) == one
