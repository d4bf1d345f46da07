"""Pages of the store: what lies where, and what waits to be put away. No page here knows a price."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.acts import ActView, offers_of
from core.lists import Column, ListPage
from core.reasons import plain
from inventory.answers import order_numbers
from inventory.forms import PutAwayForm
from inventory.models import PutAway, StockBalance
from organization.models import Company

MOVEMENTS = 50
ALL_PUT_AWAYS = _("All put-aways")
PUT_AWAY_FORMS = {"put_away": PutAwayForm}


class StockFilter(django_filters.FilterSet):
    item = django_filters.CharFilter(field_name="item__code", lookup_expr="icontains", label=_("model"))
    company = django_filters.ModelChoiceFilter(queryset=Company.objects.order_by("pk"), label=_("company"))
    location = django_filters.CharFilter(lookup_expr="istartswith", label=_("location"))
    batch = django_filters.CharFilter(lookup_expr="icontains", label=_("batch or serial"))

    class Meta:
        model = StockBalance
        fields: tuple[str, ...] = ()


class StockPage(ListPage):
    """What lies where, without places that are empty."""

    title = _("Stock")
    model = StockBalance
    related = ("item__unit", "company")
    filterset = StockFilter
    empty = _("Nothing in stock that fits.")
    columns = [
        Column("item", _("model"), lambda row: row.item.code, link=True),
        Column("name", _("name"), lambda row: row.item.name),
        Column("company", _("company"), lambda row: row.company.short_name),
        Column("location", _("location"), lambda row: row.location),
        Column("batch", _("batch or serial"), lambda row: row.batch),
        Column("on_hand", _("on hand"), lambda row: row.on_hand, css="r"),
        Column("blocked", _("blocked"), lambda row: row.blocked, css="r"),
        Column("reserved", _("reserved"), lambda row: row.reserved, css="r"),
        Column("free", _("free"), lambda row: row.free, css="r"),
        Column("unit", _("unit"), lambda row: row.item.unit.code),
    ]

    def rows(self, request: HttpRequest) -> Any:
        return super().rows(request).filter(on_hand__gt=0)


class BalancePage(View):
    """One place: its figures, who reserved of it, and its latest movements."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = StockBalance.objects.visible_to(request.actor).select_related("item__unit", "company")  # type: ignore[attr-defined]
        balance = get_object_or_404(rows, pk=pk)
        unit = balance.item.unit.code
        figures = [
            (_("company"), balance.company.name),
            (_("location"), balance.location),
            (_("batch or serial"), balance.batch),
            (_("on hand"), _quantity(balance.on_hand, unit)),
            (_("blocked"), _quantity(balance.blocked, unit)),
            (_("reserved"), _quantity(balance.reserved, unit)),
            (_("free"), _quantity(balance.free, unit)),
        ]
        context = {
            "balance": balance,
            "figures": [{"label": label, "value": value} for label, value in figures if value],
            "movements": balance.movements.order_by("-pk")[:MOVEMENTS],
            "reservations": balance.reservations.filter(closed_at=None).order_by("pk")[:MOVEMENTS],
        }
        return render(request, "inventory/balance.html", context)


class PutAwayList(ListPage):
    """What the store keeper has to put away; `every` shows what was put away too."""

    title = _("To put away")
    model = PutAway
    related = ("balance__item__unit", "balance__company")
    empty = _("Nothing waits to be put away.")
    template = "inventory/put_aways.html"
    every = False
    columns = [
        Column("item", _("model"), lambda row: row.balance.item.code, link=True),
        Column("name", _("name"), lambda row: row.balance.item.name),
        Column("quantity", _("quantity"), lambda row: row.quantity, css="r"),
        Column("unit", _("unit"), lambda row: row.balance.item.unit.code),
        Column("company", _("company"), lambda row: row.balance.company.short_name),
        Column("opened_at", _("accepted at"), lambda row: row.opened_at),
        Column("state", _("state"), lambda row: row.get_state_display()),
        Column("location", _("location"), lambda row: row.location),
    ]

    def rows(self, request: HttpRequest) -> Any:
        found = super().rows(request)
        return found if self.every else found.waiting()

    def more(self, request: HttpRequest) -> dict[str, Any]:
        return {"every": self.every}


class PutAwayPage(View):
    def get(self, request: HttpRequest, ref: int) -> HttpResponse:
        rows = PutAway.objects.visible_to(request.actor).select_related("balance__item__unit", "balance__company")  # type: ignore[attr-defined]
        thing = get_object_or_404(rows, pk=ref)
        item = thing.balance.item
        facts = [
            (_("model"), f"{item.code} {item.name}"),
            (_("quantity"), _quantity(thing.quantity, item.unit.code)),
            (_("order"), order_numbers([thing.order_id], request.actor).get(thing.order_id) if thing.order_id else ""),  # type: ignore[attr-defined]
            (_("company"), thing.balance.company.name),
            (_("location"), thing.location),
            (_("batch or serial"), plain(thing.serials) or thing.batch),
            (_("put into store by"), thing.person_name),
        ]
        context = {
            "thing": thing,
            "facts": [{"label": label, "value": value} for label, value in facts if value],
            "offers": offers_of(thing, request.actor, lambda step: reverse("inventory:put_away_act", args=[ref, step]), PUT_AWAY_FORMS),  # type: ignore[attr-defined]
        }
        return render(request, "inventory/put_away.html", context)


class PutAwayAct(ActView):
    model = PutAway
    lookup = "pk"
    forms = PUT_AWAY_FORMS
    template = "inventory/put_away_act.html"


def _quantity(quantity: Any, unit: str) -> str:
    return f"{quantity.normalize():,f} {unit}"
