"""Lists of service requests, returns and ratings."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from aftersales.models import Rating, ReturnRequest, ServiceRequest
from aftersales.workflow import RatingState, ReturnState, ServiceState
from core.lists import Column, ListPage

STARS = {5: "★★★★★", 4: "★★★★", 3: "★★★", 2: "★★", 1: "★", None: ""}


class OfOrderFilter(django_filters.FilterSet):
    order = django_filters.CharFilter(field_name="order__number", lookup_expr="icontains", label=_("order"))
    customer = django_filters.CharFilter(field_name="order__customer__name", lookup_expr="icontains", label=_("customer"))


class ServiceFilter(OfOrderFilter):
    number = django_filters.CharFilter(lookup_expr="icontains", label=_("number"))
    kind = django_filters.ChoiceFilter(choices=ServiceRequest.Kind.choices, label=_("kind"))
    state = django_filters.ChoiceFilter(choices=ServiceState.choices, label=_("state"))

    class Meta:
        model = ServiceRequest
        fields: tuple[str, ...] = ()


class AftersalesList(ListPage):
    """What is open; `every` shows all. The three lists lead to one another."""

    template = "aftersales/list.html"
    every = False
    open_url = ""
    all_url = ""

    def rows(self, request: HttpRequest) -> Any:
        found = super().rows(request)
        return found if self.every else found.open()

    def more(self, request: HttpRequest) -> dict[str, Any]:
        return {"every": self.every, "open_url": self.open_url, "all_url": self.all_url}


class ServiceList(AftersalesList):
    title = _("Service requests")
    model = ServiceRequest
    related = ("order__customer",)
    filterset = ServiceFilter
    empty = _("No service request is open.")
    open_url, all_url = "aftersales:services", "aftersales:all_services"
    columns = [
        Column("number", _("number"), lambda row: row.number, link=True),
        Column("kind", _("kind"), lambda row: row.get_kind_display()),
        Column("order", _("order"), lambda row: row.order.number),
        Column("customer", _("customer"), lambda row: row.order.customer.name),
        Column("words", _("customer's words"), lambda row: row.words[:60]),
        Column("received_at", _("received at"), lambda row: row.received_at),
        Column("state", _("state"), lambda row: row.get_state_display()),
    ]


class ReturnFilter(OfOrderFilter):
    number = django_filters.CharFilter(lookup_expr="icontains", label=_("number"))
    reason = django_filters.ChoiceFilter(choices=ReturnRequest.Cause.choices, label=_("reason as told"))
    state = django_filters.ChoiceFilter(choices=ReturnState.choices, label=_("state"))

    class Meta:
        model = ReturnRequest
        fields: tuple[str, ...] = ()


class ReturnList(AftersalesList):
    title = _("Returns")
    model = ReturnRequest
    related = ("order__customer",)
    filterset = ReturnFilter
    empty = _("No return is open.")
    open_url, all_url = "aftersales:returns", "aftersales:all_returns"
    columns = [
        Column("number", _("number"), lambda row: row.number, link=True),
        Column("order", _("order"), lambda row: row.order.number),
        Column("customer", _("customer"), lambda row: row.order.customer.name),
        Column("wanted", _("wanted"), lambda row: row.get_wanted_display()),
        Column("reason", _("reason as told"), lambda row: row.get_reason_display()),
        Column("applied_at", _("applied at"), lambda row: row.applied_at),
        Column("state", _("state"), lambda row: row.get_state_display()),
    ]


class RatingFilter(OfOrderFilter):
    stars = django_filters.ChoiceFilter(choices=[(n, STARS[n]) for n in range(5, 0, -1)], label=_("stars"))
    state = django_filters.ChoiceFilter(choices=RatingState.choices, label=_("state"))

    class Meta:
        model = Rating
        fields: tuple[str, ...] = ()


class RatingList(AftersalesList):
    title = _("Ratings")
    model = Rating
    related = ("order__customer", "service")
    filterset = RatingFilter
    empty = _("No ratings yet.")
    every = True
    columns = [
        Column("about", _("about"), lambda row: str(row), link=True),
        Column("customer", _("customer"), lambda row: row.order.customer.name),
        Column("stars", _("stars"), lambda row: STARS[row.stars]),
        Column("words", _("customer's words"), lambda row: row.words),
        Column("answer_by", _("answer until"), lambda row: row.answer_by),
        Column("rated_at", _("answered at"), lambda row: localtime(row.rated_at) if row.rated_at else None),
        Column("state", _("state"), lambda row: row.get_state_display()),
    ]
