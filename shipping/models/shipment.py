"""Shipments: what leaves which works for which place, who did what, and what is packed beside the goods (decision 20)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.models import MoneyField, QuantityField
from core.workflow import FlowQuerySet
from orders.models import Order, OrderLine
from organization.models import Company, Post
from organization.roles import Scope, Scoped, visible
from shipping.workflow import IN_HOUSE, ShipmentLife, ShipmentState


class ShipmentQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> ShipmentQuerySet:
        return visible(self, actor)  # type: ignore[return-value]

    def open(self) -> ShipmentQuerySet:
        """Not yet received or back, not cancelled and not lost."""
        return self.exclude(state__in=[ShipmentState.DELIVERED, ShipmentState.CANCELLED, ShipmentState.RECALLED]).filter(lost_at=None)

    def to_call_back(self) -> ShipmentQuerySet:
        """On the way, and nobody has tried yet to turn them round."""
        return self.filter(state=ShipmentState.DISPATCHED, lost_at=None, recall_asked_at=None)

    def being_called_back(self) -> ShipmentQuerySet:
        """On the way; transport has been asked to turn them round and has not answered."""
        return self.filter(state=ShipmentState.DISPATCHED, recall_asked_at__isnull=False, recall_answered_at=None)

    def due(self, day: date) -> ShipmentQuerySet:
        """Still in the house on or after the day on which they were to leave."""
        return self.filter(state__in=IN_HOUSE, planned_on__lte=day)

    def leaving(self, day: date) -> ShipmentQuerySet:
        """What is to leave on that day: what is due and still in the house, and what left on it, for whichever day it was planned."""
        return self.filter(Q(state__in=IN_HOUSE, planned_on__lte=day) | Q(dispatched_at__date=day))


class Shipment(Scoped, ShipmentLife):
    """One run of goods of one order: a shipment notice (FH) that becomes a delivery (SH) when it leaves."""

    class Clearance(models.TextChoices):
        FINANCE = "finance", _("by finance")
        GRADE = "grade", _("the contract ships before payment")
        PAID = "paid", _("nothing due before shipment is missing")

    class Carriage(models.TextChoices):
        OWN = "own", _("own vehicle")
        CARRIER = "carrier", _("carrier")

    class Condition(models.TextChoices):
        SOUND = "sound", _("sound and complete")
        DAMAGED = "damaged", _("damaged")
        DAMP = "damp", _("damp")
        SHORT = "short", _("parts missing")
        UNCONFIRMED = "silence", _("nobody confirmed it in time")

        @classmethod
        def said(cls) -> list[tuple[str, Any]]:
            """What somebody who counts the goods may say."""
            return [choice for choice in cls.choices if choice[0] != cls.UNCONFIRMED]

    class Told(models.TextChoices):
        PHONE = "phone", _("by telephone")
        MESSAGE = "message", _("by message")
        MAIL = "mail", _("by mail")
        PORTAL = "portal", _("on their page")  # by themselves: nobody of ours says so

        @classmethod
        def ours(cls) -> list[tuple[str, Any]]:
            """The ways by which somebody of ours speaks with them."""
            return [choice for choice in cls.choices if choice[0] != cls.PORTAL]

    scope_kind = "shipment"
    scope_paths: ClassVar = {
        Scope.OWN: ("order__salesperson_post_id",),
        Scope.SALES: ("order__sales_company_id",),
        Scope.PRODUCT: ("company_id",),
        Scope.CUSTOMER: ("order_id",),
    }

    order = models.ForeignKey(Order, models.PROTECT, related_name="shipments", verbose_name=_("order"))
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("follow-up of"))
    number = models.CharField(_("notice number"), max_length=14, unique=True)
    delivery_number = models.CharField(_("delivery number"), max_length=14, blank=True)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("ships from"))
    place = models.CharField(_("place of delivery"), max_length=200)
    contact_name = models.CharField(_("received by"), max_length=40, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)
    wanted_at = models.DateTimeField(_("wanted arrival"), null=True, blank=True)
    planned_on = models.DateField(_("planned dispatch"))
    remarks = models.CharField(_("remarks"), max_length=300, blank=True)

    noticed_at = models.DateTimeField(_("noticed at"))
    noticed_by = models.CharField(_("noticed by"), max_length=40)
    clearance = models.CharField(_("cleared"), max_length=10, choices=Clearance, blank=True)
    cleared_at = models.DateTimeField(_("cleared at"), null=True)
    cleared_by = models.CharField(_("cleared by"), max_length=40, blank=True)
    picked_at = models.DateTimeField(_("picked at"), null=True)
    picked_by = models.CharField(_("picked by"), max_length=40, blank=True)
    picker_id = models.BigIntegerField(null=True)
    verified_at = models.DateTimeField(_("verified at"), null=True)
    verified_by = models.CharField(_("verified by"), max_length=40, blank=True)
    verifier_id = models.BigIntegerField(null=True)

    carriage = models.CharField(_("goes with"), max_length=10, choices=Carriage, blank=True)
    carrier_name = models.CharField(_("carrier name"), max_length=60, blank=True)
    carrier_reason = models.CharField(_("why not our own vehicle"), max_length=200, blank=True)
    vehicle = models.CharField(_("vehicle"), max_length=30, blank=True)
    driver = models.CharField(_("driver"), max_length=40, blank=True)
    driver_phone = models.CharField(_("driver's phone"), max_length=40, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=40, blank=True)
    freight_cost = MoneyField(_("freight, CNY"), null=True, blank=True)
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True)
    dispatched_by = models.CharField(_("dispatched by"), max_length=40, blank=True)

    arrives_at = models.DateTimeField(_("estimated arrival"), null=True, blank=True)
    arrival_reason = models.CharField(_("why it moved"), max_length=200, blank=True)
    carrier_signed_by = models.CharField(_("carrier's receipt signed by"), max_length=40, blank=True)
    carrier_signed_at = models.DateTimeField(_("carrier's receipt recorded at"), null=True)
    told_whom = models.CharField(_("who was told that it left"), max_length=40, blank=True)
    told_how = models.CharField(_("how"), max_length=10, choices=Told, blank=True)
    told_by = models.CharField(_("told by"), max_length=40, blank=True)
    told_at = models.DateTimeField(_("told at"), null=True)
    lost_at = models.DateTimeField(_("lost since"), null=True)

    recall_words = models.CharField(_("why it is called back"), max_length=300, blank=True)
    recall_asked_by = models.CharField(_("called back by"), max_length=40, blank=True)
    recall_asked_at = models.DateTimeField(_("called back at"), null=True)
    recall_answer = models.CharField(_("what came of calling it back"), max_length=300, blank=True)
    recall_answered_by = models.CharField(_("answered by"), max_length=40, blank=True)
    recall_answered_at = models.DateTimeField(_("answered at"), null=True)
    back_on = models.DateField(_("expected back on"), null=True)
    back_at = models.DateTimeField(_("back in the house at"), null=True)
    back_by = models.CharField(_("taken back in by"), max_length=40, blank=True)

    received_by = models.CharField(_("receipt signed by"), max_length=40, blank=True)
    received_at = models.DateTimeField(_("received at"), null=True)
    condition = models.CharField(_("condition"), max_length=10, choices=Condition, blank=True)
    receipt_note = models.CharField(_("note on the receipt"), max_length=300, blank=True)
    receipt_recorded_by = models.CharField(_("receipt recorded by"), max_length=40, blank=True)
    receipt_recorded_at = models.DateTimeField(_("receipt recorded at"), null=True)

    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=40, blank=True)
    cancelled_reason = models.CharField(_("reason of cancelling"), max_length=200, blank=True)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="shipment_company_state"),
            models.Index(fields=["planned_on"], name="shipment_planned"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ShipmentState.values), name="shipment_state_known"),
            models.UniqueConstraint(fields=["delivery_number"], condition=~Q(delivery_number=""), name="delivery_number_once"),
            models.CheckConstraint(
                condition=Q(picker_id=None) | Q(verifier_id=None) | ~Q(verifier_id=F("picker_id")), name="shipment_second_person"
            ),
        ]

    def __str__(self) -> str:
        return self.delivery_number or self.number

    def get_absolute_url(self) -> str:
        return reverse("shipping:detail", args=[self.number])

    @property
    def clerk_post(self) -> Post:
        return self.order.clerk_post

    @property
    def salesperson_post(self) -> Post | None:
        return self.order.salesperson_post

    @property
    def order_manager_post(self) -> Post | None:
        return self.order.order_manager_post

    @property
    def chip(self) -> tuple[str, str]:
        """Kind and icon of the state's label."""
        if self.lost_at:
            return "late", "help-circle"
        chips = {
            ShipmentState.DELIVERED: ("good", "circle-check"),
            ShipmentState.CANCELLED: ("", "circle-off"),
            ShipmentState.RETURNING: ("soon", "arrow-back-up"),
            ShipmentState.RECALLED: ("", "arrow-back-up"),
            ShipmentState.DISPATCHED: ("brand", "truck-delivery"),
        }
        return chips.get(self.state, ("line", "package"))

    @property
    def carried_by(self) -> str:
        """Who carries it, in one line as on the delivery note."""
        who = self.carrier_name if self.carriage == self.Carriage.CARRIER else str(self.get_carriage_display())
        return "  ".join(filter(None, [who, self.vehicle, self.driver, self.driver_phone]))

    def is_late(self, at: datetime) -> bool:
        """Was to leave before today and is still here."""
        return self.dispatched_at is None and self.cancelled_at is None and self.planned_on < localtime(at).date()


