"""The conditions of returns are edited here, with their history; what customers asked for is only shown."""

from django.contrib import admin

from aftersales.models import Rating, ReturnLine, ReturnPolicy, ReturnRequest, ServiceRequest
from organization.admin_site import MasterAdmin, ReadOnlyAdmin, ReadOnlyInline


@admin.register(ReturnPolicy)
class ReturnPolicyAdmin(MasterAdmin):
    company_path = "company"
    list_display = ("company", "period_days", "packaging_intact", "labels_intact", "rating_days")
    list_select_related = ("company",)


@admin.register(ServiceRequest)
class ServiceRequestAdmin(ReadOnlyAdmin):
    list_display = ("number", "order", "kind", "channel", "received_at", "state")
    list_filter = ("state", "kind")
    search_fields = ("number", "order__number")
    list_select_related = ("order",)


class ReturnLineInline(ReadOnlyInline):
    model = ReturnLine


@admin.register(ReturnRequest)
class ReturnRequestAdmin(ReadOnlyAdmin):
    list_display = ("number", "order", "wanted", "reason", "cause", "applied_at", "state")
    list_filter = ("state", "wanted", "cause")
    search_fields = ("number", "order__number")
    list_select_related = ("order",)
    inlines = (ReturnLineInline,)


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    list_display = ("order", "service", "asked_at", "answer_by", "stars", "state")
    list_filter = ("state", "stars")
    search_fields = ("order__number",)
    list_select_related = ("order", "service")
