"""The first tab: levers on the left, what they change on the right, better known every second."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import solara

from linkage_sim.app import charts, exports
from linkage_sim.app.comparison import (
    Figures,
    Pair,
    figures_of,
    finished_pairs,
    label_of,
    pair_of,
    sentence,
    tasks_of,
)
from linkage_sim.app.controls import control_names, policy_values, stages, value_at, word_for
from linkage_sim.app.limits import CHOICES_OF_REPLICATIONS
from linkage_sim.app.page_words import LEVERS, RESULTS, spoken
from linkage_sim.app.pool import Order, Task
from linkage_sim.app.service import service
from linkage_sim.app.state import State
from linkage_sim.errors import InputError
from linkage_sim.outcomes import NAMES
from linkage_sim.provenance import MODEL_VERSION
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.locate import shipped_reforms
from linkage_sim.scenario.schema import parameters
from linkage_sim.studies.workers import Failure
from linkage_sim.words import listing, say
from linkage_sim.words.paragraph import wrapped

FEW = 3
"""Pairs after which a first answer is shown; two give an interval too wide to look at."""
SECONDS_BETWEEN = 0.4
CAPTION_WIDTH = 92
"""Columns of a line below a picture; a Chinese sign takes two."""
FILES = ("csv", "summary", "svg", "png", "toml", "report")
TYPES = {"csv": ("comparison_runs.csv", "text/csv"), "summary": ("comparison.csv", "text/csv"),
         "toml": ("scenario.toml", "application/toml"), "report": ("report.html", "text/html")}


@solara.component_vue("levers.vue")
def Levers(
    words: Any, stages: Any, presets: Any, sent: Any, desk_names: Any,
    event_change: Callable[[Any], None], event_preset: Callable[[Any], None],
    event_reset: Callable[[Any], None],
) -> None:
    """Show the levers; the browser keeps what is being moved until the server has heard of it."""


@solara.component_vue("results.vue")
def Results(
    words: Any, problems: Any, sentence: str, status: Any, choices_n: Any, years: Any,
    outcomes: Any, forest: Any, rows: Any, kinds: Any, commands: Any, note: str, file: Any,
    event_cancel: Callable[[Any], None], event_resume: Callable[[Any], None],
    event_seeds: Callable[[Any], None], event_show: Callable[[Any], None],
    event_take: Callable[[Any], None],
) -> None:
    """Show what the policy changes, how sure that is, and how to take it away."""


@dataclass(frozen=True)
class Seen:
    """What a page has received of the comparison it asked for."""

    figures: Figures | None = None
    found: Any = ()
    busy: bool = False
    cancelled: bool = False


@solara.component
def CompareTab(store: Any, problems: Any) -> None:
    """Put levers and results side by side; neither draws the other anew."""
    with solara.v.Html(tag="div", class_="ls-grid"):
        LeverSide(store, problems)
        ResultSide(store, problems)


def _pair(state: State) -> tuple[Pair | None, list[str]]:
    try:
        return pair_of(state, service().places), []
    except InputError as error:
        return None, error.messages


def _plain_pair(state: State) -> Pair | None:
    """Give what the levers show when a link holds nothing usable: today's practice."""
    places = service().places
    place = state.place if state.place in places else next(iter(places))
    return _pair(replace(state, place=place, values={}, reforms=()))[0]


@solara.component
def LeverSide(store: Any, problems: Any) -> None:
    """Show the levers as the state of the page has them."""
    state: State = store.value
    ack = solara.use_reactive(0)
    last_good: Any = solara.use_ref(None)
    pair, trouble = _pair(state)
    if pair is not None:
        last_good.current = pair
    shown: Pair | None = last_good.current or _plain_pair(state)
    described = solara.use_memo(
        lambda: stages(state.language, shown.baseline) if shown else [],
        [state.language, shown.baseline.hash() if shown else ""],
    )

    def change(sent: Any) -> None:
        problems.set(())
        now = store.value
        for name, value in dict(sent.get("values") or {}).items():
            if name in control_names():
                now = _moved(now, name, value)
        ack.set(int(sent.get("stamp") or 0))
        store.set(now)

    def preset(sent: Any) -> None:
        problems.set(())
        now, name = store.value, str(sent.get("id"))
        rest = [item for item in now.reforms if item != name]
        chosen = [*rest, name] if sent.get("on") else rest
        store.set(replace(now, reforms=tuple(sorted(chosen, key=shipped_reforms().index))))

    def reset(_sent: Any) -> None:
        problems.set(())
        now = store.value
        kept = {name: value for name, value in now.values.items()
                if not name.startswith("policy.")}
        store.set(replace(now, reforms=(), values=kept))

    if shown is None:
        solara.v.Html(tag="p", children=[say("app.levers_unavailable", state.language)])
        return
    Levers(
        words=spoken(LEVERS, state.language), stages=described, presets=_presets(state),
        sent={"values": _lever_values(shown, state, bool(trouble)), "ack": ack.value},
        desk_names={desk.name: word_for(desk.name, state.language)
                    for desk in shown.baseline.policy.approval.desks},
        event_change=change, event_preset=preset, event_reset=reset,
    )


