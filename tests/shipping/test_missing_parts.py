"""Shipping with parts missing: the customer agrees first, a department follows up, the parts go after, the order waits for them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.actor import Actor
from core.models import Fact
from core.reasons import NotAllowed, NotReady, Reason
from documents.registry import FORMS
from orders.guards import nothing_is_open
from orders.models import OpenItem, Order
from orders.services.ledger import quantities
from organization.models import Department
from shipping import services
from shipping.forms.shipment import leaves_on
from shipping.models import MissingPart
from shipping.verify import (
    nothing_left_without_consent,
    parts_and_claims_keep_their_order_open,
    what_was_not_received_is_a_shortage,
)
from sla.models import RunningClock
from tests.factories.shipping import DUE, arrived, left, noticed, order_in_store, order_with, picked, put_in_store, verified
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


def test_goods_of_a_line_go_after_from_the_store(
    order_manager_yan, clerk_zhou, store_keeper_qian, packer_tian, transport_zheng, workshop_head_zhao
):
    order = order_with((8, "15800"), free=True)
    put_in_store(order, {1: 7})
    line, shipment = order.lines.get(), noticed(order, order_manager_yan, {1: 7})
    part = services.record_missing(
        shipment=shipment, text="8 号柜", quantity=Decimal(1), line=line, department=workshop(workshop_head_zhao), expected_on=FRIDAY,
        by=order_manager_yan, at=MONDAY_9AM,
    )  # fmt: skip
    agreed(shipment, clerk_zhou)
    shipment = left(verified(picked(shipment, store_keeper_qian), packer_tian), transport_zheng)
    services.part_arrived(part=part, by=store_keeper_qian, at=LATER)
    with pytest.raises(NotReady) as refused:  # said to be there, but not put away
        services.issue_follow_up(shipment=shipment, planned_on=FRIDAY, by=order_manager_yan, at=LATER)
    assert [reason.code for reason in refused.value.reasons] == ["nothing_to_notice"]
    put_in_store(order, {1: 1})
    second = services.issue_follow_up(shipment=shipment, planned_on=FRIDAY, by=order_manager_yan, at=LATER)
    assert (second.follows, second.lines.get().quantity, quantities(order)[line.pk].noticed) == (shipment, 1, 8)


def test_the_delivery_note_lists_what_is_missing(notice, keys, clerk_zhou, store_keeper_qian):
    agreed(notice, clerk_zhou)
    note = FORMS["D21"].build(picked(notice, store_keeper_qian))
    assert "柜门钥匙 12 把" in note["missing"] and "2026-11-27" in note["missing"]


@pytest.mark.req("SHP-01")
def test_what_goes_ahead_is_proposed_for_the_next_working_day_and_the_rest_for_the_promised_date():
    order = Order.objects.get(pk=order_in_store((1, "100")).pk)
    assert leaves_on(order, True, MONDAY_9AM) == DUE
    assert leaves_on(order, False, MONDAY_9AM) == date(2026, 11, 24)
