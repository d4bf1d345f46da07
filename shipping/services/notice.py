"""The shipment notice: issued by order management, cleared by finance, taken back (SHP-01, SHP-02)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason
from orders.models import ChangeRequest, LineMovement, Order
from orders.workflow import OrderState
from organization.roles import Role, may
from shipping import events
from shipping.models import MissingPart, Shipment, ShipmentLine
from shipping.selectors import Standing, against_notice, standings
from shipping.services.base import Packing, book, dated, free_what_it_was_to_bring, locked, pack
from shipping.workflow import IN_HOUSE

may_notice = may(Role.ORDER_MANAGER)


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
    brings: Sequence[MissingPart] = (),
) -> Shipment:
    """Tell store and transport what goes where and when (SHP-01, D19). `quantities` by order line id, in the line's unit.

    Refused per line, with figures: above the order, above what is in store and not yet noticed, above what is reserved for the line.
    `brings`: parts that were missing from an earlier shipment, which this one follows (SHP-06).
    Cleared by itself at once where no money is missing (SHP-02).
    """
    order = Order.objects.locked(order)
    by = may_notice(order, by)
    rows = standings(order, brings)
    wanted = {line_id: quantity for line_id, quantity in quantities.items() if quantity}
    found = (against_notice(order, rows) or _against_quantities(rows, wanted)) if wanted or not brings else []
    if found := [*found, *_against_arrival(planned_on, wanted_at)]:
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
        follows=brings[0].shipment if brings else None,
        **given,
    )
    _load(shipment, rows, wanted, packing, by, at)
    complete = all(row.unnoticed <= wanted.get(row.line.pk, Decimal(0)) for row in rows)
    fact = events.ShipmentWasNoticed(
        order_id=order.pk, shipment_id=shipment.pk, number=shipment.number, planned_on=planned_on, complete=complete
    )
    publish(fact, by=by, at=at)
    if brings:
        _follow_up(shipment, brings, by, at)
    clear_by_rule(shipment=shipment, at=at)
    return Shipment.objects.get(pk=shipment.pk)


def _load(shipment: Shipment, rows: list[Standing], wanted: Mapping[int, Decimal], packing: Packing, by: Actor, at: datetime) -> None:
    """What goes: the goods, noticed in the order's ledger, and what is packed beside them."""
    going = [row.line for row in rows if row.line.pk in wanted]
    ShipmentLine.objects.bulk_create([ShipmentLine(shipment=shipment, line=line, quantity=wanted[line.pk]) for line in going])
    pack(shipment, packing)
    book(shipment, LineMovement.Kind.NOTICED, by=by, at=at)


def _follow_up(shipment: Shipment, brings: Sequence[MissingPart], by: Actor, at: datetime) -> None:
    """What was missing from an earlier shipment comes with this one (SHP-06)."""
    for part in brings:
        MissingPart.objects.locked(part).take("go_after", by=SYSTEM, at=at, follow_up=shipment)
    fact = events.FollowUpWasNoticed(
        order_id=shipment.order_id,
        shipment_id=shipment.pk,
        number=shipment.number,
        first_id=shipment.follows_id,
        follows=str(shipment.follows),
        planned_on=shipment.planned_on,
    )
    publish(fact, by=by, at=at)


def _against_arrival(planned_on: date, wanted_at: datetime | None) -> list[Reason]:
    too_early = wanted_at is not None and localtime(wanted_at).date() < planned_on
    return [Reason("arrival_before_dispatch", date=planned_on, field="wanted_at")] if too_early else []


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
    """Clear without a person where the contract frees it or nothing is missing (SHP-02); the rule is kept. Else it waits for finance."""
    shipment = locked(shipment)
    if shipment.steps()["clear_by_rule"].guards[0].reasons(shipment):
        publish(events.ShipmentAwaitsMoney(**dated(shipment)), by=SYSTEM, at=at, thing=shipment)
        return
    contract = shipment.order.contracts.in_force().first()
    freed = contract is not None and contract.ship_before_payment
    _clear(shipment, "clear_by_rule", Shipment.Clearance.GRADE if freed else Shipment.Clearance.PAID, by=SYSTEM, at=at)


