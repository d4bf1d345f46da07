"""Opening a workbook that a stranger may have made: limits first, then cells as they stand, formulas as formulas.

openpyxl takes its XML through defusedxml when that is installed, as it is here. It is used in read-only mode, where drawings, images,
comments and links are never opened; merged areas, which that mode leaves out, are read in a second pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange

from orders.sheet.findings import SheetRefused

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024
MAX_ROWS = 2000
MAX_COLUMNS = 40
MAX_AREAS = 2000
LAST_ROW = 1_048_576
ROWS_ABOVE = 20
"""Rows in which the head is looked for."""


@dataclass(frozen=True)
class Raw:
    """A cell as it is stored; `kind` is "value", "formula" or "error", `format` the signs of its number format
    ("$" where 6900 is shown as $6,900.00), `area` the cells it was taken from when it is not its own."""

    value: Any
    kind: str = "value"
    format: str = ""
    area: str = ""


KINDS = {"f": "formula", "e": "error"}
IN_FORMAT = re.compile(r"\[\$([^-\]]*)(?:-[^\]]*)?\]")
"""Excel's way to put a currency sign into a format, such as [$€-407]; without a sign it only names a language."""
Rows = dict[int, dict[int, Raw]]


class Grid:
    """One visible worksheet: filled rows by number, each with its filled cells by column."""

    def __init__(self, worksheet: Any, epoch: datetime) -> None:
        self.name, self.epoch, self._worksheet = worksheet.title, epoch, worksheet
        worksheet.reset_dimensions()  # some programs write dimensions that are too small

    def top(self) -> Rows:
        """The rows among which the head is looked for."""
        return self._rows(ROWS_ABOVE)

    def rows(self) -> Rows:
        """All filled rows; raises SheetRefused when they are too many."""
        return self._rows(LAST_ROW)

    def areas(self) -> list[CellRange]:
        """Merged areas of more than one row."""
        with only_refused(), self._worksheet._get_source() as source:  # no public way to them in read-only mode
            areas: list[CellRange] = []
            for _, element in iterparse(source):
                if element.tag.endswith("}mergeCell") and len(areas) < MAX_AREAS:
                    areas.append(CellRange(element.get("ref")))
                element.clear()
        return [area for area in areas if area.max_row > area.min_row]

    def _rows(self, last: int) -> Rows:
        rows: Rows = {}
        blank = None  # rows that are not stored come as one and the same tuple: up to a million of them
        with only_refused():
            for number, row in enumerate(self._worksheet.iter_rows(max_row=last, max_col=MAX_COLUMNS), start=1):
                if row is blank:
                    continue
                cells = {cell.column: _raw(cell) for cell in row if cell.value is not None}
                if not cells:
                    blank = row
                    continue
                rows[number] = cells
                if len(rows) > MAX_ROWS + ROWS_ABOVE:
                    raise SheetRefused("too_many_rows", limit=MAX_ROWS)
        return rows


def grids(file: str | Path | bytes | IO[bytes]) -> Iterator[Grid]:
    """The visible worksheets of a workbook in their order. Raises SheetRefused."""
    content = _content(file)
    _check_archive(content)
    with only_refused():
        workbook = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        found = [Grid(sheet, workbook.epoch) for sheet in sheets]
    yield from found


@contextmanager
def only_refused() -> Iterator[None]:
    """Whatever a broken file makes the library raise (no list of it exists) becomes SheetRefused."""
    try:
        yield
    except SheetRefused:
        raise
    except Exception as error:
        raise SheetRefused("unreadable", error=type(error).__name__) from error


def _raw(cell: Any) -> Raw:
    kind = KINDS.get(cell.data_type, "value")
    if kind == "formula":
        return Raw(str(getattr(cell.value, "text", cell.value)), kind)  # array formulas come as objects
    return Raw(cell.value, kind, IN_FORMAT.sub(r"\1", cell.number_format or ""))


def _content(file: str | Path | bytes | IO[bytes]) -> bytes:
    if isinstance(file, bytes):
        content = file
    elif isinstance(file, str | Path):
        with open(file, "rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    else:
        file.seek(0)
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise SheetRefused("too_big", size=getattr(file, "size", len(content)), limit=MAX_BYTES)
    return content


def _check_archive(content: bytes) -> None:
    """By content, not by name; sizes in the directory of the archive bind the library that unpacks it."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise SheetRefused("wrong_type") from error
    if not any(part.filename.startswith("xl/workbook") and part.filename.endswith(".xml") for part in parts):
        raise SheetRefused("wrong_type")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED:
        raise SheetRefused("too_big", size=unpacked, limit=MAX_UNPACKED)
