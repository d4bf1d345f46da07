"""What a sales company has settled for the time after delivery (RET-01, ORG-05)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization.models import Company


class ReturnPolicy(models.Model):
    """Conditions of a return, and how long the survey may take. Managers edit it; a company without a row has these values."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="return_policy", verbose_name=_("company"))
    period_days = models.PositiveSmallIntegerField(_("goods are taken back within, days after delivery"), default=30)
    packaging_intact = models.BooleanField(_("packaging must be intact"), default=True)
    labels_intact = models.BooleanField(_("labels and nameplates must be intact"), default=True)
    rating_days = models.PositiveSmallIntegerField(_("the survey is to be answered within, days"), default=14)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("conditions of returns")
        verbose_name_plural = _("conditions of returns")

    def __str__(self) -> str:
        return str(self.company)

    @classmethod
    def of(cls, company_id: int) -> ReturnPolicy:
        return cls.objects.filter(company_id=company_id).first() or cls(company_id=company_id)
