"""Work centres are maintained here; plans are only looked at."""

from django.contrib import admin

from organization.admin_site import MasterAdmin, ReadOnlyAdmin, ReadOnlyInline
from production.models import ContactSheet, Handover, PlanTask, ProductionPlan, TaskReport, WorkCentre


@admin.register(WorkCentre)
class WorkCentreAdmin(MasterAdmin):
    list_display = ("code", "name", "kind", "company", "department", "people_or_lines", "hours_per_day")
    list_filter = ("company", "kind")
    search_fields = ("code", "name")
    list_select_related = ("company", "department__company")


class PlanTaskInline(ReadOnlyInline):
    model = PlanTask


@admin.register(ProductionPlan)
class ProductionPlanAdmin(ReadOnlyAdmin):
    list_display = ("number", "order", "state", "due_date", "released_at", "finished_at")
    list_filter = ("state",)
    search_fields = ("number", "order__number")
    list_select_related = ("order",)
    inlines = (PlanTaskInline,)


class TaskReportInline(ReadOnlyInline):
    model = TaskReport


class HandoverInline(ReadOnlyInline):
    model = Handover


@admin.register(PlanTask)
class PlanTaskAdmin(ReadOnlyAdmin):
    list_display = ("plan", "sequence", "kind", "title", "department", "state", "start_date", "end_date", "good", "scrap")
    list_filter = ("kind", "state")
    search_fields = ("plan__number", "plan__order__number")
    list_select_related = ("plan", "department__company")
    inlines = (TaskReportInline, HandoverInline)


@admin.register(ContactSheet)
class ContactSheetAdmin(ReadOnlyAdmin):
    list_display = ("number", "asking", "asked", "order", "state", "due_at", "answered_at")
    list_filter = ("state",)
    search_fields = ("number", "order__number")
    list_select_related = ("asking__company", "asked__company", "order")
