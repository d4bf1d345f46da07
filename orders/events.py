"""What happens to an order, in the past tense. Departments listen to these; the order never learns who does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.facts import Event


@dataclass(frozen=True, kw_only=True)
class OrderWasRegistered(Event):
    text = _("Order {number} registered ({channel})")
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
    text = _("Classified as {order_class}: {reasons}")
    order_class: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RequirementsWereConfirmed(Event):
    text = _("Requirements confirmed, wanted {wanted_date}")
    tone = "ok"
    customer_visible = True
    wanted_date: date


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


# --- changes (CHG-01..05) and cancelling (CHG-09) -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ChangeEvent(Event):
    """Something about a change request; it stands on the order's timeline, too."""

    about = ("orders.changerequest", "change_id")
    change_id: int


@dataclass(frozen=True, kw_only=True)
class ChangeWasReceived(ChangeEvent):
    text = _("Change request {number} registered ({channel}): “{words}”")
    customer_visible = True
    number: str
    kind_of_change: str
    channel: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ChangeWasDescribed(ChangeEvent):
    text = _("{number}: what changes was entered; touched: {rows}")
    number: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ChangeWasClassified(ChangeEvent):
    text = _("{number}: class {klass}. {reason}")
    number: str
    klass: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class DepartmentWasTold(ChangeEvent):
    text = _("{number}: department head told, the change affects the delivery date: {name}")
    number: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ChangeReviewWasOpened(ChangeEvent):
    text = _("{number}: re-review for {asked_date}, the order stays where it is")
    number: str
    review_id: int
    asked_date: date
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeReviewWasConcluded(ChangeEvent):
    text = _("{number}: re-review concluded, possible date {reviewed_date}")
    number: str
    reviewed_date: date | None


@dataclass(frozen=True, kw_only=True)
class ChangeReviewWasEnded(ChangeEvent):
    text = _("{number}: re-review ended, its opinions are not needed any more")
    number: str


@dataclass(frozen=True, kw_only=True)
class ChangePricesWereEntered(ChangeEvent):
    text = _("{number}: prices of the change entered")
    money_text = _("difference {difference}")
    money = ("difference",)
    number: str
    difference: Decimal


@dataclass(frozen=True, kw_only=True)
class ChangeWasAnswered(ChangeEvent):
    text = _("{number}: the customer agrees to {promised_date} ({answered_by})")
    customer_visible = True
    number: str
    promised_date: date
    answered_by: str


@dataclass(frozen=True, kw_only=True)
class ThingWasDecided(ChangeEvent):
    text = _("{number}: {title} – {decision}")
    number: str
    title: str
    decision: str


@dataclass(frozen=True, kw_only=True)
class WorkWasHeld(ChangeEvent):
    """The work on one thing stops, or goes on, until the change is concluded."""

    text = _("{number}: work stopped on {title}: {hold}")
    number: str
    thing: str
    reference: int
    title: str
    hold: str


@dataclass(frozen=True, kw_only=True)
class RecallWasTried(ChangeEvent):
    text = _("{number}: recall of the goods under way: {outcome}")
    number: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class AgreementWasDrafted(ChangeEvent):
    text = _("{number}: supplementary agreement {agreement} drafted")
    money_text = _("difference {difference}")
    money = ("difference",)
    customer_visible = True
    number: str
    agreement: str
    difference: Decimal


@dataclass(frozen=True, kw_only=True)
class AgreementWasSigned(ChangeEvent):
    text = _("Supplementary agreement {agreement} signed by {name}")
    customer_visible = True
    agreement: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ChangeNoticeWasIssued(ChangeEvent):
    text = _("Change notice {number} issued to production")
    tone = "ok"
    number: str


@dataclass(frozen=True, kw_only=True)
class ChangeWasCirculated(ChangeEvent):
    text = _("Change notice {number} circulated")
    number: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeWasSignedFor(ChangeEvent):
    text = _("Change notice {number} signed for by {role}: {name}")
    number: str
    role: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ChangeWasApplied(ChangeEvent):
    """The order stands at its new revision. `overpaid` is what the customer has paid beyond the new amount: finance gives it back."""

    text = _("{number} applied: the order is at R{revision}")
    money_text = _("difference {difference}, overpaid {overpaid}")
    money = ("difference", "overpaid")
    tone = "ok"
    customer_visible = True
    number: str
    revision: int
    promised_date: date | None = None
    difference: Decimal = Decimal(0)
    overpaid: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class ChangeWasRefused(ChangeEvent):
    text = _("{number} refused: {reason}")
    tone = "bad"
    customer_visible = True
    number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChargeWasAgreed(ChangeEvent):
    text = _("{number}: charge for the cancelling agreed: {note}")
    money_text = _("{charge}")
    money = ("charge",)
    number: str
    note: str
    charge: Decimal


@dataclass(frozen=True, kw_only=True)
class OrderWasCancelled(Event):
    """Everything not shipped is cancelled. `charge` is owed beside what was shipped, `refund` is what was paid beyond both."""

    text = _("Order cancelled: {reason}")
    money_text = _("charge {charge}, to be refunded {refund}")
    money = ("charge", "refund")
    tone = "bad"
    customer_visible = True
    ends_clocks = True
    change_id: int
    reason: str
    charge: Decimal
    refund: Decimal


@dataclass(frozen=True, kw_only=True)
class ExchangeWasOrdered(Event):
    """`order_id` is the order whose goods are exchanged; `reference` the return's number, empty before shipping (RET-07)."""

    text = _("Order {number} made in exchange. {reference}")
    customer_visible = True
    new_order_id: int
    number: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class MoneyWasCredited(Event):
    """What the customer need not pay any more: returned goods."""

    text = _("Credited to the customer")
    money_text = _("{amount}")
    money = ("amount",)
    credit_id: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class MoneyWasRefunded(Event):
    """Booked when the refund is agreed; it is paid by finance (RET-04)."""

    text = _("Refund booked on the order")
    money_text = _("{amount}")
    money = ("amount",)
    refund_id: int
    amount: Decimal
