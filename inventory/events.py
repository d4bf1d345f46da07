"""What happens in the store, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.facts import Event


@dataclass(frozen=True, kw_only=True)
class PutAwayWasAsked(Event):
    """Accepted goods wait for the store keeper; they stay blocked until then."""

    about = ("inventory.putaway", "put_away_id")
    text = _("Accepted, waits for the store: {code} × {quantity}")
    put_away_id: int
    source_kind: str
    source_id: int
    code: str
    quantity: Decimal
    line_id: int | None


@dataclass(frozen=True, kw_only=True)
class GoodsWerePutAway(Event):
    """Free in store, or firmly reserved for the order line that is named.

    `balance_id` is where they stand; None when each serial number stands by itself.
    """

    about = ("inventory.putaway", "put_away_id")
    text = _("In store: {code} × {quantity}, location {location}")
    tone = "ok"
    put_away_id: int
    source_kind: str
    source_id: int
    item_id: int
    company_id: int
    code: str
    quantity: Decimal
    line_id: int | None
    balance_id: int | None
    location: str
    batch: str
