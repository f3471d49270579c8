"""Twenty people at once: each page answers while all of them wait for runs; one more is told so."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Visit, serving

PEOPLE = 20


@pytest.mark.slow
def test_twenty_pages_answer_and_the_next_is_told_to_come_later(browser: Any) -> None:
    with serving("--sessions", str(PEOPLE)) as (address, _):
        # Each wants other worlds, so that nobody lives on what another has asked for.
        pages = [Visit(browser, f"{address}?v=1&s=x_community&n=200&seed={1000 * place}")
                 for place in range(PEOPLE)]
        refused = browser.new_context().new_page()
        answer = refused.goto(address)
        assert answer.status == 503
        told = refused.inner_text("main")
        assert "All places are taken" in told and "访问人数已满" in told
        for seen in pages:
            seen.page.click("[data-language=zh]")
            expect(seen.page.locator("h1")).to_contain_text("社区", timeout=30_000)
        for place, seen in enumerate(pages):
            lever = "input[type=range][name='policy.approval.fixed_latency_days']"
            seen.page.focus(lever)
            seen.page.keyboard.press("ArrowRight")
            seen.page.wait_for_function(
                "location.search.includes('fixed_latency_days=31')", timeout=30_000)
            assert f"seed={1000 * place}" in seen.page.url
        # Whoever has received least is served first: everybody gets a first answer.
        for seen in pages:
            seen.wait_for_pairs(3, 180_000)
        assert [seen.errors for seen in pages if seen.errors] == []
        pages[0].page.goto("about:blank")
        expect(pages[1].page.locator("h1")).to_contain_text("社区")
        for _ in range(100):
            answer = refused.goto(address)
            if answer.status == 200:
                break
            refused.wait_for_timeout(200)
        assert answer.status == 200
        for seen in pages:
            seen.close()
