"""Pages of contact sheets: the list, a new one, one sheet with its acts and its printed form."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core.acts import ActForm, ActView, offers_of
from core.lists import Column, ListPage
from core.workflow import Offer
from documents.services import printing_available
from documents.views import print_and_show
from orders.models import Order
from production.contact.forms import SHEET_FORMS, SendForm
from production.contact.models import ContactSheet
from production.contact.selectors import sees_sheets
from production.contact.workflow import SheetState


class SheetFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number, order, text"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=SheetState.choices)

    class Meta:
        model = ContactSheet
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        text = value.strip()
        return rows.filter(
            Q(number__icontains=text) | Q(order__number__icontains=text) | Q(problem__icontains=text) | Q(wanted__icontains=text)
        )


class SheetList(ListPage):
    title = _("Contact sheets")
    model = ContactSheet
    filterset = SheetFilter
    related = ("order", "asking__company", "asked__company")
    empty = _("No contact sheets here.")
    columns = [
        Column("number", _("Number"), lambda s: s.number, link=True),
        Column("asking", _("Asking department"), lambda s: str(s.asking)),
        Column("asked", _("Department asked"), lambda s: str(s.asked)),
        Column("problem", _("Problem"), lambda s: s.problem),
        Column("order", _("Order"), lambda s: s.order.number if s.order else ""),
        Column("due_at", _("Answer due"), lambda s: s.due_at),
        Column("state", _("State"), lambda s: s.get_state_display()),
    ]

    def more(self, request: HttpRequest) -> dict[str, Any]:
        if not sees_sheets(request.actor):  # type: ignore[attr-defined]
            return {}
        return {"new_url": reverse("production:new_contact"), "new_label": _("New contact sheet")}


def find(request: HttpRequest, ref: str) -> ContactSheet:
    related = ("order__customer", "asking__company", "asked__company", "asked__head__holder")
    found = ContactSheet.objects.visible_to(request.actor).select_related(*related).filter(number=ref).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


@require_safe
def sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """One sheet: what is asked, what was answered, and what may be done."""
    one, actor = find(request, ref), request.actor  # type: ignore[attr-defined]
    context = {
        "sheet": one,
        "late": one.state == SheetState.SENT and one.due_at <= request.now,  # type: ignore[attr-defined]
        "opens_order": one.order_id and Order.objects.visible_to(actor).filter(pk=one.order_id).exists(),
        "offers": offers_of(one, actor, lambda name: reverse("production:contact_act", args=[one.number, name]), SHEET_FORMS),
        "no_printing": printing_available(),
    }
    return render(request, "production/contact.html", context)


@require_POST
def print_sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """D11 of a sheet that this person may see."""
    one = find(request, ref)
    return print_and_show(request, kind="D11", document=one, back=one.get_absolute_url())


class SheetAct(ActView):
    model = ContactSheet
    forms = SHEET_FORMS

    def perform(self, request: HttpRequest, form: ActForm) -> str:
        if self.thing.order_id is not None:
            Order.objects.locked(self.thing.order_id)  # the order before its rows, in every act
        return super().perform(request, form)


class NewSheet(ActView):
    """A new sheet, by anybody who has a post in some department; `?order=` fills in what it is about."""

    model = ContactSheet
    forms = {"send": SendForm}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **{**kwargs, "ref": "", "step": "send"})

    def find(self, request: HttpRequest, ref: str) -> ContactSheet:
        return ContactSheet()

    def permit(self, request: HttpRequest) -> None:
        if not sees_sheets(request.actor):  # type: ignore[attr-defined]
            raise PermissionDenied

    def get(self, request: HttpRequest, ref: str, step: str) -> HttpResponse:
        first = {"order": request.GET.get("order", "")}
        return self.show(request, SendForm(thing=self.thing, actor=request.actor, initial=first))  # type: ignore[attr-defined]

    def perform(self, request: HttpRequest, form: ActForm) -> str:
        return form.perform(self.thing, request.actor, request.now).get_absolute_url()  # type: ignore[attr-defined]

    def step_label(self) -> str:
        return str(_("Send a contact sheet"))

    def show(self, request: HttpRequest, form: ActForm, status: int = 200) -> HttpResponse:
        offer = Offer("send", self.step_label(), "send", False, [])
        head = {"object_line": _("Contact sheets"), "back": reverse("production:contacts")}
        context = {"thing": self.thing, "form": form, "offer": offer, **head}
        return render(request, self.template, context, status=status)
