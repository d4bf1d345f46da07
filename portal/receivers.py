"""Facts of the house that a customer is written about. Each may come twice and is written once (the key of its delivery)."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import localtime

from aftersales.events import RETURN, ReturnInformationWasAsked, ReturnWasAgreed, ReturnWasRefused
from core.facts import Event, react
from core.models import Fact
from finance.events import RefundWasAgreed
from orders import events as e
from orders.models import Order
from portal.messages import write_to_customer
from shipping.events import ArrivalWasMoved, ShipmentWasDispatched

PLAIN: dict[type[Event], str] = {
    e.OrderWasRegistered: "registered",
    e.RequirementsWereConfirmed: "confirmed",
    e.InstructionWasIssued: "instructed",
    e.OrderWasStocked: "stocked",
    ShipmentWasDispatched: "dispatched",
    e.OrderWasDelivered: "delivered",
    RefundWasAgreed: "refunded",
}


def _write(event: Any, fact: Fact, message: str, **figures: Any) -> None:
    order = Order.objects.get(pk=fact.order_id or 0)
    write_to_customer(order=order, message=message, fact_id=fact.pk, at=fact.at, **{**vars(event), **figures, "number": order.number})


@react(*PLAIN)
def tell_the_customer(event: Any, fact: Fact) -> None:
    _write(event, fact, PLAIN[type(event)])


@react(e.PromiseWasMoved)
def tell_of_the_moved_promise(event: e.PromiseWasMoved, fact: Fact) -> None:
    _write(event, fact, "date_moved", new_date=event.promised_date, old_date=event.sent_promise)


@react(e.FollowUpWasRecorded)
def tell_of_the_later_date(event: e.FollowUpWasRecorded, fact: Fact) -> None:
    """A follow-up that expects the goods after the promise; that all is well is no news."""
    promised = Order.objects.get(pk=fact.order_id or 0).promised_date
    if promised is not None and event.expected_date > promised:
        _write(event, fact, "date_moved", new_date=event.expected_date, old_date=promised)


@react(ArrivalWasMoved)
def tell_of_the_other_arrival(event: ArrivalWasMoved, fact: Fact) -> None:
    """FUP-06: on the way, too, with the reason."""
    _write(event, fact, "arrival_moved", arrives_on=localtime(event.arrives_at).date())


@react(ReturnWasAgreed, ReturnWasRefused)
def tell_the_answer_to_the_return(event: ReturnWasAgreed | ReturnWasRefused, fact: Fact) -> None:
    """RET-01: what becomes of it, and why not."""
    _write(event, fact, "return_agreed" if isinstance(event, ReturnWasAgreed) else "return_refused", return_number=event.number)


@react(ReturnInformationWasAsked)
def ask_for_more(event: ReturnInformationWasAsked, fact: Fact) -> None:
    """RET-01: with an address of their own to answer on."""
    _write(event, fact, "return_asked", return_number=event.number, answer_on=(RETURN[0], event.return_id))
