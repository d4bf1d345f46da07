"""Goods that left and never arrived, credited instead of sent again: the order asks for so much less, on paper and in money."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.facts import act, publish
from core.models import Fact
from finance import services
from finance.models import Credit, Invoice, Refund
from orders.guards import everything_is_paid, nothing_is_open
from orders.models import Order
from orders.services.ledger import quantities
from orders.services.money import paid, standing
from shipping.events import ShortageWasDecided
from shipping.services import answer_trace, credit_shortage, find_shortage, report_not_received
from tests.factories.shipping import arrived, order_in_store, violations
from tests.finance.test_refunds import pays
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHP-07", "FIN-01")]
D = Decimal
LATER = MONDAY_9AM + timedelta(days=1)


@pytest.fixture
def short_by_two(shipped, clerk_zhou):
    """Eight panels and a lamp left, six panels and the lamp were counted."""
    order = order_in_store((8, "15800"), (1, "100"), free=True, stages=(("effect", 30), ("delivery", 70)))
    return arrived(shipped(order), clerk_zhou, {1: 6}).shortages.get()


@pytest.fixture
def credited(sales_head_gu):
    def go(shortage):
        credit_shortage(shortage=shortage, note="少两台，减价", by=sales_head_gu, at=LATER)
        return Order.objects.get(pk=shortage.shipment.order_id)

    return go


def missing(order):
    due, got = standing(order)
    return due - got


def test_what_never_arrived_is_not_asked_for_any_more(short_by_two, credited, finance_sun):
    order = credited(short_by_two)
    assert order.amount == D("126500.00") and missing(order) == D("94900.00")
    assert Credit.objects.get().source_kind == "shipping.shortage" and not Refund.objects.exists()
    invoice = services.issue_invoice(order=order, by=finance_sun, at=LATER)
    assert invoice.gross == D("94900.00")
    pays(order, "94900", finance_sun)
    assert everything_is_paid.reasons(order) == nothing_is_open.reasons(order) == ()
    assert Order.objects.get().state == "invoiced"
    assert violations() == []


@pytest.mark.req("RET-04", "FIN-05")
def test_an_invoiced_and_paid_order_gets_a_credit_note_and_a_refund(short_by_two, credited, finance_sun, sales_head_gu):
    order = Order.objects.get(pk=short_by_two.shipment.order_id)
    invoice = services.issue_invoice(order=order, by=finance_sun, at=LATER)
    pays(order, "126500", finance_sun)
    order = credited(short_by_two)
    note = Invoice.objects.get(corrects=invoice)
    line = note.lines.get()
    assert (note.gross, line.quantity, line.unit_price) == (D("-31600.00"), D(-2), D("15800.0000"))
    assert line.tax == D("-3635.40")  # VAT stands in the price
    back = Refund.objects.get()
    assert (back.amount, back.reason, back.agreed_by) == (D("31600.00"), str(short_by_two.shipment), sales_head_gu.name)
    assert paid(order) == D("94900.00") and missing(order) == 0
    assert quantities(order)[order.lines.get(line_no=1).pk].invoiced == 6
    assert Order.objects.get().state == "invoiced" and nothing_is_open.reasons(order) != ()
    assert violations() == []


@pytest.mark.req("RET-04")
def test_who_has_paid_a_part_gets_back_only_what_is_above_the_rest(short_by_two, credited, finance_sun):
    pays(Order.objects.get(pk=short_by_two.shipment.order_id), "100000", finance_sun)
    order = credited(short_by_two)
    assert (Refund.objects.get().amount, missing(order)) == (D("5100.00"), 0)
    assert violations() == []


def test_an_order_that_never_arrived_leaves_nothing_to_pay(shipped, clerk_zhou, transport_zheng, credited):
    shipment = shipped(order_in_store((2, "100"), free=True))
    trace = report_not_received(shipment=shipment, words="没到", by=clerk_zhou, at=LATER)
    answer_trace(trace=trace, result="lost", answer="车辆失窃，已报案", by=transport_zheng, at=LATER)
    order = credited(shipment.shortages.get())
    assert missing(order) == 0 and everything_is_paid.reasons(order) == ()
    assert violations() == []


def test_the_decision_told_twice_is_credited_once(short_by_two, credited, sales_head_gu):
    order = credited(short_by_two)
    fact = Fact.objects.get(kind=ShortageWasDecided.kind())
    act(publish)(ShortageWasDecided.of(fact), by=sales_head_gu, at=LATER)
    assert Credit.objects.count() == 1 and missing(order) == D("94900.00")


def test_what_was_found_after_all_is_owed(short_by_two, clerk_zhou):
    find_shortage(shortage=short_by_two, note="在门卫室", by=clerk_zhou, at=LATER)
    assert not Credit.objects.exists()
    assert missing(Order.objects.get()) == D("126500.00")
