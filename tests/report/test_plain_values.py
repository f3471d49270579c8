"""Values of parameters in plain words, with units, in both languages, and no path of a register."""

from __future__ import annotations

from typing import Any

import pytest

from linkage_sim.report.document_tables import number, side_of
from linkage_sim.report.labels import decimals
from linkage_sim.report.plain_values import declared, value_at, value_text
from linkage_sim.scenario.schema import Scenario

BY_NAME = {item.name: item for item in declared()}
DESK = {"name": "street office", "officers": 2, "mean_days": 6.0, "meeting_gap_days": [14.0]}
NOTICE = {"name": "public notice", "officers": 1000, "mean_days": 0.0, "statutory_days": 7.0}


@pytest.mark.parametrize(("name", "value", "english", "chinese"), [
    ("policy.approval.fixed_latency_days", 15.0, "15 days", "15 天"),
    ("policy.approval.fixed_latency_days", None, "not set", "未设定"),
    ("policy.approval.parallel", True, "yes", "是"),
    ("policy.approval.parallel", False, "no", "否"),
    ("policy.approval.budget_open_day", 59.0, "day 59 of the year", "全年第 59 天"),
    ("policy.implementation.reporting_burden_share", 0.08, "8 % (share of contract hours)",
     "8%（占合同工时的比例）"),
    ("policy.evaluation.respondents", "random", "drawn at random", "随机抽取"),
    ("policy.evaluation.weights", {"activity": 3.0, "outcome": 1.0, "documents": 0.0, "other": {}},
     "activity 75 %; outcome 25 %", "活动量 75%；成效 25%"),
    ("policy.approval.desks", [DESK, NOTICE],
     "street office (2 officers, 6 days of work, meeting every 14 days); "
     "public notice (at least 7 days by law)",
     "街道办（2 名经办人员，办理 6 天，每 14 天开会一次）；公示（法定至少 7 天）"),
    ("policy.proposal.open_categories", ["elder_care", "health"],
     "Elder care, Health and mental health", "养老服务、健康与心理"),
    ("world.community_residents", [], "none", "无"),
])
def test_a_value_is_said_as_a_person_would(
    name: str, value: Any, english: str, chinese: str
) -> None:
    assert value_text(BY_NAME[name], value, "en") == english
    assert value_text(BY_NAME[name], value, "zh") == chinese


def test_a_register_is_named_by_its_hash_and_not_by_where_it_lies() -> None:
    register = {"path": "/secret/place/residents.csv", "sha256": "ab" * 32, "residents": 12}
    told = value_text(BY_NAME["world.resident_register"], register, "en")
    assert "residents.csv" in told and "abab" in told and "secret" not in told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_value_of_a_scenario_can_be_said(language: str) -> None:
    content = Scenario().model_dump(mode="json")
    for item in declared():
        told = value_text(item, value_at(content, item.name), language)
        assert told and "{" not in told


@pytest.mark.parametrize(("values", "written"), [
    ((0.0123, 3), "0.012"), ((-0.0001, 2), "0.00"), ((float("nan"), 2), "–"),
    ((1234.5, 0), "1,234"),
])
def test_numbers_are_written_with_the_decimals_asked_for(
    values: tuple[float, int], written: str
) -> None:
    assert number(*values) == written


def test_decimals_tell_intervals_apart() -> None:
    assert (decimals([0.02]), decimals([0.003]), decimals([12.0]), decimals([])) == (3, 4, 0, 3)


@pytest.mark.parametrize(("low", "high", "outcome", "side"), [
    (0.1, 0.2, "trust", "better"), (-0.2, -0.1, "trust", "worse"),
    (0.1, 0.2, "showcase_share", "worse"), (-0.2, -0.1, "showcase_share", "better"),
    (-0.1, 0.2, "trust", "open"), (0.1, 0.2, "evaluation_score", "up"),
    (-0.2, -0.1, "coverage_gap", "down"), (float("nan"), float("nan"), "trust", "open"),
])
def test_a_difference_is_better_only_where_its_adjusted_interval_leaves_out_zero(
    low: float, high: float, outcome: str, side: str
) -> None:
    row = {"baseline_mean": 0.1, "low_adjusted": low, "high_adjusted": high}
    assert side_of(row, outcome) == side
