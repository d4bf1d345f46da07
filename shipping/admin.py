"""Shipments are looked at in the admin, never changed there; freight follows its own price flag."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from organization.admin_site import ReadOnlyAdmin, ReadOnlyInline
from organization.roles import sees_claims, sees_freight
from shipping.models import Claim, Damage, PackingLine, Shipment, ShipmentLine, Shortage, Trace


class ShipmentLineInline(ReadOnlyInline):
    model = ShipmentLine


class ShortageInline(ReadOnlyInline):
    model = Shortage
    fk_name = "shipment"


class TraceInline(ReadOnlyInline):
    model = Trace


class PackingLineInline(ReadOnlyInline):
    model = PackingLine


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    list_display = ("number", "delivery_number", "order", "company", "state", "planned_on", "dispatched_at", "received_at")
    list_filter = ("state", "company")
    search_fields = ("number", "delivery_number", "order__number")
    list_select_related = ("order", "company")
    inlines = (ShipmentLineInline, PackingLineInline, ShortageInline, TraceInline)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).visible_to(request.actor)  # type: ignore[attr-defined]

    def allowed(self, request: HttpRequest, names: Any) -> list:
        seen = super().allowed(request, names)
        return seen if sees_freight(request.actor) else [name for name in seen if name != "freight_cost"]  # type: ignore[attr-defined]


@admin.register(Damage)
class DamageAdmin(ReadOnlyAdmin):
    list_display = ("shipment", "words", "state", "cause", "reported_at")
    list_filter = ("state", "cause")
    list_select_related = ("shipment",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).visible_to(request.actor)  # type: ignore[attr-defined]


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """A claim is its amounts: whoever does not see them sees none."""

    list_display = ("number", "shipment", "against_name", "state", "amount", "agreed_amount")
    list_filter = ("state", "against")
    list_select_related = ("shipment",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        seen = super().get_queryset(request).visible_to(request.actor)  # type: ignore[attr-defined]
        return seen if sees_claims(request.actor) else seen.none()  # type: ignore[attr-defined]
