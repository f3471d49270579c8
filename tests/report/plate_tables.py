"""Small tables of each kind that pictures of experiments are drawn from."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pandas as pd

REFORMS = ("public_opinion", "fast_approval", "effectiveness_first", "scientific_evaluation")
PLAYERS = ("community", "organizations", "workers", "volunteers")


def around(middle: float, half: float = 0.02) -> dict[str, float]:
    return {"mean": middle, "low": middle - half, "high": middle + half}


def surface_table() -> pd.DataFrame:
    return pd.DataFrame([
        {"outcome": outcome, "panel": panel, "weight_on_quantity": weight, "incentive": incentive,
         "incentive_name": "assumptions.effort.renewal_value",
         **around(sign * (weight - 0.3) * incentive * 0.3 + 0.02, 0.03)}
        for (outcome, sign), panel, weight, incentive in product(
            (("goodhart_gap", 1.0), ("true_effect", -0.5)), ("chosen", "random"),
            (0.0, 0.25, 0.5, 0.75, 1.0), (0.5, 1.0, 2.0))
    ])


def latency_table() -> pd.DataFrame:
    return pd.DataFrame([
        {"outcome": outcome, "series": series, "latency_days": days,
         **around(0.5 - days * slope, 0.01), "theory": 0.5 - days * slope + 0.002}
        for outcome in ("demand_match", "need_coverage", "showcase_share")
        for series, slope in (("x_community", 0.0008), ("effectiveness_first", 0.0006))
        for days in (5, 20, 60, 120, 240)
    ])


def interaction_table() -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for outcome, number in (("demand_match", 1), ("need_coverage", 2)):
        for place, (first, second) in enumerate(combinations(REFORMS, 2)):
            for a, b in product((0, 1), repeat=2):
                middle = 0.3 + 0.04 * a + 0.05 * b + 0.01 * (place - 2) * a * b * number
                change = 0.01 * (place - 2) * number
                rows.append({"outcome": outcome, "first": first, "second": second, "first_on": a,
                             "second_on": b, **around(middle, 0.008), "interaction": change,
                             "interaction_low": change - 0.006, "interaction_high": change + 0.006})
    return pd.DataFrame(rows)


def shapley_table() -> pd.DataFrame:
    return pd.DataFrame([
        {"outcome": outcome, "player": player, **around(0.03 * place - 0.02, 0.008),
         "alone": 0.01 * place, "last": 0.05 * place}
        for outcome in ("need_coverage", "true_effect", "trust")
        for place, player in enumerate(PLAYERS)
    ])


def trust_table() -> pd.DataFrame:
    return pd.DataFrame([
        {"scenario": scenario, "start": start, "year": year,
         **around(level + (start - level) * 0.8**year, 0.03)}
        for scenario, level in (("x_community", 0.45), ("full_reform", 0.6))
        for start in (0.3, 0.55, 0.8) for year in range(21)
    ])


def trade_off_table() -> pd.DataFrame:
    rows = []
    for place, name in enumerate(("x_community", *REFORMS, "full_reform")):
        row: dict[str, Any] = {"scenario": name}
        for outcome, middle in (("true_effect", 0.1 + 0.05 * (place % 4)),
                                ("administration_share", 0.12 + 0.02 * place),
                                ("trust", 0.5 + 0.01 * (place % 3))):
            row.update({outcome: middle, f"{outcome}_low": middle - 0.01,
                        f"{outcome}_high": middle + 0.01})
        rows.append(row)
    return pd.DataFrame(rows)


def city_table(districts: int = 13, communities: int = 100) -> pd.DataFrame:
    return pd.DataFrame([
        {"outcome": outcome, "district": district, "community": district * communities + number,
         "residents": 5000 + 100 * (number % 7),
         **around(0.2 + 0.01 * district + 0.001 * (number * 37 % 101), 0.03)}
        for outcome in ("need_coverage",)
        for district in range(districts) for number in range(communities)
    ])


def project_rows(seeds: int = 3, scenarios: tuple[str, ...] = ("x_community",)) -> pd.DataFrame:
    """Ten submissions a year: six carried out, one flawed, two without money, one never begun."""
    rows = []
    for scenario, seed, year, number in product(scenarios, range(seeds), (1, 2), range(10)):
        start = 364.0 * year
        carried_out, flawed, lapsed = number < 6, number == 6, number == 9
        rows.append({
            "scenario": scenario, "seed": seed, "id": f"c0-y{year}-{number}", "community": 0,
            "year": year, "submitted_day": start + 14.0, "decided_day": start + 114.0 + seed,
            "approved": carried_out, "withdrawn": False, "expired": False,
            "reason": "approved" if carried_out else "flaw found" if flawed
            else "no bidder" if lapsed else "no money left",
            "signed_day": start + 165.0 if carried_out else float("nan"),
            "delivery_weeks": 28.0 if carried_out else 0.0,
            "worked_hours": 600.0 if carried_out else float("nan"),
            "substance_hours": 150.0 if carried_out else float("nan"),
            "showcase_hours": 300.0 if carried_out else float("nan"),
            "documents_hours": 120.0 if carried_out else float("nan"),
        })
    return pd.DataFrame(rows)
