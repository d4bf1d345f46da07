"""What finance does about decisions of others: credit what came back or never arrived, give back what is too much."""

from decimal import Decimal

from aftersales.events import ReturnWasSettled
from core.actor import Actor
from core.facts import Event, react
from core.models import Fact
from finance import refunds
from finance.credit_notes import credit_invoices
from finance.models.refund import EXCHANGE
from finance.set_off import set_off
from orders.events import ChangeWasApplied, ContractTookEffect, ContractWasSigned, OrderWasCancelled, OrderWasRefused, OrderWasWithdrawn
from orders.models import Order
from shipping.events import ShortageWasDecided
from shipping.recall_events import ShipmentCameBack


def _decided_by(fact: Fact) -> Actor:
    """The system carries it out; the papers name whoever decided."""
    return Actor("system", fact.actor_name)


@react(ReturnWasSettled)
def credit_returned_goods(event: ReturnWasSettled, fact: Fact) -> None:
    """RET-04, FIN-01: refunded and exchanged goods are credited; what the customer paid is refunded, or kept for the exchange (RET-07)."""
    quantities = {line_id: Decimal(quantity) for line_id, quantity in zip(event.lines, event.quantities, strict=True)}
    order = Order.objects.get(pk=event.order_id or 0)
    for kind, exchanged in (("aftersales.returnrequest", False), (EXCHANGE, True)):
        some = {line_id: quantity for line_id, quantity in quantities.items() if (line_id in event.exchanged) == exchanged}
        if some:
            source = (kind, event.return_id)
            refunds.credit_goods(order=order, quantities=some, reason=event.number, source=source, by=_decided_by(fact), at=fact.at)
    for exchange in order.exchanges.filter(reference=event.number).select_related("new"):  # told late: the new order is signed by now
        set_off(new=exchange.new, at=fact.at)


@react(ContractWasSigned, ContractTookEffect, OrderWasRefused, OrderWasWithdrawn, OrderWasCancelled)
def settle_exchange(event: Event, fact: Fact) -> None:
    """RET-07: what the exchange order costs is known, or that it comes to nothing."""
    set_off(new=Order.objects.get(pk=event.order_id or 0), at=fact.at)


@react(ShortageWasDecided)
def credit_missing_goods(event: ShortageWasDecided, fact: Fact) -> None:
    """SHP-07, FIN-01: what never arrived and is not sent again is credited as if it had come back."""
    if event.outcome != "credited":
        return
    order = Order.objects.get(pk=event.order_id or 0)
    refunds.credit_goods(
        order=order, quantities={event.line_id: Decimal(event.quantity)}, reason=event.delivery_number,
        source=("shipping.shortage", event.shortage_id), by=_decided_by(fact), at=fact.at,
    )  # fmt: skip


@react(ShipmentCameBack)
def credit_invoices_of_recalled_goods(event: ShipmentCameBack, fact: Fact) -> None:
    """CHG-10, FIN-01: goods that were called back are not shipped any more; what was invoiced of them is credited on paper. The order goes
    on asking for its money until a change or the cancelling says otherwise.
    """
    quantities = {line_id: Decimal(quantity) for line_id, quantity in zip(event.lines, event.quantities, strict=True)}
    order = Order.objects.get(pk=event.order_id or 0)
    credit_invoices(order=order, quantities=quantities, reason=event.delivery_number, by=_decided_by(fact), at=fact.at)


@react(ChangeWasApplied)
def refund_what_a_change_left_over(event: ChangeWasApplied, fact: Fact) -> None:
    """CHG-08, RET-07: before shipping a refund is a change; what is paid beyond the new amount goes back."""
    _refund_of_change(event, event.overpaid, event.number, fact)


@react(OrderWasCancelled)
def refund_cancelled_order(event: OrderWasCancelled, fact: Fact) -> None:
    """CHG-09: what was paid beyond the charge and what was shipped."""
    _refund_of_change(event, event.refund, event.reason, fact)


def _refund_of_change(event: ChangeWasApplied | OrderWasCancelled, amount: Decimal, reason: str, fact: Fact) -> None:
    if amount > 0:
        order = Order.objects.get(pk=event.order_id or 0)
        source = ("orders.changerequest", event.change_id)
        refunds.agree_refund(order=order, amount=amount, reason=reason, source=source, by=_decided_by(fact), at=fact.at)
