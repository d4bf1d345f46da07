"""What must always hold of the money (trust I2). Each check returns its violations as sentences for the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.models import Counter
from core.questions import answers
from core.verify import number_gaps
from finance.models import Credit, CreditLine, Invoice, InvoiceLine, Payment, Refund, RefundShare
from finance.workflow import PaymentState
from orders.models import LineMovement, MoneyReceived, PaymentDue
from organization.models import Company
from sla.verify import clocks_against

Check = Callable[[], list[str]]


@answers("invariants")
def invariants() -> list[tuple[str, Check]]:
    return [
        ("invoice numbers have no gaps", invoice_numbers_have_no_gaps),
        ("invoice totals are sums of their lines", invoice_totals_are_sums_of_lines),
        ("money received is what confirmed payments brought", money_received_is_confirmed),
        ("money that is due has its clock", money_that_is_due_has_its_clock),
        ("nothing is invoiced above what was shipped", invoiced_is_within_shipped),
        ("refunds are within what was paid", refunds_are_within_payments),
        ("credits and refunds are booked on their orders", credits_and_refunds_are_booked),
        ("credit notes are within their invoices", credit_notes_are_within_invoices),
        ("nothing is credited that the customer keeps", credited_goods_are_not_kept),
        ("what is set off is paid on the exchange order", set_off_is_paid),
        ("refund numbers have no gaps", lambda: number_gaps("TK", Refund.objects.all())),
    ]


def money_that_is_due_has_its_clock() -> list[str]:
    """FIN-02: what is due and not in is asked for, also of an order that was cancelled; nobody asks for nothing (CHG-09)."""
    rows = PaymentDue.objects.filter(settled_at=None, amount__gt=0).exclude(due_on=None).values_list("pk", flat=True)
    return [f"payment due {found}" for found in clocks_against("payment_due", rows)]


def invoice_numbers_have_no_gaps() -> list[str]:
    """Per company and year 1, 2, 3 ... up to where the counter stands (SEC-03)."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for company_id, year, serial in Invoice.objects.order_by("serial").values_list("company_id", "year", "serial"):
        found[company_id, year].append(serial)
    codes = dict(Company.objects.values_list("pk", "code"))
    counters = dict(Counter.objects.filter(series__startswith="FP").values_list("series", "last"))
    wrong = []
    for (company_id, year), serials in found.items():
        series = f"FP{codes[company_id]}{year % 100:02d}"
        last = counters.pop(series, 0)
        if serials != list(range(1, last + 1)):
            wrong.append(f"{series}: counter at {last}, invoices {serials[:1]}..{serials[-1:]}, {len(serials)} of them")
    return wrong + [f"{series}: counter at {last}, no invoices" for series, last in counters.items() if last]


def invoice_totals_are_sums_of_lines() -> list[str]:
    sums: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for invoice_id, amount, tax in InvoiceLine.objects.values_list("invoice_id", "amount", "tax"):
        sums[invoice_id][0] += amount
        sums[invoice_id][1] += tax
    return [
        f"{number}: {gross} gross, {tax} tax, {net} net; lines say {sums[pk]}"
        for pk, number, gross, tax, net in Invoice.objects.values_list("pk", "number", "gross", "tax", "net")
        if [gross, tax] != sums[pk] or net != gross - tax
    ]


def money_received_is_confirmed() -> list[str]:
    """Each confirmed payment covers dues of its own order with exactly its amount; reversed and recorded ones with nothing (CON-04)."""
    booked: dict[int, Decimal] = defaultdict(Decimal)
    orders: dict[int, set[int]] = defaultdict(set)
    rows = MoneyReceived.objects.filter(kind=MoneyReceived.Kind.PAYMENT)
    for payment_id, order_id, amount in rows.values_list("payment_id", "due__order_id", "amount"):
        booked[payment_id] += amount
        orders[payment_id].add(order_id)
    wrong = []
    for pk, number, state, worth, order_id in Payment.objects.values_list("pk", "number", "state", "amount", "order_id"):
        counted = worth if state == PaymentState.CONFIRMED else Decimal(0)
        if booked.pop(pk, Decimal(0)) != counted or orders[pk] - {order_id}:
            wrong.append(f"{number}: {state}, {worth}; the orders booked otherwise")
    return wrong + [f"payment {pk} is booked on orders with {amount} but is not there" for pk, amount in booked.items() if amount]


