"""Pictures of sweeps group many values, are read in two languages, fit, and tell where from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from linkage_sim.cli.app import main
from linkage_sim.errors import InputError
from linkage_sim.outcomes import HEADLINES
from linkage_sim.report import fonts
from linkage_sim.report.effect_scales import plain_number, scale_of, value_words
from linkage_sim.report.effects import draw_effects, effects_figure
from linkage_sim.scenario.schema import parameters
from linkage_sim.studies.results import MANIFEST, load_provenance, provenance_hash
from linkage_sim.words import entries, say, set_language
from tests.report.pictures import needs_chinese_font, overlaps, styled
from tests.report.swept_rows import (
    AUDIT,
    CHECK,
    DAYS,
    FIGURES,
    METHOD,
    labels,
    panel,
    rows_of,
    svg_text,
    two_scenarios,
    words_of,
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language(None)


# -- levels and groups -------------------------------------------------------------------------


def test_many_numbers_become_groups_of_equally_many_runs_at_their_medians() -> None:
    column = pd.Series(np.repeat(np.arange(40.0) ** 2, 3), name=AUDIT)
    column = column.sample(frac=1, random_state=4)
    scale, codes = scale_of(column, "en")
    assert codes.value_counts().tolist() == [15] * 8
    # Five different values a group: the squares of 0 to 4, of 5 to 9 ...
    assert list(scale.places) == [(2.0 + 5 * group) ** 2 for group in range(8)]
    assert scale.texts[:2] == ("0–16", "25–81") and scale.binned
    assert (codes == column**0.5 // 5).all()


def test_equal_numbers_are_never_parted() -> None:
    column = pd.Series([0.0] * 50 + [float(value) for value in range(1, 31)], name=AUDIT)
    _, codes = scale_of(column, "en")
    assert codes[column == 0.0].nunique() == 1
    assert set(codes) == set(range(codes.max() + 1))


@pytest.mark.parametrize(("count", "binned"), [(12, False), (13, True)])
def test_twelve_numbers_are_levels_and_thirteen_are_not(count: int, binned: bool) -> None:
    scale, codes = scale_of(pd.Series(np.arange(float(count)) / 7, name=AUDIT), "en")
    assert scale.binned == binned and (codes.nunique() == 12) == (not binned)


def test_a_crossed_heat_map_keeps_up_to_thirty_values_and_a_sample_is_grouped() -> None:
    crossed = rows_of((1,), policy__approval__fixed_latency_days=np.arange(20.0),
                      policy__evaluation__audit_probability=np.arange(15.0) / 20)
    figure = effects_figure(crossed, "heat-map", [DAYS, AUDIT], ["need_coverage"])
    assert len(labels(panel(figure, "need_coverage"))) == 20
    sample = crossed[crossed[DAYS] % 15 == (crossed[AUDIT] * 20).round()]
    figure = effects_figure(sample, "heat-map", [DAYS, AUDIT], ["need_coverage"])
    assert len(labels(panel(figure, "need_coverage"))) == 3
    assert "no run has that pair" in words_of(figure)


def test_values_spread_over_powers_of_ten_get_an_axis_that_says_so() -> None:
    even, spread = np.linspace(1, 1000, 40), np.geomspace(1, 1000, 40)
    for values, log in ((even, False), (spread, True)):
        scale, _ = scale_of(pd.Series(values, name="world.budget_yuan_per_year"), "en")
        assert scale.log == log and ("log scale" in scale.label("en")) == log


def test_words_stand_in_the_order_of_the_schema() -> None:
    methods = ("vote", "mixed", "directive", "survey")
    scale, codes = scale_of(pd.Series(methods, name=METHOD), "en")
    assert scale.texts == ("directive", "survey", "vote", "mixed")
    assert codes.tolist() == [2, 3, 0, 1] and not scale.unit


def test_numbers_kept_as_text_true_and_false_and_what_is_not_set() -> None:
    trust = scale_of(pd.Series(["0.5", "0.25"], name="assumptions.opinion.trust_start"), "en")
    assert trust[0].places == (0.25, 0.5) and trust[1].tolist() == [1, 0]
    check = scale_of(pd.Series([True, False], name=CHECK), "en")
    assert check[0].texts == ("no", "yes") and check[1].tolist() == [1, 0]
    days = scale_of(pd.Series([30.0, float("nan"), 7.0], name=DAYS), "en")
    assert days[0].texts == ("7", "30", "not set") and days[1].tolist() == [1, 2, 0]
    assert days[0].places == (0.0, 1.0, 2.0) and not days[0].ordered


def test_a_level_too_long_for_an_axis_is_told_in_full_below() -> None:
    desks = [f'[{{"name": "desk {place}", "mean_days": {place}.0}}]' for place in (1, 2)]
    rows = rows_of(policy__approval__desks=desks)
    with styled("en"):
        figure = effects_figure(rows, "main-effects", ["policy.approval.desks"], ["need_coverage"])
    assert labels(panel(figure, "need_coverage 0")) == ["1", "2"]
    said = " ".join(words_of(figure).split())
    assert all(desk in said for desk in desks)


@pytest.mark.parametrize(("value", "text"), [
    (0.0, "0"), (-0.0, "0"), (0.1 + 0.2, "0.3"), (1500000.0, "1,500,000"), (12345.6, "12,346"),
    (0.00001, "1e-05"), (365.25, "365.2"), (-7.0, "-7"),
])
def test_numbers_are_written_plainly(value: float, text: str) -> None:
    assert plain_number(value) == text


# -- words -------------------------------------------------------------------------------------


def test_axes_are_called_as_in_the_schema() -> None:
    said = words_of(effects_figure(rows_of(), "main-effects", [DAYS, METHOD], ["need_coverage"]))
    known = {item.name: item for item in parameters()}
    flat = " ".join(said.split())
    assert f"{known[DAYS].title('en')} (days)" in flat and known[METHOD].title("en") in flat
    assert f"{say('outcome.need_coverage.label', 'en')} (share)" in flat
    assert "higher is better" in flat and "18 runs over 3 seeds" in flat


def test_entries_of_tables_are_called_by_the_table_and_the_entry() -> None:
    name = "assumptions.needs.prevalence.age_60_plus.elder_care"
    scale, _ = scale_of(pd.Series([0.1, 0.2], name=name), "zh")
    assert scale.title == "各年龄段需求发生率：60 岁及以上：养老服务"
    assert scale_of(pd.Series([1, 2], name="mine"), "en")[0].title == "mine"


def test_every_word_that_the_schema_allows_has_its_chinese() -> None:
    known = {key.removeprefix("report.value.") for key in entries()}
    allowed = [word for item in parameters() if not isinstance(item.default, list)
               for word in item.choices]
    allowed += [item.default for item in parameters() if isinstance(item.default, str)]
    method = next(item for item in parameters() if item.name == METHOD)
    allowed += method.unit.split(", ")
    assert len(allowed) > 15
    assert [word for word in allowed if value_words(word, "zh") == word] == []
    assert {"true", "false"} <= known


@pytest.mark.parametrize("figure", FIGURES)
def test_a_chinese_picture_is_chinese(figure: str, tmp_path: Path) -> None:
    needs_chinese_font()
    set_language("zh")
    rows = rows_of(outcomes=HEADLINES)
    _, svg = draw_effects(rows, figure, [DAYS, METHOD], HEADLINES, tmp_path / "x.png", "s")
    said = svg_text(svg)
    assert all(say(f"outcome.{name}.label", "zh") in said for name in HEADLINES)
    assert "需求表达方式" in said and "居民投票" in said and "（天）" in said
    # The name of a value that is typed stands in the title of the parameter.
    assert set(re.findall("[A-Za-z]{2,}", said)) <= {"false"}


def many(language: str) -> dict[str, tuple[pd.DataFrame, list[str]]]:
    """Sweeps that are hard to set: few and many values, long words, large numbers."""
    budget = "world.budget_yuan_per_year"
    wide = rows_of((1, 2), HEADLINES, world__budget_yuan_per_year=np.geomspace(1e5, 3e7, 14),
                   policy__proposal__method=("directive", "activists", "hotline", "survey",
                                             "assembly", "vote", "mixed"))
    small = rows_of((1, 2), HEADLINES, policy__implementation__midterm_check=(False, True),
                    policy__implementation__tender=("competitive", "negotiated", "incumbent"))
    square = rows_of((1, 2), HEADLINES, policy__approval__fixed_latency_days=range(12),
                     world__organizations=(2, 9, 40))
    reforms = ["toy", *(f"toy+{name}" for name in ("public_opinion", "scientific_evaluation",
                                                   "fast_approval+effectiveness_first"))]
    reformed = pd.concat([square.assign(scenario=name) for name in reforms])
    large = small.assign(**{name: small[name] * 123456 for name in HEADLINES})
    return {
        "wide": (wide, [budget, METHOD]), "turned": (wide, [METHOD, budget]),
        "small": (small, [CHECK, "policy.implementation.tender"]),
        "square": (square, [DAYS, "world.organizations"]),
        "reformed": (reformed, ["scenario", DAYS]),
        "large": (large, ["policy.implementation.tender", CHECK]),
    }


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("sweep", [
    pytest.param("wide", marks=pytest.mark.slow), "turned", "small", "square",
    pytest.param("reformed", marks=pytest.mark.slow), "large",
])
def test_no_words_overlap_or_leave_the_picture(sweep: str, figure: str, language: str) -> None:
    if language == "zh":
        needs_chinese_font()
    rows, groups = many(language)[sweep]
    note = "with world.budget_yuan_per_year=150000" * 3
    outcomes = HEADLINES if sweep in ("wide", "small", "reformed") else HEADLINES[:1]
    with styled(language):
        drawn = effects_figure(rows, figure, groups, outcomes, language, note=note)
        assert overlaps(drawn) == []


def test_a_heat_map_grows_wider_than_the_page_so_that_all_numbers_fit() -> None:
    rows = rows_of((1, 2), policy__approval__fixed_latency_days=np.arange(26.0),
                   policy__implementation__midterm_check=(False, True))
    rows["need_coverage"] *= 1234567
    with styled("en"):
        figure = effects_figure(rows, "heat-map", [DAYS, CHECK], ["need_coverage"])
        assert overlaps(figure) == []
    assert figure.get_figwidth() > 8.27


def test_six_parameters_wrap_into_two_blocks_of_three() -> None:
    rows = rows_of(outcomes=HEADLINES[:2])
    names = [AUDIT, CHECK, "world.organizations", "world.committee_staff"]
    for place, name in enumerate(names):
        # Long numbers at the ends of two axes beside each other.
        rows[name] = (rows["seed"] + place) % 2 * 1e7 + 1e6
    with styled("en"):
        figure = effects_figure(rows, "main-effects", [DAYS, METHOD, *names], HEADLINES[:2])
        assert overlaps(figure) == []
    assert figure.get_figwidth() == pytest.approx(8.27)
    lefts = {round(axes.get_position().x0, 3) for axes in figure.axes
             if axes.get_gid() != "legend"}
    assert len(figure.axes) == 13 and len(lefts) == 3


# -- files -------------------------------------------------------------------------------------


def test_files_carry_their_provenance_and_are_the_same_each_time(tmp_path: Path) -> None:
    drawn = [
        draw_effects(rows_of(), "heat-map", [], ["need_coverage"], tmp_path / name, "hash-123")
        for name in ("one.png", "two.png")
    ]
    assert [item.name for item in drawn[0]] == ["one.png", "one.svg"]
    assert [item.read_bytes() for item in drawn[0]] == [item.read_bytes() for item in drawn[1]]
    from PIL import Image

    with Image.open(drawn[0][0]) as picture:
        assert picture.info["Source"] == "hash-123" and "Mean of each pair" in picture.info["Title"]
    assert "hash-123" in drawn[0][1].read_text(encoding="utf-8")


@pytest.mark.parametrize(("ending", "start"), [("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_another_ending_gives_that_file_alone(ending: str, start: bytes, tmp_path: Path) -> None:
    path = tmp_path / "new" / f"x.{ending}"
    assert draw_effects(rows_of(), "interaction", [], ["need_coverage"], path, "hash-123") == [path]
    assert list(path.parent.iterdir()) == [path]
    assert path.read_bytes().startswith(start) and b"hash-123" in path.read_bytes()


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
@pytest.mark.parametrize("known", ["No Such Font", "DejaVu Sans"])
def test_boxes_are_never_drawn_in_place_of_letters(
    ending: str, known: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "CJK_FONTS", (known,))
    rows = two_scenarios().replace({"scenario": {"toy": "西安", "toy+strict": "西安+严"}})
    for language, shown in (("zh", two_scenarios()), ("en", rows)):
        set_language(language)
        with pytest.raises(InputError, match="fonts-noto-cjk"):
            draw_effects(shown, "main-effects", [], ["need_coverage"], tmp_path / f"x.{ending}", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_sweep_is_drawn_from_the_command_line_with_its_provenance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    study, place = tmp_path / "study.toml", tmp_path / "results"
    study.write_text('scenario = "toy"\ndesign = "grid"\nreplications = 2\n[parameters]\n'
                     f'"{METHOD}" = ["survey", "vote"]\n"{DAYS}" = [10, 100]\n', encoding="utf-8")
    assert main(["sweep", str(study), "--out", str(place), "--jobs", "1", "--quiet",
                 "--set", "run.years=1", "--set", "run.warmup_years=0"]) == 0
    told = ["results", str(place), "--figure", "heat-map", "-o", str(tmp_path / "x.png")]
    assert main([*told, "--group-by", "method"]) == 2
    assert "exactly two parameters, found 1" in capsys.readouterr().err
    assert main(told) == 0
    assert "x.svg" in capsys.readouterr().out
    whole = f"provenance.json sha256:{provenance_hash(load_provenance(place))}"
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.info["Source"] == whole
    assert "with run.years=1, run.warmup_years=0" in svg_text(tmp_path / "x.svg")
    # A sweep without its tables is one that is not finished.
    (place / MANIFEST).unlink()
    assert main(told) == 0
    with Image.open(tmp_path / "x.png") as picture:
        assert re.fullmatch(r"[\w./]+ sha256:[0-9a-f]{64}", picture.info["Source"])
        assert picture.info["Source"] != whole
