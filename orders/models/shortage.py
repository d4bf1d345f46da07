"""What an order line lacks beyond plan, and what was decided about it (INV-06)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.models import QuantityField
from core.workflow import FlowQuerySet
from inventory.models import Item
from orders.models.deal import OrderPaper
from orders.models.order import Order, OrderLine
from orders.workflow.shortage import ShortageLife, ShortageState
from organization.models import Post
from organization.roles import visible


class ShortageQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> ShortageQuerySet:
        return visible(self, actor)  # type: ignore[return-value]

    def open(self) -> ShortageQuerySet:
        return self.filter(state=ShortageState.OPEN)


class Shortage(OrderPaper, ShortageLife):
    """So much of an item (the line's own model, or a component of it) is missing and was not to be expected.

    `source` names the fact that it follows from, once each; entered by hand it names nothing.
    """

    class Outcome(models.TextChoices):
        BUY = "buy", pgettext_lazy("shortage", "buy")
        MAKE = "make", pgettext_lazy("shortage", "make again")
        DELAY = "delay", pgettext_lazy("shortage", "delay")
        PART_SHIP = "part_ship", pgettext_lazy("shortage", "ship in parts")
        SUBSTITUTE = "substitute", pgettext_lazy("shortage", "substitute")
        CANCEL_LINE = "cancel_line", pgettext_lazy("shortage", "cancel the line")

    NEEDS_CHANGE = (Outcome.SUBSTITUTE, Outcome.CANCEL_LINE)

    order = models.ForeignKey(Order, models.CASCADE, related_name="shortages", verbose_name=_("order"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="shortages", verbose_name=_("order line"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("item"))
    quantity = QuantityField(_("quantity missing"))
    cause = models.CharField(_("cause"), max_length=200)
    source_kind = models.CharField(max_length=40, blank=True)
    source_id = models.BigIntegerField(null=True)
    raised_at = models.DateTimeField(_("found at"))
    raised_by = models.CharField(_("found by"), max_length=40, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    new_date = models.DateField(_("new date"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    told = models.CharField(_("what the customer was told"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.CharField(_("decided by"), max_length=40, blank=True)

    objects = ShortageQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortage")
        verbose_name_plural = _("shortages")
        constraints = [
            models.UniqueConstraint(
                fields=["line", "item", "source_kind", "source_id"], condition=Q(source_id__isnull=False), name="shortage_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shortage_positive"),
            models.CheckConstraint(condition=~Q(state=ShortageState.DECIDED) | ~Q(outcome=""), name="shortage_has_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.order} / {self.line.line_no} {self.item} × {self.quantity.normalize():f}"

    def get_absolute_url(self) -> str:
        return f"{self.order.get_absolute_url()}#panel-shortages"

    @property
    def order_manager_post_id(self) -> int | None:
        return self.order.order_manager_post_id

    @property
    def order_manager_post(self) -> Post | None:
        """Who decides (clock shortage_decision)."""
        return self.order.order_manager_post
