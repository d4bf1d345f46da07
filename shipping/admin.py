"""Shipments are looked at in the admin, never changed there; freight follows its own price flag."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from organization.admin_site import ReadOnlyAdmin, ReadOnlyInline
from shipping.models import PackingLine, Shipment, ShipmentLine
from shipping.selectors import sees_freight


class ShipmentLineInline(ReadOnlyInline):
    model = ShipmentLine


class PackingLineInline(ReadOnlyInline):
    model = PackingLine


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    list_display = ("number", "delivery_number", "order", "company", "state", "planned_on", "dispatched_at", "received_at")
    list_filter = ("state", "company")
    search_fields = ("number", "delivery_number", "order__number")
    list_select_related = ("order", "company")
    inlines = (ShipmentLineInline, PackingLineInline)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).visible_to(request.actor)  # type: ignore[attr-defined]

    def allowed(self, request: HttpRequest, names: Any) -> list:
        seen = super().allowed(request, names)
        return seen if sees_freight(request.actor) else [name for name in seen if name != "freight_cost"]  # type: ignore[attr-defined]
