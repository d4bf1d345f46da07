"""An order that the customer has received, for whoever starts there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.actor import Actor
from core.facts import act
from orders.models import Order
from orders.services.ledger import record_many
from tests.factories.shipping import left, noticed, order_in_store, picked, verified
from tests.personas import MONDAY_9AM

DELIVERED_AT = MONDAY_9AM + timedelta(hours=1)


@pytest.fixture
def delivered(order_manager_yan: Actor, store_keeper_qian: Actor, transport_zheng: Actor, packer_tian: Actor) -> Callable[..., Order]:
    """`delivered((8, "15800"))`: goods lines by quantity and price, all of it with the customer; `only={1: 5}` for a part."""

    def go(*goods: tuple[Any, Any], only: dict[int, Any] | None = None, **more: Any) -> Order:
        order = order_in_store(*goods, **{"free": True, **more})
        ready = verified(picked(noticed(order, order_manager_yan, only), store_keeper_qian), packer_tian)
        shipment = left(ready, transport_zheng)
        arrive(order, shipment)
        return Order.objects.get(pk=order.pk)

    return go


@act
def arrive(order: Order, shipment: Any) -> None:
    rows = [(each.line, "delivered", each.quantity, ("shipping.shipment", shipment.pk)) for each in shipment.lines.select_related("line")]
    record_many(order=order, rows=rows, by=None, at=DELIVERED_AT)


@pytest.fixture
def wang() -> Callable[[Order], Actor]:
    """The customer of an order, through their link."""
    return lambda order: Actor("customer", "王工", contact="13800000001", order_id=order.pk)
