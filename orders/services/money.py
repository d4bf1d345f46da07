"""What money an order waits for and what has come in. Finance writes through `receive_money` and `reverse_money` only (CON-04)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.facts import act, publish
from core.money import cents
from core.reasons import NotReady, Reason, declare
from orders import events
from orders.models import Contract, Customer, MoneyReceived, Order, PaymentDue
from orders.money_events import MoneyWasCredited, MoneyWasRefunded
from orders.services.closing import settle_closing
from orders.services.effect import settle_effect

declare(
    {
        "overpaid": _("{amount} is more than the order still waits for: {missing}."),
        "credit_above_due": _("{amount} is more than the order asks for and has not credited: {left}."),
    }
)
Kind = MoneyReceived.Kind


def create_dues(contract: Contract) -> list[PaymentDue]:
    """The payment stages of the order's terms as amounts that add up to the contract to the cent (the last takes the rest)."""
    order = contract.order
    stages = list(order.payment_term.stages.all())  # type: ignore[union-attr]
    rest, rows = contract.amount, []
    for stage in stages:
        amount = rest if stage is stages[-1] else cents(contract.amount * stage.percent / 100)
        rest -= amount
        rows.append(
            PaymentDue(order=order, position=stage.position, gate=stage.gate, percent=stage.percent, days=stage.days, amount=amount)
        )
    return PaymentDue.objects.bulk_create(rows)


def covered_by_due(order: Order) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """What covers each due: payments and credits, reversals and refunds taken off; and of that what the customer need not pay any more."""
    covered: dict[int, Decimal] = {}
    credited: dict[int, Decimal] = {}
    for due_id, kind, amount in MoneyReceived.objects.filter(due__order=order).values_list("due_id", "kind", "amount"):
        covered[due_id] = covered.get(due_id, Decimal(0)) + amount
        if kind == Kind.CREDIT:
            credited[due_id] = credited.get(due_id, Decimal(0)) + amount
    return covered, credited


def received_by_due(order: Order) -> dict[int, Decimal]:
    """What covers each due: payments and credits, reversals and refunds taken off."""
    return covered_by_due(order)[0]


def standing(order: Order, *gates: str) -> tuple[Decimal, Decimal]:
    """(due, received) of the stages with these gates; of all stages without any. What is credited counts as received, refunds do not."""
    dues: dict[int, Decimal] = {}
    received = Decimal(0)
    for pk, gate, amount, part in order.dues.values_list("pk", "gate", "amount", "received__amount"):
        if not gates or gate in gates:
            dues[pk] = amount
            received += part or 0
    return sum(dues.values(), Decimal(0)), received


def due_before_shipment(order: Order) -> Decimal:
    """What is missing of the money that must be in before shipment; 0 when the contract frees it (SHP-02)."""
    contract = order.contracts.in_force().first()
    if contract is not None and contract.ship_before_payment:
        return Decimal(0)
    due, received = standing(order, "effect", "shipment")
    return max(due - received, Decimal(0))


def owed_by(customer: Customer) -> Decimal:
    """What the customer still owes on open contracts, in CNY."""
    dues = PaymentDue.objects.filter(order__customer=customer, order__currency="CNY").exclude(order__state__in=["withdrawn", "refused"])
    due = dues.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    got = MoneyReceived.objects.filter(due__in=dues).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return cents(due - got)


def rebalance_dues(order: Order, total: Decimal, *, by: Actor, at: datetime) -> Decimal:
    """The order is worth `total` now: the stages share it by their percentages, none below what it has got already while that fits.

    A stage that was full and asks for more is open again, one that asks for no more is settled. Returns what has been paid beyond the
    total; it stands above the last stages until finance gives it back (`credit_and_refund`). The order must be locked.
    """
    dues, got = list(order.dues.order_by("position")), received_by_due(order)
    rest, shares = total, []
    for one in dues:
        share = rest if one is dues[-1] else cents(total * one.percent / 100)
        rest -= share
        shares.append(max(share, got.get(one.pk, Decimal(0))))
    above = sum(shares, Decimal(0)) - total
    for n in range(len(dues) - 1, -1, -1):
        less = min(above, shares[n] - got.get(dues[n].pk, Decimal(0)))
        shares[n], above = shares[n] - less, above - less
    overpaid = above
    for n in range(len(dues) - 1, -1, -1):
        less = min(above, shares[n])
        shares[n], above = shares[n] - less, above - less
    for one, share in zip(dues, shares, strict=True):
        if share != one.amount:
            _set_amount(one, share, got.get(one.pk, Decimal(0)), by, at)
    return overpaid


