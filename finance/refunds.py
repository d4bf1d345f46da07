"""Refunds and credits (RET-04, FIN-01). Lock order as everywhere: the order, own rows, number counters last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.actor import Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason
from finance import events
from finance.credit_notes import credit_invoices
from finance.models import Credit, CreditLine, Payment, Refund, RefundShare
from finance.selectors import value_of_returned
from finance.workflow import PaymentState, finance
from orders.models import OpenItem, Order
from orders.services.money import credit_and_refund, paid, standing
from orders.services.open_items import close_item, open_item
from organization.finding import owner, recipient, seat
from sla.telling import tell

REFUND = "finance.refund"
Z = Decimal(0)
Source = tuple[str, int]


@act
def agree_refund(*, order: Order, amount: Decimal, reason: str, source: Source, by: Actor, at: datetime) -> Refund:
    """Money is to be paid back (RET-04): against payments of the order, never more than was paid less refunded, once per `source`.

    What is refunded is no longer asked for: beyond what was overpaid, the order is credited with it. `by` is the system, when the refund
    follows from a decision made elsewhere, or finance. Refuses with `refund_above_paid`, `refund_not_positive`.
    """
    order = Order.objects.locked(order)
    by = by if by.kind == "system" else finance(order, by)
    kept = Refund.objects.filter(source_kind=source[0], source_id=source[1]).first()
    if kept is not None:
        return kept
    due, got = standing(order)
    refund = _agree(order, amount, reason, source, by, at)
    credit = amount - min(amount, max(got - due, Z))
    row = _credit(order, credit, reason, (REFUND, refund.pk), {}, at) if credit else None
    credit_and_refund(order=order, credit=credit, credit_id=row.pk if row else 0, refund=amount, refund_id=refund.pk, by=by, at=at)
    return refund


@act
def credit_goods(*, order: Order, quantities: Mapping[int, Decimal], reason: str, source: Source, by: Actor, at: datetime) -> Credit | None:
    """The customer does not keep these goods, by order line id: they came back for good, or never arrived. The order is credited with
    what they are worth, what is paid beyond the rest is refunded.

    Where nothing is left to refund, the customer and the clerk are told so. For what was invoiced of them credit notes are issued
    (FIN-01). The same source again changes nothing.
    """
    order = Order.objects.locked(order)
    kept = Credit.objects.filter(source_kind=source[0], source_id=source[1]).first()
    worth = value_of_returned(order, quantities)
    if kept is not None or not worth:
        return kept
    due, got = standing(order)
    back = min(worth - min(worth, max(due - got, Z)), max(paid(order), Z))
    credit = _credit(order, worth, reason, source, quantities, at)
    refund = _agree(order, back, reason, source, by, at) if back else None
    credit_and_refund(order=order, credit=worth, credit_id=credit.pk, refund=back, refund_id=refund.pk if refund else 0, by=by, at=at)
    if refund is None:
        _tell_nothing_is_paid_back(credit, by, at)
    credit_invoices(order=order, quantities=quantities, reason=reason, by=by, at=at)
    return credit


@act
def pay_refund(*, refund: Refund, by: Actor, at: datetime, method: str, paid_on: date, bank_reference: str) -> Refund:
    """Finance has paid it back; the customer is told. Its clock stops here (2 working days)."""
    order = Order.objects.locked(refund.order_id)
    row: Refund = Refund.objects.locked(refund)
    row.order = order
    if paid_on > localtime(at).date():
        raise NotReady(Reason("refund_in_future", date=paid_on, field="paid_on"))
    given = {"method": Payment.Method(method), "paid_on": paid_on, "bank_reference": bank_reference.strip()}
    by = row.take("pay", by=by, at=at, paid_at=at, paid_by=by.name, **given)
    close_item(order=order, kind=OpenItem.Kind.REFUND, reference=row.number, at=at)
    publish(
        events.RefundWasPaid(order_id=order.pk, refund_id=row.pk, number=row.number, paid_on=paid_on, amount=row.payable),
        by=by,
        at=at,
        thing=row,
    )
    return row


def _agree(order: Order, amount: Decimal, reason: str, source: Source, by: Actor, at: datetime) -> Refund:
    """The refund with its shares of the payments, the latest first. The order is locked: two at once cannot share the same money."""
    if amount <= 0:
        raise NotReady(Reason("refund_not_positive", field="amount"))
    if amount > (left := paid(order)):
        raise NotReady(Reason("refund_above_paid", amount=amount, left=left, field="amount"))
    refund = Refund.objects.create(
        order=order,
        number=next_number("TK", at),
        amount=amount,
        currency=order.currency,
        reason=reason,
        source_kind=source[0],
        source_id=source[1],
        agreed_at=at,
        agreed_by=by.name,
    )
    rest = amount
    for payment in order.payments.filter(state=PaymentState.CONFIRMED).prefetch_related("refund_shares").order_by("-pk"):
        left = payment.amount - sum((share.amount for share in payment.refund_shares.all()), Z)
        if (part := min(rest, left)) > 0:
            RefundShare.objects.create(refund=refund, payment=payment, amount=part)
            rest -= part
    open_item(order=order, kind=OpenItem.Kind.REFUND, reference=refund.number, at=at)
    told: dict[str, Any] = {"order_id": order.pk, "refund_id": refund.pk, "number": refund.number, "reason": reason, "amount": amount}
    fact = events.RefundWasKept(**told) if refund.waits_for_exchange else events.RefundWasAgreed(**told)
    publish(fact, by=by, at=at, thing=refund)
    return refund


def _tell_nothing_is_paid_back(credit: Credit, by: Actor, at: datetime) -> None:
    """On the timeline that the customer reads too, and as a notice to the clerk, whom the customer will ask."""
    order, amount = credit.order, credit.amount
    publish(events.NothingWasToRefund(order_id=order.pk, credit_id=credit.pk, number=credit.reason, amount=amount), by=by, at=at)
    place = seat(owner("clerk"), order)
    person, _path = recipient(place, at, set()) if place else (None, [])
    if person is not None:
        tell(
            person, key=f"credit-{credit.pk}", title=_("Goods credited, nothing to pay back"), body=f"{order} {credit.reason}",
            url=order.get_absolute_url(), order_id=order.pk, at=at,
        )  # fmt: skip


def _credit(order: Order, amount: Decimal, reason: str, source: Source, quantities: Mapping[int, Decimal], at: datetime) -> Credit:
    credit = Credit.objects.create(order=order, amount=amount, reason=reason, source_kind=source[0], source_id=source[1], at=at)
    CreditLine.objects.bulk_create([CreditLine(credit=credit, line_id=pk, quantity=q) for pk, q in sorted(quantities.items())])
    return credit
