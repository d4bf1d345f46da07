"""How people and groups want to be told: wishes of a person, robots of a group chat (SLA-09). Read once for a sweep, never per clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.models import Company, Department, Person

RANKS = {"warned": 0, "breached": 1, "escalated": 2}


class Wish(models.Model):
    """How one person is told beside the page. Without a row: by mail at once, if the person has an address and the house sends mail."""

    class Every(models.IntegerChoices):
        AT_ONCE = 0, _("at once")
        QUARTER = 15, _("every quarter of an hour at most")
        HALF = 30, _("every half hour at most")
        HOUR = 60, _("once an hour at most")
        FOUR_HOURS = 240, _("every four hours at most")

    person = models.OneToOneField(Person, models.CASCADE, related_name="wish", verbose_name=_("person"))
    by_mail = models.BooleanField(_("by e-mail, too"), default=True)
    every = models.PositiveSmallIntegerField(
        _("how often"), choices=Every, default=Every.AT_ONCE, help_text=_("What comes in between is gathered into one message.")
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(
        _("quiet until"),
        null=True,
        blank=True,
        help_text=_("Warnings wait until then; what is overdue comes at any hour. Across midnight, too."),
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("how a person is told")
        verbose_name_plural = _("how people are told")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~models.Q(quiet_from=models.F("quiet_until")),
                name="wish_quiet_is_a_span",
                violation_error_message=_("Quiet hours need a beginning and another end."),
            )
        ]

    def __str__(self) -> str:
        return str(self.person)

    def next_message(self, at: datetime, *, urgent: bool, zone: ZoneInfo) -> datetime:
        """When what comes up at `at` may leave: gathered up to the next round moment, and not in quiet hours unless it is urgent."""
        if self.every:
            span = timedelta(minutes=self.every)
            begun = (at - datetime.min.replace(tzinfo=UTC)) % span
            at = at + (span - begun) if begun else at
        return at if urgent else self._after_quiet(at, zone)

    def _after_quiet(self, at: datetime, zone: ZoneInfo) -> datetime:
        if self.quiet_from is None or self.quiet_until is None:
            return at
        there = at.astimezone(zone)
        of_day, overnight = there.time().replace(tzinfo=None), self.quiet_from > self.quiet_until
        after, before = of_day >= self.quiet_from, of_day < self.quiet_until
        if not (after or before if overnight else after and before):
            return at
        day = there.date() + timedelta(days=1) if overnight and after else there.date()
        return datetime.combine(day, self.quiet_until, zone).astimezone(UTC)


KEY = re.compile(r"[A-Za-z0-9_-]{8,128}")
TOKEN = {"wecom": KEY, "dingtalk": re.compile(r"[A-Za-z0-9]{16,128}"), "feishu": KEY}

ADDRESS = {
    "wecom": re.compile(r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([^&#]*)"),
    "dingtalk": re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=([^&#]*)"),
    "feishu": re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([^/?#]*)/?"),
}


def key_in(kind: str, given: str) -> str:
    """The key of a whole address as that service shows it; anything else as it was given."""
    found = ADDRESS[kind].fullmatch(given.strip()) if kind in ADDRESS else None
    return found[1] if found else given


class Robot(models.Model):
    """A robot in a group chat of WeCom, DingTalk or Feishu. The library knows the host; only the key is ours, and it is never shown."""

    class Kind(models.TextChoices):
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        FEISHU = "feishu", _("Feishu")

    class Since(models.TextChoices):
        WARNED = "warned", _("warnings, breaches and escalations")
        BREACHED = "breached", _("breaches and escalations")
        ESCALATED = "escalated", _("escalations only")

    name = models.CharField(_("name"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    key = models.CharField(_("key"), max_length=128)
    secret = models.CharField(_("secret for signing"), max_length=128, blank=True)
    company = models.ForeignKey(
        Company, models.CASCADE, null=True, blank=True, verbose_name=_("company"), help_text=_("Empty: of all companies.")
    )
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, verbose_name=_("department"), help_text=_("Empty: of all departments.")
    )
    since = models.CharField(_("tells of"), max_length=10, choices=Since, default=Since.BREACHED)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords(excluded_fields=["key", "secret"])

    class Meta:
        verbose_name = _("group robot")
        verbose_name_plural = _("group robots")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Only what the service issues: nothing that could make another address of the library's."""
        if self.kind in TOKEN and not TOKEN[self.kind].fullmatch(self.key):
            raise ValidationError({"key": _("This is neither an address of this service's robots nor a key.")})
        if self.secret and (self.kind != self.Kind.DINGTALK or not re.fullmatch(r"[A-Za-z0-9]{8,128}", self.secret)):
            raise ValidationError({"secret": _("Only DingTalk's robots sign, with letters and digits.")})
        if self.company and self.department and self.department.company_id != self.company_id:
            said = _("%(department)s does not belong to this company.") % {"department": self.department}
            raise ValidationError({"department": said})

    def hears(self, step: str, company_id: int, department_id: int | None) -> bool:
        """Is this step of a clock of that company and department told here?"""
        return (
            RANKS[step.split(" ")[0]] >= RANKS[self.since]
            and self.company_id in (None, company_id)
            and self.department_id in (None, department_id)
        )
