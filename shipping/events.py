"""What happens to shipments, in the past tense. No fact here carries money: freight stays on the shipment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

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
class ShipmentWasVerified(Event):
    text = _("Shipment {number} verified by a second person")
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


@dataclass(frozen=True, kw_only=True)
class FollowUpWasNoticed(Event):
    """What the first delivery lacked goes after it."""

    text = _("Follow-up shipment {number} of {follows} noticed, leaves on {planned_on}")
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    number: str
    follows: str
    planned_on: date


@dataclass(frozen=True, kw_only=True)
class GoodsWereShort(Event):
    """`missing` in words, line by line; each is a shortage of its own."""

    text = _("Missing on arrival of {delivery_number}: {missing}")
    tone = "bad"
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    delivery_number: str
    missing: str


@dataclass(frozen=True, kw_only=True)
class ShortageWasDecided(Event):
    """`outcome` is found, resent or credited."""

    text = _("What was missing of {delivery_number}, {quantity}: {decision}. {note}")
    about = ("shipping.shortage", "shortage_id")
    shortage_id: int
    shipment_id: int
    line_id: int
    delivery_number: str
    quantity: Decimal
    outcome: str
    decision: str
    note: str


@dataclass(frozen=True, kw_only=True)
class GoodsWereNotReceived(Event):
    text = _("Delivery {delivery_number} not received, the customer says: {words}")
    tone = "bad"
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    delivery_number: str
    words: str


@dataclass(frozen=True, kw_only=True)
class DamageWasReported(Event):
    text = _("Delivery {delivery_number} arrived damaged: {words}")
    tone = "bad"
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    delivery_number: str
    words: str
