"""What still hangs on an order, so that it does not close before (FIN-05): services, returns, refunds. Departments open and close them."""

from __future__ import annotations

from datetime import datetime

from core.facts import act
from orders.models import OpenItem, Order
from orders.services.closing import settle_closing


@act
def open_item(*, order: Order, kind: str, reference: str, at: datetime) -> OpenItem:
    """From now on the order waits for this; the same again changes nothing."""
    item = OpenItem.objects.get_or_create(order=order, kind=kind, reference=reference, defaults={"opened_at": at})[0]
    settle_closing(order, at=at)
    return item


@act
def close_item(*, order: Order, kind: str, reference: str, at: datetime) -> None:
    """The order no longer waits for it."""
    OpenItem.objects.filter(order=order, kind=kind, reference=reference, closed_at=None).update(closed_at=at)
    settle_closing(order, at=at)
