"""Fields that read numbers and dates as people write them: "6 面", "¥66,000.00", "12-28", full-width figures."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.sheet.values import date_in, price_in, quantity_in

NO_YEAR = re.compile(r"(\d{1,2})[-./月](\d{1,2})日?")
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  Excel's numbers of days have no zone
LONG_AGO = timedelta(days=60)


class QuantityField(forms.CharField):
    """A quantity above nothing with at most three decimals, as a Decimal; a unit written behind is left aside."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        reading = quantity_in(text)
        if reading.value is None:
            raise ValidationError(_("“%(text)s” is no quantity."), params={"text": text}, code=reading.code)
        return reading.value


class PriceField(forms.CharField):
    """A unit price of four decimals at the most, as a Decimal; separators and currency signs are left aside."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        reading = price_in(text)
        if reading.value is None or reading.code == "price_rounded":
            raise ValidationError(_("“%(text)s” is no unit price."), params={"text": text}, code=reading.code)
        return reading.value


class DayField(forms.CharField):
    """A date in any of the notations of the office; without a year the next such day counts."""

    def to_python(self, value: Any) -> date | None:  # type: ignore[override]
        text = unicodedata.normalize("NFKC", super().to_python(value) or "").strip()
        if not text:
            return None
        today = timezone.localdate()
        short = NO_YEAR.fullmatch(text)
        found = _next_day(int(short[1]), int(short[2]), today) if short else date_in(text, year=today.year, epoch=EPOCH).value
        if found is None:
            raise ValidationError(_("“%(text)s” is no date."), params={"text": text}, code="date")
        return found

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


def _next_day(month: int, day: int, today: date) -> date | None:
    """That day of this year, or of the next when it is long past."""
    try:
        found = date(today.year, month, day)
        return found if found >= today - LONG_AGO else date(today.year + 1, month, day)
    except ValueError:
        return None


def shown(number: Decimal | None, decimals: int = 0) -> str:
    """A number as it stands in a field: no zeros behind the last figure, but `decimals` at the least."""
    if number is None:
        return ""
    whole, _dot, tail = f"{number:f}".partition(".")
    tail = tail.rstrip("0").ljust(decimals, "0")
    return f"{whole}.{tail}" if tail else whole
