"""Work centres, and the plan of an order: its tasks, what the workshops report, and what they hand over."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from core.actor import Actor
from core.models import QuantityField
from core.workflow import FlowQuerySet
from inventory.models import Item
from orders.models import Order, OrderLine
from organization.models import Company, Department, Post
from organization.roles import Scope, Scoped, visible
from production.contact.models import ContactSheet as ContactSheet
from production.guards import to_be_made
from production.workflow import PlanLife, PlanState, TaskLife, TaskState


class WorkCentre(models.Model):
    """A workshop or a line: who works there and how many hours a day (master data)."""

    class Kind(models.TextChoices):
        DESIGN = "design", _("design")
        METALWORK = "metalwork", _("metalwork")
        COATING = "coating", _("coating")
        BUSBAR = "busbar", _("busbar")
        ASSEMBLY = "assembly", _("assembly")
        TEST = "test", _("test")
        PACKING = "packing", _("packing")

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("company"))
    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="work_centres", verbose_name=_("department")
    )
    people_or_lines = models.PositiveSmallIntegerField(_("people or lines"), default=1)
    hours_per_day = models.DecimalField(_("hours a day"), max_digits=6, decimal_places=1, default=8)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("work centre")
        verbose_name_plural = _("work centres")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PlanQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> PlanQuerySet:
        return visible(self, actor)  # type: ignore[return-value]


class ProductionPlan(Scoped, PlanLife):
    """How an order is made: tasks with owner departments and dates (PLN-01)."""

    scope_kind = "plan"
    scope_paths: ClassVar = {
        Scope.OWN: ("order__salesperson_post_id",),
        Scope.SALES: ("order__sales_company_id",),
        Scope.PRODUCT: ("order__product_company_id",),
    }

    number = models.CharField(_("number"), max_length=14, unique=True)
    order = models.OneToOneField(Order, models.PROTECT, related_name="plan", verbose_name=_("order"))
    due_date = models.DateField(_("due date"))
    drafted_at = models.DateTimeField(_("drafted"))
    released_at = models.DateTimeField(_("released"), null=True)
    released_by = models.CharField(_("released by"), max_length=40, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    revision = models.PositiveSmallIntegerField(_("made to revision"), default=1)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("production plan")
        verbose_name_plural = _("production plans")
        constraints = [models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_known")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("production:plan", args=[self.number])

    @cached_property
    def tasks_in_order(self) -> list[PlanTask]:
        tasks = list(self.tasks.select_related("department__company", "line__item", "line__unit").order_by("sequence"))
        for task in tasks:
            task.plan = self
        return tasks


class PlanTask(Scoped, TaskLife):
    """One piece of work of one department. Sister companies see theirs through the department."""

    class Kind(models.TextChoices):
        DESIGN = "design", _("design")
        COLLABORATION = "collaboration", _("collaboration parts")
        PURCHASE = "purchase", _("component purchase")
        ASSEMBLY = "assembly", _("assembly")
        PACKING = "packing", _("final packing")

    scope_kind = "task"
    scope_paths: ClassVar = {
        Scope.SALES: ("plan__order__sales_company_id",),
        Scope.PRODUCT: ("plan__order__product_company_id",),
        Scope.DEPARTMENT: ("department_id",),
    }

    plan = models.ForeignKey(ProductionPlan, models.PROTECT, related_name="tasks", verbose_name=_("plan"))
    sequence = models.PositiveSmallIntegerField(_("no."))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    title = models.CharField(_("task"), max_length=80)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", verbose_name=_("department"))
    supplier_company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="+", verbose_name=_("sister company"))
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, related_name="tasks", verbose_name=_("order line"))
    start_date = models.DateField(_("start"), null=True)
    end_date = models.DateField(_("finish"), null=True)
    quantity = QuantityField(_("quantity"), default=1)
    good = QuantityField(_("good"), default=0)
    scrap = QuantityField(_("scrap"), default=0)
    started_at = models.DateTimeField(_("started"), null=True)
    started_by = models.CharField(max_length=40, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    finished_by = models.CharField(max_length=40, blank=True)
    # What the last change of the order altered, shown until the workshop has reported on it (CHG-08): [field, old, new] and revisions.
    altered = models.JSONField(default=list)
    altered_from = models.PositiveSmallIntegerField(null=True)
    altered_to = models.PositiveSmallIntegerField(null=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.UniqueConstraint(fields=["plan", "sequence"], name="task_sequence_once"),
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="task_state_known"),
            models.CheckConstraint(condition=Q(good__gte=0, scrap__gte=0, quantity__gt=0), name="task_quantities_sane"),
            models.CheckConstraint(
                condition=Q(start_date=None) | Q(end_date=None) | Q(end_date__gte=F("start_date")), name="task_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["department", "state", "start_date"], name="task_of_department")]

    def __str__(self) -> str:
        return f"{self.plan}/{self.sequence} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("production:task", args=[self.pk])

    @property
    def label(self) -> str:
        """The title in the reader's language: kind, and what it is about."""
        return f"{self.get_kind_display()} {self.title}".strip()

    @property
    def told(self) -> dict[str, Any]:
        """What every fact about it says of it (production.events.OfTask)."""
        return {"task_id": self.pk, "task_kind": self.kind, "title": self.title}

    @property
    def is_worked(self) -> bool:
        """By people of a department; purchase and collaboration are done when the components are in store."""
        return self.kind not in (self.Kind.PURCHASE, self.Kind.COLLABORATION)

    @property
    def worker_post(self) -> Post | None:
        """The head of the department that does it."""
        return self.department.head if self.department else None

    @property
    def worker_post_id(self) -> int | None:
        return self.department.head_id if self.department else None

    @property
    def percent(self) -> int:
        if self.state == TaskState.DONE:
            return 100
        return min(99, int(self.good * 100 / self.quantity))

    ALTERED_FIELDS: ClassVar = {
        "quantity": pgettext_lazy("altered", "quantity"),
        "start_date": pgettext_lazy("altered", "start"),
        "end_date": pgettext_lazy("altered", "finish"),
        "spec": pgettext_lazy("altered", "specification"),
        "new": pgettext_lazy("altered", "new task"),
    }

    @property
    def alterations(self) -> list[tuple[str, str, str]]:
        """(what, before, now) of the change that the workshop has not reported on yet, in the reader's language."""
        return [(str(self.ALTERED_FIELDS[name]), old, new) for name, old, new in self.altered] if self.altered_from else []

    @property
    def left(self) -> Decimal:
        """What is not reported as good yet."""
        return max(self.quantity - self.good, Decimal(0))

    def lines_to_hand_over(self) -> list[OrderLine]:
        """Assembly hands over its own line, packing any line that is to be made."""
        wanted = list(to_be_made(self.plan.order)) if self.line_id is None else [self.line_id]
        return list(OrderLine.objects.filter(pk__in=wanted).select_related("item", "unit").order_by("line_no"))

    def to_hand_over(self) -> dict[int, Decimal]:
        """Line id -> assembled well and not handed over yet."""
        lines = [line.pk for line in self.lines_to_hand_over()]
        assembled = dict.fromkeys(lines, Decimal(0))
        done = PlanTask.objects.filter(plan=self.plan_id, kind=self.Kind.ASSEMBLY, line__in=lines)
        for line_id, good in done.values_list("line_id", "good"):
            assembled[line_id or 0] += good
        for line_id, quantity in Handover.objects.filter(line__in=lines).values_list("line_id", "quantity"):
            assembled[line_id] -= quantity
        return assembled


class TaskReport(models.Model):
    """What a workshop reported (EXE-02). Never edited."""

    task = models.ForeignKey(PlanTask, models.PROTECT, related_name="reports", verbose_name=_("task"))
    good = QuantityField(_("good"), default=0)
    scrap = QuantityField(_("scrap"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    person_name = models.CharField(_("by"), max_length=40)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        constraints = [models.CheckConstraint(condition=Q(good__gte=0, scrap__gte=0), name="report_quantities_sane")]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.good:f} / {self.scrap:f}"


class Handover(models.Model):
    """Finished units of a line, handed over to the final inspection (EXE-10). Never edited."""

    task = models.ForeignKey(PlanTask, models.PROTECT, related_name="handovers", verbose_name=_("task"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="handovers", verbose_name=_("order line"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("model"))
    quantity = QuantityField(_("quantity"))
    batch = models.CharField(_("batch or serial numbers"), max_length=300, blank=True)
    balance_id = models.BigIntegerField(null=True)
    person_name = models.CharField(_("by"), max_length=40)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="handover_positive")]

    def __str__(self) -> str:
        return f"{self.line}: {self.quantity:f}"
