"""Pages of finance: receivables, payments, invoices, their acts and the printed invoice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import DateField, Q, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core.acts import ActForm, ActView, offers_of
from core.lists import Column, ListPage
from core.workflow import Offer
from documents.services import printing_available
from documents.views import print_and_show
from finance.forms import FORMS, ChooseOrderForm, InvoiceForm, RecordPaymentForm
from finance.models import Invoice, Payment, Receivable
from finance.selectors import against_invoice, delivery_names, sees_money, uninvoiced
from finance.workflow import PaymentState, finance
from orders.models import Order
from organization.roles import Role, has_role

DAY = forms.DateInput(attrs={"type": "date"})
AGES = {"30": (1, 30), "60": (31, 60), "90": (61, 90), "more": (91, 36500)}


def search(rows: QuerySet, name: str, value: str) -> QuerySet:
    text = value.strip()
    return rows.filter(Q(order__number__icontains=text) | Q(order__customer__name__icontains=text))


class ReceivableFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Order, customer"), method=lambda rows, name, value: search(rows, name, value))
    state = django_filters.ChoiceFilter(label=_("State"), method="by_state", choices=[("open", _("not paid in full")), ("paid", _("paid"))])
    overdue = django_filters.ChoiceFilter(
        label=_("Overdue"),
        method="by_age",
        choices=[
            ("any", _("all that is overdue")),
            ("30", _("1-30 days")),
            ("60", _("31-60 days")),
            ("90", _("61-90 days")),
            ("more", _("over 90 days")),
        ],
    )

    class Meta:
        model = Receivable
        fields: list[str] = []

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(settled_at__isnull=value == "open")

    def by_age(self, rows: Any, name: str, value: str) -> QuerySet:
        day = timezone.localtime(self.request.now).date()  # type: ignore[union-attr]
        rows = rows.overdue(day)
        if value not in AGES:
            return rows
        least, most = AGES[value]
        return rows.filter(due_on__lte=day - timedelta(days=least), due_on__gte=day - timedelta(days=most))


class MoneyList(ListPage):
    """Only for roles that see sale prices: the others get no page, not an empty one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not sees_money(request.actor):  # type: ignore[attr-defined]
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ReceivableList(MoneyList):
    title = _("Receivables")
    model = Receivable
    filterset = ReceivableFilter
    related = ("order__customer",)
    empty = _("No money is due here.")
    columns = [
        Column("order", _("Order"), lambda d: d.order.number, link=True),
        Column("customer", _("Customer"), lambda d: d.order.customer.name),
        Column("gate", _("Payment stage"), lambda d: d.get_gate_display()),
        Column("percent", _("Percent"), lambda d: d.percent, css="r"),
        Column("due_on", _("Due on"), lambda d: d.due_on),
        Column("currency", _("Currency"), lambda d: d.order.currency),
        Column("amount", _("Amount"), lambda d: d.amount, css="r", money=True),
        Column("received", _("Came in"), lambda d: d.got, css="r", money=True),
        Column("missing", _("Missing"), lambda d: d.missing, css="r", money=True),
        Column("overdue", _("Days overdue"), lambda d: d.overdue_days(d.today) or "", css="r"),
    ]

    def rows(self, request: HttpRequest) -> QuerySet:
        today = Value(timezone.localtime(request.now).date(), output_field=DateField())  # type: ignore[attr-defined]
        return super().rows(request).awaited().prefetch_related("received").annotate(today=today)  # type: ignore[attr-defined]


class PaymentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number, order, customer, bank reference"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=PaymentState.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Payment.Kind.choices)
    since = django_filters.DateFilter(label=_("From"), field_name="paid_on", lookup_expr="gte", widget=DAY)
    until = django_filters.DateFilter(label=_("Until"), field_name="paid_on", lookup_expr="lte", widget=DAY)

    class Meta:
        model = Payment
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        text = value.strip()
        return search(rows, name, value) | rows.filter(Q(number__icontains=text) | Q(bank_reference__icontains=text))


class PaymentList(MoneyList):
    title = _("Payments")
    model = Payment
    filterset = PaymentFilter
    related = ("order__customer",)
    empty = _("No payments here.")
    columns = [
        Column("number", _("Number"), lambda p: p.number, link=True),
        Column("paid_on", _("Received on"), lambda p: p.paid_on),
        Column("order", _("Order"), lambda p: p.order.number),
        Column("customer", _("Customer"), lambda p: p.order.customer.name),
        Column("kind", _("Kind"), lambda p: p.get_kind_display()),
        Column("currency", _("Currency"), lambda p: p.currency),
        Column("amount", _("Amount"), lambda p: p.amount, css="r", money=True),
        Column("method", _("Method"), lambda p: p.get_method_display()),
        Column("reference", _("Bank reference"), lambda p: p.bank_reference),
        Column("state", _("State"), lambda p: p.get_state_display()),
    ]

    def more(self, request: HttpRequest) -> dict[str, Any]:
        if not has_role(request.actor, Role.FINANCE):  # type: ignore[attr-defined]
            return {}
        return {"new_url": reverse("finance:choose", args=["payment"]), "new_label": _("Record a payment")}


class InvoiceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number, order, customer"), method="search")
    year = django_filters.NumberFilter(label=_("Year"))

    class Meta:
        model = Invoice
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return search(rows, name, value) | rows.filter(number__icontains=value.strip())


