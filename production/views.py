"""Pages of production: plans, a plan with its tasks, a workshop's own tasks, and the acts."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.acts import ActForm, ActView, offers_of
from core.lists import Column, ListPage
from orders.changes import held
from orders.models import Order
from production.forms import PLAN_FORMS, TASK_FORMS
from production.models import PlanTask, ProductionPlan
from production.selectors import deviation, my_tasks, rows_of, tasks_of_plan
from production.workflow import PlanState


class PlanFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number, order, customer"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=PlanState.choices)

    class Meta:
        model = ProductionPlan
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        text = value.strip()
        return rows.filter(Q(number__icontains=text) | Q(order__number__icontains=text) | Q(order__customer__name__icontains=text))


class PlanList(ListPage):
    title = _("Production plans")
    model = ProductionPlan
    filterset = PlanFilter
    related = ("order__customer", "order__product_company")
    empty = _("No plans here. A plan is drafted by itself when a production instruction is issued.")
    columns = [
        Column("number", _("Plan"), lambda p: p.number, link=True),
        Column("order", _("Order"), lambda p: p.order.number),
        Column("customer", _("Customer"), lambda p: p.order.customer.name),
        Column("company", _("Product company"), lambda p: p.order.product_company.short_name),
        Column("due_date", _("Due"), lambda p: p.due_date),
        Column("tasks", _("Tasks done"), lambda p: f"{p.done} / {p.total}", css="r"),
        Column("state", _("State"), lambda p: p.get_state_display()),
    ]

    def rows(self, request: HttpRequest) -> QuerySet:
        counted = super().rows(request)
        return counted.annotate(total=Count("tasks"), done=Count("tasks", filter=Q(tasks__state="done")))


@require_safe
def plan(request: HttpRequest, ref: str) -> HttpResponse:
    """A plan: its tasks with progress and deviation, and what may be done with it."""
    actor, today = request.actor, localtime(request.now).date()  # type: ignore[attr-defined]
    found = ProductionPlan.objects.visible_to(actor).filter(number=ref)
    one = found.select_related("order__customer", "order__instruction", "order__product_company").first()
    if one is None:
        raise Http404
    tasks = tasks_of_plan(one)
    one.__dict__["tasks_in_order"] = tasks
    context = {
        "plan": one,
        "rows": rows_of(tasks, today, held(PlanTask._meta.label_lower, [task.pk for task in tasks])),
        "done": sum(1 for task in tasks if task.state == "done"),
        "lines": one.order.instruction.lines,
        "offers": offers_of(one, actor, lambda name: reverse("production:plan_act", args=[one.number, name]), PLAN_FORMS),
        "tight": [task for task in tasks if task.end_date and task.end_date > one.due_date],
        "opens_tasks": PlanTask.objects.visible_to(actor).filter(plan=one).exists(),
        "opens_order": Order.objects.visible_to(actor).filter(pk=one.order_id).exists(),
    }
    return render(request, "production/plan.html", context)


@require_safe
def task(request: HttpRequest, ref: int) -> HttpResponse:
    """One task: what to do, what has been reported, what was handed over."""
    actor, today = request.actor, localtime(request.now).date()  # type: ignore[attr-defined]
    related = ("plan__order__customer", "plan__order__instruction", "department__company", "line__item", "line__unit")
    one = PlanTask.objects.visible_to(actor).filter(pk=ref).select_related(*related).first()
    if one is None:
        raise Http404
    context = {
        "task": one,
        "deviation": deviation(one, today),
        "held": held(PlanTask._meta.label_lower, [one.pk]).get(one.pk),
        "offers": offers_of(one, actor, lambda name: reverse("production:task_act", args=[one.pk, name]), TASK_FORMS),
        "reports": one.reports.order_by("-pk")[:30],
        "handovers": one.handovers.select_related("line__unit", "item").order_by("-pk")[:30],
    }
    return render(request, "production/task.html", context)


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What my department has to do, first to start on top; each with the act that comes next (EXE-02)."""
    actor, today = request.actor, localtime(request.now).date()  # type: ignore[attr-defined]
    rows = []
    found = list(my_tasks(actor)[:60])
    stopped = held(PlanTask._meta.label_lower, [one.pk for one in found])
    for one in found:
        act = "report" if one.state == "running" else "start"
        url = reverse("production:task_act", args=[one.pk, act])
        rows.append({"task": one, "deviation": deviation(one, today), "act": act, "url": url, "held": stopped.get(one.pk)})
    return render(request, "production/tasks.html", {"rows": rows})


class OrderFirst(ActView):
    """The order is locked before its rows (the lock order of the house)."""

    def order_id(self) -> int:
        return self.thing.order_id

    def perform(self, request: HttpRequest, form: ActForm) -> str:
        Order.objects.locked(self.order_id())
        return super().perform(request, form)


class PlanAct(OrderFirst):
    model = ProductionPlan
    forms = PLAN_FORMS


class TaskAct(OrderFirst):
    model = PlanTask
    lookup = "pk"
    forms = TASK_FORMS

    def order_id(self) -> int:
        return self.thing.plan.order_id

    def answer(self, thing: Any, result: Any) -> str:
        return thing.get_absolute_url()
