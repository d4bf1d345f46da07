"""Inspections and nonconformities are written by services alone; here they are only shown."""

from django.contrib import admin

from organization.admin_site import ReadOnlyAdmin
from quality.models import Inspection, Nonconformity


@admin.register(Inspection)
class InspectionAdmin(ReadOnlyAdmin):
    list_display = ("number", "source_kind", "item", "company", "quantity", "accepted", "rejected", "state", "opened_at", "inspector_name")
    list_filter = ("state", "source_kind", "company")
    search_fields = ("number", "item__code")
    list_select_related = ("item", "company")


@admin.register(Nonconformity)
class NonconformityAdmin(ReadOnlyAdmin):
    list_display = ("inspection", "quantity", "state", "disposition", "reason", "decided_by", "found_at")
    list_filter = ("state", "disposition")
    search_fields = ("inspection__number", "inspection__item__code")
    list_select_related = ("inspection",)
