"""Limits are edited here (SLA-02, ORG-05); what runs is only looked at."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from organization.admin_site import MasterAdmin, ReadOnlyInline, TechnicalAdmin
from organization.roles import Role
from sla.declare import CLOCKS
from sla.explain import preview, walk
from sla.forms import PreviewForm
from sla.models import ClockRule, MovedDue, Pause, Recount, RunningClock, Step

RESOLVER = re.compile(r"(owner|head):[a-z_]+|(?P<role>[a-z_]+)@(sales|product|group)")


def resolvable(text: str) -> None:
    """Refuse what no resolver understands: the clock of an order would stand without anybody responsible."""
    for resolver in text.split():
        found = RESOLVER.fullmatch(resolver)
        if not found or (found["role"] and found["role"] not in Role.values):
            raise ValidationError(
                _("“%(text)s” is neither owner:…, head:… nor a role at sales, product or group."), params={"text": resolver}
            )


class ClockRuleForm(forms.ModelForm):
    def clean_responsible(self) -> str:
        resolvable(self.cleaned_data["responsible"])
        return self.cleaned_data["responsible"]

    def clean_chain(self) -> str:
        resolvable(self.cleaned_data["chain"])
        return self.cleaned_data["chain"]


@admin.register(ClockRule)
class ClockRuleAdmin(MasterAdmin):
    """A company's own row goes before the group's; what runs already keeps its limit."""

    form = ClockRuleForm
    company_path = "company"
    list_display = ("__str__", "company", "unit", "amount", "warn_percent", "responsible", "active")
    list_filter = ("unit", "company", "active")
    search_fields = ("name",)
    ordering = ("name",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "name":
            return forms.ChoiceField(label=db_field.verbose_name, choices=[(clock.name, clock.label) for clock in CLOCKS.values()])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name", "company") if obj else ()

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.preview_view)
        return [path("<path:object_id>/change/preview/", view, name="sla_clockrule_preview"), *super().get_urls()]

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For a given start: when it would be due, and the walk through the calendar that leads there (SLA-02)."""
        rule = self.get_object(request, object_id)
        if rule is None:
            raise Http404
        form = PreviewForm(request.GET or None, rule=rule, initial={"company": rule.company_id, "start": localtime(request.now)})  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "title": _("When would it be due?"),
            "opts": self.opts,
            "rule": rule,
            "form": form,
        }
        if form.is_valid():
            given = form.cleaned_data
            clock = preview(rule, company_id=given["company"].pk, start=given["start"], anchor=given.get("anchor"))
            context |= {"clock": clock, "days": walk(clock)}
        return TemplateResponse(request, "admin/sla/clockrule/preview.html", context)


class StepsInline(ReadOnlyInline):
    model = Step


class PausesInline(ReadOnlyInline):
    model = Pause


class MovesInline(ReadOnlyInline):
    model = MovedDue


@admin.register(RunningClock)
class RunningClockAdmin(TechnicalAdmin):
    list_display = ("name", "subject_kind", "subject_id", "role", "started_at", "due_at", "stopped_at", "cancelled_at")
    list_filter = ("name", ("stopped_at", admin.EmptyFieldListFilter), ("cancelled_at", admin.EmptyFieldListFilter))
    search_fields = ("=order_id", "=subject_id")
    ordering = ("-id",)
    inlines = (StepsInline, PausesInline, MovesInline)


@admin.register(Recount)
class RecountAdmin(TechnicalAdmin):
    """What edits of a calendar did to open clocks."""

    list_display = ("why", "company", "asked_at", "looked_at", "moved", "done_at")
    ordering = ("-id",)
