"""How much of an order is to be made in all, whatever has been made of it already; plan and demand follow it (PLN-01, CHG-09)."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import F, Sum

from orders.models import LineMovement, Order, Shortage
from orders.services.ledger import goods_lines, quantities

Z = Decimal(0)
MADE = "inventory.putaway"  # what came into store through the workshops; the rest of `stocked` was finished stock


def to_make(order: Order) -> dict[int, Decimal]:
    """Line id -> quantity to be made, done or not: open quantity less finished stock, and what was lost and is made again (INV-06)."""
    lines = goods_lines(order)
    known = quantities(order, lines)
    movements = LineMovement.objects.filter(order=order, kind=LineMovement.Kind.STOCKED, source_kind=MADE)
    made = dict(movements.values_list("line").order_by("line").annotate(Sum("quantity")))
    lost = Shortage.objects.filter(order=order, outcome=Shortage.Outcome.MAKE, item=F("line__item"))
    again = dict(lost.values_list("line").order_by("line").annotate(Sum("quantity")))
    return {pk: max(known[pk].open - known[pk].stocked + made.get(pk, Z) + again.get(pk, Z), Z) for pk in (line.pk for line in lines)}
