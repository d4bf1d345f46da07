"""What all pages of the customer share: the frame around them, and doing something once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from core.acts import answered, once
from core.reasons import Refused
from orders.models import Order
from portal import acts
from portal.door import Visitor
from portal.forms import CustomerForm

DONE = {
    **acts.DONE,
    "sign": gettext_lazy("Thank you. The contract is signed; both sides have the same copy."),
    "agree": gettext_lazy("Thank you. The supplementary agreement is signed; both sides have the same copy."),
}


def shown(request: HttpRequest, template: str, visitor: Visitor, order: Order, status: int = 200, /, **context: Any) -> HttpResponse:
    """A page of the portal with what stands at its top and foot."""
    frame = {
        "visitor": {"name": visitor.name, "expires_at": visitor.link.expires_at if visitor.link else None, "account": visitor.link is None},
        "company_name": order.sales_company.name,
        "company_name_en": order.sales_company.name_en,
        "customer_name": order.customer.name,
        "number": order.number,
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, template, {**frame, **context}, status=status)


def act(request: HttpRequest, order: Order, form: CustomerForm, do: Callable[[], Any], done: str, there: str = "") -> HttpResponse | None:
    """Do it once per key; back on the order's page it says so. Nothing when it was refused: the form says why.

    A form that does not fit because the same post did it before is no refusal: it has the same answer (SEC-04).
    """
    who = -order.pk  # customers are nobody of ours: the key is bound to their order
    if not form.is_valid():
        before = answered(request, who)
        return HttpResponseRedirect(before) if before else None
    there = f"{there or reverse('portal:order', args=[order.number])}?done={done}"

    def once_only() -> str:
        do()
        return there

    try:
        url = once(form.cleaned_data["once"], person_id=who, at=request.now, do=once_only)  # type: ignore[attr-defined]
    except (Refused, ValidationError) as refused:
        form.explain(refused)
        return None
    return HttpResponseRedirect(url)
