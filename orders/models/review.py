"""Review: one row per required opinion, so that two at the same instant never lose one (REV-04)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.workflow import FlowQuerySet
from orders.models.order import Order, OrderClass
from orders.workflow import OpinionLife, ReviewLife, Verdict
from organization.models import Company
from organization.roles import Role, Scope, Scoped, visible


class Review(ReviewLife):
    """One round of review; a new date opens a new one. With `change` it is the re-review of a change, which does not move the order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="reviews")
    change = models.ForeignKey("orders.ChangeRequest", models.CASCADE, null=True, related_name="reviews")
    round = models.PositiveSmallIntegerField(_("round"))
    order_class = models.CharField(_("class"), max_length=10, choices=OrderClass)
    asked_date = models.DateField(_("date asked for"))
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    counts = models.BooleanField(default=True)

    objects = FlowQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [models.UniqueConstraint(fields=["order", "round"], name="review_round_once")]

    def __str__(self) -> str:
        return f"{self.order} #{self.round}"


class OpinionQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> OpinionQuerySet:
        return visible(self, actor)  # type: ignore[return-value]


class Opinion(Scoped, OpinionLife):
    """What one department says: feasible, on another date, or not (REV-02, REV-03, REV-04)."""

    scope_kind = "order"
    scope_paths: ClassVar = {
        Scope.OWN: ("review__order__salesperson_post_id",),
        Scope.SALES: ("review__order__sales_company_id",),
        Scope.PRODUCT: ("company_id",),
    }

    review = models.ForeignKey(Review, models.CASCADE, related_name="opinions")
    role = models.CharField(_("role"), max_length=24, choices=Role)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    verdict = models.CharField(_("opinion"), max_length=10, choices=Verdict, blank=True)
    earliest_date = models.DateField(_("earliest date"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    person_name = models.CharField(max_length=40, blank=True)
    person_id = models.BigIntegerField(null=True)
    given_at = models.DateTimeField(null=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        constraints = [models.UniqueConstraint(fields=["review", "role"], name="opinion_once")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.review}"

    def get_absolute_url(self) -> str:
        return reverse("orders:opinion", args=[self.pk])
