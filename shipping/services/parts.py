"""Shipping with parts missing: the list, the customer's consent, and what goes after (SHP-06)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from core.actor import Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason
from orders.models import OpenItem, OrderLine
from organization.models import Department
from shipping import events
from shipping.models import MissingPart, Shipment
from shipping.services.base import PART, locked
from shipping.services.notice import issue_notice


@act
def record_missing(
    *,
    shipment: Shipment,
    text: str,
    quantity: Decimal,
    department: Department,
    expected_on: date,
    by: Actor,
    at: datetime,
    unit: str = "",
    line: OrderLine | None = None,
) -> MissingPart:
    """Something does not go along: what, how much, who follows up, until when. With `line` it is goods of that line, else packed beside.

    Nothing is picked or leaves before the customer agreed; the order stays open until it has come after.
    """
    shipment = locked(shipment)
    if quantity <= 0:
        raise NotReady(Reason("part_quantity_missing", field="quantity"))
    if line is not None and line.unit is not None:
        line.unit.fit(quantity)
    by = shipment.take("record_missing", by=by, at=at)
    part = MissingPart.objects.create(
        shipment=shipment, line=line, text=text.strip(), quantity=quantity, unit=unit, department=department, expected_on=expected_on,
        recorded_by=by.name, recorded_at=at,
    )  # fmt: skip
    OpenItem.objects.create(order_id=shipment.order_id, kind=PART, reference=f"{shipment.number}/{part.pk}", opened_at=at)
    fact = events.PartWasMissing(
        order_id=shipment.order_id,
        part_id=part.pk,
        shipment_id=shipment.pk,
        number=shipment.number,
        part=str(part),
        department=str(department),
        expected_on=expected_on,
    )
    publish(fact, by=by, at=at, thing=part)
    return part


@act
def record_consent(*, shipment: Shipment, agreed_by: str, how: str, by: Actor, at: datetime) -> Shipment:
    """The customer agrees that it goes without what is on the list now; what is added later is asked for again."""
    shipment = locked(shipment)
    by = shipment.take("record_consent", by=by, at=at)
    parts = list(shipment.missing_parts.unanswered().select_for_update(of=("self",)).order_by("pk"))
    for part in parts:
        part.consent_by, part.consent_how, part.consent_recorded_by, part.consent_at = agreed_by.strip(), how, by.name or by.contact, at
    MissingPart.objects.bulk_update(parts, ["consent_by", "consent_how", "consent_recorded_by", "consent_at"])
    fact = events.CustomerAgreedToMissing(
        order_id=shipment.order_id,
        shipment_id=shipment.pk,
        number=shipment.number,
        agreed_by=agreed_by.strip(),
        how=str(Shipment.Told(how).label),
        parts="；".join(str(part) for part in parts),
    )
    publish(fact, by=by, at=at)
    return shipment


@act
def part_arrived(*, part: MissingPart, by: Actor, at: datetime) -> MissingPart:
    """It is in store: order management makes the follow-up shipment."""
    shipment = locked(part.shipment_id)
    row = MissingPart.objects.select_related("department").locked(part)
    row.shipment = shipment
    row.arrived_at, row.arrived_by = at, by.name
    by = row.take("part_arrived", by=by, at=at)
    fact = events.PartHasCome(order_id=shipment.order_id, part_id=row.pk, number=shipment.number, part=str(row))
    publish(fact, by=by, at=at, thing=row)
    return row


@act
def issue_follow_up(*, shipment: Shipment, planned_on: date, by: Actor, at: datetime, remarks: str = "") -> Shipment:
    """What has come goes after the rest, to the same place, under a notice of its own that names the first."""
    first = locked(shipment)
    by = first.take("issue_follow_up", by=by, at=at)
    parts = list(first.missing_parts.filter(state="arrived").select_related("line").order_by("pk"))
    quantities: dict[int, Decimal] = {}
    for part in parts:
        if part.line_id is not None:
            quantities[part.line_id] = quantities.get(part.line_id, Decimal(0)) + part.quantity
    return issue_notice(
        order=first.order,
        quantities=quantities,
        place=first.place,
        planned_on=planned_on,
        contact_name=first.contact_name,
        contact_phone=first.contact_phone,
        remarks=remarks,
        packing=[(part.text, part.quantity, part.unit) for part in parts if part.line_id is None],
        brings=parts,
        by=by,
        at=at,
    )
