"""The screen on the wall: it fetches its data by itself, says when none comes, and shows nothing once its link is taken back (KPI-02)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.actor import SYSTEM
from demo.management.commands.load_demo import PASSWORD, let_in
from organization.models import Company
from reports.board.links import issue_link, revoke_link
from reports.board.models import BoardLink, BoardSettings
from tests.browser.pages import StoryClock
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.req("KPI-02")]
RUNS_OUT = "() => [...document.querySelectorAll('.card, .wpage')].filter(e => e.scrollHeight > e.clientHeight + 1).map(e => e.className)"


@pytest.fixture
def screen(story: StoryClock, live_server: Any, masters_again: None, browser: Browser, browser_context_args: dict[str, Any]) -> Page:
    """A screen of the switchgear company's hall. Its clock is ours, so that half a minute passes at once."""
    company = Company.objects.get(code="KG")
    ends = MONDAY_9AM + timedelta(days=365)
    _link, address = issue_link(company=company, place="大厅", language="zh-hans", expires_at=ends, by=SYSTEM, at=MONDAY_9AM)
    page = browse(browser, live_server.url, browser_context_args)
    page.goto("/wall/" + address.rpartition("/")[2])
    return page


def browse(browser: Browser, url: str, args: dict[str, Any]) -> Page:
    page = browser.new_context(**args, viewport={"width": 1920, "height": 1080}, base_url=url).new_page()
    page.clock.install()
    return page


def half_a_minute(page: Page) -> None:
    page.clock.run_for(31_000)


def test_it_brings_its_data_up_to_date_by_itself(screen: Page):
    expect(screen.get_by_role("heading", level=1)).to_have_text("嘉域开关有限公司 · 订单看板")
    assert screen.evaluate(RUNS_OUT) == []
    BoardSettings.objects.create(company=Company.objects.get(code="KG"), announcement="今晚加班")
    half_a_minute(screen)
    expect(screen.get_by_text("今晚加班")).to_be_visible()
    expect(screen.locator(".whead")).not_to_have_class("whead stale")


def test_a_frozen_screen_says_so_and_recovers(screen: Page):
    fresh = screen.get_by_role("status")
    expect(fresh).to_contain_text("数据 09:00")
    screen.context.set_offline(True)
    half_a_minute(screen)
    expect(fresh).to_contain_text("数据未更新，停在 09:00")
    screen.context.set_offline(False)
    half_a_minute(screen)
    expect(fresh).to_contain_text("数据 09:00")


def test_a_screen_taken_back_shows_nothing_any_more(screen: Page):
    expect(screen.get_by_role("heading", level=1)).to_have_text("嘉域开关有限公司 · 订单看板")
    revoke_link(link=BoardLink.objects.get(), by=SYSTEM, at=MONDAY_9AM)
    half_a_minute(screen)
    expect(screen.get_by_role("heading", level=1)).to_have_text("看板未开放")


def test_whose_log_in_has_ended_is_led_to_the_log_in(
    story: StoryClock, live_server: Any, masters_again: None, browser: Browser, browser_context_args: dict[str, Any]
):
    let_in()
    page = browse(browser, live_server.url, browser_context_args)
    page.goto("/board/")
    page.locator("[name=username]").fill("fangzhiyuan")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page.locator(".whead")).to_contain_text("嘉域开关有限公司")
    page.wait_for_load_state()  # its scripts
    page.context.clear_cookies()
    half_a_minute(page)
    page.wait_for_url("**/login/?next=/board/KG/")


def test_a_new_day_begins_with_a_new_page(screen: Page, story: StoryClock):
    screen.evaluate("window.yesterday = true")
    shown = screen.locator("#board")
    first = shown.get_attribute("data-at") or ""
    half_a_minute(screen)
    expect(shown).not_to_have_attribute("data-at", first)
    assert screen.evaluate("window.yesterday") is True
    story.leap_to(MONDAY_9AM + timedelta(days=1))
    half_a_minute(screen)
    expect(screen.locator(".wnow")).to_contain_text("11-24")
    assert screen.evaluate("window.yesterday") is None
