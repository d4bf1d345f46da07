"""The tasks that wait for their department, as the facts that started their clocks (SLA-07)."""

from __future__ import annotations

from typing import Any

from core.facts import Event
from core.questions import answers
from production import events as e
from production.models import PlanTask
from production.workflow import PlanState, TaskState


@answers("under_way")
def under_way() -> dict[str, list[Event]]:
    rows = PlanTask.objects.filter(state__in=[TaskState.ISSUED, TaskState.RUNNING]).exclude(plan__state=PlanState.DRAFTED)
    found: dict[str, list[Event]] = {"task_start": [], "task_finish": []}
    for row in rows.select_related("plan", "department"):
        about: dict[str, Any] = {"order_id": row.plan.order_id, **row.told, "end_date": row.end_date}
        if row.state == TaskState.RUNNING:
            found["task_finish"].append(e.TaskWasStarted(**about))
        elif row.start_date is not None:
            department = str(row.department or "")
            found["task_start"].append(e.TaskWasIssued(department=department, start_date=row.start_date, worked=row.is_worked, **about))
    return found
