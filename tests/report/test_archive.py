"""The archive holds code, scenarios, results and description, whole and checked, and no more."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from linkage_sim.cli.app import main
from linkage_sim.errors import InputError
from linkage_sim.report import archive
from linkage_sim.studies.results import ResultsDamagedError
from linkage_sim.words import entries

ROOT = Path(__file__).parents[2]


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small source folder that git knows, with results of one run."""
    folder = tmp_path / "source"
    (folder / "docs").mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "CITATION.cff", "LICENSE", "docs/model.md"):
        shutil.copy(ROOT / name, folder / name)
    (folder / ".gitignore").write_text("results/\ndist/\n", encoding="utf-8")
    named = ["-c", "user.name=x", "-c", "user.email=x@localhost"]
    for words in (["init", "-q"], ["add", "."], [*named, "commit", "-qm", "all"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    (folder / "secret.txt").write_text("git does not know this", encoding="utf-8")
    monkeypatch.chdir(folder)
    assert main(["run", "toy", "--out", "results/one", "--quiet", "--lang", "en"]) == 0
    return folder


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def test_code_description_and_results_are_in_it_and_unknown_files_are_not(source: Path) -> None:
    goal = source / "dist" / "archive.zip"
    archive.build(source, goal)
    files = {name.split("/", 1)[1]: content for name, content in contents(goal).items()}
    assert {"README.md", "docs/model.md", "CITATION.cff", "results/one/outcomes.parquet",
            "results/one/provenance.json", "results/one/manifest.json"} <= set(files)
    assert "secret.txt" not in files and not any(".git/" in name for name in files)
    assert "`results/one`" in files["ARCHIVE.md"].decode()
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(files) - {"ARCHIVE.md", "SHA256SUMS"}
    assert all(hashlib.sha256(files[name]).hexdigest() == told for name, told in sums.items())


def told(source: Path) -> dict[str, str]:
    archive.build(source, source / "dist" / "a.zip")
    return {name.split("/", 1)[1]: content.decode("utf-8", "replace")
            for name, content in contents(source / "dist" / "a.zip").items()}


def test_what_is_not_committed_is_named(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "differ" not in told(source)["ARCHIVE.md"]
    (source / "docs/model.md").write_text("other words", encoding="utf-8")
    assert "- `docs/model.md`" in told(source)["ARCHIVE.md"].partition("differ from that")[2]
    assert archive.main([str(source)]) == 0
    assert "docs/model.md" in capsys.readouterr().out


def test_all_of_it_is_a_research_object_crate(source: Path) -> None:
    files = told(source)
    named = {item["@id"]: item for item in json.loads(files["ro-crate-metadata.json"])["@graph"]}
    root = named["./"]
    assert root["datePublished"] and root["license"] and "agent-based model" in root["description"]
    assert {part["@id"] for part in root["hasPart"]} == set(named) - {
        "./", "ro-crate-metadata.json"}
    assert named["README.md"]["sha256"] == hashlib.sha256(
        (source / "README.md").read_bytes()).hexdigest()


def test_reports_and_scenarios_that_do_not_ship_travel_with_their_results(source: Path) -> None:
    (source / "mine.toml").write_text("[policy.approval]\nfixed_latency_days = 9\n",
                                      encoding="utf-8")
    assert main(["run", "toy+mine.toml", "--out", "results/two", "--quiet", "--lang", "en"]) == 0
    assert main(["report", "results/two", "--quiet"]) == 0
    files = told(source)
    assert "results/two/report.html" in files
    assert "fixed_latency_days = 9" in files["results/two/scenarios/scenario_1.toml"]
    assert not [name for name in files if name.startswith("results/one/scenarios")]


def test_the_same_files_give_the_same_archive(source: Path) -> None:
    goals = [source / "dist" / f"{name}.zip" for name in "ab"]
    for goal in goals:
        archive.build(source, goal)
    assert goals[0].read_bytes() == goals[1].read_bytes()


def test_what_lies_in_a_results_folder_beside_the_results_is_left_out(source: Path) -> None:
    (source / "results/one/.lock").write_text("a machine's name", encoding="utf-8")
    assert not [name for name in archive.build(source, source / "a.zip") if "lock" in name]


def test_damaged_results_are_not_packed_and_an_older_archive_stays(source: Path) -> None:
    goal = source / "dist" / "a.zip"
    archive.build(source, goal)
    before = goal.read_bytes()
    (source / "results/one/outcomes.parquet").write_bytes(b"spoiled")
    with pytest.raises(ResultsDamagedError):
        archive.build(source, goal)
    assert archive.main([str(source), str(goal)]) == 4
    assert goal.read_bytes() == before and [path.name for path in goal.parent.iterdir()] == [
        "a.zip"]


def test_without_results_or_source_there_is_no_archive(source: Path, tmp_path: Path) -> None:
    shutil.rmtree(source / "results")
    with pytest.raises(InputError, match="make run"):
        archive.build(source, source / "a.zip")
    with pytest.raises(InputError, match=r"pyproject\.toml"):
        archive.build(tmp_path, tmp_path / "a.zip")
    assert archive.main([str(source)]) == 2


def test_an_unpacked_archive_can_be_packed_again(source: Path, tmp_path: Path) -> None:
    archive.build(source, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        packed.extractall(tmp_path / "unpacked")
    (again,) = (tmp_path / "unpacked").iterdir()
    names = archive.build(again, tmp_path / "b.zip")
    assert {"README.md", "docs/model.md", "results/one/outcomes.parquet"} <= set(names)


def test_every_part_the_page_of_the_archive_names_is_in_the_repository() -> None:
    for words in entries()["archive.page"].values():
        named = [part for line in words.splitlines() if line.startswith("| ")
                 for part in line.split("`")[1::2]]
        assert len(named) > 8
        made = ("SHA256SUMS", "ro-crate-metadata.json")
        missing = [name for name in named if name not in made and not (ROOT / name).exists()]
        assert missing == []


def test_the_citation_holds_what_the_format_asks_for() -> None:
    """Keys that the Citation File Format 1.2.0 requires, and those a reader needs to cite."""
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    keys = {line.partition(":")[0]: line.partition(":")[2].strip() for line in lines
            if line[:1].isalpha()}
    assert {"cff-version", "message", "title", "authors", "version", "license", "type",
            "abstract", "keywords", "date-released"} <= set(keys)
    assert keys["cff-version"] == "1.2.0" and keys["type"] == "software"
    assert keys["license"] == "MIT"
