"""The ledger of quantities per line, and the order settling itself from it (house rule 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.reading import remembered
from core.reasons import NotReady, Reason, declare
from orders import events
from orders.models import LineMovement, Order, OrderLine
from orders.services.closing import settle_closing
from orders.workflow import OrderState

declare({"ledger_below_zero": _("Line {line}: {kind} would fall below zero.")})

Z = Decimal(0)


@dataclass(slots=True)
class Quantities:
    """Sums of one line's movements, in the line's unit."""

    ordered: Decimal = Z
    cancelled: Decimal = Z
    planned: Decimal = Z
    produced: Decimal = Z
    stocked: Decimal = Z
    noticed: Decimal = Z
    shipped: Decimal = Z
    delivered: Decimal = Z
    credited: Decimal = Z
    returned: Decimal = Z
    invoiced: Decimal = Z

    @property
    def open(self) -> Decimal:
        """Ordered less cancelled."""
        return self.ordered - self.cancelled

    @property
    def kept(self) -> Decimal:
        """Delivered and not given back."""
        return self.delivered - self.returned

    @property
    def settled(self) -> Decimal:
        """Delivered, or credited because it never arrived: nobody waits for it (SHP-07)."""
        return self.delivered + self.credited

    @property
    def chargeable(self) -> Decimal:
        """What left, neither given back nor credited: so much may be invoiced (FIN-01)."""
        return self.shipped - self.credited - self.returned


def goods_lines(order: Order) -> list[OrderLine]:
    """The lines that are planned, stocked and shipped."""
    return [line for line in order.lines_in_order if line.kind == OrderLine.Kind.GOODS]


@remembered
def movements_of(order: Order) -> list[tuple[int, str, Decimal]]:
    """(line id, kind, quantity) of the whole ledger."""
    return list(LineMovement.objects.filter(order=order).values_list("line_id", "kind", "quantity"))


def quantities(order: Order, lines: Sequence[OrderLine] | None = None) -> dict[int, Quantities]:
    """What the ledger says of every line, by line id (SHP-07). Two queries; one when the lines wanted are at hand."""
    if lines is None:
        lines = list(OrderLine.objects.filter(order=order))
    found = {line.pk: Quantities(ordered=line.quantity or Z) for line in lines}
    for line_id, kind, quantity in movements_of(order):
        if (one := found.get(line_id)) is not None:
            setattr(one, kind, getattr(one, kind) + quantity)
    return found


def wanted_lines(order: Order) -> list[OrderLine]:
    """All lines with their open quantity as `quantity`, as the amounts of lines are counted; for reckoning, not to be saved."""
    lines = order.lines_in_order
    known = quantities(order, lines)
    for line in lines:
        line.quantity = known[line.pk].open
    return lines


@act
def record(*, line: OrderLine, kind: str, quantity: Decimal, source: tuple[str, int], by: Actor, at: datetime) -> LineMovement:
    """Book one movement of a line and let the order settle. The same source again changes nothing.

    A negative quantity takes back what the same kind holds; it never falls below zero.
    """
    order = Order.objects.locked(line.order_id)
    kept = LineMovement.objects.filter(line=line, kind=kind, source_kind=source[0], source_id=source[1]).first()
    if kept is not None:
        return kept
    if quantity < 0 and getattr(quantities(order)[line.pk], kind) + quantity < 0:
        raise NotReady(Reason("ledger_below_zero", line=line.line_no, kind=kind))
    row = LineMovement.objects.create(
        line=line, order=order, kind=kind, quantity=quantity, source_kind=source[0], source_id=source[1], at=at
    )
    if kind not in IDLE:
        settle(order, at=at)
    return row


@act
def record_many(*, order: Order, rows: list[tuple[OrderLine, str, Decimal, tuple[str, int]]], by: Actor, at: datetime) -> None:
    """Book several movements of one order at once; it settles once."""
    order = Order.objects.locked(order)
    LineMovement.objects.bulk_create(
        [
            LineMovement(line=line, order=order, kind=kind, quantity=quantity, source_kind=source[0], source_id=source[1], at=at)
            for line, kind, quantity, source in rows
        ],
        ignore_conflicts=True,
    )
    settle(order, at=at)


def settle(order: Order, *, at: datetime) -> None:
    """Take whatever "by itself" transitions follow from the facts. The order must be locked; running it again changes nothing."""
    sums = _goods_sums(order) if order.state in SETTLING else []  # no step moves goods
    while (step := _next(order, sums)) is not None:
        name, event = step
        order.take(name, by=SYSTEM, at=at, **({"delivered_at": at} if name == "complete_delivery" else {}))
        publish(event, by=SYSTEM, at=at, thing=order)
        if name == "complete_delivery":
            from orders.services.money import deliveries_start_terms

            deliveries_start_terms(order, at=at)
    settle_closing(order, at=at)


IDLE = (LineMovement.Kind.PLANNED, LineMovement.Kind.PRODUCED)  # no step "by itself" waits for these
SETTLING = (OrderState.PLANNED, OrderState.IN_PRODUCTION, OrderState.STOCKED, OrderState.SHIPPING, OrderState.DELIVERED)


def _next(order: Order, sums: list[Quantities]) -> tuple[str, events.Event] | None:
    s = OrderState
    if order.state == s.PLANNED and order.production_started_at:
        return "start_production", events.ProductionWasStarted(order_id=order.pk)
    if order.state not in SETTLING:
        return None
    assert order.promised_date is not None, "effective orders have one"
    if order.state in (s.PLANNED, s.IN_PRODUCTION) and all(q.stocked >= q.open for q in sums):
        return "complete_stock", events.OrderWasStocked(order_id=order.pk, promised_date=order.promised_date)
    if order.state == s.STOCKED and any(q.noticed > 0 for q in sums):
        return "begin_shipping", events.ShippingWasBegun(order_id=order.pk)
    if order.state in (s.STOCKED, s.SHIPPING) and all(q.settled >= q.open for q in sums):
        return "complete_delivery", events.OrderWasDelivered(order_id=order.pk)
    if order.state == s.DELIVERED and all(q.invoiced >= q.kept for q in sums):
        return "complete_invoicing", events.OrderWasInvoiced(order_id=order.pk)
    return None


def _goods_sums(order: Order) -> list[Quantities]:
    return list(quantities(order, list(order.lines.filter(kind=OrderLine.Kind.GOODS))).values())
