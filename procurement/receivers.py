"""What procurement does about facts of others."""

from core.actor import SYSTEM
from core.facts import react
from core.models import Fact
from inventory.events import GoodsWerePutAway
from orders.change_events import ChangeWasApplied, OrderWasCancelled
from orders.events import InstructionWasIssued
from orders.shortage_events import ShortageWasDecided
from procurement import covering, revising
from quality.events import NonconformityWasDecided


@react(InstructionWasIssued)
def find_demand_of_instruction(event: InstructionWasIssued, fact: Fact) -> None:
    covering.find_demand(order_id=event.order_id or 0, by=SYSTEM, at=fact.at)


@react(GoodsWerePutAway)
def cover_demand_with_goods(event: GoodsWerePutAway, fact: Fact) -> None:
    if event.line_id is None:
        covering.cover_with_goods(item_id=event.item_id, company_id=event.company_id, order_id=event.order_id, at=fact.at)


@react(NonconformityWasDecided)
def reopen_demand_of_lost_parts(event: NonconformityWasDecided, fact: Fact) -> None:
    """INV-06: parts that were sent back or scrapped are to be bought again, and their lines are short."""
    if event.source_kind == "arrival" and event.disposition in ("return", "scrap"):
        source, cause = ("quality.nonconformity", event.nonconformity_id), "{disposition}：{reason}".format(**event.in_words())
        covering.parts_were_lost(arrival_id=event.source_id, quantity=event.quantity, cause=cause[:200], source=source, at=fact.at)


@react(ChangeWasApplied, OrderWasCancelled)
def revise_demand_of_change(event: ChangeWasApplied | OrderWasCancelled, fact: Fact) -> None:
    revising.revise_demand(order_id=event.order_id or 0, change_id=event.change_id, at=fact.at)


@react(ShortageWasDecided)
def find_parts_of_what_is_made_again(event: ShortageWasDecided, fact: Fact) -> None:
    if event.outcome == "make":
        revising.revise_demand(order_id=event.order_id or 0, change_id=0, at=fact.at)
