"""Pages of changes: the list, the request (picture 06), its acts, two revisions compared, the papers."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from core.acts import ActView
from core.keys import row_id
from core.lists import Column, ListPage
from core.reasons import NotAllowed
from documents.views import print_and_show
from orders.changing import compare, page
from orders.changing.forms import AGREEMENT_ACTS, ITEM_ACTS, SIGNOFF_ACTS
from orders.changing.lines import CHANGE_ACTS
from orders.models import ChangeItem, ChangeRequest, ChangeSignoff, SupplementaryAgreement
from orders.services.change import credit
from orders.workflow.change import ChangeState, SignoffState
from organization.roles import sees_sale_prices


class ChangeFilter(django_filters.FilterSet):
    number = django_filters.CharFilter(lookup_expr="icontains", label=_("number"))
    order = django_filters.CharFilter(field_name="order__number", lookup_expr="icontains", label=_("order"))
    state = django_filters.ChoiceFilter(choices=ChangeState.choices, label=_("state"))
    change_class = django_filters.ChoiceFilter(choices=ChangeRequest.Class.choices, label=pgettext_lazy("change", "class"))
    kind = django_filters.ChoiceFilter(choices=ChangeRequest.Kind.choices, label=pgettext_lazy("change", "kind"))

    class Meta:
        model = ChangeRequest
        fields: tuple[str, ...] = ()


class ChangeList(ListPage):
    """What is open; `every` shows what is over, too."""

    title = pgettext_lazy("change", "Changes")
    model = ChangeRequest
    related = ("order__customer",)
    filterset = ChangeFilter
    empty = _("No change request is open.")
    template = "orders/changing/list.html"
    every = False
    columns = [
        Column("number", _("number"), lambda row: row.number, link=True),
        Column("order", _("order"), lambda row: row.order.number),
        Column("customer", _("customer"), lambda row: row.order.customer.name),
        Column("kind", pgettext_lazy("change", "kind"), lambda row: row.get_kind_display()),
        Column("class", pgettext_lazy("change", "class"), lambda row: row.get_change_class_display() if row.change_class else "—"),
        Column("words", _("customer's words"), lambda row: row.words[:60]),
        Column("received", _("received at"), lambda row: row.received_at),
        Column("state", _("state"), lambda row: row.standing[0]),
    ]

    def rows(self, request: HttpRequest) -> Any:
        found = super().rows(request)
        return found if self.every else found.open()

    def more(self, request: HttpRequest) -> dict[str, Any]:
        return {"every": self.every}


def the_change(request: HttpRequest, ref: str) -> ChangeRequest:
    """The request if this person may see it; otherwise there is none (P2)."""
    rows = ChangeRequest.objects.visible_to(request.actor)  # type: ignore[attr-defined]
    return get_object_or_404(rows.select_related("order__customer", "order__sales_company__order_settings"), number=ref)


@require_GET
def change_page(request: HttpRequest, ref: str) -> HttpResponse:
    change = the_change(request, ref)
    found = page.context(change, request.actor, request.now)  # type: ignore[attr-defined]
    return render(request, "orders/changing/change.html", {**found, "entries": page.history(change, request.actor)})  # type: ignore[attr-defined]


class ChangeAct(ActView):
    model = ChangeRequest
    forms = CHANGE_ACTS
    templates: ClassVar = {"describe": "orders/changing/describe.html", "enter_prices": "orders/changing/prices.html"}
    template = "orders/changing/act.html"

    def get(self, request: HttpRequest, ref: str, step: str) -> HttpResponse:
        """`?date=` is the day proposed beside the request instead of the one wished."""
        proposed = request.GET.get("date", "")
        known = {"date": proposed} if step == "describe" and proposed else {}
        return self.show(request, self.form_class(thing=self.thing, actor=request.actor, initial=known))  # type: ignore[attr-defined]

    def show(self, request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
        self.template = self.templates.get(self.name, ChangeAct.template)  # type: ignore[misc]
        return super().show(request, form, status)

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        prices = sees_sale_prices(request.actor)  # type: ignore[attr-defined]
        entered = self.name == "describe" or self.thing.kind == ChangeRequest.Kind.CANCEL  # the form says it itself, or there is nothing
        rows = [] if entered else page.difference_rows(self.thing, prices)
        found = {"change": self.thing, "differences": rows, "prices": prices}
        if self.name == "describe":
            found |= page.what_left(self.thing.order, request.actor)  # type: ignore[attr-defined]
            found["cancel"] = self.thing.order.offer("ask_cancel", request.actor)  # type: ignore[attr-defined]
        if self.name == "classify":
            found["classes"] = page.classes(self.thing, list(self.thing.items.all()))
        return found


class RowAct(ActView):
    """Something that hangs on a request: people of a sister company see it, and not the request."""

    lookup = "pk"

    def back(self, request: HttpRequest) -> str:
        seen = ChangeRequest.objects.visible_to(request.actor).filter(pk=self.thing.change_id).exists()  # type: ignore[attr-defined]
        return self.thing.change.get_absolute_url() if seen else reverse("home")

    def answer(self, thing: Any, result: Any) -> str:
        return self.back(self.request)


class ItemAct(RowAct):
    """The question first, then what it is about: a department decides on its phone."""

    model = ChangeItem
    forms = ITEM_ACTS
    template = "orders/changing/item.html"

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        change = self.thing.change
        found = {"change": change, "item": self.thing, "differences": page.difference_rows(change, False), "back": self.back(request)}
        prices = self.thing.kind == credit.KIND and sees_sale_prices(request.actor)  # type: ignore[attr-defined]
        return {**found, "credit": page.credit(change) if prices else None}


class SignoffAct(RowAct):
    model = ChangeSignoff
    forms = SIGNOFF_ACTS
    template = "orders/changing/signoff.html"

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        change = self.thing.change
        rows = change.items.order_by("pk")
        return {"change": change, "rows": rows, "differences": page.difference_rows(change, False), "back": self.back(request)}


class AgreementAct(ActView):
    model = SupplementaryAgreement
    forms = AGREEMENT_ACTS
    template = "orders/changing/act.html"

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        change, prices = self.thing.change, sees_sale_prices(request.actor)  # type: ignore[attr-defined]
        return {"change": change, "agreement": self.thing, "differences": page.difference_rows(change, prices), "prices": prices}


@require_GET
def item(request: HttpRequest, ref: int) -> HttpResponse:
    """A row's page is its decision."""
    get_object_or_404(ChangeItem.objects.visible_to(request.actor), pk=ref)  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("orders:change_item_act", args=[ref, "decide"]))