@act
def clear_shipment(*, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    """Finance lets the goods go once the money due before shipment is in (SHP-02)."""
    return _clear(locked(shipment), "clear", Shipment.Clearance.FINANCE, by=by, at=at)


def _clear(shipment: Shipment, step: str, rule: str, *, by: Actor, at: datetime) -> Shipment:
    shipment.clearance, shipment.cleared_at, shipment.cleared_by = rule, at, by.name if by.kind == "person" else ""
    by = shipment.take(step, by=by, at=at)
    publish(events.ShipmentWasCleared(rule=str(rule), **dated(shipment)), by=by, at=at, thing=shipment)
    return shipment


@act
def cancel_shipment(*, shipment: Shipment, reason: str, by: Actor, at: datetime) -> Shipment:
    """Take the notice back before the goods leave; they stay reserved for the order and can be noticed again."""
    return _cancel(locked(shipment), "cancel", reason, by, at)


@act
def cancel_notices(*, order_id: int, shipment_ids: Iterable[int], reason: str, at: datetime) -> None:
    """A change or the cancelling of the order stops these, as far as they are still in the house (CHG-09). Again changes nothing."""
    Order.objects.locked(order_id)
    for shipment in Shipment.objects.filter(order=order_id, pk__in=list(shipment_ids), state__in=IN_HOUSE).order_by("pk"):
        _cancel(locked(shipment), "be_cancelled", reason, SYSTEM, at)


PLACE = {"place": "delivery_address", "contact_name": "contact_name", "contact_phone": "contact_phone"}


@act
def redirect_notices(*, order_id: int, change_id: int, shipment_ids: Iterable[int], at: datetime) -> None:
    """What a change said of address, contact and date, these notices say now, too (CHG-09). Again changes nothing."""
    order, change = Order.objects.locked(order_id), ChangeRequest.objects.get(pk=change_id)
    said = change.wanted.get("header", {})
    new: dict[str, Any] = {name: getattr(order, of_order) for name, of_order in PLACE.items() if of_order in said}
    if change.wanted.get("date") and order.promised_date:
        new |= {"planned_on": max(order.promised_date, localtime(at).date()), "wanted_at": None}
    for pk in sorted(shipment_ids):
        shipment = locked(pk)
        old = {name: getattr(shipment, name) for name in new}
        if shipment.state not in IN_HOUSE or old == new:
            continue
        shipment.take("redirect", by=SYSTEM, at=at, **new)
        fact = events.ShipmentWasRedirected(
            order_id=order_id,
            shipment_id=shipment.pk,
            number=shipment.number,
            change=change.number,
            place=shipment.place,
            contact_name=shipment.contact_name,
            planned_on=shipment.planned_on,
        )
        changes = {name: (old[name], value) for name, value in new.items() if old[name] != value}
        publish(fact, by=SYSTEM, at=at, changes=changes)


def _cancel(shipment: Shipment, step: str, reason: str, by: Actor, at: datetime) -> Shipment:
    shipment.cancelled_at, shipment.cancelled_by, shipment.cancelled_reason = at, by.name, reason
    by = shipment.take(step, by=by, at=at)
    book(shipment, LineMovement.Kind.NOTICED, by=by, at=at, back=True)
    order = Order.objects.get(pk=shipment.order_id)
    came_after = shipment.brings.exists()
    free_what_it_was_to_bring(shipment, at=at)
    complete = order.state in (OrderState.STOCKED, OrderState.SHIPPING) and shipment.lines.filter(replaces=False).exists()
    publish(
        events.ShipmentWasCancelled(
            order_id=order.pk,
            shipment_id=shipment.pk,
            number=shipment.number,
            reason=reason,
            promised_date=order.promised_date if complete else None,
            first_id=shipment.follows_id if came_after else None,
        ),
        by=by,
        at=at,
    )
    return shipment
