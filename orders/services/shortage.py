"""A line lacks something that nobody planned for: it is flagged, decided on, and the customer is told (INV-06)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason, declare
from inventory.models import Item
from orders import shortage_events as events
from orders.models import Order, OrderLine, Shortage
from orders.services.ledger import quantities
from orders.workflow import AFTER_SIGNING

declare(
    {
        "shortage_quantity": _("Enter how much is missing."),
        "shortage_cause": _("Say why it is missing."),
        "shortage_told": _("Write down what the customer was told."),
        "shortage_date": _("Enter a new date that lies ahead."),
    }
)
Outcome = Shortage.Outcome


@act
def record_shortage(*, order: Order, line: OrderLine, item: Item, quantity: Decimal, cause: str, by: Actor, at: datetime) -> Shortage:
    """Somebody found that stock will not suffice: so much of the line's model, or of a component, is missing (INV-06)."""
    order = Order.objects.locked(order)
    if quantity <= 0:
        raise NotReady(Reason("shortage_quantity", field="quantity"))
    if not cause.strip():
        raise NotReady(Reason("shortage_cause", field="cause"))
    item.unit.fit(quantity)
    by = order.take("record_shortage", by=by, at=at)
    return _raise(order, line, item, quantity, cause.strip(), None, by, at)


@act
def line_became_short(
    *, line_id: int, item_id: int, quantity: Decimal, cause: str, source: tuple[str, int], at: datetime
) -> Shortage | None:
    """A fact of another department left the line short. The same source again changes nothing; an order that has ended lacks nothing."""
    order = Order.objects.locked(OrderLine.objects.values_list("order_id", flat=True).get(pk=line_id))
    line = OrderLine.objects.get(pk=line_id)
    kept = Shortage.objects.filter(line=line, item=item_id, source_kind=source[0], source_id=source[1]).first()
    if kept is not None or order.state not in AFTER_SIGNING:
        return kept
    return _raise(order, line, Item.objects.select_related("unit").get(pk=item_id), quantity, cause, source, SYSTEM, at)


def _raise(
    order: Order, line: OrderLine, item: Item, quantity: Decimal, cause: str, source: tuple[str, int] | None, by: Actor, at: datetime
) -> Shortage:
    row = Shortage.objects.create(
        order=order, line=line, item=item, quantity=quantity, cause=cause, raised_at=at, raised_by=by.name if by.kind == "person" else "",
        source_kind=source[0] if source else "", source_id=source[1] if source else None,
    )  # fmt: skip
    fact = events.LineBecameShort(
        order_id=order.pk, shortage_id=row.pk, line_no=line.line_no, code=item.code, quantity=quantity, unit=item.unit.code, cause=cause
    )
    publish(fact, by=by, at=at, thing=row)
    return row


@act
def decide_shortage(
    *, shortage: Shortage, outcome: str, told: str, by: Actor, at: datetime, note: str = "", new_date: date | None = None
) -> Shortage:
    """Order management decides what follows and records what the customer was told (INV-06).

    Delay moves the expected date of the order; buying and making again are told to purchasing and production. Substituting and
    cancelling the line need the customer's change (CHG-01). Raises NotReady without the words to the customer or the new date.
    """
    order = Order.objects.locked(shortage.order_id)
    row = Shortage.objects.locked(shortage)
    row.order = order
    if not told.strip():
        raise NotReady(Reason("shortage_told", field="told"))
    if outcome == Outcome.DELAY and (new_date is None or new_date <= localtime(at).date()):
        raise NotReady(Reason("shortage_date", field="new_date"))
    new_date = new_date if outcome == Outcome.DELAY else None
    given = {"outcome": outcome, "told": told.strip(), "note": note.strip(), "new_date": new_date}
    by = row.take("decide", by=by, at=at, decided_at=at, decided_by=by.name, **given)
    old = order.expected_date
    if new_date is not None:
        order.expected_date = new_date
        order.bump().save(update_fields=["expected_date", "version"])
    publish(
        events.ShortageWasDecided(
            order_id=order.pk,
            shortage_id=row.pk,
            line_id=row.line_id,
            item_id=row.item_id,
            line_no=row.line.line_no,
            code=row.item.code,
            quantity=row.quantity,
            outcome=outcome,
            told=row.told,
        ),
        by=by,
        at=at,
        changes={"expected_date": (old, new_date)} if new_date is not None and new_date != old else None,
        thing=row,
    )
    return row


@act
def forget_shortages(*, order_id: int, at: datetime) -> None:
    """What nobody wants any more is not short: of a cancelled order, or of a line taken out. Again changes nothing."""
    order = Order.objects.locked(order_id)
    known = quantities(order)
    for row in Shortage.objects.open().filter(order=order).select_related("line", "item").order_by("pk"):
        if order.state not in AFTER_SIGNING or known[row.line_id].open <= 0:
            row.take("lapse", by=SYSTEM, at=at, outcome=Outcome.CANCEL_LINE, decided_at=at)
            publish(
                events.ShortageLapsed(order_id=order.pk, shortage_id=row.pk, line_no=row.line.line_no, code=row.item.code),
                by=SYSTEM,
                at=at,
                thing=row,
            )
