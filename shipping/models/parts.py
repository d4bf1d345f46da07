"""Parts that do not go along: the customer agreed to it, a department follows up, and they go after the rest (SHP-06)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.models import QuantityField
from core.workflow import FlowQuerySet
from orders.models import OrderLine
from organization.models import Department, Post
from organization.roles import Scoped, visible
from shipping.models.shipment import Shipment
from shipping.models.trouble import THROUGH_SHIPMENT
from shipping.parts import PartLife, PartState


class MissingPartQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> MissingPartQuerySet:
        """Whoever sees the shipment, and the department that follows up."""
        departments = [hat.department_id for hat in actor.hats]
        return visible(self, actor) | self.filter(department__in=departments)  # type: ignore[return-value]

    def waiting(self) -> MissingPartQuerySet:
        """Not with a shipment yet, neither the first nor a follow-up."""
        return self.filter(state__in=[PartState.MISSING, PartState.ARRIVED])

    def unanswered(self) -> MissingPartQuerySet:
        """They stay behind, and the customer has not agreed to it yet."""
        return self.waiting().filter(consent_at=None)


class MissingPart(Scoped, PartLife):
    """Something that the customer expects with a delivery and does not get with it: goods of a line, or something beside them."""

    scope_kind = "shipment"
    scope_paths: ClassVar = THROUGH_SHIPMENT

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="missing_parts", verbose_name=_("shipment"))
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("order line"))
    text = models.CharField(_("missing part"), max_length=120)
    quantity = QuantityField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=8, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("followed up by"))
    expected_on = models.DateField(_("expected on"))
    recorded_by = models.CharField(_("recorded by"), max_length=40)
    recorded_at = models.DateTimeField(_("recorded at"))
    consent_by = models.CharField(_("customer's consent given by"), max_length=40, blank=True)
    consent_how = models.CharField(_("how"), max_length=10, choices=Shipment.Told, blank=True)
    consent_recorded_by = models.CharField(_("consent recorded by"), max_length=40, blank=True)
    consent_at = models.DateTimeField(_("consent at"), null=True)
    arrived_at = models.DateTimeField(_("part arrived at"), null=True)
    arrived_by = models.CharField(_("arrival reported by"), max_length=40, blank=True)
    follow_up = models.ForeignKey(
        Shipment, models.PROTECT, null=True, blank=True, related_name="brings", verbose_name=_("follow-up shipment")
    )

    objects = MissingPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("missing part")
        verbose_name_plural = _("missing parts")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PartState.values), name="part_state_known"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="part_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.quantity.normalize():f} {self.unit}".strip()

    def get_absolute_url(self) -> str:
        return reverse("shipping:part_act", args=[self.pk, "part_arrived"])

    @property
    def order(self) -> object:
        return self.shipment.order

    @property
    def follower_post(self) -> Post | None:
        """The head of the department that follows up."""
        return self.department.head

    @property
    def follower_post_id(self) -> int | None:
        return self.department.head_id

    @property
    def order_manager_post(self) -> Post | None:
        return self.shipment.order.order_manager_post

    @property
    def order_manager_post_id(self) -> int | None:
        return self.shipment.order.order_manager_post_id

    @property
    def chip(self) -> tuple[str, str]:
        """Kind and icon of the state's label."""
        good = ("good", "circle-check")
        chips = {PartState.MISSING: ("late", "puzzle-off"), PartState.DELIVERED: good, PartState.ALONG: good}
        return chips.get(PartState(self.state), ("brand", "puzzle"))
