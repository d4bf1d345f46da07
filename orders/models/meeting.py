"""The review meeting of an irregular or a large order: papers before, minutes after (REV-07, REV-09)."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.models import MoneyField
from core.workflow import FlowQuerySet
from orders.models.deal import OrderPaper
from orders.models.order import Order
from orders.workflow import MeetingLife, PaperLife
from organization.models import Company, Post
from organization.roles import HEADS, RIGHTS, Role, Scope, Scoped, visible


def _asked(actor: Actor, path: str) -> Q:
    """Papers that one of the actor's posts is asked about: purchasing sees no orders, but what it must answer."""
    hats = [Q(**{f"{path}company": hat.company_id, f"{path}role__in": [hat.role, *HEADS.get(hat.role, ())]}) for hat in actor.hats]
    return reduce(or_, hats, Q(pk__in=[]))


class MeetingQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> MeetingQuerySet:
        """Of orders that one sees, and those that one is asked to."""
        asked = MeetingPaper.objects.filter(_asked(actor, "")).values("meeting")
        return self.filter(Q(pk__in=visible(Meeting.objects.all(), actor).values("pk")) | Q(pk__in=asked))


class Meeting(OrderPaper, MeetingLife):
    """Called for one round of the intake; held, it ends with lead times and the final date. `amount` is what the order came to then."""

    scope_paths: ClassVar = {scope: paths for scope, paths in OrderPaper.scope_paths.items() if scope != Scope.CUSTOMER}  # internal

    order = models.ForeignKey(Order, models.CASCADE, related_name="meetings")
    number = models.CharField(_("number"), max_length=14, unique=True)
    intake = models.PositiveSmallIntegerField()
    irregular = models.BooleanField(_("irregular"))
    day = models.DateField(_("day of the meeting"))
    begins = models.TimeField(_("begins at"))
    place = models.CharField(_("place"), max_length=80)
    called_by = models.CharField(max_length=40)
    called_at = models.DateTimeField()
    attendees = models.CharField(_("present"), max_length=200, blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    purchase_days = models.PositiveSmallIntegerField(_("purchase lead time, days"), null=True)
    production_days = models.PositiveSmallIntegerField(_("production lead time, days"), null=True)
    final_date = models.DateField(_("final date"), null=True)
    amount = MoneyField(_("amount with VAT"), default=0)
    recorded_by = models.CharField(max_length=40, blank=True)
    held_at = models.DateTimeField(null=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("review meeting")
        verbose_name_plural = _("review meetings")
        constraints = [
            models.UniqueConstraint(fields=["order", "intake"], condition=Q(state="called"), name="meeting_called_once"),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(purchase_days__isnull=False, production_days__isnull=False, final_date__isnull=False),
                name="meeting_held_has_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:meeting", args=[self.number])

    @property
    def clerk_post(self) -> Post:
        return self.order.clerk_post

    @property
    def counts(self) -> bool:
        """Not of a round that was taken back since."""
        return self.intake == self.order.intake


class PaperQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> PaperQuerySet:
        return self.filter(Q(pk__in=visible(MeetingPaper.objects.all(), actor).values("pk")) | _asked(actor, ""))


class MeetingPaper(Scoped, PaperLife):
    """What one reviewer got, read and answered: a date, and a provisional price or a technical estimate."""

    scope_kind = "order"
    scope_paths: ClassVar = {
        Scope.OWN: ("meeting__order__salesperson_post_id",),
        Scope.SALES: ("meeting__order__sales_company_id",),
        Scope.PRODUCT: ("company_id",),
    }

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="papers")
    role = models.CharField(_("role"), max_length=24, choices=Role)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("sent at"), null=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    person_name = models.CharField(max_length=40, blank=True)
    possible_date = models.DateField(_("possible date"), null=True)
    estimate = models.CharField(_("technical estimate"), max_length=300, blank=True)
    provisional_price = MoneyField(_("provisional price, CNY"), null=True)
    missing_because = models.CharField(_("why the meeting was held without the answer"), max_length=200, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting papers")
        verbose_name_plural = _("meeting papers")
        constraints = [models.UniqueConstraint(fields=["meeting", "role"], name="meeting_paper_once")]

    def __str__(self) -> str:
        return f"{self.meeting} {self.get_role_display()}"

    def get_absolute_url(self) -> str:
        return self.meeting.get_absolute_url()

    @property
    def asks_price(self) -> bool:
        """A provisional price is asked of those whose role sees costs; of the others a technical estimate."""
        return RIGHTS[self.role].costs
