"""The sales office's order sheet "as it is" (INT-08, decision 25): an Excel workbook in, orders with findings out; nothing is stored here.

The head is found by its column names, in any order. Rows of one customer and one contract number are one order; without a contract number,
rows that follow each other. Every finding names its cell. Keys and content hashes let the import skip what it knows already and show what
has changed. Customers, products and units are not looked up here: services compare them with the masters.
"""

from orders.sheet.file import MAX_BYTES, MAX_ROWS
from orders.sheet.findings import Finding, SheetRefused
from orders.sheet.reader import IgnoredRow, Sheet, SheetOrder, read_sheet
from orders.sheet.rows import Cell, SheetRow

__all__ = ["MAX_BYTES", "MAX_ROWS", "Cell", "Finding", "IgnoredRow", "Sheet", "SheetOrder", "SheetRefused", "SheetRow", "read_sheet"]
