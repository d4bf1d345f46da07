"""Facts of the house that a customer is written about. Each may come twice and is written once (the key of its delivery)."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from aftersales.events import RETURN, ReturnInformationWasAsked, ReturnWasAgreed, ReturnWasRefused
from core.facts import Event, react
from core.models import Fact
from finance.events import RefundWasPaid
from orders import events as e
from orders.models import Order, Shortage
from orders.shortage_events import ShortageWasDecided
from portal.messages import write_to_customer
from shipping.events import ArrivalWasMoved, ShipmentWasDispatched

PLAIN: dict[type[Event], str] = {
    e.OrderWasRegistered: "registered",
    e.RequirementsWereConfirmed: "confirmed",
    e.InstructionWasIssued: "instructed",
    e.OrderWasStocked: "stocked",
    ShipmentWasDispatched: "dispatched",
    e.OrderWasDelivered: "delivered",
    e.OrderWasCancelled: "cancelled",
}


def _write(event: Any, fact: Fact, message: str, **figures: Any) -> None:
    order = Order.objects.get(pk=fact.order_id or 0)
    write_to_customer(order=order, message=message, fact_id=fact.pk, at=fact.at, **{**vars(event), **figures, "number": order.number})


@react(*PLAIN)
def tell_the_customer(event: Any, fact: Fact) -> None:
    _write(event, fact, PLAIN[type(event)])


@react(e.PromiseWasMoved)
def tell_of_the_moved_promise(event: e.PromiseWasMoved, fact: Fact) -> None:
    why = format_lazy(_("The signed contract came back {days} days after it was sent."), days=event.days)
    _write(event, fact, "date_moved", new_date=event.promised_date, old_date=event.sent_promise, reason=why)


@react(e.ChangeWasApplied)
def tell_of_the_date_of_the_change(event: e.ChangeWasApplied, fact: Fact) -> None:
    """FUP-06: a change that moves the promise; one that leaves the date where it was is no news about it."""
    if moved := fact.changes.get("promised_date"):
        old, new = moved
        why = format_lazy(_("Change request {number} is carried out."), number=event.number)
        _write(event, fact, "date_moved", new_date=new, old_date=old, reason=why)


@react(ShortageWasDecided)
def tell_of_the_shortage(event: ShortageWasDecided, fact: Fact) -> None:
    """INV-06: what was decided, and in the words that order management wrote down; a delay beyond the promise says both dates."""
    promised, delay = Order.objects.get(pk=fact.order_id or 0).promised_date, fact.changes.get("expected_date")
    if event.outcome == Shortage.Outcome.DELAY and promised and delay and delay[1] > promised.isoformat():
        _write(event, fact, "date_moved", new_date=delay[1], old_date=promised, reason=event.told)
    else:
        _write(event, fact, "short", decision=Shortage.Outcome(event.outcome).label)


@react(e.ChangeWasRefused)
def tell_that_the_change_ended(event: e.ChangeWasRefused, fact: Fact) -> None:
    _write(event, fact, "change_ended", change_number=event.number, what=event.in_words()["kind_of_change"])


@react(RefundWasPaid)
def tell_of_the_refund(event: RefundWasPaid, fact: Fact) -> None:
    """RET-04: when it is really paid; what is only booked may still be set off."""
    _write(event, fact, "refunded", refund_number=event.number)


@react(e.FollowUpWasRecorded)
def tell_of_the_later_date(event: e.FollowUpWasRecorded, fact: Fact) -> None:
    """A follow-up that expects the goods after the promise; that all is well is no news."""
    promised = Order.objects.get(pk=fact.order_id or 0).promised_date
    if promised is not None and event.expected_date > promised:
        why = _("Our check of the progress has shown it.")  # what was found stays in the house
        _write(event, fact, "date_moved", new_date=event.expected_date, old_date=promised, reason=why)


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
