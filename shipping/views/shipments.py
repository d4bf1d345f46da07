"""Pages of shipping: the list, a shipment, its acts, the notice of an order, its printed forms."""

from __future__ import annotations

from functools import partial
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core.actor import Actor
from core.acts import ActForm, ActView, offers_of
from core.lists import Column, ListPage
from core.workflow import Offer
from documents.models import Attachment
from documents.registry import FORMS as PRINTED
from documents.services import printing_available
from documents.views import print_and_show
from orders.models import Order
from organization.models import Company
from organization.roles import sees_claims, sees_freight
from shipping.forms import FORMS, PART_FORMS, SHORTAGE_FORMS, TRACE_FORMS, NoticeForm
from shipping.models import MissingPart, Shipment, Shortage, Trace
from shipping.selectors import against_notice, standings
from shipping.services import may_notice
from shipping.services.base import NOTICE
from shipping.views.trouble import TroubleAct
from shipping.workflow import GONE, PACKED, ShipmentState

# A delivery note exists once the goods are packed: before, its batches and boxes are not known.
PAPERS = {"D19": tuple(ShipmentState.values), "D21": PACKED, "D22": GONE}


class ShipmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number, customer, tracking number"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=ShipmentState.choices)
    company = django_filters.ModelChoiceFilter(label=_("Ships from"), queryset=Company.objects.filter(kind=Company.Kind.PRODUCT))
    planned = django_filters.DateFilter(
        label=_("Planned until"), field_name="planned_on", lookup_expr="lte", widget=forms.DateInput(attrs={"type": "date"})
    )
    late = django_filters.BooleanFilter(label=_("Should have left"), method="overdue", widget=forms.CheckboxInput)

    class Meta:
        model = Shipment
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        text = value.strip()
        return rows.filter(
            Q(number__icontains=text)
            | Q(delivery_number__icontains=text)
            | Q(tracking_number__icontains=text)
            | Q(order__number__icontains=text)
            | Q(order__customer__name__icontains=text)
        )

    def overdue(self, rows: Any, name: str, value: bool | None) -> QuerySet:
        return rows.due(self.request.now.date()) if value else rows  # type: ignore[union-attr]


class ShipmentList(ListPage):
    title = _("Shipments")
    model = Shipment
    filterset = ShipmentFilter
    related = ("order__customer", "company")
    empty = _("No shipments here.")
    columns = [
        Column("number", _("Notice"), lambda s: s.number, link=True),
        Column("delivery_number", _("Delivery"), lambda s: s.delivery_number),
        Column("order", _("Order"), lambda s: s.order.number),
        Column("customer", _("Customer"), lambda s: s.order.customer.name),
        Column("place", _("Place"), lambda s: s.place),
        Column("company", _("Ships from"), lambda s: s.company.short_name),
        Column("planned_on", _("Planned dispatch"), lambda s: s.planned_on),
        Column("state", _("State"), lambda s: s.get_state_display()),
        Column("carrier", _("Carrier"), lambda s: s.carried_by if s.carriage else ""),
        Column("tracking", _("Tracking number"), lambda s: s.tracking_number),
        Column("freight", _("Freight, CNY"), lambda s: s.freight_cost, css="r", money=True),
    ]
    sees_money = staticmethod(sees_freight)


@require_safe
def detail(request: HttpRequest, ref: str) -> HttpResponse:
    """One shipment: what goes where, who did what, which acts are open and why others are not."""
    shipment = find(request, ref)
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "shipment": shipment,
        "opens_order": Order.objects.visible_to(actor).filter(pk=shipment.order_id).exists(),
        "lines": shipment.lines.select_related("line__item", "line__unit").order_by("line__line_no"),
        "packing": shipment.packing.order_by("pk"),
        "shortages": shortages_of(shipment, actor),
        "parts": parts_of(shipment, actor),
        "traces": traces_of(shipment, actor),
        "damages": shipment.damages.visible_to(actor).order_by("pk"),
        "claims": shipment.claims.order_by("pk") if sees_claims(actor) else (),
        "follow_ups": shipment.follow_ups.order_by("pk"),
        "offers": offers_of(shipment, actor, lambda name: reverse("shipping:act", args=[shipment.number, name]), FORMS),
        "steps": steps_of(shipment),
        "receipts": Attachment.objects.filter(subject_kind=NOTICE, subject_id=shipment.pk, kind=Attachment.Kind.RECEIPT).order_by("pk"),
        "freight": sees_freight(actor),
        "late": shipment.is_late(request.now),  # type: ignore[attr-defined]
        "papers": [PRINTED[kind] for kind, states in PAPERS.items() if shipment.state in states],
        "no_printing": printing_available(),
    }
    return render(request, "shipping/detail.html", context)


