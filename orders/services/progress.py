"""From instruction to closing: what the order desk does, and what departments report (INS-01, INV-07, FUP-01, FIN-05)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.numbers import next_number
from core.questions import ask
from core.reasons import NotReady, Reason
from orders import events
from orders.models import FollowUp, LineMovement, Order, ProductionInstruction
from orders.services.ledger import goods_lines, quantities, settle
from orders.workflow import OrderState

Z = Decimal(0)


@act
def issue_instruction(
    *,
    order: Order,
    by: Actor,
    at: datetime,
    tolerance: str,
    packing: str,
    special_terms: str,
    drawing_revision: str,
    catalogue_drawing: bool = False,
) -> ProductionInstruction:
    """Release the order to production (INS-01, INS-02); its clock stops here. Only what stock does not cover is to be made."""
    order = Order.objects.locked(order)
    written = {"tolerance": tolerance, "packing": packing, "special_terms": special_terms, "drawing_revision": drawing_revision}
    empty = [Reason("instruction_empty", field=name) for name, text in written.items() if not text.strip()]
    if empty:
        raise NotReady(*empty)
    if not catalogue_drawing and not any(ask("drawings", order_id=order.pk)):
        raise NotReady(Reason("drawings_missing", field="catalogue_drawing"))
    by = order.take("issue_instruction", by=by, at=at)
    lines, complete_set = to_be_made(order)
    assert order.reviewed_date is not None
    instruction = ProductionInstruction.objects.create(
        order=order,
        lines=lines,
        due_date=order.reviewed_date,
        **written,
        person_name=by.name,
        at=at,
        number=next_number("SC", at),
    )
    fact = events.InstructionWasIssued(
        order_id=order.pk,
        instruction_id=instruction.pk,
        number=instruction.number,
        due_date=instruction.due_date,
        complete_set=complete_set,
    )
    publish(fact, by=by, at=at, thing=order)
    return instruction


def to_be_made(order: Order) -> tuple[list[dict], bool]:
    """What production makes in all for the order as it is now, as the instruction's lines, and whether a complete set is among it.

    That is what is open less what was taken from stock; what production has made of it already is still in it.
    """
    goods = goods_lines(order)
    known, taken, lines, complete_set = quantities(order, goods), _from_stock(order), [], False
    for line in goods:
        rest = known[line.pk].open - min(taken.get(line.pk, Z), known[line.pk].stocked)
        if rest <= 0:
            continue
        assert line.item is not None, "goods lines have one"
        complete_set = complete_set or line.item.complete_set
        lines.append(
            {
                "line_id": line.pk,
                "line_no": line.line_no,
                "item_id": line.item_id,
                "code": line.item.code,
                "name": line.item.name_zh,
                "spec": line.spec,
                "quantity": str(rest),
                "unit": str(line.unit),
            }
        )
    return lines, complete_set


def _from_stock(order: Order) -> dict[int, Decimal]:
    """Line -> finished goods that lay in store when the contract came into force (INV-02)."""
    rows = order.movements.filter(kind=LineMovement.Kind.STOCKED, source_kind="orders.reservation")
    return dict(rows.values_list("line_id", "quantity"))


@act
def fulfil_from_stock(*, order: Order, by: Actor, at: datetime) -> Order:
    """All of it is reserved from finished stock: no production (INV-07)."""
    order = Order.objects.locked(order)
    by = order.take("fulfil_from_stock", by=by, at=at)
    assert order.promised_date is not None
    publish(events.OrderWasFulfilledFromStock(order_id=order.pk, promised_date=order.promised_date), by=by, at=at, thing=order)
    publish(events.OrderWasStocked(order_id=order.pk, promised_date=order.promised_date), by=SYSTEM, at=at, thing=order)
    settle(order, at=at)
    return order


@act
def plan_was_released(*, order: Order, by: Actor, at: datetime) -> None:
    """Production has a plan in force; again changes nothing."""
    order = Order.objects.locked(order)
    if order.state == OrderState.INSTRUCTED:
        order.take("release_plan", by=SYSTEM, at=at)
        publish(events.PlanWasReleasedForOrder(order_id=order.pk), by=by, at=at, thing=order)
        settle(order, at=at)


@act
def production_has_started(*, order: Order, by: Actor, at: datetime) -> None:
    """The first task was started; again changes nothing."""
    order = Order.objects.locked(order)
    if order.production_started_at is None:
        order.production_started_at = at
        order.save(update_fields=["production_started_at"])
        settle(order, at=at)


@act
def record_follow_up(*, order: Order, by: Actor, at: datetime, verdict: str, expected_date: date, note: str) -> FollowUp:
    """What the check of the real progress found (FUP-01); the forecast moves, the promise does not."""
    order = Order.objects.locked(order)
    old = order.expected_date
    order.expected_date = expected_date
    by = order.take("record_follow_up", by=by, at=at)
    row = FollowUp.objects.create(order=order, verdict=verdict, expected_date=expected_date, note=note, person_name=by.name, at=at)
    publish(
        events.FollowUpWasRecorded(order_id=order.pk, verdict=row.verdict, expected_date=expected_date, note=note),
        by=by,
        at=at,
        changes={"expected_date": (old, expected_date)} if old != expected_date else None,
        thing=order,
    )
    return row


@act
def close(*, order: Order, by: Actor, at: datetime) -> Order:
    """Shipped, invoiced, paid, nothing open (FIN-05)."""
    order = Order.objects.locked(order)
    by = order.take("close", by=by, at=at)
    publish(events.OrderWasClosed(order_id=order.pk), by=by, at=at, thing=order)
    return order
