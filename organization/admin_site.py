"""The admin site (ORG-05): who keeps master data may enter; what they may do there hangs on their posts, never on Django's groups.

`MasterAdmin` is for master data, `ReadOnlyAdmin` for what only services write (decision 2).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin import AdminSite, ModelAdmin, StackedInline, TabularInline
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from core.models import MoneyField, PriceField
from organization.roles import MASTER_KEEPERS, sees_sale_prices


def keeps_masters(request: HttpRequest) -> bool:
    """Whether this person holds a post that maintains master data, or stands in for one."""
    return request.user.is_active and bool(request.actor.roles & MASTER_KEEPERS)  # type: ignore[attr-defined]


class Site(AdminSite):
    site_header = site_title = _("Master data")
    index_title = _("What managers maintain")
    enable_nav_sidebar = False  # it needs a script for its filter, and a phone has no room for it

    def has_permission(self, request: HttpRequest) -> bool:
        return keeps_masters(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One log-in for the whole product; who is logged in already simply may not enter."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or self.name)


class Keepers:
    """Doors of Django's admin answered from our roles."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return keeps_masters(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_masters(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_masters(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_masters(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_masters(request)


class MasterAdmin(Keepers, SimpleHistoryAdmin):
    """Master data with its history: who changed what, when (SEC-02). History itself is only shown, never taken back to."""

    save_on_top = True
    object_history_list_template = "simple_history/object_history_list.html"

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            raise PermissionDenied
        return super().history_form_view(request, *args, **kwargs)


class MasterInline(Keepers, TabularInline):
    extra = 0


class Shown:
    """View only: written by services alone, whoever asks. Money is shown to roles that see sale prices, not to administrators."""

    money: ClassVar[tuple[str, ...]] = ()  # further fields that carry money, such as a JSON picture of the lines

    def has_module_permission(self, request: HttpRequest) -> bool:
        return keeps_masters(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_masters(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def is_money(self, field: models.Field | None) -> bool:
        return field is not None and (field.name in self.money or isinstance(field, MoneyField | PriceField))

    def allowed(self, request: HttpRequest, names: Any) -> list:
        """The names without those of money where this person may not see it."""
        if sees_sale_prices(request.actor):  # type: ignore[attr-defined]
            return list(names)
        fields = {field.name: field for field in self.opts.fields}  # type: ignore[attr-defined]
        return [name for name in names if not self.is_money(fields.get(name))]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list:
        return self.allowed(request, super().get_fields(request, obj))  # type: ignore[misc]


class ReadOnlyAdmin(Shown, ModelAdmin):
    """A business document: looked at here, changed by nobody. Companies' scopes hold here too (P2)."""

    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = super().get_queryset(request)
        return rows

    def get_list_display(self, request: HttpRequest) -> list:
        return self.allowed(request, super().get_list_display(request))

    def get_list_filter(self, request: HttpRequest) -> list:
        return self.allowed(request, super().get_list_filter(request))


class ReadOnlyInline(Shown, TabularInline):
    extra = 0
    can_delete = False


class ReadOnlyStacked(Shown, StackedInline):
    extra = 0
    can_delete = False
