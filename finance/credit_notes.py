"""Credit notes for invoiced goods that came back or never arrived: numbers of the invoices' series, amounts below zero (FIN-01, D49)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from finance import events
from finance.amounts import Drafted, draft
from finance.models import Invoice, InvoiceLine
from finance.selectors import charged, uninvoiced
from finance.services import INVOICE, invoice_line, next_invoice_number
from orders.models import LineMovement, Order, OrderLine
from orders.services.ledger import record_many, wanted_lines

Z = Decimal(0)


@act
def credit_invoices(*, order: Order, quantities: Mapping[int, Decimal], reason: str, by: Actor, at: datetime) -> list[Invoice]:
    """A credit note per invoice that charged goods which the customer does not keep, the latest first; nothing for what was never invoiced.

    `quantities` by order line id; of each line at the most what is invoiced beyond what the customer keeps. An invoice that is credited
    wholly is `credited`.
    """
    order = Order.objects.locked(order)
    too_much = {row.line.pk: row.sums.invoiced - row.sums.chargeable for row in uninvoiced(order)}
    rest = {pk: min(quantity, too_much.get(pk, Z)) for pk, quantity in quantities.items()}
    notes: list[Invoice] = []
    for invoice in order.invoices.filter(corrects=None).prefetch_related("lines__line", "credit_notes__lines").order_by("-pk"):
        wanted = _of_invoice(invoice, rest)
        if wanted:
            notes.append(_write(order, invoice, wanted, reason, by=by, at=at))
            rest = {pk: quantity - wanted.get(pk, Z) for pk, quantity in rest.items()}
    return notes


def _of_invoice(invoice: Invoice, rest: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """How much of what is to be credited this invoice charged and was not credited for yet, by order line id."""
    left = {each.line_id: each.quantity for each in invoice.lines.all() if each.line.kind == OrderLine.Kind.GOODS}
    for note in invoice.credit_notes.all():
        for each in note.lines.all():
            if each.line_id in left:
                left[each.line_id] += each.quantity
    return {pk: part for pk, most in left.items() if (part := min(most, rest.get(pk, Z))) > 0}


def _write(order: Order, invoice: Invoice, wanted: Mapping[int, Decimal], reason: str, *, by: Actor, at: datetime) -> Invoice:
    open_ = {row.line.pk: row.sums.open for row in uninvoiced(order)}
    drafted = draft(wanted_lines(order), {pk: -quantity for pk, quantity in wanted.items()}, charged(order), open_)
    note = _note(invoice, drafted, reason, by=by, at=at)
    kind: str = LineMovement.Kind.INVOICED
    lines = {each.line_id: each.line for each in invoice.lines.all()}
    rows = [(lines[pk], kind, -quantity, (INVOICE, note.pk)) for pk, quantity in wanted.items()]
    record_many(order=order, rows=rows, by=by, at=at)
    credited = sum((one.gross for one in invoice.credit_notes.all()), Z) + note.gross
    if credited == -invoice.gross:
        row: Invoice = Invoice.objects.locked(invoice)
        row.order = order
        row.take("credit", by=SYSTEM, at=at)
    return note


def _note(invoice: Invoice, drafted: list[Drafted], reason: str, *, by: Actor, at: datetime) -> Invoice:
    """The credit note with its lines, to the buyer of the invoice; the number is taken last."""
    gross, tax = sum((each.amount for each in drafted), Z), sum((each.tax for each in drafted), Z)
    year, serial, number = next_invoice_number(invoice.company, at)
    note = Invoice.objects.create(
        order=invoice.order,
        company=invoice.company,
        corrects=invoice,
        year=year,
        serial=serial,
        number=number,
        buyer_name=invoice.buyer_name,
        buyer_tax_number=invoice.buyer_tax_number,
        buyer_address=invoice.buyer_address,
        buyer_phone=invoice.buyer_phone,
        currency=invoice.currency,
        net=gross - tax,
        tax=tax,
        gross=gross,
        remarks=reason,
        issued_at=at,
        issued_by=by.name,
    )
    InvoiceLine.objects.bulk_create([invoice_line(note, each, None) for each in drafted])
    fact = events.CreditNoteWasIssued(order_id=invoice.order_id, invoice_id=note.pk, number=number, corrected=invoice.number, amount=gross)
    publish(fact, by=by, at=at)
    return note
