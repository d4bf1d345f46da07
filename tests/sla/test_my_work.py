"""My work and the notices, as people find them on the page (SLA-07)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from core.models import Delivery
from orders import events as e
from orders.models import Order
from organization.models import Delegation
from sla import work
from sla.causes import explain_lateness
from sla.models import Pause, RunningClock
from sla.pausing import pause_clock
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
    figures = page.context["figures"]
    assert [figure["value"] for figure in figures] == [2, 1, 0, 4, 2, "0.0%"], "overdue, today, standing still, all, my orders, on time"
    assert (figures[0]["base"], figures[5]["base"]) == (
        "最久 2 天 20 小时",
        "0 / 2 · 2 项超时，请说明原因",
    )  # both of Friday's are late; the days off count for the age
    due = [row["clock"].due_at for band in page.context["bands"] for row in band["rows"]]
    assert due == sorted(due)
    assert len(re.findall("data-clock", text)) == 4
    assert reverse("orders:new") in text


@pytest.mark.req("SLA-07")
def test_what_is_done_is_gone_at_once(now, login, clerk_zhou, order, happens):
    happens(e.OrderWasAnswered, at("11-23 10:00"), note="ok")
    rows = [row for band in login(clerk_zhou).get("/").context["bands"] for row in band["rows"]]
    assert [row["pk"] for row in rows] == [RunningClock.objects.get(name="order_handling").pk]


@pytest.mark.req("SLA-07")
def test_what_another_step_comes_before_leads_to_the_thing_and_not_to_a_closed_page(now, login, clerk_zhou, order):
    def way():
        rows = [row for band in login(clerk_zhou).get("/").context["bands"] for row in band["rows"]]
        return [row["act"]["url"] for row in rows if row["pk"] == RunningClock.objects.get(name="order_handling").pk]

    assert way() == [f"/orders/{order.number}/"], "no review of what is not confirmed"
    QuerySet(Order).filter(pk=order.pk).update(state="confirmed")
    assert way() == [f"/orders/{order.number}/do/start_review/"]


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


@pytest.mark.req("SLA-07")
def test_who_was_led_to_a_step_that_is_closed_finds_those_that_are_open(now, login, clerk_zhou, order):
    page = login(clerk_zhou).get(f"/orders/{order.number}/do/start_review/")
    ways = [offer.url for offer in page.context["instead_open"]]
    assert f"/orders/{order.number}/do/answer_order/" in ways
    assert f"/orders/{order.number}/edit/" in ways
    text = page.content.decode()
    assert all(f'href="{way}"' in text for way in ways)
    assert f"前往 {order.number} 查看各步骤" in text
    assert "instead_open" not in login(clerk_zhou).get(ways[0]).context, "an open step needs no other"


def test_a_due_time_of_another_year_says_the_year(now, login, clerk_zhou, order):
    RunningClock.objects.filter(name="order_handling").update(due_at=at("11-23 10:00").replace(year=2027, month=1, day=18))
    assert "2027-01-18 10:00 前" in login(clerk_zhou).get("/").content.decode()


def test_an_empty_list_says_so(now, login, clerk_lin):
    text = login(clerk_lin).get("/").content.decode()
    assert "没有等您办的事" in text
    assert "等别人的" not in text


def test_figures_count_all_though_not_all_are_shown(now, login, clerk_zhou, register, monkeypatch):
    for _ in range(3):
        register()
    monkeypatch.setattr(work, "SHOWN", 4)
    page = login(clerk_zhou).get("/")
    assert (page.context["counts"]["all"], page.context["hidden"]) == (6, 2)
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


@pytest.mark.req("SLA-06", "SLA-07")
def test_what_stands_still_comes_last_with_its_reason_and_without_its_old_due_time(now, login, clerk_zhou, order):
    clock = RunningClock.objects.get(name="order_confirmation")
    RunningClock.objects.filter(pk=clock.pk).update(paused_at=MONDAY_9AM, next_at=None)
    Pause.objects.create(clock=clock, reason="客户出差，周五回复", by_name="周敏", started_at=MONDAY_9AM)
    now(at("11-25 09:00"))  # long after it would have been due
    browser = login(clerk_zhou)
    page = browser.get("/")
    text, band = page.content.decode(), page.context["bands"][-1]
    assert (str(band["title"]), [row["pk"] for row in band["rows"]]) == ("已暂停", [clock.pk])
    assert "客户出差，周五回复" in text
    assert "已暂停 2 天" in text
    assert "自 11-23 09:00 起" in text
    assert reverse("sla:clock_act", args=[clock.pk, "resume"]) in text, "it goes on from here"
    assert (page.context["counts"]["late"], page.context["counts"]["still"]) == (1, 1), "the other one is late, this one is not"
    old = f"{localtime(clock.due_at):%H:%M}"
    for address in ("/", clock.get_absolute_url(), f"/orders/{order.number}/"):
        page = browser.get(address).content.decode()
        assert f"{old} 前" not in page
        assert f'datetime="{localtime(clock.due_at).isoformat()}' not in page, address


@pytest.mark.req("SLA-07")
def test_of_a_long_reason_its_beginning_stands_on_the_lists_and_the_whole_with_the_clock(now, login, clerk_zhou, happens):
    happens(e.NegotiationWasOpened, MONDAY_9AM, review_id=1, earliest_date=None)
    clock, reason = RunningClock.objects.get(name="negotiation_answer"), "客户出差，" * 30
    pause_clock(clock=clock, reason=reason, by=clerk_zhou, at=MONDAY_9AM)
    browser = login(clerk_zhou)
    text = browser.get("/").content.decode()
    assert reason not in text
    assert text.count("客户出差，客户出差") < 50, "in the row and in what just happened: a hundred characters of each"
    assert reason in browser.get(clock.get_absolute_url()).content.decode()


@pytest.mark.req("SLA-07")
def test_the_list_is_drawn_anew_by_itself_and_nothing_is_written(now, login, clerk_zhou, order):
    browser = login(clerk_zhou)
    page = browser.get("/").content.decode()
    assert 'hx-get="/" hx-trigger="every 60s"' in page
    with CaptureQueriesContext(connection) as asked:
        part = browser.get("/", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert order.number in part.content.decode()
    assert "HX-Request" in part["Vary"]
    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []
    names = re.findall(r'id="((?:clock|thing|act)-\d+)"', part.content.decode())
    assert names, "links have names: the focus stays on them"
    assert len(names) == len(set(names))


def test_after_the_session_has_ended_the_list_is_not_replaced_by_the_log_in_page(client):
    answer = client.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (286, "#news"), "it is told in its place, and asks no more"
    assert client.get("/").status_code == 302


def test_the_week_shows_how_much_falls_due_each_day(now, login, clerk_zhou, order, many):
    many(3, every=timedelta(days=1))
    page = login(clerk_zhou).get("/")
    assert [day["value"] for day in page.context["week"]] == [1, 1, 1, 0, 0, 0, 0]
    assert str(page.context["week"][0]["label"]) == "今天"
    assert login(clerk_zhou).get(page.context["week"][1]["url"]).context["heading"].startswith("2026-11-24")
    RunningClock.objects.all().delete()
    assert login(clerk_zhou).get("/").context["week"] == []


@pytest.mark.req("SLA-07")
def test_the_month_counts_what_was_due_in_it_and_is_done_or_overdue(now, clerk_zhou, clerk_lin, login, many):
    many(6)
    pks = list(RunningClock.objects.order_by("pk").values_list("pk", flat=True))
    due = at("11-20 10:00")
    RunningClock.objects.update(due_at=due)
    RunningClock.objects.filter(pk=pks[0]).update(stopped_at=at("11-20 09:00"))
    RunningClock.objects.filter(pk=pks[1]).update(stopped_at=at("11-20 11:00"), breached_at=due)
    RunningClock.objects.filter(pk=pks[2]).update(cancelled_at=at("11-20 09:00"))
    RunningClock.objects.filter(pk=pks[3]).update(paused_at=at("11-20 09:00"))
    RunningClock.objects.filter(pk=pks[4]).update(due_at=at("10-30 10:00"), stopped_at=at("10-30 09:00"))
    assert work.on_time(clerk_zhou, MONDAY_9AM) == (1, 3), "in time; late; and one that is overdue"
    assert work.on_time(clerk_lin, MONDAY_9AM) == (0, 0)
    figure = login(clerk_zhou).get("/").context["figures"][-1]
    assert "2 项超时" in figure["base"]
    assert {row["thing"].pk for row in login(clerk_zhou).get(figure["url"]).context["rows"]} == set(pks) & {pks[1], pks[5]}


@pytest.mark.req("SLA-07", "SLA-08")
def test_what_she_has_explained_is_not_asked_of_her_again(now, clerk_zhou, clerk_lin, login, many):
    many(2)
    due = at("11-20 10:00")
    RunningClock.objects.update(due_at=due, stopped_at=at("11-20 11:00"), breached_at=due, met_by_id=clerk_zhou.person_id)
    first, second, *rest = RunningClock.objects.order_by("pk")
    RunningClock.objects.filter(pk__in=[row.pk for row in rest]).update(met_by_id=clerk_lin.person_id)
    explain_lateness(clock=first, cause="away", by=clerk_zhou, at=MONDAY_9AM)
    browser = login(clerk_zhou)
    figure = browser.get("/").context["figures"][-1]
    assert "1 项超时，请说明原因" in figure["base"]
    assert [row["thing"].pk for row in browser.get(figure["url"]).context["rows"]] == [second.pk]
    explain_lateness(clock=second, cause="away", by=clerk_zhou, at=MONDAY_9AM)
    figure = browser.get("/").context["figures"][-1]
    assert "说明原因" not in figure["base"]
    assert "url" not in figure


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

    def test_opening_one_marks_it_read_and_leads_to_its_thing(self, now, login, sales_head_gu, clerk_lin, order):
        sweep(at("11-23 14:30"))
        row = Delivery.objects.get(person_id=sales_head_gu.person_id, channel=Delivery.PAGE)
        login(clerk_lin).post(reverse("sla:read_notices"), {"open": row.pk})
        row.refresh_from_db()
        assert row.read_at is None, "nobody reads another's"
        browser = login(sales_head_gu)
        assert f'name="open" value="{row.pk}"' in browser.get(reverse("sla:notices")).content.decode()
        answer = browser.post(reverse("sla:read_notices"), {"open": row.pk})
        assert answer.headers["Location"] == f"/orders/{order.number}/do/answer_order/"
        row.refresh_from_db()
        assert row.read_at is not None
        assert browser.get(reverse("sla:notices") + "?show=unread").context["entries"] == []

    def test_they_come_newest_first_page_by_page(self, now, login, clerk_lin):
        for n in range(30):
            when = MONDAY_9AM + timedelta(minutes=n * 7 % 30)
            Delivery.objects.create(key=f"x-{n}", channel="page", person_id=clerk_lin.person_id, title=f"n{n}", at=when)
        browser = login(clerk_lin)
        first = browser.get(reverse("sla:notices"))
        second = browser.get(reverse("sla:notices") + first.context["next_url"])
        rows = [entry["row"].at for page in (first, second) for entry in page.context["entries"]]
        assert len(rows) == 30
        assert rows == sorted(rows, reverse=True)
        assert (second.context["next_url"], second.context["first_url"]) == ("", "?")
