"""What the acts on shipments share: the rows under lock, the ledger of the order, what is packed beside the goods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.actor import SYSTEM, Actor
from orders.models import Order
from orders.services.ledger import record_many
from shipping.models import PackingLine, Shipment, Shortage

NOTICE = "shipping.shipment"
CANCEL = "shipping.cancel"
Packing = Sequence[tuple[str, Decimal, str]]


def locked(shipment: Shipment | int) -> Shipment:
    """The order, then the shipment, in every act."""
    given = shipment if isinstance(shipment, Shipment) else Shipment.objects.only("order_id").get(pk=shipment)
    order = Order.objects.locked(given.order_id)
    row = Shipment.objects.locked(given.pk)
    row.order = order
    return row


def book(shipment: Shipment, kind: str, *, by: Actor, at: datetime, back: bool = False) -> None:
    """One movement per line in the order's ledger; `back` takes it off again. The order settles itself.

    What goes for lost goods is booked already: those were noticed and shipped (SHP-07).
    """
    source = (CANCEL if back else NOTICE, shipment.pk)
    lines = shipment.lines.filter(replaces=False).select_related("line")
    rows = [(each.line, kind, -each.quantity if back else each.quantity, source) for each in lines]
    record_many(order=shipment.order, rows=rows, by=by, at=at)


def pack(shipment: Shipment, packing: Packing) -> None:
    PackingLine.objects.bulk_create(
        [PackingLine(shipment=shipment, text=text, quantity=quantity, unit=unit) for text, quantity, unit in packing]
    )


def reopen_shortages(follow_up: Shipment, *, at: datetime) -> None:
    """The notice of a follow-up was taken back: what it was to bring is missing again."""
    for row in Shortage.objects.select_for_update(of=("self",)).filter(follow_up=follow_up, state="resent").order_by("pk"):
        row.take("reopen", by=SYSTEM, at=at, follow_up=None, outcome="")
