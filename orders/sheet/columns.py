"""The head of an order sheet: which column holds what, and what the rows above say for all (title, year, currency, tax)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from orders.sheet.file import Raw, Rows
from orders.sheet.findings import Finding, quote
from orders.sheet.values import clean, currency_in

COLUMN_NAMES = {
    "number": "序号 编号 行号 no number item",
    "customer": "客户名称 客户 客户单位 单位名称 订货单位 购货单位 需方 customer customername client buyer",
    "contract": "合同订单号 合同号 合同编号 订单号 订单编号 合同订单编号 contract contractno orderno po pono purchaseorder",
    "product": "产品型号 型号 产品 产品名称 产品名称及型号 产品型号名称 品名 model product productcode type",
    "spec": "规格及技术要求 规格 技术要求 规格及要求 规格参数 参数 specification spec description",
    "quantity": "数量 订货数量 订单数量 台数 quantity qty",
    "unit": "单位 计量单位 unit uom",
    "price": "单价 含税单价 不含税单价 unitprice price",
    "currency": "币种 货币 currency",
    "amount": "金额 总价 总金额 合计金额 含税金额 不含税金额 amount totalprice",
    "date": "要求交货期 要求交货日期 交货期 交货日期 要求交期 交期 deliverydate delivery requireddate",
    "place": "交货地点 交货地址 收货地点 收货地址 到货地点 destination deliveryplace place",
    "contact": "联系人电话 联系人 联系方式 联系电话 电话 contact contactphone",
    "remarks": "备注 说明 备注说明 remarks remark notes note comments",
}
FIELDS = tuple(COLUMN_NAMES)
FIELD_OF = {name: field for field, names in COLUMN_NAMES.items() for name in names.split()}
NEEDED = {"customer", "product", "quantity"}
IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
YEAR = re.compile(r"(?<!\d)(20\d\d)\s*[年./-]")
WITHOUT_TAX = re.compile(r"不含税|未税|(?:excl|without)\w*\.? (?:vat|tax)", re.IGNORECASE)
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Head:
    """Row `number` names the columns; `year` and `currency` are what the sheet says for all rows, if it does."""

    number: int
    columns: dict[str, int]
    title: str
    year: int | None
    currency: str
    findings: tuple[Finding, ...]


def find_head(rows: Rows, sheet_name: str) -> Head | None:
    """The first row that names customer, product and quantity; None when there is none."""
    number = next((number for number, cells in rows.items() if columns_of(cells).keys() >= NEEDED), None)
    if number is None:
        return None
    columns = columns_of(rows[number])
    above = [(f"{get_column_letter(c)}{n}", clean(raw.value)) for n, cells in rows.items() if n < number for c, raw in cells.items()]
    prices = [(f"{get_column_letter(c)}{number}", clean(rows[number][c].value)) for f, c in columns.items() if f in ("price", "amount")]
    title = next((text for _, text in above if text), sheet_name)[:LONGEST_TITLE]
    years = [match[1] for _, text in [*above, ("", sheet_name)] if (match := YEAR.search(text))]
    currencies = [(ref, code) for ref, text in prices + above if (code := currency_in(text))]
    findings = [Finding(ref, "prices_without_tax", {"text": quote(text)}) for ref, text in above + prices if WITHOUT_TAX.search(text)]
    if currencies and currencies[0][1] != "CNY":
        findings.append(Finding(currencies[0][0], "currency_noted", {"currency": currencies[0][1]}))
    return Head(number, columns, title, int(years[0]) if years else None, currencies[0][1] if currencies else "", tuple(findings))


def columns_of(cells: Mapping[int, Raw]) -> dict[str, int]:
    """Column by field; where two columns have one name the first counts."""
    found: dict[str, int] = {}
    for column, raw in cells.items():
        field = FIELD_OF.get(_plain_name(clean(raw.value)))
        if field and raw.kind == "value":
            found.setdefault(field, column)
    return found


def _plain_name(text: str) -> str:
    """ "合同/订单号" and "单价(元)" without signs and without what stands in brackets."""
    text = IN_BRACKETS.sub("", unicodedata.normalize("NFKC", text).lower())
    return "".join(char for char in text if char.isalnum())
