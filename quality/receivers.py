"""What quality does about facts of others: whatever stands blocked at the door is inspected."""

from core.actor import SYSTEM
from core.facts import react
from core.models import Fact
from procurement.events import ArrivalWasRecorded
from production.events import GoodsWereFinished
from quality import services


@react(ArrivalWasRecorded)
def inspect_arrival(event: ArrivalWasRecorded, fact: Fact) -> None:
    services.inspect_goods("arrival", event.arrival_id, event, None, by=SYSTEM, at=fact.at)


@react(GoodsWereFinished)
def inspect_finished_goods(event: GoodsWereFinished, fact: Fact) -> None:
    services.inspect_goods("handover", event.handover_id, event, event.line_id, by=SYSTEM, at=fact.at)
