"""What happens in planning and in the workshops, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from core.facts import Event

PLAN = ("production.productionplan", "plan_id")
TASK = ("production.plantask", "task_id")


@dataclass(frozen=True, kw_only=True)
class OfTask:
    """A task is called by its kind and what it is about, in the reader's language."""

    about: ClassVar[tuple[str, str]] = TASK
    task_id: int
    title: str
    task_kind: str = ""

    def in_words(self) -> dict[str, Any]:
        kinds = dict(apps.get_model("production.PlanTask")._meta.get_field("kind").flatchoices)
        return {**super().in_words(), "title": f"{kinds.get(self.task_kind, '')} {self.title}".strip()}  # type: ignore[misc]


@dataclass(frozen=True, kw_only=True)
class PlanWasDrafted(Event):
    text = _("Production plan {number} drafted, {tasks} tasks")
    about = PLAN
    plan_id: int
    number: str
    tasks: int


@dataclass(frozen=True, kw_only=True)
class TaskWasChanged(OfTask, Event):
    text = _("Task “{title}” planned for {start_date} to {end_date}")
    start_date: date
    end_date: date


@dataclass(frozen=True, kw_only=True)
class PlanWasReleased(Event):
    """Every line planned, every task issued to a department (PLN-01)."""

    text = _("Production plan {number} released, {tasks} tasks")
    tone = "ok"
    about = PLAN
    plan_id: int
    number: str
    tasks: int


@dataclass(frozen=True, kw_only=True)
class TaskWasIssued(OfTask, Event):
    """A department has it from now on. `worked`: people do it; purchase and collaboration end by the facts of procurement."""

    text = _("“{title}” issued to {department}, {start_date} to {end_date}")
    department: str
    start_date: date | None
    end_date: date | None
    worked: bool


@dataclass(frozen=True, kw_only=True)
class TaskWasStarted(OfTask, Event):
    text = _("“{title}” started")
    end_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class ProgressWasReported(OfTask, Event):
    text = _("“{title}” reported: good {good}, scrap {scrap}. {note}")
    report_id: int
    good: Decimal
    scrap: Decimal
    note: str


@dataclass(frozen=True, kw_only=True)
class TaskWasFinished(OfTask, Event):
    text = _("“{title}” finished")
    tone = "ok"


@dataclass(frozen=True, kw_only=True)
class GoodsWereFinished(Event):
    """Finished units stand blocked in the product company's stock and wait for the final inspection (EXE-10).

    Without `line_id` nobody has ordered them any more: they go to free stock (CHG-09).
    """

    text = _("{quantity} {unit} of {code} finished and handed over")
    about = ("production.handover", "handover_id")
    handover_id: int
    line_id: int | None
    item_id: int
    company_id: int
    quantity: Decimal
    balance_id: int
    code: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class PlanWasFinished(Event):
    text = _("Production plan {number} finished")
    tone = "ok"
    about = PLAN
    plan_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class PlanWasRevised(Event):
    """A change of the order was carried into the plan (CHG-08)."""

    text = _("Production plan {number} revised to R{revision}: {tasks} tasks changed")
    about = PLAN
    plan_id: int
    number: str
    revision: int
    tasks: int


@dataclass(frozen=True, kw_only=True)
class TaskWasAltered(OfTask, Event):
    text = _("“{title}” changed to R{revision}")
    revision: int
    start_date: date | None = None
    end_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class TaskWasCancelled(OfTask, Event):
    text = _("“{title}” cancelled")
    tone = "bad"


@dataclass(frozen=True, kw_only=True)
class PlanWasCancelled(Event):
    text = _("Production plan {number} cancelled")
    tone = "bad"
    about = PLAN
    plan_id: int
    number: str
