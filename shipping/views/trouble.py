"""Pages about deliveries in trouble: traces, damages with their cause, claims (SHP-10)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core.acts import ActForm, ActView, offers_of
from core.lists import Column, ListPage
from documents.models import Attachment
from documents.services import printing_available
from documents.views import print_and_show
from orders.models import Order
from organization.roles import sees_claims
from shipping.forms import CLAIM_FORMS, DAMAGE_FORMS, PART_FORMS, TRACE_FORMS
from shipping.models import Claim, Damage, MissingPart, Shipment, Trace
from shipping.services.base import NOTICE


class TroubleAct(ActView):
    """An act on what hangs on a shipment: the order and the shipment are locked first."""

    lookup = "pk"

    def perform(self, request: HttpRequest, form: ActForm) -> str:
        Order.objects.locked(self.thing.shipment.order_id)
        Shipment.objects.locked(self.thing.shipment_id)
        return super().perform(request, form)

    def answer(self, thing: Any, result: Any) -> str:
        return thing.get_absolute_url()


class TraceAct(TroubleAct):
    model = Trace
    forms = TRACE_FORMS
    template = "shipping/trace_act.html"


class PartAct(TroubleAct):
    """Also for the department that follows up, which may not see the shipment."""

    model = MissingPart
    forms = PART_FORMS
    template = "shipping/part_act.html"

    def answer(self, thing: Any, result: Any) -> str:
        seen = Shipment.objects.visible_to(self.request.actor).filter(pk=thing.shipment_id).exists()  # type: ignore[attr-defined]
        return thing.shipment.get_absolute_url() if seen else reverse("home")


class DamageAct(TroubleAct):
    model = Damage
    forms = DAMAGE_FORMS


class ClaimAct(TroubleAct):
    model = Claim
    lookup = "number"
    forms = CLAIM_FORMS

    def find(self, request: HttpRequest, ref: str) -> Any:
        """Amounts stand on every one of its acts."""
        if not sees_claims(request.actor):  # type: ignore[attr-defined]
            raise Http404
        return super().find(request, ref)


class DamageList(ListPage):
    title = _("Transport damages")
    model = Damage
    related = ("shipment__order__customer",)
    empty = _("No damage has been reported.")
    columns = [
        Column("shipment", _("Delivery"), lambda d: str(d.shipment), link=True),
        Column("customer", _("Customer"), lambda d: d.shipment.order.customer.name),
        Column("words", _("What is damaged"), lambda d: d.words),
        Column("reported_at", _("Reported at"), lambda d: d.reported_at),
        Column("state", _("State"), lambda d: d.get_state_display()),
        Column("cause", _("Cause"), lambda d: d.get_cause_display()),
    ]


class ClaimList(ListPage):
    """Whoever sees no amounts sees no claims."""

    title = _("Claims")
    model = Claim
    related = ("shipment__order__customer",)
    empty = _("No claims here.")
    columns = [
        Column("number", _("Number"), lambda c: c.number, link=True),
        Column("shipment", _("Delivery"), lambda c: str(c.shipment)),
        Column("against", _("Claimed from"), lambda c: c.against_name),
        Column("amount", _("Amount claimed, CNY"), lambda c: c.amount, css="r"),
        Column("agreed", _("Amount agreed, CNY"), lambda c: c.agreed_amount, css="r"),
        Column("state", _("State"), lambda c: c.get_state_display()),
        Column("raised_at", _("Raised at"), lambda c: c.raised_at),
    ]

    def rows(self, request: HttpRequest) -> Any:
        found = super().rows(request)
        return found if sees_claims(request.actor) else found.none()  # type: ignore[attr-defined]


@require_safe
def damage(request: HttpRequest, ref: int) -> HttpResponse:
    """One damage: words and pictures, what quality and production say, the cause, the claims."""
    actor = request.actor  # type: ignore[attr-defined]
    found = Damage.objects.visible_to(actor).select_related("shipment__order__customer").filter(pk=ref).first()
    if found is None:
        raise Http404
    context = {
        "damage": found,
        "opens_shipment": Shipment.objects.visible_to(actor).filter(pk=found.shipment_id).exists(),
        "said": found.said.order_by("at"),
        "photos": Attachment.objects.filter(subject_kind=NOTICE, subject_id=found.shipment_id, kind=Attachment.Kind.PHOTO).order_by("pk"),
        "claims": found.claims.order_by("pk") if sees_claims(actor) else (),
        "offers": offers_of(found, actor, lambda name: reverse("shipping:damage_act", args=[found.pk, name]), DAMAGE_FORMS),
    }
    return render(request, "shipping/damage.html", context)


def find_claim(request: HttpRequest, ref: str) -> Claim:
    actor = request.actor  # type: ignore[attr-defined]
    found = Claim.objects.visible_to(actor).select_related("shipment__order__customer", "damage").filter(number=ref).first()
    if found is None or not sees_claims(actor):
        raise Http404
    return found


@require_safe
def claim(request: HttpRequest, ref: str) -> HttpResponse:
    """One claim, for who sees its amounts."""
    found = find_claim(request, ref)
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "claim": found,
        "offers": offers_of(found, actor, lambda name: reverse("shipping:claim_act", args=[found.number, name]), CLAIM_FORMS),
        "no_printing": printing_available(),
    }
    return render(request, "shipping/claim.html", context)


@require_POST
def print_claim(request: HttpRequest, ref: str) -> HttpResponse:
    """D26, for who sees the claim."""
    found = find_claim(request, ref)
    return print_and_show(request, kind="D26", document=found, back=found.get_absolute_url())
