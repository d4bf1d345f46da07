"""Clocks that planning must meet (sla.md)."""

from django.utils.translation import gettext_lazy as _

from orders.events import InstructionWasIssued
from orders.models import Order
from organization.finding import owner, role_at
from organization.roles import Role
from production.contact.events import ContactSheetWasAnswered, ContactSheetWasClosed, ContactSheetWasSent
from production.events import PlanWasReleased, TaskWasAltered, TaskWasCancelled, TaskWasFinished, TaskWasIssued, TaskWasStarted
from sla.declare import Clock, Limit, declare, on_date, until, working_days, working_hours


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
        cases={"complete_set": (_("complete sets"), working_days(1))},
        case=lambda event: "complete_set" if event.complete_set else "",
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

# Not in the standard's table: without clocks of their own the tasks of a plan would stand on nobody's list (SLA-07).
declare(
    Clock(
        name="task_start",
        act="start",
        label=_("Begin the task"),
        starts=TaskWasIssued,
        when=lambda event: event.worked,
        met_by=TaskWasStarted,
        cancelled_by=TaskWasCancelled,
        moved_by=TaskWasAltered,
        anchor="start_date",
        limit=Limit("on_date", 0, opens=2),
        responsible=owner("worker"),
        chain=(role_at(Role.PRODUCTION_MANAGER, "product"), role_at(Role.GENERAL_MANAGER, "product")),
    ),
    Clock(
        name="task_finish",
        act="finish",
        label=_("Finish the task"),
        starts=TaskWasStarted,
        met_by=TaskWasFinished,
        cancelled_by=TaskWasCancelled,
        moved_by=TaskWasAltered,
        anchor="end_date",
        limit=on_date(),
        responsible=owner("worker"),
        chain=(role_at(Role.PRODUCTION_MANAGER, "product"), role_at(Role.GENERAL_MANAGER, "product")),
    ),
)
