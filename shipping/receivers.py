"""What shipping does about changes and the cancelling of orders (CHG-09), and when nobody confirms a delivery in time (SHP-11)."""

from core.facts import react
from core.models import Fact
from orders.change_events import ChangeWasApplied, ChangeWasReceived, ChangeWasRefused, OrderWasCancelled
from shipping import services
from shipping.events import DeliveryWasNeverConfirmed
from shipping.impact import CANCEL, FOLLOW, decided_to
from shipping.models import Shipment
from shipping.workflow import IN_HOUSE


@react(ChangeWasApplied)
def stop_or_redirect_notices_of_change(event: ChangeWasApplied, fact: Fact) -> None:
    about = {"order_id": event.order_id or 0, "change_id": event.change_id}
    stopped, moved = decided_to(CANCEL, **about), decided_to(FOLLOW, **about)
    services.cancel_notices(order_id=event.order_id or 0, shipment_ids=stopped, reason=event.number, at=fact.at)
    services.redirect_notices(**about, shipment_ids=moved, at=fact.at)
    services.strike_unwanted(order_id=event.order_id or 0, at=fact.at)


@react(OrderWasCancelled)
def stop_notices_of_order(event: OrderWasCancelled, fact: Fact) -> None:
    notices = Shipment.objects.filter(order=event.order_id, state__in=IN_HOUSE).values_list("pk", flat=True)
    services.cancel_notices(order_id=event.order_id or 0, shipment_ids=notices, reason=event.reason, at=fact.at)


@react(DeliveryWasNeverConfirmed)
def take_as_received(event: DeliveryWasNeverConfirmed, fact: Fact) -> None:
    services.take_as_received(shipment=event.shipment_id, at=fact.at)


@react(ChangeWasReceived)
def call_back_what_is_under_way(event: ChangeWasReceived, fact: Fact) -> None:
    """CHG-10: who cancels wants nothing of what is on the road; for a change sales asks, once it is known whether goods are touched."""
    if event.kind_of_change == "cancel":
        services.ask_recalls(order_id=event.order_id or 0, words=f"{event.number} {event.words}", at=fact.at)


@react(ChangeWasRefused)
def call_nothing_back(event: ChangeWasRefused, fact: Fact) -> None:
    services.withdraw_recalls(order_id=event.order_id or 0, at=fact.at)
