"""What the second tab says: names, the life story of a project, what a resident received."""

from __future__ import annotations

from typing import Any

from linkage_sim.app.inside.made import Run
from linkage_sim.app.inside.sample import KINDS
from linkage_sim.app.inside.stations import DESK
from linkage_sim.app.inside.view import COLOURS, SIDES
from linkage_sim.report.story import project_words, story
from linkage_sim.scenario.fields import AGE_GROUPS, CATEGORIES
from linkage_sim.timeline import WEEKS_PER_YEAR
from linkage_sim.words import entries, listing, say

STATUSES = ("owner", "renter", "floating")
MET = ("contact", "ended", "event")
"""How somebody was met, by its number in the record of an organization."""
PREFIX = "inside.word."


def words(language: str) -> dict[str, str]:
    """Give the plain words of the tab."""
    return {key.removeprefix(PREFIX): said[language] for key, said in entries().items()
            if key.startswith(PREFIX)}


def names(run: Run | None, language: str) -> dict[str, Any]:
    """Give the names of what is drawn: categories, stations, reasons, sides, colours."""
    told = run.told if run is not None else {"desks": []}
    stations = {DESK + desk: project_words("desk", desk, language) for desk in told["desks"]}
    plain = [key for key in entries() if key.startswith("inside.station.")]
    stations.update({key.rsplit(".", 1)[1]: say(key, language) for key in plain})
    reasons = [key for key in entries() if key.startswith("story.reason.")]
    return {
        "categories": [project_words("category", name, language) for name in CATEGORIES],
        "category": {name: project_words("category", name, language) for name in CATEGORIES},
        "stations": stations,
        "reasons": {key.rsplit(".", 1)[1].replace("_", " "): say(key, language)
                    for key in reasons} | {"expired": say("inside.expired", language)},
        "sides": [{"id": side, "title": say(f"app.side.{side}", language)} for side in SIDES],
        "colours": [{"id": name, "title": say(f"inside.colour.{name}", language),
                     "levels": say(f"inside.levels.{name}", language).split("|")}
                    for name in COLOURS],
        "ages": [say(f"story.age.{name}", language) for name in AGE_GROUPS],
    }


def week_words(week: int, language: str) -> str:
    """Name a week as the life story of a project names its days; 0 is the start."""
    if week == 0:
        return say("inside.word.start", language)
    year, within = divmod(week - 1, WEEKS_PER_YEAR)
    return say("inside.word.week_of", language, year=year, week=within + 1)


def story_of(run: Run, project: str, language: str) -> list[dict[str, Any]]:
    """Tell the life of a project, one paragraph an event, each with its day."""
    rows = sorted(run.stories.get(project, ()),
                  key=lambda row: (row["day"], row["event"] == "mix", row["order"]))
    return [{"day": row["day"], "text": story([row], language)[0]} for row in rows]


def person_of(run: Run, resident: int | None, language: str) -> dict[str, Any] | None:
    """Say who a drawn resident is, whom it knows and what it received; None for nobody drawn."""
    world = run.world
    if resident is None or resident not in world["rows"]:
        return None
    place = world["rows"].index(resident)
    kinds = [say(f"inside.kind.{name}", language, n=count)
             for name, count in zip(KINDS, world["kinds"][place], strict=True) if count]
    facts = {
        "age": say(f"story.age.{AGE_GROUPS[world['age'][place]]}", language),
        "fifth": say("inside.fifth", language, n=world["fifth"][place] + 1),
        "status": say(f"inside.status.{STATUSES[world['status'][place]]}", language),
        "household": say("inside.household", language, n=world["household"][place],
                         building=world["building"][place]),
        "ties": say("inside.ties", language, n=sum(world["kinds"][place]),
                    kinds=listing(kinds, language)) if kinds else say("inside.no_ties", language),
    }
    return {
        "row": resident,
        "facts": [[say(f"inside.fact.{name}", language), text] for name, text in facts.items()],
        "received": _received(run, place, language),
    }


def _received(run: Run, place: int, language: str) -> list[dict[str, Any]]:
    category = {item["id"]: item["category"] for item in run.told["projects"]}
    found = [
        {"week": week, "project": project, "text": say(
            f"inside.met.{MET[kind]}", language, when=week_words(week, language),
            project=project, category=project_words("category", category[project], language))}
        for who, week, project, kind in run.told["received"] if who == place
    ]
    found += [{"week": week, "project": "", "text": say(
        "inside.met.moved", language, when=week_words(week, language))}
        for who, week in run.told["moved"] if who == place]
    return sorted([*found, *_helped(run, run.world["rows"][place], language)],
                  key=lambda item: item["week"])


def _helped(run: Run, resident: int, language: str) -> list[dict[str, Any]]:
    """List the weeks in which others than projects gave a contact."""
    return [
        {"week": week, "project": "", "text": say(
            "inside.met.others", language, when=week_words(week, language),
            names=listing([project_words("category", name, language)
                           for place, name in enumerate(CATEGORIES) if bits >> place & 1],
                          language))}
        for week, bits in enumerate(run.layer(resident, "helped")) if bits
    ]


def status_words(kind: str, language: str, **values: Any) -> str:
    """Say what is going on with the run."""
    return say(f"inside.status_of_run.{kind}", language, **values)


def failed_words(reason: str, language: str) -> str:
    """Say in one line why a run could not be made."""
    last = (reason.strip().splitlines() or [""])[-1][:300]
    return status_words("failed", language, reason=last)
