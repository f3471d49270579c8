"""The tab "Evidence" shows what ships: findings, figures, links, limits, in two languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from linkage_sim.app.comparison import pair_of, places_of
from linkage_sim.app.evidence import experiments_shown
from linkage_sim.app.experiment_links import LINKS, linked_state
from linkage_sim.app.limit_words import limit_title, limit_value
from linkage_sim.app.pictures import PREFIX, picture_of, pictures
from linkage_sim.app.shipped_pages import checked_limits, limits_page
from linkage_sim.app.state import State, address_of, state_from
from linkage_sim.app.worker import check_limit
from linkage_sim.report.experiment_page import number_of, rows_of
from linkage_sim.studies.expected import RECORD
from linkage_sim.studies.experiment import (
    experiment_names,
    load_experiment,
    shipped_experiments,
)
from linkage_sim.studies.results import provenance_hash
from linkage_sim.verification import all_limits
from linkage_sim.words import LANGUAGES

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = experiment_names()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_of_every_experiment_is_shown(language: str) -> None:
    shown = {item["id"]: item for item in experiments_shown(language)}
    assert list(shown) == NAMES
    for name in NAMES:
        experiment = load_experiment(shipped_experiments() / name)
        rows = rows_of(experiment)
        told = {item["id"]: item for item in shown[name]["findings"]}
        assert list(told) == [item.name for item in experiment.written.findings]
        for item in experiment.written.findings:
            number = number_of(rows[item.name]).replace("-", "−")
            assert told[item.name]["number"] == number
            # A prediction that failed is marked as failed, one that was never made as neither.
            assert (told[item.name]["good"] == 0) == (item.predicted is None)


def test_findings_that_were_not_as_predicted_say_so() -> None:
    failed = [finding["id"] for item in experiments_shown("en") for finding in item["findings"]
              if finding["good"] < 0]
    assert {"delay_lowers_match", "one_state", "approval_and_effect_replace"} <= set(failed)


@pytest.mark.parametrize("name", NAMES)
def test_the_chinese_page_is_chinese(name: str) -> None:
    item = next(item for item in experiments_shown("zh") if item["id"] == name)
    texts = [item["title"], item["question"], item["more"], item["runs"]]
    texts += [figure["alt"] for figure in item["figures"]]
    texts += [link["text"] for link in item["links"]]
    for finding in item["findings"]:
        texts += [finding["text"], finding["of"], finding["verdict"]]
    assert [text for text in texts if not CHINESE.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_figure_ships_and_shows_the_results_that_are_kept(name: str, language: str) -> None:
    """A figure holds the hash of the record it was drawn from.

    Where this fails after new runs: `python -m linkage_sim.report.kept_pictures` draws the Chinese
    ones again.
    """
    experiment = load_experiment(shipped_experiments() / name)
    record = json.loads((experiment.expected / RECORD).read_text(encoding="utf-8"))
    for figure in experiment.written.figures:
        address, own = picture_of(name, figure.name, language)
        assert own, address
        with Image.open(pictures()[address]) as image:
            assert image.text["Source"] == f"provenance.json sha256:{provenance_hash(record)}"
            assert bool(CHINESE.search(image.text["Title"])) == (language == "zh")


def test_only_known_names_are_pictures() -> None:
    for address in pictures():
        assert re.fullmatch(PREFIX + r"/(en|zh)/e\d_[a-z]+/[a-z_]+\.png", address)
    assert picture_of("e1_demand", "../../pyproject", "en") == ("", False)


def links() -> list[tuple[str, str]]:
    return [(experiment, link.name) for experiment, known in LINKS.items() for link in known]


def test_every_experiment_can_be_opened_in_compare() -> None:
    assert list(LINKS) == NAMES


@pytest.mark.parametrize(("experiment", "name"), links())
def test_a_link_opens_a_comparison_that_differs_and_fits_the_page(
    experiment: str, name: str
) -> None:
    places = places_of(["toy", "x_community"])
    state = linked_state(State(language="zh", place="toy", tab="evidence"), experiment, name)
    assert state is not None and (state.tab, state.language) == ("compare", "zh")
    assert state_from(address_of(state), State()) == (state, [])
    assert not pair_of(state, places).is_same
    seeds = load_experiment(shipped_experiments() / experiment).studies
    assert state.first_seed in {study.seeds[0] for study in seeds.values()}


def test_an_unknown_link_opens_nothing() -> None:
    assert linked_state(State(), "e1_demand", "nowhere") is None
    assert linked_state(State(), "../e1_demand", "survey") is None


def test_the_shipped_table_lists_every_limit_and_holds() -> None:
    assert [row[0] for row in checked_limits()] == [limit.name for limit in all_limits()]
    assert all(row[-1] for row in checked_limits())


def test_a_limit_checked_here_is_that_of_the_same_place_in_the_table() -> None:
    """Two that are exact, so that every machine gives the figures of the table."""
    places = {row[0]: number for number, row in enumerate(checked_limits())}
    for name in ("effort_mix, counts 0.7", "vote_winners, equal_shares"):
        _, *cells, holds = checked_limits()[places[name]]
        assert check_limit(places[name], lambda: False) == {
            "limit": name, "cells": cells, "verdict": holds}


def test_every_limit_has_a_name_in_both_languages() -> None:
    for name, observed, *_ in checked_limits():
        assert CHINESE.search(limit_title(name, "zh")), name
        english = limit_title(name, "en")
        assert "_" not in english.partition(":")[0] and limit_value(observed, "en") == observed
    assert limit_value("north 1, south 2", "zh") == "北 1、南 2"
    with pytest.raises(KeyError):
        limit_title("need_prevalence, of a new kind", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_model_is_not_for_is_taken_from_its_page(language: str) -> None:
    first, *rest = limits_page(language)
    name = "limits.zh.md" if language == "zh" else "limits.md"
    page = Path(__file__).parents[2] / "docs" / name
    text = page.read_text(encoding="utf-8")
    assert len(rest) == text.count("\n## ") - 1
    assert len(first["blocks"]) == 5 and all(block["item"] for block in first["blocks"])
    words: list[Any] = [part["text"] for section in (first, *rest)
                        for block in section["blocks"] for part in block["parts"]]
    assert not any(sign in word for word in words for sign in ("](", "**", "`"))
    assert all(block["parts"][0]["kind"] == "strong" for block in first["blocks"])
