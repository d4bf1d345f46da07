"""What must always hold of the money (trust I2). Each check returns its violations as sentences for the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from core.models import Counter
from core.questions import answers
from finance.models import Invoice, InvoiceLine, Payment
from finance.workflow import InvoiceState, PaymentState
from orders.models import LineMovement, MoneyReceived
from organization.models import Company

Check = Callable[[], list[str]]


@answers("invariants")
def invariants() -> list[tuple[str, Check]]:
    return [
        ("invoice numbers have no gaps", invoice_numbers_have_no_gaps),
        ("invoice totals are sums of their lines", invoice_totals_are_sums_of_lines),
        ("money received is what confirmed payments brought", money_received_is_confirmed),
        ("nothing is invoiced above what was shipped", invoiced_is_within_shipped),
    ]


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
    for payment_id, order_id, amount in MoneyReceived.objects.values_list("payment_id", "due__order_id", "amount"):
        booked[payment_id] += amount
        orders[payment_id].add(order_id)
    wrong = []
    for pk, number, state, worth, order_id in Payment.objects.values_list("pk", "number", "state", "amount", "order_id"):
        counted = worth if state == PaymentState.CONFIRMED else Decimal(0)
        if booked.pop(pk, Decimal(0)) != counted or orders[pk] - {order_id}:
            wrong.append(f"{number}: {state}, {worth}; the orders booked otherwise")
    return wrong + [f"payment {pk} is booked on orders with {amount} but is not there" for pk, amount in booked.items() if amount]


def invoiced_is_within_shipped() -> list[str]:
    """Per line: invoiced by the ledger = invoice lines, and not above shipped (FIN-01)."""
    kinds = (LineMovement.Kind.SHIPPED, LineMovement.Kind.INVOICED)
    sums: dict[str, dict[int, Decimal]] = {kind: defaultdict(Decimal) for kind in kinds}
    for line_id, kind, quantity in LineMovement.objects.filter(kind__in=kinds).values_list("line_id", "kind", "quantity"):
        sums[kind][line_id] += quantity
    charged: dict[int, Decimal] = defaultdict(Decimal)
    rows = InvoiceLine.objects.filter(line__kind="goods").exclude(invoice__state=InvoiceState.CREDITED)
    for line_id, told in rows.values_list("line_id", "quantity"):
        charged[line_id] += told
    shipped, invoiced = (sums[kind] for kind in kinds)
    return [
        f"line {pk}: {charged[pk]} on invoices, {invoiced[pk]} by the ledger, {shipped[pk]} shipped"
        for pk in set(charged) | set(invoiced)
        if charged[pk] != invoiced[pk] or invoiced[pk] > shipped[pk]
    ]
