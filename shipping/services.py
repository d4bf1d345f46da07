"""Acts on shipments. Lock order: the order, the shipment, the stock (inside inventory), number counters last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason
from inventory.models import Reservation, StockMovement
from inventory.services import use_reservations
from orders.models import LineMovement, Order
from orders.services.ledger import record_many
from orders.workflow import OrderState
from organization.models import Person
from organization.roles import Role, may
from shipping import events
from shipping.models import PackingLine, Shipment, ShipmentLine
from shipping.selectors import Standing, against_notice, standings

NOTICE = "shipping.shipment"
LINE = "shipping.shipmentline"
CANCEL = "shipping.cancel"
may_notice = may(Role.ORDER_MANAGER)
Packing = Sequence[tuple[str, Decimal, str]]


@act
def issue_notice(
    *,
    order: Order,
    quantities: Mapping[int, Decimal],
    place: str,
    planned_on: date,
    by: Actor,
    at: datetime,
    contact_name: str = "",
    contact_phone: str = "",
    wanted_at: datetime | None = None,
    remarks: str = "",
    packing: Packing = (),
) -> Shipment:
    """Tell store and transport what goes where and when (SHP-01, D19). `quantities` by order line id, in the line's unit.

    Refused per line, with figures: above the order, above what is in store and not yet noticed, above what is reserved for the line.
    Cleared by itself at once where no money is missing (SHP-02).
    """
    order = Order.objects.locked(order)
    by = may_notice(order, by)
    rows = standings(order)
    wanted = {line_id: quantity for line_id, quantity in quantities.items() if quantity}
    found = against_notice(order, rows) or _against_quantities(rows, wanted)
    if wanted_at and localtime(wanted_at).date() < planned_on:
        found.append(Reason("arrival_before_dispatch", date=planned_on, field="wanted_at"))
    if found:
        raise NotReady(*found)
    given = {"place": place, "contact_name": contact_name, "contact_phone": contact_phone, "remarks": remarks}
    shipment = Shipment.objects.create(
        order=order,
        company_id=order.product_company_id,
        number=next_number("FH", at),
        wanted_at=wanted_at,
        planned_on=planned_on,
        noticed_at=at,
        noticed_by=by.name,
        **given,
    )
    going = [row for row in rows if row.line.pk in wanted]
    ShipmentLine.objects.bulk_create([ShipmentLine(shipment=shipment, line=row.line, quantity=wanted[row.line.pk]) for row in going])
    _pack(shipment, packing)
    _book(shipment, LineMovement.Kind.NOTICED, by=by, at=at)
    complete = all(row.unnoticed <= wanted.get(row.line.pk, Decimal(0)) for row in rows)
    fact = events.ShipmentWasNoticed(
        order_id=order.pk, shipment_id=shipment.pk, number=shipment.number, planned_on=planned_on, complete=complete
    )
    publish(fact, by=by, at=at)
    clear_by_rule(shipment=shipment, at=at)
    return Shipment.objects.get(pk=shipment.pk)


def _against_quantities(rows: list[Standing], wanted: Mapping[int, Decimal]) -> list[Reason]:
    if not wanted or any(quantity < 0 for quantity in wanted.values()):
        return [Reason("notice_empty")]
    known = {row.line.pk: row for row in rows}
    found, wrong = [], {}
    for line_id, asked in wanted.items():
        row, field = known.get(line_id), f"q_{line_id}"
        if row is None:
            found.append(Reason("notice_unknown_line", line=line_id))
            continue
        try:
            row.line.unit.fit(asked)  # type: ignore[union-attr]
        except ValidationError as finer:
            wrong[field] = finer
        sums, line = row.sums, row.line.line_no
        if asked > sums.open - sums.noticed:
            found.append(Reason("notice_above_order", line=line, asked=asked, open=sums.open - sums.noticed, field=field))
        elif asked > row.unnoticed:
            found.append(Reason("notice_above_store", line=line, asked=asked, available=row.unnoticed, field=field))
        elif asked > row.unbound:
            found.append(Reason("notice_not_reserved", line=line, asked=asked, reserved=row.unbound, field=field))
    if wrong:
        raise ValidationError(wrong)
    return found


@act
def clear_by_rule(*, shipment: Shipment, at: datetime) -> None:
    """Clear without a person where the contract frees it or nothing is missing (SHP-02); the rule is kept. Else nothing happens."""
    shipment = _locked(shipment)
    if shipment.steps()["clear_by_rule"].guards[0].reasons(shipment):
        return
    contract = shipment.order.contracts.in_force().first()
    freed = contract is not None and contract.ship_before_payment
    _clear(shipment, "clear_by_rule", Shipment.Clearance.GRADE if freed else Shipment.Clearance.PAID, by=SYSTEM, at=at)


@act
def clear_shipment(*, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    """Finance lets the goods go once the money due before shipment is in (SHP-02)."""
    return _clear(_locked(shipment), "clear", Shipment.Clearance.FINANCE, by=by, at=at)


def _clear(shipment: Shipment, step: str, rule: str, *, by: Actor, at: datetime) -> Shipment:
    shipment.clearance, shipment.cleared_at, shipment.cleared_by = rule, at, by.name if by.kind == "person" else ""
    by = shipment.take(step, by=by, at=at)
    publish(
        events.ShipmentWasCleared(order_id=shipment.order_id, shipment_id=shipment.pk, number=shipment.number, rule=str(rule)), by=by, at=at
    )
    return shipment


@act
def pick_shipment(
    *, shipment: Shipment, picked: Mapping[int, tuple[str, str]], by: Actor, at: datetime, packing: Packing | None = None
) -> Shipment:
    """The store has picked and packed (SHP-03). `picked`: shipment line id -> (batch or serials, boxes); every line must be in it."""
    shipment = _locked(shipment)
    lines = list(shipment.lines.select_related("line").order_by("line__line_no"))
    shipment.picked_at, shipment.picked_by, shipment.picker_id = at, by.name, by.person_id
    by = shipment.take("pick", by=by, at=at)
    missing = [Reason("not_all_picked", line=each.line.line_no, field=f"ok_{each.pk}") for each in lines if each.pk not in picked]
    if missing:
        raise NotReady(*missing)
    for each in lines:
        each.batch, each.boxes = picked[each.pk]
    ShipmentLine.objects.bulk_update(lines, ["batch", "boxes"])
    if packing is not None:
        shipment.packing.all().delete()
        _pack(shipment, packing)
    publish(events.ShipmentWasPicked(order_id=shipment.order_id, shipment_id=shipment.pk, number=shipment.number), by=by, at=at)
    return shipment


@act
def dispatch_shipment(
    *,
    shipment: Shipment,
    verified_by: Person,
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
    """The goods leave (SHP-03, SHP-04): a second person has verified, own vehicle before carrier, stock and ledger follow.

    Refused by inventory when less is reserved than goes. The delivery number is taken last.
    """
    shipment = _locked(shipment)
    given = {"carrier_name": carrier_name, "carrier_reason": carrier_reason, "vehicle": vehicle, "driver": driver}
    by = shipment.steps()["dispatch"].permission(shipment, by)
    if found := _against_dispatch(shipment, verified_by, carriage, given):
        raise NotReady(*found)
    for name, value in {**given, "driver_phone": driver_phone, "tracking_number": tracking_number}.items():
        setattr(shipment, name, value)
    shipment.carriage, shipment.freight_cost = carriage, freight_cost
    shipment.verified_by, shipment.verifier_id = str(verified_by), verified_by.pk
    shipment.dispatched_at, shipment.dispatched_by = at, by.name
    by = shipment.take("dispatch", by=by, at=at)
    _leave_the_stock(shipment, by=by, at=at)
    _book(shipment, LineMovement.Kind.SHIPPED, by=by, at=at)
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


def _against_dispatch(shipment: Shipment, verified_by: Person, carriage: str, given: Mapping[str, str]) -> list[Reason]:
    found = []
    if verified_by.pk == shipment.picker_id:
        found.append(Reason("same_person_verifies", name=shipment.picked_by, field="verified_by"))
    if carriage == Shipment.Carriage.OWN:
        wanted = [("vehicle", "driver_needed"), ("driver", "driver_needed")]
    else:
        wanted = [("carrier_name", "carrier_needed"), ("carrier_reason", "carrier_reason_needed")]
    return found + [Reason(code, field=name) for name, code in wanted if not given[name].strip()]


@act
def record_receipt(
    *, shipment: Shipment, received_by: str, received_at: datetime, condition: str, by: Actor, at: datetime, receipt_note: str = ""
) -> Shipment:
    """The customer's signed receipt is back (SHP-09): who received it, when, in what condition."""
    shipment = _locked(shipment)
    by = shipment.steps()["record_receipt"].permission(shipment, by)
    found = []
    if shipment.dispatched_at and received_at < shipment.dispatched_at.replace(second=0, microsecond=0):  # forms give whole minutes
        found.append(Reason("received_before_dispatch", at=shipment.dispatched_at, field="received_at"))
    if received_at > at:
        found.append(Reason("received_in_future", field="received_at"))
    if condition != Shipment.Condition.SOUND and not receipt_note.strip():
        found.append(Reason("condition_note_needed", field="receipt_note"))
    if found:
        raise NotReady(*found)
    shipment.received_by, shipment.received_at = received_by, received_at
    shipment.condition, shipment.receipt_note = condition, receipt_note
    shipment.receipt_recorded_by, shipment.receipt_recorded_at = by.name, at
    by = shipment.take("record_receipt", by=by, at=at)
    _book(shipment, LineMovement.Kind.DELIVERED, by=by, at=at)
    publish(
        events.ShipmentWasReceived(
            order_id=shipment.order_id,
            shipment_id=shipment.pk,
            delivery_number=shipment.delivery_number,
            received_by=received_by,
            received_at=received_at,
            condition=condition,
            note=receipt_note,
        ),
        by=by,
        at=at,
    )
    return shipment


