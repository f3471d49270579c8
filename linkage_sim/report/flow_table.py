"""Counts where projects, days and hours go, from the table of projects of any results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linkage_sim.studies.summary import summarised

if TYPE_CHECKING:
    import pandas as pd

DAYS_PER_YEAR = 364.0
LAPSED = ("no bidder", "year ended before it could start", "organization closed")
THROUGH = ("submitted", "approved", "delivered")
"""Steps that a project passes on its way."""
LOST = ("flaw_found", "no_money", "undecided", "withdrawn_or_lapsed")
"""Ways to be lost: the first three between submission and approval, the last one behind it."""
DAYS = ("hearing", "approval", "contract", "delivery", "left_over")
HOURS = ("substance", "showcase", "papers", "idle")
PARTS = {"projects": (*THROUGH, *LOST), "days": DAYS, "hours": HOURS}


def flow_table(projects: pd.DataFrame) -> pd.DataFrame:
    """Summarise projects as `cycle_flow` draws them.

    Projects are counted per community and year, resubmitted ones each time; days are those of a
    year of a delivered project; hours are shares of its working time.

    Parameters
    ----------
    projects
        As `load_results(place, "projects")` gives it: one row a submission, with scenario, seed.

    Returns
    -------
    pandas.DataFrame
        scenario, part, step, mean, low, high, seeds; the interval is 95 % over seeds.
    """
    import pandas as pd

    runs = []
    for (scenario, seed), mine in projects.groupby(["scenario", "seed"], sort=False):
        counted = {**_counts(mine), **_days(mine), **_hours(mine)}
        runs.append({"scenario": scenario, "seed": seed, **counted})
    steps = [step for part in PARTS.values() for step in part]
    found = summarised(pd.DataFrame(runs), ["scenario"], steps)
    part_of = {step: part for part, steps in PARTS.items() for step in steps}
    found["part"] = found["outcome"].map(part_of)
    # Tables are sorted by name; what others are added to comes first all the same.
    order = sorted(dict.fromkeys(projects["scenario"]), key=lambda name: name.count("+"))
    found["place"] = found["scenario"].map(order.index)
    found = found.sort_values("place", kind="stable").rename(columns={"outcome": "step"})
    return found[["scenario", "part", "step", "mean", "low", "high", "seeds"]].reset_index(
        drop=True
    )


def _counts(mine: pd.DataFrame) -> dict[str, float]:
    places = len(mine[["community", "year"]].drop_duplicates())
    approved = mine["approved"].astype(bool)
    left = mine["delivery_weeks"] <= 0
    sums = {"submitted": mine["id"].notna(), "approved": approved, "delivered": approved & ~left}
    ways = {
        "withdrawn_or_lapsed": approved | mine["withdrawn"].astype(bool)
        | mine["reason"].isin(LAPSED),
        "flaw_found": mine["reason"] == "flaw found",
        "undecided": mine["expired"].astype(bool) | mine["decided_day"].isna(),
        "no_money": mine["reason"].notna(),
    }
    for name, which in ways.items():
        # What is lost is lost once, in the first way that applies.
        sums[name] = left & which
        left = left & ~which
    return {name: float(which.sum()) / places for name, which in sums.items()}


def _days(mine: pd.DataFrame) -> dict[str, Any]:
    """Split the year of delivered projects that were signed in the year of their submission."""
    done = mine[(mine["delivery_weeks"] > 0) & mine["signed_day"].notna()]
    start = done["submitted_day"] // DAYS_PER_YEAR * DAYS_PER_YEAR
    same = done["signed_day"] - start < DAYS_PER_YEAR
    done, start = done[same], start[same]
    delivery = done["delivery_weeks"] * 7.0
    parts = {
        "hearing": done["submitted_day"] - start,
        "approval": done["decided_day"] - done["submitted_day"],
        "contract": done["signed_day"] - done["decided_day"],
        "delivery": delivery,
        "left_over": (start + DAYS_PER_YEAR - done["signed_day"] - delivery).clip(lower=0.0),
    }
    return {name: float(values.mean()) for name, values in parts.items()}


def _hours(mine: pd.DataFrame) -> dict[str, float]:
    worked = float(mine["worked_hours"].sum())
    if worked <= 0.0:
        return dict.fromkeys(HOURS, float("nan"))
    parts = [float(mine[f"{name}_hours"].sum()) / worked
             for name in ("substance", "showcase", "documents")]
    return dict(zip(HOURS, (*parts, max(0.0, 1.0 - sum(parts))), strict=True))
