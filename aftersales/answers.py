"""What after-sales answers to the questions of the house: navigation, My work, and who may read its papers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.models import Rating, ReturnRequest, ServiceRequest
from aftersales.panels import order_acts
from core.actor import Actor
from core.questions import answers
from organization.roles import RIGHTS

MODELS: dict[str, Any] = {
    "aftersales.servicerequest": ServiceRequest,
    "aftersales.returnrequest": ReturnRequest,
    "aftersales.rating": Rating,
}


@answers("way_back")
def a_return_brings_them_back(order: Any, actor: Actor) -> dict[str, Any] | None:
    """CHG-10: what left and cannot be called back comes back by a return."""
    return next((act for act in order_acts(order, actor) if act["step"] == "apply_return"), None)


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    if not any("service" in RIGHTS[hat.role].sees for hat in actor.hats):
        return None
    entry = {"title": _("Service and returns"), "url": reverse("aftersales:services"), "icon": "headset", "position": 75}
    return [{"section": "sales", **entry}]


@answers("things")
def things(kind: str, ids: list[int], actor: Actor) -> dict[int, dict[str, Any]] | None:
    if kind == "aftersales.damage":  # decided on its service request
        requests = ServiceRequest.objects.visible_to(actor).filter(damage_id__in=ids).select_related("order__customer")
        return {row.damage_id: _shown(row) for row in requests if row.damage_id}
    if kind not in MODELS:
        return None
    rows = MODELS[kind].objects.visible_to(actor).filter(pk__in=ids).select_related("order__customer")
    return {row.pk: _shown(row) for row in rows}


def _shown(row: Any) -> dict[str, Any]:
    return {"title": str(row), "text": f"{row.order.number} {row.order.customer}", "url": row.get_absolute_url()}


@answers("may_read_document")
def may_read(actor: Actor, attachment: Any, printed: Any) -> bool | None:
    """Papers of a service request, a return or a rating belong to whoever sees it."""
    paper = attachment or printed
    model = MODELS.get(paper.subject_kind) if paper else None
    return model.objects.visible_to(actor).filter(pk=paper.subject_id).exists() if model else None
