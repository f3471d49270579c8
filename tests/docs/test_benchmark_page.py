"""The page of benchmarks holds the figures of its result file."""

from __future__ import annotations

import json

import pytest

from benchmarks import page


def test_the_page_shows_the_figures_of_the_last_run() -> None:
    found = json.loads((page.HERE / "results.json").read_text(encoding="utf-8"))
    assert page.page(found) in (page.HERE / "README.md").read_text(encoding="utf-8")


def test_the_page_shows_how_long_a_visitor_waits() -> None:
    found = json.loads((page.HERE / "view.json").read_text(encoding="utf-8"))
    assert page.view_page(found) in (page.HERE / "README.md").read_text(encoding="utf-8")
    found["key_to_figure"]["median"] = 7.25
    assert "| key on a slider to new figures | 7.25 |" in page.view_page(found)


def test_what_is_missed_is_said() -> None:
    found = json.loads((page.HERE / "results.json").read_text(encoding="utf-8"))
    found["one_community"]["median_seconds"] = 0.3
    lines = page.table(page.wanted(found)).splitlines()
    line, = (line for line in lines if line.startswith("| one run"))
    assert line.endswith("| missed by a factor of 2 |")
    found["one_community"]["median_seconds"] = 0.15
    assert "| one run of X Community, seconds | 0.15 | 0.15 | 0.05 | met |" in page.table(
        page.wanted(found)
    )


@pytest.mark.parametrize("left_out", ["starsim", "whole_city"])
def test_what_was_left_out_is_not_shown(left_out: str) -> None:
    found = json.loads((page.HERE / "results.json").read_text(encoding="utf-8"))
    assert left_out.split("_")[-1] in page.page(found).lower()
    if left_out == "starsim":
        found["starsim"] = {"left_out": "no environment"}
    else:
        del found[left_out]
    assert left_out.split("_")[-1] not in page.page(found).lower()
