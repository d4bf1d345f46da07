"""What happens to shortages, in the past tense (INV-06)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.facts import Event


@dataclass(frozen=True, kw_only=True)
class LineBecameShort(Event):
    text = _("Line {line_no} is short: {quantity} {unit} of {code}. {cause}")
    tone = "bad"
    about = ("orders.shortage", "shortage_id")
    shortage_id: int
    line_no: int
    code: str
    quantity: Decimal
    unit: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class ShortageWasDecided(Event):
    """The customer reads `told` and the decision; the note stays in the house."""

    text = _("Shortage of {code}, line {line_no}: {outcome}. {told}")
    about = ("orders.shortage", "shortage_id")
    coded = {"outcome": "orders.Shortage.outcome"}
    customer_visible = True
    shortage_id: int
    line_id: int
    item_id: int
    line_no: int
    code: str
    quantity: Decimal
    outcome: str
    told: str


@dataclass(frozen=True, kw_only=True)
class ShortageLapsed(Event):
    text = _("Shortage of {code}, line {line_no}: no longer wanted")
    about = ("orders.shortage", "shortage_id")
    shortage_id: int
    line_no: int
    code: str
