"""Shipping with parts missing: the list, the customer's consent, and what goes after (SHP-06)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason
from orders.models import LineMovement, Order, OrderLine
from orders.services.ledger import record_many
from orders.services.open_items import open_item
from organization.models import Department
from shipping import events
from shipping.models import MissingPart, PackingLine, Shipment, ShipmentLine
from shipping.selectors import standings
from shipping.services.base import PART, dated, locked, part_is_over, strike_part
from shipping.services.notice import issue_notice
from shipping.workflow import IN_HOUSE, ShipmentState

LEFT_OUT, TAKEN_IN = "shipping.missingpart", "shipping.partalong"  # sources in the ledger


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
    """Something does not go along: what, how much, who follows up, until when. With `line` it is goods of that line, of which so many
    fewer go with this shipment (SHP-07); else packed beside.

    Nothing is picked or leaves before the customer agreed; the order stays open until it has come after. Refused above what the notice
    has of the line, and where nothing would be left of the notice.
    """
    shipment = locked(shipment)
    if quantity <= 0:
        raise NotReady(Reason("part_quantity_missing", field="quantity"))
    if line is not None and line.unit is not None:
        line.unit.fit(quantity)
    by = shipment.take("record_missing", by=by, at=at)
    goods = _goods_of(shipment, line, quantity) if line is not None else None
    part = MissingPart.objects.create(
        shipment=shipment, line=line, text=text.strip(), quantity=quantity, unit=unit, department=department, expected_on=expected_on,
        recorded_by=by.name, recorded_at=at,
    )  # fmt: skip
    if goods is not None:
        _leave_out(part, goods, by=by, at=at)
    open_item(order=shipment.order, kind=PART, reference=f"{shipment.number}/{part.pk}", at=at)
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
        how=how,
        parts="；".join(str(part) for part in parts),
    )
    publish(fact, by=by, at=at)
    return shipment


@act
def part_arrived(*, part: MissingPart, by: Actor, at: datetime) -> MissingPart:
    """It is in store: what has not left yet takes it along, else order management makes the follow-up shipment."""
    shipment = locked(part.shipment_id)
    row = MissingPart.objects.select_related("department").locked(part)
    row.shipment = shipment
    row.arrived_at, row.arrived_by = at, by.name
    by = row.take("part_arrived", by=by, at=at)
    along = shipment.state in IN_HOUSE and _takes_in(row, by=by, at=at)
    first_id = None if along else shipment.pk
    fact = events.PartHasCome(
        order_id=shipment.order_id,
        part_id=row.pk,
        first_id=first_id,
        number=shipment.number,
        part=str(row),
        shipment_id=shipment.pk,
        asks=shipment.missing_parts.unanswered().exists(),
    )
    publish(fact, by=by, at=at, thing=row)
    return row


@act
def strike_unwanted(*, order_id: int, at: datetime) -> None:
    """A change has taken goods out of the order: what was missing of them is missing no more. Again changes nothing."""
    order = Order.objects.locked(order_id)
    too_much = {row.line.pk: row.missing - (row.sums.open - row.sums.noticed) for row in standings(order)}
    for part in MissingPart.objects.waiting().filter(shipment__order=order, line__in=too_much).order_by("-pk"):
        if too_much[part.line_id] > 0:
            strike_part(MissingPart.objects.locked(part), part.shipment, at=at)
            too_much[part.line_id] -= part.quantity


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


def _goods_of(shipment: Shipment, line: OrderLine, quantity: Decimal) -> ShipmentLine:
    """The notice's goods of this line. What replaces lost goods is not left out: their notice is taken back."""
    goods = shipment.lines.select_related("line").filter(line=line, replaces=False).first()
    if goods is None or goods.quantity < quantity:
        noticed = goods.quantity if goods else Decimal(0)
        raise NotReady(Reason("part_above_notice", line=line.line_no, asked=quantity, noticed=noticed, field="quantity"))
    if goods.quantity == quantity and shipment.lines.count() == 1:
        raise NotReady(Reason("part_is_all_there_is", field="quantity"))
    return goods


def _leave_out(part: MissingPart, goods: ShipmentLine, *, by: Actor, at: datetime) -> None:
    """So many fewer go; the ledger no longer has them as noticed, so that the follow-up can notice them."""
    goods.quantity -= part.quantity
    if goods.quantity:
        goods.save(update_fields=["quantity"])
    else:
        goods.delete()
    _book_noticed(part, -part.quantity, LEFT_OUT, by=by, at=at)
    _pack_again(part.shipment, at=at)


def _takes_in(part: MissingPart, *, by: Actor, at: datetime) -> bool:
    """The shipment is still here and takes it along; goods only if they are in store for it."""
    shipment = part.shipment
    if part.line_id is None:
        PackingLine.objects.get_or_create(shipment=shipment, text=part.text, unit=part.unit, defaults={"quantity": part.quantity})
    else:
        row = next(row for row in standings(shipment.order, [part]) if row.line.pk == part.line_id)
        if row.available < part.quantity:
            return False
        goods, _new = ShipmentLine.objects.get_or_create(shipment=shipment, line=row.line, defaults={"quantity": part.quantity})
        if not _new:
            goods.quantity += part.quantity
            goods.save(update_fields=["quantity"])
        _book_noticed(part, part.quantity, TAKEN_IN, by=by, at=at)
    part.take("go_along", by=SYSTEM, at=at)
    part_is_over(part, shipment, at)
    _pack_again(shipment, at=at)
    return True


def _book_noticed(part: MissingPart, quantity: Decimal, source: str, *, by: Actor, at: datetime) -> None:
    assert part.line is not None
    rows = [(part.line, str(LineMovement.Kind.NOTICED), quantity, (source, part.pk))]
    record_many(order=part.shipment.order, rows=rows, by=by, at=at)


def _pack_again(shipment: Shipment, *, at: datetime) -> None:
    """Something else goes than was packed: it is picked again and looked at by a second person again (SHP-03)."""
    if shipment.state in (ShipmentState.PICKED, ShipmentState.VERIFIED):
        nobody = {f"{what}_{name}": value for what in ("picked", "verified") for name, value in (("at", None), ("by", ""))}
        shipment.take("pick_again", by=SYSTEM, at=at, picker_id=None, verifier_id=None, **nobody)
        publish(events.PackingWasUndone(**dated(shipment)), by=SYSTEM, at=at, thing=shipment)
