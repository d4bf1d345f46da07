"""What production does about facts of others."""

from core.actor import SYSTEM
from core.facts import react
from core.models import Fact
from orders.events import InstructionWasIssued
from procurement.events import DemandWasCovered, DemandWasFound
from production import services


@react(InstructionWasIssued)
def draft_plan_of_instruction(event: InstructionWasIssued, fact: Fact) -> None:
    services.draft_plan(order_id=event.order_id or 0, by=SYSTEM, at=fact.at)


@react(DemandWasFound)
def plan_components_of_demand(event: DemandWasFound, fact: Fact) -> None:
    services.plan_components(order_id=event.order_id or 0, buy=event.buy, companies=event.companies, by=SYSTEM, at=fact.at)


@react(DemandWasCovered)
def finish_component_tasks(event: DemandWasCovered, fact: Fact) -> None:
    services.components_are_in(order_id=event.order_id or 0, at=fact.at)
