"""Pages of quality: the queue, the inspection, and what did not conform."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.acts import ActView, offers_of
from core.lists import Column, ListPage
from core.templatetags.ui import shown
from quality.forms import DecideForm, FinishForm, ReworkForm, RouteForm
from quality.models import Inspection, Nonconformity
from quality.workflow import InspectionState, NonconformityState

INSPECTION_FORMS = {"finish": FinishForm}
NONCONFORMITY_FORMS = {"route": RouteForm, "decide": DecideForm, "finish_rework": ReworkForm}
ALL_INSPECTIONS, ALL_NONCONFORMITIES = _("All inspections"), _("All nonconformities")


class InspectionFilter(django_filters.FilterSet):
    number = django_filters.CharFilter(lookup_expr="icontains", label=_("number"))
    item = django_filters.CharFilter(field_name="item__code", lookup_expr="icontains", label=_("model"))
    order = django_filters.CharFilter(field_name="order__number", lookup_expr="icontains", label=_("order"))
    state = django_filters.ChoiceFilter(choices=InspectionState.choices, label=_("state"))
    source_kind = django_filters.ChoiceFilter(choices=Inspection.Source.choices, label=_("kind"))

    class Meta:
        model = Inspection
        fields: tuple[str, ...] = ()


class InspectionList(ListPage):
    """The queue; `every` shows finished ones too."""

    title = _("Inspections")
    model = Inspection
    related = ("item__unit", "order", "company")
    filterset = InspectionFilter
    empty = _("Nothing waits for an inspection.")
    template = "quality/inspections.html"
    every = False
    columns = [
        Column("number", _("number"), lambda row: row.number, link=True),
        Column("source_kind", _("kind"), lambda row: row.get_source_kind_display()),
        Column("item", _("model"), lambda row: row.item.code),
        Column("name", _("name"), lambda row: row.item.name),
        Column("quantity", _("quantity"), lambda row: row.quantity, css="r"),
        Column("unit", _("unit"), lambda row: row.item.unit.code),
        Column("order", _("order"), lambda row: row.order.number if row.order else ""),
        Column("opened_at", _("asked at"), lambda row: row.opened_at),
        Column("state", _("state"), lambda row: row.get_state_display()),
    ]

    def rows(self, request: HttpRequest) -> Any:
        found = super().rows(request)
        return found if self.every else found.waiting()

    def more(self, request: HttpRequest) -> dict[str, Any]:
        return {"every": self.every}


class NonconformityFilter(django_filters.FilterSet):
    number = django_filters.CharFilter(field_name="inspection__number", lookup_expr="icontains", label=_("number"))
    item = django_filters.CharFilter(field_name="inspection__item__code", lookup_expr="icontains", label=_("model"))
    state = django_filters.ChoiceFilter(choices=NonconformityState.choices, label=_("state"))
    disposition = django_filters.ChoiceFilter(choices=Nonconformity.Disposition.choices, label=_("decision"))

    class Meta:
        model = Nonconformity
        fields: tuple[str, ...] = ()


class NonconformityList(ListPage):
    """What is not closed yet; `every` shows closed ones too."""

    title = _("Nonconformities")
    model = Nonconformity
    related = ("inspection__item__unit", "inspection__order")
    filterset = NonconformityFilter
    empty = _("No nonconforming goods wait for a decision.")
    template = "quality/nonconformities.html"
    every = False
    columns = [
        Column("number", _("number"), lambda row: row.number, link=True),
        Column("item", _("model"), lambda row: row.inspection.item.code),
        Column("quantity", _("quantity"), lambda row: row.quantity, css="r"),
        Column("unit", _("unit"), lambda row: row.inspection.item.unit.code),
        Column("findings", _("findings"), lambda row: row.inspection.findings),
        Column("order", _("order"), lambda row: row.inspection.order.number if row.inspection.order else ""),
        Column("found_at", _("found at"), lambda row: row.found_at),
        Column("state", _("state"), lambda row: row.get_state_display()),
        Column("disposition", _("decision"), lambda row: row.get_disposition_display()),
    ]

    def rows(self, request: HttpRequest) -> Any:
        found = super().rows(request)
        return found if self.every else found.open()

    def more(self, request: HttpRequest) -> dict[str, Any]:
        return {"every": self.every}


class InspectionPage(View):
    def get(self, request: HttpRequest, ref: str) -> HttpResponse:
        rows = Inspection.objects.visible_to(request.actor)  # type: ignore[attr-defined]
        related = ("item__unit", "company", "order", "line", "nonconformity__inspection", "rework_of__inspection")
        thing = get_object_or_404(rows.select_related(*related), number=ref)
        unit = thing.item.unit.code
        facts = [*_goods(thing), (_("quantity"), _quantity(thing.quantity, unit)), (_("asked at"), thing.opened_at)]
        if thing.finished_at:
            result = [(_("accepted quantity"), _quantity(thing.accepted, unit)), (_("rejected quantity"), _quantity(thing.rejected, unit))]
            facts += [
                *result,
                (_("findings"), thing.findings),
                (_("inspector"), thing.inspector_name),
                (_("inspected at"), thing.finished_at),
            ]
        context = {
            "thing": thing,
            "facts": _labelled(facts),
            "found": getattr(thing, "nonconformity", None),
            "offers": offers_of(thing, request.actor, lambda step: reverse("quality:inspection_act", args=[ref, step]), INSPECTION_FORMS),  # type: ignore[attr-defined]
        }
        return render(request, "quality/inspection.html", context)


class NonconformityPage(View):
    def get(self, request: HttpRequest, ref: str) -> HttpResponse:
        rows = Nonconformity.objects.visible_to(request.actor)  # type: ignore[attr-defined]
        related = ("inspection__item__unit", "inspection__company", "inspection__order", "inspection__line", "reinspection")
        thing = get_object_or_404(rows.select_related(*related), inspection__number=ref)
        inspection = thing.inspection
        facts = [
            *_goods(inspection),
            (_("quantity"), _quantity(thing.quantity, inspection.item.unit.code)),
            (_("findings"), inspection.findings),
            (_("inspector"), inspection.inspector_name),
            (_("passed to"), thing.get_addressee_display()),
            (_("note"), thing.note),
            (_("decision"), thing.get_disposition_display()),
            (_("reason"), thing.reason),
            (_("decided by"), thing.decided_by),
        ]
        url = lambda step: reverse("quality:nonconformity_act", args=[ref, step])  # noqa: E731
        context = {
            "thing": thing,
            "facts": _labelled(facts),
            "again": getattr(thing, "reinspection", None),
            "offers": offers_of(thing, request.actor, url, NONCONFORMITY_FORMS),  # type: ignore[attr-defined]
        }
        return render(request, "quality/nonconformity.html", context)


class InspectionAct(ActView):
    model = Inspection
    forms = INSPECTION_FORMS
    template = "quality/inspection_act.html"


class NonconformityAct(ActView):
    model = Nonconformity
    lookup = "inspection__number"
    forms = NONCONFORMITY_FORMS
    template = "quality/nonconformity_act.html"


def _goods(inspection: Inspection) -> list[tuple[Any, Any]]:
    order = inspection.order.number if inspection.order else ""
    if inspection.line:
        order = f"{order} / {inspection.line.line_no}"
    return [
        (_("kind"), inspection.get_source_kind_display()),
        (_("model"), f"{inspection.item.code} {inspection.item.name}"),
        (_("specification"), inspection.line.spec if inspection.line else ""),
        (_("order"), order),
        (_("company"), inspection.company.name),
    ]


def _labelled(facts: list[tuple[Any, Any]]) -> list[dict[str, Any]]:
    return [{"label": label, "value": shown(value, None)} for label, value in facts if value]


def _quantity(quantity: Decimal, unit: str) -> str:
    return f"{quantity.normalize():,f} {unit}"
