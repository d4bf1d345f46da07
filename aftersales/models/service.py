"""Service requests (SVC-01, SVC-02)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.models.base import AftersalesQuerySet, OfOrder
from aftersales.workflow import ServiceLife, ServiceState
from core.models import MoneyField
from orders.models import Order
from organization.models import Post


class Channel(models.TextChoices):
    """How the customer came to us with it."""

    PORTAL = "portal", _("customer's page")
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    FAX = "fax", _("fax")
    VISIT = "visit", _("visit")
    RECEIPT = "receipt", _("receipt of the delivery")


class ServiceQuerySet(AftersalesQuerySet):
    def open(self) -> ServiceQuerySet:
        return self.exclude(state=ServiceState.CLOSED)


class ServiceRequest(OfOrder, ServiceLife):
    """The feedback form QR/JY-2005 (D24): what the customer said, and what became of it. `cost` in CNY, ours."""

    class Kind(models.TextChoices):
        SERVICE = "service", pgettext_lazy("after-sales", "service")
        COMPLAINT = "complaint", _("complaint")
        DAMAGE = "damage", _("damage at delivery")

    order = models.ForeignKey(Order, models.PROTECT, related_name="service_requests", verbose_name=_("order"))
    shipment_id = models.BigIntegerField(_("shipment"), null=True)
    damage_id = models.BigIntegerField(_("transport damage"), null=True)
    number = models.CharField(_("number"), max_length=14, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SERVICE)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    contact = models.CharField(_("contact"), max_length=80)
    words = models.TextField(_("customer's words"))
    received_at = models.DateTimeField(_("received at"))
    received_by = models.CharField(pgettext_lazy("service", "received by"), max_length=80)
    receiver_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("hands it over"))
    handed_over_at = models.DateTimeField(_("handed over at"), null=True)
    handed_over_by = models.CharField(_("handed over by"), max_length=80, blank=True)
    contacted_at = models.DateTimeField(_("contacted at"), null=True)
    contacted_by = models.CharField(_("contacted by"), max_length=80, blank=True)
    contact_note = models.CharField(_("what was said"), max_length=500, blank=True)
    solution = models.TextField(_("solution"), blank=True)
    cost = MoneyField(_("cost of the solution, CNY"), null=True)
    told_to = models.CharField(_("told to"), max_length=80, blank=True)
    solution_by = models.CharField(_("solution by"), max_length=80, blank=True)
    solved_at = models.DateTimeField(_("done at"), null=True)
    agreed_by = models.CharField(_("agreed for the customer by"), max_length=80, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ServiceState.values), name="service_state_known"),
            models.UniqueConstraint(fields=["damage_id"], name="service_once_for_damage"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("aftersales:service", args=[self.number])
