"""Blocks and pictures of calibrations say what hand-made results say, and nothing kinder."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from linkage_sim.errors import InputError
from linkage_sim.outcomes import HEADLINES
from linkage_sim.report.calibration_plot import (
    draw_figures,
    draw_parameters,
    parameters_figure,
    targets_figure,
)
from linkage_sim.report.number_blocks import fill
from linkage_sim.studies.differences import COLUMNS
from linkage_sim.studies.results import results_folder
from linkage_sim.words import set_language
from tests.report.pictures import needs_chinese_font, overlaps, styled

HOURS, QUIT = "assumptions.delivery.hours_per_event", "assumptions.staff.quit_per_year"
END = "<!-- end -->"
ALWAYS: dict[str, Any] = {
    "model_version": 7, "package_version": "1.2.3",
    "git": {"commit": "0123456789abcdef", "dirty": False}, "seeds": [1, 2, 3], "baseline": "before",
    "scenarios": [],
}


@pytest.fixture(autouse=True)
def in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    set_language("en")
    yield
    set_language(None)


def tables() -> dict[str, pd.DataFrame]:
    """Four particles of two assumptions; two figures fitted, one predicted, one without a band."""
    posterior = pd.DataFrame({
        "particle": range(4), "weight": [0.4, 0.3, 0.2, 0.1], HOURS: [20.0, 25.0, 30.0, 40.0],
        QUIT: [0.1, 0.2, 0.3, 0.4],
    })
    parameters = pd.DataFrame([
        {"parameter": HOURS, "value": 24.0, "prior_low": 5.0, "prior_high": 100.0, "scale": "log",
         "mean": 25.5, "low": 20.0, "median": 25.0, "high": 40.0, "narrowed": 0.756},
        {"parameter": QUIT, "value": 0.14, "prior_low": 0.0, "prior_high": 0.6, "scale": "linear",
         "mean": 0.2, "low": 0.01, "median": 0.2, "high": 0.59, "narrowed": -0.02},
    ])
    names = ("events_per_project", "worker_turnover", "volunteer_dropout", "trust")
    bands = ((10.0, 18.0), (0.2, 0.2), (0.3, 0.4), (math.nan, math.nan))
    spreads = ((12.0, 10.5, 14.0), (0.25, 0.22, 0.4), (0.5, 0.41, 0.7), (0.6, 0.5, 0.7))
    verdicts = ("inside", "outside", "outside", "")
    inside = (1.0, math.nan, 0.0, math.nan)
    targets = pd.DataFrame([
        {"outcome": name, "fitted": number < 2, "target_low": band[0], "target_high": band[1],
         "scale": 1.0, "mean": spread[0], "low": spread[1], "high": spread[2],
         "prior_mean": spread[0], "prior_low": spread[1] / 2, "prior_high": spread[2] * 2,
         "inside": share, "verdict": verdict, "missing": 0}
        for number, (name, band, spread, verdict, share) in enumerate(
            zip(names, bands, spreads, verdicts, inside, strict=True)
        )
    ])
    predictive = pd.DataFrame({
        "particle": [0, 1, 2, 3], "seed": [1, 2, 3, 4], "weight": [0.4, 0.3, 0.2, 0.1],
        "events_per_project": [10.5, 12.0, 13.0, 14.0], "worker_turnover": [0.22, 0.25, 0.3, 0.4],
        "volunteer_dropout": [0.41, 0.5, 0.6, 0.7], "trust": [0.5, 0.6, 0.65, 0.7],
    })
    return {"posterior": posterior, "parameters": parameters, "targets": targets,
            "predictive": predictive}


def written(place: str, made: dict[str, pd.DataFrame], **record: Any) -> Path:
    def put(beside: Path) -> None:
        for name, table in made.items():
            table.to_parquet(beside / f"{name}.parquet", index=False)

    own = [f"{name}.parquet" for name in made]
    with results_folder(Path(place), own) as folder:
        folder.write_streamed(put, {**ALWAYS, **record}, own)
    return Path(place)


@pytest.fixture
def calibration() -> Path:
    return written(
        "results/fit", tables(), verb="calibrate",
        command=["/far/away/linkage-sim", "calibrate", "study.toml", "--out", "results/fit"],
        calibration={"proposals": 1234, "replications": 3, "population": 4, "effective": 3.3,
                     "pyabc": "0.13.0", "seed": 9},
    )


def filled(marker: str, place: Path) -> str:
    page = Path("PAGE.md")
    page.write_text(f"<!-- numbers: {marker} -->\n{END}\n", encoding="utf-8")
    fill(page, place)
    return page.read_text(encoding="utf-8")


def row(text: str, name: str) -> list[str]:
    line = next(line for line in text.split("\n") if name in line and line.startswith("|"))
    return [cell.strip() for cell in line.strip("|").split(" | ")]


# -- assumptions and figures ---------------------------------------------------------------------


def test_an_assumption_has_its_prior_and_its_posterior(calibration: Path) -> None:
    text = filled("assumptions from results/fit", calibration)
    assert row(text, HOURS) == [
        f"`{HOURS}`", "Hours of an event", "24", "5 – 100", "25.5", "20 – 40", "76%",
    ]
    # What the figures say nothing of is narrowed by nothing, never by less.
    assert row(text, QUIT)[-1] == "0%"


def test_a_figure_is_fitted_or_predicted_and_inside_or_not(calibration: Path) -> None:
    text = filled("figures from results/fit", calibration)
    assert row(text, "events_per_project")[1:] == [
        "fitted", "10 to 18", "5.25 – 28", "12", "10.5 – 14", "100%", "inside",
    ]
    assert row(text, "worker_turnover")[1:3] == ["fitted", "0.2"]
    assert row(text, "volunteer_dropout")[-2:] == ["0%", "outside"]
    assert row(text, "volunteer_dropout")[1] == "predicted"
    assert row(text, "`trust`")[2] == "–" and row(text, "`trust`")[-1] == "–"


def test_the_source_says_how_much_was_run_and_by_which_command(calibration: Path) -> None:
    text = filled("figures from results/fit", calibration)
    assert "1,234 points of 3 worlds each, 4 particles that tell as much as 3" in text
    assert "`linkage-sim calibrate study.toml --out results/fit`" in text
    assert "far/away" not in text and "commit 0123456" in text
    assert "python -m linkage_sim.report.number_blocks PAGE.md results/fit" in text


def test_blocks_speak_chinese(calibration: Path) -> None:
    text = filled("figures from results/fit in zh", calibration)
    assert "预测" in text and "在外" in text and "0.3 至 0.4" in text


# -- intervals with and without -------------------------------------------------------------------


def comparison(low: float, high: float, **more: Any) -> pd.DataFrame:
    rows = [
        {**dict.fromkeys(COLUMNS, 0.0), "scenario": "reform", "baseline": "before",
         "outcome": outcome, "difference": (low + high) / 2, "low": low, "high": high, "n": 3,
         "dropped": 0, "comparisons": 5}
        for outcome in HEADLINES
    ]
    return pd.DataFrame(rows).assign(**more)


def compared(place: str, table: pd.DataFrame, **record: Any) -> Path:
    with results_folder(Path(place)) as folder:
        folder.write({"outcomes": pd.DataFrame({"seed": [1]})}, {
            **ALWAYS, "verb": "compare", "command": ["linkage-sim", "compare"], **record,
        }, table)
    return Path(place)


@pytest.mark.parametrize(("fixed", "drawn", "wider", "sign"), [
    ((0.1, 0.3), (0.05, 0.35), "1.50", "stays clear"),
    ((0.1, 0.3), (-0.1, 0.5), "3.00", "no longer clear"),
    ((-0.1, 0.3), (0.1, 0.3), "0.50", "open at fixed values"),
    ((0.1, 0.3), (-0.3, -0.1), "1.00", "turns round"),
])
def test_both_intervals_stand_side_by_side(
    fixed: tuple[float, float], drawn: tuple[float, float], wider: str, sign: str
) -> None:
    compared("results/fixed", comparison(*fixed))
    place = compared("results/drawn", comparison(*drawn), posterior={
        "sha256": "abcdef0123456789", "draws": None, "parameters": [HOURS, QUIT],
        "values": {"1": [20.0, 0.1], "2": [25.0, 0.2], "3": [20.0, 0.1]},
    })
    text = filled("intervals from results/drawn against results/fixed", place)
    cells = row(text, "demand_match")
    assert cells[1] == "`reform`" and cells[-2:] == [wider, sign]
    assert f"[{fixed[0]:+.4f}, {fixed[1]:+.4f}]" in cells[2]
    assert f"[{drawn[0]:+.4f}, {drawn[1]:+.4f}]" in cells[3]
    assert "abcdef012345, 2 different ones over 3 seeds" in text


@pytest.mark.parametrize("marker", [
    "intervals from results/fit", "figures from results/fit against results/fit",
    "posterior from results/fit", "figures from results/fit to a.png",
])
def test_a_marker_that_lacks_its_other_half_is_refused(calibration: Path, marker: str) -> None:
    with pytest.raises(InputError):
        filled(marker, calibration)


# -- desks ---------------------------------------------------------------------------------------


def test_desks_say_in_bold_what_is_too_far() -> None:
    base = {"by": "layers", "value": 1, "files": 1000, "real": 2.0, "error": 0.1, "first": 2.2,
            "whole": 2.1, "difference_whole": 0.0, "real_p95": 10.0, "share_real": 0.5,
            "share_simulated": 0.5}
    groups = pd.DataFrame([
        {**base, "kind": kind, "simulated": mean, "difference": mean / 2.0 - 1.0,
         "simulated_p95": far, "difference_p95": far / 10.0 - 1.0}
        for kind, mean, far in (("pooled", 3.0, 10.0), ("apart", 2.2, 13.0), ("timed", 1.6, 11.0))
    ])
    halves = pd.concat([groups.assign(half=1), groups.assign(half=2, difference=0.3)])
    place = written("results/desks", {"groups": groups, "halves": halves}, verb="desk_calibration",
                    command=["x"], log={"files": 9938, "sha256": "f" * 64, "repeats": 10,
                                        "mending_days": 6.3})
    text = filled("desks from results/desks", place)
    assert row(text, "1 layer") == [
        "1 layer", "1,000", "2.00 ± 0.10", "2.20", "2.20 (+10.0%)", "**1.60 (-20.0%)**", "10.0",
        "**13.0 (+30.0%)**", "11.0 (+10.0%)",
    ]
    assert "python -m linkage_sim.studies.desk_calibration LOG results/desks" in text
    text = filled("halves from results/desks", place)
    assert row(text, "1 layer")[2] == "+30.0% (+10.0% to +30.0%), 1 of 2 within 15 %"
    assert row(text, "1 layer")[-1] == "10%"


# -- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("make", [parameters_figure, targets_figure])
def test_words_in_pictures_neither_overlap_nor_leave(make: Any, language: str) -> None:
    if language == "zh":
        needs_chinese_font()
    with styled(language):
        assert overlaps(make(tables(), language)) == []


def test_pictures_are_written_twice_and_are_the_same_every_time(tmp_path: Path) -> None:
    for draw in (draw_parameters, draw_figures):
        paths = draw(tables(), tmp_path / "a.png", "en", "provenance.json sha256:abc")
        first = [path.read_bytes() for path in paths]
        again = draw(tables(), tmp_path / "a.png", "en", "provenance.json sha256:abc")
        assert [path.suffix for path in paths] == [".png", ".svg"]
        assert [path.read_bytes() for path in again] == first and b"sha256:abc" in first[1]


def test_the_posterior_of_a_document_is_drawn_into_it(calibration: Path) -> None:
    text = filled("posterior from results/fit to images/fit.png", calibration)
    assert "](images/fit.png)" in text and Path("images/fit.png").stat().st_size > 10_000
