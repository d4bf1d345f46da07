"""What must hold of production's data at any moment (trust I2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.questions import answers
from core.verify import number_gaps
from orders.models import OpenItem
from orders.workflow import OrderState
from production.contact.workflow import SheetState
from production.models import ContactSheet, PlanTask, ProductionPlan
from production.workflow import ISSUED_PLANS, PlanState, TaskState
from sla.verify import clocks_against


def sheets_have_no_gaps() -> list[str]:
    """SEC-03."""
    return number_gaps("LX", ContactSheet.objects.all())


def unanswered_sheets_have_their_clock() -> list[str]:
    """EXE-04: while an answer is awaited, and only then, its clock runs, whatever becomes of the order."""
    waiting = ContactSheet.objects.filter(state=SheetState.SENT).values_list("pk", flat=True)
    return [f"contact sheet {found}" for found in clocks_against("contact_sheet", waiting)]


def unanswered_sheets_keep_their_order_open() -> list[str]:
    """EXE-04, FIN-05: the order waits for the answer to every sheet about it, and for none that has one."""
    wanted = set(ContactSheet.objects.filter(state=SheetState.SENT, order__isnull=False).values_list("number", flat=True))
    found = set(OpenItem.objects.filter(kind=OpenItem.Kind.CONTACT, closed_at=None).values_list("reference", flat=True))
    return [f"contact sheet {number}: its order does not wait" for number in sorted(wanted - found)] + [
        f"contact sheet {number}: its order waits for nothing" for number in sorted(found - wanted)
    ]


def cancelled_orders_have_no_work() -> list[str]:
    """CHG-09: after the cancelling no task is open and no plan stands."""
    tasks = PlanTask.objects.filter(plan__order__state=OrderState.CANCELLED, state__in=[TaskState.ISSUED, TaskState.RUNNING])
    plans = ProductionPlan.objects.filter(order__state=OrderState.CANCELLED, state__in=[PlanState.DRAFTED, *ISSUED_PLANS])
    found = [f"task {row.pk} of cancelled order {row.plan.order}: {row.state}" for row in tasks.select_related("plan__order")]
    return found + [f"plan {row} of cancelled order {row.order}: {row.state}" for row in plans.select_related("order")]


def cancelled_plans_have_no_open_tasks() -> list[str]:
    rows = PlanTask.objects.filter(plan__state=PlanState.CANCELLED, state__in=[TaskState.ISSUED, TaskState.RUNNING])
    return [f"task {row.pk}: {row.state} in a cancelled plan" for row in rows]


@answers("invariants")
def invariants() -> list[tuple[Any, Callable[[], list[str]]]]:
    return [
        (_("cancelled orders have no work"), cancelled_orders_have_no_work),
        (_("cancelled plans have no open tasks"), cancelled_plans_have_no_open_tasks),
        (_("contact sheets are numbered without gaps"), sheets_have_no_gaps),
        (_("contact sheets that wait have their clock"), unanswered_sheets_have_their_clock),
        (_("orders wait for the answer to their contact sheets"), unanswered_sheets_keep_their_order_open),
    ]
