"""Pages of the order: list, the order itself, its panels, opinion and contract, search. Loads, asks once, answers."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core.acts import ActView, offers_of, once
from core.lists import Column, ListPage
from core.panels import PANELS, Panel, panels
from core.reading import read_once
from core.reasons import NotAllowed, Reason, Refused
from core.workflow import Offer
from documents.services import attach
from documents.views import print_and_show
from orders import selectors
from orders.acts import ATTACHERS, CONTRACT_ACTS, OPINION_ACTS, ORDER_ACTS, AddFile
from orders.change_guards import cancelling_of
from orders.changing.answers import under_way
from orders.changing.page import difference_rows
from orders.guards import contract_of, customers_word
from orders.meetings.documents import refusal_was_asked, why_refuse
from orders.meetings.views import meeting_offers
from orders.models import Contract, Meeting, Opinion, Order, OrderClass, Quotation
from orders.services.change.cancel import foreseen
from orders.services.deal import line_tax
from orders.services.search import found
from orders.workflow import BEFORE_SIGNING, ENDS, IN_REVIEW, UNSIGNED, OrderState
from organization.roles import RIGHTS, Role, has_role, sees_sale_prices
from sla.engine import open_clocks
from sla.models import RunningClock

TIMELINE = 30


class OrderFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Search"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=OrderState.choices)
    order_class = django_filters.ChoiceFilter(label=_("Class"), choices=OrderClass.choices)
    promised = django_filters.DateFilter(
        label=_("Promised until"), field_name="promised_date", lookup_expr="lte", widget=forms.DateInput(attrs={"type": "date"})
    )
    mine = django_filters.BooleanFilter(label=_("Only mine"), method="only_mine", widget=forms.CheckboxInput)
    open = django_filters.BooleanFilter(label=_("Only open"), method="only_open", widget=forms.CheckboxInput)

    class Meta:
        model = Order
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return found(queryset, value)

    def only_open(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.exclude(state__in=ENDS) if value else queryset

    def only_mine(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.filter(selectors.looked_after(self.request.actor)) if value else queryset  # type: ignore[attr-defined]


class OrderList(ListPage):
    title = _("Orders")
    model = Order
    filterset = OrderFilter
    related = ("customer", "product_company", "clerk_post__holder")
    sees_money = staticmethod(sees_sale_prices)
    empty = _("No order matches")
    columns = [
        Column("number", _("Number"), lambda o: o.number, link=True),
        Column("customer", _("Customer"), lambda o: o.customer.name),
        Column("reference", _("Customer's number"), lambda o: o.customer_reference),
        Column("state", _("State"), lambda o: OrderState(o.state).label),
        Column("order_class", _("Class"), lambda o: OrderClass(o.order_class).label if o.order_class else ""),
        Column("company", _("Product company"), lambda o: o.product_company.short_name),
        Column("wanted", _("Wanted"), lambda o: o.wanted_date),
        Column("promised", _("Promised"), lambda o: o.promised_date),
        Column("amount", _("Amount"), lambda o: o.amount, css="r", money=True),
        Column("currency", _("Currency"), lambda o: o.currency, money=True),
        Column("clerk", _("Clerk"), lambda o: str(o.clerk_post.holder or "")),
    ]

    def more(self, request: HttpRequest) -> dict[str, Any]:
        if not has_role(request.actor, Role.SALES_CLERK):  # type: ignore[attr-defined]
            return {}
        return {"new_url": reverse("orders:new"), "new_label": _("Register order"), "import_url": reverse("orders:import")}

    template = "orders/list.html"


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One box for everything: an exact number goes straight to its page, words to the filtered list."""
    words = request.GET.get("q", "").strip()
    hits = list(found(Order.objects.visible_to(request.actor), words)[:2]) if words else []  # type: ignore[attr-defined]
    if len(hits) == 1:
        return HttpResponseRedirect(hits[0].get_absolute_url())
    query = request.GET.copy()
    return HttpResponseRedirect(f"{reverse('orders:list')}?{query.urlencode()}")


def the_order(request: HttpRequest, number: str) -> Order:
    """The order if this person may see it; otherwise there is none (P2)."""
    related = (
        "customer__grade",
        "sales_company__order_settings",
        "product_company",
        "payment_term",
        "clerk_post__holder",
        "salesperson_post__holder",
        "instruction",
    )
    return get_object_or_404(Order.objects.visible_to(request.actor).select_related(*related), number=number)  # type: ignore[attr-defined]


def act_url(order: Order, step: str) -> str:
    return reverse("orders:edit", args=[order.number]) if step == "edit_intake" else reverse("orders:act", args=[order.number, step])


def _paper_url(route: str, ref: Any, step: str) -> str:
    return reverse(route, args=[ref, step])


