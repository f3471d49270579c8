"""Pages of experiments: filled from expected results, and as filled as they stand in the folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from toy_experiment import write_experiment

from linkage_sim.cli.app import main
from linkage_sim.errors import InputError
from linkage_sim.report import experiment_page
from linkage_sim.report.experiment_figures import _KINDS
from linkage_sim.studies.crate import CRATE, crate_of, write_crate
from linkage_sim.studies.expected import RECORD, keep_expected
from linkage_sim.studies.experiment import experiment_names, load_experiment, shipped_experiments
from linkage_sim.studies.experiment_file import FIGURES
from linkage_sim.studies.findings import GOOD
from linkage_sim.words import set_language

PAGE = """# Waiting

<!-- experiment: answer -->
old
<!-- end -->

<!-- experiment: answer in zh -->
<!-- end -->

<!-- experiment: findings -->
<!-- end -->

<!-- experiment: sizes -->
<!-- end -->

A line that stays.
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small experiment with its expected results, quick and full, and an empty page."""
    place = tmp_path_factory.mktemp("made")
    toy = write_experiment(place / "waiting")
    for form in ([], ["--quick"]):
        out = place / f"results{len(form)}"
        assert main(["reproduce", str(toy), *form, "--jobs", "1", "--out", str(out),
                     "--no-figures", "--quiet"]) == 0
        keep_expected(out / toy.name / "result", toy, "quick" if form else "full")
    set_language(None)
    (toy / "README.md").write_text(PAGE, encoding="utf-8")
    return toy


@pytest.fixture
def finished(made: Path, tmp_path: Path) -> Path:
    """A copy to work on."""
    shutil.copytree(made, tmp_path / "waiting")
    return tmp_path / "waiting"


def test_blocks_are_filled_and_the_rest_stays(finished: Path) -> None:
    assert experiment_page.fill_page(finished) == 4
    page = (finished / "README.md").read_text(encoding="utf-8")
    row = experiment_page.rows_of(load_experiment(finished))["waiting_shortens"]
    assert f"A long wait shortens delivery: {float(row['value']):+.1f}" in page
    assert "等待时间长会缩短实施：" in page and "A line that stays." in page and "old" not in page
    assert "| [days](days.toml) |" in page


def test_filling_twice_changes_nothing(finished: Path) -> None:
    experiment_page.fill_page(finished)
    first = (finished / "README.md").read_bytes()
    experiment_page.fill_page(finished)
    assert (finished / "README.md").read_bytes() == first


@pytest.mark.parametrize(
    ("row", "text"),
    [({"value": "0.12345", "low": "0.1", "high": "0.14"}, "+0.123 [+0.100, +0.140]"),
     ({"value": "-33.6", "low": "-33.6", "high": "-33.6"}, "-33.6 [-33.6, -33.6]"),
     ({"value": "0.5", "low": "", "high": ""}, "+0.500"),
     ({"value": "0", "low": "0", "high": "0"}, "+0.0 [+0.0, +0.0]")],
)
def test_numbers_show_two_figures_of_their_uncertainty(row: dict[str, str], text: str) -> None:
    assert experiment_page.number_of(row) == text


def test_an_unknown_kind_of_block_is_told_with_its_line(finished: Path) -> None:
    (finished / "README.md").write_text("\n<!-- experiment: numbers -->\n<!-- end -->\n")
    with pytest.raises(InputError, match=r"README.md:2.*numbers"):
        experiment_page.fill_page(finished)


def test_a_page_without_blocks_is_told(finished: Path) -> None:
    (finished / "README.md").write_text("nothing\n")
    assert experiment_page.main([str(finished)]) == 2


def test_the_description_names_every_file_with_its_checksum(finished: Path) -> None:
    write_crate(finished)
    graph = json.loads((finished / CRATE).read_text(encoding="utf-8"))["@graph"]
    named = {item["@id"]: item for item in graph}
    assert named["./"]["name"] == "Waiting"
    assert len(named["expected/quick/findings.csv"]["sha256"]) == 64
    assert named["#quick"]["name"] == "linkage-sim reproduce waiting --quick"
    assert {part["@id"] for part in named["./"]["hasPart"]} <= set(named)


def test_a_changed_file_changes_the_description(finished: Path) -> None:
    before = crate_of(finished)
    with (finished / "days.toml").open("a", encoding="utf-8") as study:
        study.write("# more\n")
    assert crate_of(finished) != before


def test_every_kind_of_picture_can_be_drawn() -> None:
    assert set(FIGURES) == set(_KINDS)


SHIPPED = [shipped_experiments() / name for name in experiment_names()]


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda path: path.name)
def test_numbers_of_a_shipped_page_are_those_of_its_results(folder: Path) -> None:
    """Negative control of typing by hand: filling the page again changes no letter of it."""
    page = folder / "README.md"
    before = page.read_bytes()
    try:
        experiment_page.fill_page(folder)
        assert page.read_bytes() == before
    finally:
        page.write_bytes(before)


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_experiment_is_described_as_it_is(folder: Path) -> None:
    assert json.loads((folder / CRATE).read_text(encoding="utf-8")) == crate_of(folder)
    assert {path.stem for path in (folder / "figures").glob("*.png")} == {
        item.name for item in load_experiment(folder).written.figures
    }


@pytest.mark.parametrize("size", ["quick", "full"])
@pytest.mark.parametrize("folder", SHIPPED, ids=lambda path: path.name)
def test_expected_findings_are_those_the_file_declares(folder: Path, size: str) -> None:
    experiment = load_experiment(folder, size == "quick")
    rows = experiment_page.rows_of(experiment, size)
    assert set(rows) == {item.name for item in experiment.written.findings}
    fine = {"as expected"} if size == "full" else set(GOOD)
    assert {row["verdict"] for row in rows.values()} <= fine
    record = json.loads((experiment.expected / RECORD).read_text(encoding="utf-8"))
    assert record["settings"] == [] and record["size"] == size