def _lever_values(shown: Pair, state: State, is_wrong: bool) -> dict[str, Any]:
    """Give what stands at each lever; what cannot be used stands there too, to be mended."""
    found = policy_values(shown.policy)
    if is_wrong:
        found |= {name: value for name, value in state.values.items() if name in found}
    return found


def _moved(state: State, name: str, value: Any) -> State:
    """Set a lever; one that is where the chosen reforms put it needs no mention in the address."""
    without = state.with_value(name, None)
    pair, _ = _pair(without)
    if pair is not None and value_at(pair.policy, name) == value:
        return without
    # "No fixed latency" is written as false: None would mean "as it was".
    return state.with_value(name, False if value is None else value)


def _presets(state: State) -> list[dict[str, Any]]:
    found = []
    for name in shipped_reforms():
        scenario = load_scenario(f"x_community+{name}")
        title = scenario.title_in(state.language).rsplit(" + ", 1)[-1]
        found.append({"id": name, "title": title, "on": name in state.reforms,
                      "tip": say("app.preset_tip", state.language, name=name)})
    return found


@solara.component
def ResultSide(store: Any, problems: Any) -> None:
    """Ask for the runs of the comparison and show them as they come."""
    state: State = store.value
    pair, trouble = _pair(state)
    seen = solara.use_reactive(Seen())
    order: Any = solara.use_ref(None)
    again = solara.use_reactive(0)
    file = solara.use_reactive({})
    note = solara.use_reactive("")
    key = (pair.baseline.hash(), pair.policy.hash(), state.seeds, state.first_seed) \
        if pair else None

    def ask() -> Callable[[], None]:
        if pair is None:
            seen.set(Seen())
            return lambda: None
        seeds = range(state.first_seed, state.first_seed + state.seeds)
        # The old figures stay until the first new ones are there.
        seen.set(replace(seen.value, busy=True, cancelled=False))
        asked = order.current = service().pool.ask(tasks_of(pair, seeds))
        # The thread carries the page it was started from; it ends with the order.
        threading.Thread(target=_listen, args=(asked, pair, seeds, seen, order),
                         daemon=True).start()
        return asked.cancel

    solara.use_effect(ask, [key, again.value])

    def cancel(_sent: Any) -> None:
        if order.current is not None:
            order.current.cancel()

    def show(name: Any) -> None:
        if name in NAMES:
            store.set(replace(store.value, shown=name))

    def count(number: Any) -> None:
        if number in CHOICES_OF_REPLICATIONS:
            store.set(replace(store.value, seeds=number))

    def take(kind: Any) -> None:
        if kind in TYPES and pair is not None:
            _take(kind, state, pair, seen.value, file, note)

    Results(
        **_results(state, pair, seen.value), problems=[*problems.value, *trouble],
        note=note.value, file=file.value, event_cancel=cancel,
        event_resume=lambda _sent: again.set(again.value + 1), event_seeds=count,
        event_show=show, event_take=take,
    )


def _listen(order: Order, pair: Pair, seeds: range, seen: Any, latest: Any) -> None:
    """Follow an order; shows the first few pairs at once, later ones not too often.

    Parameters
    ----------
    latest
        Holds the order the page waits for now: what an earlier one has to say is of no use.
    """
    known, shown, last = 0, 0, 0.0
    while True:
        known = order.wait_for_more(known)
        found, failures = finished_pairs(pair, seeds, order.answers)
        over = order.is_over
        if latest.current is not order:
            return
        soon = len(found) >= FEW and (not shown or time.monotonic() - last > SECONDS_BETWEEN)
        if over or (soon and len(found) > shown):
            if order.cancelled and not found:
                seen.set(replace(seen.value, busy=False, cancelled=True))
                return
            figures = figures_of(found, len(seeds), failures)
            seen.set(Seen(figures, found, not over, order.cancelled))
            shown, last = len(found), time.monotonic()
        if over:
            return


