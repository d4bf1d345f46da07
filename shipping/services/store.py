"""Store and packing: goods are picked and packed, and a second person looks before they may leave (SHP-03)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from core.actor import Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason
from shipping import events
from shipping.models import Shipment, ShipmentLine
from shipping.services.base import Packing, dated, locked, pack


@act
def pick_shipment(
    *, shipment: Shipment, picked: Mapping[int, tuple[str, str]], by: Actor, at: datetime, packing: Packing | None = None
) -> Shipment:
    """The store has picked and packed (SHP-03). `picked`: shipment line id -> (batch or serials, boxes); every line must be in it."""
    shipment = locked(shipment)
    lines = list(shipment.lines.select_related("line").order_by("line__line_no"))
    shipment.picked_at, shipment.picked_by, shipment.picker_id = at, by.name, by.person_id
    by = shipment.take("pick", by=by, at=at)
    _all_checked(lines, picked)
    for each in lines:
        each.batch, each.boxes = picked[each.pk]
    ShipmentLine.objects.bulk_update(lines, ["batch", "boxes"])
    if packing is not None:
        shipment.packing.all().delete()
        pack(shipment, packing)
    publish(events.ShipmentWasPicked(**dated(shipment)), by=by, at=at, thing=shipment)
    return shipment


@act
def verify_shipment(*, shipment: Shipment, checked: Collection[int], by: Actor, at: datetime) -> Shipment:
    """A second person has compared the packed goods with the notice (SHP-03). `checked`: ids of shipment lines, all of them."""
    shipment = locked(shipment)
    shipment.verified_at, shipment.verified_by, shipment.verifier_id = at, by.name, by.person_id
    by = shipment.take("verify", by=by, at=at)
    _all_checked(list(shipment.lines.select_related("line").order_by("line__line_no")), checked)
    publish(events.ShipmentWasVerified(**dated(shipment)), by=by, at=at, thing=shipment)
    return shipment


def _all_checked(lines: list[ShipmentLine], checked: Collection[int]) -> None:
    missing = [Reason("not_all_picked", line=each.line.line_no, field=f"ok_{each.pk}") for each in lines if each.pk not in checked]
    if missing:
        raise NotReady(*missing)
