"""Facts hold codes: each reader reads the timeline in their own language, whoever wrote it."""

import re

import pytest
from django.utils import translation

from core.models import Fact
from orders.selectors import timeline
from orders.workflow import OrderState

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def said(order_at, group_manager_lin):
    order = order_at(OrderState.STOCKED, lines=[("KYN28A-12", 2)])

    def of(kind: str, language: str) -> str:
        fact = Fact.objects.filter(order_id=order.pk, kind=kind).order_by("pk")[0]
        with translation.override(language):
            return timeline([fact], group_manager_lin)[0]["text"]

    of.order = order
    return of


def test_what_was_noted_in_chinese_is_read_in_english(said):
    assert said("orders.OrderWasRegistered", "en") == f"Order {said.order.number} registered (phone)"
    assert said("orders.OrderWasRegistered", "zh-hans") == f"订单 {said.order.number} 已登记（电话）"
    assert said("orders.OrderWasClassified", "en") == "Classified as regular: none of the four questions"
    assert not CHINESE.search(said("orders.OpinionWasGiven", "en").partition(". ")[0])
    assert said("production.TaskWasStarted", "en").startswith("“assembly KYN")
    assert said("production.TaskWasStarted", "zh-hans").startswith("“装配 ")


def test_a_fact_of_before_that_holds_words_is_shown_as_it_is(said, group_manager_lin):
    old = Fact(kind="orders.OrderWasRegistered", data={"number": "DD2500001", "channel": "电话", "priority": "", "received_at": None})
    with translation.override("en"):
        assert timeline([old], group_manager_lin)[0]["text"] == "Order DD2500001 registered (电话)"
