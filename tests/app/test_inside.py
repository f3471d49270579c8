"""What is written down of one run is what the model did, and the page tells it as it was."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from linkage_sim.app.comparison import Pair, pair_of, places_of
from linkage_sim.app.inside import made, told
from linkage_sim.app.inside.recording import LAYERS, Recorder, record_run
from linkage_sim.app.inside.sample import MOST_DRAWN, draw_world, drawn_rows
from linkage_sim.app.inside.stations import DESK, ENDED, EVALUATED, spans_of, station_at
from linkage_sim.app.inside.tab import accepted
from linkage_sim.app.inside.view import View
from linkage_sim.app.pool import Answers
from linkage_sim.app.state import State, address_of, state_from
from linkage_sim.app.worker import StoppedError
from linkage_sim.kernels.counters import Count
from linkage_sim.model import LinkageModel
from linkage_sim.report.story import story
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies.run import simulate
from linkage_sim.world.build import people_of

PLACES = places_of(["toy", "x_community"])
SEED = 4
SMALL = {"world.residents": 400, "run.years": 2}
ATTENDED = 2


def content(scenario: Any) -> dict[str, Any]:
    found = scenario.model_dump(mode="json")
    found["run"].update(trace=True, threads=1)
    return found


@pytest.fixture(scope="module")
def toy() -> made.Run:
    """All twelve residents are drawn, so that nothing that was recorded is out of the picture."""
    argument = (content(load_scenario("toy")), SEED, 0)
    return made.run_of(record_run(argument, lambda: False), draw_world(argument, lambda: False))


@pytest.fixture(scope="module")
def small() -> made.Run:
    """A community of which everybody is drawn, and where contracts work to the year's end."""
    argument = (content(load_scenario("x_community").with_values(SMALL)), SEED, 0)
    return made.run_of(record_run(argument, lambda: False), draw_world(argument, lambda: False))


def entries_of(run: made.Run, project: str) -> list[dict[str, Any]]:
    return [{**row, "facts": json.loads(row["facts"])} for row in run.stories[project]]


def test_a_run_that_is_written_down_brings_the_numbers_of_any_other() -> None:
    plan = load_scenario("toy").with_values({"run.trace": True})
    model = LinkageModel(plan, SEED)
    recorder = Recorder(model, 0, drawn_rows(model.people, 0, SEED))
    recorder.look()
    while model.week < model.weeks:
        model.step()
        recorder.look()
    from linkage_sim.outcomes import measure

    plain = simulate(plan, SEED)
    watched = measure(model.facts())
    assert {name: repr(value) for name, value in watched.items()} == \
        {name: repr(value) for name, value in plain.outcomes.items()}
    assert model.journal.rows() == plain.journal_rows


def test_every_week_is_kept_as_residents_tell_it(toy: made.Run) -> None:
    model = LinkageModel(load_scenario("toy"), SEED)
    for week in range(model.weeks + 1):
        if week in (0, 30, 52, 90, model.weeks):
            for person in model.residents():
                categories = list(told.CATEGORIES)
                for name, wanted in (("needs", person.needs), ("covered", person.covered)):
                    bits = toy.layer(person.row, name)[week]
                    assert [item for place, item in enumerate(categories)
                            if bits >> place & 1] == wanted
                assert toy.layer(person.row, "trust")[week] == round(person.trust * 250)
                assert (toy.layer(person.row, "volunteer")[week] == 1) == person.is_volunteer
        model.step()


def test_all_contacts_and_visits_are_kept_the_last_week_of_a_year_included(small: made.Run) -> None:
    kept: Counter[tuple[str, bool]] = Counter(
        (project, kind == ATTENDED) for _, _, project, kind in small.told["received"])
    evaluated = {name: entry["facts"] for name in small.stories for entry in entries_of(small, name)
                 if entry["event"] == "evaluated"}
    assert len(evaluated) > 2
    for name, facts in evaluated.items():
        assert kept[name, False] == facts["contacts"]
        assert kept[name, True] == facts["heads"]
    assert any(week % 52 == 0 for _, week, _, _ in small.told["received"])


def test_hours_of_a_contract_add_up_to_those_of_its_evaluation(small: made.Run) -> None:
    for name, rows in small.told["hours"].items():
        facts = entries_of(small, name)[-1]["facts"]
        sums = np.array(rows)[:, 1:].sum(axis=0)
        for place, kind in enumerate(("substance", "showcase", "document")):
            assert sums[place] == pytest.approx(facts["hours"][kind], abs=0.4)
        assert sums.sum() == pytest.approx(facts["hours"]["worked"], abs=0.6)
    assert small.told["hours"]


