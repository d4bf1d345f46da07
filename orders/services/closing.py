"""Finance is told when an order waits only for its closing, and when it no longer does (FIN-05)."""

from __future__ import annotations

from datetime import datetime

from core.actor import SYSTEM
from core.facts import publish
from core.models import Fact
from orders.closing_events import OrderBecameReadyToClose, OrderStayedOpen
from orders.models import Order
from orders.workflow import OrderState

TOLD = (OrderBecameReadyToClose.kind(), OrderStayedOpen.kind())


def settle_closing(order: Order, *, at: datetime) -> None:
    """Say once that the order can be closed, and once that it cannot any more. It must be locked; again changes nothing."""
    if order.state != OrderState.INVOICED:
        return
    told = Fact.objects.filter(order_id=order.pk, kind__in=TOLD).order_by("-pk").values_list("kind", flat=True).first()
    if is_ready(order) != (told == OrderBecameReadyToClose.kind()):
        fact = OrderStayedOpen if told == OrderBecameReadyToClose.kind() else OrderBecameReadyToClose
        publish(fact(order_id=order.pk), by=SYSTEM, at=at, thing=order)


def is_ready(order: Order) -> bool:
    """Nothing stands against closing it."""
    return not any(guard.reasons(order) for guard in order.steps()["close"].guards)
