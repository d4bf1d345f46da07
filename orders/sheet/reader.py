"""From the rows of a worksheet to orders: merged areas filled, rows that are no lines set aside, lines grouped (decision 25)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import IO

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from core.money import NOTHING
from orders.sheet.columns import NEEDED, Head, columns_of, find_head
from orders.sheet.file import MAX_ROWS, Grid, Raw, Rows, grids
from orders.sheet.findings import Finding, SheetRefused, quote
from orders.sheet.rows import NOT_CONTENT, SheetRow, key_part, read_row
from orders.sheet.values import clean

NOT_SHARED = {"quantity", "price", "amount", "number"}
"""Columns where a merged area does not say the same for each of its rows."""
DITTO = {"同上", "〃", '"', "″"}
TOTAL = re.compile(r"(本[页月])?(合计|总计|小计|共计).*|(grand|sub)?-?total[:(]?|sum:?", re.IGNORECASE)


@dataclass(frozen=True)
class IgnoredRow:
    """A row with something in it that is no line of an order; `reason` is "total", "note", "head" or "blank" (only numbered)."""

    number: int
    reason: str
    text: str


@dataclass(frozen=True)
class SheetOrder:
    """Rows of one customer and one contract number (None when the sheet has none)."""

    customer_name: str
    contract_number: str | None
    rows: tuple[SheetRow, ...]
    key: str

    @property
    def currency(self) -> str:
        """The currency that a row names, CNY when none does (decision 8: one currency on an order)."""
        return next((row.currency for row in self.rows if row.currency), "CNY")

    @property
    def amount(self) -> Decimal | None:
        """Sum of the computed amounts; None while a row has none."""
        amounts = [row.amount for row in self.rows]
        return None if None in amounts else sum(filter(None, amounts), NOTHING)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is said about the order and its rows."""
        named = sorted({row.currency for row in self.rows if row.currency})
        mixed = (Finding(self.rows[0].cells["price"].ref, "currency_mixed", {"currencies": named}),) if len(named) > 1 else ()
        return (*mixed, *(finding for row in self.rows for finding in row.findings))

    @property
    def blocked(self) -> bool:
        """Whether the sheet must be corrected before this order can be taken."""
        return any(finding.blocking for finding in self.findings)

    @property
    def content_hash(self) -> str:
        """Changes with the content or the order of the rows, not with the way of writing."""
        return hashlib.sha256("".join(row.content_hash for row in self.rows).encode()).hexdigest()


@dataclass(frozen=True)
class Sheet:
    """A worksheet read: `name` is that of the worksheet, `title` what stands above the head, `findings` what holds for all rows."""

    title: str
    year: int | None
    orders: tuple[SheetOrder, ...]
    ignored_rows: tuple[IgnoredRow, ...]
    name: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def rows(self) -> tuple[SheetRow, ...]:
        """All lines in the order of the sheet."""
        return tuple(sorted((row for order in self.orders for row in order.rows), key=lambda row: row.number))


def read_sheet(file: str | Path | bytes | IO[bytes]) -> Sheet:
    """The first visible worksheet with a head, read as orders (INT-08).

    Raises SheetRefused with the code wrong_type, unreadable, too_big, too_many_rows or no_head_row, and nothing else whatever the content.
    """
    for grid in grids(file):
        head = find_head(grid.top(), grid.name)
        if head is not None:
            return _read(grid, head)
    raise SheetRefused("no_head_row")


def _read(grid: Grid, head: Head) -> Sheet:
    body = {number: cells for number, cells in grid.rows().items() if number > head.number}
    reasons = {number: reason for number, cells in body.items() if (reason := _why_no_line(cells, head))}
    ignored = tuple(IgnoredRow(number, reason, _text_of(body[number])) for number, reason in reasons.items())
    lines = {number: cells for number, cells in body.items() if number not in reasons}
    if len(lines) > MAX_ROWS:
        raise SheetRefused("too_many_rows", limit=MAX_ROWS)
    rows = [read_row(number, cells, head, grid.epoch) for number, cells in _filled(lines, grid.areas(), head).items()]
    return Sheet(head.title, head.year, _grouped(rows), ignored, grid.name, head.findings)


def _why_no_line(cells: Mapping[int, Raw], head: Head) -> str:
    """Why a row is no line of an order, "" when it is one."""
    if columns_of(cells).keys() >= NEEDED:
        return "head"
    texts = {column: clean(raw.value) for column, raw in cells.items()}
    totals = {column for column, text in texts.items() if TOTAL.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))}
    filled = {field for field, column in head.columns.items() if texts.get(column) and column not in totals}
    if totals and "product" not in filled:
        return "total"
    if not any(texts.values()) or (filled and filled <= NOT_CONTENT and not set(texts) - set(head.columns.values())):
        return "blank"
    if not filled & {"product", "quantity", "price"} and ("customer" not in filled or filled <= {"customer", "number"}):
        return "note"
    return ""


def _text_of(cells: Mapping[int, Raw]) -> str:
    return quote(" ".join(text for raw in cells.values() if (text := clean(raw.value))))


def _filled(lines: Rows, areas: Iterable[CellRange], head: Head) -> Rows:
    """A value over merged cells, or one meant by 同上, holds for the lines below; quantities and prices are not shared out."""
    shared = {column for field, column in head.columns.items() if field not in NOT_SHARED}
    filled = {number: dict(cells) for number, cells in lines.items()}
    for area in areas:
        source = lines.get(area.min_row, {}).get(area.min_col)
        if source is not None and area.min_col in shared:
            for number in [number for number in lines if area.min_row < number <= area.max_row]:
                filled[number].setdefault(area.min_col, replace(source, area=area.coord))
    for above, number in pairwise(filled):
        for column in shared & filled[number].keys() & filled[above].keys():
            if clean(filled[number][column].value) in DITTO:
                source = filled[above][column]
                filled[number][column] = replace(source, area=source.area or f"{get_column_letter(column)}{above}")
    return filled


def _grouped(rows: Iterable[SheetRow]) -> tuple[SheetOrder, ...]:
    """Rows of one customer and contract number wherever they stand; without a number rows of one customer that follow each other."""
    groups: dict[str, list[SheetRow]] = {}
    before, key = None, ""
    for row in rows:
        customer, contract = key_part(row.customer_name), row.contract_number
        neighbour = before is not None and before.number + 1 == row.number and key_part(before.customer_name) == customer
        if contract is not None:
            key = f"{customer}|{key_part(contract)}"
        elif not (neighbour and before is not None and before.contract_number is None):
            key = row.key
        groups.setdefault(key, []).append(row)
        before = row
    return tuple(SheetOrder(rows[0].customer_name, rows[0].contract_number, tuple(rows), key) for key, rows in groups.items())
