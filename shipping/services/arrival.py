"""What the customer's side says of a delivery: received, with what was missing; not received; damaged (SHP-09, SHP-10, SHP-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason, plain
from documents.models import Attachment
from documents.services import attach
from orders.models import LineMovement
from orders.services.ledger import record_many
from shipping import events
from shipping.models import Shipment, ShipmentLine, Shortage
from shipping.services.base import NOTICE, locked

Received = Mapping[int, Decimal]
Condition = Shipment.Condition
HURT = (Condition.DAMAGED, Condition.DAMP)


@act
def confirm_receipt(
    *,
    shipment: Shipment,
    by: Actor,
    at: datetime,
    signed_by: str,
    condition: str,
    received: Received | None = None,
    received_at: datetime | None = None,
    note: str = "",
) -> Shipment:
    """The goods are with the customer: who signed, when (`at` unless told otherwise), how much of each line (SHP-09, SHP-11).

    By sales, or by the order's customer. `received`: shipment line id -> quantity, all of it without; what is missing does not count as
    delivered and stays open as a shortage. Goods that came damaged or damp are reported as damage at once (SHP-10).
    """
    shipment = locked(shipment)
    by = shipment.steps()["confirm_receipt"].permission(shipment, by)
    lines = list(shipment.lines.select_related("line__unit", "line__item").order_by("line__line_no"))
    counted = {each.pk: each.quantity for each in lines} if received is None else dict(received)
    arrived = received_at or at
    found = [*_against_moment(shipment, arrived, at), *_against_counted(lines, counted)]
    missing = [each for each in lines if counted.get(each.pk, each.quantity) < each.quantity]
    if missing and condition == Condition.SOUND:
        condition = Condition.SHORT
    if not note.strip() and (condition in HURT or (condition == Condition.SHORT and not missing)):
        found.append(Reason("condition_note_needed", field="note"))
    if found:
        raise NotReady(*found)
    shipment.received_by, shipment.received_at = signed_by, arrived
    shipment.condition, shipment.receipt_note = condition, note
    shipment.receipt_recorded_by, shipment.receipt_recorded_at = by.name or by.contact, at
    by = shipment.take("confirm_receipt", by=by, at=at)
    fact = events.ShipmentWasReceived(
        order_id=shipment.order_id,
        shipment_id=shipment.pk,
        delivery_number=shipment.delivery_number,
        received_by=signed_by,
        received_at=arrived,
        condition=condition,
        note=note,
    )
    publish(fact, by=by, at=at)
    count_goods(shipment, lines, counted, by=by, at=at)
    if condition in HURT:
        report_damage(shipment=shipment, words=note, by=by, at=at)
    return shipment


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
    source = (NOTICE, shipment.pk)
    rows = [(each.line, str(LineMovement.Kind.DELIVERED), each.received, source) for each in lines if each.received]
    record_many(order=shipment.order, rows=rows, by=by, at=at)


@act
def report_not_received(*, shipment: Shipment, words: str, by: Actor, at: datetime) -> Shipment:
    """The customer says that nothing came (SHP-10): transport traces it and answers."""
    shipment = locked(shipment)
    if not words.strip():
        raise NotReady(Reason("report_words_missing", field="words"))
    by = shipment.take("report_not_received", by=by, at=at)
    fact = events.GoodsWereNotReceived(
        order_id=shipment.order_id, shipment_id=shipment.pk, delivery_number=shipment.delivery_number, words=words.strip()
    )
    publish(fact, by=by, at=at, thing=shipment)
    return shipment


@act
def report_damage(*, shipment: Shipment, words: str, by: Actor, at: datetime, uploads: Sequence[Any] = ()) -> Shipment:
    """Goods came damaged (SHP-10): kept with the pictures, and told to after-sales, transport and the freight auditor."""
    shipment = locked(shipment)
    if not words.strip():
        raise NotReady(Reason("report_words_missing", field="words"))
    by = shipment.take("report_damage", by=by, at=at)
    papers: dict[str, Any] = {"order_id": shipment.order_id, "subject": (NOTICE, shipment.pk), "kind": Attachment.Kind.PHOTO}
    for upload in uploads:
        attach(upload=upload, note=words[:200], by=by, at=at, **papers)
    fact = events.DamageWasReported(
        order_id=shipment.order_id, shipment_id=shipment.pk, delivery_number=shipment.delivery_number, words=words.strip()
    )
    publish(fact, by=by, at=at, thing=shipment)
    return shipment


def _against_moment(shipment: Shipment, arrived: datetime, at: datetime) -> list[Reason]:
    found = []
    if shipment.dispatched_at and arrived < shipment.dispatched_at.replace(second=0, microsecond=0):  # forms give whole minutes
        found.append(Reason("received_before_dispatch", at=shipment.dispatched_at, field="received_at"))
    if arrived > at:
        found.append(Reason("received_in_future", field="received_at"))
    return found


def _against_counted(lines: Sequence[ShipmentLine], counted: Received) -> list[Reason]:
    """Nobody receives less than nothing, or more than was sent; the unit says how finely it may be counted."""
    found, wrong = [], {}
    for each in lines:
        quantity, field = counted.get(each.pk, each.quantity), f"r_{each.pk}"
        if not 0 <= quantity <= each.quantity:
            found.append(Reason("received_above_sent", line=each.line.line_no, received=quantity, sent=each.quantity, field=field))
        try:
            each.line.unit.fit(quantity)  # type: ignore[union-attr]
        except ValidationError as finer:
            wrong[field] = finer
    if wrong:
        raise ValidationError(wrong)
    return found
