"""Pages of procurement: open demand, purchase orders, the demand of an order, and the acts."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.http import require_POST, require_safe

from core.acts import ActForm, ActView, answered, offers_of, once, one_time_key
from core.lists import Column, ListPage
from core.reasons import NotAllowed, Refused, Stale
from documents.services import printing_available
from documents.views import print_and_show
from orders.changes import cancelling
from orders.models import Order
from organization.roles import sees_costs
from procurement import services
from procurement.forms import PURCHASE_FORMS, SHEET_FORMS, MakePurchase
from procurement.models import DemandSheet, PurchaseOrder, Supplier
from procurement.selectors import (
    demand_of,
    listed_prices,
    may_buy,
    open_demand,
    sees_purchases,
    slipped,
    still_open,
    suppliers_of,
    total_cost,
)
from procurement.workflow import PurchaseState


class DemandPage(View):
    """Open demand of all orders; buyers tick rows, choose the supplier, and have a purchase order."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.actor = request.actor  # type: ignore[attr-defined]
        if not sees_purchases(self.actor):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, None)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not may_buy(self.actor):
            raise PermissionDenied
        form, person_id = MakePurchase(request.POST, rows=open_demand(self.actor)), request.user.pk or 0
        try:
            if form.is_valid():
                found, at = {**form.cleaned_data, "prices": form.prices}, request.now  # type: ignore[attr-defined]
                url = once(found["once"], person_id=person_id, at=at, do=lambda: self.make(request, found))
            elif not (url := answered(request, person_id)):
                return self.show(request, form, 422)
        except NotAllowed:
            raise
        except Refused as refused:
            form.explain(refused)
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["once"] = one_time_key()  # type: ignore[index]
            return self.show(request, form, 409 if isinstance(refused, Stale) else 422)
        messages.success(request, gettext("Purchase order made"))
        return HttpResponseRedirect(url)

    def make(self, request: HttpRequest, found: dict[str, Any]) -> str:
        purchase = services.make_purchase(
            supplier=found["supplier"],
            demands=list(found["demands"]),
            remark=found["remark"],
            prices=found["prices"],
            by=self.actor,
            at=request.now,  # type: ignore[attr-defined]
        )
        return purchase.get_absolute_url()

    def show(self, request: HttpRequest, form: MakePurchase | None, status: int = 200) -> HttpResponse:
        asked = open_demand(self.actor)
        if "order" in request.GET:  # from My work: what one order lacks
            asked = asked.filter(order__number=request.GET["order"])
        demands = still_open(asked)
        offered = suppliers_of(demands)
        everyone = sorted({supplier for each in offered.values() for supplier in each}, key=lambda supplier: supplier.code)
        chosen = next((s for s in everyone if str(s.pk) == request.GET.get("supplier", request.POST.get("supplier", ""))), None)
        if chosen is not None:
            demands = [demand for demand in demands if chosen in offered[demand.item_id]]
        if form is None:
            form = MakePurchase(rows=open_demand(self.actor), initial={"supplier": chosen})
        form.fields["supplier"].queryset = Supplier.objects.filter(pk__in=[s.pk for s in everyone]).order_by("code")  # type: ignore[attr-defined]
        ticked = set(form.data.getlist("demands")) if form.is_bound else set()  # type: ignore[attr-defined]
        listed = listed_prices(demands) if sees_costs(self.actor) else {}
        ending = cancelling({demand.order_id for demand in demands})
        rows = [
            {
                "ending": ending.get(demand.order_id, ""),
                "demand": demand,
                "suppliers": [(one, listed.get((one.pk, demand.item_id))) for one in offered[demand.item_id]],
                "ticked": str(demand.pk) in ticked,
                "price": form.data.get(f"price_{demand.pk}", ""),
                "errors": form.errors.get(f"price_{demand.pk}", []),
            }
            for demand in demands
        ]
        today = localtime(request.now).date()  # type: ignore[attr-defined]
        context = {"rows": rows, "suppliers": everyone, "chosen": chosen, "form": form, "may_buy": may_buy(self.actor), "today": today}
        return render(request, "procurement/demand.html", context, status=status)


class PurchaseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number, supplier, order, item"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=PurchaseState.choices)

    class Meta:
        model = PurchaseOrder
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        text = value.strip()
        found = Q(number__icontains=text) | Q(supplier__name__icontains=text)
        lines = Q(lines__order__number__icontains=text) | Q(lines__item__code__icontains=text)
        return rows.filter(pk__in=rows.filter(found | lines).values("pk"))


