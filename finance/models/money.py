"""Payments, invoices, and what customers owe."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.models import MoneyField, PriceField, QuantityField
from core.workflow import FlowQuerySet
from finance.workflow import InvoiceLife, InvoiceState, PaymentLife, PaymentState
from orders.models import Order, OrderLine, PaymentDue
from organization.models import Company, Post
from organization.roles import Scope, Scoped, visible


class MoneyQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> MoneyQuerySet:
        return visible(self, actor)  # type: ignore[return-value]


class Payment(Scoped, PaymentLife):
    """Money of a customer for an order, as finance found it at the bank. It counts once it is confirmed (CON-04)."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", _("deposit")
        BALANCE = "balance", _("balance")
        OTHER = "other", _("other")

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("bank transfer")
        DRAFT = "draft", _("acceptance draft")
        CHEQUE = "cheque", _("cheque")
        CASH = "cash", _("cash")
        CREDIT_LETTER = "lc", _("letter of credit")
        SET_OFF = "set_off", _("set off against goods given back")

    scope_kind = "money"
    scope_paths: ClassVar = {
        Scope.OWN: ("order__salesperson_post_id",),
        Scope.SALES: ("company_id",),
        Scope.PRODUCT: ("order__product_company_id",),
    }

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments", verbose_name=_("order"))
    number = models.CharField(_("number"), max_length=14, unique=True)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("received by (company)"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("method"), max_length=10, choices=Method)
    paid_on = models.DateField(_("received on"))
    bank_reference = models.CharField(_("bank reference"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.CharField(_("recorded by"), max_length=40)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=40, blank=True)
    reversed_at = models.DateTimeField(_("reversed at"), null=True)
    reversed_by = models.CharField(_("reversed by"), max_length=40, blank=True)
    reversed_reason = models.CharField(_("reason of reversing"), max_length=200, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("incoming payment")
        verbose_name_plural = _("incoming payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="payment_positive"),
            models.CheckConstraint(condition=Q(state__in=PaymentState.values), name="payment_state_known"),
            # Reversed ones do not count: a payment booked on the wrong order is reversed there and booked on the right one.
            models.UniqueConstraint(
                fields=["company", "bank_reference"], condition=~Q(bank_reference="") & ~Q(state="reversed"), name="bank_reference_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:payment", args=[self.number])

    @property
    def chip(self) -> tuple[str, str]:
        return {"confirmed": ("good", "circle-check"), "reversed": ("late", "arrow-back-up")}.get(self.state, ("line", "clock"))


class Invoice(Scoped, InvoiceLife):
    """What was shipped, charged to the customer (FIN-01, D49). Numbers of a company and year have no gaps (SEC-03); amounts include VAT.

    A credit note is one too: it `corrects` an invoice, and its quantities and amounts are below zero.
    """

    scope_kind = "money"
    scope_paths: ClassVar = {
        Scope.OWN: ("order__salesperson_post_id",),
        Scope.SALES: ("company_id",),
        Scope.PRODUCT: ("order__product_company_id",),
    }

    order = models.ForeignKey(Order, models.PROTECT, related_name="invoices", verbose_name=_("order"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("issued by"))
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="credit_notes", verbose_name=_("corrects invoice"))
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("serial number"))
    number = models.CharField(_("number"), max_length=24, unique=True)
    buyer_name = models.CharField(_("invoiced to"), max_length=80)
    buyer_tax_number = models.CharField(_("tax number"), max_length=30, blank=True)
    buyer_address = models.CharField(_("address"), max_length=200, blank=True)
    buyer_phone = models.CharField(_("phone"), max_length=40, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    net = MoneyField(_("net amount"))
    tax = MoneyField(_("VAT"))
    gross = MoneyField(_("amount with VAT"))
    remarks = models.CharField(_("remarks"), max_length=200, blank=True)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.CharField(_("issued by (person)"), max_length=40)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [
            models.UniqueConstraint(fields=["company", "year", "serial"], name="invoice_serial_once"),
            models.CheckConstraint(condition=Q(state__in=InvoiceState.values), name="invoice_state_known"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:invoice", args=[self.number])


class InvoiceLine(models.Model):
    """A line as charged: text and price are kept as they were. `shipment_id` names the delivery when it was invoiced as a whole."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines", verbose_name=_("invoice"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", verbose_name=_("order line"))
    shipment_id = models.BigIntegerField(null=True)
    model = models.CharField(_("model"), max_length=40, blank=True)
    text = models.CharField(_("goods, services"), max_length=400, blank=True)
    unit = models.CharField(_("unit"), max_length=8, blank=True)
    quantity = QuantityField(_("quantity"))
    unit_price = PriceField(_("unit price with VAT"))
    vat_percent = models.DecimalField(_("VAT, percent"), max_digits=5, decimal_places=2)
    amount = MoneyField(_("amount with VAT"))
    tax = MoneyField(_("VAT"))

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        constraints = [models.UniqueConstraint(fields=["invoice", "line"], name="invoice_line_once")]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.amount}"

    @property
    def net(self) -> Decimal:
        return self.amount - self.tax


class ReceivableQuerySet(models.QuerySet["Receivable"]):
    def visible_to(self, actor: Actor) -> models.QuerySet:
        return visible(self, actor)

    def awaited(self) -> ReceivableQuerySet:
        """Of orders that have not ended without money."""
        return self.exclude(order__state__in=["refused", "withdrawn"])

    def overdue(self, day: date) -> ReceivableQuerySet:
        return self.filter(settled_at=None, due_on__lt=day)


class Receivable(Scoped, PaymentDue):
    """A payment due as finance and sales see it (FIN-02); the clock of its due date hangs on it."""

    scope_kind = "money"
    scope_paths: ClassVar = {
        Scope.OWN: ("order__salesperson_post_id",),
        Scope.SALES: ("order__sales_company_id",),
        Scope.PRODUCT: ("order__product_company_id",),
    }

    objects = ReceivableQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name = _("receivable")
        verbose_name_plural = _("receivables")

    def get_absolute_url(self) -> str:
        return self.order.get_absolute_url()

    @property
    def clerk_post(self) -> Post:
        return self.order.clerk_post

    @property
    def salesperson_post(self) -> Post | None:
        return self.order.salesperson_post

    @property
    def got(self) -> Decimal:
        """What came in, reversals taken off; from prefetched rows."""
        return sum((row.amount for row in self.received.all()), Decimal(0))

    @property
    def missing(self) -> Decimal:
        return self.amount - self.got

    def overdue_days(self, day: date) -> int:
        """Days since the due date while money is missing; 0 when it is not overdue."""
        if self.due_on is None or self.settled_at is not None or self.due_on >= day:
            return 0
        return (day - self.due_on).days
