"""The customers' door: an address becomes a short session of its own, and every page asks it whose it is (SEC-05, trust 12).

The session's cookie is not the one of people who log in, lies under the customers' pages only, and knows only what was opened. Whatever
is wrong (unknown, expired, revoked, altered, no session, somebody else's order), the answer is one page with one status.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from core.actor import Actor
from documents import links
from documents.links import Purpose
from documents.models import PersonalLink
from orders.models import Customer, Order

COOKIE = "customer"
LASTS = timedelta(hours=2)
ACCOUNT = "account"  # beside the purposes of links: somebody who logged in by a code


@dataclass(frozen=True)
class Visitor:
    """Who came through the door: with a link to one order, or logged in as a customer with all of theirs."""

    customer: Customer
    name: str
    contact: str
    link: PersonalLink | None = None

    @property
    def purpose(self) -> str:
        return self.link.purpose if self.link else ACCOUNT

    def order(self, number: str) -> Order | None:
        """The order of this number, if it is theirs to see."""
        own = Order.objects.filter(customer=self.customer, number=number)
        own = own.filter(pk=self.link.order_id) if self.link else own
        return own.select_related("customer", "sales_company__order_settings", "clerk_post__holder").first()

    def actor(self, order: Order) -> Actor:
        return Actor("customer", self.name, contact=self.contact, order_id=order.pk)


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


def let_in(response: HttpResponse, *, at: datetime, **opened: Any) -> HttpResponse:
    """Begin a session that knows what was opened, and nothing of any other."""
    session = _store()()
    session.update({"portal": opened, "until": (at + LASTS).isoformat()})
    session.set_expiry(int(LASTS.total_seconds()))
    session.create()
    response.set_cookie(
        COOKIE, session.session_key, max_age=int(LASTS.total_seconds()), path=reverse("portal:home"), httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def visitor(request: HttpRequest) -> Visitor | None:
    """Whose session this is; None when it is over, or when its link was revoked or expired meanwhile."""
    at: datetime = request.now  # type: ignore[attr-defined]
    session = _store()(request.COOKIES.get(COOKIE) or None)
    opened = session.get("portal") if session.session_key else None
    if not opened or at >= datetime.fromisoformat(session["until"]):
        return None
    if "link" in opened:
        link = PersonalLink.objects.filter(pk=opened["link"]).first()
        order = Order.objects.select_related("customer").filter(pk=link.order_id).first() if link and link.opens(at) else None
        if link is None or order is None:
            return None
        return Visitor(order.customer, link.contact_name, link.contact_phone or link.contact_email, link)
    customer = Customer.objects.filter(pk=opened["customer"], email=opened["email"]).first()
    return Visitor(customer, customer.contact_name or customer.name, customer.email) if customer else None


def end(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Leave: the session is over everywhere."""
    if key := request.COOKIES.get(COOKIE):
        _store()(key).delete()
    response.delete_cookie(COOKIE, path=reverse("portal:home"))
    return response


def guarded(response: HttpResponseBase, referrer: str = "same-origin") -> HttpResponseBase:
    """What every answer of the door says to browsers and search engines. Pages with forms say `same-origin`: without any origin the
    browser's own protection against forged posts could not tell them from strangers."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = referrer
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def closed(request: HttpRequest) -> HttpResponseBase:
    """The one answer to everything that is not open."""
    request.user = AnonymousUser()
    return guarded(render(request, "portal/closed.html", status=404), "no-referrer")


@login_not_required
def enter(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link itself: swapped for a session at once, so that the token stands in no address, history or log further on. Nothing of the
    order changes: mail programs open links before people do.

    Vain tries are not counted: 192 bits are not guessed, and a lock by address would let a stranger shut out everybody who comes
    through the same proxy.
    """
    at: datetime = request.now  # type: ignore[attr-defined]
    link = links.found(token, at)
    if request.method not in ("GET", "HEAD") or link is None:
        return closed(request)
    order = Order.objects.filter(pk=link.order_id).first()
    if order is None:
        return closed(request)
    links.note_use(link=link, by=Actor("customer", link.contact_name, order_id=order.pk), at=at)
    response = HttpResponse(status=302, headers={"Location": reverse("portal:home")})
    return guarded(let_in(response, at=at, link=link.pk), "no-referrer")


def visit(*purposes: str) -> Callable:
    """Decorator of every customer's page `view(request, visitor[, order], ...)`: for sessions of these purposes alone."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @login_not_required
        @wraps(view)
        def run(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
            who = visitor(request)
            if who is None or who.purpose not in purposes:
                return closed(request)
            given: list[Any] = [who]
            request.user = AnonymousUser()  # who is logged in as staff in the same browser is nobody here
            if "number" in arguments:
                order = who.order(arguments.pop("number"))
                if order is None:
                    return closed(request)
                given.append(order)
                request.actor = who.actor(order)  # type: ignore[attr-defined]
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(who.customer.language)
            return guarded(view(request, *given, **arguments))

        return run

    return decorate


SIGNING = (Purpose.SIGN, Purpose.AGREE)
READ = (Purpose.FOLLOW, *SIGNING, ACCOUNT)
"""Who may look at the order's page; whoever scanned a delivery note may only say what became of that delivery."""
