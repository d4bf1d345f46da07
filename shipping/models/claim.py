"""A claim for what was lost or damaged on the way, against a carrier or a supplier (SHP-10, D26)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import MoneyField
from organization.roles import Scope, Scoped
from shipping.models.shipment import Shipment
from shipping.models.trouble import THROUGH_SHIPMENT, Damage, TroubleQuerySet
from shipping.trouble import ClaimLife, ClaimState


class Claim(Scoped, ClaimLife):
    """Money that somebody owes us for a delivery. Its amounts are for who sees freight or costs."""

    class Against(models.TextChoices):
        CARRIER = "carrier", _("carrier")
        SUPPLIER = "supplier", pgettext_lazy("claim", "supplier")

    scope_kind = "shipment"
    scope_paths: ClassVar = {name: paths for name, paths in THROUGH_SHIPMENT.items() if name != Scope.CUSTOMER}

    number = models.CharField(_("number"), max_length=14, unique=True)
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="claims", verbose_name=_("shipment"))
    damage = models.ForeignKey(Damage, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("transport damage"))
    against = models.CharField(_("claimed from"), max_length=10, choices=Against)
    against_name = models.CharField(_("their name"), max_length=60)
    amount = MoneyField(_("amount claimed, CNY"))
    reason = models.CharField(_("what for"), max_length=300)
    raised_by = models.CharField(_("raised by"), max_length=40)
    raised_at = models.DateTimeField(_("raised at"))
    agreed_amount = MoneyField(_("amount agreed, CNY"), null=True)
    agreed_with = models.CharField(_("agreed with"), max_length=40, blank=True)
    agreed_at = models.DateTimeField(_("agreed at"), null=True)
    settled_how = models.CharField(_("how it was settled"), max_length=200, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=40, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True)
    dropped_why = models.CharField(_("why it was dropped"), max_length=200, blank=True)
    dropped_by = models.CharField(_("dropped by"), max_length=40, blank=True)
    dropped_at = models.DateTimeField(_("dropped at"), null=True)

    objects = TroubleQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="claim_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="claim_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("shipping:claim", args=[self.number])

    @property
    def chip(self) -> tuple[str, str]:
        """Kind and icon of the state's label."""
        chips = {ClaimState.SETTLED: ("good", "circle-check"), ClaimState.DROPPED: ("", "circle-off")}
        return chips.get(ClaimState(self.state), ("line", "receipt"))
