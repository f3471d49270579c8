"""The second tab: one run of what was chosen in Compare, week by week."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import solara

from linkage_sim.app.comparison import Pair, pair_of
from linkage_sim.app.inside import made, told
from linkage_sim.app.inside.view import COLOURS, LONGEST_NAME, SIDES, View
from linkage_sim.app.pool import Order
from linkage_sim.app.service import service
from linkage_sim.app.state import State
from linkage_sim.errors import InputError
from linkage_sim.scenario.seeds import LARGEST_SEED
from linkage_sim.studies.workers import Failure
from linkage_sim.words import say


@solara.component_vue("inside.vue")
def Inside(
    words: Any, names: Any, view: Any, communities: int, seeds: Any, status: Any, problems: Any,
    run: Any, story: Any, person: Any, language: str,
    event_put: Callable[[Any], None], event_cancel: Callable[[Any], None],
    event_resume: Callable[[Any], None],
) -> None:
    """Show one run; the browser holds all its weeks, so that a slider answers at once."""


@dataclass(frozen=True)
class Got:
    """What a page has received of the run it asked for."""

    run: made.Run | None = None
    busy: bool = False
    cancelled: bool = False
    failure: str = ""


@solara.component
def InsideTab(store: Any, problems: Any) -> None:
    """Ask for one run and show it."""
    state: State = store.value
    pair, trouble = _pair(state)
    got = solara.use_reactive(Got())
    order: Any = solara.use_ref(None)
    again = solara.use_reactive(0)
    seed = _seed(state)
    communities = pair.policy.world.communities if pair else 1
    view = replace(state.inside, community=min(state.inside.community, communities - 1))
    tasks = made.tasks_of(pair, view, seed) if pair else []

    def ask() -> Callable[[], None]:
        if not tasks:
            got.set(Got())
            return lambda: None
        asked = order.current = service().pool.ask(tasks)
        got.set(Got(busy=True))
        threading.Thread(target=_follow, args=(asked, order, got), daemon=True).start()
        return asked.cancel

    solara.use_effect(ask, [tuple(task.key for task in tasks), again.value])

    def cancel(_sent: Any) -> None:
        if order.current is not None:
            order.current.cancel()

    def put(sent: Any) -> None:
        found = accepted(store.value.inside, sent)
        if found is not None:
            problems.set(())
            store.set(replace(store.value, inside=found))

    _show(state, view, seed, communities, got.value, [*problems.value, *trouble], {
        "event_put": put, "event_cancel": cancel,
        "event_resume": lambda _sent: again.set(again.value + 1),
    })


def _show(
    state: State, view: View, seed: int, communities: int, got: Got, problems: list[str],
    events: dict[str, Callable[[Any], None]],
) -> None:
    language, run = state.language, got.run
    # What does not change is made once: a week that is looked at sends nothing of it again.
    drawn = solara.use_memo(lambda: made.sent(run) if run else None, [run])
    words = solara.use_memo(lambda: told.words(language), [language])
    names = solara.use_memo(lambda: told.names(run, language), [run, language])
    story = solara.use_memo(
        lambda: told.story_of(run, view.project, language) if run else [],
        [run, view.project, language])
    person = solara.use_memo(
        lambda: told.person_of(run, view.resident, language) if run else None,
        [run, view.resident, language])
    Inside(
        words=words, names=names, communities=communities, language=language,
        view={"side": view.side, "community": view.community, "week": view.week,
              "colour": view.colour, "project": view.project if story else "",
              "resident": view.resident if person else None},
        seeds={"seed": seed, "first": state.first_seed, "last": state.first_seed + state.seeds - 1},
        status=_status(got, view, seed, language), problems=problems,
        run=drawn, story=story, person=person, **events,
    )


def accepted(view: View, sent: Any) -> View | None:
    """Give the view with what a browser sent in it; None for what it may not send."""
    name, value = sent.get("name"), sent.get("value")
    is_whole = isinstance(value, int) and not isinstance(value, bool) \
        and 0 <= value <= LARGEST_SEED
    allowed = {
        "side": value in SIDES, "colour": value in COLOURS, "seed": is_whole,
        "community": is_whole, "week": is_whole, "resident": is_whole or value is None,
        "project": isinstance(value, str) and len(value) <= LONGEST_NAME,
    }
    return replace(view, **{str(name): value}) if allowed.get(str(name), False) else None


def _pair(state: State) -> tuple[Pair | None, list[str]]:
    try:
        return pair_of(state, service().places), []
    except InputError as error:
        return None, error.messages


def _seed(state: State) -> int:
    return state.first_seed if state.inside.seed is None else state.inside.seed


def _follow(order: Order, latest: Any, got: Any) -> None:
    """Wait for the run and its world; what the thread sets belongs to the page that started it."""
    known = 0
    while not order.is_over:
        known = order.wait_for_more(known)
    if latest.current is not order:
        # The page has asked for something else meanwhile.
        return
    answers = [order.answers.get(task.key) for task in order.tasks]
    failures = [item.reason for item in answers if isinstance(item, Failure)]
    if failures:
        got.set(Got(failure=failures[0]))
    elif all(isinstance(item, dict) for item in answers):
        got.set(Got(run=made.run_of(*answers)))
    else:
        got.set(Got(cancelled=True))


def _status(got: Got, view: View, seed: int, language: str) -> dict[str, Any]:
    if got.failure:
        text = told.failed_words(got.failure, language)
    else:
        kind = "cancelled" if got.cancelled else "done" if got.run else "busy"
        text = told.status_words(kind, language, seed=seed,
                                 side=say(f"app.side.{view.side}", language))
    return {"busy": got.busy, "stopped": got.cancelled or bool(got.failure), "text": text}
