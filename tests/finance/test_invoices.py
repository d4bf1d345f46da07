"""Invoices: only what was shipped, never twice, to the cent, numbers without gaps."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.facts import act
from core.money import cents, tax_in
from core.reasons import NotAllowed, NotReady, Reason
from finance import services, verify
from finance.amounts import Charged, draft
from finance.models import Invoice, InvoiceLine
from orders.models import Order, OrderLine
from orders.services.ledger import quantities
from tests.factories.shipping import order_in_store, violations
from tests.personas import MONDAY_9AM

D = Decimal


def issue(order, by, wanted=None, **more):
    lines = {line.line_no: line.pk for line in order.lines.all()}
    chosen = None if wanted is None else {lines[n]: D(q) for n, q in wanted.items()}
    return services.issue_invoice(order=order, quantities=chosen, by=by, at=MONDAY_9AM, **more)


@pytest.mark.req("FIN-01")
@pytest.mark.django_db
def test_nothing_is_invoiced_before_it_was_shipped(finance_sun):
    order = order_in_store((8, "15800"), free=True)
    with pytest.raises(NotReady) as refused:
        issue(order, finance_sun)
    assert refused.value.reasons == (Reason("nothing_to_invoice", shipped="0", invoiced="0"),)


@pytest.mark.req("FIN-01")
@pytest.mark.django_db
def test_never_more_than_shipped_and_never_twice(finance_sun, shipped):
    order = order_in_store((8, "15800"), free=True)
    shipped(order, {1: 5})
    line = order.lines.get()
    with pytest.raises(NotReady) as refused:
        issue(order, finance_sun, {1: 6})
    assert refused.value.reasons == (Reason("invoice_above_shipped", line=1, asked=D(6), available=D(5), field=f"q_{line.pk}"),)
    issue(order, finance_sun, {1: 3})
    issue(order, finance_sun)
    with pytest.raises(NotReady) as refused:
        issue(order, finance_sun)
    assert [r.code for r in refused.value.reasons] == ["nothing_to_invoice"]
    assert quantities(order)[line.pk].invoiced == 5
    assert violations() == []


@pytest.mark.req("FIN-01")
@pytest.mark.django_db
def test_each_delivery_has_its_invoice(finance_sun, shipped):
    order = order_in_store((8, "15800"), (2, "99.99"), free=True)
    first, second = shipped(order, {1: 5}), shipped(order, {1: 3, 2: 2})
    one = services.issue_invoice(order=order, shipment_id=first.pk, by=finance_sun, at=MONDAY_9AM)
    assert [(each.line.line_no, each.quantity, each.shipment_id) for each in one.lines.all()] == [(1, 5, first.pk)]
    assert one.gross == D("79000.00") and one.tax == tax_in(D("79000.00"), D("0.13")) and one.net == one.gross - one.tax
    two = services.issue_invoice(order=order, shipment_id=second.pk, by=finance_sun, at=MONDAY_9AM)
    assert two.gross == D("47599.98") and two.tax == sum(each.tax for each in two.lines.all())
    assert [one.number, two.number] == ["FP26-XS-0001", "FP26-XS-0002"]
    with pytest.raises(NotReady):
        services.issue_invoice(order=order, shipment_id=first.pk, by=finance_sun, at=MONDAY_9AM)
    assert violations() == []


@pytest.mark.req("FIN-01", "CON-04")
@pytest.mark.django_db
def test_only_finance_invoices(clerk_zhou, order_manager_yan, shipped):
    order = order_in_store((1, "100"), free=True)
    shipped(order)
    for somebody in (clerk_zhou, order_manager_yan):
        with pytest.raises(NotAllowed):
            issue(order, somebody)


@pytest.mark.req("FIN-01")
@pytest.mark.django_db
def test_surcharge_and_service_follow_their_goods_and_add_up_to_the_cent(finance_sun, shipped):
    order = order_in_store((7, "68500"), (1, "0.01"), free=True)
    goods, unit = order.lines.get(line_no=1), order.lines.get(line_no=1).unit
    OrderLine.objects.create(
        order=order, line_no=3, kind="surcharge", parent=goods, quantity=7, unit=unit, unit_price=D("1428.5714"), amount=D("10000.00")
    )
    OrderLine.objects.create(order=order, line_no=4, kind="service", quantity=1, unit=unit, unit_price=D("333.33"), amount=D("333.33"))
    total = sum(line.amount for line in order.lines.all())
    shipped(order)
    invoices = [issue(order, finance_sun, {1: 2}), issue(order, finance_sun, {1: 2}), issue(order, finance_sun)]
    assert [sorted(each.line.line_no for each in one.lines.all()) for one in invoices] == [[1, 3], [1, 3], [1, 2, 3, 4]]
    assert [one.lines.get(line__line_no=3).amount for one in invoices] == [D("2857.14"), D("2857.15"), D("4285.71")]
    assert sum(one.gross for one in invoices) == total == D("489833.34")
    assert violations() == []


@pytest.mark.req("FIN-01")
@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 60), st.decimals("0.0001", "99999", places=4), st.decimals("0.01", "99999", places=2), st.randoms(use_true_random=False)
)
def test_however_the_goods_are_cut_up_the_invoices_add_up(quantity, price, extra, dice):
    goods = OrderLine(
        pk=1, line_no=1, kind="goods", quantity=D(quantity), unit_price=price, amount=cents(quantity * price), vat_percent=D(13)
    )
    surcharge = OrderLine(pk=2, line_no=2, kind="surcharge", parent_id=1, quantity=D(quantity), amount=extra, vat_percent=D(13))
    service = OrderLine(pk=3, line_no=3, kind="service", quantity=D(1), amount=extra, vat_percent=D(13))
    lines, before, rest = [goods, surcharge, service], {}, quantity
    while rest:
        part = dice.randint(1, rest)
        rest -= part
        for each in draft(lines, {1: D(part)}, before, {1: D(quantity)}):
            had = before.get(each.line.pk, Charged())
            before[each.line.pk] = Charged(had.quantity + each.quantity, had.amount + each.amount)
    assert {pk: one.amount for pk, one in before.items() if one.amount} == {line.pk: line.amount for line in lines if line.amount}
    assert before[2].quantity == quantity


@pytest.mark.req("FIN-05")
@pytest.mark.django_db
def test_the_order_is_invoiced_when_all_that_was_delivered_is(finance_sun, clerk_zhou, shipped):
    from datetime import timedelta

    from shipping.services import confirm_receipt

    order = order_in_store((8, "15800"), free=True)
    for shipment in (shipped(order, {1: 5}), shipped(order, {1: 3})):
        at = shipment.dispatched_at + timedelta(hours=1)
        confirm_receipt(shipment=shipment, signed_by="王工", received_at=at, condition="sound", by=clerk_zhou, at=at)
    issue(order, finance_sun, {1: 7})
    assert Order.objects.get(pk=order.pk).state == "delivered"
    issue(order, finance_sun)
    assert Order.objects.get(pk=order.pk).state == "invoiced"


@pytest.mark.req("SEC-03")
@pytest.mark.django_db
def test_each_company_and_year_has_its_own_numbers(finance_sun, shipped):
    from datetime import datetime

    from organization.models import Company
    from tests.personas import SHANGHAI

    @act
    def take(code, at):
        return services.next_invoice_number(Company.objects.get(code=code), at)[2]

    new_year = datetime(2027, 1, 1, 0, 5, tzinfo=SHANGHAI)  # in UTC still the old year
    assert [take("XS", MONDAY_9AM), take("XS", MONDAY_9AM), take("KG", MONDAY_9AM), take("XS", new_year)] == [
        "FP26-XS-0001",
        "FP26-XS-0002",
        "FP26-KG-0001",
        "FP27-XS-0001",
    ]


@pytest.mark.req("SEC-03", "FIN-01")
@pytest.mark.django_db
def test_a_refused_invoice_costs_no_number(finance_sun, shipped, monkeypatch):
    order = order_in_store((4, "15800"), free=True)
    shipped(order)
    issue(order, finance_sun, {1: 1})

    def broken(**_):
        raise RuntimeError

    with monkeypatch.context() as broken_ledger, pytest.raises(RuntimeError):
        broken_ledger.setattr(services, "record_many", broken)
        issue(order, finance_sun, {1: 1})
    assert issue(order, finance_sun, {1: 1}).number == "FP26-XS-0002"
    assert violations() == []


@pytest.mark.req("SEC-03", "FIN-01", "CON-04")
@pytest.mark.django_db
def test_the_invariants_find_what_was_tampered_with(finance_sun, shipped):
    from finance.models import Payment
    from orders.models import MoneyReceived
    from tests.finance.test_money import paid

    order = order_in_store((8, "15800"), free=True)
    shipped(order, {1: 5})
    issue(order, finance_sun, {1: 2})
    invoice = issue(order, finance_sun, {1: 2})
    payment = paid(order, finance_sun)
    assert violations() == []
    Invoice.objects.filter(pk=invoice.pk).update(gross=invoice.gross + D("0.01"))
    assert len(verify.invoice_totals_are_sums_of_lines()) == 1
    Invoice.objects.filter(pk=invoice.pk).update(serial=3)
    assert len(verify.invoice_numbers_have_no_gaps()) == 1
    InvoiceLine.objects.filter(invoice=invoice).update(quantity=9)
    assert len(verify.invoiced_is_within_shipped()) == 1
    Payment.objects.filter(pk=payment.pk).update(amount=payment.amount + 1)
    assert len(verify.money_received_is_confirmed()) == 1
    MoneyReceived.objects.create(due=order.dues.first(), amount=5, payment_id=10**6, at=MONDAY_9AM)
    assert len(verify.money_received_is_confirmed()) == 2
