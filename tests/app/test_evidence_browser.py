"""The tab "Evidence" in a real browser: figures load, links open and Back returns, checks stop."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from linkage_sim.app.evidence import experiments_shown
from linkage_sim.app.shipped_pages import checked_limits

expect.set_options(timeout=30_000)


@pytest.mark.slow
@pytest.mark.parametrize(("language", "width"), [
    ("en", 1400), ("zh", 390),
])
def test_all_findings_and_figures_are_there(visit: Any, language: str, width: int) -> None:
    seen = visit(f"?v=1&s=toy&tab=evidence&lang={language}", width, "[data-role=limits] tbody tr")
    known = experiments_shown(language)
    for summary in seen.page.locator(".ls-experiment details summary").all():
        summary.click()
    expect(seen.page.locator("[data-finding]")).to_have_count(
        sum(len(item["findings"]) for item in known))
    for image in seen.page.locator(".ls-evidence img").all():
        image.scroll_into_view_if_needed()
        seen.page.wait_for_function("image => image.complete && image.naturalWidth > 500",
                                    arg=image.element_handle())
    assert seen.page.locator(".ls-evidence img").count() == sum(
        len(item["figures"]) for item in known)
    assert seen.barriers() == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    seen.picture(f"evidence-{language}-{width}")
    assert (seen.errors, seen.outside) == ([], [])


@pytest.mark.slow
def test_an_experiment_opens_in_compare_and_back_returns(visit: Any) -> None:
    seen = visit("?v=1&s=toy&tab=evidence&lang=zh", 1400, "[data-role=limits] tbody tr")
    seen.page.click("[data-link='e4_effectiveness/rescreen']")
    expect(seen.page.locator("input[name='policy.implementation.rescreen']")).to_be_checked()
    expect(seen.page.locator("[data-role=seeds]")).to_have_value("20")
    seen.page.wait_for_function("location.search.includes('show=demand_match&policy.implementation.rescreen=true')")
    seen.page.go_back()
    expect(seen.page.locator("[data-link='e4_effectiveness/rescreen']")).to_be_visible()
    seen.page.click("[data-open=full_reform]")
    expect(seen.page.locator("[data-preset=full_reform]")).to_be_checked()
    assert seen.errors == []


@pytest.mark.slow
def test_limits_are_checked_again_with_progress_and_cancel(visit: Any) -> None:
    seen = visit("?v=1&s=toy&tab=evidence", 1400, "[data-role=limits] tbody tr")
    rows = seen.page.locator("[data-limit]")
    expect(rows).to_have_count(len(checked_limits()))
    expect(seen.page.locator("[data-limit][data-here=no]")).to_have_count(len(checked_limits()))
    seen.page.click("[data-action=check]")
    seen.page.wait_for_selector("[data-role=limits-progress]")
    seen.page.wait_for_selector("[data-limit][data-here=yes]", timeout=120_000)
    seen.page.click("[data-action=cancel-check]")
    expect(seen.page.locator("[data-role=limits-count]")).to_contain_text("Stopped after")
    expect(rows).to_have_count(len(checked_limits()))
    # What was finished counts as checked here, the rest is still the shipped table.
    assert 0 < seen.page.locator("[data-limit][data-here=yes]").count() < len(checked_limits())
    expect(seen.page.locator("[data-action=check]")).to_be_visible()