def offers_on(order: Order, actor: Any) -> list[Offer]:
    """What this person may do on the order and on its papers: opinions asked of them, the signature for our side."""
    found = offers_of(order, actor, lambda step: act_url(order, step), {**ORDER_ACTS, "edit_intake": None})
    asked = Opinion.objects.filter(review__order=order, review__state="open").select_related("review__order")
    for opinion in asked if order.state in IN_REVIEW else ():
        found += offers_of(opinion, actor, partial(_paper_url, "orders:opinion_act", opinion.pk), OPINION_ACTS)
    contract = contract_of(order)
    if contract is not None and not contract.our_signed_at:
        found += offers_of(contract, actor, partial(_paper_url, "orders:contract_act", contract.number), CONTRACT_ACTS)
    called = Meeting.objects.filter(order=order, intake=order.intake, state="called").select_related("order")
    for meeting in called if order.state in BEFORE_SIGNING else ():
        found += [offer for offer in meeting_offers(meeting, actor) if offer.open]
    return [offer for offer in found if offer.open or offer.name != "call_meeting"]  # that none is needed is nothing to be told


def panels_for(actor: Any) -> list[Panel]:
    """The panels whose kind of thing the role table lets this person see."""
    kinds = {kind for hat in actor.hats for kind in RIGHTS[hat.role].sees}
    return [panel for panel in panels() if panel.kind in kinds]


@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The heart: what, whose, when, how far, whose turn, what can I do and what not and why (FUP-04)."""
    actor, at = request.actor, request.now  # type: ignore[attr-defined]
    order = read_once(the_order(request, number))
    customer_only = request.GET.get("timeline") == "customer"
    facts = list(selectors.facts_of(order))
    shown = [fact for fact in facts if fact.customer_visible] if customer_only else facts
    everything = request.GET.get("all") == "1"
    due = open_clocks(order.pk)
    clocks = [clock for clock in due if clock.opens_at <= at]
    soon = [] if customer_only else due[: selectors.NEXT]
    holders = selectors.holders_of([*soon, *clocks[:1]])
    rows = selectors.line_rows(order)
    context = {
        "order": order,
        "prices": sees_sale_prices(actor),
        "stages": selectors.stages(order, facts),
        "ended": order.state in selectors.ENDED,
        "turn": selectors.turn(clocks, actor, holders),
        "clocks": clocks,
        "offers": offers_on(order, actor),
        "rows": rows,
        "tax": sum((line_tax(line) for line, _q in rows), start=0),
        "entries": selectors.upcoming(soon, holders, at) + selectors.timeline(shown if everything else shown[:TIMELINE], actor),
        "more": 0 if everything else max(len(shown) - TIMELINE, 0),
        "customer_only": customer_only,
        "panels": panels_for(actor),
        "validity": _validity(order, clocks),
        **_promise(order, at),
        "under_way": under_way(order),
        "customers_word": customers_word(order, facts) if order.state in (OrderState.REGISTERED, OrderState.CONFIRMED) else None,
        "contract": contract_of(order),
    }
    return render(request, "orders/detail.html", context)


def _validity(order: Order, clocks: list[RunningClock]) -> str:
    """Whether an order without a contract is valid for long or ends "soon"; nothing where it has no end (INT-17)."""
    if order.valid_until is None or order.state not in UNSIGNED:
        return ""
    return "soon" if any(clock.name == "enquiry_validity" for clock in clocks) else "long"


def _promise(order: Order, at: datetime) -> dict[str, Any]:
    """The contract, what is promised as of now, and by how many days a late form has moved it (CON-03)."""
    contract = contract_of(order)
    if contract is None:
        return {"contract": None, "promise": order.promised_date}
    promise = selectors.promise(contract, at)
    return {"contract": contract, "promise": order.promised_date or promise, "promise_days": (promise - contract.sent_promise).days}


@require_GET
def panel(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """One panel: a piece for the order page, or a page of its own behind a plain link."""
    order = the_order(request, number)
    one = PANELS.get(name)
    if one is None or one not in panels_for(request.actor):  # type: ignore[attr-defined]
        raise Http404
    context = {"order": order, "panel": one, **one.context(order, request.actor)}  # type: ignore[attr-defined]
    part = bool(request.headers.get("HX-Request"))
    return render(request, one.template if part else "orders/panel_page.html", context)


def order_evidence(order: Order, actor: Any) -> dict[str, Any]:
    """The order's lines and, for who sees prices, its amount: nobody signs or issues what they do not see."""
    rows = selectors.line_rows(order)
    return {"order": order, "prices": sees_sale_prices(actor), "rows": rows, "tax": sum((line_tax(line) for line, _q in rows), start=0)}


class OrderAct(ActView):
    model = Order
    forms = ORDER_ACTS
    template = "orders/act.html"

    def open_steps(self, request: HttpRequest) -> list[Offer]:
        """Those of the order's page: the correction of the intake and the opinions have pages of their own."""
        return [offer for offer in offers_on(self.thing, request.actor) if offer.open and offer.name != self.name]  # type: ignore[attr-defined]

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        why = why_refuse(self.thing) if self.name in ("approve_refusal", "overrule_refusal") else None
        found = {**order_evidence(self.thing, request.actor), "refusal": why}  # type: ignore[attr-defined]
        if self.name == "cancel":
            found["cancelling"] = cancelling = cancelling_of(self.thing)
            if cancelling is not None and cancelling.charge is not None:
                found["foreseen"] = foreseen(self.thing, cancelling.charge)
        return found


