"""The orders and changes that wait for the desk or for finance, as the facts that started their clocks (SLA-07)."""

from __future__ import annotations

from core.facts import Event
from core.questions import answers
from orders import events as e
from orders.change_guards import agreement_is_due
from orders.closing_events import OrderBecameReadyToClose
from orders.models import ChangeRequest, Order
from orders.services.closing import is_ready
from orders.workflow import OrderState
from orders.workflow.change import ChangeState

UNNOTICED = [ChangeState.CLASSIFIED, ChangeState.AWAITING_CUSTOMER]


@answers("under_way")
def under_way() -> dict[str, list[Event]]:
    accepted = Order.objects.filter(state=OrderState.ACCEPTED).values_list("pk", "reviewed_date")
    invoiced = Order.objects.filter(state=OrderState.INVOICED)
    changes = ChangeRequest.objects.filter(state__in=UNNOTICED, kind=ChangeRequest.Kind.CHANGE).select_related("order")
    return {
        "quotation": [e.ReviewWasPassed(order_id=pk, review_id=0, reviewed_date=day) for pk, day in accepted if day],
        "order_closing": [OrderBecameReadyToClose(order_id=row.pk) for row in invoiced if is_ready(row)],
        "agreement_drafting": [
            e.ThingWasDecided(order_id=row.order_id, change_id=row.pk, number=row.number, title="", decision="")
            for row in changes
            if agreement_is_due(row)
        ],
    }
