"""Numbers in documents come from results: hand-made results give the table worked out by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from linkage_sim.errors import InputError
from linkage_sim.outcomes import BY_NAME, HEADLINES, NAMES
from linkage_sim.report.bands import BANDS, WITHOUT_BAND
from linkage_sim.report.number_blocks import fill, main
from linkage_sim.report.number_tables import chosen_for_baseline
from linkage_sim.scenario.fields import FITTED
from linkage_sim.scenario.schema import Scenario, parameters
from linkage_sim.studies.differences import difference_table
from linkage_sim.studies.results import (
    ResultsDamagedError,
    load_provenance,
    provenance_hash,
    results_folder,
)
from linkage_sim.words import entries, set_language

ROOT = Path(__file__).parents[2]
NAN = float("nan")
END = "<!-- end -->"


@pytest.fixture(autouse=True)
def in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    set_language("en")
    yield
    set_language(None)


def rows_by_hand() -> list[dict[str, Any]]:
    """Two seeds, a baseline and one reform; everything not named here is 0.5 and never changes."""
    still = dict.fromkeys(NAMES, 0.5)
    return [
        {"scenario": "before", "seed": 1, **still, "demand_match": 0.30, "need_coverage": NAN,
         "contacts_per_project": 200.0, "worker_turnover": 0.10},
        {"scenario": "before", "seed": 2, **still, "demand_match": 0.40, "need_coverage": 0.2,
         "contacts_per_project": 300.0, "worker_turnover": 0.20},
        {"scenario": "vote", "seed": 1, **still, "demand_match": 0.41, "need_coverage": 0.1,
         "true_effect": 0.25},
        {"scenario": "vote", "seed": 2, **still, "demand_match": 0.53, "need_coverage": 0.2,
         "true_effect": 0.25},
    ]


def write(place: Path, rows: list[dict[str, Any]], **changed: Any) -> Path:
    record = {
        "baseline": "before", "seeds": [1, 2], "model_version": 7, "package_version": "1.2.3",
        "git": {"commit": "0123456789abcdef", "dirty": False},
        "command": ["/far/away/linkage_sim/__main__.py", "compare", "before", "before+vote"],
        "scenarios": [
            {"name": "vote", "content": {}},
            {"name": "before", "content": Scenario().model_dump(mode="json")},
        ],
        **changed,
    }
    with results_folder(place) as folder:
        folder.write(
            {"outcomes": pd.DataFrame(rows)}, record, difference_table(rows, ["before", "vote"]),
            figures=lambda path: (path / "forest.png").write_bytes(b"an old picture") and None,
        )
    return place


@pytest.fixture
def results() -> Path:
    return write(Path("results/ours"), rows_by_hand())


def page(text: str, name: str = "PAGE.md") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def block(marker: str, inside: str = "") -> str:
    return f"<!-- numbers: {marker} -->\n{inside}{END}\n"


def row_of(path: Path, name: str) -> list[str]:
    """Give the cells of the row that speaks of an outcome or parameter."""
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if f"`{name}`" in line]
    return [cell.strip() for cell in lines[0].strip("|").split(" | ")]


def test_headline_block_is_the_table_worked_out_by_hand(results: Path) -> None:
    path = page("before\n" + block("headline from results/ours", "old numbers\n") + "after\n")
    assert fill(path, results) == 1
    # Differences of match: .11 and .13; mean .12, sd .0141, t(1) = 12.706: half width .127.
    # True effect falls by .25 in both worlds, so its interval has no width.
    # Coverage is undefined in one world: one pair is left, and one pair has no interval.
    assert path.read_text(encoding="utf-8") == (
        "before\n"
        "<!-- numbers: headline from results/ours -->\n"
        "\n"
        "| outcome | baseline | `vote` |\n"
        "| --- | --- | --- |\n"
        "| Match of services and needs, `demand_match` (higher is better) | 0.35 "
        "| +0.12<br>[-0.01, +0.25] |\n"
        "| Coverage of needs, `need_coverage` (higher is better) | 0.200 | 0.000 |\n"
        "| True effect of projects, `true_effect` (higher is better) | 0.500 "
        "| -0.250 \\*<br>[-0.250, -0.250] |\n"
        "| Satisfied residents, `satisfaction` (higher is better) | 0.500 "
        "| 0.000<br>[0.000, 0.000] |\n"
        "| Gap in coverage, `coverage_gap` (nearest to 0 is best) | 0.500 "
        "| 0.000<br>[0.000, 0.000] |\n"
        "\n"
        "Mean difference from the baseline, below it the 95 % interval. \\* differs from 0 also "
        "when all 5 comparisons shown are judged together (Bonferroni).\n"
        "- need_coverage, vote: 1 pair dropped, because the outcome is undefined on one side.\n"
        "\n"
        "From `results/ours`: 2 paired seeds, model version 7, linkage-sim 1.2.3, commit 0123456. "
        "Results by `linkage-sim compare before before+vote`.\n"
        "Filled by `python -m linkage_sim.report.number_blocks PAGE.md results/ours`; "
        "do not edit.\n"
        "\n"
        "<!-- end -->\n"
        "after\n"
    )


def test_other_results_give_another_block(results: Path) -> None:
    """Negative control: the block holds what the directory holds."""
    path = page(block("headline from results/ours"))
    fill(path, results)
    first = path.read_text(encoding="utf-8")
    rows = rows_by_hand()
    rows[2]["demand_match"] = 0.90
    write(results, rows)
    fill(path, results)
    assert path.read_text(encoding="utf-8") != first
    # .60 and .13: mean .365, half width 12.706 * .3323 / sqrt(2) = 2.986.
    assert row_of(path, "demand_match")[-1] == "+0.4<br>[-2.6, +3.4]"


def test_filling_again_changes_nothing(results: Path) -> None:
    path = page("# A\n" + block("headline from results/ours") + block("fitted from schema") + "z")
    assert fill(path, results) == 2
    first = path.read_bytes()
    assert fill(path, results) == 2
    assert path.read_bytes() == first
    assert first.startswith(b"# A\n<!-- numbers") and first.endswith(b"<!-- end -->\nz")


def test_baseline_figures_stand_beside_their_bands(results: Path) -> None:
    path = page(block("baseline from results/ours"))
    fill(path, results)
    # 200 and 300: mean 250, half width 12.706 * 70.71 / sqrt(2) = 635.3.
    contacts = row_of(path, "contacts_per_project")
    assert contacts[1:4] == ["250 [-385, 885]", "200 to 330", "yes"]
    # .10 and .20: the mean lies on the edge, and the edge belongs to the band.
    assert row_of(path, "worker_turnover")[2:4] == ["0.15 to 0.25", "yes"]
    assert row_of(path, "satisfaction_reported")[2:4] == ["0.85 to 0.98", "**no**"]
    # The reform's .41 and .53 are no part of the baseline.
    assert row_of(path, "demand_match")[1].startswith("0.35 [")
    assert "undefined" not in path.read_text(encoding="utf-8")


def test_a_figure_that_is_undefined_is_said_to_be(tmp_path: Path) -> None:
    rows = rows_by_hand()
    rows[0]["approval_rate"] = NAN
    rows[0]["volunteer_dropout"] = rows[1]["volunteer_dropout"] = NAN
    place = write(Path("results/ours"), rows)
    path = page(block("baseline from results/ours"))
    fill(path, place)
    text = path.read_text(encoding="utf-8")
    assert row_of(path, "volunteer_dropout")[1:4] == ["– [–, –]", "0.3 to 0.4", "undefined"]
    assert "- `approval_rate`: undefined in 1 of 2 worlds, which is left out." in text


def test_every_band_names_outcomes_and_assumptions_that_exist() -> None:
    known = {item.name for item in parameters("assumption")}
    for band in (*BANDS, *WITHOUT_BAND):
        assert band.outcome in BY_NAME
        assert set(band.carriers) <= known
    for band in BANDS:
        assert f"document.band.{band.outcome}" in entries()
        assert band.carriers and band.low is not None and band.high is not None
        assert band.low < band.high


def test_a_figure_with_a_fitted_carrier_counts_as_fitted(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> dict[str, str]:
        path = page(block("baseline from results/ours"))
        fill(path, results)
        return {band.outcome: row_of(path, band.outcome)[4] for band in BANDS}

    chosen = {item.name for item in chosen_for_baseline()}
    assert "assumptions.opinion.base" in chosen
    assert told()["satisfaction_reported"] == "fitted"
    monkeypatch.setattr("linkage_sim.report.number_tables.chosen_for_baseline", list)
    assert told()["satisfaction_reported"] == "predicted"
    assert told()["contacts_per_project"] == "anchored"


def test_the_list_of_fitted_values_is_the_schemas() -> None:
    path = page(block("fitted from schema"))
    assert fill(path) == 1
    for item in parameters():
        assert (f"| `{item.name}` |" in path.read_text(encoding="utf-8")) == (FITTED in item.source)
    assert row_of(path, "assumptions.effort.mission_mean")[4] == "0 to 1"


def test_fitted_values_are_those_behind_the_results(results: Path) -> None:
    path = page(block("fitted from results/ours"))
    fill(path, results)
    today = path.read_text(encoding="utf-8")
    assert "by now" not in today
    name = "assumptions.effort.mission_mean"
    older = Scenario().with_values({name: 0.875}).model_dump(mode="json")
    del older["assumptions"]["opinion"]["base"]
    write(results, rows_by_hand(), scenarios=[{"name": "before", "content": older}])
    fill(path, results)
    assert row_of(path, name)[2] == "0.875"
    assert row_of(path, "assumptions.opinion.base")[2] == "undefined"
    text = path.read_text(encoding="utf-8")
    declared = f"{next(item.default for item in parameters() if item.name == name):g}"
    assert f"- `{name}`: the schema says {declared} by now;" in text
    assert text.count("by now") == 2


def test_the_picture_is_drawn_and_shown(results: Path) -> None:
    path = page(block("forest from results/ours to docs/images/forest.png"))
    assert fill(path, results) == 1
    drawn = Path("docs/images/forest.png").read_bytes()
    assert b"What each reform changes, compared with before" in drawn
    assert f"sha256:{provenance_hash(load_provenance(results))}".encode() in drawn
    shown = "![What each reform changes, compared with before](docs/images/forest.png)\n"
    assert shown in path.read_text(encoding="utf-8")


def test_results_without_a_comparison_are_told(tmp_path: Path) -> None:
    place = Path("results/bare")
    with results_folder(place) as folder:
        rows = rows_by_hand()
        folder.write({"outcomes": pd.DataFrame(rows)}, {"baseline": "before"})
    path = page(block("forest from results/bare to forest.png"))
    with pytest.raises(InputError, match="no table 'comparison'"):
        fill(path, place)
    path = page(block("headline from results/bare"))
    with pytest.raises(InputError, match="no table 'comparison'"):
        fill(path, place)
    assert path.read_text(encoding="utf-8") == block("headline from results/bare")


def test_a_block_can_be_in_chinese(results: Path) -> None:
    path = page(block("headline from results/ours in zh") + block("headline from results/ours"))
    assert fill(path, results) == 2
    text = path.read_text(encoding="utf-8")
    assert "| 供需匹配度，`demand_match`（越高越好） | 0.35 | +0.12<br>[-0.01, +0.25] |" in text
    assert "| Match of services and needs, `demand_match`" in text


def test_blocks_of_other_results_and_examples_are_left_alone(results: Path) -> None:
    other = block("headline from results/theirs", "their numbers\n")
    example = "```\n" + block("headline from results/ours", "an example\n") + "```\n"
    path = page(other + example + block("headline from results/ours"))
    assert fill(path, results) == 1
    text = path.read_text(encoding="utf-8")
    assert text.startswith(other + example)
    assert text.count("Filled by") == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no block at all\n", "PAGE.md: has no block to fill"),
        (block("headline from results/theirs"), "no block is filled from results/ours; its blocks "
         "come from results/theirs"),
        (block("fitted from schema"), "no block is filled from results/ours"),
        ("\n<!-- numbers: headline from results/ours -->\n", "PAGE.md:2: this block has no"),
        ("<!-- numbers: headline from results/ours -->\n" + block("headline from results/ours"),
         "PAGE.md:1: this block has no"),
        (block("headlines from results/ours"), "PAGE.md:1: unknown kind 'headlines'"),
        (block("headline"), "PAGE.md:1: cannot be understood: headline;"),
        (block("headline from results/ours to a.png"), "PAGE.md:1: a forest needs"),
        (block("forest from results/ours"), "PAGE.md:1: a forest needs"),
        (block("headline from schema"), "PAGE.md:1: only fitted values can come from the schema"),
    ],
)
def test_what_cannot_be_filled_is_told_and_nothing_written(
    results: Path, text: str, message: str
) -> None:
    path = page(text)
    with pytest.raises(InputError) as error:
        fill(path, results)
    assert message in str(error.value)
    assert path.read_text(encoding="utf-8") == text


def test_all_faults_of_a_file_are_told_at_once(results: Path) -> None:
    path = page(block("headlines from results/ours") + block("forest from results/ours"))
    with pytest.raises(InputError) as error:
        fill(path, results)
    assert len(error.value.messages) == 2


def test_missing_directory_and_missing_file_are_told(results: Path) -> None:
    path = page(block("headline from results/none"))
    with pytest.raises(InputError, match="results/none: no such results directory"):
        fill(path, Path("results/none"))
    with pytest.raises(InputError, match="absent.md: cannot be read"):
        fill(Path("absent.md"), results)


def test_changed_results_are_refused(results: Path) -> None:
    with (results / "comparison.csv").open("a", encoding="utf-8") as guilty:
        guilty.write("vote,before,demand_match,0,1,1,1,1,2,0,1,1,5\n")
    text = block("headline from results/ours")
    with pytest.raises(ResultsDamagedError):
        fill(page(text), results)
    assert Path("PAGE.md").read_text(encoding="utf-8") == text


def test_exit_codes(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page(block("headline from results/ours"))
    assert main(["PAGE.md", "results/ours"]) == 0
    assert "PAGE.md: 1 block filled" in capsys.readouterr().err
    assert main(["PAGE.md", "results/none"]) == 2
    assert "no such results directory" in capsys.readouterr().err
    assert main([]) == 2
    assert "usage: python -m linkage_sim.report.number_blocks" in capsys.readouterr().err
    (results / "comparison.csv").unlink()
    assert main(["PAGE.md", "results/ours"]) == 4


def test_no_way_of_the_machine_gets_into_a_document(results: Path, tmp_path: Path) -> None:
    write(results, rows_by_hand(), command=["/far/away/pytest", "-q"],
          git={"commit": "f" * 40, "dirty": True})
    far = tmp_path / "elsewhere"
    far.mkdir()
    path = page(block("headline from results/ours"), str(far / "PAGE.md"))
    subprocess.run(
        [sys.executable, "-m", "linkage_sim.report.number_blocks", str(path), "results/ours"],
        check=True, capture_output=True, env={"PYTHONPATH": str(ROOT), "LINKAGE_LANG": "en"},
    )
    text = path.read_text(encoding="utf-8")
    assert "/far" not in text and str(tmp_path) not in text and "pytest" not in text
    assert "commit fffffff with changes that are in no commit" in text
    assert set(HEADLINES) <= set(text.replace("`", " ").replace(",", " ").split())
