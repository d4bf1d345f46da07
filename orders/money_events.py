"""What the customer need not pay any more, or gets back, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.facts import Event


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
