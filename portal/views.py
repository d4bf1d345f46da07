"""The customer's pages: where a link leads, the order, its papers, the contract to be signed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.acts import once
from core.reasons import Refused
from documents.links import Purpose
from documents.models import PrintedForm
from documents.reasons import PrintingFailed, PrintingUnavailable
from documents.registry import FORMS
from documents.services import built, print_form, standing_print
from documents.views import stream_print
from orders.guards import contract_of
from orders.models import Contract, Order
from orders.services.deal import sign_by_link
from portal import acts, door, page
from portal.door import READ, Visitor, visit
from portal.forms import CustomerForm, SignForm

log = logging.getLogger(__name__)
DONE = {**acts.DONE, "sign": gettext_lazy("Thank you. The contract is signed; both sides have the same copy.")}


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
    """Do it once per key; back on the order's page it says so. Nothing when it was refused: the form says why."""
    there = f"{there or reverse('portal:order', args=[order.number])}?done={done}"

    def once_only() -> str:
        do()
        return there

    try:
        # Customers are nobody of ours: the key is bound to their order.
        url = once(form.cleaned_data["once"], person_id=-order.pk, at=request.now, do=once_only)  # type: ignore[attr-defined]
    except (Refused, ValidationError) as refused:
        form.explain(refused)
        return None
    return HttpResponseRedirect(url)


@visit(*READ, Purpose.RECEIPT)
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Where the link leads; who logged in chooses an order."""
    if visitor.link is None:
        return HttpResponseRedirect(reverse("portal:orders"))
    order = Order.objects.get(pk=visitor.link.order_id)
    if visitor.purpose == Purpose.RECEIPT:
        return HttpResponseRedirect(reverse("portal:delivery", args=[order.number, visitor.link.subject_id, "receipt"]))
    return HttpResponseRedirect(reverse("portal:sign" if contract_in(visitor, order) else "portal:order", args=[order.number]))


@visit(*READ)
def order_page(request: HttpRequest, visitor: Visitor, order: Order) -> HttpResponse:
    """Where the order stands, in the customer's words (FUP-05)."""
    by, at = request.actor, request.now  # type: ignore[attr-defined]
    context = {**page.whole(order, page.today_of(at)), "tiles": acts.open_acts(order, by), "now": at}
    return shown(request, "portal/order.html", visitor, order, may_sign=contract_in(visitor, order) is not None, **context)


@visit(*READ)
def paper(request: HttpRequest, visitor: Visitor, order: Order, pk: int) -> HttpResponseBase:
    """One of the customer's own papers, as it was printed."""
    row = next((each for each in page.readable_papers(order) if each.pk == pk), None)
    return stream_print(row) if row is not None else door.closed(request)


# --- what they ask for and report ----------------------------------------------------------------------------------------------------


@visit(*READ)
def order_act(request: HttpRequest, visitor: Visitor, order: Order, step: str) -> HttpResponseBase:
    """Ask for a change, for service, for a return; rate."""
    form = acts.ORDER_ACTS.get(step)
    return door.closed(request) if form is None else fill_in(request, visitor, order, order, form, step)


@visit(*READ, Purpose.RECEIPT)
def delivery_act(request: HttpRequest, visitor: Visitor, order: Order, pk: int, step: str) -> HttpResponseBase:
    """Receipt, non-receipt, damage. A code on a delivery note is for that delivery alone."""
    form = acts.DELIVERY_ACTS.get(step)
    shipment = page.sent(order).filter(pk=pk).first()
    other = visitor.link is not None and visitor.purpose == Purpose.RECEIPT and visitor.link.subject_id != pk
    if form is None or shipment is None or other:
        return door.closed(request)
    return fill_in(request, visitor, order, shipment, form, step)


def fill_in(request: HttpRequest, visitor: Visitor, order: Order, thing: Any, kind: type[acts.ThingForm], step: str) -> HttpResponse:
    by, at = request.actor, request.now  # type: ignore[attr-defined]
    form = kind(request.POST or None, request.FILES or None, thing=thing, actor=by)
    narrow = visitor.purpose == Purpose.RECEIPT
    there = request.path if narrow else reverse("portal:order", args=[order.number])
    status = 200
    if request.method == "POST":
        if form.is_valid() and (answer := act(request, order, form, lambda: form.perform(thing, by, at), step, there)):
            return answer
        status = 409 if form.stale else 422
    shown_thing = {"number": str(thing), "received": getattr(thing, "received_at", None) if step == "receipt" else None}
    if thing is order and request.method == "GET":  # nobody fills in what is refused anyway
        shown_thing["not_now"] = not next(tile["open"] for tile in acts.open_acts(order, by) if tile["name"] == step)
    more = [(name, each.title) for name, each in acts.DELIVERY_ACTS.items() if narrow and name != step]
    context = {"form": form, "title": kind.title, "icon": kind.icon, "explained": kind.explained, "narrow": narrow, "thing": shown_thing}
    return shown(request, "portal/act.html", visitor, order, status, more=more, thing_pk=thing.pk, **context)


