"""A customer's log-in: a code by mail, then all of their own orders and nothing else (SEC-05)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.codes import redeem, send_code
from documents.links import count_try
from orders.models import Customer, Order
from portal import page
from portal.door import ACCOUNT, Visitor, closed, end, guarded, let_in, visit

LETTERS = 3  # codes to one address in a quarter of an hour


class AskCode(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"), widget=forms.EmailInput(attrs={"class": "form-control", "autocomplete": "email"})
    )


class EnterCode(forms.Form):
    email = forms.EmailField(widget=forms.HiddenInput)
    code = forms.RegexField(
        r"^\s*\d{8}\s*$",
        label=gettext_lazy("The code from the mail, eight digits"),
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


@login_not_required
def log_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for a code. The answer is the same whether or not we know the address."""
    form = AskCode(request.POST or None)
    if request.method != "POST":
        return door_page(request, form)
    if not form.is_valid():
        return door_page(request, form, 422)
    ask_code(form.cleaned_data["email"], request.now)  # type: ignore[attr-defined]
    return door_page(request, EnterCode(initial={"email": form.cleaned_data["email"]}))


def ask_code(email: str, at: datetime) -> None:
    """Send a code to a customer's own address; strangers' addresses and impatient ones get nothing."""
    key = f"mail {email.lower()}"[:80]
    too_often = count_try(key, at) > LETTERS
    customer = None if too_often else Customer.objects.filter(email__iexact=email).order_by("pk").first()
    if customer is None:
        return
    with translation.override(customer.language):
        title, body = _("Your log-in code"), _("Your code to see your orders is {code}. It is valid for 15 minutes; give it to nobody.")
    send_code(customer_id=customer.pk, email=customer.email, title=title, body=body, at=at)


@login_not_required
def enter_code(request: HttpRequest) -> HttpResponseBase:
    """The right code begins a session with all orders of the customer."""
    at: datetime = request.now  # type: ignore[attr-defined]
    form = EnterCode(request.POST or None)
    if request.method != "POST":
        return door_page(request, AskCode())
    if not form.is_valid():
        return door_page(request, form, 422)
    row = redeem(email=form.cleaned_data["email"], code=form.cleaned_data["code"].strip(), at=at)
    if row is None:
        form.add_error("code", _("This code is not right, or no longer valid. Ask for a new one."))
        return door_page(request, form, 422)
    response = HttpResponseRedirect(reverse("portal:orders"))
    return guarded(let_in(response, at=at, customer=row.customer_id, email=row.email))


def door_page(request: HttpRequest, form: Any, status: int = 200) -> HttpResponseBase:
    request.user = AnonymousUser()
    target = reverse("portal:code" if isinstance(form, EnterCode) else "portal:login")
    return guarded(render(request, "portal/login.html", {"form": form, "target": target}, status=status))


@visit(ACCOUNT)
def orders(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All orders of the customer, the newest first."""
    own = Order.objects.filter(customer=visitor.customer).order_by("-pk")[:200]
    rows = [{"number": each.number, "words": page.STATES[each.state], "promised_date": each.promised_date} for each in own]
    context = {"visitor": {"account": True}, "customer_name": visitor.customer.name, "rows": rows}
    return render(request, "portal/orders.html", context)


@visit(ACCOUNT)
def leave(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    if request.method != "POST":
        return closed(request)
    return end(request, HttpResponseRedirect(reverse("portal:login")))
