"""What did not arrive as it left: goods that were missing when the customer counted them (SHP-07, SHP-10)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.models import QuantityField
from core.workflow import FlowQuerySet
from organization.roles import Scoped, visible
from shipping.models.shipment import Shipment, ShipmentLine
from shipping.workflow import ShortageLife, ShortageState


class ShortageQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> ShortageQuerySet:
        return visible(self, actor)  # type: ignore[return-value]

    def open(self) -> ShortageQuerySet:
        """Not yet settled: the customer waits for goods or for a credit."""
        return self.exclude(state=ShortageState.SETTLED)


class Shortage(Scoped, ShortageLife):
    """What of a line left the works and was not there when the customer counted: it stays open until it has an outcome.

    Until then it counts as shipped and not as delivered, so that the order cannot be taken for delivered.
    """

    class Outcome(models.TextChoices):
        FOUND = "found", pgettext_lazy("shortage", "found")
        RESENT = "resent", _("sent again")
        CREDITED = "credited", pgettext_lazy("shortage", "credited")

    scope_kind = "shipment"
    scope_paths: ClassVar = {name: tuple(f"shipment__{path}" for path in paths) for name, paths in Shipment.scope_paths.items()}

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="shortages", verbose_name=_("shipment"))
    goods = models.OneToOneField(ShipmentLine, models.PROTECT, related_name="shortage", verbose_name=_("goods"))
    quantity = QuantityField(_("missing"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    follow_up = models.ForeignKey(
        Shipment, models.PROTECT, null=True, blank=True, related_name="resent_shortages", verbose_name=_("follow-up shipment")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    found_at = models.DateTimeField(_("reported at"))
    decided_by = models.CharField(_("decided by"), max_length=40, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    objects = ShortageQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortage")
        verbose_name_plural = _("shortages")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ShortageState.values), name="shortage_state_known"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shortage_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment}/{self.goods.line.line_no}"

    def get_absolute_url(self) -> str:
        return self.shipment.get_absolute_url()

    @property
    def chip(self) -> tuple[str, str]:
        """Kind and icon of the state's label."""
        chips = {ShortageState.OPEN: ("late", "alert-circle"), ShortageState.RESENT: ("brand", "truck-delivery")}
        return chips.get(ShortageState(self.state), ("good", "circle-check"))
