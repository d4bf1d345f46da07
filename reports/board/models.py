"""What managers settle about the board on their wall, and the links that let a screen show it without anybody logged in."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.models import Company


class BoardSettings(models.Model):
    """One row per company; a company without a row shows names and announces nothing."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="board_settings", verbose_name=_("company"))
    names = models.BooleanField(
        _("name people on the board"), default=True, help_text=_("Switched off, the board says which post has to act, not who holds it.")
    )
    announcement = models.CharField(
        _("announcement"), max_length=160, blank=True, help_text=_("One line at the foot of the board, for everybody in the hall.")
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("settings of a board")
        verbose_name_plural = _("settings of boards")

    def __str__(self) -> str:
        return str(self.company)

    @classmethod
    def of(cls, company: Company) -> BoardSettings:
        """The company's, or what holds without any; not asked for again where they were read with the company."""
        try:
            return company.board_settings
        except ObjectDoesNotExist:
            return cls(company=company)


class BoardLink(models.Model):
    """What a screen on a wall holds: it opens the board of one company and nothing else. Its address is kept as a hash only."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("company"))
    place = models.CharField(_("where the screen hangs"), max_length=60)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    expires_at = models.DateTimeField(_("expires"))
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.CharField(_("made by"), max_length=80, editable=False)
    made_at = models.DateTimeField(_("made at"), editable=False)
    revoked_by = models.CharField(_("revoked by"), max_length=80, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("link of a board")
        verbose_name_plural = _("links of boards")

    def __str__(self) -> str:
        return f"{self.company} · {self.place}"

    def opens(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at
