"""A delivery in trouble: one that is traced because nobody received it, and one that arrived damaged (SHP-10)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.workflow import FlowQuerySet
from organization.roles import Role, Scoped, visible
from shipping.models.shipment import Shipment
from shipping.trouble import DamageLife, DamageState, TraceLife, TraceState

THROUGH_SHIPMENT = {name: tuple(f"shipment__{path}" for path in paths) for name, paths in Shipment.scope_paths.items()}


class TroubleQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> TroubleQuerySet:
        return visible(self, actor)  # type: ignore[return-value]


class Trace(Scoped, TraceLife):
    """The customer says that nothing came; transport looks for it and answers."""

    class Result(models.TextChoices):
        ON_THE_WAY = "on_the_way", _("still on the way")
        ELSEWHERE = "elsewhere", _("at another place")
        SIGNED = "signed", _("the customer's people have signed for it")
        LOST = "lost", _("lost")

    scope_kind = "shipment"
    scope_paths: ClassVar = THROUGH_SHIPMENT

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="traces", verbose_name=_("shipment"))
    words = models.CharField(_("what the customer says"), max_length=300)
    reported_by = models.CharField(_("reported by"), max_length=40)
    reported_at = models.DateTimeField(_("reported at"))
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)
    answer = models.CharField(_("answer to the customer"), max_length=300, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=40, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    objects = TroubleQuerySet.as_manager()

    class Meta:
        verbose_name = _("trace")
        verbose_name_plural = _("traces")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TraceState.values), name="trace_state_known"),
            models.UniqueConstraint(fields=["shipment"], condition=Q(state="open"), name="trace_open_once"),
        ]

    def __str__(self) -> str:
        return str(self.shipment)

    def get_absolute_url(self) -> str:
        return self.shipment.get_absolute_url()


class Damage(Scoped, DamageLife):
    """Goods that arrived damaged: the service is after-sales' affair; the cause is found under transport's lead."""

    class Cause(models.TextChoices):
        CARRIER = "carrier", pgettext_lazy("cause", "carrier")
        LOADING = "loading", pgettext_lazy("cause", "loading or driving of our own")
        PACKING = "packing", pgettext_lazy("cause", "packing")
        MAKING = "making", pgettext_lazy("cause", "making or quality")
        SUPPLIER = "supplier", pgettext_lazy("cause", "supplier")
        CUSTOMER = "customer", pgettext_lazy("cause", "customer's unloading")

    scope_kind = "service"
    scope_paths: ClassVar = THROUGH_SHIPMENT

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="damages", verbose_name=_("shipment"))
    words = models.CharField(_("what is damaged"), max_length=300)
    reported_by = models.CharField(_("reported by"), max_length=40)
    reported_at = models.DateTimeField(_("reported at"))
    cause = models.CharField(pgettext_lazy("damage", "cause"), max_length=10, choices=Cause, blank=True)
    finding = models.CharField(_("how it came about"), max_length=300, blank=True)
    measure = models.CharField(_("what is done against it"), max_length=300, blank=True)
    analysed_by = models.CharField(_("cause established by"), max_length=40, blank=True)
    analysed_at = models.DateTimeField(_("cause established at"), null=True)

    objects = TroubleQuerySet.as_manager()

    class Meta:
        verbose_name = _("transport damage")
        verbose_name_plural = _("transport damages")
        constraints = [models.CheckConstraint(condition=Q(state__in=DamageState.values), name="damage_state_known")]

    def __str__(self) -> str:
        return str(self.shipment)

    def get_absolute_url(self) -> str:
        return reverse("shipping:damage", args=[self.pk])

    @property
    def chip(self) -> tuple[str, str]:
        """Kind and icon of the state's label."""
        return ("late", "alert-triangle") if self.state == DamageState.OPEN else ("good", "circle-check")


class DamageWord(models.Model):
    """What quality or production say of the cause; each side once."""

    damage = models.ForeignKey(Damage, models.CASCADE, related_name="said", verbose_name=_("transport damage"))
    side = models.CharField(_("side"), max_length=24, choices=[(each, each.label) for each in (Role.INSPECTOR, Role.PRODUCTION_MANAGER)])
    words = models.CharField(_("opinion on the cause"), max_length=300)
    person_name = models.CharField(_("by"), max_length=40)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("opinion on the cause")
        verbose_name_plural = _("opinions on the cause")
        constraints = [models.UniqueConstraint(fields=["damage", "side"], name="damage_word_once")]

    def __str__(self) -> str:
        return f"{self.damage_id}: {self.side}"
