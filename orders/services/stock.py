"""Finished goods of an order line were put away: the line's ledger says so."""

from datetime import datetime

from core.actor import SYSTEM
from inventory.events import GoodsWerePutAway
from orders.models import LineMovement, OrderLine
from orders.services.ledger import record


def goods_are_in_store(event: GoodsWerePutAway, *, at: datetime) -> None:
    """Book `stocked` once per put-away (EXE-10); goods that are not for an order line concern nobody here."""
    if event.line_id is None:
        return
    record(
        line=OrderLine.objects.get(pk=event.line_id),
        kind=LineMovement.Kind.STOCKED,
        quantity=event.quantity,
        source=("inventory.putaway", event.put_away_id),
        by=SYSTEM,
        at=at,
    )
