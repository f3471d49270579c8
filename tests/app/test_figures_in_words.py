"""Numbers as the page writes them: no more digits than known, no 0 for what is not, one verdict."""

from __future__ import annotations

from typing import Any

import pytest

from linkage_sim.app.charts import forest, table
from linkage_sim.app.comparison import (
    Figures,
    difference_texts,
    digits_of,
    sentence,
    signed_text,
    with_title,
)
from linkage_sim.outcomes import HEADLINES, NAMES


@pytest.mark.parametrize(("low", "high", "digits"), [
    (38.0, 44.0, 1), (1.2, 3.4, 1), (0.4, 3.4, 1), (380.0, 440.0, 0), (-0.05, 0.05, 3),
    (0.0031, 0.0047, 5),
    # An end that is not 0 is not written as 0, however wide the interval is.
    (0.02, 3.2, 2), (0.0, 3.2, 1), (5.0, 5.0, 0), (1e-9, 8.0, 1),
])
def test_an_interval_has_the_digits_it_is_worth(low: float, high: float, digits: int) -> None:
    assert digits_of(low, high) == digits


def row(difference: float, half: float, wider: float = 1.0, before: float = 0.5) -> dict[str, Any]:
    return {"baseline_mean": before, "mean": before + difference, "difference": difference,
            "low": difference - half, "high": difference + half,
            "low_adjusted": difference - wider * half, "high_adjusted": difference + wider * half,
            "n": 30, "dropped": 0}


def test_shares_are_points_and_others_have_their_unit() -> None:
    assert difference_texts(row(0.016, 0.0158), "demand_match") == ("+1.60", "+0.02", "+3.18")
    assert difference_texts(row(-41.0, 3.0), "approval_days_mean") == (
        "−41.0", "−44.0", "−38.0")
    assert difference_texts(row(0.00391, 0.002), "trust") == ("+0.0039", "+0.0019", "+0.0059")
    assert difference_texts(row(0.1, float("nan")), "trust") == ("+0.10", "–", "–")
    assert signed_text(-0.0001, 2) == "0.00"


def figures(**known: dict[str, Any]) -> Figures:
    return Figures(30, 30, {name: known.get(name, row(0.0, 0.1)) for name in NAMES}, {})


def test_the_sentence_names_what_stands_with_all_outcomes_judged_together() -> None:
    open_still = figures(demand_match=row(0.02, 0.015, wider=1.6))
    assert "Match" not in sentence(open_still, "en")
    shown = figures(demand_match=row(0.02, 0.015, wider=1.2), satisfaction=row(-0.03, 0.01))
    told = sentence(shown, "en")
    assert "2.0" in told and "0.5 to 3.5" in told
    assert "3.0 " in told and "2.0 to 4.0" in told


def test_a_change_in_per_cent_is_written_in_per_cent() -> None:
    found = figures(approval_days_mean=row(-53.1, 4.0, before=93.0))
    _, relative = forest(found, "en")
    days = next(item for item in relative["rows"] if item["name"] == "approval_days_mean")
    assert days["text"] == "−57.1 [−61.4, −52.8]" and days["unit"] == "%"
    line = next(item for item in table(found, "en") if item["name"] == "approval_days_mean")
    assert (line["difference"], line["interval"]) == ("−53.1", "−57.1 … −49.1")
    assert {item["name"] for item in forest(found, "en")[0]["rows"]} == set(HEADLINES)


@pytest.mark.parametrize(("text", "told"), [
    ("world.residents: found 0", "Residents, all communities together (world.residents): found 0"),
    ("mine.toml:3: world.residents: found 0", "mine.toml:3: world.residents: found 0"),
    ("world.nothing: unknown", "world.nothing: unknown"),
])
def test_a_message_names_the_field_it_is_about(text: str, told: str) -> None:
    assert with_title(text, "en") == told
