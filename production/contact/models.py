"""A contact sheet: who asks whom for what, until when, and what was answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.workflow import FlowQuerySet
from orders.models import Order
from organization.models import Department, Post
from organization.roles import Scope, Scoped, visible
from production.contact.workflow import SheetLife, SheetState


class SheetQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> SheetQuerySet:
        return visible(self, actor)  # type: ignore[return-value]


class ContactSheet(Scoped, SheetLife):
    """Problem, wanted solution and due time from one department to another, about an order or about none (EXE-04).

    Both departments see it, and the managers of both companies.
    """

    scope_kind = "contact"
    scope_paths: ClassVar = {
        Scope.DEPARTMENT: ("asked_id", "asking_id"),
        Scope.SALES: ("asking__company_id",),  # the company that asks, whatever its kind
        Scope.PRODUCT: ("asked__company_id",),  # the company asked: its general manager is told when nobody answers
    }

    number = models.CharField(_("number"), max_length=14, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="contact_sheets", verbose_name=_("order"))
    asking = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("asking department"))
    asked = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("department asked"))
    problem = models.TextField(_("problem"), max_length=600)
    wanted = models.TextField(_("wanted solution"), max_length=600)
    due_at = models.DateTimeField(_("answer due"))
    sent_at = models.DateTimeField(_("sent at"))
    sent_by = models.CharField(_("sent by"), max_length=40)
    answer = models.TextField(_("answer"), max_length=600, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = models.CharField(_("answered by"), max_length=40, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.CharField(_("closed by"), max_length=40, blank=True)
    closing_note = models.CharField(_("note at closing"), max_length=300, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact sheet")
        verbose_name_plural = _("contact sheets")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SheetState.values), name="contact_state_known"),
            models.CheckConstraint(condition=~Q(asking=F("asked")), name="contact_between_two"),
            models.CheckConstraint(condition=Q(due_at__gt=F("sent_at")), name="contact_due_after_sending"),
            models.CheckConstraint(condition=~Q(state=SheetState.ANSWERED) | ~Q(answer=""), name="contact_answered_in_words"),
        ]
        indexes = [models.Index(fields=["asked", "state"], name="contact_of_department")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("production:contact", args=[self.number])

    @property
    def asked_post(self) -> Post | None:
        """Who must see to it that it is answered: the head of the department asked (clock contact_sheet)."""
        return self.asked.head

    @property
    def asked_post_id(self) -> int | None:
        return self.asked.head_id
