"""What production answers to the questions of the house: navigation, and how its rows look on My work."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.questions import answers
from organization.roles import RIGHTS, Role, has_role
from production.contact.models import ContactSheet
from production.contact.selectors import sees_sheets
from production.models import PlanTask, ProductionPlan

WORKERS = (Role.OPERATOR, Role.PRODUCTION_MANAGER, Role.DESIGNER, Role.PACKER)


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    kinds = {kind for hat in actor.hats for kind in RIGHTS[hat.role].sees}
    found = []
    if "plan" in kinds:
        found.append(
            {
                "section": "production",
                "title": _("Production plans"),
                "url": reverse("production:plans"),
                "icon": "layout-grid",
                "position": 40,
            }
        )
    if "task" in kinds and has_role(actor, *WORKERS):
        found.append({"section": "production", "title": _("Tasks"), "url": reverse("production:tasks"), "icon": "tool", "position": 41})
    if sees_sheets(actor):
        found.append(
            {"section": "", "title": _("Contact sheets"), "url": reverse("production:contacts"), "icon": "messages", "position": 9}
        )
    return found or None


@answers("things")
def things(kind: str, ids: list[int], actor: Actor) -> dict[int, dict[str, Any]] | None:
    if kind == "production.productionplan":
        plans = ProductionPlan.objects.visible_to(actor).filter(pk__in=ids).select_related("order__customer")
        return {
            plan.pk: {"title": plan.number, "text": f"{plan.order.number} {plan.order.customer.name}", "url": plan.get_absolute_url()}
            for plan in plans
        }
    if kind == "production.plantask":
        tasks = PlanTask.objects.visible_to(actor).filter(pk__in=ids).select_related("plan__order")
        return {task.pk: {"title": task.plan.number, "text": task.label, "url": task.get_absolute_url()} for task in tasks}
    if kind == "production.contactsheet":
        sheets = ContactSheet.objects.visible_to(actor).filter(pk__in=ids)
        return {sheet.pk: {"title": sheet.number, "text": sheet.problem, "url": sheet.get_absolute_url()} for sheet in sheets}
    return None


@answers("may_read_document")
def may_read(actor: Actor, attachment: Any, printed: Any) -> bool | None:
    """The paper of a contact sheet belongs to whoever sees the sheet."""
    paper = attachment or printed
    if paper is None or paper.subject_kind != "production.contactsheet":
        return None
    return ContactSheet.objects.visible_to(actor).filter(pk=paper.subject_id).exists()
