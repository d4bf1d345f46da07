"""Finished goods of an order line were put away: the line's ledger says so."""

from datetime import datetime

from core.actor import SYSTEM
from core.facts import act
from inventory.events import GoodsWerePutAway
from orders.models import LineMovement, Order, OrderLine
from orders.services.change.stock import free_surplus
from orders.services.ledger import quantities, record


@act
def goods_are_in_store(event: GoodsWerePutAway, *, at: datetime) -> None:
    """Book `stocked` once per put-away (EXE-10); goods that are not for an order line concern nobody here.

    What a change or the cancelling took off the line while it was being made goes on to free group stock (CHG-09).
    """
    if event.line_id is None:
        return
    line = OrderLine.objects.get(pk=event.line_id)
    order = Order.objects.locked(line.order_id)
    source = ("inventory.putaway", event.put_away_id)
    record(line=line, kind=LineMovement.Kind.STOCKED, quantity=event.quantity, source=source, by=SYSTEM, at=at)
    of = quantities(order, [line])[line.pk]
    if of.stocked > max(of.open, of.shipped):
        free_surplus(order, source=("inventory.surplus", event.put_away_id), at=at)
