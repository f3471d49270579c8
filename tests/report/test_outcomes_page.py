"""The committed page of outcomes is the one the catalogue gives."""

from __future__ import annotations

from pathlib import Path

from linkage_sim.outcomes import NAMES
from linkage_sim.report.outcomes_page import page

COMMITTED = Path(__file__).parents[2] / "docs" / "outcomes.md"


def test_the_committed_page_is_current() -> None:
    found = COMMITTED.read_text(encoding="utf-8")
    assert found == page(), "run: python -m linkage_sim.report.outcomes_page > docs/outcomes.md"


def test_every_outcome_has_its_section_once() -> None:
    titles = [line for line in page().splitlines() if line.startswith("## ")]
    assert [line.split("`")[1] for line in titles] == list(NAMES)


def test_directions_are_those_of_the_code() -> None:
    sections = {text.split("`")[0]: text for text in page().split("\n## `")[1:]}
    assert "lower is better" in sections["unmet_need_weeks"]
    assert "higher is better" in sections["demand_match"]
    assert "nearer to 0 is better" in sections["goodhart_gap"]
    assert "neither way" in sections["approval_rate"]
