"""The group: companies, departments, posts and the people who hold them; delegation; the working calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.actor import Actor, Hat
from organization.roles import Role
from organization.worktime import parse_days_off, parse_shifts

LAST_ADMINISTRATOR = _("Nobody else holds an administrator's post: give one to somebody first.")
LONGEST_AHEAD = timedelta(days=3 * 365)
"""A calendar day further ahead is a slip of the pen."""


class Person(AbstractUser):
    """Somebody who logs in. What they may do hangs on their posts, never on Django groups."""

    class Theme(models.TextChoices):
        """Empty: as the device has it."""

        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    name = models.CharField(_("name"), max_length=40)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=settings.LANGUAGES)
    theme = models.CharField(_("colours"), max_length=8, choices=Theme, blank=True)
    second_step_since = models.DateTimeField(_("two steps since"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.username

    def clean(self) -> None:
        """The group keeps somebody who can let people in (ORG-05)."""
        super().clean()
        if self.pk and not self.is_active and self.posts.are_the_last_administrators(localdate()):
            raise ValidationError({"is_active": LAST_ADMINISTRATOR})

    def get_session_auth_hash(self) -> str:
        """Sessions that began before the second step was switched on (or reset) end with it, as with a new password."""
        return super().get_session_auth_hash() + (f"-{self.second_step_since.timestamp():.0f}" if self.second_step_since else "")


class RecoveryCode(models.Model):
    """Stands in once for the code of a lost phone; kept as a digest."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="recovery_codes", verbose_name=_("person"))
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.used_at or ''}"


def _shifts(text: str) -> None:
    try:
        parse_shifts(text)
    except ValueError as wrong:
        raise ValidationError(_("Write shifts as 08:00-12:00,13:00-17:00.")) from wrong


class Calendar(models.Model):
    """Shifts of a working day and the weekly days off; what a date is, its days say (ORG-04)."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    shifts = models.CharField(_("shifts"), max_length=80, default="08:00-12:00,13:00-17:00", validators=[_shifts])
    days_off = models.CharField(_("weekly days off"), max_length=20, default="5,6", help_text=_("0 is Monday, 6 Sunday"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Nobody could start a clock by a calendar without a working day."""
        wrong = ValidationError({"days_off": _("Write weekdays as 5,6; one day at least is worked on.")})
        try:
            off = parse_days_off(self.days_off)
        except ValueError:
            raise wrong from None
        if not off < set(range(7)):
            raise wrong

    def companies(self) -> set[int]:
        """The companies that work by it, as a whole or in a department."""
        departments = Department.objects.filter(calendar=self).values_list("company", flat=True)
        return set(Company.objects.filter(calendar=self).values_list("pk", flat=True)) | set(departments)


