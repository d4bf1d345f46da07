"""What a customer need not pay any more, and what they get back (RET-04)."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import LedgerField, MoneyField
from finance.models.money import MoneyQuerySet, Payment
from finance.workflow import RefundLife, RefundState
from orders.models import Order, OrderLine
from organization.roles import Scope, Scoped

EXCHANGE = "finance.exchange"  # source of what was paid for exchanged goods; the id is the return's


class Refund(Scoped, RefundLife):
    """Money to be paid back, against payments of the order; `source_kind` and `source_id` name what it is agreed for, once.

    What was paid for exchanged goods is kept for the exchange order (RET-07): `set_off` of it became a payment there at `set_off_at`,
    only the rest is paid back. `reason` is then the return's number, by which the exchange is found.
    """

    scope_kind = "money"
    scope_paths: ClassVar = {
        Scope.OWN: ("order__salesperson_post_id",),
        Scope.SALES: ("order__sales_company_id",),
        Scope.PRODUCT: ("order__product_company_id",),
        Scope.CUSTOMER: ("order_id",),
    }

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds", verbose_name=_("order"))
    number = models.CharField(_("number"), max_length=14, unique=True)
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=200)
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    agreed_at = models.DateTimeField(_("agreed at"))
    agreed_by = models.CharField(_("agreed by"), max_length=80)
    set_off = MoneyField(_("set off against the exchange order"), default=0)
    set_off_at = models.DateTimeField(_("set off at"), null=True)
    method = models.CharField(_("method"), max_length=10, choices=Payment.Method, blank=True)
    paid_on = models.DateField(_("paid on"), null=True)
    bank_reference = models.CharField(_("bank reference"), max_length=60, blank=True)
    paid_at = models.DateTimeField(_("payment recorded at"), null=True)
    paid_by = models.CharField(_("paid by"), max_length=80, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id"], name="refund_once_per_source"),
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="refund_positive"),
            models.CheckConstraint(condition=Q(set_off__gte=Decimal(0), set_off__lte=F("amount")), name="refund_set_off_within"),
            models.CheckConstraint(condition=Q(state__in=RefundState.values), name="refund_state_known"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:refund", args=[self.number])

    @property
    def waits_for_exchange(self) -> bool:
        """Kept until the exchange order says how much of it is set off."""
        return self.source_kind == EXCHANGE and self.set_off_at is None

    @property
    def payable(self) -> Decimal:
        return self.amount - self.set_off

    @property
    def chip(self) -> tuple[str, str]:
        return ("good", "circle-check") if self.state == RefundState.PAID else ("line", "clock")


class RefundShare(models.Model):
    """How much of a refund goes back against one payment: no payment is refunded beyond its amount."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="shares", verbose_name=_("refund"))
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refund_shares", verbose_name=_("incoming payment"))
    amount = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("share of a refund")
        verbose_name_plural = _("shares of refunds")
        constraints = [models.UniqueConstraint(fields=["refund", "payment"], name="refund_share_once")]

    def __str__(self) -> str:
        return f"{self.refund_id} ← {self.payment_id}"


class Credit(models.Model):
    """An amount that the order no longer asks for: goods not kept, or what is refunded without being owed. Never edited."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="credits", verbose_name=_("order"))
    amount = MoneyField(_("amount"))
    reason = models.CharField(_("reason"), max_length=200)
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id"], name="credit_once_per_source"),
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="credit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.source_kind} {self.source_id}"


class CreditLine(models.Model):
    """The goods that a credit is for: given back, or never arrived."""

    credit = models.ForeignKey(Credit, models.CASCADE, related_name="lines", verbose_name=_("credit"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", verbose_name=_("order line"))
    quantity = LedgerField(_("quantity"))

    class Meta:
        verbose_name = _("credited goods")
        verbose_name_plural = _("credited goods")
        constraints = [models.UniqueConstraint(fields=["credit", "line"], name="credit_line_once")]

    def __str__(self) -> str:
        return f"{self.credit_id}/{self.line_id}"
