"""A delivery is received: every line counted, or taken as received when nobody says anything (SHP-09, SHP-11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason
from documents.models import Attachment
from documents.services import attach
from shipping import events
from shipping.models import Shipment, ShipmentLine
from shipping.services.base import NOTICE, Received, count_goods, locked
from shipping.services.trouble import report_damage
from shipping.workflow import ShipmentState

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
    scan: Any = None,
) -> Shipment:
    """The goods are with the customer: who signed, when (`at` unless told otherwise), how much of each line (SHP-09, SHP-11); `scan`:
    the receipt with the customer's signature, an upload.

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
    if lines and condition not in HURT and not any(counted.get(each.pk, each.quantity) for each in lines):
        found.append(Reason("nothing_arrived"))
    if not note.strip() and (condition in HURT or (condition == Condition.SHORT and not missing)):
        found.append(Reason("condition_note_needed", field="note"))
    if found:
        raise NotReady(*found)
    shipment.received_by, shipment.received_at = signed_by, arrived
    shipment.condition, shipment.receipt_note = condition, note
    shipment.receipt_recorded_by, shipment.receipt_recorded_at = by.name or by.contact, at
    by = shipment.take("confirm_receipt", by=by, at=at)
    if scan is not None:
        attach(
            upload=scan, order_id=shipment.order_id, subject=(NOTICE, shipment.pk), kind=Attachment.Kind.RECEIPT, note=signed_by, by=by,
            at=at,
        )  # fmt: skip
    _tell_received(shipment, by=by, at=at)
    count_goods(shipment, lines, counted, by=by, at=at)
    if condition in HURT:
        report_damage(shipment=shipment, words=note, by=by, at=at)
    return shipment


@act
def take_as_received(*, shipment: Shipment | int, at: datetime) -> None:
    """Nobody confirmed the delivery or complained of it in time: it counts as received, with that reason (SHP-11). Else nothing."""
    row = locked(shipment)
    if row.state != ShipmentState.DISPATCHED or row.lost_at or row.traces.filter(state="open").exists():
        return
    row.received_at, row.condition, row.receipt_recorded_at = at, Condition.UNCONFIRMED, at
    row.take("take_as_received", by=SYSTEM, at=at)
    _tell_received(row, by=SYSTEM, at=at)
    lines = list(row.lines.select_related("line__unit", "line__item").order_by("line__line_no"))
    count_goods(row, lines, {}, by=SYSTEM, at=at)


def _tell_received(shipment: Shipment, *, by: Actor, at: datetime) -> None:
    unconfirmed = shipment.condition == Condition.UNCONFIRMED
    fact = events.ShipmentWasReceived(
        order_id=shipment.order_id,
        shipment_id=shipment.pk,
        delivery_number=shipment.delivery_number,
        received_by=shipment.received_by or "—",
        received_at=shipment.received_at or at,
        condition=shipment.condition,
        note=str(Condition.UNCONFIRMED.label) if unconfirmed else shipment.receipt_note,
    )
    publish(fact, by=by, at=at)


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
