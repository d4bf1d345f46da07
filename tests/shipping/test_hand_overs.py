"""Whatever shipping hands to another post stands on that post's My work until it is done, and on nobody's after (SLA-07)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from finance.services import confirm_payment, record_payment
from organization.models import Department
from shipping import services
from shipping.models import Claim, Shipment
from sla.models import RunningClock
from tests.factories.shipping import DUE, arrived, left, noticed, order_in_store, picked, verified
from tests.factories.work import begun_before_the_release, on_my_work
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-07")]
LATER = MONDAY_9AM + timedelta(days=1)


@pytest.fixture
def notice(order_manager_yan):
    return noticed(order_in_store((8, "15800"), (2, "900"), free=True), order_manager_yan)


def missing(shipment, by, actor, **more):
    return services.record_missing(
        shipment=shipment, department=Department.objects.get(pk=actor.hats[0].department_id), expected_on=date(2026, 11, 27), by=by,
        at=MONDAY_9AM, **{"text": "柜门钥匙", "quantity": Decimal(12), "unit": "把", **more},
    )  # fmt: skip


@pytest.mark.req("SHP-03")
def test_the_store_the_second_person_and_transport_have_it_one_after_the_other(
    notice, store_keeper_qian, packer_tian, transport_zheng, driver_jin
):
    hands = (store_keeper_qian, packer_tian, driver_jin)

    def work():
        return ["".join(name for name in on_my_work(each) if name.startswith("shipment_")) for each in hands]

    assert work() == ["shipment_picking", "", ""]
    clock = RunningClock.objects.get(name="shipment_picking")
    assert clock.anchor == DUE and clock.due_at.date() < DUE, "before the day on which it is to leave"
    begun_before_the_release()
    shipment = picked(notice, store_keeper_qian)
    assert work() == ["", "shipment_verifying", ""]
    begun_before_the_release()
    shipment = verified(shipment, packer_tian)
    assert work() == ["", "", "shipment_dispatch"]
    begun_before_the_release()
    left(shipment, transport_zheng)
    assert work() == ["", "", ""]


@pytest.mark.req("SHP-02")
def test_finance_clears_what_waits_for_money(order_manager_yan, finance_sun, store_keeper_qian):
    order = order_in_store((8, "15800"))
    notice = noticed(order, order_manager_yan)
    assert "shipment_clearing" in on_my_work(finance_sun) and "shipment_picking" not in on_my_work(store_keeper_qian)
    begun_before_the_release()
    payment = record_payment(
        order=order, kind="other", amount=order.amount, method="transfer", paid_on=MONDAY_9AM.date(), by=finance_sun, at=MONDAY_9AM
    )
    confirm_payment(payment=payment, by=finance_sun, at=MONDAY_9AM)
    services.clear_shipment(shipment=notice, by=finance_sun, at=LATER)
    assert "shipment_clearing" not in on_my_work(finance_sun) and "shipment_picking" in on_my_work(store_keeper_qian)


def test_what_is_cleared_by_itself_is_nobodys_work(notice):
    assert not RunningClock.objects.filter(name="shipment_clearing").exists()


def test_goods_packed_with_something_else_are_picked_again(
    notice, order_manager_yan, clerk_zhou, store_keeper_qian, packer_tian, driver_jin, workshop_head_zhao
):
    shipment = verified(picked(notice, store_keeper_qian), packer_tian)
    line = notice.order.lines.get(line_no=2)
    missing(shipment, order_manager_yan, workshop_head_zhao, line=line, quantity=Decimal(1))
    assert "shipment_picking" in on_my_work(store_keeper_qian) and "shipment_dispatch" not in on_my_work(driver_jin)
    assert "consent_to_missing" in on_my_work(clerk_zhou)
    begun_before_the_release()


def test_a_notice_that_is_taken_back_or_moved_takes_its_clocks_along(notice, order_manager_yan, store_keeper_qian):
    services.cancel_shipment(shipment=notice, reason="改期", by=order_manager_yan, at=LATER)
    assert not [name for name in on_my_work(store_keeper_qian) if name.startswith("shipment_")]


@pytest.mark.req("SHP-06")
def test_the_clerk_asks_the_customer_until_they_agree_or_nothing_is_missing_any_more(
    notice, order_manager_yan, clerk_zhou, store_keeper_qian, workshop_head_zhao
):
    keys = missing(notice, order_manager_yan, workshop_head_zhao)
    paper = missing(notice, order_manager_yan, workshop_head_zhao, text="合格证", quantity=Decimal(1), unit="")
    assert "consent_to_missing" in on_my_work(clerk_zhou)
    begun_before_the_release()
    services.part_arrived(part=keys, by=store_keeper_qian, at=LATER)
    assert "consent_to_missing" in on_my_work(clerk_zhou), "the certificate is still missing"
    services.part_arrived(part=paper, by=store_keeper_qian, at=LATER)
    assert "consent_to_missing" not in on_my_work(clerk_zhou)
    missing(notice, order_manager_yan, workshop_head_zhao)
    services.record_consent(shipment=notice, agreed_by="王工", how="phone", by=clerk_zhou, at=LATER)
    assert "consent_to_missing" not in on_my_work(clerk_zhou)


@pytest.mark.req("SHP-07")
def test_goods_that_were_missing_on_arrival_wait_for_a_decision(shipped, order_manager_yan, clerk_zhou, sales_head_gu):
    gone = shipped(order_in_store((8, "15800"), (2, "900"), (1, "50"), free=True))
    arrived(gone, clerk_zhou, {1: 6, 2: 1})
    first, second = gone.shortages.order_by("pk")
    assert "missing_goods" in on_my_work(order_manager_yan)
    begun_before_the_release()
    services.find_shortage(shortage=first, note="在门卫室", by=clerk_zhou, at=LATER)
    assert "missing_goods" in on_my_work(order_manager_yan), "one is still to be decided"
    services.credit_shortage(shortage=second, note="减价", by=sales_head_gu, at=LATER)
    assert "missing_goods" not in on_my_work(order_manager_yan)


@pytest.mark.req("SHP-10")
def test_the_cause_of_a_damage_is_asked_of_both_sides_and_then_established(
    shipped, clerk_zhou, inspector_wu, production_manager_lu, transport_zheng, driver_jin, aftersales_head_liang
):
    gone = shipped(order_in_store((8, "15800"), free=True))
    damage = services.report_damage(shipment=gone, words="柜门凹陷", by=clerk_zhou, at=LATER)
    assert "damage_words" in on_my_work(inspector_wu) and "damage_words" in on_my_work(production_manager_lu)
    assert "damage_decision" in on_my_work(aftersales_head_liang), "what the customer gets is after-sales' affair, on the service request"
    begun_before_the_release()
    services.say_cause(damage=damage, words="出厂完好", by=inspector_wu, at=LATER)
    assert "damage_words" not in on_my_work(inspector_wu) and "damage_cause" not in on_my_work(driver_jin)
    services.say_cause(damage=damage, words="包装按规范", by=production_manager_lu, at=LATER)
    assert "damage_cause" in on_my_work(driver_jin) and "damage_words" not in on_my_work(production_manager_lu)
    begun_before_the_release()
    services.establish_cause(damage=damage, cause="carrier", finding="未绑扎", measure="装车拍照", by=transport_zheng, at=LATER)
    assert "damage_cause" not in on_my_work(driver_jin)


@pytest.mark.req("SHP-10")
def test_a_claim_is_agreed_by_transport_and_settled_by_the_freight_auditor(shipped, transport_zheng, driver_jin, freight_auditor_su):
    gone: Shipment = shipped(order_in_store((8, "15800"), free=True))
    given = {"against": "carrier", "against_name": "德邦", "amount": Decimal(860), "reason": "凹陷"}
    claim: Claim = services.raise_claim(shipment=gone, by=transport_zheng, at=LATER, **given)
    assert "claim_agreement" in on_my_work(driver_jin)
    begun_before_the_release()
    services.agree_claim(claim=claim, agreed_amount=Decimal(800), agreed_with="刘经理", by=transport_zheng, at=LATER)
    assert "claim_agreement" not in on_my_work(driver_jin) and "claim_settlement" in on_my_work(freight_auditor_su)
    begun_before_the_release()
    services.settle_claim(claim=claim, how="抵扣运费", by=freight_auditor_su, at=LATER)
    assert "claim_settlement" not in on_my_work(freight_auditor_su)
