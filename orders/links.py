"""Pages of the customer's links: make one (it is shown once), take one back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.actor import Actor
from core.acts import ActForm, ActView
from core.panels import Panel, hang
from core.reasons import NotAllowed
from core.workflow import Offer
from documents.links import Purpose
from documents.models import PersonalLink
from documents.reasons import PrintingFailed, PrintingUnavailable
from documents.services import print_form
from orders.models import Order
from orders.services import links
from orders.services.signing import ABOUT, FORM, awaited, standing

LABEL = _("Customer's link")
SHOWN_ALREADY = _("The address was shown to the first click alone. If you did not see it, take the link back and make a new one.")


class GiveLink(ActForm):
    service = links.give_link
    takes = "order"
    consequence = _("Whoever has the address sees this one order, without log-in. It is shown once; later only a new one can be made.")

    purpose = forms.ChoiceField(label=_("What for"), choices=[], widget=forms.RadioSelect)
    name = forms.CharField(label=_("For whom"), max_length=40)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("The link is sent there, too."))

    def prepare(self) -> None:
        order: Order = self.thing
        offered = [*(each for each in (Purpose.AGREE, Purpose.SIGN) if not links.against_signing(order, each)), Purpose.FOLLOW]
        self.fields["purpose"].choices = [(each.value, each.label) for each in offered]  # type: ignore[attr-defined]
        first = {"purpose": offered[0], "name": order.contact_name, "phone": order.contact_phone, "email": order.customer.email}
        self.initial = {**first, **self.initial}


class LinkAct(ActView):
    """The order is the thing. The address stands in the answer to the post itself: it is kept nowhere and cannot be shown again."""

    model = Order
    forms = {"give_link": GiveLink}
    address = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **{**kwargs, "step": "give_link"})

    def permit(self, request: HttpRequest) -> None:
        links.may_give_link(self.thing, request.actor)  # type: ignore[attr-defined]

    def step_label(self) -> str:
        return str(LABEL)

    def post(self, request: HttpRequest, ref: str, step: str) -> HttpResponse:
        purpose = request.POST.get("purpose", "")
        if purpose in ABOUT and not links.against_signing(self.thing, purpose):
            try:
                self.print_paper(request, purpose)
            except (PrintingUnavailable, PrintingFailed) as refusal:
                form = GiveLink(request.POST, thing=self.thing, actor=request.actor)  # type: ignore[attr-defined]
                form.explain(refusal)
                return self.show(request, form, 422)
        answer = super().post(request, ref, step)
        if not self.address:
            if answer.status_code == 302:
                messages.warning(request, SHOWN_ALREADY)
            return answer
        answer = render(request, "orders/link.html", {"order": self.thing, "address": self.address, "link": self.link})
        answer["Cache-Control"] = "no-store"
        answer["Referrer-Policy"] = "no-referrer"
        return answer

    def print_paper(self, request: HttpRequest, purpose: str) -> None:
        """What will be shown and signed; drawn before the act, for acts hold locks."""
        paper, at = awaited(self.thing, purpose), request.now  # type: ignore[attr-defined]
        if paper is not None and standing(paper, at) is None:
            print_form(kind=FORM[type(paper)], document=paper, by=request.actor, at=at)  # type: ignore[attr-defined]

    def answer(self, thing: Any, result: Any) -> str:
        self.link, self.address = result
        return f"{thing.get_absolute_url()}#panel-customer"

    def offer(self, request: HttpRequest) -> Offer:
        return Offer("give_link", self.step_label(), "link", False)


@require_POST
def take_back_link(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Revoke one; doing it again changes nothing, so it needs no one-time key."""
    order = Order.objects.visible_to(request.actor).filter(number=number).first()  # type: ignore[attr-defined]
    if order is None:
        raise Http404
    link = get_object_or_404(PersonalLink, pk=pk, order_id=order.pk)
    links.take_back_link(link=link, by=request.actor, at=request.now)  # type: ignore[attr-defined]
    messages.success(request, _("The link opens nothing any more."))
    return HttpResponseRedirect(f"{order.get_absolute_url()}#panel-customer")


def context(order: Order, actor: Actor) -> dict[str, Any]:
    try:
        links.may_give_link(order, actor)
        mine = True
    except NotAllowed:
        mine = False
    return {"links": PersonalLink.objects.filter(order_id=order.pk).order_by("-id"), "may_give_link": mine}


hang(Panel("customer", _("Customer's page"), "order", "orders/panels/customer.html", context, 85))
