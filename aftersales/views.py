"""Pages after delivery: a service request, a return, a rating, their acts, and what is asked for on an order's page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from aftersales.forms import ORDER_FORMS, RATING_FORMS, RETURN_FORMS, SERVICE_FORMS
from aftersales.guards import applicant, seller
from aftersales.lists import STARS
from aftersales.models import Rating, ReturnRequest, ServiceRequest
from aftersales.reading import papers_of, return_facts, return_lines, service_facts
from aftersales.selectors import conditions, money_of, returnable, unshipped
from core.acts import ActForm, ActView, offers_of
from core.reasons import Reason
from core.workflow import Offer
from documents.services import printing_available
from documents.views import print_and_show
from orders.models import Order
from organization.roles import sees_sale_prices

PRINTED = {"D24": ServiceRequest, "D25": ReturnRequest, "D40": Rating}


def find(model: Any, request: HttpRequest, ref: Any) -> Any:
    """The thing, if this person may see it; otherwise it does not exist."""
    key = "pk" if model is Rating else "number"
    if model is Rating and not str(ref).isdigit():
        raise Http404
    return get_object_or_404(model.objects.visible_to(request.actor).select_related("order__customer"), **{key: ref})  # type: ignore[attr-defined]


@require_safe
def service(request: HttpRequest, ref: str) -> HttpResponse:
    """What the customer said, what was done, and the papers."""
    thing, actor = find(ServiceRequest, request, ref), request.actor  # type: ignore[attr-defined]
    context = {
        "thing": thing,
        "form_kind": "D24",
        "groups": service_facts(thing, actor),
        "papers": papers_of(thing),
        "rating": getattr(thing, "rating", None),
        "offers": offers_of(thing, actor, lambda step: reverse("aftersales:service_act", args=[ref, step]), SERVICE_FORMS),
        "no_printing": printing_available(),
    }
    return render(request, "aftersales/service.html", context)


@require_safe
def return_(request: HttpRequest, ref: str) -> HttpResponse:
    """What comes back and why, the conditions, and what became of it."""
    thing, actor = find(ReturnRequest, request, ref), request.actor  # type: ignore[attr-defined]
    context = {
        "thing": thing,
        "form_kind": "D25",
        "groups": return_facts(thing, actor),
        "lines": return_lines(thing),
        "conditions": conditions(thing),
        "papers": papers_of(thing),
        "money": money_of(thing),
        "prices": sees_sale_prices(actor),
        "exchange": thing.order.exchanges.select_related("new").filter(reference=thing.number).first(),
        "offers": offers_of(thing, actor, lambda step: reverse("aftersales:return_act", args=[ref, step]), RETURN_FORMS),
        "no_printing": printing_available(),
    }
    return render(request, "aftersales/return.html", context)


@require_safe
def rating(request: HttpRequest, ref: str) -> HttpResponse:
    """One survey, asked or answered."""
    thing, actor = find(Rating, request, ref), request.actor  # type: ignore[attr-defined]
    context = {
        "thing": thing,
        "form_kind": "D40",
        "stars": STARS[thing.stars],
        "offers": offers_of(thing, actor, lambda step: reverse("aftersales:rating_act", args=[ref, step]), RATING_FORMS),
        "no_printing": printing_available(),
    }
    return render(request, "aftersales/rating.html", context)


@require_POST
def print_paper(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """D24, D25 or D40 of a thing that this person may see."""
    if kind not in PRINTED:
        raise Http404
    thing = find(PRINTED[kind], request, ref)
    return print_and_show(request, kind=kind, document=thing, back=thing.get_absolute_url())


class AftersalesAct(ActView):
    """The order is locked before its service, return or rating, as in every act."""

    def perform(self, request: HttpRequest, form: ActForm) -> str:
        Order.objects.locked(self.thing.order_id)
        return super().perform(request, form)


class ServiceAct(AftersalesAct):
    model = ServiceRequest
    forms = SERVICE_FORMS
    template = "aftersales/service_act.html"

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        return {"papers": papers_of(self.thing)}


class ReturnAct(AftersalesAct):
    model = ReturnRequest
    forms = RETURN_FORMS
    template = "aftersales/return_act.html"

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        return {"lines": return_lines(self.thing), "conditions": conditions(self.thing), "papers": papers_of(self.thing)}


class RatingAct(AftersalesAct):
    model = Rating
    lookup = "pk"
    forms = RATING_FORMS


class OrderAct(ActView):
    """A service or a return is asked for on an order: the order is the thing, the step is ours."""

    model = Order
    forms = ORDER_FORMS
    template = "aftersales/order_act.html"
    labels = {
        "request_service": (_("Service request"), "headset"),
        "apply_return": (_("Apply for a return"), "truck-return"),
        "exchange": (_("Exchange before shipping"), "replace"),
    }

    def permit(self, request: HttpRequest) -> None:
        permitted = seller if self.name == "exchange" else applicant
        permitted(self.thing, request.actor)  # type: ignore[attr-defined]

    def step_label(self) -> str:
        return str(self.labels[self.name][0])

    def offer(self, request: HttpRequest) -> Offer:
        return Offer(self.name, self.step_label(), self.labels[self.name][1], False, self.against())

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        return {"instead": self.instead(request)} if self.name == "apply_return" and self.against() else {}

    def against(self) -> list[str]:
        if self.name == "apply_return" and not any(row.delivered for row in returnable(self.thing)):
            return [str(Reason("not_delivered"))]
        return [str(Reason("nothing_unshipped"))] if self.name == "exchange" and not unshipped(self.thing) else []

    def instead(self, request: HttpRequest) -> list[dict[str, Any]]:
        """RET-07: before shipping a refund is a change or a cancellation, an exchange a new order."""
        ways = [offer for offer in self.thing.offers(request.actor) if offer.name in ("register_change", "ask_cancel")]  # type: ignore[attr-defined]
        found = [{"label": way.label, "icon": way.icon, "url": reverse("orders:act", args=[self.thing.number, way.name])} for way in ways]
        if unshipped(self.thing):
            label, icon = self.labels["exchange"]
            found.append({"label": label, "icon": icon, "url": reverse("aftersales:order_act", args=[self.thing.number, "exchange"])})
        return found
