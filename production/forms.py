"""The acts of planning and of the workshops as forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from core.acts import ActForm
from orders.models import OrderLine
from organization.models import Department
from production import services
from production.models import PlanTask


def day_input(**attrs: str) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attrs})


class ChangeTasks(ActForm):
    """All tasks of a plan at once: department, first and last day."""

    takes = "plan"
    consequence = _("The departments see their tasks when the plan is released.")
    service = services.change_tasks

    def prepare(self) -> None:
        self.tasks: list[PlanTask] = self.thing.tasks_in_order
        departments = Department.objects.filter(company__kind__in=["product", "service"]).select_related("company")
        choices = [("", "—"), *((d.pk, str(d)) for d in departments.order_by("company_id", "pk"))]
        rows = []
        for task in self.tasks:
            names = [f"{each}_{task.pk}" for each in ("department", "start", "end")]
            label = f"{task.sequence} · {task.label}"
            self.fields[names[0]] = forms.TypedChoiceField(
                label=label, choices=choices, required=False, coerce=int, empty_value=None, initial=task.department_id
            )
            self.fields[names[1]] = forms.DateField(label=_("start"), required=False, initial=task.start_date, widget=day_input())
            self.fields[names[2]] = forms.DateField(label=_("finish"), required=False, initial=task.end_date, widget=day_input())
            rows.append(
                Row(
                    Column(names[0], css_class="col-md-6"),
                    Column(names[1], css_class="col-6 col-md-3"),
                    Column(names[2], css_class="col-6 col-md-3"),
                )
            )
        self.helper.layout = Layout("version", "once", *rows)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for task in self.tasks:
            start, end = found.get(f"start_{task.pk}"), found.get(f"end_{task.pk}")
            if start and end and end < start:
                self.add_error(f"end_{task.pk}", _("A task cannot end before it starts."))
        return found

    def values(self) -> dict[str, Any]:
        found = self.cleaned_data
        departments = {d.pk: d for d in Department.objects.all()}
        return {
            "changes": [
                {
                    "task_id": task.pk,
                    "department": departments.get(found[f"department_{task.pk}"]),
                    "start_date": found[f"start_{task.pk}"],
                    "end_date": found[f"end_{task.pk}"],
                }
                for task in self.tasks
            ]
        }


class Release(ActForm):
    service, takes = services.release_plan, "plan"
    consequence = _("Every task goes to its department. Dates and departments stand from then on.")


class Start(ActForm):
    service, takes = services.start_task, "task"
    consequence = _("The task runs from now on. Assembly takes its components out of stock.")


class Report(ActForm):
    service, takes = services.report_progress, "task"
    consequence = _("What was made since the last report.")

    good = forms.DecimalField(label=_("good"), min_value=0, max_digits=14, decimal_places=3, required=False)
    scrap = forms.DecimalField(label=_("scrap"), min_value=0, max_digits=14, decimal_places=3, required=False)
    note = forms.CharField(label=_("note"), max_length=200, required=False)

    def prepare(self) -> None:
        for name in ("good", "scrap"):
            self.fields[name].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
        self.fields["good"].help_text = _("still to be made: %(left)s") % {"left": f"{self.thing.left.normalize():f}"}

    def values(self) -> dict[str, Any]:
        found = super().values()
        return {**found, "good": found["good"] or Decimal(0), "scrap": found["scrap"] or Decimal(0)}


class Finish(ActForm):
    service, takes = services.finish_task, "task"

    @property
    def consequence(self) -> Any:  # type: ignore[override]
        if self.thing.left:
            return _("%(left)s not yet reported count as good.") % {"left": f"{self.thing.left.normalize():f}"}
        return _("All of it is reported. The task is done.")


class HandOver(ActForm):
    service, takes = services.hand_over_goods, "task"
    consequence = _("The goods go to the final inspection and stay blocked until it has passed.")

    line = forms.ModelChoiceField(label=_("order line"), queryset=OrderLine.objects.none(), empty_label=None)
    quantity = forms.DecimalField(label=_("quantity"), max_digits=14, decimal_places=3)
    batch = forms.CharField(label=_("batch or serial numbers"), max_length=300, required=False)

    def prepare(self) -> None:
        left = {pk: quantity for pk, quantity in self.thing.to_hand_over().items() if quantity > 0}
        field = self.fields["line"]
        field.queryset = OrderLine.objects.filter(pk__in=left).select_related("item", "unit").order_by("line_no")  # type: ignore[attr-defined]
        field.label_from_instance = lambda line: f"{line.line_no} · {line.item} · {left[line.pk].normalize():f} {line.unit}"  # type: ignore[attr-defined]
        if left:
            self.fields["quantity"].initial = f"{next(iter(left.values())).normalize():f}"


PLAN_FORMS = {"change_tasks": ChangeTasks, "release": Release}
TASK_FORMS = {"start": Start, "report": Report, "hand_over": HandOver, "finish": Finish}
