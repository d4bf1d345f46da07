"""Returns and exchanges (RET-01 ... RET-05, RET-07)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.models.base import AftersalesQuerySet, OfOrder
from aftersales.workflow import ReturnLife, ReturnState
from core.models import LedgerField, MoneyField
from inventory.models import StockBalance
from orders.models import Order, OrderLine
from organization.models import Post

ENDED = (ReturnState.REFUSED, ReturnState.SETTLED)


class ReturnQuerySet(AftersalesQuerySet):
    def open(self) -> ReturnQuerySet:
        return self.exclude(state__in=ENDED)


class ReturnRequest(OfOrder, ReturnLife):
    """Goods that a customer wants to give back. Who pays the freight follows from the cause (RET-03); amounts in the order's currency."""

    class Wanted(models.TextChoices):
        REFUND = "refund", _("refund")
        EXCHANGE = "exchange", _("exchange")
        REPAIR = "repair", _("repair")

    class Cause(models.TextChoices):
        DEFECT = "defect", _("quality defect")
        WRONG = "wrong", _("not what was ordered")
        DAMAGED = "damaged", _("damaged on the way")
        ORDERED_WRONG = "ordered_wrong", _("ordered wrongly by the customer")
        NOT_NEEDED = "not_needed", _("no longer needed by the customer")

    class Identity(models.TextChoices):
        LINK = "link", _("the customer's own page")
        CALLED_BACK = "called_back", _("called back on the number in our file")
        CONTRACT = "contract", _("contract number and name agree")
        LETTER = "letter", _("letter with the customer's seal")

    OURS = (Cause.DEFECT, Cause.WRONG, Cause.DAMAGED)

    order = models.ForeignKey(Order, models.PROTECT, related_name="return_requests", verbose_name=_("order"))
    number = models.CharField(_("number"), max_length=14, unique=True)
    wanted = models.CharField(_("wanted"), max_length=10, choices=Wanted)
    reason = models.CharField(_("reason as told"), max_length=14, choices=Cause)
    words = models.TextField(_("customer's words"), blank=True)
    identity = models.CharField(_("identity checked by"), max_length=12, choices=Identity)
    packaging_intact = models.BooleanField(_("packaging intact"), null=True)
    labels_intact = models.BooleanField(_("labels and nameplates intact"), null=True)
    applied_at = models.DateTimeField(_("applied at"))
    applied_by = models.CharField(_("applied by"), max_length=80)
    receiver_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("taken down by"))

    cause = models.CharField(_("cause found"), max_length=14, choices=Cause, blank=True)
    freight_amount = MoneyField(_("freight both ways, paid by the customer"), null=True)
    costs_told_to = models.CharField(_("costs told to"), max_length=80, blank=True)
    costs_told_at = models.DateTimeField(_("costs told at"), null=True)
    question = models.CharField(_("information asked"), max_length=300, blank=True)
    exception = models.CharField(_("agreed in spite of the conditions because"), max_length=300, blank=True)
    refusal = models.CharField(_("refused because"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = models.CharField(_("answered by"), max_length=80, blank=True)

    collect_on = models.DateField(_("collected on"), null=True)
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    freight_reference = models.CharField(_("freight prepaid with"), max_length=60, blank=True)
    freight_paid_on = models.DateField(_("freight paid on"), null=True)
    freight_confirmed_at = models.DateTimeField(_("freight confirmed at"), null=True)
    freight_confirmed_by = models.CharField(_("freight confirmed by"), max_length=80, blank=True)
    received_at = models.DateTimeField(_("goods received at"), null=True)
    received_by = models.CharField(_("goods received by"), max_length=80, blank=True)
    inspected_at = models.DateTimeField(_("inspected at"), null=True)
    inspected_by = models.CharField(_("inspected by"), max_length=80, blank=True)
    conclusion = models.CharField(_("conclusion"), max_length=300, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True)
    settled_by = models.CharField(_("settled by"), max_length=80, blank=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [models.CheckConstraint(condition=Q(state__in=ReturnState.values), name="return_state_known")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("aftersales:return", args=[self.number])

    @property
    def found_cause(self) -> str:
        """What after-sales found, until then what the customer said."""
        return self.cause or self.reason

    @property
    def is_ours(self) -> bool:
        """RET-03: a fault of ours, so that the freight is ours."""
        return self.found_cause in self.OURS

    @property
    def waits_for_freight(self) -> bool:
        """RET-03: the customer pays the freight, beforehand, and finance has not found it in the bank."""
        return not self.is_ours and self.freight_confirmed_at is None

    @property
    def waits_for_exchange(self) -> bool:
        """Settled with goods to be exchanged, and without the new order."""
        exchanged = any(line.outcome == ReturnLine.Outcome.EXCHANGE and line.granted for line in self.lines.all())
        return exchanged and not self.order.exchanges.filter(reference=self.number).exists()


class ReturnLine(models.Model):
    """How much of an order line comes back, and what became of it. `granted` of what was received gets the outcome; the rest goes back."""

    class Outcome(models.TextChoices):
        REFUND = "refund", _("refund")
        EXCHANGE = "exchange", _("exchange")
        REPAIR = "repair", _("repair")
        REFUSAL = "refusal", pgettext_lazy("return", "refusal")

    class Goods(models.TextChoices):
        RESTOCK = "restock", _("back to stock")
        BLOCKED = "blocked", _("stay blocked")
        SCRAPPED = "scrapped", _("scrapped")
        SENT_BACK = "sent_back", _("sent back to the customer")

    CREDITED = (Outcome.REFUND, Outcome.EXCHANGE)

    request = models.ForeignKey(ReturnRequest, models.CASCADE, related_name="lines", verbose_name=_("return"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", verbose_name=_("order line"))
    quantity = LedgerField(_("quantity"))
    received = LedgerField(_("received quantity"), default=0)
    balance = models.ForeignKey(StockBalance, models.PROTECT, null=True, related_name="+", verbose_name=_("stock"))
    findings = models.CharField(_("findings"), max_length=300, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    granted = LedgerField(_("granted quantity"), default=0)
    goods = models.CharField(_("the goods"), max_length=10, choices=Goods, blank=True)

    class Meta:
        verbose_name = _("return line")
        verbose_name_plural = _("return lines")
        constraints = [
            models.UniqueConstraint(fields=["request", "line"], name="return_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, received__gte=0, granted__gte=0, received__lte=F("quantity"), granted__lte=F("received")),
                name="return_line_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.line_id}"

    @property
    def kept(self) -> Decimal:
        """Of the received goods, what does not go back to the customer."""
        return Decimal(0) if self.goods == self.Goods.SENT_BACK else self.granted