def _set_amount(due: PaymentDue, amount: Decimal, got: Decimal, by: Actor, at: datetime) -> None:
    due.amount, was_settled = amount, due.settled_at is not None
    full = got >= amount and bool(got)
    due.settled_at = (due.settled_at or at) if full else None
    due.save(update_fields=["amount", "settled_at"])
    if full and not was_settled:
        publish(events.DueWasSettled(order_id=due.order_id, due_id=due.pk, position=due.position), by=by, at=at)
    if was_settled and not full and due.due_on:
        _tell_due(due, at, by)


@act
def receive_money(*, order: Order, amount: Decimal, payment_id: int, by: Actor, at: datetime) -> None:
    """Book a payment that finance confirmed on the stages in their order. Raises NotReady(overpaid) above what is open."""
    order = Order.objects.locked(order)
    if _booked(order, Kind.PAYMENT, payment_id).exists():
        return
    dues, rest, got = list(order.dues.order_by("position")), amount, received_by_due(order)
    missing = sum((one.amount for one in dues), Decimal(0)) - sum(got.values(), Decimal(0))
    if amount > missing:
        raise NotReady(Reason("overpaid", amount=amount, missing=missing, field="amount"))
    for one in dues:
        part = min(rest, one.amount - got.get(one.pk, Decimal(0)))
        if part <= 0:
            continue
        MoneyReceived.objects.create(due=one, amount=part, payment_id=payment_id, at=at)
        rest -= part
        if got.get(one.pk, Decimal(0)) + part == one.amount:
            one.settled_at = at
            one.save(update_fields=["settled_at"])
            publish(events.DueWasSettled(order_id=order.pk, due_id=one.pk, position=one.position), by=by, at=at)
    publish(events.MoneyWasReceived(order_id=order.pk, payment_id=payment_id, amount=amount), by=by, at=at)
    settle_effect(order, at=at)
    settle_closing(order, at=at)


@act
def reverse_money(*, order: Order, payment_id: int, by: Actor, at: datetime) -> None:
    """Take a payment back with negative rows; what it had settled is due again. Running it twice changes nothing."""
    order = Order.objects.locked(order)
    rows = list(_booked(order, Kind.PAYMENT, payment_id).select_related("due"))
    if not rows or _booked(order, Kind.PAYMENT, payment_id, reversal=True).exists():
        return
    for row in rows:
        MoneyReceived.objects.create(due=row.due, amount=-row.amount, payment_id=payment_id, reversal=True, at=at)
        if row.due.settled_at is not None:
            row.due.settled_at = None
            row.due.save(update_fields=["settled_at"])
            if row.due.due_on:
                _tell_due(row.due, at, by)
    publish(
        events.MoneyWasReversed(order_id=order.pk, payment_id=payment_id, amount=sum((r.amount for r in rows), Decimal(0))), by=by, at=at
    )
    settle_closing(order, at=at)


