"""What quality answers to the questions of the house: navigation, and how its obligations look on My work."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.questions import answers
from organization.roles import RIGHTS
from quality.models import Inspection, Nonconformity


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    if not any("inspection" in RIGHTS[hat.role].sees for hat in actor.hats):
        return None
    queue = {"title": _("Inspections"), "url": reverse("quality:inspections"), "icon": "clipboard-check", "position": 50}
    problems = {"title": _("Nonconformities"), "url": reverse("quality:nonconformities"), "icon": "alert-octagon", "position": 51}
    return [{"section": "production", **entry} for entry in (queue, problems)]


@answers("things")
def things(kind: str, ids: list[int], actor: Actor) -> dict[int, dict[str, Any]] | None:
    if kind == "quality.inspection":
        rows = Inspection.objects.visible_to(actor).filter(pk__in=ids).select_related("item__unit")
        return {row.pk: _thing(row, row.quantity, row.get_absolute_url()) for row in rows}
    if kind == "quality.nonconformity":
        found = Nonconformity.objects.visible_to(actor).filter(pk__in=ids).select_related("inspection__item__unit")
        return {row.pk: _thing(row.inspection, row.quantity, row.get_absolute_url()) for row in found}
    return None


def _thing(inspection: Inspection, quantity: Decimal, url: str) -> dict[str, Any]:
    item = inspection.item
    return {"title": inspection.number, "text": f"{item.code} {item.name} × {quantity.normalize():f} {item.unit.code}", "url": url}
