"""Refunds: against what was paid, once, within two working days; and orders, dues, invoices that still add up afterwards."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from aftersales.events import ReturnWasSettled
from core.actor import SYSTEM
from core.facts import act, publish
from core.models import Delivery, Fact
from core.reasons import NotAllowed, NotReady, Reason
from finance import refunds, services
from finance.models import Credit, Invoice, Refund
from orders.events import OrderWasCancelled
from orders.guards import everything_is_paid, nothing_is_open
from orders.models import LineMovement, Order
from orders.services.ledger import quantities, record
from orders.services.money import owed_by, paid, standing
from portal.page import timeline
from sla.models import RunningClock
from tests.factories.shipping import order_in_store, order_with, violations
from tests.personas import MONDAY_9AM

D = Decimal
SOURCE = ("aftersales.returnrequest", 1)


def pays(order, amount, by):
    payment = services.record_payment(
        order=order, kind="balance", amount=D(amount), method="transfer", paid_on=MONDAY_9AM.date(), by=by, at=MONDAY_9AM
    )
    return services.confirm_payment(payment=payment, by=by, at=MONDAY_9AM)


def refund(order, amount, *, source=SOURCE, by=SYSTEM):
    return refunds.agree_refund(order=order, amount=D(amount), reason="退货", source=source, by=by, at=MONDAY_9AM)


def comes_back(order, quantity, *, return_id=1):
    """After-sales settled a return of so much of the first line."""
    line = order.lines.get(line_no=1)
    record(line=line, kind="returned", quantity=D(quantity), source=("aftersales.returnrequest", return_id), by=SYSTEM, at=MONDAY_9AM)
    fact = ReturnWasSettled(
        order_id=order.pk,
        return_id=return_id,
        number="TH2611-0001",
        outcome="—",
        lines=(line.pk,),
        quantities=(str(quantity),),
        exchanged=(),
    )
    act(publish)(fact, by=SYSTEM, at=MONDAY_9AM)


@pytest.fixture
def received(shipped):
    """`received((8, "15800"))`: all of it is with the customer."""

    def go(*goods, **more):
        order = order_in_store(*goods, free=True, stages=more.get("stages", (("delivery", 100),)))
        shipment = shipped(order)
        for each in shipment.lines.select_related("line"):
            source = ("shipping.shipment", shipment.pk)
            record(line=each.line, kind="delivered", quantity=each.quantity, source=source, by=SYSTEM, at=MONDAY_9AM)
        return Order.objects.get(pk=order.pk)

    return go


@pytest.mark.req("RET-04", "FIN-01", "FIN-05")
@pytest.mark.django_db
def test_a_paid_and_invoiced_order_adds_up_after_two_of_eight_came_back(received, finance_sun):
    order = received((8, "15800"))
    invoice = services.issue_invoice(order=order, by=finance_sun, at=MONDAY_9AM)
    pays(order, "126400", finance_sun)
    comes_back(order, 2)
    back = Refund.objects.get()
    assert (back.amount, back.state, back.number[:4]) == (D("31600.00"), "agreed", "TK26")
    note = Invoice.objects.get(corrects=invoice)
    assert (note.number, note.gross, note.lines.get().quantity) == ("FP26-XS-0002", D("-31600.00"), D(-2))
    assert quantities(order)[order.lines.get().pk].invoiced == 6
    assert standing(order) == (D("126400.00"), D("126400.00")) and paid(order) == D("94800.00")
    assert everything_is_paid.reasons(order) == () and nothing_is_open.reasons(order) != ()
    refunds.pay_refund(refund=back, method="transfer", paid_on=MONDAY_9AM.date(), bank_reference="B77", by=finance_sun, at=MONDAY_9AM)
    assert nothing_is_open.reasons(order) == ()
    assert Order.objects.get().state == "invoiced"
    assert violations() == []


@pytest.mark.req("RET-04", "FIN-01")
@pytest.mark.django_db
def test_everything_comes_back_in_parts_and_the_last_cent_is_given_back(received, finance_sun):
    order = received((7, "99.9999"), (1, "0.01"), stages=(("effect", 30), ("delivery", 70)))
    invoice = services.issue_invoice(order=order, by=finance_sun, at=MONDAY_9AM)
    pays(order, order.amount, finance_sun)
    for return_id, quantity in ((1, 3), (2, 3), (3, 1)):
        comes_back(order, quantity, return_id=return_id)
    assert sum(each.amount for each in Refund.objects.all()) == order.lines.get(line_no=1).amount == D("700.00")
    assert sum(each.gross for each in Invoice.objects.all()) == D("0.01")
    assert Invoice.objects.get(pk=invoice.pk).state == "issued"
    assert violations() == []


@pytest.mark.req("FIN-01")
@pytest.mark.django_db
def test_an_invoice_taken_back_wholly_is_credited(received, finance_sun):
    order = received((2, "100"))
    services.issue_invoice(order=order, by=finance_sun, at=MONDAY_9AM)
    comes_back(order, 2)
    assert sorted(Invoice.objects.values_list("state", "gross")) == [("credited", D(200)), ("issued", D(-200))]
    with pytest.raises(NotReady) as refused:
        services.issue_invoice(order=order, by=finance_sun, at=MONDAY_9AM)
    assert [reason.code for reason in refused.value.reasons] == ["nothing_to_invoice"]
    assert violations() == []


@pytest.mark.req("RET-04")
@pytest.mark.django_db
def test_what_was_not_paid_is_credited_and_not_refunded(received, finance_sun):
    order = received((8, "15800"))
    owed = owed_by(order.customer)
    pays(order, "100000", finance_sun)
    comes_back(order, 2)
    assert Credit.objects.get().amount == D("31600.00")
    assert Refund.objects.get().amount == D("5200.00")
    assert everything_is_paid.reasons(order) == ()
    assert owed - owed_by(order.customer) == D("126400.00")
    assert violations() == []


@pytest.mark.req("RET-04")
@pytest.mark.django_db
def test_where_nothing_is_left_to_refund_customer_and_clerk_are_told(login, received, clerk_zhou):
    order = received((8, "15800"))
    comes_back(order, 2)
    assert not Refund.objects.exists()
    fact = Fact.objects.get(kind="finance.NothingWasToRefund")
    assert (fact.customer_visible, fact.data["number"], fact.money) == (True, "TH2611-0001", {"amount": "31600.00"})
    assert any("TH2611-0001" in row["text"] and "无需退款" in row["text"] for row in timeline(order))
    notice = Delivery.objects.get(channel=Delivery.PAGE, person_id=clerk_zhou.person_id)
    assert (notice.url, "TH2611-0001" in notice.body) == (order.get_absolute_url(), True)
    page = login(clerk_zhou).get(reverse("orders:panel", args=[order.number, "money"])).content.decode()
    assert "TH2611-0001" in page and "31,600.00" in page and "无需退款" in page
    comes_back(order, 2)
    assert Delivery.objects.filter(person_id=clerk_zhou.person_id).count() == 1, "told once"
    assert violations() == []


@pytest.mark.req("FIN-01")
@pytest.mark.django_db
def test_what_came_back_before_it_was_invoiced_never_is(received, finance_sun):
    order = received((8, "15800"))
    comes_back(order, 2)
    invoice = services.issue_invoice(order=order, by=finance_sun, at=MONDAY_9AM)
    assert (invoice.gross, Order.objects.get().state, Invoice.objects.count()) == (D("94800.00"), "invoiced", 1)
    assert standing(order)[0] - standing(order)[1] == D("94800.00")
    assert violations() == []


@pytest.mark.req("RET-04")
@pytest.mark.django_db
def test_never_more_than_was_paid_less_refunded_and_once_per_source(received, finance_sun):
    order = received((8, "15800"))
    pays(order, "50000", finance_sun)
    one = refund(order, "30000")
    assert refund(order, "30000") == one
    with pytest.raises(NotReady) as refused:
        refund(order, "20000.01", source=("aftersales.returnrequest", 2))
    assert refused.value.reasons == (Reason("refund_above_paid", amount=D("20000.01"), left=D("20000.00"), field="amount"),)
    refund(order, "20000", source=("aftersales.returnrequest", 2))
    assert violations() == []


@pytest.mark.req("RET-04")
@pytest.mark.django_db
def test_a_refunded_payment_is_not_reversed(received, finance_sun):
    order = received((8, "15800"))
    payment = pays(order, "50000", finance_sun)
    number = refund(order, "10").number
    with pytest.raises(NotReady) as refused:
        services.reverse_payment(payment=payment, reason="退票", by=finance_sun, at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("payment_refunded", number=number),)


@pytest.mark.req("RET-04")
@pytest.mark.django_db
def test_finance_has_two_working_days_and_the_customer_is_told(received, finance_sun, clerk_zhou):
    order = received((8, "15800"))
    pays(order, "50000", finance_sun)
    row = refund(order, "10")
    clock = RunningClock.objects.get(name="refund")
    assert (clock.role, clock.warn_at, clock.due_at) == ("finance", MONDAY_9AM + timedelta(days=1), MONDAY_9AM + timedelta(days=2))
    given = {"method": "transfer", "paid_on": MONDAY_9AM.date(), "bank_reference": "B77", "at": MONDAY_9AM}
    with pytest.raises(NotAllowed):
        refunds.pay_refund(refund=row, by=clerk_zhou, **given)
    refunds.pay_refund(refund=row, by=finance_sun, **given)
    clock.refresh_from_db()
    assert clock.stopped_at == MONDAY_9AM
    assert Fact.objects.get(kind="finance.RefundWasPaid").customer_visible
    with pytest.raises(NotReady):
        refunds.pay_refund(refund=row, by=finance_sun, **given)


@pytest.mark.req("RET-04")
@pytest.mark.django_db
def test_the_refund_is_paid_on_its_page(login, received, finance_sun, clerk_zhou):
    order = received((8, "15800"))
    payment = pays(order, "50000", finance_sun)
    row = refund(order, "10")
    browser, url = login(finance_sun), reverse("finance:refund_act", args=[row.number, "pay"])
    page = browser.get(url)
    assert [share.payment for share in page.context["shares"]] == [payment]
    hidden = {name: page.context["form"][name].value() for name in ("version", "once")}
    answer = browser.post(url, {**hidden, "method": "transfer", "paid_on": "2026-11-20", "bank_reference": "B77"})
    assert answer.url == row.get_absolute_url()
    assert Refund.objects.get().state == "paid"
    assert row.number in browser.get(reverse("finance:refunds")).content.decode()
    assert login(clerk_zhou).get(url).status_code == 403


@pytest.mark.req("RET-04", "CHG-09")
@pytest.mark.django_db
def test_a_cancelled_order_gives_back_what_is_paid_beyond_the_charge(finance_sun):
    order = order_with((8, "15800"), stages=(("effect", 100),))
    pays(order, "126400", finance_sun)
    order.dues.update(amount=D("20000"))  # changes ask only for the charge from now on
    fact = OrderWasCancelled(order_id=order.pk, change_id=9, reason="项目停建", charge=D("20000"), refund=D("106400"))
    act(publish)(fact, by=SYSTEM, at=MONDAY_9AM)
    assert Refund.objects.get().amount == D("106400") and not Credit.objects.exists()
    assert standing(order) == (D("20000"), D("20000"))
    assert violations() == []


@pytest.mark.req("RET-04")
@pytest.mark.django_db
def test_a_settled_return_told_twice_is_credited_once(received, finance_sun):
    order = received((8, "15800"))
    pays(order, "126400", finance_sun)
    comes_back(order, 2)
    fact = Fact.objects.get(kind="aftersales.ReturnWasSettled")
    refunds.credit_goods(order=order, quantities={order.lines.get().pk: D(2)}, reason="—", source=SOURCE, by=SYSTEM, at=fact.at)
    assert (Refund.objects.count(), Credit.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_what_does_not_add_up_is_found(received, finance_sun):
    order = received((8, "15800"))
    services.issue_invoice(order=order, by=finance_sun, at=MONDAY_9AM)
    pays(order, "126400", finance_sun)
    comes_back(order, 2)
    assert violations() == []
    Refund.objects.update(amount=D("31600.01"))
    assert len(violations()) == 2
    LineMovement.objects.filter(kind="returned").delete()
    assert len(violations()) == 3


@pytest.mark.req("RET-04")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_refunds_at_once_never_give_back_more_than_was_paid(finance_sun):
    order = order_with((8, "15800"), stages=(("effect", 100),))
    pays(order, "50000", finance_sun)
    start, got = Barrier(8), []

    def run(number: int) -> None:
        try:
            start.wait(20)
            got.append(refund(order, "20000", source=("aftersales.returnrequest", number)).number)
        except Exception as refused:
            got.append(refused)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len([each for each in got if isinstance(each, str)]) == 2
    assert {reason.code for each in got if not isinstance(each, str) for reason in each.reasons} == {"refund_above_paid"}
    assert paid(order) == D("10000.00") and violations() == []
