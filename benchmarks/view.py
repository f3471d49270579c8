"""`python -m benchmarks.view [OUT.json]`: how long a visitor of the interactive view waits.

A real browser opens a server of its own with nothing remembered. Measured on an idle machine:
first paint, first answer of a first visitor, from a key on a slider to the first new figures, and
the same where both sides are new, each with a value never used before; beside it what the model
itself takes for one run.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.__main__ import machine
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.loading import load_scenario
from tests.app.conftest import CHROMIUM, QUIET, Visit, serving

LEVER = "policy.approval.fixed_latency_days"
KEYS = 9
# Notes when a key goes down and when a sentence with figures of its own stands there.
WATCH = """
window.marks = [];
addEventListener('keydown', e => marks.push(['key', performance.now()]), true);
const seen = setInterval(() => {
  const told = document.querySelector('[data-role=sentence]');
  if (!told) return;
  clearInterval(seen);
  marks.push(['sentence', performance.now()]);
  const note = () => marks.push([Number(told.dataset.n), performance.now(), told.textContent]);
  note();
  new MutationObserver(note).observe(told, {attributes: true, characterData: true,
                                            childList: true, subtree: true});
}, 5);
"""


def first_visit(browser: Any, address: str, value: int) -> dict[str, float]:
    """Open a page for the first time: seconds to the first paint and to the first figures."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{address}?v=1&s=x_community&{LEVER}={value}")
    page.wait_for_function("marks.some(m => m[0] >= 3)", timeout=60_000)
    paint = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
    marks = page.evaluate("marks")
    context.close()
    first = next(mark[1] for mark in marks if isinstance(mark[0], int) and mark[0] >= 1) / 1000
    shown = next(mark[1] for mark in marks if mark[0] == "sentence") / 1000
    return {"first_paint": paint, "controls": shown, "first_figures": first}


def first_new_figures(page: Any, act: Callable[[], None]) -> float:
    """Do something that asks for other worlds; seconds until figures of them stand there."""
    # All worlds of the last comparison are there: what changes next is the new one's.
    page.wait_for_timeout(500)
    page.wait_for_function("marks.at(-1)[0] === 30", timeout=120_000)
    page.evaluate("marks.splice(0, marks.length, marks.at(-1))")
    act()
    page.wait_for_function(
        "marks.some(m => m[0] !== 'key' && m[0] >= 1 && m[2] !== marks[0][2])", timeout=60_000)
    old, *marks = page.evaluate("marks")
    pressed = next(mark[1] for mark in marks if mark[0] == "key")
    figure = next(mark[1] for mark in marks
                  if mark[0] != "key" and mark[0] >= 1 and mark[2] != old[2])
    return float(figure - pressed) / 1000


def waits(browser: Any, address: str) -> tuple[list[float], list[float]]:
    """Give the waits after a key on a slider, and those after a budget that both sides share."""
    seen = Visit(browser, f"{address}?v=1&s=x_community")
    page = seen.page
    page.evaluate(WATCH)
    page.click(f"[data-lever='{LEVER}'] input[type=checkbox]")
    slider = page.locator(f"input[type=range][name='{LEVER}']")
    slider.focus()
    policy = [first_new_figures(page, lambda: page.keyboard.press("ArrowRight"))
              for _ in range(KEYS + 1)][1:]
    budget = page.locator("input[name='world.budget_yuan_per_year']")
    both = []
    for number in range(KEYS):
        budget.fill(str(301_000 + 1000 * number))
        both.append(first_new_figures(page, lambda: budget.press("Enter")))
    seen.close()
    return policy, both


def own_time() -> float:
    """Seconds the model takes for one run of X Community, after compilation."""
    scenario = load_scenario("x_community")
    LinkageModel(scenario, seed=1).run()
    took = []
    for seed in range(2, 7):
        began = time.perf_counter()
        LinkageModel(scenario, seed=seed).run()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main(out: str = "") -> None:
    """Measure, print, and write where that was asked for."""
    from playwright.sync_api import sync_playwright

    found: dict[str, Any] = {"machine": machine(), "one_run": round(own_time(), 3)}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        began = time.perf_counter()
        with serving() as (address, _):
            found["start"] = round(time.perf_counter() - began, 2)
            visits = [first_visit(browser, address, 31 + number) for number in range(4)]
            found["first_visitor"] = {key: round(value, 2) for key, value in visits[0].items()}
            found["later_visitors"] = {
                key: round(statistics.median(visit[key] for visit in visits[1:]), 2)
                for key in visits[0]}
            for name, found_waits in zip(("key_to_figure", "both_sides_new"),
                                         waits(browser, address), strict=True):
                found[name] = {"median": round(statistics.median(found_waits), 2),
                               "longest": round(max(found_waits), 2), "n": len(found_waits)}
        browser.close()
    text = json.dumps(found, indent=1)
    sys.stdout.write(text + "\n")
    if out:
        Path(out).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
