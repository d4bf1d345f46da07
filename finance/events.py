"""What happens to payments and invoices, in the past tense. Amounts are money: kept apart from roles without prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.facts import Event

PAYMENT = ("finance.payment", "payment_id")
REFUND = ("finance.refund", "refund_id")


@dataclass(frozen=True, kw_only=True)
class PaymentWasRecorded(Event):
    text = _("Payment {number} of {paid_on} recorded")
    money_text = _("{amount}")
    money = ("amount",)
    about = PAYMENT
    payment_id: int
    number: str
    paid_on: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class PaymentWasConfirmed(Event):
    text = _("Payment {number} confirmed")
    money_text = _("{amount}")
    money = ("amount",)
    tone = "ok"
    about = PAYMENT
    payment_id: int
    number: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class PaymentWasReversed(Event):
    text = _("Payment {number} reversed: {reason}")
    money_text = _("{amount}")
    money = ("amount",)
    tone = "bad"
    about = PAYMENT
    payment_id: int
    number: str
    reason: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class InvoiceWasIssued(Event):
    text = _("Invoice {number} issued")
    money_text = _("amount {amount}")
    money = ("amount",)
    customer_visible = True
    about = ("finance.invoice", "invoice_id")
    invoice_id: int
    number: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class CreditNoteWasIssued(Event):
    text = _("Credit note {number} for invoice {corrected} issued")
    money_text = _("amount {amount}")
    money = ("amount",)
    customer_visible = True
    about = ("finance.invoice", "invoice_id")
    invoice_id: int
    number: str
    corrected: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class NothingWasToRefund(Event):
    """Goods that the customer does not keep had not been paid for: the credit lowers what is owed (RET-04).

    `number` names the return, or the delivery that they were missing from.
    """

    text = _("Goods of {number} credited; nothing to pay back, so much less is owed")
    money_text = _("{amount}")
    money = ("amount",)
    customer_visible = True
    credit_id: int
    number: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class RefundWasAgreed(Event):
    text = _("Refund {number} agreed: {reason}")
    money_text = _("{amount}")
    money = ("amount",)
    customer_visible = True
    about = REFUND
    refund_id: int
    number: str
    reason: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class RefundWasKept(Event):
    """Not paid back but kept for the exchange order (RET-07); `reason` is the return's number."""

    text = _("What was paid for the goods of {reason} is kept for the exchange order ({number})")
    money_text = _("{amount}")
    money = ("amount",)
    customer_visible = True
    about = REFUND
    refund_id: int
    number: str
    reason: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class RefundWasSetOff(Event):
    """It counts as a payment of the exchange order `new_number`."""

    text = _("Refund {number} set off against exchange order {new_number}")
    money_text = _("{amount}")
    money = ("amount",)
    tone = "ok"
    customer_visible = True
    about = REFUND
    refund_id: int
    number: str
    new_number: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class RefundWasPaid(Event):
    """The customer reads it (RET-04)."""

    text = _("Refund {number} paid on {paid_on}")
    money_text = _("{amount}")
    money = ("amount",)
    tone = "ok"
    customer_visible = True
    about = REFUND
    refund_id: int
    number: str
    paid_on: date
    amount: Decimal
