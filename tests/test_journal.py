"""What the journal holds of a run: days add up, reasons are true, persons are counted once."""

import json
from typing import Any

import numpy as np
import pytest

from linkage_sim.journal import who_was_served
from linkage_sim.model import LinkageModel
from linkage_sim.report.story import story
from linkage_sim.scenario.policy import DEFAULT_DESKS
from linkage_sim.scenario.schema import Scenario

SMALL: dict[str, Any] = {"world.communities": 2, "world.residents": 1600, "run.years": 2,
                         "run.warmup_years": 0, "run.trace": True,
                         "world.budget_yuan_per_year": 300_000.0}
# Everything is sent back often, so that there is something to explain.
STRICT = [{**desk.model_dump(), "return_probability": 0.4} for desk in DEFAULT_DESKS]
ROUNDING = 0.01


def _traced(**values: Any) -> LinkageModel:
    return LinkageModel(Scenario().with_values({**SMALL, **values}), seed=5).run()


def _notes(model: LinkageModel, event: str) -> list[tuple[str, dict[str, Any]]]:
    return [(one.project, one.facts) for one in model.journal.entries if one.event == event]


@pytest.fixture(scope="module")
def strict() -> LinkageModel:
    return _traced(**{"policy.approval.desks": STRICT})


def test_days_at_desks_and_days_of_mending_are_the_days_to_the_decision(
    strict: LinkageModel,
) -> None:
    checked = 0
    for project, decided in _notes(strict, "decided"):
        files = [item for item in strict.approval.files if item.id == project]
        visits = [facts for name, facts in _notes(strict, "desk") if name == project]
        if len(files) > 1 or not visits:
            continue
        days = sum(one["days"] + one.get("rework_days", 0.0) for one in visits)
        assert days == pytest.approx(decided["days"], abs=ROUNDING * (len(visits) + 1))
        assert sum(one["returned"] for one in visits) == decided["returns"]
        checked += decided["returns"] > 0
    assert checked >= 5


def test_waiting_is_a_part_of_the_days_at_a_desk(strict: LinkageModel) -> None:
    visits = [facts for _, facts in _notes(strict, "desk")]
    assert all(0.0 <= one["waited_days"] <= one["days"] for one in visits)
    assert any(one["waited_days"] > 0.0 for one in visits)
    notice = [one for one in visits if one["desk"] == "public notice"]
    assert notice and all(one["waited_days"] == one["days"] >= 7.0 for one in notice)


@pytest.mark.parametrize(("exponent", "reason"), [
    (1.0, "uncertain estimate"), (0.0, "routine correction"),
])
def test_the_reason_of_a_return_is_what_made_the_desk_return_it(
    exponent: float, reason: str
) -> None:
    model = _traced(**{"policy.approval.desks": STRICT, "run.years": 1,
                       "assumptions.officials.return_quality": exponent})
    returned = [facts for _, facts in _notes(model, "desk") if facts["returned"]]
    assert returned and {one["reason"] for one in returned} == {reason}
    assert all(0.0 < one["chance"] <= 0.8 and one["rework_days"] == 15.0 for one in returned)
    # Where evidence does not count, all files run the same risk.
    assert (len({one["chance"] for one in returned}) == 1) is (exponent == 0.0)


def test_a_desk_that_finds_the_flaw_says_so() -> None:
    model = _traced(**{"assumptions.officials.flaw_share": 0.9, "run.years": 1,
                       "assumptions.officials.catch_probability": 1.0})
    found = {name for name, facts in _notes(model, "desk") if facts["reason"] == "flaw found"}
    rejected = {name for name, facts in _notes(model, "decided") if facts["reason"] == "flaw found"}
    assert found and found == rejected


def test_what_each_source_said_is_noted_with_its_weight(strict: LinkageModel) -> None:
    proposed = dict(_notes(strict, "proposed"))
    submitted = _notes(strict, "submitted")
    assert len(submitted) == len(strict.approval.files)
    for project, facts in submitted:
        assert list(facts["heard"]) == list(facts["weights"]) == proposed[project]["sources"]
        assert sum(facts["weights"].values()) == pytest.approx(1.0)
        assert all(0.0 <= share <= 1.0 for share in facts["heard"].values())
        assert project.startswith(f"c{facts['community']}-")


def test_one_source_alone_said_what_the_committee_heard() -> None:
    model = _traced(**{"policy.proposal.method": "survey", "run.years": 1})
    shares = {name: facts["share_heard"] for name, facts in _notes(model, "proposed")}
    for project, facts in _notes(model, "submitted"):
        assert facts["heard"]["survey"] == pytest.approx(shares[project], abs=0.0006)


def test_everybody_served_is_counted_once_by_age_and_by_fifth(strict: LinkageModel) -> None:
    evaluated = [facts for _, facts in _notes(strict, "evaluated")]
    assert any(one["served"] > 0 for one in evaluated)
    for one in evaluated:
        assert sum(one["ages"]) == sum(one["fifths"]) == one["served"]
        hours = one["hours"]
        parts = hours["substance"] + hours["showcase"] + hours["document"]
        assert parts <= hours["worked"] + 0.2
        assert one["bottom_lives_here"] == pytest.approx(0.2, abs=0.05)


def test_persons_by_hand() -> None:
    people = LinkageModel(Scenario().with_values(SMALL), seed=5).people
    old = np.flatnonzero((people.age_group == 3) & (people.fifth == 4))[:2]
    child = np.flatnonzero((people.age_group == 0) & (people.fifth == 0))[:1]
    found = who_was_served(people, 0, [old[0], old[1], old[0], child[0]])
    assert found["ages"] == [1, 0, 0, 2] and found["fifths"] == [1, 0, 0, 0, 2]
    nobody = who_was_served(people, 0, [])
    assert nobody["ages"] == [0, 0, 0, 0] and sum(nobody["fifths"]) == 0


def test_contracts_say_who_could_bid_and_that_they_go_on() -> None:
    model = _traced(**{"policy.implementation.contract_years": 2})
    signed = _notes(model, "signed")
    first = [facts for _, facts in signed if not facts["go_on"]]
    later = [(name, facts) for name, facts in signed if facts["go_on"]]
    assert first and first[0]["bidders"] == model.plan.world.organizations
    assert later and all(name.endswith("+1") for name, _ in later)
    told = story([row for row in model.journal.rows() if row["project"] == later[0][0]], "en")
    assert "goes on for another year" in told[0]


def test_files_that_expire_say_how_long_they_waited() -> None:
    slow = [{**DEFAULT_DESKS[0].model_dump(), "mean_days": 200.0, "distribution": "fixed"}]
    model = _traced(**{"policy.approval.desks": slow, "run.years": 1})
    expired = _notes(model, "expired")
    files = {item.id: item for item in model.approval.files}
    assert expired
    for name, facts in expired:
        assert facts["days"] == pytest.approx(364.0 - files[name].submitted_day, abs=ROUNDING)
        assert facts["returns"] == files[name].returns


def test_all_facts_are_plain_and_every_event_has_its_sentence(strict: LinkageModel) -> None:
    rows = strict.journal.rows()
    for row in rows:
        assert json.loads(row["facts"]) is not None
        for lang in ("en", "zh"):
            assert "{" not in story([row], lang)[0]


def test_nothing_is_kept_and_nothing_changes_without_a_trace(strict: LinkageModel) -> None:
    silent = _traced(**{"policy.approval.desks": STRICT, "run.trace": False})
    assert silent.journal.entries == []
    assert np.array_equal(silent.course.counts, strict.course.counts)
