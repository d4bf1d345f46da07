"""What procurement does about facts of others."""

from core.actor import SYSTEM
from core.facts import react
from core.models import Fact
from inventory.events import GoodsWerePutAway
from orders.events import InstructionWasIssued
from procurement import covering


@react(InstructionWasIssued)
def find_demand_of_instruction(event: InstructionWasIssued, fact: Fact) -> None:
    covering.find_demand(order_id=event.order_id or 0, by=SYSTEM, at=fact.at)


@react(GoodsWerePutAway)
def cover_demand_with_goods(event: GoodsWerePutAway, fact: Fact) -> None:
    if event.line_id is None:
        covering.cover_with_goods(item_id=event.item_id, company_id=event.company_id, order_id=event.order_id, at=fact.at)
