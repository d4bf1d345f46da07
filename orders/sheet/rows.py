"""One row of an order sheet: its cells read, everything said about them, its key and its content hash."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from openpyxl.utils import get_column_letter

from core.money import line_amount
from orders.sheet.columns import FIELDS, Head
from orders.sheet.file import Raw
from orders.sheet.findings import Finding, quote
from orders.sheet.values import NOTHING, Reading, amount_in, clean, currency_in, date_in, price_in, quantity_in, same

NOT_CONTENT = {"number", "amount"}
"""Columns whose formulas nobody misses (amounts are computed again) and which do not count for the content hash."""
MISSING = {field: f"{field}_missing" for field in ("customer", "product", "quantity", "price", "date")}
NO_VALUE = {"contract", "price", "amount", "date"}
"""Columns where 无, 待定, "-" mean that there is nothing yet."""
LONGEST = {"customer": 200, "contract": 100, "product": 100, "unit": 20, "contact": 200, "place": 500, "spec": 2000, "remarks": 2000}
MANY_LINES = {"spec", "remarks", "place", "contact"}
HINTS = (
    ("penalty_clause", ("remarks", "spec"), re.compile(r"罚|违约金|penalt|liquidated damages", re.IGNORECASE)),
    ("partial_deliveries", ("place", "remarks", "spec"), re.compile(r"分\s*[0-9两二三四五六七八九十]+\s*[批次]")),
)
FORMULA_LIKE = re.compile(r"[=@]|[+-][^\d\s]")
LARGEST_AMOUNT = 10**12
LONGEST_KEY_PART = 200
NO_CELL = Raw(None)
Reader = Callable[[Any], Reading]


@dataclass(frozen=True)
class Cell:
    """One cell: where it stands, its text as people see it, its value as we understand it, and what is wrong with it."""

    ref: str
    text: str = ""
    value: Any = None
    problem: Finding | None = None


@dataclass(frozen=True)
class SheetRow:
    """One line of an order. `cells` holds every field of `columns.FIELDS`, also without a column; `findings` holds all that is said."""

    number: int
    cells: Mapping[str, Cell]
    findings: tuple[Finding, ...]
    key: str
    content_hash: str

    @property
    def customer_name(self) -> str:
        return self.cells["customer"].value or ""

    @property
    def contract_number(self) -> str | None:
        return self.cells["contract"].value

    @property
    def quantity(self) -> Decimal | None:
        return self.cells["quantity"].value

    @property
    def unit(self) -> str:
        """The unit that the row gives, "" when it gives none."""
        return self.cells["unit"].value or ""

    @property
    def unit_price(self) -> Decimal | None:
        return self.cells["price"].value

    @property
    def amount(self) -> Decimal | None:
        """Quantity times price, to the cent; never what the sheet says."""
        return _amount(self.cells)

    @property
    def wanted(self) -> date | None:
        return self.cells["date"].value

    @property
    def currency(self) -> str:
        """The currency that the row itself names, "" when none; the order's currency counts."""
        return self.cells["currency"].value or ""

    @property
    def blocked(self) -> bool:
        """Whether the sheet must be corrected before this row can be taken."""
        return any(finding.blocking for finding in self.findings)


def read_row(number: int, raws: Mapping[int, Raw], head: Head, epoch: datetime) -> SheetRow:
    """A row read field by field. Never raises: what cannot be read is a finding."""
    readers: dict[str, Reader] = {
        "quantity": quantity_in,
        "price": price_in,
        "amount": amount_in,
        "date": partial(date_in, year=head.year, epoch=epoch),
        "currency": _currency_in,
    }
    cells: dict[str, Cell] = {}
    beside: dict[str, str] = {}
    findings: list[Finding] = []
    for field in FIELDS:
        column = head.columns.get(field)
        raw = raws.get(column, NO_CELL) if column else NO_CELL
        ref = f"{get_column_letter(column)}{number}" if column else f"{number}:{number}"
        reading = _reading(field, raw, readers.get(field) or partial(_text_in, field))
        problem = Finding(ref, reading.code, reading.figures) if reading.code else None
        cells[field], beside[field] = Cell(ref, clean(raw.value), reading.value, problem), reading.aside
        if field == "price" and not reading.aside:
            beside[field] = currency_in(raw.format)
        findings += [problem] if problem else []
        findings += [Finding(ref, "taken_from", {"cells": raw.area})] if raw.area else []
    if beside["quantity"] and not cells["unit"].value:
        cells["unit"] = Cell(cells["quantity"].ref, cells["quantity"].text, beside["quantity"])
    findings += _settle_currency(cells, beside["price"], head.currency)
    findings += [*_hints(cells), *_amount_findings(cells)]
    return SheetRow(number, cells, tuple(findings), _key(cells, head.title, number), _content_hash(cells))


