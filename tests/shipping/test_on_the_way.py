"""On the way: the estimated arrival moves, carrier and clerk report, nobody confirms, nobody received, something broke, somebody pays."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from core.actor import Actor
from core.models import Delivery, Fact
from core.reasons import NotAllowed, NotReady, Reason
from documents.registry import FORMS
from orders.models import OpenItem, Order
from orders.services.ledger import quantities
from organization.roles import sees_claims
from shipping import services
from shipping.models import Claim, Damage, Shipment
from sla.models import ClockRule, RunningClock
from sla.sweep import sweep
from tests.factories.shipping import arrived, order_in_store, violations
from tests.personas import MONDAY_9AM, SHANGHAI

pytestmark = pytest.mark.django_db
D = Decimal
LATER = MONDAY_9AM + timedelta(hours=3)
TUESDAY_9AM = MONDAY_9AM + timedelta(days=1)


def at(day, hour=9):
    return datetime(2026, 11 if day > 20 else 12, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def gone(shipped):
    """Left on Monday with our own vehicle, expected on Tuesday at nine."""
    return shipped(order_in_store((8, "15800"), free=True), arrives_at=TUESDAY_9AM)


def clock(shipment, name):
    return RunningClock.objects.open().filter(name=name, subject_id=shipment.pk).first()


def state_of(shipment):
    return Shipment.objects.get(pk=shipment.pk).state


@pytest.mark.req("FUP-06")
def test_the_customer_reads_why_and_to_when_the_arrival_moved(gone, transport_zheng, clerk_zhou):
    assert gone.arrives_at == TUESDAY_9AM
    move = {"shipment": gone, "by": transport_zheng, "at": LATER}
    with pytest.raises(NotReady) as refused:
        services.move_arrival(arrives_at=MONDAY_9AM, reason=" ", **move)
    assert [reason.code for reason in refused.value.reasons] == ["arrival_in_the_past", "arrival_reason_missing"]
    with pytest.raises(NotAllowed):
        services.move_arrival(arrives_at=at(26), reason="封路", **{**move, "by": clerk_zhou})
    services.move_arrival(arrives_at=at(26), reason="高速封路", **move)
    fact = Fact.objects.get(kind="shipping.ArrivalWasMoved")
    assert fact.customer_visible
    assert (fact.data["reason"], datetime.fromisoformat(fact.data["arrives_at"])) == ("高速封路", at(26))


@pytest.mark.req("SHP-11")
def test_an_unconfirmed_delivery_is_chased_after_one_three_and_five_working_days(gone, transport_zheng, clerk_zhou, sales_head_gu):
    names = ("delivery_unconfirmed", "delivery_unconfirmed_2", "delivery_unconfirmed_3")
    assert [clock(gone, name).due_at for name in names] == [at(25), at(27), at(1)]
    services.move_arrival(shipment=gone, arrives_at=at(26), reason="高速封路", by=transport_zheng, at=LATER)
    assert [clock(gone, name).due_at for name in names] == [at(27), at(1), at(3)]
    sweep(at(4))
    told = Delivery.objects.filter(title__in=[f"{name}:breached" for name in names]).order_by("pk").values_list("title", "person_id")
    clerk, head = clerk_zhou.person_id, sales_head_gu.person_id
    assert sorted(told) == sorted(zip((f"{name}:breached" for name in names), (clerk, head, head), strict=True))


@pytest.mark.req("SHP-11")
def test_what_nobody_confirms_is_taken_as_received_with_its_reason(gone):
    due = clock(gone, "delivery_taken_as_received").due_at
    assert due == at(4)
    sweep(due - timedelta(minutes=1))
    run_reactions(due)
    assert state_of(gone) == "dispatched"
    sweep(due)
    run_reactions(due)
    shipment = Shipment.objects.get(pk=gone.pk)
    assert (shipment.state, shipment.condition, shipment.received_by) == ("delivered", "silence", "")
    assert Order.objects.get(pk=gone.order_id).state == "delivered"
    assert not RunningClock.objects.open().filter(subject_kind="shipping.shipment", name__startswith="delivery").exists()
    assert violations() == []


@pytest.mark.req("SHP-11", "SLA-02")
def test_a_company_sets_its_own_number_of_days(shipped, clerk_zhou):
    order = order_in_store((1, "100"), free=True)
    rule = ClockRule.objects.get(name="delivery_taken_as_received", company=None)
    ClockRule.objects.create(
        name=rule.name, company=order.sales_company, unit=rule.unit, amount=2, warn_percent=75, responsible=rule.responsible
    )
    assert clock(shipped(order, arrives_at=TUESDAY_9AM), "delivery_taken_as_received").due_at == at(26)


@pytest.mark.req("SHP-11")
def test_a_confirmed_delivery_is_not_chased(gone, clerk_zhou):
    arrived(gone, clerk_zhou)
    names = ("delivery_unconfirmed", "delivery_unconfirmed_2", "delivery_unconfirmed_3", "delivery_taken_as_received", "customer_receipt")
    assert [clock(gone, name) for name in names] == [None] * 5
    services.take_as_received(shipment=gone, at=at(30))
    assert Shipment.objects.get(pk=gone.pk).condition == "sound"


@pytest.mark.req("SHP-09")
def test_the_carriers_receipt_starts_the_call_to_the_customer(shipped, transport_zheng, clerk_zhou):
    own, order = shipped(order_in_store((1, "100"), free=True)), order_in_store((1, "100"), free=True)
    assert clock(own, "shipping_call").due_at == at(23, 17) and clock(own, "carrier_receipt") is None
    with pytest.raises(NotReady) as refused:
        services.record_carrier_receipt(shipment=own, signed_by="刘师傅", by=transport_zheng, at=LATER)
    assert refused.value.reasons == (Reason("own_vehicle"),)
    sent = shipped(order, carriage="carrier", carrier_name="德邦", carrier_reason="车辆不足")
    assert clock(sent, "shipping_call") is None
    assert clock(sent, "carrier_receipt").due_at == sent.dispatched_at + timedelta(days=1)
    services.record_carrier_receipt(shipment=sent, signed_by="刘师傅", by=transport_zheng, at=LATER)
    assert clock(sent, "carrier_receipt") is None
    services.tell_customer(shipment=sent, whom="王工", how="phone", by=clerk_zhou, at=LATER)
    assert clock(sent, "shipping_call") is None


@pytest.mark.req("SHP-09")
def test_nobody_has_to_call_a_customer_who_has_the_goods(shipped, clerk_zhou):
    own = shipped(order_in_store((1, "100"), free=True))
    arrived(own, clerk_zhou)
    call = RunningClock.objects.get(name="shipping_call", subject_id=own.pk)
    assert call.cancelled_at and not call.stopped_at, "it was not made: that does not count as met"


@pytest.mark.req("SHP-10")
def test_what_nobody_received_is_traced_and_the_customer_gets_the_answer(gone, clerk_zhou, transport_zheng):
    trace = services.report_not_received(shipment=gone, words="没到", by=clerk_zhou, at=at(25))
    assert clock(gone, "nonreceipt_trace").due_at == at(25, 14)  # four working hours
    assert clock(gone, "delivery_taken_as_received") is None
    with pytest.raises(NotReady) as refused:
        services.report_not_received(shipment=gone, words="还是没到", by=clerk_zhou, at=at(25))
    assert refused.value.reasons == (Reason("trace_runs"),)
    given = {"trace": trace, "result": "elsewhere", "answer": "卸在隔壁工地，明早送到", "by": transport_zheng, "at": at(25, 11)}
    with pytest.raises(NotReady) as refused:
        services.answer_trace(**given)
    assert refused.value.reasons == (Reason("arrival_in_the_past", field="arrives_at"),)
    services.answer_trace(arrives_at=at(26), **given)
    fact = Fact.objects.get(kind="shipping.TraceWasAnswered")
    assert fact.customer_visible and fact.data["answer"] == "卸在隔壁工地，明早送到"
    assert clock(gone, "nonreceipt_trace") is None
    assert clock(gone, "delivery_unconfirmed").due_at == at(27)


@pytest.mark.req("SHP-10", "SHP-07")
def test_what_is_lost_is_missing_line_by_line(gone, clerk_zhou, transport_zheng):
    trace = services.report_not_received(shipment=gone, words="没到", by=clerk_zhou, at=at(25))
    services.answer_trace(trace=trace, result="lost", answer="车辆失窃，已报案", by=transport_zheng, at=at(25, 11))
    shipment = Shipment.objects.get(pk=gone.pk)
    assert [(row.quantity, row.state) for row in shipment.shortages.all()] == [(D(8), "open")]
    assert quantities(shipment.order)[shipment.lines.get().line_id].delivered == 0
    with pytest.raises(NotReady) as refused:
        arrived(shipment, clerk_zhou)
    assert refused.value.reasons == (Reason("shipment_lost", at=at(25, 11)),)
    assert not Shipment.objects.open().filter(pk=shipment.pk).exists()
    services.take_as_received(shipment=shipment, at=at(30))
    assert state_of(shipment) == "dispatched"


@pytest.mark.req("SHP-10")
def test_whom_damage_concerns_is_told_at_once(
    gone, clerk_zhou, aftersales_head_liang, transport_zheng, freight_auditor_su, quality_head_yuan
):
    damage = services.report_damage(shipment=gone, words="柜门凹陷", by=clerk_zhou, at=LATER)
    told = set(Delivery.objects.filter(url=damage.get_absolute_url(), channel="page").values_list("person_id", flat=True))
    assert told >= {each.person_id for each in (aftersales_head_liang, transport_zheng, freight_auditor_su, quality_head_yuan)}
    assert Fact.objects.get(kind="shipping.DamageWasReported").data["damage_id"] == damage.pk


@pytest.mark.req("SHP-10")
def test_transport_establishes_the_cause_once_quality_and_production_were_heard(
    gone, clerk_zhou, transport_zheng, inspector_wu, production_manager_lu
):
    damage = services.report_damage(shipment=gone, words="柜门凹陷", by=clerk_zhou, at=LATER)
    conclude = {"damage": damage, "cause": "carrier", "finding": "未绑扎", "measure": "装车拍照", "by": transport_zheng, "at": LATER}
    services.say_cause(damage=damage, words="出厂完好", by=inspector_wu, at=LATER)
    with pytest.raises(NotReady) as refused:
        services.establish_cause(**conclude)
    assert [reason.code for reason in refused.value.reasons] == ["cause_words_missing"]
    with pytest.raises(NotAllowed):
        services.say_cause(damage=damage, words="我看是路上", by=clerk_zhou, at=LATER)
    services.say_cause(damage=damage, words="包装按规范", by=production_manager_lu, at=LATER)
    services.establish_cause(**conclude)
    damage = Damage.objects.get()
    assert (damage.state, damage.cause, [word.side for word in damage.said.order_by("pk")]) == (
        "analysed",
        "carrier",
        ["inspector", "production_manager"],
    )


@pytest.mark.req("SHP-10", "FIN-05")
def test_a_claim_is_raised_agreed_and_settled_and_keeps_the_order_open(gone, transport_zheng, freight_auditor_su, clerk_zhou):
    given = {"against": "carrier", "against_name": "德邦", "reason": "柜门凹陷", "at": LATER}
    with pytest.raises(NotAllowed):
        services.raise_claim(shipment=gone, amount=D("860.00"), by=clerk_zhou, **given)
    claim = services.raise_claim(shipment=gone, amount=D("860.00"), by=transport_zheng, **given)
    waiting = OpenItem.objects.filter(order_id=gone.order_id, kind="claim", closed_at=None)
    assert claim.number.startswith("SP2611-") and waiting.count() == 1
    with pytest.raises(NotReady) as refused:
        services.agree_claim(claim=claim, agreed_amount=D("900.00"), agreed_with="刘经理", by=transport_zheng, at=LATER)
    assert refused.value.reasons == (Reason("claim_agreed_outside", field="agreed_amount"),)
    services.agree_claim(claim=claim, agreed_amount=D("800.00"), agreed_with="刘经理", by=transport_zheng, at=LATER)
    services.settle_claim(claim=claim, how="抵扣十一月运费", by=freight_auditor_su, at=LATER)
    assert (Claim.objects.get().state, waiting.count()) == ("settled", 0)


@pytest.mark.req("SHP-10", "SEC-01")
def test_what_is_claimed_is_for_who_sees_freight_or_costs(
    login, gone, transport_zheng, freight_auditor_su, finance_sun, clerk_zhou, order_manager_yan
):
    claim = services.raise_claim(
        shipment=gone, against="carrier", against_name="德邦", amount=D("861.37"), reason="柜门凹陷", by=transport_zheng, at=LATER
    )
    assert "861.37" not in str(list(Fact.objects.values_list("data", "money")))
    for person, sees in ((freight_auditor_su, True), (finance_sun, True), (clerk_zhou, False), (order_manager_yan, False)):
        browser = login(person)
        assert sees_claims(person) is sees
        assert browser.get(claim.get_absolute_url()).status_code == (200 if sees else 404)
        assert ("861.37" in browser.get(gone.get_absolute_url()).content.decode()) is sees
    assert FORMS["D26"].prices == "freight"
    assert FORMS["D26"].build(claim)["claimed_amount"] == D("861.37")


@pytest.mark.req("SHP-08")
def test_the_shipping_advice_says_with_whom_and_when(gone):
    advice = FORMS["D22"].build(gone)
    assert (advice["number"], advice["arrives_at"]) == (gone.delivery_number, TUESDAY_9AM)
    assert "金永康" in advice["carrier"] and not FORMS["D22"].prices


@pytest.mark.req("SHP-10")
def test_a_customer_reports_but_sees_no_claims_of_ours(gone, transport_zheng):
    services.raise_claim(shipment=gone, against="carrier", against_name="德邦", amount=D(9), reason="凹陷", by=transport_zheng, at=LATER)
    customer = Actor(kind="customer", name="王工", order_id=gone.order_id)
    damage = services.report_damage(shipment=gone, words="柜门凹陷", by=customer, at=LATER)
    assert damage.reported_by == "王工"
    assert Damage.objects.visible_to(customer).count() == 1
    assert Claim.objects.visible_to(customer).count() == 0


def run_reactions(moment):
    from core.facts import run_due

    run_due(moment)
