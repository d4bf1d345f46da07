"""What after-sales does about facts of others."""

from aftersales import services
from core.actor import SYSTEM
from core.facts import react
from core.models import Fact
from orders.events import OrderWasDelivered
from orders.models import Order


@react(OrderWasDelivered)
def ask_for_a_rating(event: OrderWasDelivered, fact: Fact) -> None:
    """SVC-04: at acceptance of the delivery."""
    services.ask_rating(order=Order.objects.get(pk=event.order_id or 0), by=SYSTEM, at=fact.at)
