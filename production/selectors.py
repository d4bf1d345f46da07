"""What pages read of plans and tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.actor import Actor
from organization.roles import Role, has_role
from production.models import PlanTask, ProductionPlan
from production.workflow import ISSUED_PLANS, TaskState

SLACK = 10  # percentage points that a running task may lag behind the calendar before it counts as behind


@dataclass(frozen=True)
class Deviation:
    """How a task stands against its dates, in words (EXE-02)."""

    text: str
    kind: str = ""
    icon: str = ""

    @property
    def bar(self) -> str:
        return {"late": "late", "soon": "soon", "good": "good"}.get(self.kind, "brand")


def deviation(task: PlanTask, today: date) -> Deviation:
    """Against the plan as of today; days are calendar days."""
    if task.state == TaskState.CANCELLED:
        return Deviation(str(_("cancelled")))
    if task.start_date is None or task.end_date is None:
        return Deviation(str(_("no dates yet")), "soon", "alert-triangle")
    if task.state == TaskState.DONE:
        return _of_done((task.end_date - localtime(task.finished_at).date()).days if task.finished_at else 0)
    if today > task.end_date:
        return _late((today - task.end_date).days)
    if task.state == TaskState.ISSUED:
        if today > task.start_date and task.kind not in (task.Kind.PURCHASE, task.Kind.COLLABORATION):
            days = (today - task.start_date).days
            return Deviation(
                ngettext("should have started %d day ago", "should have started %d days ago", days) % days, "soon", "alert-triangle"
            )
        return Deviation(str(_("not started")))
    return _of_running(task, today)


def _of_done(early: int) -> Deviation:
    if early < 0:
        return _late(-early)
    if early == 0:
        return Deviation(str(_("on time")), "good", "check")
    return Deviation(ngettext("%d day early", "%d days early", early) % early, "good", "check")


def _late(days: int) -> Deviation:
    return Deviation(ngettext("%d day late", "%d days late", days) % days, "late", "alert-triangle")


def _of_running(task: PlanTask, today: date) -> Deviation:
    assert task.start_date and task.end_date
    span = (task.end_date - task.start_date).days + 1
    gone = min(max((today - task.start_date).days, 0), span)
    if task.percent + SLACK < gone * 100 // span:
        return Deviation(str(_("behind the plan")), "soon", "alert-triangle")
    return Deviation(str(_("on plan")), "good", "check")


def rows_of(tasks: list[PlanTask], today: date, stopped: Mapping[int, str] | None = None) -> list[dict[str, Any]]:
    """Tasks with what a table shows of each; `stopped`: task id -> the change until whose conclusion its work rests."""
    return [{"task": task, "deviation": deviation(task, today), "held": (stopped or {}).get(task.pk)} for task in tasks]


def plan_of(order: Any, actor: Actor) -> ProductionPlan | None:
    """The order's plan as far as this person sees plans."""
    return ProductionPlan.objects.visible_to(actor).filter(order=order).select_related("order").first()


def tasks_of_plan(plan: ProductionPlan) -> list[PlanTask]:
    """In order, with department, its head and line. One query."""
    tasks = plan.tasks.select_related("department__company", "department__head__holder", "line__item", "line__unit").order_by("sequence")
    found = list(tasks)
    for task in found:
        task.plan = plan
    return found


def my_tasks(actor: Actor) -> QuerySet[PlanTask]:
    """What this person's departments have to do; production managers see their company's. Drafted plans are not issued yet."""
    found = PlanTask.objects.visible_to(actor).filter(plan__state__in=ISSUED_PLANS, state__in=[TaskState.ISSUED, TaskState.RUNNING])
    if not has_role(actor, Role.PLANNER):
        found = found.filter(department__in=[hat.department_id for hat in actor.hats])
    related = ("plan__order__customer", "department__company", "line__item", "line__unit", "plan__order__instruction")
    return found.select_related(*related).order_by("start_date", "pk")
