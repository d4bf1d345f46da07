"""The order is cancelled: what has not left is cancelled, what was shipped stays shipped and owed, and the charge with it (CHG-09)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.money import line_amount
from inventory.models import Reservation
from inventory.services import release_reservations
from orders import events
from orders.change_guards import cancelling_of
from orders.models import ChangeRequest, Order, OrderLine
from orders.services.change.apply import book_cancelled, freeze
from orders.services.change.outcome import close_open_item, end_papers
from orders.services.change.stock import free_surplus
from orders.services.ledger import Quantities, quantities
from orders.services.money import deliveries_start_terms, rebalance_dues, standing

Z, FINEST = Decimal(0), Decimal("0.001")


@act
def cancel_order(*, order: Order, by: Actor, at: datetime, reason: str) -> Order:
    """The sales head ends the order once every thing that hangs on it is decided and the charge is agreed (guard `nothing_dangles`).

    Departments hear `OrderWasCancelled` and carry out what they decided on their rows.
    """
    order = Order.objects.locked(order)
    request = cancelling_of(order)
    order.ended_reason = reason.strip()
    by = order.take("cancel", by=by, at=at)
    change: ChangeRequest = ChangeRequest.objects.locked(request)
    change.order = order
    assert change.charge is not None, "guarded"
    source = (ChangeRequest._meta.label_lower, change.pk)
    _cancel_lines(order, source, at)
    free_surplus(order, source=source, at=at)
    release_reservations(order_id=order.pk, purpose=Reservation.Purpose.LINE, at=at)  # soft ones, and what was to go again (INV-02)
    _charge(order, change.charge)
    order.amount = sum((line.amount for line in order.lines.all()), Z)
    order.revision += 1
    order.save()
    freeze(order, at)
    refund = rebalance_dues(order, order.amount, by=by, at=at)
    change.take("carry_out_cancelling", by=SYSTEM, at=at, ended_at=at, revision=order.revision, refund=refund)
    _end_others(order, change, at)
    fact = events.OrderWasCancelled(order_id=order.pk, change_id=change.pk, reason=order.ended_reason, charge=change.charge, refund=refund)
    publish(fact, by=by, at=at, thing=order)
    deliveries_start_terms(order, at=at)  # nothing more will be delivered that the rest could wait for
    return order


def _cancel_lines(order: Order, source: tuple[str, int], at: datetime) -> None:
    for line, rest, amount in _rest(order):
        book_cancelled(line, rest, source, at)
        line.amount = amount
        line.save(update_fields=["amount"])


def _rest(order: Order, *, all_may_come_back: bool = False) -> list[tuple[OrderLine, Decimal, Decimal]]:
    """Each line of which something is cancelled: how much, and the amount that is left of it.

    `all_may_come_back`: as if everything that is still on the road turned round.

    Goods that have not left; surcharges in proportion to theirs; services without goods of their own unless all goods have left.
    """
    lines = order.lines_in_order
    known = quantities(order, lines)
    if all_may_come_back:
        known = {pk: replace(of, shipped=min(of.shipped, of.settled)) for pk, of in known.items()}
    goods = {line.pk: known[line.pk] for line in lines if line.kind == OrderLine.Kind.GOODS}
    kept = [(line, known[line.pk].open, _kept(line, known[line.pk], goods)) for line in lines]
    return [(line, open_ - stays, line_amount(stays, line.unit_price or Z)) for line, open_, stays in kept if open_ > stays]


def worth_of_rest(order: Order, *, all_may_come_back: bool = False) -> Decimal:
    """What the customer would have paid for everything that a cancelling takes off now, VAT included: no charge is higher (CHG-09)."""
    return sum((line.amount - left for line, _quantity, left in _rest(order, all_may_come_back=all_may_come_back)), Z)


def foreseen(order: Order, charge: Decimal) -> dict[str, Decimal]:
    """What cancelling now comes to, in the order's currency with VAT: what falls away, what is left to be paid, and what is given back."""
    worth, received = worth_of_rest(order), standing(order)[1]
    total = order.amount - worth + charge
    return {"worth": worth, "charge": charge, "total": total, "received": received, "refund": max(received - total, Z),
            "owed": max(total - received, Z)}  # fmt: skip


def _kept(line: OrderLine, own: Quantities, goods: dict[int, Quantities]) -> Decimal:
    if line.kind == OrderLine.Kind.GOODS:
        return own.shipped
    parent = goods.get(line.parent_id or 0)
    if parent is None:
        return own.open if all(of.shipped >= of.open for of in goods.values()) else Z
    return (own.open * parent.shipped / parent.open).quantize(FINEST, ROUND_HALF_UP) if parent.open else Z


def _charge(order: Order, charge: Decimal) -> None:
    """A line of its own, so that the order's amount is the sum of its lines as ever; VAT is inside it as in every Chinese price."""
    if not charge:
        return
    order.last_line_no = max(order.last_line_no, *order.lines.values_list("line_no", flat=True)) + 1
    OrderLine.objects.create(
        order=order,
        line_no=order.last_line_no,
        kind=OrderLine.Kind.SERVICE,
        spec=_("charge for the cancelling"),
        quantity=1,
        unit_price=charge,
        vat_percent=order.settings.vat_percent if order.currency == "CNY" else Z,
        amount=charge,
    )


def _end_others(order: Order, change: ChangeRequest, at: datetime) -> None:
    """Other changes of the order have nothing left to change."""
    for other in order.changes.open().exclude(pk=change.pk):
        other.take("drop", by=SYSTEM, at=at, refusal=_("the order was cancelled"), ended_at=at)
        end_papers(other, at)
        close_open_item(other, at)
    end_papers(change, at)
    close_open_item(change, at)
