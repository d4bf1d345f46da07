"""What happens to shipments, in the past tense. No fact here carries money: freight and claims are not for who sees sale prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.facts import Event

SHIPMENT = ("shipping.shipment", "shipment_id")
TRACE = ("shipping.trace", "trace_id")
DAMAGE = ("shipping.damage", "damage_id")
CLAIM = ("shipping.claim", "claim_id")
PART = ("shipping.missingpart", "part_id")


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
class ShipmentWasRedirected(Event):
    """A change of the order moved it to another place, person or day before it left."""

    text = _("Shipment {number} goes to {place}, {contact_name}, and leaves on {planned_on} now ({change})")
    about = SHIPMENT
    shipment_id: int
    number: str
    change: str
    place: str
    contact_name: str
    planned_on: date


@dataclass(frozen=True, kw_only=True)
class ShipmentWasCleared(Event):
    text = _("Shipment {number} cleared")
    tone = "ok"
    about = SHIPMENT
    shipment_id: int
    number: str
    rule: str
    planned_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ShipmentAwaitsMoney(Event):
    """Money that is due before shipment is missing: finance clears the notice once it is in (SHP-02)."""

    text = _("Shipment {number} waits for the money that is due before it")
    about = SHIPMENT
    shipment_id: int
    number: str
    planned_on: date


@dataclass(frozen=True, kw_only=True)
class ShipmentWasPicked(Event):
    text = _("Shipment {number} picked and packed")
    about = SHIPMENT
    shipment_id: int
    number: str
    planned_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class PackingWasUndone(Event):
    """Something else goes than was packed: it is picked and verified again (SHP-03)."""

    text = _("Shipment {number} is to be picked again: something else goes")
    about = SHIPMENT
    shipment_id: int
    number: str
    planned_on: date


@dataclass(frozen=True, kw_only=True)
class ShipmentWasVerified(Event):
    text = _("Shipment {number} verified by a second person")
    about = SHIPMENT
    shipment_id: int
    number: str
    planned_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ShipmentWasDispatched(Event):
    text = _("Delivery {delivery_number} left with {carried_by}, expected {arrives_at}. {tracking_number}")
    tone = "ok"
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    number: str
    delivery_number: str
    carriage: str
    carried_by: str
    tracking_number: str
    arrives_at: datetime


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
    """`promised_date` is given when the order stands complete in store, so that the notice clock starts again; `first_id` when it was
    a follow-up with parts that the shipment of that id lacked: they wait for another one.
    """

    text = _("Shipment notice {number} cancelled: {reason}")
    tone = "bad"
    about = SHIPMENT
    shipment_id: int
    number: str
    reason: str
    promised_date: date | None
    first_id: int | None


@dataclass(frozen=True, kw_only=True)
class FollowUpWasNoticed(Event):
    """What the first delivery lacked goes after it. `first_id`: that delivery, where parts were missing from it; None for lost goods."""

    text = _("Follow-up shipment {number} of {follows} noticed, leaves on {planned_on}")
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    number: str
    first_id: int | None
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
    """`outcome` is found, resent or credited; `last`: nothing else that was missing on that arrival waits for a decision."""

    text = _("What was missing of {delivery_number}, {quantity}: {outcome}. {note}")
    about = ("shipping.shortage", "shortage_id")
    coded = {"outcome": "shipping.Shortage.outcome"}
    shortage_id: int
    shipment_id: int
    line_id: int
    delivery_number: str
    quantity: Decimal
    outcome: str
    note: str
    last: bool = False


@dataclass(frozen=True, kw_only=True)
class ShortageIsOpenAgain(Event):
    """What was to be sent again is not: its notice was taken back."""

    text = _("Not sent again, still missing of {delivery_number}: {quantity}")
    tone = "bad"
    about = ("shipping.shortage", "shortage_id")
    shortage_id: int
    shipment_id: int
    delivery_number: str
    quantity: Decimal


@dataclass(frozen=True, kw_only=True)
class GoodsWereNotReceived(Event):
    text = _("Delivery {delivery_number} not received, the customer says: {words}")
    tone = "bad"
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    trace_id: int
    delivery_number: str
    words: str


@dataclass(frozen=True, kw_only=True)
class DamageWasReported(Event):
    text = _("Delivery {delivery_number} arrived damaged: {words}")
    tone = "bad"
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    damage_id: int
    delivery_number: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ArrivalWasMoved(Event):
    """FUP-06: the customer sees the new time and why."""

    text = _("Delivery {delivery_number} is now expected {arrives_at}: {reason}")
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    delivery_number: str
    was: datetime | None
    arrives_at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class CarrierReceiptWasRecorded(Event):
    text = _("The carrier has signed for delivery {delivery_number}: {signed_by}")
    about = SHIPMENT
    shipment_id: int
    delivery_number: str
    signed_by: str


@dataclass(frozen=True, kw_only=True)
class CustomerWasTold(Event):
    text = _("{whom} was told {how} that delivery {delivery_number} left")
    about = SHIPMENT
    coded = {"how": "shipping.Shipment.told_how"}
    shipment_id: int
    delivery_number: str
    whom: str
    how: str


@dataclass(frozen=True, kw_only=True)
class DeliveryWasNeverConfirmed(Event):
    """The time is up: the delivery is taken as received (SHP-11)."""

    text = _("Nobody has confirmed the delivery in the time that is set")
    about = SHIPMENT
    shipment_id: int


@dataclass(frozen=True, kw_only=True)
class TraceWasAnswered(Event):
    """`result` is on_the_way, elsewhere, signed or lost."""

    text = _("Delivery {delivery_number} was traced: {result}. {answer}")
    customer_visible = True
    about = TRACE
    coded = {"result": "shipping.Trace.result"}
    trace_id: int
    shipment_id: int
    delivery_number: str
    result: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class CauseWasSaid(Event):
    """`side` is the role that spoke; `heard`: every side has, so that transport may conclude."""

    text = _("Cause of the damage to {delivery_number}, {side}: {words}")
    about = DAMAGE
    damage_id: int
    delivery_number: str
    side: str
    words: str
    heard: bool = False


@dataclass(frozen=True, kw_only=True)
class CauseWasEstablished(Event):
    text = _("Cause of the damage to {delivery_number} established: {cause}. {finding}")
    about = DAMAGE
    coded = {"cause": "shipping.Damage.cause"}
    damage_id: int
    delivery_number: str
    cause: str
    finding: str


@dataclass(frozen=True, kw_only=True)
class ClaimWasRaised(Event):
    text = _("Claim {number} raised against {against} for {delivery_number}")
    about = CLAIM
    claim_id: int
    number: str
    against: str
    delivery_number: str


@dataclass(frozen=True, kw_only=True)
class ClaimWasAgreed(Event):
    text = _("Claim {number} agreed with {with_whom}")
    about = CLAIM
    claim_id: int
    number: str
    with_whom: str


@dataclass(frozen=True, kw_only=True)
class ClaimWasSettled(Event):
    text = _("Claim {number} settled: {how}")
    tone = "ok"
    about = CLAIM
    claim_id: int
    number: str
    how: str


@dataclass(frozen=True, kw_only=True)
class ClaimWasDropped(Event):
    text = _("Claim {number} dropped: {why}")
    about = CLAIM
    claim_id: int
    number: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PartWasMissing(Event):
    text = _("{part} does not go along with {number}; {department} follows up until {expected_on}")
    tone = "bad"
    customer_visible = True
    about = PART
    part_id: int
    shipment_id: int
    number: str
    part: str
    department: str
    expected_on: date


@dataclass(frozen=True, kw_only=True)
class CustomerAgreedToMissing(Event):
    text = _("{agreed_by} agreed {how} that {number} goes without: {parts}")
    customer_visible = True
    about = SHIPMENT
    coded = {"how": "shipping.MissingPart.consent_how"}
    shipment_id: int
    number: str
    agreed_by: str
    how: str
    parts: str


@dataclass(frozen=True, kw_only=True)
class PartHasCome(Event):
    """`first_id`: the shipment that has left without it and now gets a follow-up; None when it goes along after all.

    `asks`: the customer is still to agree that something else stays behind.
    """

    text = _("What was missing from {number} has come: {part}")
    about = PART
    part_id: int
    first_id: int | None
    number: str
    part: str
    shipment_id: int = 0
    asks: bool = False


@dataclass(frozen=True, kw_only=True)
class PartWasStruck(Event):
    text = _("No longer missing from {number}: {part}")
    about = PART
    part_id: int
    number: str
    part: str
    shipment_id: int = 0
    asks: bool = False
