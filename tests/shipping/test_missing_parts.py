"""Shipping with parts missing: the customer agrees first, a department follows up, the parts go after, the order waits for them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.actor import SYSTEM, Actor
from core.models import Fact
from core.reasons import NotAllowed, NotReady, Reason
from documents.registry import FORMS
from orders.guards import nothing_is_open
from orders.models import OpenItem, Order
from orders.services.ledger import quantities, record
from organization.models import Department
from shipping import services
from shipping.forms.shipment import leaves_on
from shipping.models import MissingPart, Shipment
from shipping.verify import (
    invariants,
    missing_goods_can_go_after,
    nothing_left_without_consent,
    parts_and_claims_keep_their_order_open,
    what_is_noticed_stands_in_notices,
    what_was_not_received_is_a_shortage,
)
from sla.models import RunningClock
from tests.factories.shipping import DUE, arrived, left, noticed, order_in_store, picked, verified
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHP-06")]
FRIDAY = date(2026, 11, 27)
LATER = MONDAY_9AM + timedelta(days=2)


def workshop(actor):
    return Department.objects.get(pk=actor.hats[0].department_id)


@pytest.fixture
def notice(order_manager_yan):
    return noticed(order_in_store((8, "15800"), free=True), order_manager_yan)


@pytest.fixture
def keys(notice, order_manager_yan, workshop_head_zhao):
    """Twelve keys are still with the workshop."""
    return services.record_missing(
        shipment=notice, text="柜门钥匙", quantity=Decimal(12), unit="把", department=workshop(workshop_head_zhao), expected_on=FRIDAY,
        by=order_manager_yan, at=MONDAY_9AM,
    )  # fmt: skip


def agreed(shipment, by):
    return services.record_consent(shipment=shipment, agreed_by="王工", how="phone", by=by, at=MONDAY_9AM)


def test_nothing_is_picked_before_the_customer_agreed(notice, keys, clerk_zhou, store_keeper_qian):
    with pytest.raises(NotReady) as refused:
        picked(notice, store_keeper_qian)
    assert refused.value.reasons == (Reason("consent_missing", parts=["柜门钥匙 12 把"]),)
    with pytest.raises(NotAllowed):
        agreed(notice, store_keeper_qian)
    agreed(notice, clerk_zhou)
    part = MissingPart.objects.get()
    assert (part.consent_by, part.consent_how, part.consent_recorded_by, part.consent_at) == ("王工", "phone", "周敏", MONDAY_9AM)
    assert picked(notice, store_keeper_qian).state == "picked"


def test_what_is_found_missing_after_the_consent_is_asked_for_again(
    notice, keys, clerk_zhou, store_keeper_qian, packer_tian, transport_zheng, workshop_head_zhao
):
    agreed(notice, clerk_zhou)
    shipment = picked(notice, store_keeper_qian)
    services.record_missing(
        shipment=shipment, text="合格证", quantity=Decimal(1), department=workshop(workshop_head_zhao), expected_on=FRIDAY,
        by=packer_tian, at=MONDAY_9AM,
    )  # fmt: skip
    with pytest.raises(NotReady) as refused:
        verified(shipment, packer_tian)
    assert refused.value.reasons == (Reason("consent_missing", parts=["合格证 1"]),)
    shipment = agreed(shipment, Actor(kind="customer", name="王工", order_id=shipment.order_id))
    assert left(verified(shipment, packer_tian), transport_zheng).state == "dispatched"


def test_a_notice_taken_back_takes_its_missing_parts_with_it(notice, keys, order_manager_yan):
    services.cancel_shipment(shipment=notice, reason="客户不同意", by=order_manager_yan, at=LATER)
    assert not OpenItem.objects.filter(order_id=notice.order_id, closed_at=None).exists()
    assert MissingPart.objects.get().state == "struck" and parts_and_claims_keep_their_order_open() == []
    assert not RunningClock.objects.open().filter(name="missing_part").exists()


def test_there_is_nothing_to_agree_to_when_all_goes_along(notice, clerk_zhou):
    with pytest.raises(NotReady) as refused:
        agreed(notice, clerk_zhou)
    assert refused.value.reasons == (Reason("nothing_to_agree_to"),)


def test_the_department_that_follows_up_has_it_in_its_work(keys, workshop_head_zhao, clerk_zhou, designer_peng):
    clock = RunningClock.objects.open().get(name="missing_part", subject_id=keys.pk)
    assert clock.post_id in workshop_head_zhao.post_ids and clock.anchor == FRIDAY
    assert list(MissingPart.objects.visible_to(workshop_head_zhao)) == [keys]
    assert list(MissingPart.objects.visible_to(designer_peng)) == []
    with pytest.raises(NotAllowed):
        services.part_arrived(part=keys, by=clerk_zhou, at=LATER)
    services.part_arrived(part=keys, by=workshop_head_zhao, at=LATER)
    assert RunningClock.objects.get(pk=clock.pk).stopped_at == LATER


def test_the_parts_go_after_and_the_order_stays_open_until_they_are_there(
    notice, keys, clerk_zhou, order_manager_yan, store_keeper_qian, packer_tian, transport_zheng
):
    def go(shipment):
        return left(verified(picked(shipment, store_keeper_qian), packer_tian), transport_zheng, LATER)

    agreed(notice, clerk_zhou)
    first = arrived(go(notice), clerk_zhou)
    order = Order.objects.get(pk=first.order_id)
    waiting = OpenItem.objects.filter(order=order, kind="missing_part", closed_at=None)
    assert order.state == "delivered" and waiting.count() == 1
    assert nothing_is_open.reasons(order)
    after = {"shipment": first, "planned_on": FRIDAY, "by": order_manager_yan, "at": LATER}
    with pytest.raises(NotReady) as refused:
        services.issue_follow_up(**after)
    assert refused.value.reasons == (Reason("no_part_has_come"),)
    services.part_arrived(part=keys, by=store_keeper_qian, at=LATER)
    second = services.issue_follow_up(**after)
    assert (second.follows, [str(each) for each in second.packing.all()], second.lines.count()) == (first, ["柜门钥匙 12 把"], 0)
    services.cancel_shipment(shipment=second, reason="改期", by=order_manager_yan, at=LATER)
    assert MissingPart.objects.get().state == "arrived"
    third = services.issue_follow_up(**after)
    arrived(go(third), clerk_zhou)
    assert (MissingPart.objects.get().state, waiting.count()) == ("delivered", 0)
    assert parts_and_claims_keep_their_order_open() == nothing_left_without_consent() == what_was_not_received_is_a_shortage() == []
    MissingPart.objects.update(consent_at=None)
    OpenItem.objects.update(closed_at=None)
    assert len(nothing_left_without_consent()) == len(parts_and_claims_keep_their_order_open()) == 1
    assert Fact.objects.filter(kind="shipping.FollowUpWasNoticed", customer_visible=True).count() == 2


@pytest.fixture
def crew(clerk_zhou, store_keeper_qian, packer_tian, transport_zheng):
    """`crew(shipment)`: picked, verified by a second person and gone, as far as that is still to do."""

    def go(shipment):
        shipment = Shipment.objects.get(pk=shipment.pk)
        return left(verified(picked(shipment, store_keeper_qian), packer_tian), transport_zheng, LATER)

    return go


@pytest.fixture
def without(order_manager_yan, workshop_head_zhao):
    """`without(shipment, 1)`: so many of its goods do not go along."""

    def go(shipment, quantity, line=None):
        return services.record_missing(
            shipment=shipment, text="门板返工", quantity=Decimal(quantity), line=line or shipment.order.lines.get(),
            department=workshop(workshop_head_zhao), expected_on=FRIDAY, by=order_manager_yan, at=MONDAY_9AM,
        )  # fmt: skip

    return go


def wrongs():
    return [wrong for _name, check in invariants() for wrong in check()]


@pytest.mark.req("SHP-07", "FIN-05", "SLA-07")
def test_goods_that_stay_behind_are_fewer_in_the_notice_and_the_follow_up_brings_them(
    notice, without, crew, clerk_zhou, order_manager_yan, store_keeper_qian
):
    line, part = notice.order.lines.get(), without(notice, 1)
    assert (notice.lines.get().quantity, quantities(notice.order)[line.pk].noticed, wrongs()) == (7, 7, [])
    agreed(notice, clerk_zhou)
    first = arrived(crew(notice), clerk_zhou)
    order, sums = Order.objects.get(pk=notice.order_id), quantities(notice.order)[line.pk]
    assert (sums.shipped, sums.delivered, order.state) == (7, 7, "shipping")
    services.part_arrived(part=part, by=store_keeper_qian, at=LATER)
    clock = RunningClock.objects.open().get(name="follow_up", subject_id=first.pk)
    assert clock.role == "order_manager"
    second = services.issue_follow_up(shipment=first, planned_on=FRIDAY, by=order_manager_yan, at=LATER)
    assert not RunningClock.objects.open().filter(name="follow_up").exists()
    arrived(crew(second), clerk_zhou)
    assert (Order.objects.get(pk=order.pk).state, quantities(order)[line.pk].delivered) == ("delivered", 8)
    assert nothing_is_open.reasons(order) == () and wrongs() == []


def test_a_follow_up_taken_back_leaves_the_parts_on_the_order_managers_list(
    notice, keys, crew, clerk_zhou, order_manager_yan, store_keeper_qian
):
    agreed(notice, clerk_zhou)
    first = crew(notice)
    services.part_arrived(part=keys, by=store_keeper_qian, at=LATER)
    second = services.issue_follow_up(shipment=first, planned_on=FRIDAY, by=order_manager_yan, at=LATER)
    services.cancel_shipment(shipment=second, reason="改期", by=order_manager_yan, at=LATER)
    assert RunningClock.objects.open().filter(name="follow_up", subject_id=first.pk).count() == 1


def test_not_more_stays_behind_than_is_in_the_notice_and_not_all_of_it(notice, without):
    field = {"field": "quantity"}
    with pytest.raises(NotReady) as refused:
        without(notice, 9)
    assert refused.value.reasons == (Reason("part_above_notice", line=1, asked=Decimal(9), noticed=Decimal(8), **field),)
    with pytest.raises(NotReady) as refused:
        without(notice, 8)
    assert refused.value.reasons == (Reason("part_is_all_there_is", **field),)


def test_a_whole_line_can_stay_behind_where_another_goes(order_manager_yan, without):
    notice = noticed(order_in_store((8, "15800"), (2, "300"), free=True), order_manager_yan)
    second = notice.order.lines.get(line_no=2)
    without(notice, 2, second)
    assert [each.line.line_no for each in notice.lines.all()] == [1]
    assert (quantities(notice.order)[second.pk].noticed, wrongs()) == (0, [])


@pytest.mark.req("SHP-03")
def test_what_comes_before_it_leaves_goes_along_without_consent_or_follow_up(
    notice, keys, without, crew, store_keeper_qian, order_manager_yan, clerk_zhou
):
    part = without(notice, 1)
    for one in (keys, part):
        services.part_arrived(part=one, by=store_keeper_qian, at=LATER)
    assert set(MissingPart.objects.values_list("state", flat=True)) == {"along"}
    assert (notice.lines.get().quantity, [str(each) for each in notice.packing.all()]) == (8, ["柜门钥匙 12 把"])
    shipment = crew(notice)
    assert FORMS["D21"].build(shipment)["missing"] == ""
    assert shipment.offer("issue_follow_up", order_manager_yan).open is False
    arrived(shipment, clerk_zhou)
    order = Order.objects.get(pk=notice.order_id)
    assert (order.state, nothing_is_open.reasons(order), wrongs()) == ("delivered", (), [])


@pytest.mark.req("SHP-03")
def test_whatever_changes_the_goods_after_packing_is_packed_and_looked_at_again(
    notice, without, clerk_zhou, store_keeper_qian, packer_tian, transport_zheng
):
    verified(picked(notice, store_keeper_qian), packer_tian)
    part = without(Shipment.objects.get(pk=notice.pk), 1)
    shipment = Shipment.objects.get(pk=notice.pk)
    assert (shipment.state, shipment.verifier_id, shipment.picked_by) == ("cleared", None, "")
    verified(picked(agreed(shipment, clerk_zhou), store_keeper_qian), packer_tian)
    services.part_arrived(part=part, by=store_keeper_qian, at=LATER)
    shipment = Shipment.objects.get(pk=notice.pk)
    with pytest.raises(NotReady):
        left(shipment, transport_zheng)
    assert (shipment.state, shipment.lines.get().quantity) == ("cleared", 8)


def test_goods_that_go_after_are_not_in_another_notice_as_well(notice, without, crew, clerk_zhou, order_manager_yan, store_keeper_qian):
    line, part = notice.order.lines.get(), without(notice, 1)
    with pytest.raises(NotReady) as refused:
        noticed(notice.order, order_manager_yan, {1: 1})
    assert [reason.code for reason in refused.value.reasons] == ["nothing_to_notice"]
    agreed(notice, clerk_zhou)
    first = crew(notice)
    services.part_arrived(part=part, by=store_keeper_qian, at=LATER)
    second = services.issue_follow_up(shipment=first, planned_on=FRIDAY, by=order_manager_yan, at=LATER)
    assert (second.follows, second.lines.get().quantity, quantities(notice.order)[line.pk].noticed) == (first, 1, 8)


def test_goods_that_a_change_takes_out_are_missed_no_more(notice, without):
    line, part = notice.order.lines.get(), without(notice, 1)
    record(line=line, kind="cancelled", quantity=Decimal(1), source=("tests.change", 1), by=SYSTEM, at=LATER)
    (wrong,) = missing_goods_can_go_after()
    assert wrong.startswith(f"line {line.pk}: 1")
    for _again in range(2):
        services.strike_unwanted(order_id=notice.order_id, at=LATER)
    part.refresh_from_db()
    assert (part.state, wrongs()) == ("struck", [])


def test_verify_finds_a_notice_that_is_not_what_the_ledger_says(notice):
    notice.lines.update(quantity=Decimal(7))
    assert len(what_is_noticed_stands_in_notices()) == 1


def test_the_delivery_note_lists_what_is_missing(notice, keys, clerk_zhou, store_keeper_qian):
    agreed(notice, clerk_zhou)
    note = FORMS["D21"].build(picked(notice, store_keeper_qian))
    assert "柜门钥匙 12 把" in note["missing"] and "2026-11-27" in note["missing"]


@pytest.mark.req("SHP-01")
def test_what_goes_ahead_is_proposed_for_the_next_working_day_and_the_rest_for_the_promised_date():
    order = Order.objects.get(pk=order_in_store((1, "100")).pk)
    assert leaves_on(order, True, MONDAY_9AM) == DUE
    assert leaves_on(order, False, MONDAY_9AM) == date(2026, 11, 24)
