"""A page without a mouse: every control is reached, seen to be reached, and worked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=30_000)
# What a person can use, apart from what is folded away or switched off.
CONTROLS = """() => [...document.querySelectorAll(
  '.ls-page button, .ls-page input, .ls-page select, .ls-page textarea, .ls-page summary, '
  + '.ls-page a[href]')].filter(e => !e.disabled && e.checkVisibility() && e.tabIndex >= 0)"""
NUMBERED = f"() => ({CONTROLS})().map((e, n) => {{ e.dataset.stop = n; return e.outerHTML; }})"
HERE = """() => {
  const e = document.activeElement;
  if (!e || !e.closest || !e.closest('.ls-page')) return null;
  const lit = x => { const s = getComputedStyle(x);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; };
  const label = e.closest('label');
  return [e.dataset.stop === undefined ? -1 : Number(e.dataset.stop),
          lit(e) || (label !== null && lit(label))];
}"""


@pytest.mark.slow
@pytest.mark.parametrize("tab", ["compare", "inside", "evidence"])
def test_tab_reaches_every_control_and_shows_where_it_is(visit: Any, tab: str) -> None:
    seen = visit(f"?v=1&s=toy&p=full_reform&n=10&tab={tab}", 1400, "main h2, main input")
    if tab == "compare":
        seen.wait_for_pairs(10)
    if tab == "inside":
        seen.page.wait_for_selector("[data-role=run-status][data-ready='1']", timeout=30_000)
    wanted = seen.page.evaluate(NUMBERED)
    reached, unseen = set(), []
    seen.page.evaluate("document.activeElement && document.activeElement.blur()")
    for _ in range(len(wanted) + 60):
        seen.page.keyboard.press("Tab")
        found = seen.page.evaluate(HERE)
        if found is None and reached:
            break
        if found is not None:
            reached.add(found[0])
            if not found[1]:
                unseen.append(seen.page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert [wanted[n][:120] for n in range(len(wanted)) if n not in reached] == []
    assert unseen == []


def press(page: Any, selector: str, key: str) -> None:
    page.focus(selector)
    page.keyboard.press(key)


@pytest.mark.slow
def test_everything_is_worked_by_keys_alone(visit: Any) -> None:
    # Large enough that two hundred worlds are not done before the key for Cancel is pressed.
    seen = visit("?v=1&s=x_community&n=10")
    page = seen.page
    press(page, "[data-preset=full_reform]", "Space")
    expect(page.locator("[data-preset=full_reform]")).to_be_checked()
    press(page, "[data-language=zh]", "Enter")
    expect(page.locator("h1")).to_contain_text("社区")
    seen.wait_for_pairs(10)
    method = "select[name='policy.proposal.method'], #lever-policy-proposal-method"
    press(page, method, "ArrowUp")
    page.wait_for_function("location.search.includes('policy.proposal.method=')")
    press(page, "[data-reset='policy.proposal.method']", "Enter")
    press(page, "[data-action=reset-all]", "Space")
    expect(page.locator(".ls-lever.changed")).to_have_count(0)
    press(page, "[data-preset=fast_approval]", "Space")
    seen.wait_for_pairs(10)
    with page.expect_download(timeout=60_000) as coming:
        press(page, "[data-download=summary]", "Enter")
    assert Path(coming.value.path()).stat().st_size > 500
    press(page, "[data-role=seeds]", "End")
    page.wait_for_selector("[data-action=cancel]")
    press(page, "[data-action=cancel]", "Enter")
    page.wait_for_selector("[data-action=resume]")
    press(page, "summary", "Enter")
    press(page, "[data-tab=evidence]", "Enter")
    expect(page.locator("[data-limit]").first).to_be_visible()
    press(page, "[data-link='e4_effectiveness/rescreen']", "Enter")
    expect(page.locator("input[name='policy.implementation.rescreen']")).to_be_checked()
    assert seen.errors == []
