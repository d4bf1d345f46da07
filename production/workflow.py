"""The life of a production plan and of a task, each on a page. Contesting and blocking come with PLN-04 and PLN-05."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.workflow import Flow, StateField, by_itself, step
from organization.roles import Role, may
from production import guards as g

planner = may(Role.PLANNER)  # the production manager is the planners' head


class PlanState(models.TextChoices):
    DRAFTED = "drafted", _("drafted")
    RELEASED = "released", _("released")
    REVISED = "revised", _("revised")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


ISSUED_PLANS = (PlanState.RELEASED, PlanState.REVISED)  # the workshops work to these


class PlanLife(Flow):
    state = StateField(_("state"), default=PlanState.DRAFTED, choices=PlanState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=PlanState.DRAFTED,
        target=PlanState.RELEASED,
        permission=may(Role.PRODUCTION_MANAGER),
        label=_("Release the plan"),
        guards=[g.every_line_is_planned, g.every_task_has_an_owner, g.every_task_has_dates],
        icon="player-play",
    )
    def release(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=PlanState.DRAFTED, permission=planner, label=_("Change dates and departments"), icon="calendar-event")
    def change_tasks(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=list(ISSUED_PLANS), target=PlanState.FINISHED, permission=by_itself, label=_("Plan finished"))
    def finish_plan(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[*ISSUED_PLANS, PlanState.FINISHED],
        target=PlanState.REVISED,
        permission=by_itself,
        label=_("Plan revised by a change"),
    )
    def revise(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=[PlanState.DRAFTED, *ISSUED_PLANS], target=PlanState.CANCELLED, permission=by_itself, label=_("Plan cancelled"))
    def cancel_plan(self, *, by: Actor, at: datetime) -> None: ...


class TaskState(models.TextChoices):
    ISSUED = "issued", _("issued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


T = TaskState


def who_works(*, report: bool = False) -> Any:
    """Workshop heads in their department, designers on designs, the production manager everywhere; operators may report."""
    design = may(Role.DESIGNER, Role.WORKSHOP_HEAD, Role.PRODUCTION_MANAGER)
    others = may(Role.OPERATOR if report else Role.WORKSHOP_HEAD, Role.PACKER, Role.PRODUCTION_MANAGER)

    def permission(task: Any, by: Actor) -> Actor:
        return (design if task.kind == task.Kind.DESIGN else others)(task, by)

    return permission


class TaskLife(Flow):
    state = StateField(_("state"), default=T.ISSUED, choices=T.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=T.ISSUED,
        target=T.RUNNING,
        permission=who_works(),
        label=_("Start"),
        guards=[g.plan_is_released, g.work_is_not_held, g.components_are_there],
        icon="player-play",
    )
    def start(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=T.RUNNING,
        permission=who_works(report=True),
        label=_("Report progress"),
        guards=[g.plan_is_released, g.work_is_not_held],
        icon="chart-bar",
    )
    def report(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[T.RUNNING, T.DONE],
        permission=who_works(),
        label=_("Hand over finished goods"),
        guards=[g.it_makes_finished_goods, g.work_is_not_held, g.something_is_to_be_handed_over],
        icon="package",
    )
    def hand_over(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=T.RUNNING,
        target=T.DONE,
        permission=who_works(),
        label=_("Finish"),
        guards=[g.plan_is_released, g.work_is_not_held, g.assembly_has_begun],
        icon="circle-check",
    )
    def finish(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=[T.ISSUED, T.RUNNING], target=T.DONE, permission=by_itself, label=_("Done by the facts"))
    def be_done(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=[T.ISSUED, T.RUNNING], target=T.CANCELLED, permission=by_itself, label=_("Task cancelled"))
    def cancel_task(self, *, by: Actor, at: datetime) -> None: ...
