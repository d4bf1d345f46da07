"""An order made in exchange for goods of another one, linked both ways (RET-07)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from core.actor import Actor
from core.facts import act, publish
from orders import events
from orders.models import Exchange, Order
from orders.services.intake import LineInput, register_order
from orders.services.ledger import goods_lines


@act
def make_exchange(
    *, order: Order, quantities: Mapping[int, Decimal], value: Decimal, by: Actor, at: datetime, reference: str = ""
) -> Order:
    """Register the new order with the goods of the old one, by line id; the clerk corrects models and quantities at intake.

    `value`: what the goods given back were charged at, in the order's currency. `reference`: the return, whose exchange is made once.
    """
    order = Order.objects.locked(order)
    found = Exchange.objects.filter(reference=reference).exclude(reference="").select_related("new").first()
    if found is not None:
        return found.new
    lines = [
        LineInput(item=line.item, quantity=quantities[line.pk], spec=line.spec, unit_price=line.unit_price)
        for line in goods_lines(order)
        if quantities.get(line.pk)
    ]
    new = register_order(
        by=by,
        at=at,
        customer=order.customer,
        channel=order.channel,
        received_at=at,
        lines=lines,
        contact_name=order.contact_name,
        contact_phone=order.contact_phone,
        delivery_address=order.delivery_address,
        payment_term=order.payment_term,
        currency=order.currency,
        quality=order.quality,
        memo=_("Exchange for goods of {number} {reference}").format(number=order.number, reference=reference).strip(),
    )
    Exchange.objects.create(old=order, new=new, reference=reference, value=value, at=at)
    publish(events.ExchangeWasOrdered(order_id=order.pk, new_order_id=new.pk, number=new.number, reference=reference), by=by, at=at)
    return new
