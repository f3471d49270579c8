"""The report: one page, everything in it, in both languages; damaged results give none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from linkage_sim.cli.app import main
from linkage_sim.errors import InputError
from linkage_sim.outcomes import HEADLINES, NAMES
from linkage_sim.report.document import command_of, report_html
from linkage_sim.studies.results import ResultsDamagedError, load_results
from linkage_sim.words import say, set_language
from tests.conftest import Typed
from tests.report.pictures import needs_chinese_font

STUDY = """scenario = "toy"
design = "grid"
replications = 2
seed = 1
[parameters]
"policy.approval.fixed_latency_days" = [5, 60]
"policy.proposal.method" = ["directive", "survey"]
"""
ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}")


class Page(HTMLParser):
    """Reads a page: its text outside of style and code, its tags, and what it points to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.targets: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.targets += [value or "" for name, value in attrs if name in ("src", "href", "data")]
        if tag not in ("meta", "img", "br", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"style", "code"} & set(self.open):
            self.texts.append(data.strip())


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Small results of each kind."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "days.toml").write_text(STUDY, encoding="utf-8")
    found = {name: folder / name for name in ("compare", "run", "sweep")}
    commands = (
        ["compare", "toy", "toy+fast_approval", "toy+full_reform", "--replications", "3",
         "--jobs", "1", "--out", str(found["compare"])],
        ["run", "toy", "--out", str(found["run"])],
        ["sweep", str(folder / "days.toml"), "--jobs", "1", "--out", str(found["sweep"])],
    )
    for words in commands:
        assert main([*words, "--quiet", "--lang", "en"]) == 0
    return found


@cache
def page_of(place: Path, language: str) -> str:
    """Write a report once for all tests that only look at it."""
    return report_html(place, language)


@pytest.fixture(autouse=True)
def no_language_chosen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LINKAGE_LANG", "en")
    yield
    set_language(None)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["compare", "run", "sweep"])
def test_a_page_needs_no_network_and_no_script(
    places: dict[str, Path], kind: str, language: str
) -> None:
    if language == "zh":
        needs_chinese_font()
    text = page_of(places[kind], language)
    page = Page(text)
    assert not page.open, "a tag is left open"
    assert page.targets and all(item.startswith("data:image/") for item in page.targets)
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert not re.search(r"url\(|@import|https?://", text)
    heads = ("question", "outcomes", "figures", "limits", "again", "parameters")
    assert all(say(f"report.page.head.{name}", language) in page.texts for name in heads)


@pytest.mark.parametrize("kind", ["compare", "run", "sweep"])
def test_a_chinese_page_holds_no_english_sentence(places: dict[str, Path], kind: str) -> None:
    needs_chinese_font()
    chinese = Page(page_of(places[kind], "zh")).texts
    # Authors are cited as they sign.
    rest = [re.sub(r"[A-Z]\w+( [A-Z]\w+)* and [A-Z]\w+", "", text) for text in chinese]
    assert [text for text in rest if ENGLISH.search(text)] == []
    assert [text for text in Page(page_of(places[kind], "en")).texts if ENGLISH.search(text)]


def test_every_difference_of_the_comparison_stands_in_it(places: dict[str, Path]) -> None:
    texts = " ".join(Page(page_of(places["compare"], "en")).texts)
    table = load_results(places["compare"], "comparison")
    for name in NAMES:
        assert say(f"outcome.{name}.label", "en") in texts
    match = table[table["outcome"] == "satisfaction"].set_index("scenario")
    shown = f"{match.loc['full_reform', 'difference']:+.2f}"
    assert shown in texts


def test_levers_that_differ_are_told_in_words_with_units(places: dict[str, Path]) -> None:
    english = Page(page_of(places["compare"], "en")).texts
    assert "Day the year's money can be used from" in english
    assert "day 59 of the year" in english and "8 % (share of contract hours)" in english
    needs_chinese_font()
    chinese = Page(page_of(places["compare"], "zh")).texts
    assert "全年第 59 天" in chinese and "8%（占合同工时的比例）" in chinese


def test_sources_and_confidence_of_parameters_stand_in_it(places: dict[str, Path]) -> None:
    texts = Page(page_of(places["run"], "en")).texts
    assert texts.count("low") > 100
    assert any("Hamill and Gilbert 2009" in text for text in texts)


def test_values_of_a_sweep_have_intervals(places: dict[str, Path]) -> None:
    texts = Page(page_of(places["sweep"], "en")).texts
    assert "survey" in texts and "60" in texts
    intervals = [text for text in texts if re.fullmatch(r"\[-?[\d.,]+, -?[\d.,]+\]", text)]
    assert len(intervals) == 4 * len(HEADLINES)


