"""Goods that do not arrive as they left: counted line by line, found, sent again or credited, and what the ledger says of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.actor import Actor
from core.models import Fact
from core.reasons import NotAllowed, NotReady, Reason
from documents.models import Attachment
from inventory.models import StockBalance
from orders.models import Order
from orders.services.ledger import quantities
from orders.verify import goods_in_store_are_reserved, quantities_are_in_order
from shipping import services
from shipping.models import Shipment, Shortage
from tests.factories.shipping import DUE, arrived, left, order_in_store, picked, verified, violations
from tests.factories.stock import in_stock
from tests.personas import MONDAY_9AM
from tests.shipping.test_pages import posted

pytestmark = pytest.mark.django_db
D = Decimal
LATER = MONDAY_9AM + timedelta(days=1)


def sums(order, line_no=1):
    return quantities(order)[order.lines.get(line_no=line_no).pk]


def state_of(order):
    return Order.objects.get(pk=order.pk).state


def wrong():
    return [*violations(), *quantities_are_in_order(), *goods_in_store_are_reserved()]


def customer_of(order):
    return Actor(kind="customer", name="王工", contact="王工", order_id=order.pk)


@pytest.fixture
def short_by_two(shipped, clerk_zhou):
    """Eight left, six were counted."""
    order = order_in_store((8, "15800"), free=True)
    shipment = arrived(shipped(order), clerk_zhou, {1: 6})
    return shipment.shortages.get()


@pytest.mark.req("SHP-07", "SHP-09")
def test_what_is_missing_on_arrival_does_not_count_as_delivered(shipped, clerk_zhou):
    order = order_in_store((8, "15800"), (2, "100"), free=True)
    shipment = arrived(shipped(order), clerk_zhou, {1: 6})
    assert (shipment.state, shipment.condition) == ("delivered", "short")
    assert (sums(order).shipped, sums(order).delivered, sums(order, 2).delivered) == (8, 6, 2)
    assert [(row.goods.line.line_no, row.quantity, row.state) for row in shipment.shortages.all()] == [(1, D(2), "open")]
    assert state_of(order) == "shipping"
    fact = Fact.objects.get(kind="shipping.GoodsWereShort")
    assert fact.customer_visible and fact.data["missing"].endswith("× 2")
    assert wrong() == []


@pytest.mark.req("SHP-09")
def test_nobody_receives_more_than_was_sent_or_half_a_panel(shipped, clerk_zhou):
    from django.core.exceptions import ValidationError

    shipment = shipped(order_in_store((8, "15800"), free=True))
    field = f"r_{shipment.lines.get().pk}"
    with pytest.raises(NotReady) as refused:
        arrived(shipment, clerk_zhou, {1: 9})
    assert refused.value.reasons == (Reason("received_above_sent", line=1, received=D(9), sent=D(8), field=field),)
    with pytest.raises(ValidationError) as finer:
        arrived(shipment, clerk_zhou, {1: "7.5"})
    assert list(finer.value.error_dict) == [field]


@pytest.mark.req("SHP-09", "SHP-10")
def test_damage_is_described_and_what_was_counted_speaks_for_itself(shipped, clerk_zhou):
    shipment = shipped(order_in_store((8, "15800"), free=True))
    for condition in ("damaged", "damp", "short"):
        with pytest.raises(NotReady) as refused:
            arrived(shipment, clerk_zhou, condition=condition)
        assert refused.value.reasons == (Reason("condition_note_needed", field="note"),)
    assert arrived(shipment, clerk_zhou, {1: 7}, condition="short").state == "delivered"


@pytest.mark.req("SHP-11")
def test_the_customer_of_the_order_confirms_and_nobody_elses_customer(shipped):
    order, other = order_in_store((8, "15800"), free=True), order_in_store((1, "100"), free=True)
    shipment = shipped(order)
    with pytest.raises(NotAllowed):
        arrived(shipment, customer_of(other))
    shipment = arrived(shipment, customer_of(order))
    assert (shipment.state, shipment.receipt_recorded_by) == ("delivered", "王工")
    assert state_of(order) == "delivered"
    assert Shipment.objects.visible_to(customer_of(other)).count() == 0


@pytest.mark.req("SHP-07", "SHP-10")
def test_what_was_found_counts_as_delivered(short_by_two, clerk_zhou):
    order = short_by_two.shipment.order
    row = services.find_shortage(shortage=short_by_two, note="在门卫室", by=clerk_zhou, at=LATER)
    assert (row.state, row.outcome) == ("settled", "found")
    assert sums(order).delivered == 8 and state_of(order) == "delivered"
    with pytest.raises(NotReady):
        services.find_shortage(shortage=row, note="又一次", by=clerk_zhou, at=LATER)
    assert wrong() == []


@pytest.mark.req("SHP-07", "SHP-10")
def test_lost_goods_go_again_with_a_follow_up_shipment(
    short_by_two, order_manager_yan, store_keeper_qian, packer_tian, transport_zheng, clerk_zhou
):
    order, item = short_by_two.shipment.order, short_by_two.goods.line.item
    with pytest.raises(NotReady) as refused:
        services.resend_shortage(shortage=short_by_two, planned_on=DUE, by=order_manager_yan, at=LATER)
    assert refused.value.reasons == (Reason("resend_not_in_store", wanted=D(2), free=D(0)),)
    in_stock(item, 3)
    row = services.resend_shortage(shortage=short_by_two, planned_on=DUE, by=order_manager_yan, at=LATER)
    follow_up = row.follow_up
    assert (row.state, follow_up.follows, follow_up.state) == ("resent", short_by_two.shipment, "cleared")
    q = sums(order)
    assert (q.stocked, q.noticed, q.shipped, q.delivered) == (8, 8, 8, 6)
    follow_up = left(verified(picked(follow_up, store_keeper_qian, LATER), packer_tian, LATER), transport_zheng, LATER)
    assert StockBalance.objects.get(item=item).on_hand == 1
    assert (sums(order).shipped, state_of(order)) == (8, "shipping")
    assert wrong() == []
    arrived(follow_up, clerk_zhou)
    assert Shortage.objects.get(pk=row.pk).state == "settled"
    assert sums(order).delivered == 8 and state_of(order) == "delivered"
    assert wrong() == []


@pytest.mark.req("SHP-07")
def test_a_follow_up_taken_back_leaves_the_goods_missing(short_by_two, order_manager_yan):
    in_stock(short_by_two.goods.line.item, 2)
    follow_up = services.resend_shortage(shortage=short_by_two, planned_on=DUE, by=order_manager_yan, at=LATER).follow_up
    services.cancel_shipment(shipment=follow_up, reason="地址有误", by=order_manager_yan, at=LATER)
    row = Shortage.objects.get(pk=short_by_two.pk)
    assert (row.state, row.outcome, row.follow_up) == ("open", "", None)
    assert sums(short_by_two.shipment.order).noticed == 8
    again = services.resend_shortage(shortage=row, planned_on=DUE, by=order_manager_yan, at=LATER)
    assert again.follow_up != follow_up
    assert wrong() == []


@pytest.mark.req("SHP-07", "SHP-10")
def test_nobody_waits_for_credited_goods_and_they_are_not_charged(short_by_two, sales_head_gu, clerk_zhou):
    from finance.selectors import uninvoiced_deliveries

    order = short_by_two.shipment.order
    with pytest.raises(NotAllowed):
        services.credit_shortage(shortage=short_by_two, note="少两台，减价", by=clerk_zhou, at=LATER)
    services.credit_shortage(shortage=short_by_two, note="少两台，减价", by=sales_head_gu, at=LATER)
    q = sums(order)
    assert (q.shipped, q.delivered, q.credited, q.chargeable, state_of(order)) == (8, 6, 2, 6, "delivered")
    assert uninvoiced_deliveries(order) == {short_by_two.shipment_id: {order.lines.get().pk: D(6)}}
    assert wrong() == []


@pytest.mark.req("SHP-10")
def test_the_customer_says_that_nothing_came(shipped, transport_zheng):
    order = order_in_store((8, "15800"), free=True)
    shipment = shipped(order)
    with pytest.raises(NotAllowed):
        services.report_not_received(shipment=shipment, words="没到", by=transport_zheng, at=LATER)
    trace = services.report_not_received(shipment=shipment, words="说好昨天到，没到", by=customer_of(order), at=LATER)
    assert (trace.state, trace.reported_by, trace.shipment.state) == ("open", "王工", "dispatched")
    fact = Fact.objects.get(kind="shipping.GoodsWereNotReceived")
    assert (fact.actor_kind, fact.subject_id, fact.data["words"]) == ("customer", shipment.pk, "说好昨天到，没到")


@pytest.mark.req("SHP-10")
def test_damage_on_the_receipt_is_reported_at_once_with_pictures_after(shipped, clerk_zhou, picture):
    shipment = arrived(shipped(order_in_store((8, "15800"), free=True)), clerk_zhou, condition="damaged", note="柜门凹陷")
    assert Fact.objects.get(kind="shipping.DamageWasReported").data["words"] == "柜门凹陷"
    services.report_damage(shipment=shipment, words="另有一台漆面划伤", uploads=[picture], by=clerk_zhou, at=LATER)
    assert Attachment.objects.get(subject_kind="shipping.shipment", subject_id=shipment.pk).kind == "photo"


@pytest.mark.req("SHP-09", "SHP-10")
def test_the_clerk_counts_and_the_page_offers_what_comes_next(login, shipped, clerk_zhou, order_manager_yan, store_keeper_qian):
    shipment = shipped(order_in_store((8, "15800"), free=True))
    Shipment.objects.filter(pk=shipment.pk).update(dispatched_at=timezone.now() - timedelta(days=1))  # pages go by the clock on the wall
    goods, browser = shipment.lines.get(), login(clerk_zhou)
    url = reverse("shipping:act", args=[shipment.number, "confirm_receipt"])
    page = browser.get(url)
    assert D(page.context["form"][f"r_{goods.pk}"].value()) == 8
    assert browser.post(url, posted(page, signed_by="王工", **{f"r_{goods.pk}": "7"})).status_code == 302
    row = Shortage.objects.get(shipment=shipment)
    for person, acts in ((clerk_zhou, ["find"]), (order_manager_yan, ["resend"]), (store_keeper_qian, [])):
        shown = login(person).get(shipment.get_absolute_url()).context["shortages"]
        assert [(short.pk, [offer.name for offer in offers]) for short, offers in shown] == [(row.pk, acts)]
    url = reverse("shipping:shortage_act", args=[row.pk, "find"])
    browser = login(clerk_zhou)
    answer = browser.post(url, posted(browser.get(url), note="在门卫室"))
    assert answer.url == shipment.get_absolute_url()
    assert Order.objects.get(pk=shipment.order_id).state == "delivered"
