"""Exchanges (RET-07): after shipping for what came back, before it for what has not left; always a new order, linked both ways."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from aftersales import events
from aftersales.guards import seller
from aftersales.models import ReturnLine, ReturnRequest
from aftersales.selectors import unshipped, worth
from aftersales.services.returns import about, locked
from core.actor import Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason
from orders.models import OpenItem, Order
from orders.services.exchange import make_exchange
from orders.services.open_items import close_item


@act
def order_exchange(*, request: ReturnRequest, by: Actor, at: datetime) -> Order:
    """The new order for the goods to be exchanged, linked to the old one both ways (RET-07); it goes its own way from intake on."""
    row = locked(request)
    by = row.take("order_exchange", by=by, at=at)
    back = {line.line_id: line.granted for line in row.lines.all() if line.outcome == ReturnLine.Outcome.EXCHANGE and line.granted}
    value = worth(row.order, back)
    new = make_exchange(order=row.order, quantities=back, reference=row.number, value=value, by=by, at=at)
    close_item(order=row.order, kind=OpenItem.Kind.RETURN, reference=row.number, at=at)
    publish(events.ReturnWasExchanged(return_id=row.pk, new_number=new.number, **about(row)), by=by, at=at)
    return new


@act
def exchange_unshipped(*, order: Order, quantities: Mapping[int, Decimal], by: Actor, at: datetime) -> Order:
    """Before shipping: the new order for goods that have not left, by order line id. The old goods leave their order by a change or by
    cancelling it, which gives back what is paid too much.

    Refuses with `return_empty`, `exchange_above_unshipped`.
    """
    order = Order.objects.locked(order)
    by = seller(order, by)
    known = {row.line.pk: row for row in unshipped(order)}
    wanted = {pk: quantity for pk, quantity in quantities.items() if quantity}
    if not wanted or any(quantity < 0 or pk not in known for pk, quantity in wanted.items()):
        raise NotReady(Reason("return_empty"))
    found = [
        Reason("exchange_above_unshipped", line=known[pk].line.line_no, asked=quantity, available=known[pk].available, field=f"q_{pk}")
        for pk, quantity in wanted.items()
        if quantity > known[pk].available
    ]
    if found:
        raise NotReady(*found)
    return make_exchange(order=order, quantities=wanted, value=worth(order, wanted), by=by, at=at)