class InvoiceList(MoneyList):
    title = _("Invoices")
    model = Invoice
    filterset = InvoiceFilter
    related = ("order__customer", "company")
    empty = _("No invoices here.")
    columns = [
        Column("number", _("Number"), lambda i: i.number, link=True),
        Column("issued_at", _("Issued at"), lambda i: timezone.localtime(i.issued_at).date()),
        Column("company", _("Issued by"), lambda i: i.company.short_name),
        Column("order", _("Order"), lambda i: i.order.number),
        Column("buyer", _("Invoiced to"), lambda i: i.buyer_name),
        Column("currency", _("Currency"), lambda i: i.currency),
        Column("net", _("Net amount"), lambda i: i.net, css="r", money=True),
        Column("tax", _("VAT"), lambda i: i.tax, css="r", money=True),
        Column("gross", _("Amount with VAT"), lambda i: i.gross, css="r", money=True),
        Column("state", _("State"), lambda i: i.get_state_display()),
    ]

    def more(self, request: HttpRequest) -> dict[str, Any]:
        if not has_role(request.actor, Role.FINANCE):  # type: ignore[attr-defined]
            return {}
        return {"new_url": reverse("finance:choose", args=["invoice"]), "new_label": _("Issue an invoice")}


def find(model: Any, request: HttpRequest, ref: str) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    found = model.objects.visible_to(actor).select_related("order__customer", "company").filter(number=ref).first()
    if found is None or not sees_money(actor):
        raise Http404
    return found


@require_safe
def payment(request: HttpRequest, ref: str) -> HttpResponse:
    """One payment: what it is, who did what with it, what may be done."""
    thing = find(Payment, request, ref)
    offers = offers_of(thing, request.actor, lambda name: reverse("finance:payment_act", args=[thing.number, name]), FORMS)  # type: ignore[attr-defined]
    return render(request, "finance/payment.html", {"payment": thing, "offers": offers})


@require_safe
def invoice(request: HttpRequest, ref: str) -> HttpResponse:
    """One invoice as it was issued."""
    thing = find(Invoice, request, ref)
    lines = list(thing.lines.select_related("line").order_by("line__line_no"))
    deliveries = delivery_names(sorted({each.shipment_id for each in lines if each.shipment_id}), request.actor)  # type: ignore[attr-defined]
    context = {"invoice": thing, "lines": lines, "deliveries": deliveries.values(), "no_printing": printing_available()}
    return render(request, "finance/invoice.html", context)


@require_POST
def print_invoice(request: HttpRequest, ref: str) -> HttpResponse:
    """D49 of an invoice that this person may see."""
    thing = find(Invoice, request, ref)
    return print_and_show(request, kind="D49", document=thing, back=thing.get_absolute_url())


def choose(request: HttpRequest, what: str) -> HttpResponse:
    """From the lists: name the order by its number, then the form of the act opens."""
    targets = {"payment": ("finance:record_payment", _("Record a payment")), "invoice": ("finance:issue_invoice", _("Issue an invoice"))}
    if what not in targets:
        raise Http404
    if not has_role(request.actor, Role.FINANCE):  # type: ignore[attr-defined]
        raise PermissionDenied
    target, title = targets[what]
    form = ChooseOrderForm(request.GET or None)
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"].strip()
        order = Order.objects.visible_to(request.actor).filter(number__iexact=number).first()  # type: ignore[attr-defined]
        if order is not None:
            return redirect(target, order.number)
        form.add_error("number", _("There is no such order for you."))
    return render(request, "finance/choose.html", {"form": form, "title": title})


class MoneyAct(ActView):
    """Acts on a payment: the order is locked before it, as in every act."""

    model = Payment
    forms = FORMS

    def perform(self, request: HttpRequest, form: ActForm) -> str:
        Order.objects.locked(self.thing.order_id)
        return super().perform(request, form)


class OrderMoneyAct(ActView):
    """An act of finance on an order: the order is the thing, the step is ours."""

    model = Order
    label: ClassVar[Any]
    icon: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **{**kwargs, "step": next(iter(self.forms))})

    def permit(self, request: HttpRequest) -> None:
        finance(self.thing, request.actor)  # type: ignore[attr-defined]

    def step_label(self) -> str:
        return str(self.label)

    def offer(self, request: HttpRequest) -> Offer:
        return Offer(self.name, self.step_label(), self.icon, False)


class RecordPayment(OrderMoneyAct):
    forms = {"record_payment": RecordPaymentForm}
    label, icon = _("Record a payment"), "cash"


class IssueInvoice(OrderMoneyAct):
    forms = {"issue_invoice": InvoiceForm}
    label, icon = _("Issue an invoice"), "file-invoice"

    def get(self, request: HttpRequest, ref: str, step: str) -> HttpResponse:
        first = {"shipment_id": request.GET.get("shipment", "")}
        return self.show(request, InvoiceForm(thing=self.thing, actor=request.actor, initial=first))  # type: ignore[attr-defined]

    def offer(self, request: HttpRequest) -> Offer:
        offer = super().offer(request)
        offer.reasons = [str(reason) for reason in against_invoice(uninvoiced(self.thing))]
        return offer
