"""The first tab in a real browser: what a person does, and what they then see."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from .conftest import Visit, serving

# Shared machines are slow; what a person would wait for is measured elsewhere.
expect.set_options(timeout=30_000)
LATENCY = "input[type=range][name='policy.approval.fixed_latency_days']"


def test_a_page_opens_without_error_and_asks_nobody_outside(visit: Any) -> None:
    seen = visit()
    assert "paired worlds" in seen.wait_for_pairs()
    seen.picture("compare-en")
    assert seen.page.evaluate("document.documentElement.lang") == "en"
    assert (seen.errors, seen.outside) == ([], [])


def test_a_key_on_a_slider_gives_another_number(visit: Any) -> None:
    seen = visit("?v=1&s=x_community")
    seen.wait_for_pairs()
    seen.page.focus(LATENCY)
    seen.page.keyboard.press("ArrowRight")
    expect(seen.page.locator("[data-lever='policy.approval.fixed_latency_days']")) \
        .to_have_class("ls-lever changed")
    seen.page.wait_for_function(
        "document.querySelector('tr[data-outcome=approval_days_mean]').cells[3].innerText"
        " === '31.0'", timeout=30_000)


@pytest.mark.slow
def test_fifteen_keys_in_a_burst_end_on_the_right_value(visit: Any) -> None:
    seen = visit("?v=1&s=x_community&policy.approval.fixed_latency_days=40")
    seen.wait_for_pairs()
    seen.page.focus(LATENCY)
    for _ in range(15):
        seen.page.keyboard.press("ArrowRight", delay=5)
    seen.page.wait_for_function(
        "document.querySelector('tr[data-outcome=approval_days_mean]').cells[3].innerText"
        " === '55.0'", timeout=30_000)
    assert seen.page.input_value(LATENCY) == "55"
    seen.page.wait_for_function("location.search.includes('fixed_latency_days=55')")


def test_back_is_undo_and_a_link_gives_the_same_numbers(visit: Any) -> None:
    seen = visit("?v=1&s=x_community&p=fast_approval&n=10")
    seen.wait_for_pairs(10)
    numbers, first = seen.outcome("demand_match"), seen.page.url
    seen.page.check("[data-preset=public_opinion]")
    seen.page.wait_for_function("location.search.includes('public_opinion')")
    seen.page.go_back()
    expect(seen.page.locator("[data-preset=public_opinion]")).not_to_be_checked()
    other = visit("?" + first.partition("?")[2])
    other.wait_for_pairs(10)
    assert other.outcome("demand_match") == numbers


def test_two_users_do_not_see_each_other(visit: Any) -> None:
    one, other = visit("?v=1&s=toy"), visit("?v=1&s=toy")
    one.page.check("[data-preset=full_reform]")
    one.page.wait_for_function("location.search.includes('full_reform')")
    expect(other.page.locator("[data-preset=full_reform]")).not_to_be_checked()


@pytest.mark.slow
@pytest.mark.parametrize("width", [1400, 390])
def test_a_switch_to_chinese_keeps_what_was_chosen(visit: Any, width: int) -> None:
    seen = visit("?v=1&s=x_community&p=full_reform", width)
    seen.page.click("[data-language=zh]")
    expect(seen.page.locator("h1")).to_contain_text("社区")
    expect(seen.page.locator("[data-preset=full_reform]")).to_be_checked()
    assert seen.page.evaluate("document.documentElement.lang") == "zh-CN"
    seen.wait_for_pairs()
    expect(seen.page.locator("[data-role=sentence]")).to_contain_text("配对模拟")
    wide = seen.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    seen.picture(f"compare-zh-{width}")
    assert seen.errors == []


@pytest.mark.slow
def test_cancel_stops_and_go_on_goes_on(visit: Any) -> None:
    seen = visit("?v=1&s=x_community&n=200&seed=5000")
    seen.wait_for_pairs()
    seen.page.click("[data-action=cancel]")
    seen.page.click("[data-action=resume]", timeout=10_000)
    seen.page.wait_for_selector("[data-action=cancel]", timeout=10_000)
    seen.page.click("[data-action=cancel]")


def test_reset_all_brings_today_back(visit: Any) -> None:
    seen = visit("?v=1&s=toy&p=full_reform&policy.proposal.activists=10")
    seen.page.click("[data-action=reset-all]")
    expect(seen.page.locator("[data-role=sentence]")).to_contain_text("the same")
    expect(seen.page.locator(".ls-lever.changed")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "start"), [
    ("csv", b"\xef\xbb\xbf"), ("summary", b"\xef\xbb\xbf"), ("svg", b"<svg"),
    ("png", b"\x89PNG"), ("toml", b"title"), ("report", b"<!"),
])
def test_a_file_can_be_taken_away(visit: Any, kind: str, start: bytes) -> None:
    seen = visit("?v=1&s=toy&p=full_reform&n=10&lang=zh")
    seen.wait_for_pairs(10)
    with seen.page.expect_download(timeout=60_000) as download:
        seen.page.click(f"[data-download={kind}]")
    assert Path(download.value.path()).read_bytes().startswith(start)


@pytest.mark.slow
def test_what_cannot_be_used_stays_where_it_can_be_mended(visit: Any) -> None:
    seen = visit("?v=1&s=toy&lang=zh")
    seen.wait_for_pairs()
    field = seen.page.locator("input[name='world.residents']")
    for wrong in ("0", "50000"):
        field.fill(wrong)
        field.press("Enter")
        expect(seen.page.locator("[role=alert] li").first).to_contain_text("居民总数")
        expect(field).to_have_value(wrong)
        expect(seen.page.locator("[data-action=resume]")).to_have_count(0)
    field.fill("14")
    field.press("Enter")
    expect(seen.page.locator("[role=alert]")).to_have_count(0)
    lever = seen.page.locator("[data-lever='policy.proposal.activists'] input[type=number]")
    lever.fill("-5")
    lever.press("Enter")
    expect(seen.page.locator("[role=alert] li").first).to_contain_text("activists")
    expect(lever).to_have_value("-5")
    seen.page.click("[data-reset='policy.proposal.activists']")
    expect(seen.page.locator("[role=alert]")).to_have_count(0)
    assert seen.errors == []


@pytest.mark.slow
def test_a_place_too_large_to_run_here_is_a_message_with_its_fields(browser: Any) -> None:
    with serving("xian", "toy") as (address, _):
        seen = Visit(browser, f"{address}?v=1&s=xian", ready="[role=alert] li")
        expect(seen.page.locator("[role=alert] li").first).to_contain_text("12,950,000")
        expect(seen.page.locator("input[name='world.residents']")).to_have_value("12950000")
        seen.page.select_option("[data-role=place]", "toy")
        seen.wait_for_pairs()
        assert seen.errors == []
        seen.close()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_picture_that_is_taken_away_says_what_it_shows(visit: Any, language: str) -> None:
    seen = visit(f"?v=1&s=toy&p=full_reform&n=10&lang={language}")
    seen.wait_for_pairs(10)
    with seen.page.expect_download() as download:
        seen.page.click("[data-download=svg]")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    for words in {"en": ("Full reform", "10 worlds", "model version", "Filled"),
                  "zh": ("四项改革", "10 个模拟世界", "模型版本", "实心")}[language]:
        assert words in text
    ElementTree.fromstring(text)


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 800])
def test_below_the_end_of_a_narrow_page_there_is_nothing(visit: Any, width: int) -> None:
    seen = visit("?v=1&s=toy&p=full_reform&n=10", width)
    seen.wait_for_pairs(10)
    tall, end = seen.page.evaluate("""() => [
      Math.max(...[...document.querySelectorAll('*')].map(e => e.scrollHeight)),
      document.querySelector('.ls-page').getBoundingClientRect().bottom
        + Math.max(document.scrollingElement.scrollTop, 0)]""")
    assert tall < end + 400
    names = seen.page.locator("table[data-role=table] th[scope=row]").all()
    assert min(name.bounding_box()["width"] for name in names) > 100


def test_a_broken_link_is_a_message_and_the_page_works(visit: Any) -> None:
    seen = visit("?v=1&policy.approval.fixed_latency_days=NaN&n=x&world.residents=99999999")
    seen.page.wait_for_selector("[role=alert] li")
    assert "fixed_latency_days" in seen.page.inner_text("[role=alert]")
    assert seen.errors == []


@pytest.mark.slow
@pytest.mark.parametrize(("data", "told"), [
    (b"\xef\xbb\xbf[policy.approval]\nfixed_latency_days = 20\n", ""),
    ("[policy]\n# 审批\n".encode("gbk"), "GB"),
    (b"[policy.approval]\nfixed_latency_days = nan\n", "fixed_latency_days"),
    (b"[run]\nplugins = ['os']\n", "run.plugins"),
    (b"not toml at all", "x.toml:1"),
    (b"#" * 1_100_000, "1,000,000"),
])
def test_an_uploaded_scenario_is_checked(visit: Any, data: bytes, told: str) -> None:
    seen = visit("?v=1&s=toy")
    seen.page.set_input_files(
        "[data-role=upload]", {"name": "<b>x.toml", "mimeType": "text/plain", "buffer": data})
    if told:
        seen.page.wait_for_selector("[role=alert] li")
        assert told in seen.page.inner_text("[role=alert]")
    else:
        seen.page.wait_for_function("location.search.includes('fixed_latency_days=20')")


PEOPLE = "id,age,household,building\n" + "".join(
    f"{n},{n},{n // 2},{n // 8}\n" for n in range(1, 41))


@pytest.mark.slow
def test_an_uploaded_register_is_used_and_can_be_taken_out(visit: Any) -> None:
    seen = visit("?v=1&s=toy&p=full_reform&n=10")
    # A name that looks like a tag is shown as it is.
    seen.page.set_input_files("[data-role=upload-register]", {
        "name": "<i>people.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()})
    expect(seen.page.locator("[data-role=register]")).to_contain_text("<i>people.csv, 40 residents")
    expect(seen.page.locator("input[name='world.residents']")).to_have_value("40")
    seen.wait_for_pairs(10)
    seen.page.wait_for_function("location.search.includes('register=')")
    link = seen.page.url.partition("?")[2]
    assert "people" not in link
    seen.page.click("[data-language=zh]")
    expect(seen.page.locator("[data-role=register]")).to_contain_text("40 名居民")
    stranger = visit("?" + link)
    expect(stranger.page.locator("[role=alert] li")).to_contain_text("Open a register")
    seen.page.click("[data-action=forget-register]")
    expect(seen.page.locator("[data-role=register]")).to_have_count(0)
    seen.page.wait_for_function("!location.search.includes('register=')")
    seen.page.go_back()
    expect(seen.page.locator("[data-role=register]")).to_contain_text("40 名居民")
    assert (seen.errors, stranger.errors) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize(("data", "told"), [
    (PEOPLE.replace("age", "years", 1).encode(), "people.csv:1"),
    (PEOPLE.replace("building", "居民楼栋").encode("gbk"), "GBK"), (b"1" * 1_100_000, "1,000,000"),
])
def test_a_bad_register_is_a_message_and_the_page_stays(
    visit: Any, data: bytes, told: str
) -> None:
    seen = visit("?v=1&s=toy&lang=zh")
    seen.page.set_input_files("[data-role=upload-register]", {
        "name": "people.csv", "mimeType": "text/csv", "buffer": data})
    expect(seen.page.locator("[role=alert] li").first).to_contain_text(told)
    expect(seen.page.locator("[data-role=register]")).to_have_count(0)
    assert seen.errors == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_nothing_serious(visit: Any, language: str) -> None:
    seen = visit(f"?v=1&s=toy&p=full_reform&lang={language}")
    seen.wait_for_pairs()
    assert seen.barriers() == []
