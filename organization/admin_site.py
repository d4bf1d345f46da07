"""The admin site (ORG-05): who keeps master data may enter; what they may do there hangs on their posts, never on Django's groups.

`MasterAdmin` is for master data, `ReadOnlyAdmin` for what only services write (decision 2).
"""

from __future__ import annotations

from itertools import chain
from typing import Any, ClassVar

from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.contrib.admin.utils import unquote
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from core.models import MoneyField, PriceField
from core.questions import ask
from organization.models import Company, Department, Post
from organization.roles import MASTER_KEEPERS, Role, sees_sale_prices, visible


def keeps_masters(request: HttpRequest) -> bool:
    """Whether this person holds a post that maintains master data, or stands in for one."""
    return request.user.is_active and bool(request.actor.roles & MASTER_KEEPERS)  # type: ignore[attr-defined]


def keeps_everything(request: HttpRequest) -> bool:
    """Administrators and the group's manager: accounts, and the rows of every company."""
    return request.user.is_active and bool(request.actor.roles & {Role.ADMINISTRATOR, Role.GROUP_MANAGER})  # type: ignore[attr-defined]


def companies_kept(request: HttpRequest) -> set[int] | None:
    """The companies whose own rows this person keeps; None for all."""
    if keeps_everything(request):
        return None
    return {hat.company_id for hat in request.actor.hats if hat.role in MASTER_KEEPERS}  # type: ignore[attr-defined]


class Site(AdminSite):
    site_header = site_title = _("Master data")
    index_title = _("What managers maintain")
    enable_nav_sidebar = False  # it needs a script for its filter, and a phone has no room for it

    def has_permission(self, request: HttpRequest) -> bool:
        return keeps_masters(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The first page; for those who keep everything with a box on how the machinery stands (SLA-05)."""
        signs = ask("machinery", at=request.now) if keeps_everything(request) else []  # type: ignore[attr-defined]
        return super().index(request, {"machinery": list(chain.from_iterable(signs)), **(extra_context or {})})

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One log-in for the whole product; who is logged in already and has no business here may not enter."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


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


OVERTAKEN = _(
    "%(who)s changed this at %(at)s, after you had opened it. Look at what stands there now; saving again puts yours in place."
)


class MasterAdmin(Keepers, SimpleHistoryAdmin):
    """Master data with its history: who changed what, when (SEC-02). The history is shown only, never taken back to.

    `company_path` is the look-up to the company of rows that belong to one: a general manager keeps those of the own company, and reads
    the whole group's (those without a company) where `groups_shown`.
    """

    company_path: ClassVar[str] = ""
    groups_shown: ClassVar[bool] = False
    object_history_list_template = "admin/history_list.html"
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows, kept = super().get_queryset(request), companies_kept(request)
        if kept is None or not self.company_path:
            return rows
        within = models.Q(**{f"{self.company_path}__in": kept})
        return rows.filter(within | models.Q(**{self.company_path: None}) if self.groups_shown else within)

    def keeps_row(self, request: HttpRequest, row: Any) -> bool:
        """Whether this person may change this row, and not only read it."""
        return not self.groups_shown or keeps_everything(request) or row.company_id is not None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or self.keeps_row(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or self.keeps_row(request, obj))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kept = companies_kept(request)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        path = {Company: "pk", Department: "company", Post: "department__company"}.get(db_field.related_model)
        if kept is not None and self.company_path and path and field is not None:
            field.queryset = field.queryset.filter(**{f"{path}__in": kept})
            field.required = field.required or db_field.related_model is Company  # a row without company is the whole group's
        return field

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id)) if object_id else None
        last = row.history.first() if row is not None else None
        return super().changeform_view(request, object_id, form_url, {"seen": last.pk if last else "", **(extra_context or {})})

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        """A form that was opened before somebody else changed the row is refused once, with what was typed; sent again, it counts."""
        form = super().get_form(request, obj, change=change, **kwargs)
        last = obj.history.first() if obj is not None and request.method == "POST" else None
        if last is None or request.POST.get("_seen", str(last.pk)) == str(last.pk):
            return form
        refusal = OVERTAKEN % {"who": last.history_user or "—", "at": f"{localtime(last.history_date):%m-%d %H:%M}"}

        class Late(form):  # type: ignore[misc,valid-type]
            def clean(self) -> Any:
                super().clean()
                raise ValidationError(refusal)

        return Late

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self.within_reach(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        self.within_reach(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        return super().history_form_view(request, object_id, *args, **kwargs)

    def within_reach(self, request: HttpRequest, object_id: str) -> None:
        """History is looked up by number, past the row's own door."""
        if self.company_path and companies_kept(request) is not None and not self.get_queryset(request).filter(pk=object_id).exists():
            raise PermissionDenied


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
    """A business document: looked at here, changed by nobody. Administrators see that it is there, managers what is in their reach (P2).

    `seen_through` names the field to the thing whose reach counts, where the row has none of its own.
    """

    seen_through: ClassVar[str] = ""
    list_per_page = 50
    show_full_result_count = False
    actions: Any = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows, actor = super().get_queryset(request), request.actor  # type: ignore[attr-defined]
        if Role.ADMINISTRATOR in actor.roles:
            return rows
        if self.seen_through:
            model: Any = self.opts.get_field(self.seen_through).related_model
            return rows.filter(**{f"{self.seen_through}__in": visible(model._default_manager.all(), actor)})
        if not hasattr(self.model, "scope_kind"):
            return rows if keeps_everything(request) else rows.none()
        return visible(rows, actor)

    def get_list_display(self, request: HttpRequest) -> list:
        return self.allowed(request, super().get_list_display(request))


class TechnicalAdmin(ReadOnlyAdmin):
    """What the product writes for itself: for administrators and the group's manager."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return keeps_everything(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_everything(request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return ModelAdmin.get_queryset(self, request)


class ReadOnlyInline(Shown, TabularInline):
    extra = 0
    can_delete = False
