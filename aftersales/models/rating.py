"""Satisfaction of the customer (SVC-04, D40)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.models.base import AftersalesQuerySet, OfOrder
from aftersales.models.service import ServiceRequest
from aftersales.workflow import RatingLife, RatingState
from orders.models import Order


class Rating(OfOrder, RatingLife):
    """The survey after an accepted delivery, or after a closed service: 1 to 5 stars, and words."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="ratings", verbose_name=_("order"))
    service = models.OneToOneField(ServiceRequest, models.PROTECT, null=True, related_name="rating", verbose_name=_("service request"))
    asked_at = models.DateTimeField(pgettext_lazy("rating", "asked at"))
    answer_by = models.DateField(_("answer until"))
    stars = models.PositiveSmallIntegerField(_("stars"), null=True)
    words = models.CharField(_("customer's words"), max_length=500, blank=True)
    rated_at = models.DateTimeField(_("answered at"), null=True)
    rated_by = models.CharField(_("answered by"), max_length=80, blank=True)

    objects = AftersalesQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(service=None), name="rating_of_delivery_once"),
            models.CheckConstraint(condition=Q(stars=None) | Q(stars__gte=1, stars__lte=5), name="rating_one_to_five"),
            models.CheckConstraint(condition=Q(state__in=RatingState.values), name="rating_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.service) if self.service_id else self.order.number

    def get_absolute_url(self) -> str:
        return reverse("aftersales:rating", args=[self.pk])
