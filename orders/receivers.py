"""What orders do about facts of the store below them, about their own, and about time that has run out."""

from core.facts import react
from core.models import Fact
from inventory.events import GoodsWerePutAway
from orders.events import ChangeWasApplied, OrderWasCancelled, ValidityEnded
from orders.services.intake import lapse
from orders.services.shortage import forget_shortages
from orders.services.stock import goods_are_in_store


@react(GoodsWerePutAway)
def book_stocked(event: GoodsWerePutAway, fact: Fact) -> None:
    goods_are_in_store(event, at=fact.at)


@react(ValidityEnded)
def withdraw_by_itself(event: ValidityEnded, fact: Fact) -> None:
    assert event.order_id is not None
    lapse(order_id=event.order_id, at=fact.at)


@react(ChangeWasApplied, OrderWasCancelled)
def forget_what_is_no_longer_wanted(event: ChangeWasApplied | OrderWasCancelled, fact: Fact) -> None:
    forget_shortages(order_id=event.order_id or 0, at=fact.at)
