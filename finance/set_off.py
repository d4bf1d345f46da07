"""An exchange is set off (RET-07): what was paid for the goods given back pays for those sent instead."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from core.actor import SYSTEM
from core.facts import act, publish
from core.numbers import next_number
from finance import events
from finance.models import Payment, Refund
from finance.models.refund import EXCHANGE
from orders.models import Exchange, OpenItem, Order
from orders.services.money import receive_money, standing
from orders.services.open_items import close_item
from orders.workflow import ENDS, OrderState
from orders.workflow.order import BEFORE_SIGNING

UNSIGNED = (OrderState.REGISTERED, *BEFORE_SIGNING)
Z = Decimal(0)


@act
def set_off(*, new: Order, at: datetime) -> Refund | None:
    """The exchange order is signed, or came to nothing: of what was kept for it, what it asks for becomes its payment, the rest is
    refunded. Before that nothing happens; a second time neither."""
    exchange = Exchange.objects.filter(new=new).exclude(reference="").first()
    if exchange is None:
        return None
    old, new = Order.objects.locked(exchange.old_id), Order.objects.locked(new)  # the older one first, as everywhere
    kept = Refund.objects.filter(order=old, source_kind=EXCHANGE, reason=exchange.reference, set_off_at=None).first()
    if kept is None or new.state in UNSIGNED:
        return None
    row: Refund = Refund.objects.locked(kept)
    row.order = old
    due, got = standing(new)
    part = Z if new.state in ENDS else min(row.amount, max(due - got, Z))
    given: dict[str, Any] = {"by": SYSTEM, "at": at, "set_off": part, "set_off_at": at}
    if part == row.amount:
        row.take("set_off_whole", paid_at=at, paid_on=localtime(at).date(), method=Payment.Method.SET_OFF, **given)
        close_item(order=old, kind=OpenItem.Kind.REFUND, reference=row.number, at=at)
    else:
        row.take("set_off_part", **given)
        told = {"order_id": old.pk, "refund_id": row.pk, "number": row.number}
        publish(events.RefundWasAgreed(reason=row.reason, amount=row.payable, **told), by=SYSTEM, at=at, thing=row)
    if part:
        fact = events.RefundWasSetOff(order_id=old.pk, refund_id=row.pk, number=row.number, new_number=new.number, amount=part)
        publish(fact, by=SYSTEM, at=at)
        _pay_with(row, new, at)
    return row


def _pay_with(refund: Refund, new: Order, at: datetime) -> None:
    """A confirmed payment of the exchange order; its bank reference is the refund's number."""
    day = localtime(at).date()
    payment = Payment.objects.create(
        order=new, company_id=new.sales_company_id, number=next_number("SK", at), kind=Payment.Kind.OTHER, amount=refund.set_off,
        currency=new.currency, method=Payment.Method.SET_OFF, paid_on=day, bank_reference=refund.number, recorded_at=at,
    )  # fmt: skip
    payment.take("confirm", by=SYSTEM, at=at, confirmed_at=at)
    receive_money(order=new, amount=payment.amount, payment_id=payment.pk, by=SYSTEM, at=at)
    fact = events.PaymentWasConfirmed(order_id=new.pk, payment_id=payment.pk, number=payment.number, amount=payment.amount)
    publish(fact, by=SYSTEM, at=at)
