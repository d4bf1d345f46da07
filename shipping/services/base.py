"""What the acts on shipments share: the rows under lock, the ledger of the order, what is packed beside the goods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.actor import SYSTEM, Actor
from core.facts import publish
from core.reasons import plain
from orders.models import LineMovement, OpenItem, Order
from orders.services.ledger import record_many
from orders.services.open_items import close_item
from shipping import events
from shipping.models import MissingPart, PackingLine, Shipment, ShipmentLine, Shortage

NOTICE = "shipping.shipment"
CANCEL = "shipping.cancel"
PART = OpenItem.Kind.PART
CLAIM = OpenItem.Kind.CLAIM
Packing = Sequence[tuple[str, Decimal, str]]
Received = Mapping[int, Decimal]


def locked(shipment: Shipment | int) -> Shipment:
    """The order, then the shipment, in every act."""
    given = shipment if isinstance(shipment, Shipment) else Shipment.objects.only("order_id").get(pk=shipment)
    order = Order.objects.locked(given.order_id)
    row = Shipment.objects.locked(given.pk)
    row.order = order
    return row


def dated(shipment: Shipment) -> dict[str, Any]:
    """What the facts of a shipment in the house say: which, and when it is to leave; its clocks run towards that day."""
    return {"order_id": shipment.order_id, "shipment_id": shipment.pk, "number": shipment.number, "planned_on": shipment.planned_on}


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


def free_what_it_was_to_bring(shipment: Shipment, *, at: datetime) -> None:
    """A notice was taken back: what it was to bring after an earlier one is missing again, and nothing is missing from it any more."""
    for row in Shortage.objects.select_for_update(of=("self",)).filter(follow_up=shipment, state="resent").order_by("pk"):
        row.take("reopen", by=SYSTEM, at=at, follow_up=None, outcome="")
        fact = events.ShortageIsOpenAgain(
            order_id=shipment.order_id,
            shortage_id=row.pk,
            shipment_id=row.shipment_id,
            delivery_number=str(row.shipment),
            quantity=row.quantity,
        )
        publish(fact, by=SYSTEM, at=at)
    for part in _brought_by(shipment):
        part.take("stay", by=SYSTEM, at=at, follow_up=None)
    for part in shipment.missing_parts.waiting().select_for_update(of=("self",)).order_by("pk"):
        strike_part(part, shipment, at=at)


def strike_part(part: MissingPart, of: Shipment, *, at: datetime) -> None:
    """Nobody waits for it any more."""
    part.take("strike", by=SYSTEM, at=at)
    part_is_over(part, of, at)
    asks = of.missing_parts.unanswered().exists()
    fact = events.PartWasStruck(order_id=of.order_id, part_id=part.pk, number=of.number, part=str(part), shipment_id=of.pk, asks=asks)
    publish(fact, by=SYSTEM, at=at)


def part_is_over(part: MissingPart, of: Shipment, at: datetime) -> None:
    """It no longer keeps the order open."""
    close_item(order=of.order, kind=PART, reference=f"{of.number}/{part.pk}", at=at)


def _brought_by(follow_up: Shipment) -> list[MissingPart]:
    return list(MissingPart.objects.select_for_update(of=("self",)).filter(follow_up=follow_up, state="noticed").order_by("pk"))


def count_goods(shipment: Shipment, lines: Sequence[ShipmentLine], counted: Received, *, by: Actor, at: datetime) -> None:
    """Book what the customer has, open a shortage for what is missing, and settle what this shipment was sent again for."""
    for each in lines:
        each.received = counted.get(each.pk, each.quantity)
    ShipmentLine.objects.bulk_update(lines, ["received"])
    missing = [each for each in lines if each.quantity > (each.received or 0)]
    Shortage.objects.bulk_create(
        [Shortage(shipment=shipment, goods=each, quantity=each.quantity - (each.received or 0), found_at=at) for each in missing]
    )
    if missing:
        words = "；".join(f"{each.line.item} × {plain(each.quantity - (each.received or 0))}" for each in missing)
        fact = events.GoodsWereShort(
            order_id=shipment.order_id, shipment_id=shipment.pk, delivery_number=shipment.delivery_number, missing=words
        )
        publish(fact, by=by, at=at)
    for again in Shortage.objects.select_for_update(of=("self",)).filter(follow_up=shipment, state="resent").order_by("pk"):
        again.take("arrive", by=SYSTEM, at=at)
    for part in _brought_by(shipment):
        part.take("be_delivered", by=SYSTEM, at=at)
        part_is_over(part, part.shipment, at)
    source = (NOTICE, shipment.pk)
    rows = [(each.line, str(LineMovement.Kind.DELIVERED), each.received, source) for each in lines if each.received]
    record_many(order=shipment.order, rows=rows, by=by, at=at)


def reschedule(shipment: Shipment, arrives_at: datetime, reason: str, *, by: Actor, at: datetime) -> None:
    """The estimated arrival moves; the customer sees why and to when (FUP-06). The shipment must be locked."""
    was, shipment.arrives_at, shipment.arrival_reason = shipment.arrives_at, arrives_at, reason
    shipment.bump().save()
    fact = events.ArrivalWasMoved(
        order_id=shipment.order_id,
        shipment_id=shipment.pk,
        delivery_number=shipment.delivery_number,
        was=was,
        arrives_at=arrives_at,
        reason=reason,
    )
    publish(fact, by=by, at=at, thing=shipment)
