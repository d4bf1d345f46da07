"""What a change or a cancelling does to the plan: its tasks, one by one, and the plan itself (CHG-05)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.questions import answers
from core.templatetags.ui import qty
from orders.changes import Impact, Wanted
from organization.roles import Role
from production.models import PlanTask, ProductionPlan
from production.workflow import PlanState, TaskState

Kind = PlanTask.Kind
OPEN = (TaskState.ISSUED, TaskState.RUNNING)
CANCEL = ("cancel", gettext_lazy("cancel the task"))
TO_STOCK = ("to_stock", gettext_lazy("stop; what is finished goes to free stock"))
MERGE = ("merge", gettext_lazy("into this task"))
OWN = ("new_task", gettext_lazy("a task of its own"))
REDUCE = ("reduce", gettext_lazy("make fewer"))
MOVE = ("reschedule", gettext_lazy("move to the new date"))
KEEP_DATES = ("keep_dates", gettext_lazy("keep the dates"))
NEWEST = ("newest", gettext_lazy("go on to the newest revision"))
ADD = ("add", gettext_lazy("plan tasks for it"))
STOP_PLAN = ("cancel", gettext_lazy("cancel the plan"))


@answers("order_impact")
def plan_is_touched(wanted: Wanted) -> list[Impact] | None:
    """Open tasks, finished ones whose goods nobody has yet, and the plan where lines are new."""
    plan = ProductionPlan.objects.filter(order=wanted.order_id).select_related("order").exclude(state=PlanState.CANCELLED).first()
    if plan is None:
        return None
    tasks = list(plan.tasks.select_related("department__company", "line__item", "line__unit").order_by("sequence"))
    found = [impact for task in tasks for impact in _of_task(plan, task, wanted)]
    if wanted.new_lines or wanted.cancel:
        found.append(_of_plan(plan, wanted, _work_done(tasks) if wanted.cancel else ""))
    return found


def _work_done(tasks: list[PlanTask]) -> str:
    """What the workshops have reported, by task: labour is spent on it and nobody knows at what cost (CHG-09)."""
    told = []
    for task in tasks:
        if task.line is not None and task.good:
            told.append(f"{task.label} {qty(task.good, task.line.unit)}")
        elif task.state == TaskState.DONE or task.good:
            told.append(f"{task.label} {task.percent} %")
    return "、".join(told)


def _of_task(plan: ProductionPlan, task: PlanTask, wanted: Wanted) -> list[Impact]:
    task.plan = plan
    made = task.to_hand_over().get(task.line_id or 0, 0) if task.kind == Kind.ASSEMBLY else 0
    if task.state not in OPEN and not (wanted.cancel and made):
        return []
    if wanted.cancel:
        options = (TO_STOCK, CANCEL) if made else (CANCEL,)
        return [_impact(plan, task, _("no longer wanted"), 2, options, hold=task.state in OPEN)]
    delta = wanted.deltas.get(task.line_id or 0)
    if delta:
        text = f"{'+' if delta > 0 else '−'}{qty(abs(delta), task.line.unit if task.line else None)}"
        return [_impact(plan, task, text, _class(task, wanted), (MERGE, OWN) if delta > 0 else (REDUCE,))]
    if task.line_id in wanted.respecified | wanted.structural:
        return [_impact(plan, task, _("another specification"), _class(task, wanted), (NEWEST,))]
    if task.line_id is None and (wanted.touched_lines or wanted.new_lines):
        return [_impact(plan, task, _("lines of the order change"), _class(task, wanted), (NEWEST,))]
    if wanted.date:
        return [_impact(plan, task, _("date wanted: {date}").format(date=wanted.date), 2, (MOVE, KEEP_DATES))]
    return []


def _class(task: PlanTask, wanted: Wanted) -> int:
    """Structure is class 3; quantities and dates move the plan; another wording of a line alone does not."""
    if task.line_id in wanted.structural or (task.kind == Kind.DESIGN and wanted.structural):
        return 3
    return 2 if wanted.deltas or wanted.new_lines or wanted.date else 1


def _impact(
    plan: ProductionPlan, task: PlanTask, effect: str, touches: int, options: tuple[tuple[str, Any], ...], *, hold: bool = False
) -> Impact:
    """`hold`: while nobody knows whether the order is cancelled, nobody works on it (CHG-09)."""
    now = [str(task.get_state_display())]
    if task.line is not None:
        now.append(_("{good} of {quantity} done").format(good=qty(task.good), quantity=qty(task.quantity, task.line.unit)))
    if task.start_date and task.end_date:
        now.append(f"{task.start_date:%m-%d} ~ {task.end_date:%m-%d}")
    return Impact(
        kind=PlanTask._meta.label_lower,
        reference=task.pk,
        title=_("Task {number} {label}").format(number=task.sequence, label=task.label),
        now=" · ".join(now),
        effect=effect,
        touches=touches,
        options=options,
        role=Role.PRODUCTION_MANAGER,
        company_id=plan.order.product_company_id,
        url=task.get_absolute_url(),
        hold=hold,
    )


def _of_plan(plan: ProductionPlan, wanted: Wanted, done: str) -> Impact:
    now = f"{plan.get_state_display()} · {plan.due_date:%m-%d}"
    return Impact(
        kind=ProductionPlan._meta.label_lower,
        reference=plan.pk,
        title=_("Production plan {number}").format(number=plan.number),
        now=(now + _("; work done: {work}").format(work=done) if done else now)[:200],
        effect=_("no longer wanted") if wanted.cancel else _("{n} new lines").format(n=len(wanted.new_lines)),
        touches=2,
        options=(STOP_PLAN,) if wanted.cancel else (ADD,),
        role=Role.PRODUCTION_MANAGER,
        company_id=plan.order.product_company_id,
        url=plan.get_absolute_url(),
        spent_unknown=bool(done),
    )
