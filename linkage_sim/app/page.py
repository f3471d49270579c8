"""The page: what a person sees and does, put together from the parts beside this file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import solara

from linkage_sim.app.compare_tab import CompareTab
from linkage_sim.app.comparison import pair_of, start_of
from linkage_sim.app.evidence_tab import EvidenceTab
from linkage_sim.app.inside.tab import InsideTab
from linkage_sim.app.limits import (
    LARGEST_UPLOAD,
    MOST_RESIDENTS,
    MOST_YEARS,
)
from linkage_sim.app.page_words import FRAME, spoken
from linkage_sim.app.registers import Registers
from linkage_sim.app.service import service
from linkage_sim.app.state import REGISTER, TABS, State, address_of, state_from
from linkage_sim.app.uploads import uploaded_register, uploaded_scenario
from linkage_sim.errors import InputError
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.schema import Scenario
from linkage_sim.words import LANGUAGES, say, speaking, unit_words

STYLE = "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8")
                  for name in ("style.css", "inside/inside.css"))
SETTINGS = (("world.residents", 50, MOST_RESIDENTS), ("world.budget_yuan_per_year", 0, 1e8),
            ("run.years", 1, MOST_YEARS))


@solara.component_vue("frame.vue")
def Frame(
    words: Any, language: str, languages: Any, tab: str, tabs: Any, place: str, places: Any,
    settings: Any, register: str, address: str, title: str, largest: int,
    event_language: Callable[[Any], None], event_tab: Callable[[Any], None],
    event_place: Callable[[Any], None], event_setting: Callable[[Any], None],
    event_visit: Callable[[Any], None], event_upload: Callable[[Any], None],
    event_forget: Callable[[Any], None],
) -> None:
    """Show title, language, tabs and place, and keep the address."""


@solara.component
def Page() -> None:
    """Show the whole page; everything in it belongs to one visitor."""
    router = solara.use_router()
    first = solara.use_memo(lambda: state_from(router.search or "", _usual()), [])
    store = solara.use_reactive(first[0])
    problems = solara.use_reactive(tuple(first[1]))
    registers = solara.use_memo(Registers, [])
    solara.use_effect(lambda: registers.close, [])
    state = store.value

    def change(**values: Any) -> None:
        problems.set(())
        store.set(replace(store.value, **values))

    def visit(search: Any) -> None:
        found, trouble = state_from(str(search), replace(_usual(), reforms=()))
        problems.set(tuple(trouble))
        store.set(registers.in_place(found))

    def set_common(sent: Any) -> None:
        name, value = sent.get("name"), sent.get("value")
        if name in [item[0] for item in SETTINGS]:
            problems.set(())
            whole = isinstance(value, float) and value.is_integer() and name != SETTINGS[1][0]
            store.set(store.value.with_value(name, int(value) if whole else value))

    def upload(sent: Any) -> None:
        try:
            with speaking(store.value.language):
                taken = _taken(dict(sent or {}), store.value, registers)
                # What cannot be shown is told, and the page stays as it was.
                pair_of(taken, service().places)
        except InputError as error:
            problems.set(tuple(error.messages))
            return
        problems.set(())
        store.set(taken)

    def forget(_sent: Any) -> None:
        rest = {name: value for name, value in store.value.values.items()
                if name not in (REGISTER, "world.residents")}
        change(values=rest)

    with solara.v.Html(tag="div", class_="ls-page"):
        solara.Style(STYLE)
        _frame(state, change, visit, set_common, upload, forget)
        with solara.v.Html(tag="main"):
            if state.tab == "compare":
                CompareTab(store, problems)
            elif state.tab == "inside":
                InsideTab(store, problems)
            else:
                EvidenceTab(store)


def _taken(sent: dict[str, Any], now: State, registers: Registers) -> State:
    """Give the state of a page that took in a file."""
    if sent.get("kind") == "register":
        return replace(now, values={**now.values, **uploaded_register(sent, registers)})
    places = service().places

    def baseline(place: str) -> Scenario:
        return pair_of(replace(now, place=place, values={}, reforms=()), places).baseline

    shown = now.place if now.place in places else next(iter(places))
    place, values = uploaded_scenario(sent, list(places), shown, baseline)
    return replace(now, place=place, values=values, reforms=())


def _usual() -> State:
    shared = service()
    place = next(iter(shared.places))
    return State(language=shared.language or _asked_language(), place=place,
                 reforms=shared.reforms)


def _asked_language() -> str:
    """Give the language the browser asks for first."""
    from solara.lab import headers

    asked = (headers.value or {}).get("accept-language", [""])
    return "zh" if "".join(asked).lower().startswith("zh") else "en"


def _frame(
    state: State, change: Callable[..., None], visit: Callable[[Any], None],
    set_common: Callable[[Any], None], upload: Callable[[Any], None],
    forget: Callable[[Any], None],
) -> None:
    language = state.language
    words = spoken(FRAME, language)

    def to_language(name: Any) -> None:
        if name in LANGUAGES:
            change(language=name)

    def to_tab(name: Any) -> None:
        if name in TABS:
            change(tab=name)

    Frame(
        words=words, language=language, title=words["title"], largest=LARGEST_UPLOAD,
        languages=[{"id": name, "title": say("app.language.own", name),
                    "tag": "zh-CN" if name == "zh" else name} for name in LANGUAGES],
        tab=state.tab,
        tabs=[{"id": name, "title": say(f"app.tab.{name}", language)} for name in TABS],
        place=state.place, places=_places(language), settings=_settings(state),
        register=_register(state), address=address_of(state),
        event_language=to_language, event_tab=to_tab,
        event_place=lambda name: change(place=str(name)[:200], values={}), event_visit=visit,
        event_setting=set_common, event_upload=upload, event_forget=forget,
    )


def _register(state: State) -> str:
    """Say which register the page stands on; empty where it stands on none."""
    named = state.values.get(REGISTER)
    if not named:
        return ""
    if "path" not in named:
        return say("app.register.unknown", state.language, hash=str(named["sha256"])[:12])
    return say("app.register.used", state.language, name=named["name"],
               residents=f"{named['residents']:,}")


def _places(language: str) -> list[dict[str, str]]:
    found = []
    for name, spec in service().places.items():
        try:
            title = load_scenario(spec).title_in(language) or name
        except InputError:
            title = name
        found.append({"id": name, "title": title})
    return found


def _settings(state: State) -> list[dict[str, Any]]:
    from linkage_sim.app.controls import value_at
    from linkage_sim.scenario.schema import parameters

    try:
        place = start_of(state, service().places)
    except InputError:
        return []
    known = {item.name: item for item in parameters("setting")}
    found = []
    for name, low, high in SETTINGS:
        # What cannot be used stays in its field, where a person can mend it.
        usual = value_at(place, name)
        value = state.values.get(name, usual)
        unit = unit_words(known[name].unit, state.language)
        found.append({
            "name": name, "low": low, "high": high, "unit": unit,
            "title": known[name].title(state.language),
            "value": value if isinstance(value, int | float) else usual,
        })
    return found
