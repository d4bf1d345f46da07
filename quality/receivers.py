"""What quality does about facts: whatever stands blocked at the door is inspected, finished goods that are lost leave their line short."""

from core.actor import SYSTEM
from core.facts import react
from core.models import Fact
from orders.services.shortage import line_became_short
from procurement.events import ArrivalWasRecorded
from production.events import GoodsWereFinished
from quality import services
from quality.events import NonconformityWasDecided
from quality.models import Nonconformity
from shipping.recall_events import RecalledGoodsWereReceived


@react(ArrivalWasRecorded)
def inspect_arrival(event: ArrivalWasRecorded, fact: Fact) -> None:
    services.inspect_goods("arrival", event.arrival_id, event, None, by=SYSTEM, at=fact.at)


@react(GoodsWereFinished)
def inspect_finished_goods(event: GoodsWereFinished, fact: Fact) -> None:
    services.inspect_goods("handover", event.handover_id, event, event.line_id, by=SYSTEM, at=fact.at)


@react(RecalledGoodsWereReceived)
def inspect_recalled_goods(event: RecalledGoodsWereReceived, fact: Fact) -> None:
    """CHG-10, RET-05: what was on the road is looked at before it counts as in store again."""
    services.inspect_goods("recall", event.movement_id, event, event.line_id, by=SYSTEM, at=fact.at)


@react(NonconformityWasDecided)
def flag_line_of_lost_goods(event: NonconformityWasDecided, fact: Fact) -> None:
    """INV-06: scrapped finished goods are missing on their line until somebody has decided what follows."""
    if event.line_id is not None and event.disposition == Nonconformity.Disposition.SCRAP:
        source, cause = (Nonconformity._meta.label_lower, event.nonconformity_id), "{disposition}：{reason}".format(**event.in_words())
        line_became_short(
            line_id=event.line_id, item_id=event.item_id, quantity=event.quantity, cause=cause[:200], source=source, at=fact.at
        )