# --- the contract -------------------------------------------------------------------------------------------------------------------


def contract_in(visitor: Visitor, order: Order) -> Contract | None:
    """The contract that the link is about, while it is the order's."""
    contract = contract_of(order)
    ours = contract is not None and visitor.purpose == Purpose.SIGN and visitor.link is not None
    return contract if ours and contract.pk == visitor.link.subject_id else None  # type: ignore[union-attr]


def print_of(contract: Contract, request: HttpRequest) -> PrintedForm | None:
    """The contract as it stands now on paper; drawn when it changed since the link was made. Nothing where printing is not possible."""
    try:
        by, at = request.actor, request.now  # type: ignore[attr-defined]
        return standing_print("D04", contract) or print_form(kind="D04", document=contract, by=by, at=at)
    except (PrintingUnavailable, PrintingFailed):
        log.exception("contract %s cannot be printed for its customer", contract.number)
        return None


@visit(Purpose.SIGN)
def contract_pdf(request: HttpRequest, visitor: Visitor, order: Order) -> HttpResponseBase:
    """The very PDF that is signed, or that was."""
    contract = contract_in(visitor, order)
    printed = print_of(contract, request) if contract is not None else None
    return stream_print(printed) if printed is not None else door.closed(request)


@visit(Purpose.SIGN)
def sign(request: HttpRequest, visitor: Visitor, order: Order) -> HttpResponseBase:
    """Read and sign: what the page says is what stands on the PDF, and what is signed is that PDF (CON-01)."""
    contract = contract_in(visitor, order)
    if contract is None:
        return door.closed(request)
    form, status = SignForm(request.POST) if request.method == "POST" else None, 200
    if form is not None:
        if form.is_valid() and (answer := _signed(request, order, contract, form)):
            return answer
        status = 409 if form.stale else 422
        contract.refresh_from_db()
    today = page.today_of(request.now)  # type: ignore[attr-defined]
    printed = None if contract.their_signed_at else print_of(contract, request)
    if form is None or status == 409:
        first = {"signatory": visitor.name} if form is None else {name: form.data.get(name, "") for name in ("signatory", "position")}
        errors = form.non_field_errors() if form is not None else []
        form = SignForm(initial={**first, "form_hash": printed.file.sha256 if printed else ""})
    else:
        errors = form.non_field_errors()
    context = {
        "paper": built(FORMS["D04"], contract),
        "clerk_phone": order.sales_company.phone,
        "late_words": late_words(contract, today),
        "contract": {"promised_date": contract.promised_on(today), "signed_at": contract.their_signed_at, "signed_by": contract.their_name},
        "errors": errors,
        "form": form,
        "printed": printed is not None,
        "fingerprint": fingerprint(contract.signed_hash or (printed.file.sha256 if printed else "")),
    }
    return shown(request, "portal/sign.html", visitor, order, status, **context)


def _signed(request: HttpRequest, order: Order, contract: Contract, form: SignForm) -> HttpResponse | None:
    given = form.cleaned_data

    def do() -> None:
        sign_by_link(
            contract=contract, by=request.actor, at=request.now, signatory=given["signatory"], position=given["position"],  # type: ignore[attr-defined]
            form_hash=given["form_hash"], signature_image=given["picture"],
        )  # fmt: skip

    answer = act(request, order, form, do, "sign")
    if answer is not None:
        contract.refresh_from_db()
        print_of(contract, request)  # the copy with both signatures; where drawing fails, it is drawn when somebody opens it
    return answer


def late_words(contract: Contract, today: date) -> str:
    """CON-03 before one signs: what today's signature means for the date, and what each further day does."""
    moves = contract.promised_on(today + timedelta(days=1)) != contract.promised_on(today)
    if contract.their_signed_at or not moves:
        return ""
    return _("Signed today, we deliver on {day}; each day later moves the date by one day.").format(day=contract.promised_on(today))


def fingerprint(sha256: str) -> str:
    """The first eight signs in two groups, for eyes; the whole stands on the signed copy."""
    return f"{sha256[:4]} {sha256[4:8]}".upper().strip()
