"""Transport: goods leave the works, are expected, and the customer is told (SHP-04, SHP-09, FUP-06)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from core.actor import Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason
from inventory.models import Reservation, StockMovement
from inventory.services import use_reservations
from orders.models import LineMovement
from shipping import events
from shipping.models import Shipment
from shipping.services.base import book, locked, reschedule

LINE = "shipping.shipmentline"


@act
def dispatch_shipment(
    *,
    shipment: Shipment,
    carriage: str,
    by: Actor,
    at: datetime,
    carrier_name: str = "",
    carrier_reason: str = "",
    vehicle: str = "",
    driver: str = "",
    driver_phone: str = "",
    tracking_number: str = "",
    arrives_at: datetime | None = None,
    freight_cost: Decimal | None = None,
) -> Shipment:
    """The goods leave (SHP-04): own vehicle before carrier, stock and ledger follow.

    `arrives_at` is the estimated arrival: the wanted one without, or a day later. Refused by inventory when less is reserved than
    goes. The delivery number is taken last.
    """
    shipment = locked(shipment)
    given = {"carrier_name": carrier_name, "carrier_reason": carrier_reason, "vehicle": vehicle, "driver": driver}
    by = shipment.steps()["dispatch"].permission(shipment, by)
    arrives_at = arrives_at or usual_arrival(shipment, at)
    found = _against_dispatch(carriage, given)
    if arrives_at <= at:
        found.append(Reason("arrival_in_the_past", field="arrives_at"))
    if found:
        raise NotReady(*found)
    for name, value in {**given, "driver_phone": driver_phone, "tracking_number": tracking_number}.items():
        setattr(shipment, name, value)
    shipment.carriage, shipment.freight_cost, shipment.arrives_at = carriage, freight_cost, arrives_at
    shipment.dispatched_at, shipment.dispatched_by = at, by.name
    by = shipment.take("dispatch", by=by, at=at)
    _leave_the_stock(shipment, by=by, at=at)
    book(shipment, LineMovement.Kind.SHIPPED, by=by, at=at)
    shipment.delivery_number = next_number("SH", at)
    shipment.save(update_fields=["delivery_number"])
    fact = events.ShipmentWasDispatched(
        order_id=shipment.order_id,
        shipment_id=shipment.pk,
        number=shipment.number,
        delivery_number=shipment.delivery_number,
        carriage=carriage,
        carried_by=shipment.carried_by,
        tracking_number=tracking_number,
        arrives_at=arrives_at,
    )
    publish(fact, by=by, at=at, thing=shipment)
    return shipment


def usual_arrival(shipment: Shipment, at: datetime) -> datetime:
    """What is proposed: the wanted arrival when it is still ahead, else the next day at the same time."""
    wanted = shipment.wanted_at
    return wanted if wanted is not None and wanted > at else at + timedelta(days=1)


@act
def move_arrival(*, shipment: Shipment, arrives_at: datetime, reason: str, by: Actor, at: datetime) -> Shipment:
    """On the way the estimated arrival moves: the customer is told why and to when (SHP-04, FUP-06)."""
    shipment = locked(shipment)
    shipment.steps()["move_arrival"].permission(shipment, by)
    found = []
    if arrives_at <= at:
        found.append(Reason("arrival_in_the_past", field="arrives_at"))
    if not reason.strip():
        found.append(Reason("arrival_reason_missing", field="reason"))
    if found:
        raise NotReady(*found)
    by = shipment.take("move_arrival", by=by, at=at)
    reschedule(shipment, arrives_at, reason.strip(), by=by, at=at)
    return shipment


@act
def record_carrier_receipt(*, shipment: Shipment, signed_by: str, by: Actor, at: datetime) -> Shipment:
    """Transport has the carrier's signed receipt (SHP-09): from now on the clerk has the rest of the day to tell the customer."""
    shipment = locked(shipment)
    by = shipment.take("record_carrier_receipt", by=by, at=at, carrier_signed_by=signed_by.strip(), carrier_signed_at=at)
    fact = events.CarrierReceiptWasRecorded(
        order_id=shipment.order_id, shipment_id=shipment.pk, delivery_number=shipment.delivery_number, signed_by=signed_by.strip()
    )
    publish(fact, by=by, at=at, thing=shipment)
    return shipment


@act
def tell_customer(*, shipment: Shipment, whom: str, how: str, by: Actor, at: datetime) -> Shipment:
    """The clerk has told the customer that the goods left (SHP-09) [shipping_call]."""
    shipment = locked(shipment)
    by = shipment.take("tell_customer", by=by, at=at, told_whom=whom.strip(), told_how=how, told_by=by.name, told_at=at)
    fact = events.CustomerWasTold(
        order_id=shipment.order_id,
        shipment_id=shipment.pk,
        delivery_number=shipment.delivery_number,
        whom=whom.strip(),
        how=how,
    )
    publish(fact, by=by, at=at)
    return shipment


def _leave_the_stock(shipment: Shipment, *, by: Actor, at: datetime) -> None:
    for each in shipment.lines.select_related("line").order_by("line__item_id", "line_id"):  # the same order in every act: no deadlock
        use_reservations(
            purpose=Reservation.Purpose.LINE,
            reference_id=each.line_id,
            quantity=each.quantity,
            kind=StockMovement.Kind.SHIP,
            source=(LINE, each.pk),
            by=by,
            at=at,
        )


def _against_dispatch(carriage: str, given: Mapping[str, str]) -> list[Reason]:
    if carriage == Shipment.Carriage.OWN:
        wanted = [("vehicle", "driver_needed"), ("driver", "driver_needed")]
    else:
        wanted = [("carrier_name", "carrier_needed"), ("carrier_reason", "carrier_reason_needed")]
    return [Reason(code, field=name) for name, code in wanted if not given[name].strip()]
