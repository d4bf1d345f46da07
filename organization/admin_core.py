"""The foundation's rows in the admin; here, because `core` knows no roles and may not import them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.messages import SUCCESS
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.models import Delivery, Fact, Heartbeat, Reaction, Unit
from organization.admin_site import Keepers, TechnicalAdmin


@admin.register(Unit)
class UnitAdmin(Keepers, ModelAdmin):
    list_display = ("code", "decimals")


@admin.register(Fact)
class FactAdmin(TechnicalAdmin):
    money = ("money", "changes")
    list_display = ("id", "at", "kind", "subject_kind", "subject_id", "order_id", "actor_name")
    list_filter = ("kind",)
    search_fields = ("=order_id", "=subject_id", "actor_name")
    ordering = ("-id",)


@admin.register(Reaction)
class ReactionAdmin(TechnicalAdmin):
    list_display = ("id", "handler", "fact", "next_at", "done_at", "attempts", "error")
    list_filter = (("done_at", admin.EmptyFieldListFilter), "handler")
    list_select_related = ("fact",)
    ordering = ("-id",)


@admin.register(Delivery)
class DeliveryAdmin(TechnicalAdmin):
    """What failed too often is parked; its cause mended, it is sent again from here."""

    list_display = ("title", "channel", "address", "at", "sent_at", "parked", "attempts", "error")
    list_filter = ("parked", "channel", ("sent_at", admin.EmptyFieldListFilter))
    search_fields = ("title", "address", "key")
    ordering = ("-id",)
    actions = ["send_again"]

    @admin.action(description=_("Send the parked ones again"), permissions=["view"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        parked = list(rows.filter(parked=True))
        for row in parked:
            row.parked, row.attempts, row.next_at = False, 0, request.now  # type: ignore[attr-defined]
            row.save(update_fields=["parked", "attempts", "next_at"])
            self.log_change(request, row, "sent again")
        said = ngettext("%(n)s delivery will be sent again.", "%(n)s deliveries will be sent again.", len(parked))
        self.message_user(request, said % {"n": len(parked)}, SUCCESS)


@admin.register(Heartbeat)
class HeartbeatAdmin(TechnicalAdmin):
    list_display: Any = ("name", "at")
