"""Suppliers are maintained here; demand and purchase orders are only looked at, costs by those who see costs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from organization.admin_site import MasterAdmin, MasterInline, ReadOnlyAdmin, ReadOnlyInline
from organization.roles import sees_costs
from procurement.models import Arrival, Demand, DemandSheet, PurchaseLine, PurchaseOrder, Supplier, SupplierItem


class SupplierItemInline(MasterInline):
    model = SupplierItem
    autocomplete_fields = ("item",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list:
        return ["item", "lead_days", *(["price"] if sees_costs(request.actor) else [])]  # type: ignore[attr-defined]


@admin.register(Supplier)
class SupplierAdmin(MasterAdmin):
    list_display = ("code", "name", "company", "lead_days", "on_time_percent")
    search_fields = ("code", "name")
    list_select_related = ("company",)
    inlines = (SupplierItemInline,)


class DemandInline(ReadOnlyInline):
    model = Demand


@admin.register(DemandSheet)
class DemandSheetAdmin(ReadOnlyAdmin):
    list_display = ("order", "company", "state", "found_at", "covered_at")
    list_filter = ("state", "company")
    search_fields = ("order__number",)
    list_select_related = ("order", "company")
    inlines = (DemandInline,)


class PurchaseLineInline(ReadOnlyInline):
    model = PurchaseLine

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list:
        hidden = set() if sees_costs(request.actor) else {"unit_cost"}  # type: ignore[attr-defined]
        return [name for name in super().get_fields(request, obj) if name not in hidden]


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(ReadOnlyAdmin):
    list_display = ("number", "supplier", "company", "state", "made_at", "made_by", "approved_by")
    list_filter = ("state", "company")
    search_fields = ("number", "supplier__name")
    list_select_related = ("supplier", "company")
    inlines = (PurchaseLineInline,)


@admin.register(Arrival)
class ArrivalAdmin(ReadOnlyAdmin):
    list_display = ("line", "quantity", "delivery_note", "person_name", "at")
    search_fields = ("delivery_note", "line__purchase__number")
    list_select_related = ("line__item",)
