"""What happens to an order, in the past tense. Departments listen to these; the order never learns who does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from core.facts import Event
from orders.change_events import (  # noqa: F401  they stand with the others, for whoever listens
    AgreementWasDrafted,
    AgreementWasSigned,
    ChangeNoticeWasIssued,
    ChangePricesWereEntered,
    ChangeReviewWasConcluded,
    ChangeReviewWasEnded,
    ChangeReviewWasOpened,
    ChangeWasAnswered,
    ChangeWasApplied,
    ChangeWasCirculated,
    ChangeWasClassified,
    ChangeWasDescribed,
    ChangeWasFoundImpossible,
    ChangeWasReceived,
    ChangeWasRefused,
    ChangeWasSignedFor,
    ChargeWasAgreed,
    DepartmentsWereAdded,
    DepartmentWasTold,
    OrderWasCancelled,
    ThingWasDecided,
    WorkWasHeld,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class OrderWasRegistered(Event):
    text = _("Order {number} registered ({channel})")
    coded = {"channel": "orders.Order.channel"}
    customer_visible = True
    number: str
    channel: str
    priority: str
    received_at: datetime
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class OrderWasEdited(Event):
    text = _("Intake changed")
    lines: int


@dataclass(frozen=True, kw_only=True)
class OrderWasClassified(Event):
    """`reasons`: the questions that were answered with yes, by the names of their fields."""

    text = _("Classified as {order_class}: {reasons}")
    coded = {"order_class": "orders.Order.order_class"}
    order_class: str
    reasons: tuple[str, ...]

    def in_words(self) -> dict[str, Any]:
        known = {field.name: field.verbose_name for field in apps.get_model("orders.Order")._meta.fields}
        reasons = tuple(str(known.get(name, name)) for name in self.reasons) or (_("none of the four questions"),)
        return {**super().in_words(), "reasons": reasons}


@dataclass(frozen=True, kw_only=True)
class RequirementsWereConfirmed(Event):
    text = _("Requirements confirmed, wanted {wanted_date}")
    tone = "ok"
    customer_visible = True
    wanted_date: date


@dataclass(frozen=True, kw_only=True)
class CustomerConfirmedOrder(Event):
    text = _("The customer has confirmed the order as taken down: {confirmed_by}")
    tone = "ok"
    customer_visible = True
    confirmed_by: str


@dataclass(frozen=True, kw_only=True)
class OrderWasAnswered(Event):
    text = _("Order compared and answered to the customer: {note}")
    customer_visible = True
    note: str


@dataclass(frozen=True, kw_only=True)
class ReviewWasOpened(Event):
    text = _("Review round {round} opened for {asked_date}")
    review_id: int
    round: int
    asked_date: date
    roles: tuple[str, ...]
    waits_for_meeting: bool = False


@dataclass(frozen=True, kw_only=True)
class OpinionWasGiven(Event):
    text = _("Opinion: {verdict}, {earliest_date}. {comment}")
    coded = {"verdict": "orders.Opinion.verdict"}
    review_id: int
    role: str
    verdict: str
    earliest_date: date | None
    comment: str


@dataclass(frozen=True, kw_only=True)
class ReviewWasPassed(Event):
    text = _("Review passed, reviewed date {reviewed_date}")
    tone = "ok"
    customer_visible = True
    review_id: int
    reviewed_date: date


@dataclass(frozen=True, kw_only=True)
class NegotiationWasOpened(Event):
    text = _("Not feasible as wanted; earliest {earliest_date}")
    tone = "bad"
    review_id: int
    earliest_date: date | None


@dataclass(frozen=True, kw_only=True)
class DateWasProposed(Event):
    text = _("Customer agreed to {wanted_date}: {note}")
    customer_visible = True
    wanted_date: date
    note: str


@dataclass(frozen=True, kw_only=True)
class RefusalWasAsked(Event):
    text = _("Refusal asked for: {reason}")
    tone = "bad"
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderWasRefused(Event):
    text = _("Order refused: {reason}")
    tone = "bad"
    customer_visible = True
    ends_clocks = True
    reason: str


@dataclass(frozen=True, kw_only=True)
class RefusalWasOverruled(Event):
    text = _("Ordered to be accepted for {reviewed_date}: {reason}")
    reviewed_date: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecisionWasRecorded(Event):
    text = _("Decision on “{matter}”: {reason}")
    coded = {"matter": "orders.ManualDecision.kind"}
    matter: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class QuotationWasIssued(Event):
    text = _("Quotation {number} sent, valid until {valid_until}")
    money_text = _("amount {amount}")
    money = ("amount",)
    customer_visible = True
    quotation_id: int
    number: str
    valid_until: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class ContractWasSent(Event):
    text = _("Contract {number} sent, promised date {promised_date}")
    money_text = _("amount {amount}")
    money = ("amount",)
    customer_visible = True
    contract_id: int
    number: str
    promised_date: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class ContractWasSignedByUs(Event):
    text = _("Contract signed for our side by {name}")
    contract_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class ContractWasSigned(Event):
    text = _("Signed contract filed, signed by {name}")
    tone = "ok"
    customer_visible = True
    contract_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class ContractTookEffect(Event):
    text = _("Contract in force, promised date {promised_date}")
    tone = "ok"
    customer_visible = True
    contract_id: int
    promised_date: date
    to_be_made: bool


@dataclass(frozen=True, kw_only=True)
class InstructionWasIssued(Event):
    """Released to production; `complete_set` says whether any line is one (24 h instead of 4 h for the plan)."""

    text = _("Production instruction {number} issued, due {due_date}")
    tone = "ok"
    instruction_id: int
    number: str
    due_date: date
    complete_set: bool


@dataclass(frozen=True, kw_only=True)
class OrderWasFulfilledFromStock(Event):
    text = _("Taken wholly from stock")
    tone = "ok"
    promised_date: date


@dataclass(frozen=True, kw_only=True)
class PlanWasReleasedForOrder(Event):
    text = _("Production plan in force")
    tone = "ok"


@dataclass(frozen=True, kw_only=True)
class ProductionWasStarted(Event):
    text = _("Production started")
    customer_visible = True


@dataclass(frozen=True, kw_only=True)
class OrderWasStocked(Event):
    text = _("All open quantity is in store")
    tone = "ok"
    customer_visible = True
    promised_date: date


@dataclass(frozen=True, kw_only=True)
class ShippingWasBegun(Event):
    text = _("Shipping begun")


@dataclass(frozen=True, kw_only=True)
class OrderWasDelivered(Event):
    text = _("All open quantity received by the customer")
    tone = "ok"
    customer_visible = True


@dataclass(frozen=True, kw_only=True)
class OrderWasInvoiced(Event):
    text = _("All that was delivered is invoiced")


@dataclass(frozen=True, kw_only=True)
class PaymentBecameDue(Event):
    text = _("Payment {position} due on {due_on}")
    money_text = _("amount {amount}")
    money = ("amount",)
    about = ("orders.paymentdue", "due_id")
    due_id: int
    position: int
    due_on: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class DueWasSettled(Event):
    text = _("Payment {position} is in")
    tone = "ok"
    about = ("orders.paymentdue", "due_id")
    due_id: int
    position: int


@dataclass(frozen=True, kw_only=True)
class MoneyWasReceived(Event):
    text = _("Payment booked on the order")
    money_text = _("{amount}")
    money = ("amount",)
    payment_id: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class MoneyWasReversed(Event):
    text = _("Payment taken back")
    money_text = _("{amount}")
    money = ("amount",)
    tone = "bad"
    payment_id: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class FollowUpWasRecorded(Event):
    text = _("Follow-up: {verdict}, expected {expected_date}. {note}")
    coded = {"verdict": "orders.FollowUp.verdict"}
    verdict: str
    expected_date: date
    note: str


@dataclass(frozen=True, kw_only=True)
class OrderWasClosed(Event):
    text = _("Order closed")
    tone = "ok"
    ends_clocks = True


@dataclass(frozen=True, kw_only=True)
class OrderWasTakenBack(Event):
    text = _("Taken back to intake: {reason}")
    tone = "bad"
    ends_clocks = True
    reason: str
    received_at: datetime
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class OrderWasWithdrawn(Event):
    text = _("Withdrawn: {reason}")
    tone = "bad"
    customer_visible = True
    ends_clocks = True
    reason: str


@dataclass(frozen=True, kw_only=True)
class ValidityWasExtended(Event):
    text = _("Valid until {valid_until} now: {reason}")
    customer_visible = True
    valid_until: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class ValidityEnded(Event):
    """Published by the clock when the validity has run out (INT-17)."""

    text = _("The validity has ended")


@dataclass(frozen=True, kw_only=True)
class PromiseWasMoved(Event):
    """CON-03: the signed form came back late."""

    text = _("Signed form back {days} days after it was sent: promised date {sent_promise} → {promised_date}")
    customer_visible = True
    contract_id: int
    days: int
    sent_promise: date
    promised_date: date


@dataclass(frozen=True, kw_only=True)
class ExchangeWasOrdered(Event):
    """`order_id` is the order whose goods are exchanged; `reference` the return's number, empty before shipping (RET-07)."""

    text = _("Order {number} made in exchange. {reference}")
    customer_visible = True
    new_order_id: int
    number: str
    reference: str
