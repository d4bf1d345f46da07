"""How people and groups are told, as administrators keep it: wishes, group robots, and a trial for each channel (SLA-09)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.models import Delivery
from organization.admin_core import DeliveryAdmin
from organization.admin_site import MasterAdmin, keeps_everything
from organization.models import Person
from sla.gathered import mail_trial
from sla.listeners import Robot, Wish, key_in
from sla.robots import RobotFailed, send_trial


@admin.register(Wish)
class WishAdmin(MasterAdmin):
    """What each person sets on their own page, too; accounts are for administrators and the group's manager."""

    list_display = ("person", "by_mail", "every", "quiet_from", "quiet_until")
    list_select_related = ("person",)
    search_fields = ("person__name", "person__username")
    autocomplete_fields = ("person",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return keeps_everything(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_everything(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_everything(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_everything(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return keeps_everything(request)


class RobotForm(forms.ModelForm):
    """Key and secret are entered and never shown again; left empty, they stay. Another service needs a key of its own."""

    class Meta:
        model = Robot
        fields = ("name", "kind", "key", "secret", "company", "department", "since", "language", "active")
        widgets: dict[str, Any] = {name: forms.PasswordInput(attrs={"autocomplete": "new-password"}) for name in ("key", "secret")}
        help_texts: dict[str, Any] = {
            "key": _("The robot's whole address, or the key in it. It is not shown again; empty: stays as it is."),
            "secret": _("DingTalk only, where the robot demands a signature. Not shown again; empty: stays as it is."),
        }

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kept = {"key": self.instance.key, "secret": self.instance.secret} if self.instance.pk else {}
        self.fields["key"].required = not self.kept

    def clean_key(self) -> str:
        return key_in(self.cleaned_data.get("kind", ""), self.cleaned_data["key"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.kept and "kind" in self.changed_data:
            if not given.get("key"):
                self.add_error("key", _("Another service: enter its key."))
        else:
            given |= {name: given.get(name) or kept for name, kept in self.kept.items()}
        return given


@admin.register(Robot)
class RobotAdmin(MasterAdmin):
    form = RobotForm
    company_path = "company"
    list_display = ("name", "kind", "company", "department", "since", "language", "active")
    list_filter = ("kind", "company", "active")
    list_select_related = ("company", "department__company")

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.trial_view)
        return [path("<path:object_id>/change/trial/", view, name="sla_robot_trial"), *super().get_urls()]

    def trial_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A message into the group, after a question; what became of it is said."""
        robot = self.get_object(request, object_id)
        if robot is None or not self.has_change_permission(request, robot):
            raise Http404
        there = reverse("admin:sla_robot_change", args=[robot.pk])
        if request.method != "POST":
            asked = _("Send a trial message into the group of “{name}” ({kind})?").format(name=robot, kind=robot.get_kind_display())
            return trial_page(self, request, asked, there)
        try:
            send_trial(robot)
        except (RobotFailed, forms.ValidationError) as failed:
            why = failed.in_words() if isinstance(failed, RobotFailed) else " ".join(failed.messages)
            messages.error(request, _("It did not arrive: {why}").format(why=why))
        else:
            messages.success(request, _("The service took the trial message: it stands in the group now."))
        return HttpResponseRedirect(there)


def trial_page(model_admin: Any, request: HttpRequest, asked: str, back: str, why_not: Any = "") -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Try it out"),
        "opts": model_admin.opts,
        "asked": asked,
        "why_not": why_not,
        "back": back,
    }
    return TemplateResponse(request, "admin/sla/trial.html", context)


admin.site.unregister(Delivery)


@admin.register(Delivery)
class DeliveryWithTrialAdmin(DeliveryAdmin):
    """The list of what leaves the house, with a trial of the mail."""

    change_list_template = "admin/sla/deliveries.html"
    list_display = ("title", "channel", "to_whom", "at", "sent_at", "given_up", "attempts", "error")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        person = Person.objects.filter(pk=OuterRef("person_id")).values("name")
        place = Concat(Value("robot-"), Cast("pk", CharField()))
        robot = Robot.objects.annotate(place=place).filter(place=OuterRef("address")).values("name")
        return super().get_queryset(request).annotate(recipient=Coalesce(Subquery(person[:1]), Subquery(robot[:1]), "address"))

    @admin.display(description=_("to whom"))
    def to_whom(self, delivery: Any) -> str:
        return delivery.recipient

    @admin.display(description=_("parked"), ordering="parked")
    def given_up(self, delivery: Delivery) -> str:
        """In words: a green tick would say that all is well."""
        return gettext("parked") if delivery.parked else ""

    def get_urls(self) -> list:
        return [path("trial/", self.admin_site.admin_view(self.trial_view), name="sla_mail_trial"), *super().get_urls()]

    def trial_view(self, request: HttpRequest) -> HttpResponse:
        """A mail to oneself, after a question; what became of it is said."""
        if not self.has_view_permission(request):
            raise Http404
        there, person = reverse("admin:core_delivery_changelist"), request.user
        if request.method != "POST":
            asked = _("Send a trial mail to your own address {address}?").format(address=person.email)  # type: ignore[union-attr]
            return trial_page(self, request, asked, there, "" if person.email else _("Your account has no e-mail address."))  # type: ignore[union-attr]
        problem = mail_trial(person)  # type: ignore[arg-type]
        if problem:
            messages.error(request, _("It did not leave: {why}").format(why=problem))
        else:
            sent = _("The mail server took the trial mail to {address}: look whether it arrives.")
            messages.success(request, sent.format(address=person.email))  # type: ignore[union-attr]
        return HttpResponseRedirect(there)
