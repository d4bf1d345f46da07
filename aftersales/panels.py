"""What the order page shows of the time after delivery."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales.guards import applicant
from aftersales.lists import STARS
from aftersales.models import Rating, ReturnRequest, ServiceRequest
from aftersales.selectors import said_of
from core.actor import Actor
from core.panels import Panel, hang
from core.reasons import NotAllowed
from orders.models import Exchange
from organization.roles import sees_sale_prices


def service_of_order(order: Any, actor: Actor) -> dict[str, Any]:
    """Services, returns, ratings and exchanges of the order, as far as this person sees them."""
    ratings = Rating.objects.visible_to(actor).filter(order_id=order.pk).select_related("service", "order")
    return {
        "order": order,
        "services": list(ServiceRequest.objects.visible_to(actor).filter(order_id=order.pk).order_by("-pk")),
        "returns": list(ReturnRequest.objects.visible_to(actor).filter(order_id=order.pk).order_by("-pk")),
        "ratings": [{"rating": row, "stars": STARS[row.stars]} for row in ratings.order_by("-pk")],
        "customer": said_of(order),
        "exchanges": list(Exchange.objects.filter(old_id=order.pk).select_related("new")),
        "exchanged_from": Exchange.objects.filter(new_id=order.pk).select_related("old", "new").first(),
        "prices": sees_sale_prices(actor),
        "acts": order_acts(order, actor),
    }


def order_acts(order: Any, actor: Actor) -> list[dict[str, Any]]:
    """What this person may begin on the order after delivery; none for who may not."""
    try:
        applicant(order, actor)
    except NotAllowed:
        return []
    known = ((_("Service request"), "headset", "request_service"), (_("Apply for a return"), "truck-return", "apply_return"))
    return [
        {"step": step, "label": label, "icon": icon, "url": reverse("aftersales:order_act", args=[order.number, step])}
        for label, icon, step in known
    ]


hang(Panel("service", _("Service and returns"), "service", "aftersales/panel.html", service_of_order, 85))
