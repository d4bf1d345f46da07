"""The demand and the purchases that wait for somebody, as the facts that started their clocks (SLA-07)."""

from __future__ import annotations

from typing import Any

from core.facts import Event
from core.questions import answers
from procurement import events as e
from procurement.models import DemandSheet, PurchaseOrder
from procurement.workflow import PurchaseState

S = PurchaseState


@answers("under_way")
def under_way() -> dict[str, list[Event]]:
    sheets = DemandSheet.objects.filter(to_order=True).values_list("order_id", "pk")
    found: dict[str, list[Event]] = {
        "components_to_order": [e.ComponentsAreToBeOrdered(order_id=order, sheet_id=pk, items="") for order, pk in sheets],
        "purchase_approval": [],
        "purchase_sending": [],
        "purchase_arrival": [],
    }
    rows = PurchaseOrder.objects.filter(state__in=[S.DRAFTED, S.APPROVED, S.SENT, S.PARTLY_RECEIVED])
    for row in rows.select_related("supplier").prefetch_related("lines"):
        about: dict[str, Any] = {"order_id": row.order_id, "purchase_id": row.pk, "number": row.number}
        days = [line.promised_date for line in row.lines.all() if line.outstanding > 0]
        if row.state == S.DRAFTED:
            found["purchase_approval"].append(e.PurchaseWasMade(supplier=row.supplier.name, **about))
        elif row.state == S.APPROVED:
            found["purchase_sending"].append(e.PurchaseWasApproved(**about))
        elif days:
            found["purchase_arrival"].append(e.PurchaseWasSent(planned_arrival=min(days), arrives_on=max(days), **about))
    return found