def key_part(text: str) -> str:
    """A name or number as it stands in a key."""
    return same(text).replace("|", "/")[:LONGEST_KEY_PART]


def _reading(field: str, raw: Raw, reader: Reader) -> Reading:
    text = clean(raw.value)
    if raw.kind == "formula":
        return Reading() if field in NOT_CONTENT else Reading(code="formula_ignored", figures={"text": quote(text)})
    if raw.kind == "error" and field not in NOT_CONTENT:
        return Reading(code="error_value", figures={"text": quote(text)})
    if not text or (field in NO_VALUE and same(text) in NOTHING):
        return Reading(code=MISSING.get(field, ""))
    return reader(raw.value)


def _text_in(field: str, value: Any) -> Reading:
    text = clean(value) if field in MANY_LINES else " ".join(clean(value).split())
    limit = LONGEST.get(field, LONGEST_KEY_PART)
    if len(text) > limit:
        return Reading(text[:limit], "text_too_long", {"length": len(text), "limit": limit})
    return Reading(text, "text_like_formula", {"text": quote(text)}) if FORMULA_LIKE.match(text) else Reading(text)


def _currency_in(value: Any) -> Reading:
    text = clean(value)
    code = currency_in(text) or ("CNY" if text == "元" else text.upper())
    if not re.fullmatch("[A-Z]{3}", code):
        return Reading(code="currency_unreadable", figures={"text": quote(text)})
    return Reading(code)


def _settle_currency(cells: dict[str, Cell], beside_price: str, of_sheet: str) -> list[Finding]:
    """Sets the row's currency: its column, the sign at the price, the remarks, the head; two different ones in a row are a mistake."""
    price, remarks = cells["price"], cells["remarks"]
    noted = {code: cell for cell, code in ((remarks, currency_in(remarks.value or "")), (price, beside_price)) if code}
    named = [code for code in (cells["currency"].value, beside_price, *noted) if code]
    cells["currency"] = replace(cells["currency"], value=next(iter([*named, of_sheet]), "") or None)
    if len(set(named)) > 1:
        return [Finding(price.ref, "currency_mixed", {"currencies": sorted(set(named))})]
    return [Finding(cell.ref, "currency_noted", {"currency": code}) for code, cell in noted.items() if code != "CNY"]


def _hints(cells: Mapping[str, Cell]) -> Iterable[Finding]:
    for code, fields, pattern in HINTS:
        for cell in (cells[field] for field in fields):
            if pattern.search(cell.text):
                yield Finding(cell.ref, code, {"text": quote(cell.text)})


def _amount_findings(cells: Mapping[str, Cell]) -> Iterable[Finding]:
    """What the sheet claims against quantity times price."""
    cell, computed = cells["amount"], _amount(cells)
    if computed is None and cells["quantity"].value is not None and cells["price"].value is not None:
        yield Finding(cell.ref, "amount_too_large")
    if None not in (computed, cell.value) and computed != cell.value:
        yield Finding(cell.ref, "amount_differs", {"given": cell.value, "computed": computed})


def _amount(cells: Mapping[str, Cell]) -> Decimal | None:
    quantity, price = cells["quantity"].value, cells["price"].value
    if quantity is None or price is None:
        return None
    amount = line_amount(quantity, price)
    return amount if amount < LARGEST_AMOUNT else None


def _key(cells: Mapping[str, Cell], title: str, number: int) -> str:
    customer, contract = cells["customer"].value or "", cells["contract"].value or title
    return f"{key_part(customer)}|{key_part(contract)}|{number}"


def _content_hash(cells: Mapping[str, Cell]) -> str:
    """Stable over the way of writing: 46375 and 2026-12-19, "¥420" and 420 are the same content."""
    content = {field: _plain(cells[field]) for field in FIELDS if field not in NOT_CONTENT}
    content["currency"] = content["currency"].removeprefix("cny")  # named or not, it is the same
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _plain(cell: Cell) -> str:
    if isinstance(cell.value, Decimal):
        return f"{cell.value.normalize():f}"
    return same(str(cell.text if cell.value is None else cell.value))
