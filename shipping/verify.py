"""What must hold of shipments at any moment (trust I2)."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F

from core.questions import answers
from core.verify import number_gaps
from orders.workflow import OrderState
from shipping.models import Shipment
from shipping.workflow import IN_HOUSE


def shipments_are_verified_by_another() -> list[str]:
    """SHP-03: nothing left without a second person, who is not the picker."""
    gone = Shipment.objects.exclude(dispatched_at=None)
    rows = gone.filter(verifier_id=None) | gone.filter(verifier_id=F("picker_id"))
    return [f"{row.number}: picked by {row.picker_id}, verified by {row.verifier_id}" for row in rows.order_by("pk")]


def shipment_numbers_have_no_gaps() -> list[str]:
    return number_gaps("FH", Shipment.objects.all())


def cancelled_orders_have_no_notices() -> list[str]:
    """CHG-09: nothing of a cancelled order waits in the house for a lorry."""
    rows = Shipment.objects.filter(order__state=OrderState.CANCELLED, state__in=IN_HOUSE).select_related("order")
    return [f"{row.number} of cancelled order {row.order}: {row.state}" for row in rows]


@answers("invariants")
def invariants() -> list[tuple[str, Callable[[], list[str]]]]:
    return [
        ("shipments are verified by another than the picker", shipments_are_verified_by_another),
        ("cancelled orders have no notices", cancelled_orders_have_no_notices),
        ("shipment numbers have no gaps", shipment_numbers_have_no_gaps),
    ]
