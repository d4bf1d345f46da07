"""Boards in the admin: what managers settle about theirs, and the links of screens: made, shown once, taken back, never edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.messages import SUCCESS, WARNING
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.acts import once, one_time_key
from organization.admin_site import MasterAdmin
from reports.board.links import LASTS, LONGEST, issue_link, revoke_link
from reports.board.models import BoardLink, BoardSettings


@admin.register(BoardSettings)
class BoardSettingsAdmin(MasterAdmin):
    company_path = "company"
    list_display = ("company", "names", "announcement")
    list_select_related = ("company",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("company",) if obj else ()


class BoardLinkForm(forms.ModelForm):
    """`moment` is that of the request: a link begins to count when it is made."""

    moment: Any = None

    once = forms.CharField(widget=forms.HiddenInput, max_length=64)

    class Meta:
        model = BoardLink
        fields = ("company", "place", "language", "expires_at")

    def clean_expires_at(self) -> Any:
        end = self.cleaned_data["expires_at"]
        if not self.moment < end <= self.moment + LONGEST:
            raise ValidationError(_("A link of a board ends after now, and within two years."))
        return end


@admin.register(BoardLink)
class BoardLinkAdmin(MasterAdmin):
    company_path = "company"
    form = BoardLinkForm
    list_display = ("company", "place", "language", "made_by", "made_at", "expires_at", "revoked_at", "revoked_by")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("company",)
    ordering = ("-pk",)
    actions = ("take_back",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.moment = request.now  # type: ignore[attr-defined]
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"once": one_time_key(), "expires_at": request.now + LASTS, **super().get_changeform_initial_data(request)}  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: BoardLink, form: Any, change: bool) -> None:
        """Made by the service; the row of the form takes its place, so that the admin's own log names it. Sent again (a page loaded anew,
        a double click), it is the same link, and its address is gone (SEC-04)."""
        at, given = request.now, dict(form.cleaned_data)  # type: ignore[attr-defined]
        key = given.pop("once")

        def issue() -> str:
            link, obj.address = issue_link(**given, by=request.actor, at=at)  # type: ignore[attr-defined]
            return str(link.pk)

        obj.pk = int(once(key, person_id=request.user.pk or 0, at=at, do=issue))

    def log_addition(self, request: HttpRequest, obj: BoardLink, message: Any) -> Any:
        return super().log_addition(request, obj, message) if hasattr(obj, "address") else None

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The address, this once: nobody can read it again; the admin's answers are kept nowhere."""
        if not hasattr(obj, "address"):
            self.message_user(
                request, _("This link has been made already; its address was shown once. Make another one if it is lost."), WARNING
            )
            return redirect("admin:reports_boardlink_changelist")
        context = {**self.admin_site.each_context(request), "title": _("Link of a board"), "opts": self.opts, "link": obj}
        return TemplateResponse(request, "admin/reports/boardlink/made.html", context)

    @admin.action(description=_("Take back: the screens show nothing any more"), permissions=["add"])
    def take_back(self, request: HttpRequest, links: QuerySet[BoardLink]) -> None:
        found = list(links.filter(revoked_at=None))
        for link in found:
            revoke_link(link=link, by=request.actor, at=request.now)  # type: ignore[attr-defined]
            self.log_change(request, link, "taken back")
        said = ngettext("%(n)s link taken back.", "%(n)s links taken back.", len(found))
        self.message_user(request, said % {"n": len(found)}, SUCCESS)
