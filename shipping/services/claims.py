"""Claims against carriers and suppliers: raised, agreed, settled or dropped; the order stays open until then (SHP-10, FIN-05)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core.actor import Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason
from orders.services.open_items import close_item, open_item
from shipping import events
from shipping.models import Claim, Damage, Shipment
from shipping.services.base import CLAIM, locked


@act
def raise_claim(
    *,
    shipment: Shipment,
    against: str,
    against_name: str,
    amount: Decimal,
    reason: str,
    by: Actor,
    at: datetime,
    damage: Damage | None = None,
) -> Claim:
    """Transport claims from the carrier or the supplier what was lost or spoiled. `amount` in CNY."""
    shipment = locked(shipment)
    if amount <= 0:
        raise NotReady(Reason("claim_amount_missing", field="amount"))
    by = shipment.take("raise_claim", by=by, at=at)
    claim = Claim.objects.create(
        number=next_number("SP", at),
        shipment=shipment,
        damage=damage,
        against=against,
        against_name=against_name.strip(),
        amount=amount,
        reason=reason.strip(),
        raised_by=by.name,
        raised_at=at,
    )
    open_item(order=shipment.order, kind=CLAIM, reference=claim.number, at=at)
    fact = events.ClaimWasRaised(
        order_id=shipment.order_id, claim_id=claim.pk, number=claim.number, against=claim.against_name, delivery_number=str(shipment)
    )
    publish(fact, by=by, at=at)
    return claim


@act
def agree_claim(*, claim: Claim, agreed_amount: Decimal, agreed_with: str, by: Actor, at: datetime) -> Claim:
    """What the other side agreed to pay, and who said so; not more than was claimed."""
    row = _locked(claim)
    if not 0 < agreed_amount <= row.amount:
        raise NotReady(Reason("claim_agreed_outside", field="agreed_amount"))
    row.agreed_amount, row.agreed_with, row.agreed_at = agreed_amount, agreed_with.strip(), at
    by = row.take("agree_claim", by=by, at=at)
    publish(
        events.ClaimWasAgreed(order_id=row.shipment.order_id, claim_id=row.pk, number=row.number, with_whom=row.agreed_with), by=by, at=at
    )
    return row


@act
def settle_claim(*, claim: Claim, how: str, by: Actor, at: datetime) -> Claim:
    """The money is in, or taken off a freight bill."""
    row = _locked(claim)
    row.settled_how, row.settled_by, row.settled_at = how.strip(), by.name, at
    by = row.take("settle_claim", by=by, at=at)
    _over(row, at)
    publish(events.ClaimWasSettled(order_id=row.shipment.order_id, claim_id=row.pk, number=row.number, how=row.settled_how), by=by, at=at)
    return row


@act
def drop_claim(*, claim: Claim, why: str, by: Actor, at: datetime) -> Claim:
    """Nothing will come of it; the transport head says why."""
    row = _locked(claim)
    row.dropped_why, row.dropped_by, row.dropped_at = why.strip(), by.name, at
    by = row.take("drop_claim", by=by, at=at)
    _over(row, at)
    publish(events.ClaimWasDropped(order_id=row.shipment.order_id, claim_id=row.pk, number=row.number, why=row.dropped_why), by=by, at=at)
    return row


def _locked(claim: Claim) -> Claim:
    shipment = locked(claim.shipment_id)
    row = Claim.objects.locked(claim)
    row.shipment = shipment
    return row


def _over(row: Claim, at: datetime) -> None:
    close_item(order=row.shipment.order, kind=CLAIM, reference=row.number, at=at)
