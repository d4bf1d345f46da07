"""Periods of the figures: whole days of the house, first and last included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext_lazy as _


class Named(models.TextChoices):
    THIS_MONTH = "month", _("this month")
    LAST_MONTH = "last_month", _("last month")
    THIS_QUARTER = "quarter", _("this quarter")
    LAST_QUARTER = "last_quarter", _("last quarter")
    THIS_YEAR = "year", _("this year")
    LAST_YEAR = "last_year", _("last year")
    DATES = "dates", _("from … to …")


MONTHS = {"month": 1, "last_month": 1, "quarter": 3, "last_quarter": 3, "year": 12, "last_year": 12}


@dataclass(frozen=True)
class Period:
    first: date
    last: date

    @property
    def start(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The midnight after the last day; it belongs to the next period."""
        return midnight(self.last + timedelta(days=1))

    def __str__(self) -> str:
        """For the name of a file: 2026-11; 2026-11-04-to-2026-11-09."""
        return f"{self.first:%Y-%m}" if self == month_of(self.first) else f"{self.first}-to-{self.last}"


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), get_current_timezone())


def month_of(day: date) -> Period:
    return _months(day, 1)


def months_before(day: date, n: int) -> date:
    """The first day of the month `n` months before that of `day`."""
    months = day.year * 12 + day.month - 1 - n
    return date(months // 12, months % 12 + 1, 1)


def _months(day: date, length: int) -> Period:
    """The month, quarter or year in which a day lies."""
    first = months_before(day, (day.month - 1) % length)
    return Period(first, months_before(first, -length) - timedelta(days=1))


def named(name: str, at: datetime) -> Period:
    """A period by its name, seen from `at`; the last one ends where this one begins."""
    found = _months(localtime(at).date(), MONTHS[name])
    return _months(found.first - timedelta(days=1), MONTHS[name]) if name.startswith("last") else found