@act
def cancel_shipment(*, shipment: Shipment, reason: str, by: Actor, at: datetime) -> Shipment:
    """Take the notice back before the goods leave; they stay reserved for the order and can be noticed again."""
    shipment = _locked(shipment)
    shipment.cancelled_at, shipment.cancelled_by, shipment.cancelled_reason = at, by.name, reason
    by = shipment.take("cancel", by=by, at=at)
    _book(shipment, LineMovement.Kind.NOTICED, by=by, at=at, back=True)
    order = Order.objects.get(pk=shipment.order_id)
    complete = order.state in (OrderState.STOCKED, OrderState.SHIPPING)
    publish(
        events.ShipmentWasCancelled(
            order_id=order.pk,
            shipment_id=shipment.pk,
            number=shipment.number,
            reason=reason,
            promised_date=order.promised_date if complete else None,
        ),
        by=by,
        at=at,
    )
    return shipment


def _locked(shipment: Shipment) -> Shipment:
    order = Order.objects.locked(shipment.order_id)
    shipment = Shipment.objects.locked(shipment)
    shipment.order = order
    return shipment


def _book(shipment: Shipment, kind: str, *, by: Actor, at: datetime, back: bool = False) -> None:
    """One movement per line in the order's ledger; `back` takes it off again. The order settles itself."""
    source = (CANCEL if back else NOTICE, shipment.pk)
    lines = shipment.lines.select_related("line")
    rows = [(each.line, kind, -each.quantity if back else each.quantity, source) for each in lines]
    record_many(order=shipment.order, rows=rows, by=by, at=at)


def _pack(shipment: Shipment, packing: Packing) -> None:
    PackingLine.objects.bulk_create(
        [PackingLine(shipment=shipment, text=text, quantity=quantity, unit=unit) for text, quantity, unit in packing]
    )