@require_GET
def my_signoff(request: HttpRequest, ref: str) -> HttpResponse:
    """From a request to the signature that is asked of this person."""
    change = the_change(request, ref)
    for each in change.signoffs.filter(state=SignoffState.ASKED).select_related("change__order"):
        try:
            each.steps()["sign_for"].permission(each, request.actor)  # type: ignore[attr-defined]
        except NotAllowed:
            continue
        return HttpResponseRedirect(each.get_absolute_url())
    return HttpResponseRedirect(change.get_absolute_url())


@require_POST
def print_paper(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    """Print the change notice (D07) or the supplementary agreement (D38); prices only for whoever sees them."""
    change = the_change(request, ref)
    if kind == "D07" and change.notice_number:
        return print_and_show(request, kind=kind, document=change, back=change.get_absolute_url())
    agreement = change.agreements.order_by("-pk").first()
    if kind == "D38" and agreement is not None and sees_sale_prices(request.actor):  # type: ignore[attr-defined]
        return print_and_show(request, kind=kind, document=agreement, back=change.get_absolute_url())
    raise Http404


@require_GET
def revisions(request: HttpRequest, number: str) -> HttpResponse:
    """Any two revisions of an order (CHG-08): `?old=1&new=2`, the last two unless said otherwise; `?all=1` with what is the same."""
    from orders.views import the_order

    order = the_order(request, number)
    known = list(order.revisions.order_by("number").values_list("number", flat=True))
    prices, rows, old, new = sees_sale_prices(request.actor), [], 0, 0  # type: ignore[attr-defined]
    if known:
        new = _asked(request, "new", known, known[-1])
        old = _asked(request, "old", known, known[-2] if len(known) > 1 else known[0])
        rows = compare.differences(compare.of_revision(order, old), compare.of_revision(order, new), prices=prices)
    everything = request.GET.get("all") == "1"
    differing = [row for row in rows if row.differs]
    found = {"order": order, "known": known, "old": old, "new": new, "everything": everything, "rows": rows if everything else differing}
    return render(
        request,
        "orders/changing/revisions.html",
        {**found, "differing": len(differing), "total": len(rows), "old_label": f"R{old}", "new_label": f"R{new}"},
    )


def _asked(request: HttpRequest, name: str, known: list[int], usual: int) -> int:
    asked = row_id(request.GET.get(name))
    return asked if asked in known else usual
