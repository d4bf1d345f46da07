"""My work and the notices, as people find them on the page (SLA-07)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from core.models import Delivery
from orders import events as e
from organization.models import Delegation
from sla import work
from sla.models import RunningClock
from sla.sweep import sweep
from tests.personas import MONDAY_9AM
from tests.sla.conftest import at

pytestmark = pytest.mark.django_db


def order_of(text: str, *words: str) -> list[str]:
    """The words in the order in which the page says them."""
    return sorted((word for word in words if word in text), key=text.index)


@pytest.mark.req("SLA-07")
def test_a_clerk_sees_what_waits_for_her_most_urgent_first(now, login, clerk_zhou, order, register):
    late = register(at("11-20 09:00"))  # answered should have been on Friday
    now(at("11-23 10:00"))
    page = login(clerk_zhou).get("/")
    text = page.content.decode()
    assert [band["title"] for band in page.context["bands"]] == ["现在", "今天", "即将到来"]
    assert order_of(text, f'href="/orders/{late.number}/do/answer_order/"', f'href="/orders/{order.number}/do/answer_order/"') == [
        f'href="/orders/{late.number}/do/answer_order/"',
        f'href="/orders/{order.number}/do/answer_order/"',
    ]
    assert [figure["value"] for figure in page.context["figures"]] == [2, 0, 1, 4]  # both of Friday's are late
    due = [row["clock"].due_at for band in page.context["bands"] for row in band["rows"]]
    assert due == sorted(due)
    assert len(re.findall("data-clock", text)) == 4
    assert reverse("orders:new") in text


@pytest.mark.req("SLA-07")
def test_what_is_done_is_gone_at_once(now, login, clerk_zhou, order, happens):
    happens(e.OrderWasAnswered, at("11-23 10:00"), note="ok")
    rows = [row for band in login(clerk_zhou).get("/").context["bands"] for row in band["rows"]]
    assert [row["act"]["url"] for row in rows] == [f"/orders/{order.number}/do/start_review/"]


@pytest.mark.req("SLA-07")
def test_a_head_switches_to_what_waits_for_the_department(now, login, sales_head_gu, clerk_zhou, order):
    browser = login(sales_head_gu)
    assert order.number not in str(browser.get("/").context["bands"])
    assert order.number in str(browser.get("/?of=department").context["bands"])
    assert "?of=department" not in login(clerk_zhou).get("/").content.decode()
    assert len(login(clerk_zhou).get("/?of=department").context["bands"]) == len(login(clerk_zhou).get("/").context["bands"])


@pytest.mark.req("SLA-07")
def test_a_head_of_another_company_does_not_see_it(now, manager_fang, sales_manager_jiang, group_manager_lin, order):
    def seen(head):
        return work.waiting(head, MONDAY_9AM, department=True).filter(order_id=order.pk).count()

    assert (seen(manager_fang), seen(sales_manager_jiang), seen(group_manager_lin)) == (0, 2, 2)


@pytest.mark.req("SLA-07", "ORG-03")
def test_who_stands_in_for_her_sees_her_work(now, login, clerk_zhou, clerk_lin, order):
    assert not login(clerk_lin).get("/").context["bands"]
    Delegation.objects.create(post=order.clerk_post, to_id=clerk_lin.person_id, starts=MONDAY_9AM, ends=at("11-27 17:00"))
    assert order.number in str(login(clerk_lin).get("/").context["bands"])


@pytest.mark.req("SLA-07")
def test_she_sees_what_her_orders_wait_for_from_others_and_from_whom(now, login, clerk_zhou, order, happens):
    happens(e.RefusalWasAsked, MONDAY_9AM, reason="x")
    others = login(clerk_zhou).get("/").context["others"]
    assert [(task["number"], task["who"]) for task in others] == [(order.number, "总经理")]
    RunningClock.objects.filter(name="refusal_decision").update(post_id=order.salesperson_post_id)
    assert login(clerk_zhou).get("/").context["others"][0]["who"] == order.salesperson_post.holder.name


@pytest.mark.req("SLA-07")
def test_a_clock_that_opens_in_a_month_does_not_wait_yet(now, clerk_zhou, order):
    RunningClock.objects.filter(name="order_handling").update(opens_at=MONDAY_9AM + timedelta(days=12))
    assert [c.name for c in work.waiting(clerk_zhou, MONDAY_9AM)] == ["order_confirmation"]
    assert [c.name for c in work.waiting(clerk_zhou, MONDAY_9AM + timedelta(days=12))] == ["order_confirmation", "order_handling"]


def test_an_empty_list_says_so(now, login, clerk_lin):
    text = login(clerk_lin).get("/").content.decode()
    assert "没有等您办的事" in text
    assert "等别人的" not in text


def test_figures_count_all_though_not_all_are_shown(now, login, clerk_zhou, register, monkeypatch):
    for _ in range(3):
        register()
    monkeypatch.setattr(work, "SHOWN", 4)
    page = login(clerk_zhou).get("/")
    assert (page.context["figures"][3]["value"], page.context["hidden"]) == (6, 2)
    assert sum(len(band["rows"]) for band in page.context["bands"]) == 4


def test_the_page_asks_as_little_with_thirty_tasks_as_with_two(now, login, clerk_zhou, register, django_assert_max_num_queries):
    register()
    browser = login(clerk_zhou)
    browser.get("/")
    with django_assert_max_num_queries(100) as few:
        browser.get("/")
    for _ in range(14):
        register()
    with django_assert_max_num_queries(len(few)):
        browser.get("/")
    assert len(few) <= 24


class TestNotices:
    @pytest.mark.req("SLA-03")
    def test_the_head_reads_what_is_overdue_and_where(self, now, login, sales_head_gu, order):
        now(at("11-23 14:30"))
        sweep(at("11-23 14:30"))
        text = login(sales_head_gu).get(reverse("sla:notices")).content.decode()
        assert order.number in text
        assert "已超时" in text
        assert "回复订单" in text or "答复" in text

    def test_words_follow_the_reader(self, now, login, sales_head_gu, order):
        sweep(at("11-23 14:30"))
        browser = login(sales_head_gu)
        browser.cookies["django_language"] = "en"
        text = browser.get(reverse("sla:notices")).content.decode()
        assert "Answer the order" in text
        assert "is overdue" in text

    def test_reading_marks_what_was_shown_and_not_what_came_since(self, now, login, sales_head_gu, register):
        register()
        sweep(at("11-23 14:30"))
        browser, unread = login(sales_head_gu), Delivery.objects.filter(person_id=sales_head_gu.person_id, read_at=None)
        newest = browser.get(reverse("sla:notices")).context["newest"]
        register()
        sweep(at("11-23 14:40"))
        assert unread.count() == 2
        browser.post(reverse("sla:read_notices"), {"newest": newest})
        assert unread.count() == 1
        browser.post(reverse("sla:read_notices"), {"newest": "nonsense"})
        assert unread.count() == 0

    def test_nobody_reads_anothers(self, now, login, sales_head_gu, clerk_lin, order):
        sweep(at("11-23 14:30"))
        browser = login(clerk_lin)
        assert order.number not in browser.get(reverse("sla:notices")).content.decode()
        browser.post(reverse("sla:read_notices"))
        assert Delivery.objects.filter(person_id=sales_head_gu.person_id, read_at=None).exists()

    def test_a_notice_of_another_kind_shows_its_own_text(self, now, login, clerk_lin):
        Delivery.objects.create(key="x-1", channel="page", person_id=clerk_lin.person_id, title="盘点", body="周五盘点", at=MONDAY_9AM)
        text = login(clerk_lin).get(reverse("sla:notices")).content.decode()
        assert "盘点" in text
        assert "周五盘点" in text
