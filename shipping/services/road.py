"""Transport: goods leave the works (SHP-04)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
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
from shipping.services.base import book, locked

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
    freight_cost: Decimal | None = None,
) -> Shipment:
    """The goods leave (SHP-04): own vehicle before carrier, stock and ledger follow.

    Refused by inventory when less is reserved than goes. The delivery number is taken last.
    """
    shipment = locked(shipment)
    given = {"carrier_name": carrier_name, "carrier_reason": carrier_reason, "vehicle": vehicle, "driver": driver}
    by = shipment.steps()["dispatch"].permission(shipment, by)
    if found := _against_dispatch(carriage, given):
        raise NotReady(*found)
    for name, value in {**given, "driver_phone": driver_phone, "tracking_number": tracking_number}.items():
        setattr(shipment, name, value)
    shipment.carriage, shipment.freight_cost = carriage, freight_cost
    shipment.dispatched_at, shipment.dispatched_by = at, by.name
    by = shipment.take("dispatch", by=by, at=at)
    _leave_the_stock(shipment, by=by, at=at)
    book(shipment, LineMovement.Kind.SHIPPED, by=by, at=at)
    shipment.delivery_number = next_number("SH", at)
    shipment.save(update_fields=["delivery_number"])
    told = {"number": shipment.number, "delivery_number": shipment.delivery_number, "carried_by": shipment.carried_by}
    publish(
        events.ShipmentWasDispatched(order_id=shipment.order_id, shipment_id=shipment.pk, tracking_number=tracking_number, **told),
        by=by,
        at=at,
        thing=shipment,
    )
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