def invoiced_is_within_shipped() -> list[str]:
    """Per line: invoiced by the ledger = invoice lines less credit notes, and not above shipped (FIN-01)."""
    kinds = (LineMovement.Kind.SHIPPED, LineMovement.Kind.INVOICED)
    sums: dict[str, dict[int, Decimal]] = {kind: defaultdict(Decimal) for kind in kinds}
    for line_id, kind, quantity in LineMovement.objects.filter(kind__in=kinds).values_list("line_id", "kind", "quantity"):
        sums[kind][line_id] += quantity
    charged: dict[int, Decimal] = defaultdict(Decimal)
    for line_id, told in InvoiceLine.objects.filter(line__kind="goods").values_list("line_id", "quantity"):
        charged[line_id] += told
    shipped, invoiced = (sums[kind] for kind in kinds)
    return [
        f"line {pk}: {charged[pk]} on invoices, {invoiced[pk]} by the ledger, {shipped[pk]} shipped"
        for pk in set(charged) | set(invoiced)
        if charged[pk] != invoiced[pk] or invoiced[pk] > shipped[pk]
    ]


def refunds_are_within_payments() -> list[str]:
    """RET-04: a refund is the sum of its shares; no payment gives back more than it brought, and none that does not count."""
    shares: dict[int, Decimal] = defaultdict(Decimal)
    given: dict[int, Decimal] = defaultdict(Decimal)
    for refund_id, payment_id, amount in RefundShare.objects.values_list("refund_id", "payment_id", "amount"):
        shares[refund_id] += amount
        given[payment_id] += amount
    wrong = [
        f"{number}: {amount}, its shares {shares[pk]}"
        for pk, number, amount in Refund.objects.values_list("pk", "number", "amount")
        if shares[pk] != amount
    ]
    payments = Payment.objects.filter(pk__in=given).values_list("pk", "number", "amount", "state")
    return wrong + [
        f"{number}: {state}, {amount}, refunded {given[pk]}"
        for pk, number, amount, state in payments
        if state != PaymentState.CONFIRMED or given[pk] > amount
    ]


def credits_and_refunds_are_booked() -> list[str]:
    """Each credit and each refund stands on the dues of its own order with exactly its amount."""
    kinds: dict[str, tuple[Any, int]] = {MoneyReceived.Kind.CREDIT: (Credit, 1), MoneyReceived.Kind.REFUND: (Refund, -1)}
    wrong = []
    for kind, (model, sign) in kinds.items():
        booked: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        rows = MoneyReceived.objects.filter(kind=kind).values_list("payment_id", "due__order_id", "amount")
        for pk, order_id, amount in rows:
            booked[pk, order_id] += sign * amount
        told = {(pk, order_id): amount for pk, order_id, amount in model.objects.values_list("pk", "order_id", "amount")}
        wrong += [
            f"{kind} {pk} of order {order_id}: {told.get((pk, order_id), 0)}, booked {booked[pk, order_id]}"
            for pk, order_id in sorted(told.keys() | booked)
            if told.get((pk, order_id), 0) != booked[pk, order_id]
        ]
    return wrong


def credit_notes_are_within_invoices() -> list[str]:
    """FIN-01: per invoice and line, credit notes take back at the most what was charged."""
    charged: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    rows = InvoiceLine.objects.values_list("invoice_id", "invoice__corrects_id", "line_id", "quantity")
    for invoice_id, corrects, line_id, quantity in rows:
        charged[corrects or invoice_id, line_id] += quantity
    return [f"invoice {pk}, line {line}: {rest} left after its credit notes" for (pk, line), rest in charged.items() if rest < 0]


def credited_goods_are_not_kept() -> list[str]:
    """RET-05, SHP-07: per order line, no more is credited than came back or never arrived."""
    credited: dict[int, Decimal] = defaultdict(Decimal)
    back: dict[int, Decimal] = defaultdict(Decimal)
    for line_id, quantity in CreditLine.objects.values_list("line_id", "quantity"):
        credited[line_id] += quantity
    kinds = [LineMovement.Kind.RETURNED, LineMovement.Kind.CREDITED]
    gone = LineMovement.objects.filter(kind__in=kinds, line_id__in=list(credited))
    for line_id, quantity in gone.values_list("line_id", "quantity"):
        back[line_id] += quantity
    return [f"line {pk}: {credited[pk]} credited, {back[pk]} returned or missing" for pk in credited if credited[pk] > back[pk]]


def set_off_is_paid() -> list[str]:
    """RET-07: what a refund is set off with is a confirmed payment of the order made in exchange, and no other payment is a set-off."""
    told = {row.number: (row.set_off, row.order_id) for row in Refund.objects.exclude(set_off=0)}
    rows = Payment.objects.filter(method=Payment.Method.SET_OFF, state=PaymentState.CONFIRMED)
    paid = {number: (amount, old) for number, amount, old in rows.values_list("bank_reference", "amount", "order__exchanged_from__old")}
    wrong = [number for number in sorted(told.keys() | paid) if told.get(number) != paid.get(number)]
    return [f"{number}: {told.get(number)} set off, {paid.get(number)} paid" for number in wrong]