@act
def credit_and_refund(*, order: Order, credit: Decimal, credit_id: int, refund: Decimal, refund_id: int, by: Actor, at: datetime) -> None:
    """The customer need not pay `credit` any more, and gets `refund` of what they paid (RET-04): booked on the stages, the last ones first.

    Both at once, so that a stage that was paid stays settled. What is above its stage goes back first. The same ids again change nothing.
    Raises NotReady(credit_above_due) when more would be credited than the stages still hold.
    """
    order = Order.objects.locked(order)
    if (refund and _booked(order, Kind.REFUND, refund_id).exists()) or (credit and _booked(order, Kind.CREDIT, credit_id).exists()):
        return
    dues, got = list(order.dues.order_by("-position")), received_by_due(order)
    before = dict(got)
    excess = {due.pk: max(got.get(due.pk, Decimal(0)) - due.amount, Decimal(0)) for due in dues}
    taken = _spread(refund, excess)
    rest = {due.pk: got.get(due.pk, Decimal(0)) - taken.get(due.pk, Decimal(0)) for due in dues}
    for pk, part in _spread(refund - sum(taken.values(), Decimal(0)), rest).items():
        taken[pk] = taken.get(pk, Decimal(0)) + part
    for pk, part in taken.items():
        got[pk] -= part
    given = _spread(credit, {due.pk: due.amount - got.get(due.pk, Decimal(0)) for due in dues})
    if (left := sum(given.values(), Decimal(0))) < credit:
        raise NotReady(Reason("credit_above_due", amount=credit, left=left))
    rows = [MoneyReceived(due_id=pk, kind=Kind.REFUND, amount=-part, payment_id=refund_id, at=at) for pk, part in taken.items()]
    rows += [MoneyReceived(due_id=pk, kind=Kind.CREDIT, amount=part, payment_id=credit_id, at=at) for pk, part in given.items()]
    MoneyReceived.objects.bulk_create(rows)
    _resettle(dues, before, received_by_due(order), by=by, at=at)
    if credit:
        publish(MoneyWasCredited(order_id=order.pk, credit_id=credit_id, amount=credit), by=by, at=at)
    if refund:
        publish(MoneyWasRefunded(order_id=order.pk, refund_id=refund_id, amount=refund), by=by, at=at)
    settle_closing(order, at=at)


def paid(order: Order) -> Decimal:
    """What the customer paid, reversals and refunds taken off; credits are no money."""
    rows = MoneyReceived.objects.filter(due__order=order, kind__in=[Kind.PAYMENT, Kind.REFUND]).values_list("amount", flat=True)
    return sum(rows, Decimal(0))


def _spread(amount: Decimal, room: dict[int, Decimal]) -> dict[int, Decimal]:
    """As much of the amount as there is room for, place by place."""
    found = {}
    for pk, most in room.items():
        if (part := min(amount, most)) > 0:
            found[pk] = part
            amount -= part
    return found


def _resettle(dues: list[PaymentDue], before: dict[int, Decimal], after: dict[int, Decimal], *, by: Actor, at: datetime) -> None:
    """Stages that are full now and were not are settled; those that no longer are, are due again."""
    for due in dues:
        full = after.get(due.pk, Decimal(0)) >= due.amount
        if before.get(due.pk) == after.get(due.pk) or full == (due.settled_at is not None):
            continue
        due.settled_at = at if full else None
        due.save(update_fields=["settled_at"])
        if full:
            publish(events.DueWasSettled(order_id=due.order_id, due_id=due.pk, position=due.position), by=by, at=at)
        elif due.due_on:
            _tell_due(due, at, by)


def _booked(order: Order, kind: str, payment_id: int, reversal: bool = False) -> QuerySet[MoneyReceived]:
    return MoneyReceived.objects.filter(due__order=order, kind=kind, payment_id=payment_id, reversal=reversal)


def deliveries_start_terms(order: Order, *, at: datetime) -> None:
    """All is delivered: the stages "days after delivery" get their due dates (FIN-02)."""
    from core.actor import SYSTEM

    day = localtime(at).date()
    for due in order.dues.filter(gate="delivery", due_on=None):
        set_due(due, day + timedelta(days=due.days), at, SYSTEM)


def set_due(due: PaymentDue, day: date, at: datetime, by: Actor) -> None:
    """From now on the payment clock runs, where something is asked for: of a cancelled order perhaps nothing is."""
    due.due_on = day
    due.save(update_fields=["due_on"])
    if due.settled_at is None and due.amount:
        _tell_due(due, at, by)


def _tell_due(due: PaymentDue, at: datetime, by: Actor) -> None:
    publish(
        events.PaymentBecameDue(
            order_id=due.order_id, due_id=due.pk, position=due.position, due_on=due.due_on or localtime(at).date(), amount=due.amount
        ),
        by=by,
        at=at,
    )
