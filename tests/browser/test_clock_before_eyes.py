"""A clock of some seconds warns, breaches and escalates before the eyes of those who have their pages open; nobody reloads anything.

In this story every time runs ten times as fast, the product's, the beat's and the browsers': two minutes take twelve seconds, and pages ask
for news every two. Rule, fact, sweep and pages are the real ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from orders.models import Order
from sla import tasks
from sla.models import RunningClock, Step
from tests.browser.pages import Desk, Office, StoryClock
from tests.browser.steps import nothing_dangles, registered
from tests.personas import MONDAY_9AM

# The beat's sweep and the pages work at the same time, each in transactions of its own.
pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PACE, SECONDS = 10, 90_000  # SECONDS: how long a page is waited for, in ms; on a quiet machine each comes within a few
FAST = f"""{{
const from = Date.now(), now = Date.now, later = setTimeout, again = setInterval;
Date.now = () => from + (now() - from) * {PACE};
window.setTimeout = (call, ms = 0, ...rest) => later(call, ms / {PACE}, ...rest);
window.setInterval = (call, ms, ...rest) => again(call, ms / {PACE}, ...rest);
}}"""


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> StoryClock:
    clock = StoryClock(MONDAY_9AM, PACE)
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@contextmanager
def beat() -> Iterator[None]:
    """Wakes the sweep every second, in a thread of its own, as the worker does."""
    over = Event()

    def ticks() -> None:
        while not over.wait(1):
            tasks.sweep()
        connection.close()

    ticking = Thread(target=ticks)
    ticking.start()
    try:
        yield
    finally:
        over.set()
        ticking.join()


@pytest.mark.req("SLA-02", "SLA-03", "SLA-07", "SLA-09")
def test_those_who_look_at_their_pages_see_the_time_run_out(office: Office) -> None:
    office.scripts.append(FAST)
    set_the_limit(office.as_person("gaoxiangyu"))
    clerk, head, manager = (watching(office.as_person(name)) for name in ("zhoumin", "gujianguo", "jiangzhigang"))

    with beat():
        desk = Desk(office, "zhoumin", clerk.context.new_page())  # a second window of the same person
        number = registered(desk, "合肥徽电", [("GGD", "标准配置", 2)], wanted="2026-12-30")
        task = clerk.locator("main .task", has_text=number).filter(has_text="答复订单")  # comes by itself
        chip = task.locator(".clk")

        told(clerk, number, "即将到期")
        expect(chip).to_have_class(re.compile(r"\bwarn\b|\bover\b"), timeout=SECONDS)
        told(head, number, "已超时")
        expect(chip).to_have_class(re.compile(r"\bover\b"), timeout=SECONDS)
        told(manager, number, "仍超时")

    for page in (clerk, head, manager):
        assert page.evaluate("window.untouched"), "nobody has reloaded anything"
    each_was_told_once(number)
    head.locator("#news button", has_text="办理").click()
    expect(head.locator("main")).to_contain_text(number)
    desk.order(number).act("答复客户", 答复客户的内容="两台，12 月 30 日前交货。")
    expect(task).to_have_count(0, timeout=SECONDS)
    nothing_dangles()


def set_the_limit(gao: Desk) -> None:
    """Two minutes for the answer, a warning after one; at the breach the clerk's head hears of it, then the general manager."""
    page = gao.go("/admin/sla/clockrule/?q=order_confirmation").page
    page.get_by_role("link", name="答复订单").click()
    page.locator("#id_unit").select_option("wall_minutes")
    page.locator("#id_amount").fill("2")
    page.locator("#id_warn_percent").fill("50")
    page.locator("#id_chain_0").select_option("head:clerk")
    page.locator("#id_chain_1").select_option("general_manager@sales")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def watching(desk: Desk) -> Page:
    """Their page of work, as it stands open on their desk."""
    page = desk.go("/").page
    expect(page.locator("#bell i")).to_have_count(0)
    page.evaluate("window.untouched = true")
    return page


def told(page: Page, number: str, step: str) -> None:
    """The sentence comes up beside the bell, and the bell counts it."""
    news = page.locator("#news .note").filter(has_text="答复订单").filter(has_text=number)
    expect(news).to_have_count(1, timeout=SECONDS)
    expect(news).to_contain_text(step)
    expect(page.locator("#bell i")).to_have_text("1")


def each_was_told_once(number: str) -> None:
    clock = RunningClock.objects.get(name="order_confirmation", order_id=Order.objects.get(number=number).pk)
    names = {"zhoumin": "warned", "gujianguo": "breached", "jiangzhigang": "escalated 1"}
    assert list(Step.objects.filter(clock=clock).order_by("pk").values_list("name", flat=True)) == list(names.values())
