"""An order made in exchange for goods of another one (RET-07)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import MoneyField
from orders.models.order import Order


class Exchange(models.Model):
    """Links both orders, either way. `reference` is the return's number; `value` what the goods given back were charged at."""

    old = models.ForeignKey(Order, models.PROTECT, related_name="exchanges", verbose_name=_("order"))
    new = models.OneToOneField(Order, models.PROTECT, related_name="exchanged_from", verbose_name=_("exchange order"))
    reference = models.CharField(_("return"), max_length=40, blank=True)
    value = MoneyField(_("value of the goods given back"))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        constraints = [
            models.UniqueConstraint(fields=["reference"], condition=~Q(reference=""), name="exchange_once_per_return"),
            models.CheckConstraint(condition=~Q(old=F("new")), name="exchange_of_two_orders"),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"

    @property
    def difference(self) -> Decimal:
        """Still to pay by the customer; below zero to be refunded."""
        return self.new.amount - self.value