def shortages_of(shipment: Shipment, actor: Actor) -> list[tuple[Shortage, list[Offer]]]:
    """What was missing on arrival, each with the acts that stand open to this person."""
    rows = shipment.shortages.select_related("goods__line__item", "goods__line__unit", "follow_up").order_by("goods__line__line_no")
    for row in rows:
        row.shipment = shipment
    return [(row, offers_of(row, actor, partial(address, row), SHORTAGE_FORMS)) for row in rows]


def address(row: Shortage, step: str) -> str:
    return reverse("shipping:shortage_act", args=[row.pk, step])


def parts_of(shipment: Shipment, actor: Actor) -> list[tuple[MissingPart, list[Offer]]]:
    rows = list(shipment.missing_parts.select_related("department__company", "follow_up").order_by("pk"))
    for row in rows:
        row.shipment = shipment
    return [(row, offers_of(row, actor, partial(part_address, row), PART_FORMS)) for row in rows]


def part_address(row: MissingPart, step: str) -> str:
    return reverse("shipping:part_act", args=[row.pk, step])


def traces_of(shipment: Shipment, actor: Actor) -> list[tuple[Trace, list[Offer]]]:
    rows = list(shipment.traces.order_by("pk"))
    for row in rows:
        row.shipment = shipment
    return [(row, offers_of(row, actor, partial(trace_address, row), TRACE_FORMS)) for row in rows]


def trace_address(row: Trace, step: str) -> str:
    return reverse("shipping:trace_act", args=[row.pk, step])


def find(request: HttpRequest, ref: str) -> Shipment:
    found = (
        Shipment.objects.visible_to(request.actor)  # type: ignore[attr-defined]
        .select_related("order__customer", "company", "follows")
        .filter(number=ref)
        .first()
    )
    if found is None:
        raise Http404
    return found


def steps_of(shipment: Shipment) -> list[dict[str, Any]]:
    """The way of the goods with who and when, as the stepper shows it."""
    done = [
        (_("Noticed"), shipment.noticed_by, shipment.noticed_at),
        (_("Cleared"), shipment.cleared_by or shipment.get_clearance_display(), shipment.cleared_at),
        (_("Picked"), shipment.picked_by, shipment.picked_at),
        (_("Verified"), shipment.verified_by, shipment.verified_at),
        (_("Dispatched"), shipment.dispatched_by, shipment.dispatched_at),
        (_("Signed for"), shipment.received_by, shipment.received_at),
    ]
    rows = [{"label": label, "who": who, "at": at, "state": "done" if at else "todo"} for label, who, at in done]
    waiting = next((row for row in rows if row["state"] == "todo"), None)
    if waiting is not None and shipment.state not in (ShipmentState.CANCELLED, ShipmentState.RETURNING, ShipmentState.RECALLED):
        waiting["state"] = "now"
    return rows


FLOOR = ("pick", "verify", "record_missing", "dispatch")  # done in the store and beside the lorry, with gloves on


class ShipmentAct(ActView):
    model = Shipment
    forms = FORMS

    def show(self, request: HttpRequest, form: ActForm, status: int = 200) -> HttpResponse:
        self.template = "shipping/floor_act.html" if self.name in FLOOR else ActView.template  # type: ignore[misc]
        return super().show(request, form, status)

    def perform(self, request: HttpRequest, form: ActForm) -> str:
        Order.objects.locked(self.thing.order_id)  # the order before its shipments, in every act
        return super().perform(request, form)

    def answer(self, thing: Any, result: Any) -> str:
        """A part that was written down as missing is followed up by others: its own page would ask whether it has come."""
        return super().answer(thing, thing if isinstance(result, MissingPart) else result)


class ShortageAct(TroubleAct):
    """What becomes of goods that were missing on arrival."""

    model = Shortage
    forms = SHORTAGE_FORMS
    template = "shipping/shortage_act.html"


class NoticeAct(ActView):
    """A shipment notice for an order: the order is the thing, the step is ours."""

    model = Order
    forms = {"issue_notice": NoticeForm}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **{**kwargs, "step": "issue_notice"})

    def permit(self, request: HttpRequest) -> None:
        may_notice(self.thing, request.actor)  # type: ignore[attr-defined]

    def step_label(self) -> str:
        return str(_("Issue shipment notice"))

    def offer(self, request: HttpRequest) -> Offer:
        reasons = against_notice(self.thing, standings(self.thing))
        return Offer("issue_notice", self.step_label(), "truck-delivery", False, [str(reason) for reason in reasons])


@require_POST
def print_paper(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    """Print D19 or D21 of a shipment that this person may see."""
    shipment = find(request, ref)
    if shipment.state not in PAPERS.get(kind, ()):
        raise Http404
    return print_and_show(request, kind=kind, document=shipment, back=shipment.get_absolute_url())
