"""Quotation, contract, money that the order waits for, production instruction, follow-up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.models import MoneyField
from core.workflow import FlowQuerySet
from orders.models.customers import PaymentStage
from orders.models.order import Order
from orders.workflow import ContractLife, ContractState, QuotationLife
from organization.roles import Scope, Scoped, visible

GONE = (ContractState.VOID, ContractState.REPLACED)


class DealQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> DealQuerySet:
        return visible(self, actor)  # type: ignore[return-value]


class ContractQuerySet(DealQuerySet):
    def in_force(self) -> ContractQuerySet:
        """Of every order at the most one: in force, or on its way to it."""
        return self.exclude(state__in=GONE)


class OrderPaper(Scoped, models.Model):
    """Something of an order: seen and acted on by whoever may see the order."""

    scope_kind = "order"
    scope_paths: ClassVar = {
        Scope.OWN: ("order__salesperson_post_id",),
        Scope.SALES: ("order__sales_company_id",),
        Scope.PRODUCT: ("order__product_company_id",),
        Scope.CUSTOMER: ("order_id",),
    }

    class Meta:
        abstract = True


class Quotation(OrderPaper, QuotationLife):
    """A price for the order as it stood, with a validity; a new one replaces the last."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="quotations")
    number = models.CharField(_("number"), max_length=14, unique=True)
    lines = models.JSONField()
    amount = MoneyField(_("amount with VAT"))
    tax = MoneyField(_("VAT"))
    currency = models.CharField(_("currency"), max_length=3)
    valid_until = models.DateField(_("valid until"))
    delivery_date = models.DateField(_("delivery date"))
    person_name = models.CharField(max_length=40)
    at = models.DateTimeField()
    counts = models.BooleanField(default=True)

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")

    def __str__(self) -> str:
        return self.number


class Contract(OrderPaper, ContractLife):
    """The sales contract (D04): drafted from the accepted quotation, signed by both sides (CON-01)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="contracts")
    number = models.CharField(_("number"), max_length=14, unique=True)
    revision = models.PositiveSmallIntegerField(_("revision"))
    amount = MoneyField(_("amount with VAT"))
    tax = MoneyField(_("VAT"))
    currency = models.CharField(_("currency"), max_length=3)
    promised_date = models.DateField(_("promised date"))
    grade = models.CharField(_("grade applied"), max_length=2)
    instruct_before_signature = models.BooleanField(default=False)
    ship_before_payment = models.BooleanField(default=False)
    payment_text = models.CharField(_("payment"), max_length=200)
    delivery_text = models.CharField(_("delivery"), max_length=200)
    penalty_text = models.CharField(_("penalties"), max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    our_name = models.CharField(_("our signature"), max_length=40, blank=True)
    our_signed_at = models.DateTimeField(null=True)
    their_name = models.CharField(_("signed for the customer by"), max_length=40, blank=True)
    their_signed_at = models.DateTimeField(null=True)
    scan_id = models.BigIntegerField(null=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name=_("replaces"))
    late_days = models.PositiveSmallIntegerField(_("days that the signed form was late"), default=0)
    their_position = models.CharField(_("position of the signatory"), max_length=40, blank=True)
    signature_id = models.BigIntegerField(null=True)
    signed_hash = models.CharField(_("fingerprint of what was signed"), max_length=64, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=~Q(state__in=GONE), name="contract_in_force_once"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:contract", args=[self.number])

    @property
    def sent_promise(self) -> date:
        """The date on the form that was sent."""
        return self.promised_date - timedelta(days=self.late_days)

    def promised_on(self, day: date) -> date:
        """What is promised if the signed form comes back on `day` (CON-03): a day later for each day after the one it was sent.

        Before our own signature the customer has nothing to sign: days that we let pass do not count. Nor is it moved where the grade
        lets us begin without the form (grade A), nor for an agreement about a change; once it is filed, it stands.
        """
        if self.state != "sent" or self.instruct_before_signature or self.replaces_id or not (self.sent_at and self.our_signed_at):
            return self.promised_date
        there = localtime(max(self.sent_at, self.our_signed_at)).date()
        return self.promised_date + timedelta(days=max((day - there).days, 0))


class PaymentDue(models.Model):
    """Money that the order waits for, by the contract's terms; what has come in is the sum of its `received` rows."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="dues")
    position = models.PositiveSmallIntegerField()
    gate = models.CharField(_("due"), max_length=10, choices=PaymentStage.Gate)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2)
    days = models.PositiveSmallIntegerField(default=0)
    amount = MoneyField(_("amount"))
    due_on = models.DateField(_("due on"), null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("payment due")
        verbose_name_plural = _("payments due")
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="payment_due_once")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.gate}"  # no amount: names are shown to everybody


class MoneyReceived(models.Model):
    """What covers a due. Never edited.

    A payment confirmed by finance, its reversal a negative row (CON-04); a credit, for what the customer need not pay any more; a refund,
    negative. `payment_id` is the row of finance that it comes from: payment, credit or refund.
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("payment")
        CREDIT = "credit", _("credit")
        REFUND = "refund", _("refund")

    due = models.ForeignKey(PaymentDue, models.PROTECT, related_name="received")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PAYMENT)
    amount = MoneyField()
    payment_id = models.BigIntegerField()
    reversal = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("money received")
        verbose_name_plural = _("money received")
        constraints = [models.UniqueConstraint(fields=["due", "kind", "payment_id", "reversal"], name="money_received_once")]

    def __str__(self) -> str:
        return f"{self.due_id} {self.pk}"


class ProductionInstruction(OrderPaper, models.Model):
    """The order released to production (D05, INS-01)."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="instruction")
    number = models.CharField(_("number"), max_length=14, unique=True)
    lines = models.JSONField()
    due_date = models.DateField(_("due date"))
    tolerance = models.CharField(_("tolerance"), max_length=100)
    packing = models.CharField(_("packing"), max_length=100)
    special_terms = models.CharField(_("special terms"), max_length=300)
    drawing_revision = models.CharField(_("drawing revision"), max_length=40)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    person_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = _("production instruction")
        verbose_name_plural = _("production instructions")

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return self.order.get_absolute_url()


class FollowUp(OrderPaper, models.Model):
    """The check of the real progress 2-3 days before the promised date (FUP-01)."""

    class Verdict(models.TextChoices):
        ON_TRACK = "on_track", _("on track")
        AT_RISK = "at_risk", _("at risk")
        LATE = "late", _("late")

    order = models.ForeignKey(Order, models.CASCADE, related_name="follow_ups")
    verdict = models.CharField(_("result"), max_length=10, choices=Verdict)
    expected_date = models.DateField(_("expected date"))
    note = models.CharField(_("what was found"), max_length=300)
    person_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")

    def __str__(self) -> str:
        return f"{self.order_id} {self.verdict}"