class OpinionAct(ActView):
    """The phone page of a department head: the question first, the evidence, then the answer."""

    model = Opinion
    lookup = "pk"
    forms = OPINION_ACTS
    template = "orders/opinion.html"

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        """Of a re-review: what the customer wants otherwise."""
        change = self.thing.review.change
        return {"change": change, "differences": difference_rows(change, False)} if change else {}

    def answer(self, thing: Any, result: Any) -> str:
        return (thing.review.change or thing.review.order).get_absolute_url()


class ContractAct(ActView):
    model = Contract
    forms = CONTRACT_ACTS
    template = "orders/act.html"

    def evidence(self, request: HttpRequest) -> dict[str, Any]:
        promise = selectors.promise(self.thing, request.now)  # type: ignore[attr-defined]
        return {"contract": self.thing, "promise": promise, **order_evidence(self.thing.order, request.actor)}  # type: ignore[attr-defined]

    def answer(self, thing: Any, result: Any) -> str:
        return thing.order.get_absolute_url()


@require_GET
def opinion(request: HttpRequest, ref: int) -> HttpResponse:
    """An opinion's page is its act; for whoever may see the order."""
    get_object_or_404(Opinion.objects.visible_to(request.actor), pk=ref)  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("orders:opinion_act", args=[ref, "give_opinion"]))


@require_GET
def my_opinion(request: HttpRequest, number: str) -> HttpResponse:
    """From an order to the opinion that is asked of this person."""
    order = the_order(request, number)
    actor = request.actor  # type: ignore[attr-defined]
    for each in Opinion.objects.filter(review__order=order, review__state="open").select_related("review__order").order_by("state", "pk"):
        try:
            each.steps()["give_opinion"].permission(each, actor)
        except NotAllowed:
            continue
        return HttpResponseRedirect(reverse("orders:opinion_act", args=[each.pk, "give_opinion"]))
    messages.info(request, _("No opinion of yours is asked for."))
    return HttpResponseRedirect(order.get_absolute_url())


@require_GET
def contract(request: HttpRequest, number: str) -> HttpResponse:
    """A contract lives on its order's page."""
    one = get_object_or_404(Contract.objects.visible_to(request.actor).select_related("order"), number=number)  # type: ignore[attr-defined]
    return HttpResponseRedirect(one.order.get_absolute_url())


@require_GET
def our_signature(request: HttpRequest, number: str) -> HttpResponse:
    """From an order to the signature for our side."""
    one = the_order(request, number).contracts.in_force().first()
    if one is None:
        raise Http404
    return HttpResponseRedirect(reverse("orders:contract_act", args=[one.number, "sign_for_us"]))


@require_GET
def signature(request: HttpRequest, number: str) -> HttpResponse:
    """From an order to filing the signed form: before the contract is in force, or later (CON-02)."""
    order = the_order(request, number)
    step = "sign" if order.state == OrderState.CONTRACTED else "sign_later"
    return HttpResponseRedirect(act_url(order, step))


PRICED = ("D03", "D04")


@require_POST
def print_paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Print a paper of the order, such as it stands now; those with prices only for whoever sees them."""
    order = the_order(request, number)
    papers: dict[str, Any] = {
        "D02": order.reviews.filter(change=None).order_by("-round").first,
        "D03": Quotation.objects.filter(order=order, counts=True).order_by("-id").first,
        "D04": order.contracts.in_force().first,
        "D05": lambda: getattr(order, "instruction", None),
        "D32": lambda: order if refusal_was_asked(order) else None,
        "D48": order.meetings.filter(state="held").order_by("-id").first,
    }
    if kind not in papers or (kind in PRICED and not sees_sale_prices(request.actor)):  # type: ignore[attr-defined]
        raise Http404
    found_one = papers[kind]()
    if found_one is None:
        raise Http404
    return print_and_show(request, kind=kind, document=found_one, back=order.get_absolute_url())


@require_POST
def add_file(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a file beside the order (INT-05)."""
    order = the_order(request, number)
    actor = request.actor  # type: ignore[attr-defined]
    if not has_role(actor, *ATTACHERS):
        raise NotAllowed(Reason("not_yours", roles=[str(role.label) for role in ATTACHERS]))
    form = AddFile(request.POST, request.FILES)
    if form.is_valid():
        try:
            once(form.cleaned_data["once"], person_id=request.user.pk or 0, at=request.now, do=lambda: _attach(order, form, request))  # type: ignore[attr-defined]
            messages.success(request, _("The file is kept with the order."))
        except Refused as refused:
            messages.error(request, str(refused))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return HttpResponseRedirect(f"{order.get_absolute_url()}#panel-papers")


def _attach(order: Order, form: AddFile, request: HttpRequest) -> str:
    given = {name: form.cleaned_data[name] for name in ("upload", "kind", "note")}
    subject = (Order._meta.label_lower, order.pk)
    attach(**given, order_id=order.pk, subject=subject, by=request.actor, at=request.now)  # type: ignore[attr-defined]
    return order.get_absolute_url()
