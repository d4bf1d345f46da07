"""What the order page shows of the stock."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.panels import Panel, hang
from inventory.models import StockBalance
from inventory.selectors import put_aways_of, reservations_of
from organization.roles import visible


def stock_of_order(order: Any, actor: Actor) -> dict[str, Any]:
    """What is reserved for the order and what of it waits for the store, as far as this person sees the stock."""
    return {
        "reservations": list(reservations_of(order.pk).filter(balance__in=visible(StockBalance.objects.all(), actor))),
        "put_aways": list(visible(put_aways_of(order.pk), actor)),
    }


hang(Panel("stock", _("Stock"), "stock", "inventory/panel.html", stock_of_order, 40))
