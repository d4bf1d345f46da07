"""Pages of refunds: what is to be paid back, and what was (RET-04)."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.acts import offers_of
from core.lists import Column
from finance.models import Refund
from finance.refund_forms import FORMS
from finance.selectors import sees_money
from finance.views import MoneyAct, MoneyList, search
from finance.workflow import RefundState


class RefundFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number, order, customer"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=RefundState.choices)

    class Meta:
        model = Refund
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return search(rows, name, value) | rows.filter(Q(number__icontains=value.strip()))


class RefundList(MoneyList):
    title = _("Refunds")
    model = Refund
    filterset = RefundFilter
    related = ("order__customer",)
    empty = _("No refunds here.")
    columns = [
        Column("number", _("Number"), lambda r: r.number, link=True),
        Column("agreed_at", _("Agreed on"), lambda r: timezone.localtime(r.agreed_at).date()),
        Column("order", _("Order"), lambda r: r.order.number),
        Column("customer", _("Customer"), lambda r: r.order.customer.name),
        Column("reason", _("Reason"), lambda r: r.reason),
        Column("currency", _("Currency"), lambda r: r.currency),
        Column("amount", _("Amount"), lambda r: r.amount, css="r", money=True),
        Column("set_off", _("set off against the exchange order"), lambda r: r.set_off or None, css="r", money=True),
        Column("paid_on", _("Paid on"), lambda r: r.paid_on),
        Column("state", _("State"), lambda r: r.get_state_display()),
    ]


class RefundAct(MoneyAct):
    model = Refund  # type: ignore[assignment]
    forms = FORMS
    template = "finance/refund_act.html"

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        return {"shares": list(self.thing.shares.select_related("payment").order_by("-payment_id"))}


@require_safe
def refund(request: HttpRequest, ref: str) -> HttpResponse:
    """One refund: for what, against which payments, and whether it is paid."""
    actor = request.actor  # type: ignore[attr-defined]
    thing = Refund.objects.visible_to(actor).select_related("order__customer").filter(number=ref).first()
    if thing is None or not sees_money(actor):
        raise Http404
    context = {
        "refund": thing,
        "shares": list(thing.shares.select_related("payment").order_by("-payment_id")),
        "offers": offers_of(thing, actor, lambda name: reverse("finance:refund_act", args=[thing.number, name]), FORMS),
    }
    return render(request, "finance/refund.html", context)
