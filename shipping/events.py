"""What happens to shipments, in the past tense. No fact here carries money: freight stays on the shipment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.facts import Event

SHIPMENT = ("shipping.shipment", "shipment_id")


@dataclass(frozen=True, kw_only=True)
class ShipmentWasNoticed(Event):
    """`complete` when nothing is left in store that is not noticed: the notice clock stops there."""

    text = _("Shipment notice {number} issued, leaves on {planned_on}")
    about = SHIPMENT
    shipment_id: int
    number: str
    planned_on: date
    complete: bool


@dataclass(frozen=True, kw_only=True)
class ShipmentWasCleared(Event):
    text = _("Shipment {number} cleared")
    tone = "ok"
    about = SHIPMENT
    shipment_id: int
    number: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class ShipmentWasPicked(Event):
    text = _("Shipment {number} picked and packed")
    about = SHIPMENT
    shipment_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class ShipmentWasDispatched(Event):
    text = _("Delivery {delivery_number} left with {carried_by}. {tracking_number}")
    tone = "ok"
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    number: str
    delivery_number: str
    carried_by: str
    tracking_number: str


@dataclass(frozen=True, kw_only=True)
class ShipmentWasReceived(Event):
    text = _("Delivery {delivery_number} received by {received_by}. {note}")
    tone = "ok"
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    delivery_number: str
    received_by: str
    received_at: datetime
    condition: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ShipmentWasCancelled(Event):
    """`promised_date` is given when the order stands complete in store, so that the notice clock starts again."""

    text = _("Shipment notice {number} cancelled: {reason}")
    tone = "bad"
    about = SHIPMENT
    shipment_id: int
    number: str
    reason: str
    promised_date: date | None