@pytest.mark.slow
def test_scenarios_of_a_sweep_are_called_by_title(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("two.toml").write_text(
        STUDY.replace('"toy"', '["toy", "toy+full_reform"]').replace("[5, 60]", "[5]"),
        encoding="utf-8",
    )
    assert main(["sweep", "two.toml", "--jobs", "1", "--out", "two", "--quiet"]) == 0
    texts = Page(report_html(Path("two"), "en")).texts
    assert "Toy: twelve residents, one small project, Full reform" in texts
    # A parameter with one value varies nothing.
    assert not any("Fixed approval latency" in text for text in texts[: texts.index("Pictures")])


def test_a_run_has_no_interval_and_says_so(places: dict[str, Path]) -> None:
    texts = " ".join(Page(page_of(places["run"], "en")).texts)
    assert "One run is a story, not a result" in texts and "Only one world" in texts
    assert "linkage-sim rerun run" in re.sub(r"<[^>]+>", "", page_of(places["run"], "en"))


def test_the_same_results_give_the_same_page(places: dict[str, Path]) -> None:
    assert page_of(places["sweep"], "en") == report_html(places["sweep"], "en")


@pytest.mark.parametrize(("command", "told"), [
    (["/opt/some where/bin/linkage-sim", "run", "toy"], "linkage-sim run toy"),
    (["C:\\x\\linkage-sim.exe", "run", "a b"], "linkage-sim run 'a b'"),
    (["/opt/lib/linkage_sim/__main__.py", "run", "toy"], "linkage-sim run toy"),
    (["/opt/own/study.py", "1"], "python study.py 1"), ([], ""),
])
def test_the_command_is_told_without_the_paths_of_a_machine(
    command: list[str], told: str
) -> None:
    assert command_of({"command": command}) == told


def test_text_of_a_scenario_cannot_become_part_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("evil.toml").write_text(
        'title = "<script>alert(1)</script> & more"\nextends = "toy"\n', encoding="utf-8"
    )
    assert main(["run", "evil.toml", "--out", "evil", "--quiet"]) == 0
    text = report_html(Path("evil"), "en")
    assert "<script" not in text and "&lt;script&gt;" in text


# -- the verb -----------------------------------------------------------------------------------


def test_the_verb_writes_one_file_where_it_is_told(
    places: dict[str, Path], typed: Typed
) -> None:
    code, out, _ = typed("report", str(places["run"]), "-o", "deep/one.html", "--lang", "en")
    assert code == 0 and "deep/one.html" in out
    assert [path.name for path in Path("deep").iterdir()] == ["one.html"]


def test_the_usual_place_is_in_the_results_and_harms_none(
    places: dict[str, Path], typed: Typed
) -> None:
    assert typed("report", str(places["run"]))[0] == 0
    assert (places["run"] / "report.html").is_file()
    assert typed("rerun", str(places["run"]))[0] == 0


def test_another_ending_is_refused(places: dict[str, Path], typed: Typed) -> None:
    code, _, err = typed("report", str(places["run"]), "-o", "one.pdf")
    assert code == 2 and "one.pdf" in err and not Path("one.pdf").exists()


def test_without_results_nothing_is_written(typed: Typed) -> None:
    Path("empty").mkdir()
    for place in ("nowhere", "empty"):
        assert typed("report", place)[0] == 2
    assert not list(Path("empty").iterdir()) and not Path("nowhere").exists()


def test_damaged_results_give_no_report(places: dict[str, Path], typed: Typed) -> None:
    import shutil

    shutil.copytree(places["compare"], "spoiled")
    before = sorted(path.name for path in Path("spoiled").iterdir())
    with Path("spoiled/outcomes.parquet").open("r+b") as handle:
        handle.seek(40)
        handle.write(b"spoiled")
    code, _, err = typed("report", "spoiled")
    assert code == 4 and "outcomes.parquet" in err
    assert sorted(path.name for path in Path("spoiled").iterdir()) == before
    with pytest.raises(ResultsDamagedError):
        report_html(Path("spoiled"), "en")


def test_a_report_that_cannot_be_finished_leaves_the_old_one(
    places: dict[str, Path], typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("old.html").write_text("old", encoding="utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert typed("report", str(places["run"]), "-o", "old.html")[0] == 1
    assert Path("old.html").read_text(encoding="utf-8") == "old"
    assert [path.name for path in Path().iterdir()] == ["old.html"]


def test_results_of_another_kind_are_refused(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from linkage_sim.report import document

    monkeypatch.setattr(document, "load_provenance", lambda path: {"verb": "calibrate"})
    with pytest.raises(InputError, match="calibrate"):
        report_html(places["run"], "en")
