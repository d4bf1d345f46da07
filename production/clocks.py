"""Clocks that planning must meet (sla.md)."""

from django.utils.translation import gettext_lazy as _

from orders.events import InstructionWasIssued
from orders.models import Order
from organization.finding import owner, role_at
from organization.roles import Role
from production.contact.events import ContactSheetWasAnswered, ContactSheetWasClosed, ContactSheetWasSent
from production.events import PlanWasReleased
from sla.declare import Clock, declare, until, working_days, working_hours


def _manager(event: InstructionWasIssued) -> list[tuple[str, str]]:
    """The order's own production manager, else whoever holds the role."""
    owned = Order.objects.filter(pk=event.order_id or 0, production_manager_post__isnull=False).exists()
    return [("", owner("production_manager") if owned else role_at(Role.PRODUCTION_MANAGER, "product"))]


declare(
    Clock(
        name="plan_breakdown",
        label=_("Release the production plan"),
        starts=InstructionWasIssued,
        met_by=PlanWasReleased,
        about=("orders.order", "order_id"),
        limit=working_hours(4),
        limit_of=lambda event: working_days(1) if event.complete_set else None,
        responsible=owner("production_manager"),
        each=_manager,
        chain=(role_at(Role.GENERAL_MANAGER, "product"),),
    ),
    Clock(
        name="contact_sheet",
        label=_("Answer the contact sheet"),
        starts=ContactSheetWasSent,
        met_by=ContactSheetWasAnswered,
        cancelled_by=ContactSheetWasClosed,
        limit=working_days(1),  # for the rule's row only: every sheet has a due time of its own
        limit_of=lambda event: until(event.sent_at, event.due_at),
        since="sent_at",
        responsible=owner("asked"),
        chain=(role_at(Role.GENERAL_MANAGER, "product"),),
        act="answer_sheet",
    ),
)
