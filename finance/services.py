"""Acts of finance. Lock order: the order, own rows, number counters last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime

from core.actor import Actor
from core.facts import act, publish
from core.numbers import next_in, next_number
from core.reasons import NotReady, Reason
from finance import events
from finance.amounts import Drafted, draft
from finance.models import Invoice, InvoiceLine, Payment
from finance.selectors import Uninvoiced, against_invoice, charged, uninvoiced, uninvoiced_deliveries
from finance.workflow import PaymentState, finance
from orders.models import LineMovement, Order, OrderLine
from orders.services.ledger import record_many, wanted_lines
from orders.services.money import receive_money, reverse_money
from organization.models import Company

INVOICE = "finance.invoice"


def nothing_awaited(order: Order) -> list[Reason]:
    """No money is due for an order without a contract."""
    return [] if order.dues.exists() else [Reason("nothing_awaited")]


@act
def record_payment(
    *,
    order: Order,
    kind: str,
    amount: Decimal,
    method: str,
    paid_on: date,
    by: Actor,
    at: datetime,
    bank_reference: str = "",
    note: str = "",
) -> Payment:
    """Write down money found at the bank (CON-04); it counts once it is confirmed. A bank reference is booked once per company."""
    order = Order.objects.locked(order)
    by = finance(order, by)
    bank_reference, found = bank_reference.strip(), []
    if amount <= 0:
        found.append(Reason("payment_not_positive", field="amount"))
    if paid_on > localtime(at).date():
        found.append(Reason("payment_in_future", date=paid_on, field="paid_on"))
    found += nothing_awaited(order)
    twice = Payment.objects.filter(company=order.sales_company_id, bank_reference=bank_reference).exclude(state=PaymentState.REVERSED)
    if bank_reference and (same := twice.first()):
        found.append(Reason("payment_booked_twice", reference=bank_reference, number=same.number, field="bank_reference"))
    if found:
        raise NotReady(*found)
    payment = Payment.objects.create(
        order=order,
        company_id=order.sales_company_id,
        number=next_number("SK", at),
        kind=kind,
        amount=amount,
        currency=order.currency,
        method=method,
        paid_on=paid_on,
        bank_reference=bank_reference,
        note=note,
        recorded_at=at,
        recorded_by=by.name,
    )
    publish(
        events.PaymentWasRecorded(order_id=order.pk, payment_id=payment.pk, number=payment.number, paid_on=paid_on, amount=amount),
        by=by,
        at=at,
    )
    return payment


@act
def confirm_payment(*, payment: Payment, by: Actor, at: datetime) -> Payment:
    """The money is there: it covers what the order waits for (CON-04, CON-08). Refused above what is still open."""
    payment = _locked(payment)
    payment.confirmed_at, payment.confirmed_by = at, by.name
    by = payment.take("confirm", by=by, at=at)
    receive_money(order=payment.order, amount=payment.amount, payment_id=payment.pk, by=by, at=at)
    publish(
        events.PaymentWasConfirmed(order_id=payment.order_id, payment_id=payment.pk, number=payment.number, amount=payment.amount),
        by=by,
        at=at,
    )
    return payment


@act
def reverse_payment(*, payment: Payment, reason: str, by: Actor, at: datetime) -> Payment:
    """Take a payment back, with the reason: bounced, or booked on the wrong order. What it had covered is due again."""
    payment = _locked(payment)
    counted = payment.state == PaymentState.CONFIRMED
    payment.reversed_at, payment.reversed_by, payment.reversed_reason = at, by.name, reason
    by = payment.take("reverse", by=by, at=at)
    if counted:
        reverse_money(order=payment.order, payment_id=payment.pk, by=by, at=at)
    publish(
        events.PaymentWasReversed(
            order_id=payment.order_id, payment_id=payment.pk, number=payment.number, reason=reason, amount=payment.amount
        ),
        by=by,
        at=at,
    )
    return payment


def _locked(payment: Payment) -> Payment:
    order = Order.objects.locked(payment.order_id)
    payment = Payment.objects.locked(payment)
    payment.order = order
    return payment


@act
def issue_invoice(
    *,
    order: Order,
    by: Actor,
    at: datetime,
    quantities: Mapping[int, Decimal] | None = None,
    shipment_id: int | None = None,
    remarks: str = "",
) -> Invoice:
    """Charge what was shipped and is not invoiced (FIN-01): `quantities` by goods line id (None: all there is);
    `shipment_id` when they are of one delivery.

    Never more than shipped: counted under the order's lock, so that two invoices at once cannot charge the same goods. VAT per line,
    totals are sums of lines, surcharges and services follow by the rule in `finance.amounts`. The number is taken last: no gaps (SEC-03).
    """
    order = Order.objects.locked(order)
    by = finance(order, by)
    rows = uninvoiced(order)
    left = {row.line.pk: row.available for row in rows}
    if shipment_id:
        delivery = uninvoiced_deliveries(order).get(shipment_id, {})
        left = {line_id: min(available, delivery.get(line_id, Decimal(0))) for line_id, available in left.items()}
    wanted = {line_id: quantity for line_id, quantity in (left if quantities is None else quantities).items() if quantity}
    found = against_invoice(rows) or _against_quantities(rows, wanted, left)
    if found:
        raise NotReady(*found)
    in_all = {row.line.pk: row.sums.open - row.sums.credited - row.sums.returned for row in rows}
    drafted = draft(wanted_lines(order), wanted, charged(order), in_all)
    invoice = _write(order, drafted, shipment_id, remarks, by=by, at=at)
    booked: list[tuple[OrderLine, str, Decimal, tuple[str, int]]] = [
        (row.line, LineMovement.Kind.INVOICED, wanted[row.line.pk], (INVOICE, invoice.pk)) for row in rows if row.line.pk in wanted
    ]
    record_many(order=order, rows=booked, by=by, at=at)
    return invoice


def _write(order: Order, drafted: list[Drafted], shipment_id: int | None, remarks: str, *, by: Actor, at: datetime) -> Invoice:
    """The invoice with its lines; buyer, texts and prices are kept as they are today."""
    gross, tax = sum((each.amount for each in drafted), Decimal(0)), sum((each.tax for each in drafted), Decimal(0))
    customer = order.customer
    year, serial, number = next_invoice_number(order.sales_company, at)
    invoice = Invoice.objects.create(
        order=order,
        company=order.sales_company,
        year=year,
        serial=serial,
        number=number,
        buyer_name=customer.name,
        buyer_tax_number=customer.tax_number,
        buyer_address=customer.address,
        buyer_phone=customer.contact_phone,
        currency=order.currency,
        net=gross - tax,
        tax=tax,
        gross=gross,
        remarks=remarks,
        issued_at=at,
        issued_by=by.name,
    )
    InvoiceLine.objects.bulk_create([invoice_line(invoice, each, shipment_id) for each in drafted])
    publish(events.InvoiceWasIssued(order_id=order.pk, invoice_id=invoice.pk, number=number, amount=gross), by=by, at=at)
    return invoice


def next_invoice_number(company: Company, at: datetime) -> tuple[int, int, str]:
    """Year, serial and number, such as FP26-XS-0001: a series per company and year. The counter stays locked until the act ends."""
    day = localtime(at)
    serial = next_in(f"FP{company.code}{day:%y}")
    return day.year, serial, f"FP{day:%y}-{company.code}-{serial:04d}"


def invoice_line(invoice: Invoice, each: Drafted, shipment_id: int | None) -> InvoiceLine:
    """A line as it is charged, with text and price of today."""
    line = each.line
    name = line.item.name_zh if line.item else line.surcharge.name_zh if line.surcharge else ""
    return InvoiceLine(
        invoice=invoice,
        line=line,
        shipment_id=shipment_id if line.kind == "goods" else None,
        model=line.item.code if line.item else line.surcharge.code if line.surcharge else "",
        text="  ".join(filter(None, [name, line.spec])),
        unit=str(line.unit or ""),
        quantity=each.quantity,
        unit_price=line.unit_price or 0,
        vat_percent=line.vat_percent,
        amount=each.amount,
        tax=each.tax,
    )


def _against_quantities(rows: list[Uninvoiced], wanted: Mapping[int, Decimal], left: Mapping[int, Decimal]) -> list[Reason]:
    if not wanted or any(quantity < 0 for quantity in wanted.values()):
        return [Reason("invoice_empty")]
    known = {row.line.pk: row for row in rows}
    found, wrong = [], {}
    for line_id, asked in wanted.items():
        row, field = known.get(line_id), f"q_{line_id}"
        if row is None:
            found.append(Reason("invoice_unknown_line", line=line_id))
            continue
        try:
            row.line.unit.fit(asked)  # type: ignore[union-attr]
        except ValidationError as finer:
            wrong[field] = finer
        if asked > row.available:
            found.append(Reason("invoice_above_shipped", line=row.line.line_no, asked=asked, available=row.available, field=field))
        elif asked > (available := left.get(line_id, Decimal(0))):
            found.append(Reason("invoice_above_shipment", line=row.line.line_no, asked=asked, available=available, field=field))
    if wrong:
        raise ValidationError(wrong)
    return found
