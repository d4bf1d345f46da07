"""What the order page shows of quality."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.panels import Panel, hang
from quality.models import Inspection, Nonconformity


def quality_of_order(order: Any, actor: Actor) -> dict[str, Any]:
    """The order's inspections and what of its goods did not conform, as far as this person sees them."""
    inspections = Inspection.objects.visible_to(actor).filter(order_id=order.pk)
    problems = Nonconformity.objects.visible_to(actor).filter(inspection__order_id=order.pk)
    return {
        "inspections": list(inspections.select_related("item__unit").order_by("-pk")),
        "nonconformities": list(problems.select_related("inspection__item__unit").order_by("-pk")),
    }


hang(Panel("quality", _("Quality"), "inspection", "quality/panel.html", quality_of_order, 35))
