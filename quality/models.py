"""Inspections of what arrives and of what is finished, and goods that did not conform."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.models import LedgerField
from core.workflow import FlowQuerySet
from inventory.models import Item, StockBalance
from orders.models import Order, OrderLine
from organization.models import Company
from organization.roles import Role, Scope, Scoped, visible
from quality.workflow import InspectionLife, InspectionState, NonconformityLife, NonconformityState


class InspectionQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> InspectionQuerySet:
        return visible(self, actor)  # type: ignore[return-value]

    def waiting(self) -> InspectionQuerySet:
        return self.filter(state=InspectionState.WAITING)


class Inspection(Scoped, InspectionLife):
    """Goods that stand blocked until somebody has looked at them: arrived or finished, or back from rework (EXE-10, PUR-07)."""

    class Source(models.TextChoices):
        ARRIVAL = "arrival", _("incoming goods")
        HANDOVER = "handover", _("finished goods")
        RECALL = "recall", _("called back on the way")

    scope_kind = "inspection"
    scope_paths: ClassVar = {Scope.PRODUCT: ("company_id",)}

    number = models.CharField(_("number"), max_length=14, unique=True)
    source_kind = models.CharField(_("kind"), max_length=10, choices=Source)
    source_id = models.BigIntegerField()
    rework_of = models.OneToOneField("Nonconformity", models.PROTECT, null=True, related_name="reinspection", verbose_name=_("rework of"))
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+", verbose_name=_("order"))
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, related_name="+", verbose_name=_("order line"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("model"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("company"))
    balance = models.ForeignKey(StockBalance, models.PROTECT, related_name="+", verbose_name=_("stock"))
    quantity = LedgerField(_("quantity"))
    accepted = LedgerField(_("accepted quantity"), default=0)
    rejected = LedgerField(_("rejected quantity"), default=0)
    findings = models.CharField(_("findings"), max_length=500, blank=True)
    inspector_name = models.CharField(_("inspector"), max_length=80, blank=True)
    opened_at = models.DateTimeField(_("asked at"))
    finished_at = models.DateTimeField(_("inspected at"), null=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id"], condition=Q(rework_of=None), name="inspection_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, accepted__gte=0, rejected__gte=0)
                & (Q(finished_at=None) | Q(quantity=F("accepted") + F("rejected"))),
                name="inspection_adds_up",
            ),
        ]
        indexes = [models.Index(fields=["company", "state", "-id"], name="inspection_queue")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("quality:inspection", args=[self.number])


class NonconformityQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> NonconformityQuerySet:
        return visible(self, actor)  # type: ignore[return-value]

    def open(self) -> NonconformityQuerySet:
        return self.exclude(state=NonconformityState.CLOSED)


class Nonconformity(Scoped, NonconformityLife):
    """What an inspection rejected. It stays blocked until it is decided what becomes of it (QUA-07)."""

    class Disposition(models.TextChoices):
        REWORK = "rework", _("rework")
        RETURN = "return", _("return to the supplier")
        CONCESSION = "concession", _("concession")
        SCRAP = "scrap", _("scrap")

    # Whom a problem is passed to; the labels are those of the roles.
    ADDRESSEES = (Role.WORKSHOP_HEAD, Role.PRODUCTION_MANAGER, Role.BUYER, Role.PURCHASING_HEAD, Role.DESIGN_HEAD, Role.QUALITY_HEAD)

    scope_kind = "inspection"
    scope_paths: ClassVar = {Scope.PRODUCT: ("inspection__company_id",)}

    inspection = models.OneToOneField(Inspection, models.PROTECT, related_name="nonconformity", verbose_name=_("inspection"))
    quantity = LedgerField(_("quantity"))
    found_at = models.DateTimeField(_("found at"))
    addressee = models.CharField(_("passed to"), max_length=24, blank=True, choices=[(role.value, role.label) for role in ADDRESSEES])
    note = models.CharField(_("note"), max_length=300, blank=True)
    disposition = models.CharField(_("decision"), max_length=10, choices=Disposition, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = NonconformityQuerySet.as_manager()

    class Meta:
        verbose_name = _("nonconformity")
        verbose_name_plural = _("nonconformities")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="nonconformity_positive")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """An inspection finds one nonconformity at the most, so that its number names both."""
        return self.inspection.number

    def get_absolute_url(self) -> str:
        return reverse("quality:nonconformity", args=[self.number])