def _results(state: State, pair: Pair | None, seen: Seen) -> dict[str, Any]:
    language = state.language
    figures = seen.figures if pair is not None else None
    n = figures.n if figures else 0
    drawn = figures is not None and n > 0
    kind = "cancelled" if seen.cancelled else "running" if seen.busy or not n else "done"
    return {
        "words": spoken(RESULTS, language),
        "sentence": _headline(figures, pair, language),
        "status": {"n": n, "of": state.seeds, "busy": seen.busy, "can": pair is not None,
                   "caption": _caption(state, pair, n),
                   "text": say(f"app.count.{kind}", language, n=n, of=state.seeds)},
        "choices_n": sorted({*CHOICES_OF_REPLICATIONS, state.seeds}),
        "years": charts.over_years(figures, state.shown, language) if figures and drawn else None,
        "outcomes": [{"name": name, "label": label_of(name, language)} for name in NAMES],
        "forest": charts.forest(figures, language) if figures and drawn else [],
        "rows": charts.table(figures, language) if figures and drawn else [],
        "kinds": [{"id": name, "title": say(f"app.file.{name}", language)} for name in FILES],
        "commands": exports.commands(state, service().places),
    }


def _caption(state: State, pair: Pair | None, n: int) -> list[str]:
    """Say below a picture that is taken away what it shows, in lines that fit its width."""
    if pair is None:
        return []
    language = state.language
    place = pair.baseline.title_in(language) or state.place
    told = [say("app.caption.sides", language, place=place, policy=_policy_words(state)),
            say("app.caption.worlds", language, n=n, first=state.first_seed,
                model=MODEL_VERSION),
            *(say(f"app.word.{name}", language) for name in ("band", "forest_note"))]
    return [line for text in told for line in wrapped(text, CAPTION_WIDTH)]


def _policy_words(state: State) -> str:
    """Name the reforms and the levers that make the policy side."""
    titles = {item["id"]: item["title"] for item in _presets(state)}
    known = {item.name: item.title(state.language) for item in parameters("lever")}
    told = [str(titles[name]) for name in state.reforms if name in titles]
    told += [f"{known.get(name, name)} = {value}" for name, value in sorted(state.values.items())
             if name.startswith("policy.") and isinstance(value, str | int | float)]
    return listing(told, state.language) or say("app.caption.nothing", state.language)


def _headline(figures: Figures | None, pair: Pair | None, language: str) -> str:
    if pair is None:
        return ""
    if pair.is_same:
        return say("app.sentence.same", language)
    if figures is None:
        return say("app.sentence.waiting", language)
    if figures.failures:
        return say("app.sentence.failed", language, count=len(figures.failures),
                   reason=figures.failures[0].strip().splitlines()[-1][:300])
    return sentence(figures, language)


def _take(kind: str, state: State, pair: Pair, seen: Seen, file: Any, note: Any) -> None:
    """Make a file and hand it to the browser; the report takes a while and says so."""
    language = state.language
    if kind == "toml":
        _hand_over(kind, exports.scenario_toml(pair, state), file)
    elif seen.figures is None:
        note.set(say("app.sentence.waiting", language))
    elif kind == "csv":
        _hand_over(kind, exports.data_csv(list(seen.found), language), file)
    elif kind == "summary":
        _hand_over(kind, exports.summary_csv(seen.figures, language), file)
    else:
        note.set(say("app.report.making", language))
        threading.Thread(target=_report, args=(state, pair, seen, file, note), daemon=True).start()


def _hand_over(kind: str, body: bytes, file: Any) -> None:
    name, mime = TYPES[kind]
    file.set({"name": name, "type": mime, "body": base64.b64encode(body).decode("ascii"),
              "at": time.time()})


def _report(state: State, pair: Pair, seen: Seen, file: Any, note: Any) -> None:
    seeds = tuple(seed for seed, *_ in seen.found)
    names = (say("app.side.baseline", state.language), say("app.side.policy", state.language))
    argument: Any = (pair.baseline.model_dump(mode="json"), pair.policy.model_dump(mode="json"),
                     list(seen.found), state.language, names)
    task = Task(("report", pair.baseline.hash(), pair.policy.hash(), seeds, state.language),
                exports.report_bytes, argument, keep=False)
    order = service().pool.ask([task])
    while not order.is_over:
        order.wait_for_more(0)
    answers: Mapping[Any, Any] = order.answers
    made = answers.get(task.key)
    if isinstance(made, bytes):
        note.set("")
        _hand_over("report", made, file)
    else:
        reason = made.reason if isinstance(made, Failure) else ""
        note.set(say("app.report.failed", state.language,
                     reason=(reason.strip().splitlines() or [""])[-1][:300]))
