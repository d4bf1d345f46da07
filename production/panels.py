"""What the order page shows of production."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.panels import Panel, hang
from production.contact.models import ContactSheet
from production.selectors import plan_of, rows_of, tasks_of_plan


def production_of_order(order: Any, actor: Actor) -> dict[str, Any]:
    """Two queries, whatever the number of tasks."""
    plan = plan_of(order, actor)
    rows = rows_of(tasks_of_plan(plan), timezone.localdate()) if plan else []
    slow = sum(1 for row in rows if row["deviation"].kind in ("late", "soon"))
    return {"plan": plan, "rows": rows, "done": sum(1 for row in rows if row["task"].state == "done"), "slow": slow}


hang(Panel("production", _("Production"), "plan", "production/panel.html", production_of_order, 20))


def contacts_of_order(order: Any, actor: Actor) -> dict[str, Any]:
    """What departments asked each other about the order, as far as this person's department is part of it."""
    sheets = ContactSheet.objects.visible_to(actor).filter(order=order).select_related("asking__company", "asked__company")
    return {"sheets": list(sheets.order_by("-pk"))}


hang(Panel("contacts", _("Contact sheets"), "contact", "production/contact_panel.html", contacts_of_order, 80))
