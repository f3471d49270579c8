"""A life story says what the journal's rows say, all of it, and nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from linkage_sim.report.story import story
from linkage_sim.words import LANGUAGES, entries

Row = dict[str, Any]


def row(order: int, day: float, event: str, **facts: Any) -> Row:
    return {"order": order, "day": day, "event": event, "facts": json.dumps(facts)}


def whole_life() -> list[Row]:
    return [
        row(0, 378.0, "proposed", category="health", cost_yuan=18_500.0, sources=["survey"],
            asked=301, heard_persons=41.7, share_heard=0.27, true_persons=63.0, quality=0.81,
            places=17, named=5, returning=False, flawed=False),
        row(9, 378.0, "submitted", community=3, heard={"survey": 0.31, "directive": 0.12},
            weights={"survey": 0.8, "directive": 0.2}),
        row(1, 381.5, "desk", desk="community check", returned=True, visit=1, days=3.5,
            waited_days=2.1, rework_days=15.0, chance=0.066, reason="uncertain estimate"),
        row(2, 395.5, "desk", desk="own desk", returned=False, visit=2, days=8.0, waited_days=5.5,
            reason="in order"),
        row(3, 395.5, "decided", approved=True, reason="approved", days=17.5, returns=1,
            score=0.4321),
        row(4, 400.0, "mix", substance=0.61, showcase=0.22, documents=0.17, revision=0),
        row(5, 400.0, "signed", organization=7, places=17, promised=23.4, weeks=44.0,
            bidders=6, go_on=False),
        row(6, 500.0, "midterm", seen=0.33, withheld=0.0),
        row(7, 500.0, "mix", substance=0.44, showcase=0.37, documents=0.19, revision=1),
        row(8, 728.0, "evaluated", score=0.91, true_effect=0.28, renewed=True, audited=False,
            indicators={"activity": 0.96, "outcome": 0.52}, contacts=205.0, events=12.0,
            heads=340.0, ended=9.0, served=71, weeks=43.0, promised=23.4,
            ages=[3, 8, 20, 40], fifths=[10, 11, 12, 13, 25], bottom_lives_here=0.21,
            hours={"worked": 800.5, "substance": 480.0, "showcase": 176.0, "document": 136.0,
                   "volunteer": 60.5}),
    ]


def other_ends() -> list[Row]:
    return [
        row(13, 10.0, "decided", approved=False, reason="no money left", days=5.0, returns=0,
            score=None),
        row(10, 11.0, "expired", days=205.5, returns=2),
        row(14, 11.5, "signed", organization=4, places=9, promised=5.5, weeks=52.0, go_on=True),
        row(15, 11.7, "desk", desk="finance", returned=False, visit=1, days=8.0, waited_days=5.5,
            reason="flaw found"),
        row(11, 12.0, "lapsed", reason="no bidder"),
        row(12, 13.0, "midterm", seen=None, withheld=0.4),
    ]


def altered(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + " altered"
    if isinstance(value, list):
        return [*value, "letters"] if isinstance(value[0], str) else [*value[:-1], value[-1] + 7]
    if isinstance(value, dict):
        return {name: number + 0.25 for name, number in value.items()}
    # Money is told in whole yuan; anything else shows a quarter.
    return 5.0 if value is None else value + (0.25 if value < 1_000 else 1.0)


FACTS = [
    (place, name)
    for place, entry in enumerate([*whole_life(), *other_ends()])
    for name in json.loads(entry["facts"])
    # The word of an approval is the approval itself; that money was withheld is told, not how much.
    if (entry["event"], name) != ("decided", "reason") or entry["order"] == 13
]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("place", "name"), FACTS)
def test_every_fact_that_changes_changes_its_sentence(place: int, name: str, lang: str) -> None:
    entry = [*whole_life(), *other_ends()][place]
    facts = json.loads(entry["facts"])
    if name == "go_on":
        facts["bidders"] = 3  # who goes on does not say how many could bid
        entry = {**entry, "facts": json.dumps(facts)}
    if name in ("withheld", "revision"):
        facts[name] = 0 if facts[name] else 1
    elif name in ("heard_persons", "true_persons"):
        facts[name] += 1.0  # persons are told in whole numbers
    else:
        facts[name] = altered(facts[name])
    after = {**entry, "facts": json.dumps(facts)}
    assert story([entry], lang) != story([after], lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_altered_row_changes_one_sentence_only(lang: str) -> None:
    rows = whole_life()
    before = story(rows, lang)
    facts = {**json.loads(rows[2]["facts"]), "returned": False}
    rows[2] = {**rows[2], "facts": json.dumps(facts)}
    after = story(rows, lang)
    changed = [place for place, text in enumerate(before) if text != after[place]]
    assert changed == [2] and len(after) == len(before)


def test_a_row_that_is_missing_is_not_told() -> None:
    rows = whole_life()
    assert "mid-term" in " ".join(story(rows, "en"))
    told = " ".join(story([entry for entry in rows if entry["event"] != "midterm"], "en"))
    assert "mid-term" not in told
    assert story([], "en") == []


def test_the_story_in_words() -> None:
    told = story(whole_life(), "en")
    assert told[0].startswith("Year 1, day 14: the committee proposed a project of category health")
    assert "survey; 301 persons" in told[0] and "of 42 persons" in told[0] and "63" in told[0]
    assert "committee of community 3 handed in" in told[1]
    assert "survey 31 % (weight 80 %), directive from above 12 % (weight 20 %)" in told[1]
    assert "“community check” returned the file after 3.5 days, 2.1 of them waiting" in told[2]
    assert "estimate of need is too uncertain" in told[2] and "takes 15 days" in told[2]
    assert "returns 6.6 %" in told[2]
    assert "“own desk” was done with the file after 8 days, 5.5 of them waiting" in told[3]
    assert "approved, 17.5 days after submission; returns: 1" in told[4]
    assert "organization 7, one of 6 that could bid, signed" in told[5], "who plans has signed"
    assert "61 % substantive" in told[6] and "17 % documents, 0 % idle" in told[6]
    assert "revised" in told[8]
    assert told[9].startswith("Year 1, day 364: in 43 weeks")
    assert "score of 0.91; the true effect was 0.28" in told[9]
    assert "0–14: 3, 15–39: 8, 40–59: 20, 60 and older: 40" in told[9]
    # 25 of 71 persons are 35 %.
    assert "35 % of those served are among the most vulnerable, as are 21 %" in told[9]
    # 480, 176 and 136 of 800.5 hours are 59.96, 21.99 and 16.99 %; 1.06 % are left over.
    assert "Of 800.5 staff hours 60 % went into substantive service, 22 % into showcase" in told[9]
    assert "17 % into documents, 1 % stood idle" in told[9]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("substance", "showcase", "documents"),
    [(1 / 3, 1 / 3, 1 / 3), (0.05, 0.645, 0.235), (0.125, 0.125, 0.125), (0.0, 0.0, 0.0),
     (0.3334, 0.3334, 0.3333)],
)
def test_shares_of_hours_add_up_to_all_of_them(
    substance: float, showcase: float, documents: float, lang: str
) -> None:
    mix = {"substance": substance, "showcase": showcase, "documents": documents}
    (told,) = story([row(0, 400.0, "mix", revision=0, **mix)], lang)
    shares = [int(text) for text in re.findall(r"([0-9]+) ?%", told)]
    assert len(shares) == 4 and sum(shares) == 100
    given = [100 * share for share in (*mix.values(), 1 - sum(mix.values()))]
    assert all(abs(one - other) < 1.0 for one, other in zip(shares, given, strict=True))


def test_one_of_a_thing_is_told_in_the_singular() -> None:
    facts = {**json.loads(whole_life()[-1]["facts"]), "weeks": 1.0, "served": 1, "contacts": 1.0,
             "heads": 1.0, "events": 1.0, "ended": 1.0, "promised": 1.0}
    told = story([{**whole_life()[-1], "facts": json.dumps(facts)}], "en")[0]
    assert ("in 1 week of delivery it served 1 person in 1 contact and drew 1 head to 1 event; "
            "1 need of its target group was ended, 1 was promised to be ended") in told


def test_other_ends_in_words() -> None:
    told = " ".join(story(other_ends(), "en"))
    assert "the file expired, 205.5 days after submission; returns: 2" in told
    assert "goes on for another year without a new tender: organization 4" in told
    assert "“finance” was done with the file" in told and "flaw found" in told


def facts_of_hours() -> list[str]:
    return list(json.loads(whole_life()[-1]["facts"])["hours"])


def test_nobody_served_and_no_hour_worked_are_told_as_such() -> None:
    last = whole_life()[-1]
    facts = {**json.loads(last["facts"]), "ages": [0] * 4, "fifths": [0] * 5, "served": 0,
             "hours": dict.fromkeys(facts_of_hours(), 0.0)}
    told = story([{**last, "facts": json.dumps(facts)}], "en")[0]
    assert "No hour was worked." in told and "By fifths" not in told and "%" not in told


def test_rows_in_any_order_tell_the_same_story() -> None:
    assert story(reversed(whole_life()), "en") == story(whole_life(), "en")


def test_chinese_has_no_english_but_names() -> None:
    told = " ".join(story([*whole_life(), *other_ends()], "zh"))
    assert set(re.findall(r"[A-Za-z]+", told)) == {"own", "desk"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_events_and_facts_of_extensions_are_told_as_they_stand(lang: str) -> None:
    told = story([row(0, 1.0, "visited", by="mayor"), row(1, 2.0, "signed", places=3)], lang)
    assert "visited" in told[0] and "mayor" in told[0]
    assert "signed" in told[1] and "3" in told[1]


def test_every_category_has_its_words() -> None:
    from linkage_sim.scenario.fields import CATEGORIES

    assert all(f"story.category.{name}" in entries() for name in CATEGORIES)
