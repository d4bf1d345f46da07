"""What the order page shows of shipping: quantities per line (SHP-07) and the shipments."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.panels import Panel, hang
from organization.roles import Role, has_role
from shipping.models import Shipment
from shipping.selectors import against_notice, standings


def shipping_of_order(order: Any, actor: Actor) -> dict[str, Any]:
    """Five queries, whatever the number of lines and shipments."""
    rows = standings(order)
    notices = has_role(actor, Role.ORDER_MANAGER)
    reasons = against_notice(order, rows) if notices else []
    return {
        "rows": rows,
        "shipments": list(Shipment.objects.visible_to(actor).filter(order=order).order_by("-pk")),
        "may_notice": notices,
        "reasons": [str(reason) for reason in reasons],
        "notice_url": reverse("shipping:notice", args=[order.number]),
    }


hang(Panel("shipping", _("Shipping"), "shipment", "shipping/panel.html", shipping_of_order, 70))
