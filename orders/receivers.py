"""What orders do about facts of the store below them."""

from core.facts import react
from core.models import Fact
from inventory.events import GoodsWerePutAway
from orders.services.stock import goods_are_in_store


@react(GoodsWerePutAway)
def book_stocked(event: GoodsWerePutAway, fact: Fact) -> None:
    goods_are_in_store(event, at=fact.at)
