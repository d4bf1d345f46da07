"""What shipping answers to the questions of the house: navigation, My work, and who may read its papers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.questions import answers
from shipping.models import Shipment
from shipping.selectors import sees_shipments


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    if not sees_shipments(actor):
        return None
    return [{"section": "supply", "title": _("Shipments"), "url": reverse("shipping:list"), "icon": "truck-delivery", "position": 70}]


@answers("things")
def things(kind: str, ids: list[int], actor: Actor) -> dict[int, dict[str, Any]] | None:
    if kind != "shipping.shipment":
        return None
    rows = Shipment.objects.visible_to(actor).filter(pk__in=ids).select_related("order__customer")
    return {
        row.pk: {"title": str(row), "text": f"{row.order.number} {row.order.customer} → {row.place}", "url": row.get_absolute_url()}
        for row in rows
    }


@answers("may_read_document")
def may_read(actor: Actor, attachment: Any, printed: Any) -> bool | None:
    """Papers of a shipment belong to whoever sees the shipment."""
    paper = attachment or printed
    if paper is None or paper.subject_kind != "shipping.shipment":
        return None
    return Shipment.objects.visible_to(actor).filter(pk=paper.subject_id).exists()