def test_the_last_week_of_a_year_would_be_missed_without_the_watchful_journal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: the record of persons met is cleared with the books of the year."""
    monkeypatch.setattr(
        "linkage_sim.app.inside.recording.WatchfulJournal.note",
        lambda self, day, project, event, /, **facts: None)
    plan = content(load_scenario("x_community").with_values(SMALL))
    found = record_run((plan, SEED, 0), lambda: False)
    assert not any(week % 52 == 0 for _, week, _, _ in found["received"])


def test_a_recording_is_small_and_no_pickle() -> None:
    found = record_run((content(load_scenario("x_community")), 1, 0), lambda: False)
    assert len(found["frames"]) < 150_000
    weeks = found["weeks"] + 1
    assert len(zlib.decompress(found["frames"])) == MOST_DRAWN * len(LAYERS) * weeks
    plain = {key: value for key, value in found.items() if not isinstance(value, bytes)}
    assert json.loads(json.dumps(plain))["weeks"] == found["weeks"]


def test_a_sample_is_whole_blocks_and_the_same_under_every_policy() -> None:
    people = people_of(load_scenario("x_community"), 1)
    rows = drawn_rows(people, 0, 1)
    assert len(rows) == MOST_DRAWN == len(set(rows.tolist()))
    assert rows.tolist() == drawn_rows(people, 0, 1).tolist()
    assert rows.tolist() != drawn_rows(people, 0, 2).tolist()
    inside = Counter((people.building[rows] // 5).tolist())
    everywhere = Counter((people.building // 5).tolist())
    assert sum(inside[block] != everywhere[block] for block in inside) <= 1


def test_ties_are_drawn_between_those_who_know_each_other(toy: made.Run) -> None:
    model = LinkageModel(load_scenario("toy"), SEED)
    drawn = {tuple(sorted((toy.world["rows"][one], toy.world["rows"][two])))
             for one, two in toy.world["edges"]}
    known = {tuple(sorted((person.row, other))) for person in model.residents()
             for other in person.ties}
    assert drawn == known
    assert [sum(kinds) for kinds in toy.world["kinds"]] == \
        [len(person.ties) for person in model.residents()]


def test_work_that_nobody_waits_for_stops() -> None:
    argument = (content(load_scenario("toy")), SEED, 0)
    for work in (record_run, draw_world):
        with pytest.raises(StoppedError):
            work(argument, lambda: True)


# -- where projects stand --------------------------------------------------------------------------


def entry(day: float, event: str, **facts: Any) -> dict[str, Any]:
    return {"day": day, "event": event, "facts": facts}


RETURNED = [
    entry(14.0, "proposed"), entry(14.0, "submitted"),
    entry(20.0, "desk", desk="street office", days=6.0, returned=True, rework_days=10.0),
    entry(35.0, "desk", desk="street office", days=5.0, returned=False),
    entry(60.0, "desk", desk="finance", days=25.0, returned=False),
    entry(60.0, "decided", approved=True, reason="approved"),
    entry(90.0, "mix"), entry(90.0, "signed"), entry(364.0, "evaluated"),
]


@pytest.mark.parametrize(("day", "station"), [
    (7, None), (14, "proposed"), (21, "mended"), (28, "mended"), (35, DESK + "finance"),
    (63, "approved"), (84, "approved"), (91, "delivery"), (357, "delivery"), (364, EVALUATED),
    (448, EVALUATED), (455, None),
])
def test_a_project_travels_through_the_cycle(day: float, station: str | None) -> None:
    found = station_at(spans_of(RETURNED), day)
    assert (found.station if found else None) == station


@pytest.mark.parametrize(("last", "reason"), [
    ([entry(70.0, "decided", approved=False, reason="no money left")], "no money left"),
    ([entry(364.0, "expired")], "expired"),
    ([entry(70.0, "decided", approved=True, reason="approved"),
      entry(80.0, "lapsed", reason="no bidder")], "no bidder"),
])
def test_a_project_without_a_contract_stays_until_the_year_ends(
    last: list[dict[str, Any]], reason: str
) -> None:
    spans = spans_of([*RETURNED[:3], *last])
    end = station_at(spans, 364.0)
    assert end is not None and (end.station, end.reason) == (ENDED, reason)
    assert station_at(spans, 371.0) is None


def test_a_file_that_a_desk_never_finished_is_at_the_next_desk() -> None:
    spans = spans_of([*RETURNED[:4], entry(364.0, "expired")])
    found = station_at(spans, 200.0)
    assert found is not None and found.station == "next_desk"


def test_every_project_of_a_run_is_somewhere_from_submission_to_the_end(toy: made.Run) -> None:
    for item in toy.told["projects"]:
        entries = entries_of(toy, item["id"])
        spans = spans_of(entries)
        first = next(e["day"] for e in entries if e["event"] in ("proposed", "signed"))
        for week in range(int(first // 7) + 1, 52 * (int(first // 364) + 1) + 1):
            assert station_at(spans, week * 7.0) is not None, (item["id"], week)


# -- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_story_is_the_one_that_explain_tells(toy: made.Run, language: str) -> None:
    for name, rows in toy.stories.items():
        parts = [part["text"] for part in told.story_of(toy, name, language)]
        assert parts == story(rows, language)


def test_a_resident_is_told_what_it_received(toy: made.Run) -> None:
    for place, row in enumerate(toy.world["rows"]):
        person = told.person_of(toy, row, "en")
        assert person is not None
        by_projects = [item for item in person["received"] if item["project"]]
        assert len(by_projects) == sum(who == place for who, *_ in toy.told["received"])
        weeks = [item["week"] for item in person["received"]]
        assert weeks == sorted(weeks)
    assert told.person_of(toy, 999, "en") is None


@pytest.mark.parametrize("seed", [4, 5])
def test_help_without_a_project_is_what_the_model_counts(seed: int) -> None:
    # A visit that ends a need is counted twice, as a visit and as an end; here none ends any.
    plan = load_scenario("x_community").with_values({
        **SMALL, "assumptions.needs.end_probability": dict.fromkeys(told.CATEGORIES, 0.0)})
    argument = (content(plan), seed, 0)
    run = made.run_of(record_run(argument, lambda: False), draw_world(argument, lambda: False))
    counts = LinkageModel(plan, seed).run().course.counts.sum(axis=(0, 1))
    given = sum(counts[int(name)] for name in (
        Count.ENDED_BY_GOVERNMENT, Count.ENDED_BY_NEIGHBOURS, Count.VISITS,
        Count.CONTACTS_STATION))
    told_of = [item for row in run.world["rows"]
               for item in told.person_of(run, row, "en")["received"]  # type: ignore[index]
               if "help without a project" in item["text"]]
    assert len(told_of) == given > 20


def test_who_moved_in_is_told_apart_from_who_left(small: made.Run) -> None:
    model = LinkageModel(load_scenario("x_community").with_values(SMALL), SEED).run()
    assert len({place for place, _ in small.told["moved"]}) == \
        int((model.state.arrived >= 0).sum())
    place, week = small.told["moved"][0]
    person = told.person_of(small, small.world["rows"][place], "zh")
    assert person is not None
    assert any(item["week"] == week and "迁出" in item["text"] for item in person["received"])


# -- what an address and a browser may say ---------------------------------------------------------


def test_the_view_comes_back_out_of_an_address() -> None:
    view = View("baseline", 7, 2, 0, "trust", "c0-y1-health-2", 0)
    state = State(tab="inside", inside=view)
    assert state_from(address_of(state), State()) == (state, [])
    assert "week" not in address_of(State())


@pytest.mark.parametrize("address", [
    "side=both", "run=-1", "run=nan", "c=20", "week=1e9", "week=99999", "colour=beauty",
    "who=-5", "who=x",
])
def test_what_a_link_may_not_say_of_a_run_is_a_message(address: str) -> None:
    state, problems = state_from(f"v=1&tab=inside&{address}", State())
    assert problems and state.inside == View()


@pytest.mark.parametrize(("name", "value"), [
    ("side", "x"), ("seed", -1), ("seed", 1.5), ("seed", True), ("week", "9"), ("week", None),
    ("resident", [1]), ("project", "p" * 81), ("project", 3), ("colour", None),
    ("__class__", 1), (None, 1), ([], 1),
])
def test_what_a_browser_may_not_send_changes_nothing(name: Any, value: Any) -> None:
    assert accepted(View(), {"name": name, "value": value}) is None


def test_both_sides_share_one_world() -> None:
    state = State(place="toy", reforms=("full_reform",))
    pair = pair_of(state, PLACES)
    sides = [made.tasks_of(pair, replace(View(), side=side), SEED) for side in
             ("policy", "baseline")]
    assert sides[0][0].key != sides[1][0].key
    assert sides[0][1].key == sides[1][1].key


def test_a_recording_takes_the_room_of_many_answers() -> None:
    answers = Answers(10)
    for name in "abc":
        answers.put(name, name, 4)
    assert (answers.get("a"), answers.get("b"), len(answers)) == (None, "b", 2)
    answers.put("b", "again", 10)
    assert (answers.get("b"), len(answers)) == ("again", 1)


@pytest.mark.parametrize("register", [None, {"path": "a.csv", "sha256": "0" * 64, "residents": 12}])
def test_what_shows_residents_of_a_register_is_kept_for_nobody_else(register: Any) -> None:
    plan = load_scenario("toy").with_values({"world.resident_register": register})
    tasks = made.tasks_of(Pair(plan, plan), View(), SEED)
    assert [task.keep for task in tasks] == [register is None] * 2
