"""Changes in the admin: looked at, never edited (decision 2)."""

from __future__ import annotations

from django.contrib import admin

from orders.models import ChangeItem, ChangeRequest, ChangeSignoff, SupplementaryAgreement
from organization.admin_site import ReadOnlyAdmin, ReadOnlyInline


class ItemsInline(ReadOnlyInline):
    model = ChangeItem


class SignoffsInline(ReadOnlyInline):
    model = ChangeSignoff


class AgreementsInline(ReadOnlyInline):
    model = SupplementaryAgreement


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ReadOnlyAdmin):
    money = ("wanted",)
    list_display = ("number", "order", "kind", "change_class", "state", "received_at")
    list_filter = ("state", "kind", "change_class")
    list_select_related = ("order",)
    search_fields = ("number", "notice_number", "order__number")
    ordering = ("-id",)
    inlines = (ItemsInline, SignoffsInline, AgreementsInline)
