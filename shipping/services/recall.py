"""Goods under way are called back before anything about them changes (CHG-10): asked, answered by transport, back in the house."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason
from inventory.models import StockMovement
from inventory.services import receive_stock
from orders.models import LineMovement, Order
from orders.services.ledger import record_many
from orders.workflow import OrderState
from shipping import recall_events as events
from shipping.models import Shipment, ShipmentLine
from shipping.services.base import free_what_it_was_to_bring, locked
from shipping.services.road import LINE
from shipping.workflow import ShipmentState

RECALL = "shipping.recall"
Kind = LineMovement.Kind
LEFT = (Kind.SHIPPED, Kind.NOTICED, Kind.STOCKED)  # what the ledger takes off again, in this order


@act
def ask_recall(*, shipment: Shipment, words: str, by: Actor, at: datetime) -> Shipment:
    """Sales asks transport to have the goods turned round: a change or the cancelling of their order is under way [recall]."""
    return _ask(locked(shipment), "ask_recall", words, by, at)


@act
def ask_recalls(*, order_id: int, words: str, at: datetime) -> None:
    """The customer cancels: everything that is on its way is to be called back, once. Again changes nothing."""
    Order.objects.locked(order_id)
    for shipment in Shipment.objects.filter(order=order_id).to_call_back().order_by("pk"):
        _ask(locked(shipment), "be_called_back", words, SYSTEM, at)


def _ask(shipment: Shipment, step: str, words: str, by: Actor, at: datetime) -> Shipment:
    said = words.strip()[:300]
    by = shipment.take(step, by=by, at=at, recall_words=said, recall_asked_by="" if by.kind == "system" else by.name, recall_asked_at=at)
    publish(events.ShipmentWasCalledBack(words=said, **_about(shipment)), by=by, at=at, thing=shipment)
    return shipment


@act
def withdraw_recalls(*, order_id: int, at: datetime) -> None:
    """The change was refused and no other is open: what transport has not answered yet need not come back. Again changes nothing."""
    order = Order.objects.locked(order_id)
    if order.changes.open().exists():
        return
    for found in Shipment.objects.filter(order=order_id).being_called_back().order_by("pk"):
        shipment = locked(found)
        shipment.take("forget_recall", by=SYSTEM, at=at, recall_words="", recall_asked_by="", recall_asked_at=None)
        publish(events.RecallWasWithdrawn(**_about(shipment)), by=SYSTEM, at=at)


@act
def turn_round(*, shipment: Shipment, answer: str, back_on: date, by: Actor, at: datetime) -> Shipment:
    """The driver turns round; the goods are expected in the house on `back_on`. Until then they count as shipped."""
    shipment = locked(shipment)
    shipment.steps()["turn_round"].permission(shipment, by)
    if back_on < localtime(at).date():
        raise NotReady(Reason("back_in_the_past", field="back_on"))
    by = shipment.take("turn_round", by=by, at=at, back_on=back_on, **_answered(answer, by, at))
    publish(events.ShipmentWasTurnedRound(answer=shipment.recall_answer, back_on=back_on, **_about(shipment)), by=by, at=at, thing=shipment)
    return shipment


@act
def answer_in_vain(*, shipment: Shipment, answer: str, by: Actor, at: datetime) -> Shipment:
    """The goods cannot be turned round and go on to the customer; only a return brings them back."""
    shipment = locked(shipment)
    by = shipment.take("answer_in_vain", by=by, at=at, **_answered(answer, by, at))
    publish(events.RecallWasInVain(answer=shipment.recall_answer, **_about(shipment)), by=by, at=at)
    return shipment


@act
def take_back_in(*, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    """The goods are in the house again: blocked until quality has looked at them, and not shipped any more (INV-01, SHP-07).

    Every batch goes back to the company that it came from. What passes is put away for its order line, or free if nobody wants it now.
    """
    shipment = locked(shipment)
    by = shipment.take("take_back_in", by=by, at=at, back_at=at, back_by=by.name)
    lines = list(shipment.lines.select_related("line").order_by("line__item_id", "line_id"))
    own = [each for each in lines if not each.replaces]
    source = (RECALL, shipment.pk)
    rows = [(each.line, str(kind), -each.quantity, source) for kind in LEFT for each in own]
    record_many(order=shipment.order, rows=rows, by=by, at=at)
    free_what_it_was_to_bring(shipment, at=at)
    complete = shipment.order.state in (OrderState.STOCKED, OrderState.SHIPPING) and bool(own)
    fact = events.ShipmentCameBack(
        lines=tuple(each.line_id for each in own),
        quantities=tuple(str(each.quantity) for each in own),
        promised_date=shipment.order.promised_date if complete else None,
        **_about(shipment),
    )
    publish(fact, by=by, at=at)
    for each in lines:
        _into_the_store(shipment, each, by, at)
    return shipment


def _into_the_store(shipment: Shipment, each: ShipmentLine, by: Actor, at: datetime) -> None:
    left = StockMovement.objects.filter(kind=StockMovement.Kind.SHIP, source_kind=LINE, source_id=each.pk)
    for movement in left.select_related("balance__item").order_by("pk"):
        old = movement.balance
        balance = receive_stock(
            item_id=old.item_id, company_id=old.company_id, quantity=-movement.quantity, blocked=True, batch=old.batch,
            source=(RECALL, movement.pk), order_id=shipment.order_id, by=by, at=at,
        )  # fmt: skip
        fact = events.RecalledGoodsWereReceived(
            order_id=shipment.order_id,
            shipment_id=shipment.pk,
            movement_id=movement.pk,
            line_id=None if each.replaces else each.line_id,
            item_id=old.item_id,
            company_id=old.company_id,
            balance_id=balance.pk,
            code=old.item.code,
            quantity=-movement.quantity,
        )
        publish(fact, by=by, at=at)


def recall_comes_first(order: Order, lines: frozenset[int] | None = None) -> list[Reason]:
    """Why a change of these order lines (all without any) cannot go on yet: goods under way are called back first (CHG-10)."""
    rows = Shipment.objects.filter(order=order, lost_at=None, state__in=[ShipmentState.DISPATCHED, ShipmentState.RETURNING])
    if lines is not None:
        rows = rows.filter(lines__line__in=lines).distinct()
    return [found for row in rows.order_by("pk") if (found := _against(row)) is not None]


def _against(row: Shipment) -> Reason | None:
    if row.state == ShipmentState.RETURNING:
        return Reason("recall_comes_back", delivery=str(row), date=row.back_on)
    if row.recall_asked_at is None:
        return Reason("recall_first", delivery=str(row))
    return None if row.recall_answered_at else Reason("recall_runs", delivery=str(row))


def _answered(answer: str, by: Actor, at: datetime) -> dict[str, Any]:
    return {"recall_answer": answer.strip(), "recall_answered_by": by.name, "recall_answered_at": at}


def _about(shipment: Shipment) -> dict[str, Any]:
    return {"order_id": shipment.order_id, "shipment_id": shipment.pk, "delivery_number": shipment.delivery_number}
