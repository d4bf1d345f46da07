"""One page of what falls due: obligations, promised dates and dispatches by month, week and day (SLA-07)."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.models import Order
from sla.models import RunningClock
from tests.personas import MONDAY_9AM
from tests.sla.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-07")]


@pytest.fixture
def days(login):
    """`days(person, "view=week")`: the page, and its cells by day."""

    def shown(person, query=""):
        page = login(person).get(f"{reverse('sla:calendar')}?{query}")
        return page, {cell["day"]: cell for week in page.context["weeks"] for cell in week}

    return shown


def promised(day, state="in_production"):
    """All orders are promised for that day; the way there is told elsewhere."""
    QuerySet.update(Order.objects.all(), state=state, promised_date=day)


def titles(cell):
    return [(due.title, due.text, due.late) for due, _icon in cell["rows"]]


def test_a_clerk_sees_on_which_day_what_is_due_and_what_is_late(now, days, clerk_zhou, order, register):
    late = register(at("11-20 09:00"))
    page, cells = days(clerk_zhou)
    assert {(number, is_late) for _title, number, is_late in titles(cells[date(2026, 11, 20)])} == {(late.number, True)}
    assert {(number, is_late) for _title, number, is_late in titles(cells[date(2026, 11, 23)])} == {(order.number, False)}
    assert order.get_absolute_url() in page.content.decode()
    assert "周一" in page.content.decode()


def test_days_off_are_shaded_and_named_as_the_company_works(now, days, clerk_zhou):
    page, cells = days(clerk_zhou, "day=2026-10-15")
    assert cells[date(2026, 10, 1)]["off"]
    assert "国庆" in cells[date(2026, 10, 1)]["name"]
    assert not cells[date(2026, 10, 12)]["off"]
    assert cells[date(2026, 10, 10)]["off"] is False, "a make-up workday on a Saturday is worked"
    assert 'class="off' in page.content.decode()


def test_promised_dates_stand_beside_and_can_be_looked_at_alone(now, days, clerk_zhou, clerk_lin, order):
    promised(date(2026, 11, 19))
    page, cells = days(clerk_zhou, "what=orders")
    assert titles(cells[date(2026, 11, 19)]) == [(order.number, order.customer.name, True)]
    assert not cells[date(2026, 11, 23)]["count"], "obligations are left out"
    assert [kind["on"] for kind in page.context["kinds"]] == [False, False, True, False]
    assert not days(clerk_lin)[1][date(2026, 11, 19)]["count"], "it is not hers"
    promised(date(2026, 11, 19), "delivered")
    assert not days(clerk_zhou)[1][date(2026, 11, 19)]["count"], "what has arrived is no longer promised"


def test_a_head_turns_to_the_department_and_a_clerk_cannot(now, days, sales_head_gu, clerk_lin, order):
    assert not days(sales_head_gu)[1][date(2026, 11, 23)]["count"]
    page, cells = days(sales_head_gu, "of=department")
    assert order.number in str(titles(cells[date(2026, 11, 23)]))
    assert [switch["on"] for switch in page.context["whose"]] == [False, True]
    page, cells = days(clerk_lin, "of=department")
    assert (page.context["whose"], cells[date(2026, 11, 23)]["count"]) == ([], 0)


def test_what_stands_still_is_due_on_no_day(now, days, clerk_zhou, order):
    RunningClock.objects.update(paused_at=MONDAY_9AM, next_at=None)
    assert not any(cell["count"] for cell in days(clerk_zhou)[1].values())
    assert "这几天没有到期事项" in days(clerk_zhou)[0].content.decode()


def test_a_day_of_a_month_shows_the_first_and_how_many_more_and_the_day_itself_all(now, days, clerk_zhou, register):
    for _ in range(5):
        register()
    RunningClock.objects.exclude(name="order_confirmation").delete()
    monday = days(clerk_zhou)[1][date(2026, 11, 23)]
    assert (len(monday["rows"]), monday["count"], monday["more"]) == (3, 5, 2)
    assert len(days(clerk_zhou, "view=week")[1]) == 7
    page, cells = days(clerk_zhou, monday["url"].removeprefix("?"))
    assert list(cells) == [date(2026, 11, 23)]
    assert len(cells[date(2026, 11, 23)]["rows"]) == 5
    assert page.context["later"] == "?view=day&day=2026-11-24"


@pytest.mark.parametrize("query", ["view=year&day=x", "day=9999-12-31", "day=0001-01-01", "what=secrets", "of=everybody&day=2026-13-01"])
def test_what_no_calendar_knows_shows_this_month(now, days, clerk_zhou, query):
    page, cells = days(clerk_zhou, query)
    assert (page.status_code, page.context["heading"]) == (200, "2026-11")
    assert cells[date(2026, 11, 23)]["today"]


def test_many_days_full_of_duties_cost_no_more_questions(now, days, clerk_zhou, register):
    one = RunningClock.objects.filter(order_id=register().pk)[0]
    promised(date(2026, 11, 19))
    days(clerk_zhou)
    with CaptureQueriesContext(connection) as few:
        days(clerk_zhou)
    for _ in range(30):
        register()
    promised(date(2026, 11, 19))
    RunningClock.objects.update(due_at=one.due_at)
    with CaptureQueriesContext(connection) as more:
        _page, cells = days(clerk_zhou)
    assert cells[date(2026, 11, 19)]["count"] == Order.objects.count()
    assert len(more) <= len(few)