class ShipmentLine(models.Model):
    """How much of an order line goes with this shipment; batch or serials and boxes are written down at picking.

    What `replaces` lost goods was noticed and shipped in the ledger with them; it is not booked a second time. `received` is what the
    customer counted, nothing before.
    """

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines", verbose_name=_("shipment"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", verbose_name=_("order line"))
    quantity = QuantityField(_("quantity"))
    replaces = models.BooleanField(_("for goods that were lost"), default=False)
    received = QuantityField(_("received"), null=True)
    batch = models.CharField(_("batch or serials"), max_length=120, blank=True)
    boxes = models.CharField(_("boxes"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("shipment line")
        verbose_name_plural = _("shipment lines")
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=Decimal(0)), name="shipment_quantity_positive"),
            models.CheckConstraint(
                condition=Q(received=None) | Q(received__gte=Decimal(0), received__lte=F("quantity")), name="shipment_received_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}: {self.quantity:f}"


class PackingLine(models.Model):
    """What is packed beside the goods: handles, keys, certificates."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="packing", verbose_name=_("shipment"))
    text = models.CharField(_("packed beside"), max_length=120)
    quantity = QuantityField(_("quantity"), default=1)
    unit = models.CharField(_("unit"), max_length=8, blank=True)

    class Meta:
        verbose_name = _("packing line")
        verbose_name_plural = _("packing lines")

    def __str__(self) -> str:
        return f"{self.text} {self.quantity.normalize():f} {self.unit}".strip()