class Company(models.Model):
    """A company of the group (ORG-01)."""

    class Kind(models.TextChoices):
        HEADQUARTERS = "headquarters", _("headquarters")
        SALES = "sales", _("sales company")
        PRODUCT = "product", _("product company")
        SERVICE = "service", _("service company")

    code = models.CharField(_("code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    short_name = models.CharField(_("short name"), max_length=20)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    address = models.CharField(_("address"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=30, blank=True)
    bank = models.CharField(_("bank account"), max_length=120, blank=True)
    zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    calendar = models.ForeignKey(Calendar, models.PROTECT, verbose_name=_("calendar"))
    second_step_demanded = models.BooleanField(
        _("managers and administrators log in with two steps"),
        default=False,
        help_text=_("Whoever has not set it up yet is led there at the next page and cannot go on without it."),
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Nobody could start a clock in a zone that does not exist."""
        if self.zone not in available_timezones():
            raise ValidationError({"zone": _("No time zone of this name; write one such as Asia/Shanghai.")})

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class Department(models.Model):
    """A department; its head is a post, its calendar the company's unless it has its own."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="departments", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=40)
    head = models.ForeignKey("Post", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("head"))
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True, verbose_name=_("calendar"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="department_once")]

    def __str__(self) -> str:
        return f"{self.company.short_name} {self.name}"


class PostQuerySet(models.QuerySet["Post"]):
    def held(self, day: date) -> PostQuerySet:
        """Posts that have a working holder on that day."""
        return self.filter(
            Q(starts=None) | Q(starts__lte=day), Q(ends=None) | Q(ends__gte=day), holder__isnull=False, holder__is_active=True
        )

    def acted_in(self, at: datetime) -> PostQuerySet:
        """Posts that somebody acts in at this moment: a working holder, or whoever stands in, also for one who has left (ORG-03)."""
        return self.filter(Q(pk__in=Post.objects.held(localtime(at).date())) | Q(pk__in=Delegation.objects.lent(at).values("post")))

    def are_the_last_administrators(self, day: date) -> bool:
        """Whether an administrator's post is held on that day, and none but these are."""
        held = Post.objects.held(day).filter(role=Role.ADMINISTRATOR)
        return held.exists() and not held.exclude(pk__in=self.values("pk")).exists()


class Post(models.Model):
    """A role in a department of a company, held by a person or vacant (ORG-01)."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="posts", verbose_name=_("department"))
    role = models.CharField(_("role"), max_length=24, choices=Role)
    holder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("holder"))
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    history = HistoricalRecords()

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes = [models.Index(fields=["role", "department"], name="post_role")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.department}"

    def clean(self) -> None:
        """The group keeps somebody who can let people in (ORG-05); until the end of a term another has to be there."""
        today = localdate()
        lost = {
            "role": self.role != Role.ADMINISTRATOR,
            "holder": self.holder is None or not self.holder.is_active,
            "starts": bool(self.starts and self.starts > today),
            "ends": self.ends is not None,
        }
        field = next((name for name, gone in lost.items() if gone), None)
        day = max(today, self.ends) if field == "ends" and self.ends else today
        if self.pk and field and Post.objects.filter(pk=self.pk).are_the_last_administrators(day):
            raise ValidationError({field: LAST_ADMINISTRATOR})


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def lent(self, at: datetime) -> DelegationQuerySet:
        """Those by which somebody who is there stands in at this moment, the first one first."""
        return self.filter(starts__lte=at, ends__gt=at, to__is_active=True).order_by("pk")


class Delegation(models.Model):
    """A post handed to somebody else for a period (ORG-03)."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="delegations", verbose_name=_("post"))
    to = models.ForeignKey(Person, models.CASCADE, related_name="delegations", verbose_name=_("to"))
    starts = models.DateTimeField(_("from"))
    ends = models.DateTimeField(_("until"))
    history = HistoricalRecords()

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=models.F("starts")),
                name="delegation_period",
                violation_error_message=_("It ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.post} → {self.to}"

    def clean(self) -> None:
        """Somebody else, and one at a time: notices go to one person, a second one would wait for them in vain."""
        if self.post_id and self.to_id and self.post.holder_id == self.to_id:
            raise ValidationError({"to": _("This person holds the post.")})
        if self.post_id and self.starts and self.ends:
            others = Delegation.objects.filter(post=self.post_id, starts__lt=self.ends, ends__gt=self.starts).exclude(pk=self.pk)
            if other := others.select_related("to").first():
                span = f"{localtime(other.starts):%Y-%m-%d %H:%M} – {localtime(other.ends):%Y-%m-%d %H:%M}"
                raise ValidationError({"starts": _("{person} stands in then: {span}").format(person=other.to, span=span)})


class CalendarDay(models.Model):
    """A date that is not what its weekday says: holiday or make-up workday; of the state, or of one company only."""

    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, verbose_name=_("company"))
    date = models.DateField(_("date"))
    working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=40, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [
            models.UniqueConstraint(fields=["company", "date"], name="calendar_day_once"),
            models.UniqueConstraint(
                fields=["date"],
                condition=Q(company=None),
                name="statutory_day_once",
                violation_error_message=_("This date is on the group's list already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"

    def clean(self) -> None:
        """What is over has been counted; clocks that ran out then stay as they are."""
        if self.date and not localdate() <= self.date <= localdate() + LONGEST_AHEAD:
            raise ValidationError({"date": _("From today on, and at most three years ahead.")})


def actor_of(person: Person, at: datetime) -> Actor:
    """The person with all posts held or delegated to them at this moment (one query each)."""
    day = localtime(at).date()
    posts = Post.objects.held(day).filter(holder=person).select_related("department")
    hats = [Hat(p.pk, p.role, p.department_id, p.department.company_id) for p in posts]
    lent = Delegation.objects.filter(to=person, starts__lte=at, ends__gt=at).select_related("post__department")
    hats += [Hat(d.post_id, d.post.role, d.post.department_id, d.post.department.company_id, d.post.holder_id) for d in lent]
    return Actor("person", person.name or person.username, person.pk, tuple(hats))
