"""Payments: only finance books them, once, and what they cover follows by itself."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.reasons import NotAllowed, NotReady, Reason
from finance import services
from finance.models import Payment, Receivable
from orders.models import Order, PaymentDue
from orders.services.money import due_before_shipment, set_due
from sla.models import RunningClock
from tests.factories.shipping import arrived, order_in_store, order_with, violations
from tests.factories.work import begun_before_the_release, on_my_work
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = date(2026, 11, 23)


def record(order, by, amount="9480.00", **more):
    given = {"kind": "deposit", "method": "transfer", "paid_on": TODAY, "at": MONDAY_9AM} | more
    return services.record_payment(order=order, amount=D(amount), by=by, **given)


def paid(order, by, amount="9480.00", **more):
    return services.confirm_payment(payment=record(order, by, amount, **more), by=by, at=MONDAY_9AM)


def codes(refused):
    return [reason.code for reason in refused.value.reasons]


@pytest.mark.req("CON-04")
def test_a_clerk_cannot_touch_money(clerk_zhou, salesperson_he, order_manager_yan, sales_head_gu, finance_sun):
    order = order_with((2, "15800"))
    payment = record(order, finance_sun)
    for somebody in (clerk_zhou, salesperson_he, order_manager_yan, sales_head_gu):
        with pytest.raises(NotAllowed):
            record(order, somebody)
        with pytest.raises(NotAllowed):
            services.confirm_payment(payment=payment, by=somebody, at=MONDAY_9AM)
        with pytest.raises(NotAllowed):
            services.reverse_payment(payment=payment, reason="—", by=somebody, at=MONDAY_9AM)
    assert Payment.objects.get().state == "recorded"


@pytest.mark.req("CON-04")
def test_money_counts_once_it_is_confirmed(finance_sun):
    order = order_with((2, "15800"))
    payment = record(order, finance_sun)
    assert payment.number == "SK2611-0001"
    assert due_before_shipment(order) == D("31600.00")
    services.confirm_payment(payment=payment, by=finance_sun, at=MONDAY_9AM)
    assert due_before_shipment(order) == D("22120.00")
    assert PaymentDue.objects.get(order=order, gate="effect").settled_at == MONDAY_9AM
    with pytest.raises(NotReady) as refused:
        services.confirm_payment(payment=payment, by=finance_sun, at=MONDAY_9AM)
    assert codes(refused) == ["wrong_state"]
    assert violations() == []


@pytest.mark.req("CON-04")
def test_a_reversed_payment_is_due_again(finance_sun):
    order = order_with((2, "15800"))
    payment = paid(order, finance_sun)
    payment = services.reverse_payment(payment=payment, reason="退票", by=finance_sun, at=MONDAY_9AM)
    assert (payment.state, payment.reversed_reason) == ("reversed", "退票")
    assert due_before_shipment(order) == D("31600.00")
    assert PaymentDue.objects.get(order=order, gate="effect").settled_at is None
    assert violations() == []


@pytest.mark.req("CON-04")
def test_what_was_only_recorded_is_reversed_without_touching_the_order(finance_sun):
    order = order_with((2, "15800"))
    services.reverse_payment(payment=record(order, finance_sun), reason="录错订单", by=finance_sun, at=MONDAY_9AM)
    assert due_before_shipment(order) == D("31600.00")
    assert violations() == []


@pytest.mark.req("CON-04")
def test_more_than_the_order_waits_for_is_refused(finance_sun):
    order = order_with((2, "15800"))
    with pytest.raises(NotReady) as refused:
        paid(order, finance_sun, "31600.01")
    assert refused.value.reasons == (Reason("overpaid", amount=D("31600.01"), missing=D("31600.00"), field="amount"),)
    assert due_before_shipment(order) == D("31600.00")


@pytest.mark.req("CON-04")
def test_a_bank_reference_is_booked_once_until_it_is_reversed(finance_sun):
    order, other = order_with((2, "15800")), order_with((2, "15800"))
    payment = record(order, finance_sun, bank_reference="ICBC-0001")
    with pytest.raises(NotReady) as refused:
        record(other, finance_sun, bank_reference=" ICBC-0001 ")
    assert refused.value.reasons == (Reason("payment_booked_twice", reference="ICBC-0001", number=payment.number, field="bank_reference"),)
    twin = Payment.objects.get(pk=payment.pk)
    twin.pk, twin.number = None, "SK2611-9999"
    with pytest.raises(IntegrityError), transaction.atomic():  # the database promises it too
        twin.save(force_insert=True)
    services.reverse_payment(payment=payment, reason="录错订单", by=finance_sun, at=MONDAY_9AM)
    assert record(other, finance_sun, bank_reference="ICBC-0001").state == "recorded"


@pytest.mark.req("CON-04")
def test_figures_that_cannot_be_are_refused_beside_their_fields(finance_sun):
    order = order_with((2, "15800"))
    with pytest.raises(NotReady) as refused:
        record(order, finance_sun, "0", paid_on=TODAY + timedelta(days=1))
    assert [(r.code, r.figures["field"]) for r in refused.value.reasons] == [
        ("payment_not_positive", "amount"),
        ("payment_in_future", "paid_on"),
    ]


@pytest.mark.req("FIN-02")
def test_the_salesperson_collects_on_the_due_date_and_stops_with_the_money(finance_sun, salesperson_he):
    order = order_in_store((2, "15800"), stages=[("delivery", 100)])
    due = order.dues.get()
    set_due(due, date(2026, 12, 25), MONDAY_9AM, finance_sun)
    clock = RunningClock.objects.get(name="payment_due")
    assert (clock.subject_kind, clock.subject_id, clock.anchor) == ("finance.receivable", due.pk, date(2026, 12, 25))
    assert clock.post_id in salesperson_he.post_ids
    paid(order, finance_sun, "31600.00")
    assert RunningClock.objects.get(pk=clock.pk).stopped_at == MONDAY_9AM


@pytest.mark.req("FIN-02")
def test_receivables_say_what_came_in_and_how_late_the_rest_is(finance_sun):
    order = order_with((2, "15800"), stages=[("effect", 30), ("delivery", 70)])
    set_due(order.dues.get(position=2), date(2026, 11, 1), MONDAY_9AM, finance_sun)
    paid(order, finance_sun, "10000.00")
    first, second = Receivable.objects.filter(order=order).order_by("position")
    assert (first.got, first.missing, first.overdue_days(TODAY)) == (D("9480.00"), 0, 0)
    assert (second.got, second.missing, second.overdue_days(TODAY)) == (D("520.00"), D("21600.00"), 22)
    assert list(Receivable.objects.filter(order=order).overdue(TODAY)) == [second]


@pytest.mark.req("FIN-05")
def test_an_order_closes_only_when_all_is_paid(finance_sun, clerk_zhou, shipped):
    from orders.services.progress import close
    from shipping.services import confirm_receipt

    order = order_in_store((2, "15800"), free=True)
    shipment = shipped(order)
    at = shipment.dispatched_at + timedelta(hours=1)
    confirm_receipt(shipment=shipment, signed_by="王工", received_at=at, condition="sound", by=clerk_zhou, at=at)
    with pytest.raises(NotReady):
        close(order=Order.objects.get(pk=order.pk), by=finance_sun, at=at)
    services.issue_invoice(order=order, by=finance_sun, at=at)
    with pytest.raises(NotReady) as refused:
        close(order=Order.objects.get(pk=order.pk), by=finance_sun, at=at)
    assert codes(refused) == ["unpaid"]
    paid(order, finance_sun, "31600.00")
    close(order=Order.objects.get(pk=order.pk), by=finance_sun, at=at)
    assert Order.objects.get(pk=order.pk).state == "closed"
    assert violations() == []


@pytest.mark.req("CON-04", "SLA-07")
def test_a_payment_waits_for_its_confirmation(finance_sun):
    first, second = (record(order_with((2, "15800")), finance_sun) for _each in range(2))
    assert "payment_confirmation" in on_my_work(finance_sun)
    begun_before_the_release()
    services.confirm_payment(payment=first, by=finance_sun, at=MONDAY_9AM)
    services.reverse_payment(payment=second, reason="录错", by=finance_sun, at=MONDAY_9AM)
    assert "payment_confirmation" not in on_my_work(finance_sun)


@pytest.mark.req("FIN-01", "SLA-07")
def test_finance_invoices_what_was_delivered(shipped, finance_sun, clerk_zhou):
    order = order_in_store((2, "15800"), free=True)
    gone = shipped(order)
    assert "invoicing" not in on_my_work(finance_sun)
    arrived(gone, clerk_zhou)
    assert "invoicing" in on_my_work(finance_sun)
    begun_before_the_release()
    services.issue_invoice(order=order, by=finance_sun, at=gone.dispatched_at + timedelta(days=1))
    assert "invoicing" not in on_my_work(finance_sun)