class PurchaseList(ListPage):
    title = _("Purchase orders")
    model = PurchaseOrder
    filterset = PurchaseFilter
    related = ("supplier", "company", "order")
    empty = _("No purchase orders here. They are made from open demand.")
    columns = [
        Column("number", _("Number"), lambda p: p.number, link=True),
        Column("supplier", _("Supplier"), lambda p: p.supplier.name),
        Column("company", _("For"), lambda p: p.company.short_name),
        Column("order", _("Order"), lambda p: p.order.number if p.order else ""),
        Column("made_at", _("Made"), lambda p: localtime(p.made_at).date()),
        Column("made_by", _("By"), lambda p: p.made_by),
        Column("sent_at", _("Sent"), lambda p: localtime(p.sent_at).date() if p.sent_at else ""),
        Column("state", _("State"), lambda p: p.get_state_display()),
    ]


def find(request: HttpRequest, ref: str) -> PurchaseOrder:
    """The purchase order, if this person may see it; otherwise it does not exist."""
    rows = PurchaseOrder.objects.visible_to(request.actor).filter(number=ref)  # type: ignore[attr-defined]
    one = rows.select_related("supplier", "company", "order").first()
    if one is None:
        raise Http404
    return one


WORDS = {"off": _("cancelled whole"), "in": _("arrived"), "overdue": _("overdue"), "late": _("later than needed"), "ok": _("on plan")}


@require_safe
def purchase(request: HttpRequest, ref: str) -> HttpResponse:
    """A purchase order: lines with arrivals, and what may be done with it. Costs only for those who see costs."""
    one, actor = find(request, ref), request.actor  # type: ignore[attr-defined]
    today = localtime(request.now).date()  # type: ignore[attr-defined]
    lines = list(one.lines.select_related("item__unit", "order").prefetch_related("arrivals").order_by("pk"))
    marks = [(line, slipped(line, today)) for line in lines]
    context = {
        "purchase": one,
        "rows": [{"line": line, "mark": mark, "word": WORDS[mark["word"]]} for line, mark in marks],
        "costs": sees_costs(actor),
        "total": total_cost(lines, actor),
        "offers": offers_of(one, actor, lambda name: reverse("procurement:purchase_act", args=[one.number, name]), PURCHASE_FORMS),
        "may_print": sees_costs(actor) and one.state not in (PurchaseState.DRAFTED, PurchaseState.CANCELLED),
        "printing": printing_available(),
    }
    return render(request, "procurement/purchase.html", context)


@require_POST
def print_purchase(request: HttpRequest, ref: str) -> HttpResponse:
    """D13, for those who see costs, once it is approved."""
    one = find(request, ref)
    if not sees_costs(request.actor) or one.state in (PurchaseState.DRAFTED, PurchaseState.CANCELLED):  # type: ignore[attr-defined]
        raise PermissionDenied
    return print_and_show(request, kind="D13", document=one, back=one.get_absolute_url())


@require_safe
def sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything an order needs, and where it stands."""
    actor = request.actor  # type: ignore[attr-defined]
    one = DemandSheet.objects.visible_to(actor).filter(order__number=ref).select_related("order__customer", "company").first()
    if one is None:
        raise Http404
    context = {
        "sheet": one,
        "demands": demand_of(one),
        "offers": offers_of(one, actor, lambda name: reverse("procurement:sheet_act", args=[one.order.number, name]), SHEET_FORMS),
    }
    return render(request, "procurement/sheet.html", context)


class OrderFirst(ActView):
    """The orders are locked before their rows, by primary key (the lock order of the house)."""

    def order_ids(self) -> list[int]:
        return [self.thing.order_id]

    def perform(self, request: HttpRequest, form: ActForm) -> str:
        for order_id in self.order_ids():
            Order.objects.locked(order_id)
        return super().perform(request, form)

    def answer(self, thing: Any, result: Any) -> str:
        return thing.get_absolute_url()


class SheetAct(OrderFirst):
    model = DemandSheet
    lookup = "order__number"
    forms = SHEET_FORMS


class PurchaseAct(OrderFirst):
    model = PurchaseOrder
    forms = PURCHASE_FORMS

    def order_ids(self) -> list[int]:
        return sorted(set(self.thing.lines.values_list("order_id", flat=True)))
