"""Single cells of an order sheet, as people write them: "6面", "¥66,000.00", "12月15日前", 46375. Never raises, says what is wrong."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from openpyxl.utils.datetime import from_excel

from core.money import cents
from orders.sheet.findings import quote

UNIT_PRICE = Decimal("0.0001")
NUMBER = r"[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
MARK = r"US\$|USD|EUR|CNY|RMB|美元|美金|欧元|人民币|[$€¥元]"
BEFORE = r"\s*(?:之前|以前|前|左右)"
QUANTITY = re.compile(rf"({NUMBER})\s*([^\W\d_]{{0,4}})")
PRICE = re.compile(rf"({MARK})?\s*({NUMBER})\s*(万)?\s*({MARK})?(?:\s*/\s*[^\W\d_]{{1,4}})?", re.IGNORECASE)
FULL_DATE = re.compile(
    rf"(\d{{4}})\s*[年./-]\s*(\d{{1,2}})\s*[月./-]\s*(\d{{1,2}})\s*[日号]?(?:[ T]\d{{1,2}}:\d\d(?::\d\d)?)?({BEFORE})?", re.ASCII
)
COMPACT_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
DAY_OF_YEAR = re.compile(rf"(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*[日号]?(?:{BEFORE})?", re.ASCII)
CURRENCY = {
    "USD": re.compile(r"(?<![A-Z])USD(?![A-Z])|US\$|美元|美金|\$", re.IGNORECASE),
    "EUR": re.compile(r"(?<![A-Z])EUR(?![A-Z])|欧元|€", re.IGNORECASE),
    "CNY": re.compile(r"(?<![A-Z])(?:CNY|RMB)(?![A-Z])|人民币|¥", re.IGNORECASE),
}
NOTHING = {
    "",
    "无",
    "没有",
    "暂无",
    "待定",
    "待核价",
    "面议",
    "另议",
    "另行通知",
    "待通知",
    "none",
    "n/a",
    "tbd",
    "-",
    "--",
    "—",
    "/",
    "\\",
}
"""Ways to write that there is no contract number, no price or no date yet."""
UNSEEN = ("Cc", "Cf", "Cs")
SERIALS = range(36_526, 73_051)
"""Excel's numbers of the days from 2000 to 2099; dates outside cannot be meant."""


@dataclass(frozen=True)
class Reading:
    """What a cell says: a value or a code with figures, sometimes both; `aside` is what stood beside (unit, currency)."""

    value: Any = None
    code: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    aside: str = ""


def clean(value: Any) -> str:
    """The cell as people see it: no stray blanks, no control or invisible characters, whole numbers without ".0"."""
    if value is None:
        return ""
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    text = "".join(char for char in str(value) if unicodedata.category(char) not in UNSEEN or char.isspace())
    return "\n".join(line for each in text.split("\n") if (line := " ".join(each.split())))


def same(text: str) -> str:
    """A text for comparing: full-width or half-width, capitals or small letters, blanks make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def quantity_in(value: Any) -> Reading:
    """A quantity with at most 11 digits and 3 decimals, and the unit written behind it."""
    text, figures = clean(value), {"text": quote(clean(value))}
    match = QUANTITY.fullmatch(_half_width(value))
    if match is None:
        return Reading(code="quantity_unreadable", figures=figures)
    number, unit = _decimal(match[1]), match[2]
    if number <= 0:
        return Reading(code="quantity_not_positive", figures=figures)
    if number.adjusted() >= 11:
        return Reading(code="quantity_too_large", figures=figures)
    if _decimals(number) > 3:
        return Reading(code="quantity_too_fine", figures=figures)
    return Reading(number, "unit_given", {"unit": unit, "text": text}, unit) if unit else Reading(number)


def price_in(value: Any) -> Reading:
    """A unit price of at most 10 digits, rounded to 4 decimals, and the currency written with it; "6.6万元" is 66000."""
    figures = {"text": quote(clean(value))}
    number, currency = _money(value)
    if number is None:
        return Reading(code="price_unreadable", figures=figures)
    if number < 0:
        return Reading(code="price_negative", figures=figures)
    if number.adjusted() >= 10:
        return Reading(code="price_too_large", figures=figures)
    if number == 0:
        return Reading(number, "price_zero", aside=currency)
    if _decimals(number) > 4:
        rounded = number.quantize(UNIT_PRICE, ROUND_HALF_UP)
        return Reading(rounded, "price_rounded", figures | {"price": rounded}, currency)
    return Reading(number, aside=currency)


def amount_in(value: Any) -> Reading:
    """The amount that the sheet claims, to the cent; only ever compared."""
    number, _ = _money(value)
    if number is None or number.adjusted() >= 12:
        return Reading(code="amount_unreadable", figures={"text": quote(clean(value))})
    return Reading(cents(number))


def date_in(value: Any, *, year: int | None, epoch: datetime) -> Reading:
    """A date of delivery between 2000 and 2099. Without a year it takes that of the sheet, and is to be confirmed (decision 25)."""
    text, to_confirm = _half_width(value), False
    figures = {"text": quote(clean(value))}
    if isinstance(value, date):
        found = value.date() if isinstance(value, datetime) else value
    elif (serial := _serial(text)) is not None:
        found = from_excel(serial, epoch).date()
    else:
        match = FULL_DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text)
        if match:
            numbers, to_confirm = match.groups()[:3], match.re is FULL_DATE and match[4] is not None
        elif (match := DAY_OF_YEAR.fullmatch(text)) and year:
            numbers, to_confirm = (str(year), *match.groups()), True
        else:
            return Reading(code="date_unreadable", figures=figures)
        try:
            found = date(*map(int, numbers))
        except ValueError:
            return Reading(code="date_unreadable", figures=figures)
    if not 2000 <= found.year <= 2099:
        return Reading(code="date_implausible", figures=figures)
    return Reading(found, "date_to_confirm", figures | {"date": found}) if to_confirm else Reading(found)


def currency_in(text: str) -> str:
    """The currency that a text names, "" when none; a plain 元 is taken as none, because it says nothing beside 美元."""
    text = unicodedata.normalize("NFKC", text)
    return next((code for code, pattern in CURRENCY.items() if pattern.search(text)), "")


def _half_width(value: Any) -> str:
    if isinstance(value, bool):
        return "?"  # Excel's TRUE is no number
    return unicodedata.normalize("NFKC", clean(value)).strip()


def _money(value: Any) -> tuple[Decimal | None, str]:
    """An amount written with or without its currency."""
    match = PRICE.fullmatch(_half_width(value))
    if match is None:
        return None, ""
    before, number, ten_thousands, behind = match.groups()
    return _decimal(number).scaleb(4 if ten_thousands else 0), currency_in(f"{before or ''} {behind or ''}")


def _decimal(number: str) -> Decimal:
    """Without separators and without zeros behind the last decimal, so that the exponent tells how fine it is."""
    whole, _, decimals = number.replace(",", "").partition(".")
    return Decimal(f"{whole}.{decimals.rstrip('0')}")


def _decimals(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


def _serial(text: str) -> float | None:
    """Excel's number of a day, when the text can be one."""
    if not re.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?", text):
        return None
    return float(text) if int(float(text)) in SERIALS else None
