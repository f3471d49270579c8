"""Tells the life of one project in plain sentences, each made of one row of the journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from linkage_sim.scenario.fields import AGE_GROUPS
from linkage_sim.words import has, say

DAYS_PER_YEAR = 364
LAST_OF_THE_YEAR = ("evaluated", "expired")
Row = Mapping[str, Any]
Facts = dict[str, Any]


def story(rows: Iterable[Row], lang: str | None = None) -> list[str]:
    """Tell one project's life; nothing is said that the rows do not say.

    Parameters
    ----------
    rows
        Rows of the journal about one project: order, day, event, facts (JSON text).
    lang
        "en" or "zh"; None: the language in use.

    Returns
    -------
    list of str
        One paragraph a row, in the order of events.
    """
    # A contract and its first plan of effort bear one day; people sign before they plan.
    ordered = sorted(rows, key=lambda row: (row["day"], row["event"] == "mix", row["order"]))
    told = []
    for row in ordered:
        day = float(row["day"])
        facts: Facts = json.loads(row["facts"])
        when = _when(day, str(row["event"]), lang)
        try:
            sentences = _TELL.get(str(row["event"]), _nothing_known)(facts, lang)
        except (KeyError, TypeError):
            sentences = []
        if not sentences:
            sentences = [_other(row, lang)]
        told.append(when + (" " if (lang or _language()) == "en" else "").join(sentences))
    return told


def project_words(group: str, name: str, lang: str | None = None) -> str:
    """Give the words for a category, source, desk, reason or indicator; its name where unknown."""
    key = f"story.{group}.{name.replace(' ', '_')}"
    return say(key, lang) if has(key) else name


def _language() -> str:
    from linkage_sim.words import language

    return language()


def _when(day: float, event: str, lang: str | None) -> str:
    year, within = divmod(day, DAYS_PER_YEAR)
    if within == 0.0 and event in LAST_OF_THE_YEAR:
        # Books close at the last moment of a year, not at the first one of the next.
        year, within = year - 1.0, float(DAYS_PER_YEAR)
    return say("story.when", lang, year=int(year), day=_days(within))


def _proposed(facts: Facts, lang: str | None) -> list[str]:
    sentences = [
        say(
            "story.proposed", lang, category=project_words("category", facts["category"], lang),
            cost=f"{facts['cost_yuan']:,.0f}", places=_plain(facts["places"]),
            named=_plain(facts["named"]),
        ),
        say(
            "story.evidence", lang, sources=_listed(facts["sources"], "source", lang),
            asked=_plain(facts["asked"]), heard=_whole(facts["heard_persons"]),
            share=_percent(facts["share_heard"]), truth=_whole(facts["true_persons"]),
            quality=_plain(facts["quality"]),
        ),
    ]
    sentences += [say("story.returning", lang)] if facts["returning"] else []
    return sentences + ([say("story.flawed", lang)] if facts["flawed"] else [])


def _submitted(facts: Facts, lang: str | None) -> list[str]:
    sentences = [say("story.submitted", lang, community=_plain(facts["community"]))]
    shares = [
        say(
            "story.source_share", lang, source=project_words("source", name, lang),
            share=_percent(share), weight=_percent(facts["weights"][name]),
        )
        for name, share in facts["heard"].items()
    ]
    if shares:
        sentences.append(say("story.heard", lang, shares=_joined(shares, lang)))
    return sentences


def _desk(facts: Facts, lang: str | None) -> list[str]:
    values = {
        "desk": project_words("desk", facts["desk"], lang), "days": _days(facts["days"]),
        "waited": _days(facts["waited_days"]), "visit": _plain(facts["visit"]),
        "reason": project_words("reason", facts["reason"], lang),
    }
    if not facts["returned"]:
        return [say("story.desk_passed", lang, **values)]
    return [
        say("story.desk_returned", lang, **values),
        say("story.mending", lang, rework=_days(facts["rework_days"]),
            chance=_percent(facts["chance"], 1)),
    ]


def _decided(facts: Facts, lang: str | None) -> list[str]:
    values = {
        "days": _days(facts["days"]), "returns": _plain(facts["returns"]),
        "score": _known(facts["score"], lang),
    }
    if facts["approved"]:
        return [say("story.approved", lang, **values)]
    reason = project_words("reason", facts["reason"], lang)
    return [say("story.rejected", lang, reason=reason, **values)]


def _expired(facts: Facts, lang: str | None) -> list[str]:
    values = {"days": _days(facts["days"]), "returns": _plain(facts["returns"])}
    return [say("story.expired", lang, **values)]


def _lapsed(facts: Facts, lang: str | None) -> list[str]:
    return [say("story.lapsed", lang, reason=project_words("reason", facts["reason"], lang))]


def _signed(facts: Facts, lang: str | None) -> list[str]:
    names = ("organization", "places", "weeks", "promised")
    values = {name: _plain(facts[name]) for name in names}
    if facts["go_on"]:
        return [say("story.goes_on", lang, **values)]
    return [say("story.signed", lang, bidders=_plain(facts["bidders"]), **values)]


def _mix(facts: Facts, lang: str | None) -> list[str]:
    key = "story.mix_again" if facts["revision"] else "story.mix_first"
    return [say(key, lang, **_shares(facts, ("substance", "showcase", "documents")))]


def _midterm(facts: Facts, lang: str | None) -> list[str]:
    key = "story.midterm_withheld" if facts["withheld"] else "story.midterm_paid"
    return [say(key, lang, seen=_known(facts["seen"], lang))]


def _evaluated(facts: Facts, lang: str | None) -> list[str]:
    indicators = [
        f"{project_words('indicator', name, lang)} {_plain(value)}"
        for name, value in facts["indicators"].items()
    ]
    names = ("weeks", "served", "contacts", "heads", "events", "ended", "promised")
    sentences = [
        say("story.delivered", lang, **{name: _plain(facts[name]) for name in names}),
        *_served(facts, lang),
        *_hours(facts["hours"], lang),
        say("story.evaluated", lang, score=_plain(facts["score"]),
            effect=_plain(facts["true_effect"])),
        say("story.indicators", lang, indicators=_joined(indicators, lang)),
        say("story.renewed" if facts["renewed"] else "story.not_renewed", lang),
    ]
    return sentences + ([say("story.audited", lang)] if facts["audited"] else [])


def _served(facts: Facts, lang: str | None) -> list[str]:
    total = sum(facts["fifths"])
    if total == 0:
        return []
    ages = [
        say("story.age_count", lang, age=say(f"story.age.{name}", lang), persons=_plain(persons))
        for name, persons in zip(AGE_GROUPS, facts["ages"], strict=True)
    ]
    fifths = [_plain(persons) for persons in facts["fifths"]]
    return [
        say("story.served_ages", lang, ages=_joined(ages, lang)),
        say(
            "story.served_fifths", lang, fifths=_joined(fifths, lang),
            share=_percent(facts["fifths"][-1] / total), here=_percent(facts["bottom_lives_here"]),
        ),
    ]


def _hours(hours: Facts, lang: str | None) -> list[str]:
    worked = hours["worked"]
    if worked <= 0.0:
        return [say("story.no_hours", lang)]
    names = ("substance", "showcase", "document")
    shares = _shares({name: hours[name] / worked for name in names}, names)
    volunteer = _plain(hours["volunteer"])
    return [say("story.hours", lang, worked=_plain(worked), volunteer=volunteer, **shares)]


def _shares(facts: Facts, names: Sequence[str]) -> dict[str, str]:
    """Write shares and the idle rest in whole per cent that add up to 100."""
    exact = {name: 100.0 * facts[name] for name in names}
    exact["idle"] = max(0.0, 100.0 - sum(exact.values()))
    whole = {name: int(share) for name, share in exact.items()}
    # What rounding down leaves goes to those that lost most by it.
    by_loss = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in by_loss[: max(0, 100 - sum(whole.values()))]:
        whole[name] += 1
    return {name: str(share) for name, share in whole.items()}


def _nothing_known(_facts: Facts, _lang: str | None) -> list[str]:
    return []


def _other(row: Row, lang: str | None) -> str:
    """Tell an event of an extension, or one whose facts are not those expected, as it stands."""
    return say("story.other", lang, event=row["event"], facts=row["facts"])


_TELL: dict[str, Callable[[Facts, str | None], list[str]]] = {
    "proposed": _proposed, "submitted": _submitted, "desk": _desk, "decided": _decided,
    "expired": _expired, "lapsed": _lapsed, "signed": _signed, "mix": _mix, "midterm": _midterm,
    "evaluated": _evaluated,
}


def _plain(value: Any) -> str:
    """Write a number as people do: no useless decimals; other things as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def _whole(value: float) -> str:
    """Write a number of persons, of whom an estimate may hold a part."""
    return f"{value:,.0f}"


def _days(value: float) -> str:
    text = f"{value:,.1f}"
    return text.removesuffix(".0")


def _percent(share: float, digits: int = 0) -> str:
    return f"{100.0 * share:.{digits}f}"


def _known(value: Any, lang: str | None) -> str:
    return say("story.none", lang) if value is None else _plain(value)


def _listed(names: Sequence[str], group: str, lang: str | None) -> str:
    words = [project_words(group, name, lang) for name in names]
    return _joined(words, lang) if words else say("story.nothing", lang)


def _joined(words: Sequence[str], lang: str | None) -> str:
    return ("、" if (lang or _language()) == "zh" else ", ").join(words)
