"""What after-sales does about facts of others."""

from aftersales import services
from aftersales.models import Channel, ServiceRequest
from core.actor import SYSTEM
from core.facts import react
from core.models import Fact
from orders.events import OrderWasDelivered
from orders.models import Order
from shipping.events import DamageWasReported


@react(OrderWasDelivered)
def ask_for_a_rating(event: OrderWasDelivered, fact: Fact) -> None:
    """SVC-04: at acceptance of the delivery."""
    services.ask_rating(order=Order.objects.get(pk=event.order_id or 0), by=SYSTEM, at=fact.at)


@react(DamageWasReported)
def look_after_the_damage(event: DamageWasReported, fact: Fact) -> None:
    """SHP-10: a service request for every damage that is reported; what is found later may be another one of the same delivery."""
    if ServiceRequest.objects.filter(damage_id=event.damage_id).exists():
        return
    order = Order.objects.select_related("customer").get(pk=event.order_id or 0)
    contact = f"{order.contact_name or order.customer.name} {order.contact_phone}".strip()
    services.receive_request(
        order=order,
        words=event.words or event.delivery_number,
        contact=contact,
        channel=Channel.RECEIPT,
        shipment=event.shipment_id,
        damage=event.damage_id,
        kind=ServiceRequest.Kind.DAMAGE,
        by=SYSTEM,
        at=fact.at,
    )
