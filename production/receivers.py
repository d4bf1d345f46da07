"""What production does about facts of others."""

from core.actor import SYSTEM
from core.facts import react
from core.models import Fact
from orders.change_events import ChangeWasApplied, OrderWasCancelled
from orders.events import InstructionWasIssued, OrderWasRefused, OrderWasTakenBack, OrderWasWithdrawn
from orders.models import Shortage
from orders.shortage_events import ShortageWasDecided
from procurement.events import DemandWasCovered, DemandWasFound, DemandWasRevised
from production import revising, services
from production.contact.services import close_sheets_of


@react(InstructionWasIssued)
def draft_plan_of_instruction(event: InstructionWasIssued, fact: Fact) -> None:
    services.draft_plan(order_id=event.order_id or 0, by=SYSTEM, at=fact.at)


@react(DemandWasFound)
def plan_components_of_demand(event: DemandWasFound, fact: Fact) -> None:
    services.plan_components(order_id=event.order_id or 0, buy=event.buy, companies=event.companies, by=SYSTEM, at=fact.at)


@react(DemandWasCovered)
def finish_component_tasks(event: DemandWasCovered, fact: Fact) -> None:
    services.components_are_in(order_id=event.order_id or 0, at=fact.at)


@react(ChangeWasApplied)
def revise_plan_of_change(event: ChangeWasApplied, fact: Fact) -> None:
    revising.revise_plan(order_id=event.order_id or 0, change_id=event.change_id, revision=event.revision, at=fact.at)


@react(OrderWasCancelled)
def cancel_plan_of_order(event: OrderWasCancelled, fact: Fact) -> None:
    revising.cancel_plan(order_id=event.order_id or 0, change_id=event.change_id, at=fact.at)


@react(OrderWasCancelled, OrderWasRefused, OrderWasTakenBack, OrderWasWithdrawn)
def close_sheets_of_order(event: OrderWasCancelled | OrderWasRefused | OrderWasTakenBack | OrderWasWithdrawn, fact: Fact) -> None:
    """EXE-04: with the order its clocks end; a sheet that nobody answers any more says so."""
    close_sheets_of(order_id=event.order_id or 0, note=str(event.text).format(reason=event.reason), at=fact.at)


@react(DemandWasRevised)
def plan_components_of_revised_demand(event: DemandWasRevised, fact: Fact) -> None:
    revising.plan_more_components(order_id=event.order_id or 0, buy=event.buy, companies=event.companies, at=fact.at)


@react(ShortageWasDecided)
def make_lost_goods_again(event: ShortageWasDecided, fact: Fact) -> None:
    if event.outcome == Shortage.Outcome.MAKE:
        revising.make_again(order_id=event.order_id or 0, shortage_id=event.shortage_id, at=fact.at)
