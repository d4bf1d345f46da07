"""CUS-03: what the customer reads is what is: goods that turned round, credited money, freight to prepay, what was asked before."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from aftersales import services
from aftersales.models import ReturnRequest
from core.actor import SYSTEM
from demo import walk_after, walk_changes
from demo.walk import Walk
from orders.models import ChangeRequest, Order
from orders.services.ledger import goods_lines
from orders.services.money import credit_and_refund
from orders.workflow import OrderState
from organization.roles import Role
from portal import page
from portal.page import dues, whole
from shipping import services as shipping
from shipping.models import Shipment
from tests.factories.work import both_on_the_road
from tests.personas import MONDAY_9AM
from tests.portal.test_acts import act, delivery, sent

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-03")]


@pytest.fixture
def walk() -> Walk:
    return both_on_the_road()


@pytest.fixture
def delivered(order_at: Any, monday: Any) -> Walk:
    monday(timedelta(days=20))
    order = order_at(OrderState.DELIVERED)
    found = Walk(order.delivered_at)
    found.order = order
    return found


def test_goods_that_turned_round_are_not_on_their_way(walk):
    assert {str(line["words"]) for line in whole(walk.fresh(), walk.at)["lines"]} == {"运输中"}
    walk_changes.ask_cancel(walk)
    shipment = Shipment.objects.get(order=walk.order)
    by = walk.who(Role.TRANSPORT_HEAD)
    shipping.turn_round(shipment=shipment, answer="已掉头", back_on=walk.tick().date() + timedelta(days=1), by=by, at=walk.at)
    told = whole(walk.fresh(), walk.at)
    assert {str(line["words"]) for line in told["lines"]} == {"已召回"}
    assert (told["state"], told["shipments"][0]["arrives_at"]) == (page.COMING_BACK, None)
    assert "ok" not in {step["kind"] for step in told["steps"] if step["title"] in ("发货", "您签收")}


@pytest.mark.req("SHP-11")
def test_a_receipt_of_nothing_is_a_delivery_that_has_not_arrived(walk, opened, monday):
    monday(walk.at - MONDAY_9AM + timedelta(hours=1))
    shipment = Shipment.objects.get(order=walk.order)
    nothing = {f"q_{row.pk}": "0" for row in shipment.lines.all()}
    address = delivery(shipment, "receipt")
    answer = sent(opened(walk.order), address, signed_by="李", condition="sound", **nothing)
    assert answer.status_code == 422
    assert "未收到" in str(answer.context["form"].non_field_errors())
    shipment.refresh_from_db()
    assert shipment.state == "dispatched"


@pytest.mark.req("RET-03")
def test_the_freight_to_prepay_is_told_until_it_is_in(delivered, opened):
    request = walk_after.apply(delivered, {1: 1})
    engineer = delivered.sales(Role.AFTERSALES_ENGINEER)
    services.tell_costs(
        request=request, cause="ordered_wrong", told_to="王工", freight_amount=Decimal("860.00"), by=engineer, at=delivered.tick()
    )
    (row,) = whole(delivered.fresh(), delivered.at)["returns"]
    assert row["freight"] == Decimal("860.00")
    assert "860.00" in opened(delivered.order).get(reverse("portal:order", args=[delivered.order.number])).text
    ReturnRequest.objects.update(freight_confirmed_at=delivered.at)
    assert whole(delivered.fresh(), delivered.at)["returns"][0]["freight"] is None


@pytest.mark.req("RET-04")
def test_what_was_credited_is_not_money_that_came_in(order_at):
    order: Order = order_at(OrderState.EFFECTIVE)
    last = order.dues.order_by("position").last()
    missing = next(row["missing"] for row in dues(order)["rows"][-1:])
    assert missing > 0, "the last stage is still open"
    credit_and_refund(order=order, credit=missing, credit_id=1, refund=Decimal(0), refund_id=0, by=SYSTEM, at=MONDAY_9AM)
    row = dues(order)["rows"][-1]
    assert (row["missing"], row["credited"]) == (0, missing)
    assert last.amount >= row["credited"]


@pytest.mark.req("RET-01")
def test_who_sends_goods_back_says_at_once_whether_packaging_and_labels_are_whole(delivered, opened):
    order = delivered.order
    given = {"wanted": "refund", "reason": "defect", "words": "开裂", f"q_{goods_lines(order)[0].pk}": "1"}
    answer = sent(opened(order), act(order, "return"), packaging_intact="1", labels_intact="0", **given)
    assert answer.status_code == 302
    request = ReturnRequest.objects.get(order=order)
    assert (request.packaging_intact, request.labels_intact) == (True, False)


@pytest.mark.req("CHG-01")
def test_a_second_wish_is_told_of_the_first(order_at, opened):
    order = order_at(OrderState.INSTRUCTED)
    browser = opened(order)
    assert sent(browser, act(order, "change"), words="换颜色").status_code == 302
    first = ChangeRequest.objects.get(order=order)
    assert first.number in browser.get(act(order, "change")).text
    assert sent(browser, act(order, "change"), words="换颜色").status_code == 422
    assert sent(browser, act(order, "change"), words="再加一面", further="on").status_code == 302
    assert ChangeRequest.objects.filter(order=order).count() == 2
