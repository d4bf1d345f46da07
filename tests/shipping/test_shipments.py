"""From the notice to the customer's signature: who may, when, how much, and what the ledgers say afterwards."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from core.models import Fact
from core.reasons import NotAllowed, NotReady, Reason
from inventory.models import StockBalance
from inventory.selectors import reserved_for
from orders.models import Order
from orders.services.ledger import quantities
from orders.services.money import receive_money
from shipping import services
from sla.models import RunningClock
from tests.factories.shipping import arrived, left, noticed, order_in_store, order_with, picked, put_in_store, verified, violations
from tests.personas import MONDAY_9AM, SHANGHAI

pytestmark = pytest.mark.django_db
D = Decimal


def line_of(order, line_no=1):
    return order.lines.get(line_no=line_no)


def sums(order, line_no=1):
    return quantities(order)[line_of(order, line_no).pk]


def codes(refused):
    return [reason.code for reason in refused.value.reasons]


@pytest.mark.req("SHP-01")
def test_order_management_cannot_notice_more_than_is_in_store(order_manager_yan):
    order = order_with((8, "15800"))
    put_in_store(order, {1: 5})
    with pytest.raises(NotReady) as refused:
        noticed(order, order_manager_yan, {1: 6})
    assert refused.value.reasons == (Reason("notice_above_store", line=1, asked=D(6), available=D(5), field=f"q_{line_of(order).pk}"),)
    assert sums(order).noticed == 0


@pytest.mark.req("SHP-01")
def test_what_is_noticed_already_cannot_be_noticed_again(order_manager_yan):
    order = order_in_store((8, "15800"))
    noticed(order, order_manager_yan, {1: 6})
    with pytest.raises(NotReady) as refused:
        noticed(order, order_manager_yan, {1: 3})
    assert refused.value.reasons == (Reason("notice_above_order", line=1, asked=D(3), open=D(2), field=f"q_{line_of(order).pk}"),)


@pytest.mark.req("SHP-01")
def test_goods_whose_reservation_is_gone_cannot_be_noticed(order_manager_yan):
    from inventory.services import release_reservations

    order = order_in_store((8, "15800"))
    release_reservations(order_id=order.pk, at=MONDAY_9AM)
    with pytest.raises(NotReady) as refused:
        noticed(order, order_manager_yan)
    assert codes(refused) == ["nothing_to_notice"]


@pytest.mark.req("SHP-01")
def test_only_order_management_notices(clerk_zhou, store_keeper_qian):
    order = order_in_store((8, "15800"))
    for somebody in (clerk_zhou, store_keeper_qian):
        with pytest.raises(NotAllowed):
            noticed(order, somebody)


@pytest.mark.req("SHP-01")
def test_half_a_panel_is_refused_beside_its_field(order_manager_yan):
    from django.core.exceptions import ValidationError

    order = order_in_store((8, "15800"))
    with pytest.raises(ValidationError) as refused:
        noticed(order, order_manager_yan, {1: "1.5"})
    assert list(refused.value.error_dict) == [f"q_{line_of(order).pk}"]


@pytest.mark.req("SHP-02")
def test_grade_a_is_cleared_by_itself_and_the_rule_is_kept(order_manager_yan):
    shipment = noticed(order_in_store((2, "15800"), free=True), order_manager_yan)
    assert (shipment.state, shipment.clearance, shipment.cleared_by) == ("cleared", "grade", "")


@pytest.mark.req("SHP-02")
def test_finance_clears_only_once_the_money_is_in(order_manager_yan, finance_sun, clerk_zhou):
    order = order_in_store((2, "15800"))
    shipment = noticed(order, order_manager_yan)
    assert shipment.state == "noticed"
    with pytest.raises(NotReady) as refused:
        services.clear_shipment(shipment=shipment, by=finance_sun, at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("shipment_money_missing", missing=D("31600.00")),)
    with pytest.raises(NotAllowed):
        services.clear_shipment(shipment=shipment, by=clerk_zhou, at=MONDAY_9AM)
    receive_money(order=order, amount=D("31600.00"), payment_id=1, by=finance_sun, at=MONDAY_9AM)
    shipment = services.clear_shipment(shipment=shipment, by=finance_sun, at=MONDAY_9AM)
    assert (shipment.state, shipment.clearance, shipment.cleared_by) == ("cleared", "finance", finance_sun.name)


@pytest.mark.req("SHP-02")
def test_what_is_paid_before_is_cleared_with_the_notice(order_manager_yan, finance_sun):
    order = order_in_store((2, "15800"))
    receive_money(order=order, amount=D("31600.00"), payment_id=1, by=finance_sun, at=MONDAY_9AM)
    assert noticed(order, order_manager_yan).clearance == "paid"


@pytest.mark.req("SHP-02")
def test_goods_stay_when_the_payment_is_reversed_after_clearing(order_manager_yan, finance_sun, store_keeper_qian):
    from orders.services.money import reverse_money

    order = order_in_store((2, "15800"))
    receive_money(order=order, amount=D("31600.00"), payment_id=1, by=finance_sun, at=MONDAY_9AM)
    shipment = noticed(order, order_manager_yan)
    reverse_money(order=order, payment_id=1, by=finance_sun, at=MONDAY_9AM)
    with pytest.raises(NotReady) as refused:
        picked(shipment, store_keeper_qian)
    assert refused.value.reasons == (Reason("shipment_money_gone"),)  # no figures: the store sees no prices


@pytest.mark.req("SHP-03")
def test_every_line_is_checked_off(order_manager_yan, store_keeper_qian):
    shipment = noticed(order_in_store((2, "15800"), (3, "100"), free=True), order_manager_yan)
    first, second = shipment.lines.order_by("line__line_no")
    with pytest.raises(NotReady) as refused:
        services.pick_shipment(shipment=shipment, picked={first.pk: ("", "")}, by=store_keeper_qian, at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("not_all_picked", line=2, field=f"ok_{second.pk}"),)


@pytest.mark.req("SHP-03")
def test_whoever_picked_does_not_verify(order_manager_yan, store_keeper_qian, packer_tian):
    shipment = picked(noticed(order_in_store((2, "15800"), free=True), order_manager_yan), store_keeper_qian)
    with pytest.raises(NotAllowed) as refused:
        verified(shipment, store_keeper_qian)
    assert refused.value.reasons == (Reason("same_person_verifies", name=store_keeper_qian.name),)
    assert "verify" not in [offer.name for offer in shipment.offers(store_keeper_qian)]
    shipment = verified(shipment, packer_tian)
    assert (shipment.state, shipment.verified_by, shipment.verifier_id) == ("verified", packer_tian.name, packer_tian.person_id)


@pytest.mark.req("SHP-03")
def test_nothing_leaves_before_the_second_person_looked(order_manager_yan, store_keeper_qian, transport_zheng, clerk_zhou):
    shipment = picked(noticed(order_in_store((2, "15800"), free=True), order_manager_yan), store_keeper_qian)
    with pytest.raises(NotReady) as refused:
        left(shipment, transport_zheng)
    assert codes(refused) == ["wrong_state"]
    for somebody in (transport_zheng, clerk_zhou):
        with pytest.raises(NotAllowed):
            verified(shipment, somebody)


@pytest.mark.req("SHP-03")
def test_the_second_person_looks_at_every_line(order_manager_yan, store_keeper_qian, packer_tian):
    shipment = picked(noticed(order_in_store((2, "15800"), (3, "100"), free=True), order_manager_yan), store_keeper_qian)
    first, second = shipment.lines.order_by("line__line_no")
    with pytest.raises(NotReady) as refused:
        services.verify_shipment(shipment=shipment, checked=[first.pk], by=packer_tian, at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("not_all_picked", line=2, field=f"ok_{second.pk}"),)


@pytest.mark.req("SHP-04")
def test_a_carrier_needs_a_reason(order_manager_yan, store_keeper_qian, packer_tian, transport_zheng):
    shipment = verified(picked(noticed(order_in_store((2, "15800"), free=True), order_manager_yan), store_keeper_qian), packer_tian)
    with pytest.raises(NotReady) as refused:
        left(shipment, transport_zheng, carriage="carrier", carrier_name="德邦")
    assert codes(refused) == ["carrier_reason_needed"]


@pytest.mark.req("SHP-07")
def test_goods_that_left_are_out_of_the_stock_and_in_the_ledger(shipped):
    order = order_in_store((8, "15800"), free=True)
    shipment = shipped(order, {1: 5})
    line = line_of(order)
    assert shipment.delivery_number.startswith("SH2611-") and shipment.number.startswith("FH2611-")
    assert StockBalance.objects.get(item=line.item).on_hand == 3
    assert reserved_for("line", [line.pk]) == {line.pk: D(3)}
    q = sums(order)
    assert (q.stocked, q.noticed, q.shipped, q.delivered) == (8, 5, 5, 0)
    assert violations() == []


@pytest.mark.req("SHP-07")
def test_three_partial_shipments_deliver_the_order(shipped, clerk_zhou):
    order = order_with((8, "15800"), (2, "100"), free=True)
    put_in_store(order, {1: 3})
    deliveries = [shipped(order, {1: 3})]
    assert Order.objects.get(pk=order.pk).state == "in_production"  # a partial shipment does not move it
    put_in_store(order, {1: 5, 2: 2})
    deliveries += [shipped(order, {1: 4, 2: 1}), shipped(order, {1: 1, 2: 1})]
    for shipment in deliveries:
        arrived(shipment, clerk_zhou)
    order = Order.objects.get(pk=order.pk)
    assert order.state == "delivered"
    for line_no, ordered in ((1, 8), (2, 2)):
        q = sums(order, line_no)
        assert q.stocked == q.noticed == q.shipped == q.delivered == ordered
    assert violations() == []


@pytest.mark.req("SHP-09")
def test_a_receipt_lies_between_dispatch_and_now(shipped, clerk_zhou):
    shipment = shipped(order_in_store((1, "100"), free=True))
    at = shipment.dispatched_at
    for received, code in ((at - timedelta(hours=1), "received_before_dispatch"), (at + timedelta(days=9), "received_in_future")):
        with pytest.raises(NotReady) as refused:
            arrived(shipment, clerk_zhou, received_at=received, at=at + timedelta(days=1))
        assert codes(refused) == [code]


@pytest.mark.req("SHP-09")
def test_the_salesperson_whose_order_it_is_brings_the_receipt_back(shipped, salesperson_he, salesperson_tang):
    shipment = shipped(order_in_store((1, "100"), free=True))
    with pytest.raises(NotAllowed):
        arrived(shipment, salesperson_tang)
    assert arrived(shipment, salesperson_he).state == "delivered"


@pytest.mark.req("SHP-01")
def test_a_cancelled_notice_gives_the_goods_back(order_manager_yan, store_keeper_qian):
    order = order_in_store((8, "15800"), free=True)
    shipment = picked(noticed(order, order_manager_yan, {1: 6}), store_keeper_qian)
    services.cancel_shipment(shipment=shipment, reason="客户改期", by=order_manager_yan, at=MONDAY_9AM)
    assert sums(order).noticed == 0
    assert noticed(Order.objects.get(pk=order.pk), order_manager_yan, {1: 8}).state == "cleared"


@pytest.mark.req("SHP-01")
def test_what_has_left_cannot_be_cancelled(shipped, order_manager_yan):
    shipment = shipped(order_in_store((1, "100"), free=True))
    with pytest.raises(NotReady) as refused:
        services.cancel_shipment(shipment=shipment, reason="晚了", by=order_manager_yan, at=MONDAY_9AM)
    assert codes(refused) == ["wrong_state"]


@pytest.mark.req("SHP-01")
def test_the_notice_clock_runs_until_all_that_is_in_store_is_noticed(order_manager_yan):
    order = order_in_store((8, "15800"))
    clock = RunningClock.objects.get(name="shipment_notice", subject_id=order.pk)
    assert clock.due_at == datetime(2026, 12, 17, 17, tzinfo=SHANGHAI) and clock.anchor == date(2026, 12, 18)
    noticed(order, order_manager_yan, {1: 5})
    assert RunningClock.objects.get(pk=clock.pk).stopped_at is None
    rest = noticed(order, order_manager_yan, {1: 3})
    assert RunningClock.objects.get(pk=clock.pk).stopped_at == MONDAY_9AM
    services.cancel_shipment(shipment=rest, reason="客户改期", by=order_manager_yan, at=MONDAY_9AM)
    assert RunningClock.objects.filter(name="shipment_notice", subject_id=order.pk, stopped_at=None).count() == 1


@pytest.mark.req("SHP-09")
def test_the_receipt_clock_belongs_to_the_salesperson(shipped, salesperson_he, clerk_zhou):
    shipment = shipped(order_in_store((1, "100"), free=True))
    clock = RunningClock.objects.get(name="customer_receipt", subject_id=shipment.pk)
    assert clock.post_id in salesperson_he.post_ids
    at = shipment.dispatched_at + timedelta(hours=2)
    arrived(shipment, clerk_zhou, at=at)
    clock.refresh_from_db()
    assert clock.stopped_at == max(at, clock.started_at) and clock.met_by_id == clerk_zhou.person_id


@pytest.mark.req("SHP-08")
def test_the_customer_sees_that_goods_left_and_arrived_but_no_freight(shipped):
    order = order_in_store((1, "100"), free=True)
    shipped(order, freight_cost=D("860.00"))
    facts = Fact.objects.filter(order_id=order.pk, kind__startswith="shipping.")
    assert {f.kind: f.customer_visible for f in facts} == {
        "shipping.ShipmentWasNoticed": False,
        "shipping.ShipmentWasCleared": False,
        "shipping.ShipmentWasPicked": False,
        "shipping.ShipmentWasVerified": False,
        "shipping.ShipmentWasDispatched": True,
    }
    assert not any("860" in str(f.data) + str(f.money) for f in facts)
