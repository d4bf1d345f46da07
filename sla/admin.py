"""Limits are edited here (SLA-02, ORG-05); what runs is only looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.actor import SYSTEM
from organization.admin_site import MasterAdmin, ReadOnlyInline, TechnicalAdmin
from organization.roles import Role
from sla import admin_telling, work  # noqa: F401  admin_telling registers itself
from sla.clock_page import COMING
from sla.declare import CLOCKS
from sla.engine import LATE_START, began_too_late
from sla.explain import Told, preview, steps, walk
from sla.forms import ChainField, ClockRuleForm, PreviewForm, in_words, posts
from sla.models import ClockRule, MovedDue, Pause, Recount, RunningClock, Step


@admin.register(ClockRule)
class ClockRuleAdmin(MasterAdmin):
    """A company's own row goes before the group's, which its manager reads; what runs already keeps its limit."""

    form = ClockRuleForm
    company_path = "company"
    groups_shown = True
    list_display = ("__str__", "company", "limit_in_words", "warn_percent", "interval", "who", "active")
    list_filter = ("unit", "company", "active")
    search_fields = ("name",)
    search_help_text = _("By the words of the clock")
    ordering = ("name",)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """By what the clocks are called, in the reader's language."""
        words = search_term.casefold().split()
        names = [name for name, clock in CLOCKS.items() if all(word in f"{name} {clock.label}".casefold() for word in words)]
        return queryset.filter(name__in=names), False

    @admin.display(description=_("clock"))
    def clock(self, rule: ClockRule) -> str:
        return str(rule)

    @admin.display(description=_("limit"), ordering="amount")
    def limit_in_words(self, rule: ClockRule) -> str:
        return ClockRule.Unit(rule.unit).words(rule.amount)

    @admin.display(description=_("responsible"), ordering="responsible")
    def who(self, rule: ClockRule) -> str:
        return in_words(rule.responsible)

    @admin.display(description=_("name"))
    def words(self, rule: ClockRule) -> str:
        return str(rule)

    @admin.display(description=_("chain"))
    def above(self, rule: ClockRule) -> str:
        return " → ".join(str(in_words(each)) for each in rule.chain.split())

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only read it reads words, where the form would have offered them."""
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fields(request, obj)
        return ("words", "company", "limit_in_words", "opens", "warn_percent", "who", "above", "interval", "active")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "name":
            return forms.ChoiceField(label=db_field.verbose_name, choices=[(clock.name, clock.label) for clock in CLOCKS.values()])
        if db_field.name == "case":
            cases = {code: label for clock in CLOCKS.values() for code, (label, _limit) in clock.cases.items()}
            return forms.ChoiceField(label=db_field.verbose_name, choices=[("", "—"), *cases.items()], required=False)
        if db_field.name == "responsible":
            return forms.ChoiceField(label=db_field.verbose_name, choices=posts)
        if db_field.name == "chain":
            return ChainField(label=db_field.verbose_name, help_text=db_field.help_text, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("clock", "company") if obj else ()

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name", "case") if obj else ()

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
            context |= _previewed(rule, form.cleaned_data)
        return TemplateResponse(request, "admin/sla/clockrule/preview.html", context)


def _previewed(rule: ClockRule, given: dict[str, Any]) -> dict[str, Any]:
    company, department = given["company"], given.get("department")
    where = {"company_id": company.pk, "department_id": department.pk if department else None}
    clock = preview(rule, start=given["start"], anchor=given.get("anchor"), **where)
    own = ClockRule.objects.filter(name=rule.name, case=rule.case, company=company).exclude(pk=rule.pk)
    return {
        "clock": clock, "days": walk(clock), "steps": [_told(step) for step in steps(clock)], "own": own.first(),
        "too_late": began_too_late(clock), "late_start": LATE_START,
    }  # fmt: skip


def _told(step: Told) -> dict[str, Any]:
    return {"text": COMING[step.step.split(" ")[0]], "who": in_words(step.resolver), "at": step.at}


class StepsInline(ReadOnlyInline):
    model = Step


class PausesInline(ReadOnlyInline):
    model = Pause


class MovesInline(ReadOnlyInline):
    model = MovedDue


MOVES_SHOWN = 300


class FirstMoves(forms.BaseInlineFormSet):
    """The first moves of a recount, each with what its clock demands and of which thing; asked for all together."""

    def get_queryset(self) -> Any:
        if not hasattr(self, "first"):
            self.first = list(super().get_queryset().select_related("clock__rule").order_by("pk")[:MOVES_SHOWN])
            things = work.things_of([move.clock for move in self.first], SYSTEM)
            for move in self.first:
                move.words = " · ".join(filter(None, (work.title_of(move.clock), things.get(move.clock_id, {}).get("title"))))
        return self.first


class MovedInline(ReadOnlyInline):
    model = MovedDue
    formset = FirstMoves
    verbose_name_plural = format_lazy(_("moved due times, at most {n} of them"), n=MOVES_SHOWN)
    fields = ("clock_in_words", "was_due_at", "due_at")
    readonly_fields = ("clock_in_words",)

    @admin.display(description=_("running clock"))
    def clock_in_words(self, move: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:sla_runningclock_change", args=[move.clock_id]), move.words)


@admin.register(RunningClock)
class RunningClockAdmin(TechnicalAdmin):
    view_on_site = False  # whoever keeps the machinery need not be able to see the thing
    list_select_related = ("rule",)
    list_display = ("label", "kind", "subject_id", "who", "due_at", "stopped_at", "cancelled_at", "next_at", "attempts")
    list_filter = ("name", ("stopped_at", admin.EmptyFieldListFilter), ("cancelled_at", admin.EmptyFieldListFilter))
    search_fields = ("=order_id", "=subject_id")
    ordering = ("-id",)
    inlines = (StepsInline, PausesInline, MovesInline)

    @admin.display(description=_("clock"), ordering="name")
    def label(self, clock: RunningClock) -> str:
        return clock.label

    @admin.display(description=_("kind of thing"), ordering="subject_kind")
    def kind(self, clock: RunningClock) -> str:
        return str(apps.get_model(clock.subject_kind)._meta.verbose_name)

    @admin.display(description=_("role"), ordering="role")
    def who(self, clock: RunningClock) -> str:
        return str(Role(clock.role).label)


@admin.register(Recount)
class RecountAdmin(TechnicalAdmin):
    """What edits of a calendar did to open clocks."""

    fields = ("company", "why", "asked_at", "looked_at", "moved", "done_at")
    list_display = ("edits", "company", "asked_at", "looked_at", "moved", "done_at")
    list_select_related = ("company",)
    ordering = ("-id",)
    inlines = (MovedInline,)

    @admin.display(description=_("what was edited"))
    def edits(self, recount: Recount) -> str:
        return recount.edits
