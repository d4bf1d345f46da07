"""What the order page shows of demand and purchases."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.panels import Panel, hang
from procurement.selectors import demand_of, purchase_rows, sheet_of


def procurement_of_order(order: Any, actor: Actor) -> dict[str, Any]:
    """Three queries, whatever the number of rows."""
    sheet = sheet_of(order, actor)
    demands = demand_of(sheet) if sheet else []
    return {
        "sheet": sheet,
        "missing": [demand for demand in demands if demand.missing > 0],
        "covered": sum(1 for demand in demands if demand.missing == 0),
        "total": len(demands),
        "lines": purchase_rows(order, actor),
    }


hang(Panel("procurement", _("Purchasing"), "purchase", "procurement/panel.html", procurement_of_order, 30))
