"""What a page of orders asks of the database does not grow with what is on it (design/speed.md)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from demo.walk import Walk
from orders.models import Order
from orders.workflow import OrderState as S
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
LIST, ORDER = 8, 15


@pytest.fixture
def asked(login, clerk_zhou):
    """`asked(url)` is how many statements the clerk's second look at a page takes; the first fills what is kept in memory."""
    browser = login(clerk_zhou)

    def count(url: str) -> int:
        assert browser.get(url).status_code == 200
        with CaptureQueriesContext(
            connection,
        ) as statements:
            browser.get(url)
        return len(statements)

    return count


def register(count: int = 1, lines: int = 1) -> Order:
    for _each in range(count):
        order = Walk(MONDAY_9AM).register("C0003", [("GGD", 2)] * lines)
    return order


@pytest.mark.parametrize("query", ["", "?state=registered&open=on", "?q=GGD", "?q=hefei+GGD", "?before=999999"])
def test_a_list_of_thirty_orders_asks_no_more_than_a_list_of_one(asked, query):
    register()
    one = asked(reverse("orders:list") + query)
    register(29)
    assert asked(reverse("orders:list") + query) == one <= LIST


def test_an_order_of_thirty_lines_asks_no_more_than_one_of_a_single_line(asked):
    one = asked(register().get_absolute_url())
    assert asked(register(lines=30).get_absolute_url()) == one <= ORDER


def test_clocks_and_a_long_history_ask_no_more(asked, order_at):
    """Five opinions asked, five clocks, each with somebody else; a review that went round twice has a long timeline."""
    order = order_at(S.PLANNED, lines=[("XL-21", 3), ("PZ30", 5)])
    assert asked(order.get_absolute_url()) <= ORDER


def test_everything_on_an_order_under_way_is_read_once(asked, order_at):
    order = order_at(S.STOCKED, lines=[("XL-21", 3), ("PZ30", 5)])
    assert asked(order.get_absolute_url()) <= ORDER
    assert asked(order.get_absolute_url() + "?all=1") <= ORDER
