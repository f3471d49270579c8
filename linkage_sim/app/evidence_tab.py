"""The tab "Evidence": what the model is not for, what experiments found, whether theory holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import solara

from linkage_sim.app.evidence import COLUMNS, experiments_shown
from linkage_sim.app.experiment_links import linked_state
from linkage_sim.app.limit_words import limit_title, limit_value
from linkage_sim.app.pool import Order, Task
from linkage_sim.app.service import service
from linkage_sim.app.shipped_pages import checked_limits, limits_page
from linkage_sim.app.worker import check_limit
from linkage_sim.provenance import MODEL_VERSION
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.locate import shipped_reforms
from linkage_sim.studies.workers import Failure
from linkage_sim.words import say

WORDS = (
    "not_for", "more_limits", "reforms", "experiments", "experiments_about", "contents",
    "question", "open", "limits", "limits_about", "limits_progress", "check", "cancel",
)


@solara.component_vue("evidence.vue")
def Evidence(
    words: Any, limits: Any, reforms: Any, experiments: Any, columns: Any, heads: Any, rows: Any,
    status: Any, event_open: Callable[[Any], None], event_check: Callable[[Any], None],
    event_cancel: Callable[[Any], None],
) -> None:
    """Show what stands behind the numbers of the first tab."""


@dataclass(frozen=True)
class Checks:
    """What this page knows of the limits beside the shipped table.

    Attributes
    ----------
    found
        Place in the table -> what a worker answered.
    """

    found: Mapping[int, Any]
    busy: bool = False
    stopped: bool = False


@solara.component
def EvidenceTab(store: Any) -> None:
    """Show what may be believed; limits from theory are checked again when somebody asks."""
    language = store.value.language
    checks = solara.use_reactive(Checks({}))
    order: Any = solara.use_ref(None)

    def cancel(_sent: Any = None) -> None:
        if order.current is not None:
            order.current.cancel()

    solara.use_effect(lambda: cancel, [])

    def check(_sent: Any) -> None:
        if checks.value.busy:
            return
        checks.set(Checks({}, busy=True))
        order.current = service().pool.ask(_tasks())
        threading.Thread(target=_follow, args=(order.current, checks), daemon=True).start()

    def show(sent: Any) -> None:
        opened = _opened(store.value, dict(sent or {}))
        if opened is not None:
            store.set(opened)

    Evidence(
        words={**{name: say(f"evidence.{name}", language) for name in WORDS},
               **{name: say(f"sign.{name}", language) for name in ("colon", "pause")}},
        limits=list(limits_page(language)), reforms=_reforms(language),
        experiments=list(experiments_shown(language)),
        columns=[say(f"evidence.column.{name}", language) for name in COLUMNS],
        heads=say("limits.columns", language).split(" | "), rows=_rows(checks.value, language),
        status=_status(checks.value, language), event_open=show, event_check=check,
        event_cancel=cancel,
    )


def _opened(now: Any, sent: Mapping[str, Any]) -> Any:
    """Give the state that a link of this tab opens; None for one that is not known."""
    name = str(sent.get("name"))
    if sent.get("experiment"):
        return linked_state(now, str(sent["experiment"]), name)
    if name not in shipped_reforms():
        return None
    kept = {key: value for key, value in now.values.items() if not key.startswith("policy.")}
    return replace(now, tab="compare", reforms=(name,), values=kept)


def _tasks() -> list[Task]:
    # What is checked is known by its place in the table: looking it up would load the model.
    return [Task((MODEL_VERSION, "limit", number), check_limit, number)
            for number in range(len(checked_limits()))]


def _follow(order: Order, checks: Any) -> None:
    known = 0
    while True:
        known = order.wait_for_more(known)
        over = order.is_over
        answers: dict[Any, Any] = dict(order.answers)
        checks.set(Checks({key[2]: answer for key, answer in answers.items()}, not over,
                          over and order.cancelled))
        if over:
            return


def _rows(checks: Checks, language: str) -> list[dict[str, Any]]:
    """Give the table: what was found here, else what was shipped."""
    rows = []
    for number, (name, observed, expected, error, holds) in enumerate(checked_limits()):
        here = checks.found.get(number)
        cells, good = [observed, expected, error], holds
        if isinstance(here, dict):
            cells, good = here["cells"], here["verdict"]
        failed = isinstance(here, Failure)
        verdict = say("evidence.limit_failed" if failed else
                      f"limits.{'holds' if good else 'fails'}", language).strip("*")
        rows.append({
            "id": name, "title": limit_title(name, language), "here": here is not None,
            "cells": [*(limit_value(cell, language) for cell in cells), verdict],
            "good": good and not failed,
        })
    return rows


def _status(checks: Checks, language: str) -> dict[str, Any]:
    total, n = len(checked_limits()), len(checks.found)
    here = [item for item in checks.found.values() if isinstance(item, dict) and item["verdict"]]
    good = len(here) if n else sum(holds for *_, holds in checked_limits())
    kind = "running" if checks.busy else "stopped" if checks.stopped else \
        "here" if n else "shipped"
    return {"busy": checks.busy, "n": n, "of": total,
            "text": say(f"evidence.limits_{kind}", language, n=n, of=total, good=good)}


def _reforms(language: str) -> list[dict[str, str]]:
    return [
        {"id": name, "colon": say("sign.colon", language),
         "title": load_scenario(f"x_community+{name}").title_in(language).rsplit(" + ", 1)[-1],
         "text": say(f"app.reform_does.{name}", language)}
        for name in shipped_reforms()
    ]
