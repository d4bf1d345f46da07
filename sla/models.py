"""Clocks: the rule as a row that managers edit, the running clock as a row with its next moment, each step taken once."""

from __future__ import annotations

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.actor import Actor
from core.reasons import plain
from organization.models import Company
from organization.roles import HEADS, Role
from sla.listeners import Robot, Wish  # noqa: F401  tables of this app


class ClockRule(models.Model):
    """Limit, warning, responsible post and chain of one kind of clock; a row of a company goes before the group's (SLA-02)."""

    class Unit(models.TextChoices):
        WORKING_MINUTES = "working_minutes", _("working minutes")
        WALL_MINUTES = "wall_minutes", _("minutes by the wall clock")
        WORKING_DAYS = "working_days", _("working days")
        END_OF_DAY = "end_of_day", _("end of the working day")
        DAYS_BEFORE = "days_before", _("working days before the date")
        ON_DATE = "on_date", _("end of the date")

        def words(self, amount: int) -> str:
            """So many of this unit: 30 min; 8 h; 24 h by the wall; 3 working days; 5 working days before."""
            if self in (self.WORKING_MINUTES, self.WALL_MINUTES):
                words = gettext("%(m)s min") % {"m": amount} if amount % 60 else gettext("%(h)s h") % {"h": amount // 60}
                return words if self == self.WORKING_MINUTES else gettext("%(span)s by the wall") % {"span": words}
            if self == self.WORKING_DAYS:
                return ngettext("%(n)s working day", "%(n)s working days", amount) % {"n": amount}
            if self == self.DAYS_BEFORE:
                return ngettext("%(n)s working day before", "%(n)s working days before", amount) % {"n": amount}
            return str(self.label)

    name = models.CharField(_("name"), max_length=40)
    case = models.CharField(_("case"), max_length=20, blank=True)
    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, verbose_name=_("company"))
    unit = models.CharField(_("counted in"), max_length=16, choices=Unit)
    amount = models.PositiveIntegerField(_("limit"))
    opens = models.PositiveSmallIntegerField(_("opens, working days before"), default=0)
    warn_percent = models.PositiveSmallIntegerField(
        _("warn at percent of the limit"), default=75, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    responsible = models.CharField(_("responsible"), max_length=60)
    chain = models.CharField(_("chain"), max_length=200, blank=True, help_text=_("Who is told at the breach, then after each interval."))
    interval = models.PositiveIntegerField(
        _("minutes between the steps of the chain"),
        default=0,
        help_text=_("Counted as the limit is; 0: the limit again, at most one working day."),
    )
    active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("clock rule")
        verbose_name_plural = _("clock rules")
        constraints = [
            models.UniqueConstraint(fields=["name", "case", "company"], name="clock_rule_once"),
            models.UniqueConstraint(
                fields=["name", "case"],
                condition=Q(company=None),
                name="clock_rule_group_once",
                violation_error_message=_("The group has a row for this clock and case already."),
            ),
        ]

    def __str__(self) -> str:
        from sla.declare import CLOCKS  # labels live with the declarations; those apps stand above this one

        if self.name not in CLOCKS:
            return self.name
        clock = CLOCKS[self.name]
        return f"{clock.label} · {clock.cases[self.case][0]}" if self.case in clock.cases else str(clock.label)


MET = Q(stopped_at__isnull=False, breached_at=None)
"""Done before its due time."""


class RunningClockQuerySet(models.QuerySet["RunningClock"]):
    def open(self) -> RunningClockQuerySet:
        return self.filter(stopped_at=None, cancelled_at=None)

    def urgent_first(self) -> RunningClockQuerySet:
        """By what is due first; what stands still has no due time that counts and comes after everything that runs."""
        return self.order_by(IsNull(F("paused_at"), False), "due_at", "pk")

    def fell_due(self, first: datetime, end: datetime, at: datetime) -> RunningClockQuerySet:
        """What was due from `first` until before `end`, as far as that has come at `at`; without what was cancelled and what stands still,
        whose due time is not known before it goes on (SLA-08)."""
        due = self.filter(cancelled_at=None, due_at__gte=first, due_at__lt=end, due_at__lte=at)
        return due.exclude(stopped_at=None, paused_at__isnull=False)

    def waiting_for(self, actor: Actor) -> RunningClockQuerySet:
        """What waits for this person: their own posts, and their roles at their companies (SLA-07)."""
        return self.open().belonging_to(actor)

    def belonging_to(self, actor: Actor) -> RunningClockQuerySet:
        """What waits or waited for this person's posts and roles."""
        mine = Q(post_id__in=actor.post_ids)
        for hat in actor.hats:
            mine |= Q(post_id=None, role=hat.role, company_id__in=[hat.company_id, 0])
        return self.filter(mine)

    def answered_by(self, actor: Actor) -> RunningClockQuerySet:
        """What this person answers for: their own, what they met, and what waits or waited for those whom they lead."""
        led = led_by(actor, company="company_id", role="role")
        return self.belonging_to(actor) | self.filter(led | Q(met_by_id=actor.person_id))

    def of_departments(self, actor: Actor) -> RunningClockQuerySet:
        """What waits for a head's people: the roles that the head leads, at the head's companies; managers see their company's."""
        return self.open().filter(led_by(actor, company="company_id", role="role"))


def led_by(actor: Actor, *, company: str, role: str) -> Q:
    """Whom this person leads, as a condition on where `company` and `role` are read: a group manager everybody, a manager the company,
    a head the roles of the department at the company."""
    found = Q(pk=None)
    for hat in actor.hats:
        if hat.role == Role.GROUP_MANAGER:
            return Q(pk__isnull=False)  # not Q(), which means nothing beside another condition
        if hat.role in (Role.GENERAL_MANAGER, Role.DEPUTY_MANAGER):
            found |= Q(**{company: hat.company_id})
        elif hat.role in HEADS:
            found |= Q(**{company: hat.company_id, f"{role}__in": HEADS[hat.role] | {hat.role}})
    return found


class RunningClock(models.Model):
    """One obligation: times only; what state it is in follows from them. `next_at` is when the sweep must look at it."""

    rule = models.ForeignKey(ClockRule, models.PROTECT, related_name="clocks", verbose_name=_("clock rule"))
    name = models.CharField(_("clock"), max_length=40)
    subject_kind = models.CharField(_("kind of thing"), max_length=40)
    subject_id = models.BigIntegerField(_("number of the thing"))
    order_id = models.BigIntegerField(_("order"), null=True)
    key = models.CharField(_("mark"), max_length=60, blank=True)
    role = models.CharField(_("role"), max_length=24)
    company_id = models.BigIntegerField(_("company"))
    post_id = models.BigIntegerField(_("post"), null=True)
    department_id = models.BigIntegerField(_("department"), null=True)
    chain = models.JSONField(_("told in turn"), default=list)
    limit = models.JSONField(_("time allowed"), default=dict)  # the rule's when it started: what a manager edits later is for later clocks
    anchor = models.DateField(_("hangs on the date"), null=True)
    started_at = models.DateTimeField(_("began"))
    opens_at = models.DateTimeField(_("opens"))
    warn_at = models.DateTimeField(_("warning at"))
    due_at = models.DateTimeField(_("due at"))
    warned_at = models.DateTimeField(_("warned at"), null=True)
    breached_at = models.DateTimeField(_("ran out at"), null=True)
    stopped_at = models.DateTimeField(_("done at"), null=True)
    met_by_id = models.BigIntegerField(_("done by"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    paused_at = models.DateTimeField(_("stands still since"), null=True)
    next_step = models.CharField(_("next step"), max_length=16, blank=True)
    next_at = models.DateTimeField(_("looked at next"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    objects = RunningClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("running clock")
        verbose_name_plural = _("running clocks")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "subject_kind", "subject_id", "key"],
                condition=Q(stopped_at=None, cancelled_at=None),
                name="clock_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id", "subject_kind"], name="clock_of_thing"),
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="clock_due"),
            models.Index(fields=["order_id"], name="clock_of_order"),
            models.Index(fields=["post_id"], condition=Q(stopped_at=None, cancelled_at=None), name="clock_of_post"),
            models.Index(fields=["role", "company_id"], condition=Q(stopped_at=None, cancelled_at=None), name="clock_of_role"),
            models.Index(fields=["due_at"], name="clock_counted"),
            models.Index(fields=["stopped_at"], condition=Q(breached_at__isnull=False), name="clock_late"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_kind} {self.subject_id} {self.key}"

    def get_absolute_url(self) -> str:
        return reverse("sla:clock", args=[self.pk])

    @property
    def label(self) -> str:
        return str(self.rule)

    @property
    def open(self) -> bool:
        return self.stopped_at is None and self.cancelled_at is None

    def state_at(self, at: datetime) -> str:
        """running, warned, paused, breached, met, met_late or cancelled, derived from the times."""
        if self.cancelled_at:
            return "cancelled"
        if self.stopped_at:
            return "met_late" if self.breached_at else "met"
        if self.paused_at:
            return "paused"
        if self.breached_at or at >= self.due_at:
            return "breached"
        return "warned" if at >= self.warn_at else "running"


class Pause(models.Model):
    """A stretch in which the wait was the customer's and the clock stood still; `ended_at` is empty while it lasts (SLA-06)."""

    clock = models.ForeignKey(RunningClock, models.CASCADE, related_name="pauses")
    reason = models.CharField(_("reason"), max_length=200)
    by_name = models.CharField(_("by"), max_length=60)
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [models.UniqueConstraint(fields=["clock"], condition=Q(ended_at=None), name="pause_open_once")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.reason}"


class LateCause(models.Model):
    """Why a clock ran out, as those say it who answer for it; one cause each, which may be put right later (SLA-08)."""

    class Cause(models.TextChoices):
        NOT_SEEN = "not_seen", _("the notice was not seen")
        ANSWER = "answer", _("waited for drawings or an answer")
        SUPPLIER = "supplier", _("waited for the supplier")
        CUSTOMER = "customer", _("waited for the customer")
        TOO_MUCH = "too_much", _("too much came at once")
        AWAY = "away", _("away, with nobody standing in")
        OTHER = "other", _("another cause")

    clock = models.OneToOneField(RunningClock, models.CASCADE, related_name="late_cause")
    cause = models.CharField(max_length=16, choices=Cause)
    note = models.CharField(max_length=200, blank=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("cause of lateness")
        verbose_name_plural = _("causes of lateness")

    def __str__(self) -> str:
        return " · ".join(filter(None, (str(self.get_cause_display()), self.note)))


class Recount(models.Model):
    """A calendar was edited: the due times of these companies' open clocks are computed anew (ORG-04). `company` empty: of all.

    Written with the edit, worked off by the sweep in pieces; `last_id` is the last clock looked at, so a crash loses nothing. `why` has a
    line for every edit that it serves.
    """

    NAMED = 4
    """So many edits are named, of more only how many there are."""

    company = models.ForeignKey(Company, models.CASCADE, null=True, verbose_name=_("company"))
    why = models.TextField(_("what was edited"))
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    last_id = models.BigIntegerField(default=0)
    looked_at = models.PositiveIntegerField(_("clocks looked at"), default=0)
    moved = models.PositiveIntegerField(_("due times moved"), default=0)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("recount of due times")
        verbose_name_plural = _("recounts of due times")

    def __str__(self) -> str:
        return f"{self.company or ''} {self.edits}".strip()

    @property
    def edits(self) -> str:
        """What was edited, each thing once, the first ones by name."""
        things = list(dict.fromkeys(self.why.splitlines()))
        named, more = plain(things[: self.NAMED]), len(things) - self.NAMED
        return ngettext("%(named)s and %(n)s more", "%(named)s and %(n)s more", more) % {"named": named, "n": more} if more > 0 else named


class MovedDue(models.Model):
    """What a recount did to one clock."""

    recount = models.ForeignKey(Recount, models.CASCADE, related_name="moves")
    clock = models.ForeignKey(RunningClock, models.CASCADE, related_name="moves")
    was_due_at = models.DateTimeField(_("was due"))
    due_at = models.DateTimeField(pgettext_lazy("clock", "due"))

    class Meta:
        verbose_name = _("moved due time")
        verbose_name_plural = _("moved due times")
        constraints = [models.UniqueConstraint(fields=["recount", "clock"], name="moved_due_once")]

    def __str__(self) -> str:
        return f"{localtime(self.was_due_at):%Y-%m-%d %H:%M} → {localtime(self.due_at):%Y-%m-%d %H:%M}"


class Step(models.Model):
    """Warned, breached, escalated: each once per clock, whatever crashes in between (SLA-03)."""

    clock = models.ForeignKey(RunningClock, models.CASCADE, related_name="steps")
    name = models.CharField(_("step"), max_length=16)
    at = models.DateTimeField(_("at"))
    person_id = models.BigIntegerField(_("person"), null=True)
    path = models.JSONField(_("found by way of"), default=list)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [models.UniqueConstraint(fields=["clock", "name"], name="step_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.clock_id}"
