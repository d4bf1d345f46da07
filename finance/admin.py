"""Payments and invoices are looked at in the admin, never changed there; amounts only by who sees sale prices."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from finance.models import Invoice, InvoiceLine, Payment, Refund, RefundShare
from organization.admin_site import ReadOnlyAdmin, ReadOnlyInline


class MoneyAdmin(ReadOnlyAdmin):
    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).visible_to(request.actor)  # type: ignore[attr-defined]


@admin.register(Payment)
class PaymentAdmin(MoneyAdmin):
    list_display = ("number", "order", "kind", "amount", "currency", "paid_on", "state")
    list_filter = ("state", "kind", "company")
    search_fields = ("number", "order__number", "bank_reference")
    list_select_related = ("order",)


class InvoiceLineInline(ReadOnlyInline):
    model = InvoiceLine


@admin.register(Invoice)
class InvoiceAdmin(MoneyAdmin):
    list_display = ("number", "order", "buyer_name", "gross", "currency", "issued_at", "state")
    list_filter = ("state", "company", "year")
    search_fields = ("number", "order__number", "buyer_name")
    list_select_related = ("order",)
    inlines = (InvoiceLineInline,)


class RefundShareInline(ReadOnlyInline):
    model = RefundShare


@admin.register(Refund)
class RefundAdmin(MoneyAdmin):
    list_display = ("number", "order", "amount", "currency", "reason", "agreed_at", "state")
    list_filter = ("state",)
    search_fields = ("number", "order__number")
    list_select_related = ("order",)
    inlines = (RefundShareInline,)
