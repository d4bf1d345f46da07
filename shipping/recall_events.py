"""What happens to goods that are called back on their way (CHG-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.facts import Event
from shipping.events import SHIPMENT


@dataclass(frozen=True, kw_only=True)
class ShipmentWasCalledBack(Event):
    """Transport is asked to have the goods turned round."""

    text = _("Delivery {delivery_number} is to be called back: {words}")
    tone = "bad"
    about = SHIPMENT
    shipment_id: int
    delivery_number: str
    words: str


@dataclass(frozen=True, kw_only=True)
class RecallWasWithdrawn(Event):
    text = _("Delivery {delivery_number} goes on to the customer after all; nothing is called back")
    about = SHIPMENT
    shipment_id: int
    delivery_number: str


@dataclass(frozen=True, kw_only=True)
class RecallWasInVain(Event):
    text = _("Delivery {delivery_number} cannot be called back: {answer}")
    tone = "bad"
    about = SHIPMENT
    shipment_id: int
    delivery_number: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class ShipmentWasTurnedRound(Event):
    text = _("Delivery {delivery_number} was turned round, back by {back_on}: {answer}")
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    delivery_number: str
    answer: str
    back_on: date


@dataclass(frozen=True, kw_only=True)
class ShipmentCameBack(Event):
    """`lines` and `quantities` go together: order lines that are not shipped any more. `promised_date` is given when the order stands
    complete in store, so that the notice clock starts again.
    """

    text = _("Goods of delivery {delivery_number} are back in the house")
    customer_visible = True
    about = SHIPMENT
    shipment_id: int
    delivery_number: str
    lines: tuple[int, ...]
    quantities: tuple[str, ...]
    promised_date: date | None


@dataclass(frozen=True, kw_only=True)
class RecalledGoodsWereReceived(Event):
    """One batch of them, blocked in store; `movement_id` is the stock movement with which it had left."""

    text = _("Called back and blocked in store: {code} × {quantity}")
    about = SHIPMENT
    shipment_id: int
    movement_id: int
    line_id: int | None
    item_id: int
    company_id: int
    balance_id: int
    code: str
    quantity: Decimal
