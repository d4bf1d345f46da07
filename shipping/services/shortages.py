"""What becomes of goods that were missing on arrival: found, sent again, or credited; the quantities stay right (SHP-07, SHP-10)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from core.actor import Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason
from inventory.models import Reservation
from inventory.selectors import reserved_for
from inventory.services import reserve_stock
from orders.models import LineMovement
from orders.services.ledger import quantities, record_many
from shipping import events
from shipping.models import Shipment, ShipmentLine, Shortage
from shipping.services.base import locked
from shipping.services.notice import clear_by_rule
from shipping.workflow import IN_HOUSE, ShortageState

SHORT = "shipping.short"  # ledger: credited of a delivery; the id is the delivery's, so that finance knows which
FOUND = "shipping.found"
Kind = LineMovement.Kind
Z = Decimal(0)


@act
def find_shortage(*, shortage: Shortage, note: str, by: Actor, at: datetime) -> Shortage:
    """The missing goods turned up with the customer after all: they count as delivered."""
    row = _locked(shortage)
    by = _decide(row, "find", Shortage.Outcome.FOUND, note, by=by, at=at)
    record_many(order=row.shipment.order, rows=[(row.goods.line, Kind.DELIVERED, row.quantity, (FOUND, row.shipment_id))], by=by, at=at)
    return row


@act
def resend_shortage(*, shortage: Shortage, planned_on: date, note: str = "", by: Actor, at: datetime) -> Shortage:
    """The same goods go once more, with a follow-up shipment of their own from finished stock of the works.

    Refused with what is free when it is too little. In the ledger they stay noticed and shipped: the first ones were.
    """
    row = _locked(shortage)
    row.steps()["resend"].permission(row, by)
    line, first = row.goods.line, row.shipment
    _hold_in_store(row, at)
    follow_up = Shipment.objects.create(
        order=first.order, follows=first, company_id=first.company_id, number=next_number("FH", at), place=first.place,
        contact_name=first.contact_name, contact_phone=first.contact_phone, planned_on=planned_on, noticed_at=at, noticed_by=by.name,
    )  # fmt: skip
    ShipmentLine.objects.create(shipment=follow_up, line=line, quantity=row.quantity, replaces=True)
    row.follow_up = follow_up
    by = _decide(row, "resend", Shortage.Outcome.RESENT, note, by=by, at=at)
    fact = events.FollowUpWasNoticed(
        order_id=first.order_id, shipment_id=follow_up.pk, number=follow_up.number, first_id=None, follows=str(first),
        planned_on=planned_on,
    )  # fmt: skip
    publish(fact, by=by, at=at)
    clear_by_rule(shipment=follow_up, at=at)
    row.follow_up = Shipment.objects.get(pk=follow_up.pk)
    return row


@act
def credit_shortage(*, shortage: Shortage, note: str, by: Actor, at: datetime) -> Shortage:
    """The customer gets a credit instead of the goods: nobody waits for them any more. Finance hears it and credits them, on paper too
    where an invoice covers them.
    """
    row = _locked(shortage)
    by = _decide(row, "credit", Shortage.Outcome.CREDITED, note, by=by, at=at)
    booked = (row.goods.line, str(Kind.CREDITED), row.quantity, (SHORT, _first(row.shipment).pk))
    record_many(order=row.shipment.order, rows=[booked], by=by, at=at)
    return row


def _locked(shortage: Shortage) -> Shortage:
    shipment = locked(shortage.shipment_id)
    row = Shortage.objects.select_related("goods__line").locked(shortage)
    row.shipment = shipment
    return row


def _decide(row: Shortage, step: str, outcome: str, note: str, *, by: Actor, at: datetime) -> Actor:
    row.outcome, row.note, row.decided_by, row.decided_at = outcome, note, by.name, at
    by = row.take(step, by=by, at=at)
    fact = events.ShortageWasDecided(
        order_id=row.shipment.order_id,
        shortage_id=row.pk,
        shipment_id=row.shipment_id,
        line_id=row.goods.line_id,
        delivery_number=str(row.shipment),
        quantity=row.quantity,
        outcome=outcome,
        note=note,
        last=not row.shipment.shortages.filter(state=ShortageState.OPEN).exists(),
    )
    publish(fact, by=by, at=at)
    return by


def _hold_in_store(row: Shortage, at: datetime) -> None:
    """Reserve what is to go again, firmly, beside what the line's own notices still need."""
    line = row.goods.line
    sums = quantities(row.shipment.order, [line])[line.pk]
    going = ShipmentLine.objects.filter(line=line, replaces=True, shipment__state__in=IN_HOUSE)
    needed = sums.stocked - sums.shipped + sum(going.values_list("quantity", flat=True), Z)
    spare = reserved_for(Reservation.Purpose.LINE, [line.pk]).get(line.pk, Z) - needed
    wanted = row.quantity - max(spare, Z)
    if wanted <= 0:  # a follow-up that was taken back has left its goods reserved
        return
    got = reserve_stock(
        item_id=line.item_id or 0, company_ids=[row.shipment.company_id], quantity=wanted, purpose=Reservation.Purpose.LINE,
        reference_id=line.pk, order_id=row.shipment.order_id, firm=True, at=at,
    )  # fmt: skip
    if got < wanted:
        raise NotReady(Reason("resend_not_in_store", wanted=wanted, free=got))


def _first(shipment: Shipment) -> Shipment:
    """The delivery with which the goods left at first, whatever was sent again since."""
    while shipment.follows is not None:
        shipment = shipment.follows
    return shipment
