"""Notices come to the page that is open, without reload (SLA-09)."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from core.models import Delivery
from orders import events as e
from sla.sweep import sweep
from tests.personas import MONDAY_9AM
from tests.sla.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-09")]
HTMX = {"headers": {"HX-Request": "true"}}


def asks(text: str) -> str:
    """The address that a page asks for news, as it stands in it."""
    return re.search(r'hx-get="(/notices/new/[^"]*)"', text)[1].replace("&amp;", "&")


@pytest.fixture
def page(now, login, sales_head_gu, order):
    """The head's page, opened at nine: `page()` asks as it does every few seconds."""
    browser = login(sales_head_gu)
    known = asks(browser.get("/").content.decode())

    def ask(address=known):
        return browser.get(address, **HTMX)

    ask.browser = browser
    return ask


def test_a_breach_comes_up_with_words_and_the_act_and_the_bell_counts_it(page, order):
    assert page().status_code == 204
    sweep(at("11-23 14:00"))
    text = page().content.decode()
    assert f"{order.number}：答复订单已超时" in text
    assert "办理" in text
    assert re.search(r'id="live"[^>]*hx-swap-oob="true".*<i aria-hidden="true">1</i>', text)


def test_who_opens_it_has_read_it_and_stands_before_the_act(page, order):
    sweep(at("11-23 14:00"))
    text = page().content.decode()
    opened = page.browser.post(reverse("sla:read_notices"), {"open": re.search(r'name="open" value="(\d+)"', text)[1]})
    assert opened["Location"] == f"/orders/{order.number}/do/answer_order/"
    assert "<i aria" not in page(asks(text)).content.decode()


def test_it_comes_up_once_and_then_the_page_asks_on_from_there(page, order, register):
    sweep(at("11-23 14:00"))
    on = asks(page().content.decode())
    assert page(on).status_code == 204
    later = register(at("11-23 14:00"))
    sweep(at("11-24 10:00"))
    again = page(on).content.decode()
    assert f"{later.number}：答复订单已超时" in again
    assert f"{order.number}：答复订单" not in again


def test_read_in_another_window_the_bell_goes_down_and_nothing_comes_up(page):
    sweep(at("11-23 14:00"))
    on = asks(page().content.decode())
    page.browser.post(reverse("sla:read_notices"))
    text = page(on).content.decode()
    assert 'class="note' not in text
    assert "<i aria" not in text
    assert page(asks(text)).status_code == 204


def test_of_a_storm_three_come_up_and_one_line_for_the_rest(page, register):
    for _ in range(7):
        register()
    sweep(at("11-23 14:00"))
    text = page().content.decode()
    assert text.count("已超时") == 3
    assert "还有 5 条新通知" in text


def test_what_is_done_meanwhile_is_told_without_the_act(page, happens):
    sweep(at("11-23 14:00"))
    happens(e.OrderWasAnswered, at("11-23 14:05"), note="ok")
    text = page().content.decode()
    assert "答复订单曾超时，现已完成" in text
    assert "办理" not in text
    assert "查看" in text


def test_asking_writes_nothing_and_costs_little(page, django_assert_num_queries):
    sweep(at("11-23 14:00"))
    on = asks(page().content.decode())
    sessions = list(Session.objects.values_list("session_key", "expire_date"))
    with django_assert_num_queries(5) as asked:  # session, person, posts, stand-ins, and the one figure
        page(on)
    assert not [q["sql"] for q in asked.captured_queries if not q["sql"].startswith("SELECT")]
    assert list(Session.objects.values_list("session_key", "expire_date")) == sessions, "an open page keeps nobody logged in for ever"


def test_after_the_log_in_has_ended_the_page_is_told_and_asks_no_more(page):
    page.browser.logout()
    answer = page()
    assert (answer.status_code, answer["HX-Retarget"]) == (286, "#news"), "286: htmx asks no more"
    assert "您已退出登录" in answer.content.decode()
    assert page.browser.get(reverse("sla:new_notices")).status_code == 302


def test_nobody_is_told_anothers(page, login, clerk_lin):
    sweep(at("11-23 14:00"))
    assert login(clerk_lin).get(reverse("sla:new_notices") + "?after=0&n=0").status_code == 204


@pytest.mark.parametrize("given", ["", "?after=x&n=y", "?after=-1", f"?after={'9' * 40}"])
def test_a_broken_address_answers_with_the_bell(page, given):
    assert 'id="live"' in page(reverse("sla:new_notices") + given).content.decode()


def test_a_notice_in_words_of_its_own_comes_with_its_link(page, sales_head_gu):
    given = Delivery.objects.create(
        key="x-1", channel="page", person_id=sales_head_gu.person_id, title="货物损坏", body="SH1", url="/x/", at=MONDAY_9AM
    )
    assert "货物损坏 SH1" in page().content.decode()
    assert page.browser.post(reverse("sla:read_notices"), {"open": given.pk})["Location"] == "/x/"
