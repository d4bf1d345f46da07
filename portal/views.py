"""The customer's pages: where a link leads, the order, its papers, what they ask for and report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from aftersales.models import ReturnRequest
from aftersales.workflow import ReturnState
from documents.links import Purpose
from documents.views import stream_print
from orders.models import Order
from portal import acts, answers, door, page
from portal.door import READ, Visitor, visit
from portal.frame import act, shown
from portal.signing import paper_in, words_of


@visit(*READ, Purpose.RECEIPT)
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Where the link leads; who logged in chooses an order."""
    if visitor.link is None:
        return HttpResponseRedirect(reverse("portal:orders"))
    order = Order.objects.get(pk=visitor.link.order_id)
    if visitor.purpose == Purpose.RECEIPT:
        return HttpResponseRedirect(reverse("portal:delivery", args=[order.number, visitor.link.subject_id, "receipt"]))
    if visitor.link.subject_kind == ReturnRequest._meta.label_lower and asked_about(order).filter(pk=visitor.link.subject_id).exists():
        return HttpResponseRedirect(reverse("portal:return", args=[order.number, visitor.link.subject_id]))
    return HttpResponseRedirect(reverse("portal:sign" if paper_in(visitor, order) else "portal:order", args=[order.number]))


@visit(*READ)
def order_page(request: HttpRequest, visitor: Visitor, order: Order) -> HttpResponse:
    """Where the order stands, in the customer's words (FUP-05)."""
    by, at = request.actor, request.now  # type: ignore[attr-defined]
    to_sign = paper_in(visitor, order)
    context = {**page.whole(order, at), "tiles": acts.open_acts(order, by), "asked": answers.asked(order, by), "now": at}
    return shown(request, "portal/order.html", visitor, order, to_sign=words_of(to_sign)["there"] if to_sign else "", **context)


@visit(*READ)
def paper(request: HttpRequest, visitor: Visitor, order: Order, pk: int) -> HttpResponseBase:
    """One of the customer's own papers, as it was printed."""
    at: datetime = request.now  # type: ignore[attr-defined]
    row = next((each for each in page.readable_papers(order, at) if each.pk == pk), None)
    return stream_print(row) if row is not None else door.closed(request)


# --- what they ask for and report ----------------------------------------------------------------------------------------------------


@visit(*READ)
def order_act(request: HttpRequest, visitor: Visitor, order: Order, step: str) -> HttpResponseBase:
    """Ask for a change, for service, for a return; rate."""
    form = acts.ORDER_ACTS.get(step)
    if form is None:
        return door.closed(request)
    is_open = any(tile["open"] for tile in acts.open_acts(order, request.actor) if tile["name"] == step)  # type: ignore[attr-defined]
    return fill_in(request, visitor, order, order, form, step, is_open)


@visit(*READ)
def return_page(request: HttpRequest, visitor: Visitor, order: Order, pk: int) -> HttpResponseBase:
    """What is asked about a return, and the customer's answer with its pictures (RET-01)."""
    row = ReturnRequest.objects.filter(order=order, pk=pk).first()
    if row is None:
        return door.closed(request)
    return fill_in(request, visitor, order, row, acts.GiveInformation, "information", asked_about(order).filter(pk=pk).exists())


def asked_about(order: Order) -> QuerySet[ReturnRequest]:
    return ReturnRequest.objects.filter(order=order, state=ReturnState.MORE_INFORMATION)


@visit(*READ)
def answer_page(request: HttpRequest, visitor: Visitor, order: Order, what: str, pk: int) -> HttpResponseBase:
    """What we ask about one thing of the order, and the customer's answer."""
    form = answers.ANSWERS.get(what)
    thing = form.of(order).filter(pk=pk).first() if form is not None else None
    if form is None or thing is None:
        return door.closed(request)
    thing.order = order
    return fill_in(request, visitor, order, thing, form, f"answer-{what}", form.is_open(thing, request.actor))  # type: ignore[attr-defined]


@visit(*READ, Purpose.RECEIPT)
def delivery_act(request: HttpRequest, visitor: Visitor, order: Order, pk: int, step: str) -> HttpResponseBase:
    """Receipt, non-receipt, damage. A code on a delivery note is for that delivery alone."""
    form = acts.DELIVERY_ACTS.get(step)
    shipment = page.sent(order).filter(pk=pk).first()
    other = visitor.link is not None and visitor.purpose == Purpose.RECEIPT and visitor.link.subject_id != pk
    if form is None or shipment is None or other:
        return door.closed(request)
    return fill_in(request, visitor, order, shipment, form, step)


def fill_in(
    request: HttpRequest, visitor: Visitor, order: Order, thing: Any, kind: type[acts.ThingForm], step: str, is_open: bool = True
) -> HttpResponse:
    by, at = request.actor, request.now  # type: ignore[attr-defined]
    form = kind(request.POST or None, request.FILES or None, thing=thing, actor=by)
    narrow = visitor.purpose == Purpose.RECEIPT
    there = request.path if narrow else reverse("portal:order", args=[order.number])
    status = 200
    if request.method == "POST":
        if answer := act(request, order, form, lambda: form.perform(thing, by, at), step, there):
            return answer
        status = 409 if form.stale else 422
    shown_thing = {"number": str(thing), "received": getattr(thing, "received_at", None) if step == "receipt" else None}
    shown_thing["not_now"] = request.method == "GET" and not is_open  # nobody fills in what is refused anyway
    more = [(name, each.title) for name, each in acts.DELIVERY_ACTS.items() if narrow and name != step]
    context = {"form": form, "title": kind.title, "icon": kind.icon, "explained": form.explained, "narrow": narrow, "thing": shown_thing}
    return shown(request, "portal/act.html", visitor, order, status, more=more, thing_pk=thing.pk, **context)
