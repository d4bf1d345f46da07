"""Finished goods in store for a line that is no longer wanted in full: freed for others, so that nothing is left dangling (CHG-09)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from inventory.models import Reservation
from inventory.services import release_reservations, reserve_stock
from orders.models import LineMovement, Order
from orders.services.ledger import goods_lines, quantities
from organization.models import Company


def free_surplus(order: Order, *, source: tuple[str, int], at: datetime) -> None:
    """What is in store beyond the open quantity goes back to free group stock; the line's ledger says so."""
    lines = goods_lines(order)
    known = quantities(order, lines)
    for line in lines:
        of = known[line.pk]
        surplus = of.stocked - max(of.open, of.shipped)
        if surplus <= 0:
            continue
        LineMovement.objects.create(
            line=line,
            order=order,
            kind=LineMovement.Kind.STOCKED,
            quantity=-surplus,
            source_kind=source[0],
            source_id=source[1],
            at=at,
        )
        _keep_reserved(order, line.pk, line.item_id or 0, of.stocked - surplus - of.shipped, at)


def _keep_reserved(order: Order, line_id: int, item_id: int, quantity: Decimal, at: datetime) -> None:
    """Release the line's reservations and reserve anew what it keeps."""
    purpose = Reservation.Purpose.LINE
    companies = list(
        Reservation.objects.filter(purpose=purpose, reference_id=line_id, closed_at=None)
        .order_by("pk")
        .values_list("balance__company_id", flat=True)
    )
    release_reservations(order_id=order.pk, purpose=purpose, reference_id=line_id, at=at)
    if quantity > 0:
        others = Company.objects.exclude(pk__in=companies).order_by("pk").values_list("pk", flat=True)
        reserve_stock(
            item_id=item_id,
            company_ids=[*dict.fromkeys(companies), *others],
            quantity=quantity,
            purpose=purpose,
            reference_id=line_id,
            order_id=order.pk,
            firm=True,
            at=at,
        )
