"""The payments and orders that wait for finance, as the facts that started their clocks (SLA-07)."""

from __future__ import annotations

from core.facts import Event
from core.questions import answers
from finance import events as e
from finance.models import Payment
from finance.workflow import PaymentState
from orders.events import OrderWasDelivered
from orders.models import Order
from orders.workflow import OrderState


@answers("under_way")
def under_way() -> dict[str, list[Event]]:
    payments = Payment.objects.filter(state=PaymentState.RECORDED)
    delivered = Order.objects.filter(state=OrderState.DELIVERED).values_list("pk", flat=True)
    return {
        "payment_confirmation": [
            e.PaymentWasRecorded(order_id=row.order_id, payment_id=row.pk, number=row.number, paid_on=row.paid_on, amount=row.amount)
            for row in payments
        ],
        "invoicing": [OrderWasDelivered(order_id=pk) for pk in delivered],
    }
