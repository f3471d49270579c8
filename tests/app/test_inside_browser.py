"""The second tab in a real browser: a week, a project, a resident, and what is then seen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Visit

expect.set_options(timeout=30_000)
TOY = "?v=1&s=toy&tab=inside&lang=en"
WEEK = "[data-role=week]"


def week(seen: Visit) -> int:
    return int(seen.page.get_attribute("[data-role=week-text]", "data-week") or -1)


def wait_for_week(seen: Visit, number: int) -> None:
    expect(seen.page.locator("[data-role=week-text]")).to_have_attribute("data-week", str(number))


def stations(seen: Visit) -> dict[str, str]:
    return {str(box.get_attribute("data-project")): str(box.get_attribute("data-station"))
            for box in seen.page.query_selector_all(".ls-box")}


def wait_for_other_stations(seen: Visit, before: dict[str, str]) -> None:
    """Wait until projects stand elsewhere; what was there may be seen a moment longer."""
    for _ in range(300):
        if stations(seen) not in ({}, before):
            return
        seen.page.wait_for_timeout(100)
    raise AssertionError("the projects still stand where they stood")


def levels(seen: Visit) -> list[str]:
    return [str(dot.get_attribute("data-level"))
            for dot in seen.page.query_selector_all("[data-role=network] [data-row]")]


def choose(seen: Visit, role: str, value: str) -> None:
    seen.page.select_option(f"[data-role={role}]", value)


def first_of(seen: Visit, role: str, place: int = 1) -> str:
    """Give an entry of a list; the one at 0 says that nothing is chosen."""
    return str(seen.page.locator(f"[data-role={role}] option").nth(place).get_attribute("value"))


@pytest.mark.slow
def test_a_tab_of_its_own_shows_one_run_without_error(visit: Any) -> None:
    seen = visit("?v=1&s=x_community&p=fast_approval")
    seen.page.click("[data-tab=inside]")
    expect(seen.page.locator("[data-role=sampled]")).to_contain_text("500 of 5,200 residents")
    assert len(levels(seen)) == 500
    seen.page.wait_for_function("location.search.includes('tab=inside')")
    seen.picture("inside-en")
    assert (seen.errors, seen.outside) == ([], [])


@pytest.mark.slow
def test_keys_on_the_slider_show_another_week(visit: Any) -> None:
    seen = visit(TOY + "&week=60")
    wait_for_week(seen, 60)
    before = seen.page.inner_text("[data-role=whole]"), stations(seen)
    seen.page.focus(WEEK)
    for _ in range(12):
        seen.page.keyboard.press("ArrowRight", delay=5)
    wait_for_week(seen, 72)
    seen.page.wait_for_function("location.search.includes('week=72')")
    assert week(seen) == 72 and seen.page.input_value(WEEK) == "72"
    assert (seen.page.inner_text("[data-role=whole]"), stations(seen)) != before
    assert "week 20" in (seen.page.get_attribute(WEEK, "aria-valuetext") or "")


@pytest.mark.slow
def test_projects_travel_from_proposal_to_evaluation(visit: Any) -> None:
    seen = visit(TOY + "&week=54")
    wait_for_week(seen, 54)
    assert set(stations(seen).values()) >= {"proposed"}
    way = {name: [station] for name, station in stations(seen).items() if station == "proposed"}
    for _ in range(50):
        seen.page.click("[data-action=forward]")
        now = stations(seen)
        for name, steps in way.items():
            if name in now and now[name] != steps[-1]:
                steps.append(now[name])
    wait_for_week(seen, 104)
    done = [steps for steps in way.values() if steps[-1] == "evaluated"]
    assert done
    for steps in done:
        assert steps[-3:] == ["approved", "delivery", "evaluated"]
        assert any(step.startswith("desk:") for step in steps)


@pytest.mark.slow
def test_play_goes_on_by_itself_and_pause_keeps_the_week(visit: Any) -> None:
    seen = visit(TOY + "&week=10")
    wait_for_week(seen, 10)
    seen.page.focus("[data-action=play]")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function(
        "Number(document.querySelector('[data-role=week-text]').dataset.week) >= 14")
    seen.page.keyboard.press("Enter")
    stopped = week(seen)
    seen.page.wait_for_function(f"location.search.includes('week={stopped}')")
    seen.page.wait_for_timeout(600)
    assert week(seen) == stopped


@pytest.mark.slow
def test_a_press_on_a_project_tells_its_story(visit: Any) -> None:
    seen = visit(TOY + "&week=80")
    box = seen.page.locator(".ls-box").first
    name = str(box.get_attribute("data-project"))
    box.click()
    story = seen.page.locator("[data-role=story]")
    expect(story).to_have_attribute("data-project", name)
    expect(story).to_contain_text("the committee proposed a project")
    expect(box).to_have_attribute("aria-pressed", "true")
    seen.page.wait_for_function(f"location.search.includes('project={name}')")
    other = first_of(seen, "project")
    assert other != name
    choose(seen, "project", other)
    expect(story).to_have_attribute("data-project", other)
    seen.page.wait_for_function(f"location.search.includes('project={other}')")
    seen.page.go_back()
    expect(story).to_have_attribute("data-project", name)


@pytest.mark.slow
def test_a_press_on_a_resident_tells_needs_and_ties(visit: Any) -> None:
    seen = visit(TOY + "&week=80")
    dot = seen.page.locator("[data-role=network] [data-row='3']")
    dot.click()
    person = seen.page.locator("[data-role=person]")
    expect(person).to_have_attribute("data-row", "3")
    expect(seen.page.locator("[data-role=ring]")).to_have_count(1)
    expect(seen.page.locator("[data-role=own-ties]")).to_have_count(1)
    ties = seen.page.locator("[data-role=ties] button")
    assert ties.count() >= 1
    # What the panel says of needs is what the table of all residents says.
    seen.page.click("details:has([data-role=resident-table]) summary, "
                    "[data-role=whole] + details summary")
    cells = seen.page.locator("[data-role=resident-table] tbody tr").nth(3).locator("td")
    needs = cells.nth(0).inner_text()
    told = seen.page.inner_text("[data-role=needs]")
    assert told == "none" if not needs else all(part in told for part in needs.split(", "))
    assert str(ties.count()) == cells.nth(4).inner_text()
    other = ties.first.inner_text()
    ties.first.focus()
    seen.page.keyboard.press("Enter")
    expect(person).to_have_attribute("data-row", other)


@pytest.mark.slow
def test_residents_who_received_something_can_be_chosen_by_key(visit: Any) -> None:
    seen = visit(TOY + "&week=156")
    choose(seen, "resident", first_of(seen, "resident"))
    expect(seen.page.locator("[data-role=received] li").first).to_contain_text("Year")
    later = seen.page.locator("[data-role=received] li.ls-faint")
    assert later.count() == 0
    seen.page.focus(WEEK)
    seen.page.keyboard.press("Home")
    expect(later).to_have_count(seen.page.locator("[data-role=received] li").count())


@pytest.mark.slow
def test_another_colour_shows_other_levels(visit: Any) -> None:
    seen = visit(TOY + "&week=90")
    found = [levels(seen)]
    for name in ("trust", "volunteers"):
        choose(seen, "colour", name)
        expect(seen.page.locator("[data-role=network]")).to_have_attribute("data-colour", name)
        found.append(levels(seen))
    assert len({tuple(item) for item in found}) > 1
    counted = seen.page.locator("[data-role=levels] > span").all_inner_texts()
    assert sum(int(text.rsplit(": ", 1)[1]) for text in counted) == 12


@pytest.mark.slow
def test_sides_and_seeds_are_other_runs(visit: Any) -> None:
    seen = visit("?v=1&s=toy&tab=inside&lang=en&week=100&p=full_reform")
    policy = stations(seen)
    choose(seen, "side", "baseline")
    expect(seen.page.locator("[data-role=run-status]")).to_contain_text("today")
    wait_for_other_stations(seen, policy)
    network = seen.page.inner_html("[data-role=network]")
    seen.page.fill("[data-role=run-seed]", "9")
    seen.page.keyboard.press("Tab")
    expect(seen.page.locator("[data-role=run-status]")).to_contain_text("world 9")
    seen.page.wait_for_function("location.search.includes('run=9')")
    seen.page.wait_for_selector(WEEK, state="attached")
    assert seen.page.inner_html("[data-role=network]") != network
    wait_for_week(seen, 100)


@pytest.mark.slow
def test_a_switch_of_language_keeps_what_is_looked_at(visit: Any) -> None:
    seen = visit(TOY + "&week=80&colour=trust&who=3")
    seen.page.locator(".ls-box").first.click()
    expect(seen.page.locator("[data-role=story]")).to_contain_text("Year")
    dots, boxes = levels(seen), stations(seen)
    seen.page.click("[data-language=zh]")
    expect(seen.page.locator("[data-role=story]")).to_contain_text("居委会提出")
    expect(seen.page.locator("[data-role=week-text]")).to_contain_text("第 1 年第 28 周")
    assert (levels(seen), stations(seen)) == (dots, boxes)
    expect(seen.page.locator("[data-role=person]")).to_have_attribute("data-row", "3")
    assert seen.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert seen.errors == []


@pytest.mark.slow
def test_a_link_in_a_fresh_profile_shows_the_same(visit: Any) -> None:
    seen = visit(TOY + "&week=70&side=baseline&run=5&colour=trust&who=2")
    seen.page.locator(".ls-box").first.click()
    seen.page.wait_for_function("location.search.includes('project=')")
    other = visit("?" + seen.page.url.partition("?")[2])
    wait_for_week(other, 70)
    expect(other.page.locator("[data-role=story]")).to_have_attribute(
        "data-project", str(seen.page.get_attribute("[data-role=story]", "data-project")))
    for role in ("person", "story", "network", "cycle", "run-status"):
        assert other.page.inner_html(f"[data-role={role}]") == \
            seen.page.inner_html(f"[data-role={role}]")


@pytest.mark.slow
def test_a_broken_link_is_a_message_and_the_tab_works(visit: Any) -> None:
    seen = visit(TOY + "&week=nan&who=9999&project=<b>nobody&colour=beauty&c=7")
    seen.page.wait_for_selector("[role=alert] li")
    assert "beauty" in seen.page.inner_text("[role=alert]")
    expect(seen.page.locator("[data-role=story]")).to_have_count(0)
    expect(seen.page.locator("[data-role=person]")).to_have_count(0)
    seen.page.click("[data-action=forward]")
    expect(seen.page.locator("[role=alert] li")).to_have_count(0)
    assert seen.errors == []


@pytest.mark.slow
def test_cancel_stops_the_run_and_it_can_be_run_again(visit: Any) -> None:
    seen = visit(TOY)
    link = "?v=1&s=x_community&tab=inside&lang=en&world.residents=20000&run.years=10"
    seen.page.goto(seen.page.url.partition("?")[0] + link)
    seen.page.click("[data-action=cancel]", timeout=30_000)
    expect(seen.page.locator("[data-role=run-status]")).to_contain_text("Stopped")
    seen.page.click("[data-action=resume]")
    seen.page.wait_for_selector(WEEK, state="attached", timeout=120_000)
    expect(seen.page.locator("[data-role=sampled]")).to_contain_text("500 of 20,000")


@pytest.mark.slow
def test_too_large_a_place_is_refused_here_too(visit: Any) -> None:
    seen = visit(TOY)
    link = "?v=1&s=x_community&tab=inside&lang=en&world.residents=99999"
    seen.page.goto(seen.page.url.partition("?")[0] + link)
    expect(seen.page.locator("[role=alert]")).to_contain_text("20,000")
    expect(seen.page.locator(WEEK)).to_have_count(0)


@pytest.mark.slow
def test_communities_can_be_told_apart(visit: Any) -> None:
    seen = visit(TOY + "&world.communities=2&world.residents=24&week=60")
    one = stations(seen)
    seen.page.select_option("[data-role=community]", index=1)
    seen.page.wait_for_function("location.search.includes('c=1')")
    expect(seen.page.locator(".ls-box").first).to_have_attribute("data-project", _starts("c1-"))
    assert one and not set(one) & set(stations(seen))


def _starts(text: str) -> Any:
    import re

    return re.compile("^" + re.escape(text))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    visit: Any, language: str, width: int
) -> None:
    seen = visit(f"?v=1&s=toy&tab=inside&lang={language}&week=80&who=3", width)
    seen.page.locator(".ls-box").first.click()
    seen.page.wait_for_selector("[data-role=story]")
    for summary in seen.page.locator(".ls-inside summary").all():
        summary.click()
    seen.page.wait_for_selector("[data-role=resident-table] tbody tr")
    assert seen.barriers() == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    seen.picture(f"inside-{language}-{width}")
    assert (seen.errors, seen.outside) == ([], [])


@pytest.mark.slow
def test_everything_is_reached_by_the_keyboard(visit: Any) -> None:
    seen = visit(TOY + "&week=80&who=3")
    reached = set()
    seen.page.focus("[data-role=side]")
    for _ in range(60):
        seen.page.keyboard.press("Tab")
        reached.add(seen.page.evaluate(
            "(e => e.dataset.role || e.dataset.action || (e.dataset.project && 'box')"
            " || e.tagName.toLowerCase())(document.activeElement)"))
    assert reached >= {"run-seed", "play", "back", "forward", "week", "box", "summary", "project",
                       "colour", "resident"}
