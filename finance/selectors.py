"""What pages, guards and forms of finance read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.actor import SYSTEM, Actor
from core.questions import ask
from core.reasons import Reason
from finance.amounts import Charged, worth
from finance.models import Credit, CreditLine, InvoiceLine, Receivable, Refund
from orders.models import LineMovement, Order, OrderLine
from orders.services.ledger import Quantities, goods_lines, quantities, wanted_lines
from organization.roles import RIGHTS

SHIPMENT = "shipping.shipment"  # the source under which shipping books what left
SHORT = "shipping.short"  # and what of it never arrived and was credited, under the same id
Z = Decimal(0)


@dataclass(frozen=True)
class Uninvoiced:
    """A goods line as invoicing sees it."""

    line: OrderLine
    sums: Quantities

    @property
    def available(self) -> Decimal:
        """Shipped, neither given back nor credited, and not yet invoiced: no invoice may say more (FIN-01)."""
        return max(self.sums.chargeable - self.sums.invoiced, Z)


def uninvoiced(order: Order) -> list[Uninvoiced]:
    lines = goods_lines(order)
    known = quantities(order, lines)
    return [Uninvoiced(line, known[line.pk]) for line in lines]


def uninvoiced_deliveries(order: Order) -> dict[int, dict[int, Decimal]]:
    """Shipment id -> order line id -> what left with it and was not invoiced for it. Two queries."""
    found: dict[int, dict[int, Decimal]] = {}
    signs: dict[tuple[str, str], int] = {(SHIPMENT, LineMovement.Kind.SHIPPED): 1, (SHORT, LineMovement.Kind.CREDITED): -1}
    left = LineMovement.objects.filter(order=order, source_kind__in=[SHIPMENT, SHORT]).order_by("source_id")
    for source, kind, shipment_id, line_id, quantity in left.values_list("source_kind", "kind", "source_id", "line_id", "quantity"):
        if sign := signs.get((source, kind)):
            lines = found.setdefault(shipment_id, {})
            lines[line_id] = lines.get(line_id, Z) + sign * quantity
    charged = InvoiceLine.objects.filter(invoice__order=order, shipment_id__in=list(found))
    for key, line_id, invoiced in charged.values_list("shipment_id", "line_id", "quantity"):
        if key is not None and line_id in found[key]:
            found[key][line_id] -= invoiced
    return {key: rest for key, lines in found.items() if (rest := {pk: q for pk, q in lines.items() if q > 0})}


def charged(order: Order) -> dict[int, Charged]:
    """What earlier invoices charged per order line, credit notes taken off."""
    found: dict[int, Charged] = {}
    rows = InvoiceLine.objects.filter(invoice__order=order)
    for line_id, quantity, amount in rows.values_list("line_id", "quantity", "amount"):
        had = found.get(line_id, Charged())
        found[line_id] = Charged(had.quantity + quantity, had.amount + amount)
    return found


def value_of_returned(order: Order, back: Mapping[int, Decimal]) -> Decimal:
    """What of the order's amount falls away with these goods, by order line id; surcharges follow, earlier credits are counted off."""
    lines = goods_lines(order)
    kept = {pk: sums.open for pk, sums in quantities(order, lines).items()}
    for line_id, quantity in CreditLine.objects.filter(credit__order=order).values_list("line_id", "quantity"):
        kept[line_id] -= quantity
    return worth(wanted_lines(order), kept, back)


@dataclass(frozen=True)
class Credited:
    """What the customer need not pay, and the refund that came of it; `rest` is what had not been paid and is owed no more."""

    credit: Credit
    refund: Refund | None

    @property
    def rest(self) -> Decimal:
        return self.credit.amount - (self.refund.amount if self.refund else Z)


def credited(order: Order) -> list[Credited]:
    """The order's credits for goods that came back or never arrived, the latest first. Two queries."""
    refunds = {(each.source_kind, each.source_id): each for each in Refund.objects.filter(order=order)}
    rows = Credit.objects.filter(order=order, lines__isnull=False).select_related("order").distinct().order_by("-pk")
    return [Credited(row, refunds.get((row.source_kind, row.source_id))) for row in rows]


def against_invoice(rows: list[Uninvoiced]) -> list[Reason]:
    """Why nothing can be invoiced now; empty when something can."""
    if any(row.available > 0 for row in rows):
        return []
    sums = {name: sum((getattr(row.sums, name) for row in rows), Z) for name in ("shipped", "invoiced")}
    return [Reason("nothing_to_invoice", **{name: f"{value.normalize():f}" for name, value in sums.items()})]


def delivery_names(ids: list[int], actor: Actor = SYSTEM) -> dict[int, dict[str, Any]]:
    """Number and address of deliveries, asked of shipping, which finance does not know."""
    return {key: value for found in ask("things", kind=SHIPMENT, ids=ids, actor=actor) for key, value in found.items()} if ids else {}


def receivables(order: Order) -> list[Receivable]:
    """The order's dues with what came in. Two queries."""
    return list(Receivable.objects.filter(order=order).prefetch_related("received").order_by("position"))


def sees_money(actor: Actor) -> bool:
    """Payments, dues and invoices: a kind of their own, and only for who sees sale prices."""
    return any("money" in RIGHTS[hat.role].sees and RIGHTS[hat.role].sale_prices for hat in actor.hats)
