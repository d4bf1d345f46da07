"""Conditions of planning and of the workshops; each reads as a fact and says what is missing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.questions import ask
from core.reasons import Reason
from core.workflow import guard
from orders.changes import held

TASK = "production.plantask"


def to_be_made(order: Any) -> dict[int, Decimal]:
    """Line id -> quantity that the instruction wants made."""
    return {each["line_id"]: Decimal(str(each["quantity"])) for each in order.instruction.lines if Decimal(str(each["quantity"])) > 0}


@guard
def every_line_is_planned(plan: Any) -> Reason | None:
    planned = {task.line_id for task in plan.tasks_in_order if task.kind == task.Kind.ASSEMBLY}
    missing = [
        each["line_no"] for each in plan.order.instruction.lines if each["line_id"] not in planned and Decimal(str(each["quantity"])) > 0
    ]
    return Reason("line_not_planned", lines=missing) if missing else None


@guard
def every_task_has_an_owner(plan: Any) -> Reason | None:
    """PLN-01: every task has an owner department."""
    missing = [str(task.sequence) for task in plan.tasks_in_order if task.department_id is None]
    return Reason("task_without_department", tasks=missing) if missing else None


@guard
def every_task_has_dates(plan: Any) -> Reason | None:
    """PLN-01: every task has dates."""
    missing = [str(task.sequence) for task in plan.tasks_in_order if task.start_date is None or task.end_date is None]
    return Reason("task_without_dates", tasks=missing) if missing else None


@guard
def plan_is_released(task: Any) -> Reason | None:
    return Reason("plan_not_released", plan=task.plan.number) if task.plan.state == "drafted" else None


@guard
def components_are_there(task: Any) -> Reason | None:
    """Assembly does not start before its components are in store (EXE-12 comes to the same for main material)."""
    if task.kind != task.Kind.ASSEMBLY:
        return None
    missing = missing_components(task)
    return Reason("components_missing", items=missing) if missing else None


@guard
def assembly_has_begun(task: Any) -> Reason | None:
    """Packing is not finished before the assembly of every line of the plan has begun."""
    if task.kind != task.Kind.PACKING:
        return None
    waiting = task.plan.tasks.filter(kind=task.Kind.ASSEMBLY, state="issued")
    return Reason("assembly_not_begun", tasks=[each.label for each in waiting]) if waiting else None


def missing_components(task: Any) -> list[str]:
    """`WGB-871 × 4` for each component of the task's line that is not reserved yet."""
    found = [each for answer in ask("open_demand", order_id=task.plan.order_id, line_id=task.line_id) for each in answer]
    return [f"{code} × {quantity.normalize():f}" for code, quantity in found]


@guard
def it_makes_finished_goods(task: Any) -> Reason | None:
    return None if task.kind in (task.Kind.ASSEMBLY, task.Kind.PACKING) else Reason("no_finished_goods")


@guard
def something_is_to_be_handed_over(task: Any) -> Reason | None:
    """What has been assembled well and not been handed over yet."""
    return None if any(quantity > 0 for quantity in task.to_hand_over().values()) else Reason("nothing_to_hand_over")


@guard
def work_is_not_held(task: Any) -> Reason | None:
    """CHG-05: nobody goes on with work that a change may make useless, until the change is concluded."""
    number = held(TASK, [task.pk]).get(task.pk)
    return Reason("work_held", change=number) if number else None
