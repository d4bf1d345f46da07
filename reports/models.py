"""The rows of reports: what was issued, and how figures are shown; never what they count."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from organization.models import Company, Department
from reports.board.models import BoardLink as BoardLink
from reports.board.models import BoardSettings as BoardSettings


class IssuedFigures(models.Model):
    """A month's compliance as it was told to a department, or to its company (`department` empty): frozen once, never counted again
    (SLA-08)."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("company"))
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", verbose_name=_("department"))
    month = models.DateField(_("month"), help_text=_("its first day"))
    figures = models.JSONField(_("figures"))
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("issued figures")
        verbose_name_plural = _("issued figures")
        constraints = [
            models.UniqueConstraint(fields=["month", "company", "department"], name="figures_once"),
            models.UniqueConstraint(fields=["month", "company"], condition=Q(department=None), name="company_figures_once"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.department or self.company}"

    def get_absolute_url(self) -> str:
        return reverse("reports:issued", args=[self.pk])

    @property
    def total(self) -> dict[str, Any]:
        return self.figures["total"]
