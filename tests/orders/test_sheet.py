"""The sales office's order sheet is read as it is; whatever stands in it, the answer is findings or a refusal, never a crash."""

import random
import re
import zipfile
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.worksheet.formula import ArrayFormula
from PIL import Image as Picture

from orders.sheet import MAX_BYTES, MAX_ROWS, SheetRefused, read_sheet
from orders.sheet.findings import BLOCKING, REFUSALS, TO_CONFIRM
from tests.factories.order_sheet import HEAD, order_sheet, order_sheet_file, saved

pytestmark = pytest.mark.req("INT-08")

GOOD = ("1", "合肥徽电工程有限公司", "HF-1", "GGD", "2000A", 3, 15800, 47400, datetime(2026, 12, 28), "合肥", "李", "")
COLUMN = dict(zip(HEAD, "ABCDEFGHIJKL", strict=True))
NAMES = {"数量": "quantity", "单价": "price", "金额": "amount", "要求交货期": "date", "客户名称": "customer", "备注": "remarks"}


def workbook_of(*rows, head=HEAD, title="2026年11月订货汇总表", note="") -> Workbook:
    workbook = Workbook()
    sheet = workbook.active
    sheet.append([title])
    sheet.append([note])
    sheet.append(head)
    for row in rows:
        sheet.append(row)
    return workbook


def sheet_of(*rows, **above):
    return read_sheet(saved(workbook_of(*rows, **above)))


def row_with(**values):
    """A good row with some columns changed, read: `row_with(数量="6面")`."""
    changed = [values.get(name, value) for name, value in zip(HEAD, GOOD, strict=True)]
    (row,) = sheet_of(changed).rows
    return row


def codes(row) -> list[tuple[str, str]]:
    return [(finding.ref, finding.code) for finding in row.findings]


def with_part(file: BytesIO, name: str, change) -> BytesIO:
    """The workbook with one of its parts rewritten, as no program of good will would."""
    out = BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content.decode()).encode() if part == name else content)
    out.seek(0)
    return out


SHEET_XML = "xl/worksheets/sheet1.xml"


# the sheet of November 2026


def test_the_sheet_of_november_is_six_orders_with_ten_lines():
    sheet = read_sheet(order_sheet_file())
    assert (sheet.title, sheet.year, sheet.name) == ("2026年11月订货汇总表", 2026, "订货单")
    assert [(order.customer_name, order.contract_number, len(order.rows)) for order in sheet.orders] == [
        ("杭州恒达电力物资有限公司", "HD-2611-018", 3),
        ("合肥徽电工程有限公司", None, 2),
        ("苏州工业园区中能成套设备有限公司", "ZN20261103", 2),
        ("呼和浩特市䶮达机电有限公司", "YD-77", 1),
        ("Nordlys Energi AS", "PO 4500123987", 1),
        ("国网某省电力有限公司物资分公司", "SGHB-2026-1187", 1),
    ]
    assert [row.number for row in sheet.rows] == list(range(4, 14))
    assert [(row.number, row.reason) for row in sheet.ignored_rows] == [(15, "total")]


def test_its_figures_and_dates_are_read_in_every_notation():
    rows = {row.number: row for row in read_sheet(order_sheet_file()).rows}
    assert [row.quantity for row in rows.values()] == [4, 6, 30, 3, 2, 2, 5, 120, 6, 8]
    prices = [68500, 66000, 680, 15800, 26800, 73800, None, 420, 6900, 236000]
    assert [row.unit_price for row in rows.values()] == prices
    assert rows[5].unit == "面"
    assert [row.wanted.isoformat() for row in rows.values()] == [
        *("2026-12-28", "2026-12-28", "2026-12-20", "2026-12-19", "2026-12-19"),
        *("2026-12-15", "2027-01-20", "2026-12-05", "2027-02-15", "2027-01-31"),
    ]
    assert rows[5].amount == Decimal("396000.00"), "the formula of Excel is not asked"


def test_its_findings_name_their_cells():
    sheet = read_sheet(order_sheet_file())
    found = {finding.ref: (finding.code, dict(finding.figures)) for order in sheet.orders for finding in order.findings}
    assert found == {
        "F5": ("unit_given", {"unit": "面", "text": "6面"}),
        "I9": ("date_to_confirm", {"text": "12月15日前", "date": date(2026, 12, 15)}),
        "L9": ("penalty_clause", {"text": "超期每天罚合同价1%"}),
        "G10": ("price_missing", {}),
        "L12": ("currency_noted", {"currency": "USD"}),
        "J13": ("partial_deliveries", {"text": "武汉、襄阳、宜昌(分3批)"}),
    }
    assert not any(order.blocked for order in sheet.orders)


def test_its_orders_have_a_currency_and_a_computed_amount():
    orders = read_sheet(order_sheet_file()).orders
    assert [order.currency for order in orders] == ["CNY", "CNY", "CNY", "CNY", "USD", "CNY"]
    assert [order.amount for order in orders] == [690400, 101000, None, 50400, 41400, 1888000]


# the same sheet twice


def test_the_same_sheet_twice_has_the_same_keys_and_hashes():
    first, second = (read_sheet(order_sheet_file()) for _ in range(2))
    assert first == second
    keys = [row.key for row in first.rows]
    assert len(set(keys)) == len(keys)
    assert keys[0] == "杭州恒达电力物资有限公司|hd-2611-018|4"
    assert keys[3] == "合肥徽电工程有限公司|2026年11月订货汇总表|7", "without a contract number the sheet stands for it"
    assert [order.key for order in first.orders][:2] == ["杭州恒达电力物资有限公司|hd-2611-018", keys[3]]


@pytest.mark.parametrize(
    ("ref", "other_way"),
    [
        ("G4", "¥68,500.00"),
        ("I7", "2026-12-19"),
        ("I4", "2026年12月28日"),
        ("B5", " 杭州恒达电力物资有限公司"),
        ("A4", 99),
        ("H4", "=F4*G4"),
    ],
)
def test_another_way_of_writing_is_the_same_content(ref, other_way):
    workbook = order_sheet()
    workbook.active[ref] = other_way
    assert [row.content_hash for row in read_sheet(saved(workbook)).rows] == [
        row.content_hash for row in read_sheet(order_sheet_file()).rows
    ]


@pytest.mark.parametrize(
    ("ref", "change"), [("F4", 5), ("G4", 68501), ("I4", "2026-12-29"), ("E4", "出线柜"), ("L4", "加急"), ("J4", "宁波")]
)
def test_a_change_keeps_the_key_and_changes_the_hash_of_its_row_and_order_only(ref, change):
    workbook = order_sheet()
    workbook.active[ref] = change
    before, after = read_sheet(order_sheet_file()), read_sheet(saved(workbook))
    assert [row.key for row in after.rows] == [row.key for row in before.rows]
    assert [a.number for a, b in zip(after.rows, before.rows, strict=True) if a.content_hash != b.content_hash] == [4]
    changed = [a.key for a, b in zip(after.orders, before.orders, strict=True) if a.content_hash != b.content_hash]
    assert changed == [before.orders[0].key]


# finding the head and the lines


def test_columns_are_found_by_name_in_any_order():
    head = ("备注", "单价(元)", "数量 ", "型号", "客户", "合同\n编号", "交期", "something else")
    sheet = sheet_of(("急", 420, "3台", "PZ30", "甲公司", 4500123987.0, "2026-12-05", "x"), head=head)
    (order,) = sheet.orders
    assert (order.customer_name, order.contract_number) == ("甲公司", "4500123987")
    assert (order.rows[0].quantity, order.rows[0].unit, order.rows[0].unit_price) == (3, "台", 420)
    assert codes(order.rows[0]) == [("C4", "unit_given")]


def test_an_english_sheet_is_read_and_its_price_column_tells_the_currency():
    head = ("No.", "Customer", "PO No.", "Model", "Qty", "Unit Price (USD)", "Delivery Date")
    sheet = sheet_of((1, "Nordlys", "PO 1", "SRM16-12", 6, 6900, "2027-02-15"), head=head, title="Orders")
    assert sheet.orders[0].currency == "USD"
    assert [(finding.ref, finding.code) for finding in sheet.findings] == [("F3", "currency_noted")]


def test_a_sheet_of_prices_without_tax_says_so():
    sheet = sheet_of(GOOD, note="单位:元(不含税)")
    assert [(finding.ref, finding.code) for finding in sheet.findings] == [("A2", "prices_without_tax")]


def test_a_missing_column_is_named_by_the_row():
    sheet = sheet_of(("甲公司", "GGD", 3), head=("客户名称", "产品型号", "数量"))
    assert codes(sheet.rows[0]) == [("4:4", "price_missing"), ("4:4", "date_missing")]


def test_totals_notes_second_heads_and_numbered_blanks_are_set_aside():
    sheet = sheet_of(
        GOOD,
        ("11",),
        ("", "小 计", "", "", "", 3),
        HEAD,
        GOOD,
        ("", "", "", "合计", "", "=SUM(F4:F8)", "", 94800),
        ("制表:周敏", "", "", "", "审核:顾建国"),
        ("", "以上价格含税"),
    )
    assert [row.number for row in sheet.rows] == [4, 8]
    assert [(row.number, row.reason) for row in sheet.ignored_rows] == [
        *((5, "blank"), (6, "total"), (7, "head"), (9, "total"), (10, "note"), (11, "note")),
    ]


def test_a_line_without_customer_or_product_is_a_line_with_a_finding():
    assert codes(row_with(客户名称=None)) == [("B4", "customer_missing")]
    assert codes(row_with(产品型号="  ")) == [("D4", "product_missing")]
    assert codes(row_with(数量=None)) == [("F4", "quantity_missing")]
    assert row_with(客户名称=None).blocked


def test_lines_without_contract_number_are_one_order_only_side_by_side():
    other, none = ("乙公司", "无", "GGD", 1), ("甲公司", "无", "GGD", 1)
    sheet = sheet_of(none, none, other, none, (), none, head=("客户名称", "合同号", "产品型号", "数量"))
    assert [[row.number for row in order.rows] for order in sheet.orders] == [[4, 5], [6], [7], [9]]


def test_lines_of_one_contract_are_one_order_wherever_they_stand():
    rows = [("甲公司", "A-1", "GGD", 1), ("甲公司", "无", "GGD", 1), ("甲公司 ", "ａ-1", "GGD", 1), ("乙公司", "A-1", "GGD", 1)]
    sheet = sheet_of(*rows, head=("客户名称", "合同号", "产品型号", "数量"))
    assert [[row.number for row in order.rows] for order in sheet.orders] == [[4, 6], [5], [7]]


def test_merged_cells_and_ditto_marks_hold_for_the_lines_below():
    workbook = workbook_of(GOOD, GOOD, GOOD)
    sheet = workbook.active
    for area in ("B4:B5", "C4:C6", "G4:G5"):
        sheet.merge_cells(area)
    sheet["B6"], sheet["J5"] = "同上", "〃"
    file = with_part(saved(workbook), SHEET_XML, lambda xml: xml.replace('"C4:C6"', '"C4:C1048576"'))
    first, second, third = read_sheet(file).rows
    assert {row.customer_name for row in (first, second, third)} == {"合肥徽电工程有限公司"}
    assert {row.contract_number for row in (first, second, third)} == {"HF-1"}
    taken = {finding.ref: finding.figures["cells"] for row in (second, third) for finding in row.findings if finding.code == "taken_from"}
    assert taken == {"B5": "B4:B5", "C5": "C4:C1048576", "C6": "C4:C1048576", "B6": "B4:B5", "J5": "J4"}
    assert ("G5", "price_missing") in codes(second), "a price over merged cells is not shared out"


def test_only_visible_sheets_are_read_and_the_first_with_a_head_counts():
    workbook = Workbook()
    workbook.active.append(["封面"])
    for state in ("hidden", "veryHidden", "visible"):
        sheet = workbook.create_sheet(state)
        sheet.sheet_state = state
        sheet.append(["客户", "型号", "数量"])
        sheet.append([f"{state}公司", "GGD", 1])
    assert [order.customer_name for order in read_sheet(saved(workbook)).orders] == ["visible公司"]


# single cells


@pytest.mark.parametrize(
    ("written", "quantity", "unit"),
    [
        ("6面", 6, "面"),
        (" 6 面 ", 6, "面"),
        ("１２０", 120, ""),
        ("1,200台", 1200, "台"),
        (3.5, Decimal("3.5"), ""),
        ("3.5kg", Decimal("3.5"), "kg"),
    ],
)
def test_quantities_as_people_write_them(written, quantity, unit):
    row = row_with(数量=written)
    assert (row.quantity, row.unit) == (quantity, unit)


@pytest.mark.parametrize(
    ("written", "price", "currency"),
    [
        ("¥66,000.00", 66000, "CNY"),
        ("￥66,000", 66000, "CNY"),
        ("420元", 420, ""),
        ("680", 680, ""),
        ("RMB 15800", 15800, "CNY"),
        ("420元/台", 420, ""),
        ("6.6万元", 66000, ""),
        ("$6,900.00", 6900, "USD"),
        ("6900美元", 6900, "USD"),
        ("€ 12.5", Decimal("12.5"), "EUR"),
        (0.1 + 0.2, Decimal("0.3"), ""),
    ],
)
def test_prices_as_people_write_them(written, price, currency):
    row = row_with(单价=written, 金额=None)
    assert (row.unit_price, row.currency) == (price, currency)
    assert codes(row) == ([("G4", "currency_noted")] if currency in ("USD", "EUR") else [])


@pytest.mark.parametrize("shown", ['"$"#,##0.00', "[$$-409]#,##0.00", '_("$"* #,##0.00_)'])
def test_a_price_shown_in_dollars_by_its_format_is_in_dollars(shown):
    workbook = workbook_of(GOOD)
    workbook.active["G4"].number_format = shown
    assert read_sheet(saved(workbook)).orders[0].currency == "USD"


def test_an_order_in_two_currencies_is_stopped():
    assert ("G4", "currency_mixed") in codes(row_with(单价="¥15,800", 备注="USD"))
    first, second = list(GOOD), list(GOOD)
    first[6], second[6] = "$15,800", "€15,800"
    (order,) = sheet_of(first, second).orders
    assert order.blocked
    assert order.findings[0].figures == {"currencies": ["EUR", "USD"]}


@pytest.mark.parametrize(
    "written",
    [
        datetime(2026, 12, 5),
        datetime(2026, 12, 5, 16, 30),
        46361,
        "46361",
        "2026年12月5日",
        "2026-12-05",
        "2026/12/5",
        "2026.12.5",
        "20261205",
    ],
)
def test_dates_as_people_write_them(written):
    row = row_with(要求交货期=written)
    assert row.wanted == date(2026, 12, 5)
    assert codes(row) == []


@pytest.mark.parametrize("written", ["12月5日前", "12月5日", "12月5号之前", "2026年12月5日前", "2026-12-05左右"])
def test_a_date_that_is_not_quite_said_is_to_be_confirmed(written):
    row = row_with(要求交货期=written)
    assert row.wanted == date(2026, 12, 5)
    assert codes(row) == [("I4", "date_to_confirm")]
    assert not row.blocked


def test_a_day_without_year_needs_a_sheet_with_a_year():
    row = [*GOOD[:8], "12月15日前", *GOOD[9:]]
    assert codes(sheet_of(row, title="订货汇总表").rows[0]) == [("I4", "date_unreadable")]
    assert sheet_of(row, title="订货汇总表", note="2027/3").rows[0].wanted == date(2027, 12, 15)


def test_a_workbook_that_counts_days_from_1904_is_understood():
    workbook = workbook_of(GOOD)
    workbook.epoch = datetime(1904, 1, 1)
    workbook.active["I4"] = datetime(2026, 12, 28)
    assert read_sheet(saved(workbook)).rows[0].wanted == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("column", "written", "code"),
    [
        ("数量", "几台", "quantity_unreadable"),
        ("数量", "1,00", "quantity_unreadable"),
        ("数量", "NaN", "quantity_unreadable"),
        ("数量", True, "quantity_unreadable"),
        ("数量", "1e309", "quantity_unreadable"),
        ("数量", 1e300, "quantity_unreadable"),
        ("数量", datetime(2026, 12, 28), "quantity_unreadable"),
        ("数量", -4, "quantity_not_positive"),
        ("数量", 0, "quantity_not_positive"),
        ("数量", "1" * 50, "quantity_too_large"),
        ("数量", 1.2345, "quantity_too_fine"),
        ("数量", "1." + "0" * 40 + "1", "quantity_too_fine"),
        ("数量", "=4", "formula_ignored"),
        ("数量", "#REF!", "error_value"),
        ("单价", "12,34", "price_unreadable"),
        ("单价", "Infinity", "price_unreadable"),
        ("单价", -5, "price_negative"),
        ("单价", "9" * 50, "price_too_large"),
        ("单价", 12345678901, "price_too_large"),
        ("单价", "0", "price_zero"),
        ("单价", 10.123456, "price_rounded"),
        ("单价", "待定", "price_missing"),
        ("金额", "about 5", "amount_unreadable"),
        ("金额", "9" * 50, "amount_unreadable"),
        ("金额", "47,400.01", "amount_differs"),
        ("要求交货期", "尽快", "date_unreadable"),
        ("要求交货期", "2026-02-30", "date_unreadable"),
        ("要求交货期", "2026-12-05、2027-01-10", "date_unreadable"),
        ("要求交货期", 1, "date_unreadable"),
        ("要求交货期", time(8, 30), "date_unreadable"),
        ("要求交货期", timedelta(days=2), "date_unreadable"),
        ("要求交货期", datetime(1900, 1, 1), "date_implausible"),
        ("要求交货期", datetime(9999, 12, 31), "date_implausible"),
        ("要求交货期", "9999-12-31", "date_implausible"),
        ("要求交货期", "待通知", "date_missing"),
        ("客户名称", "司" * 201, "text_too_long"),
        ("客户名称", "@SUM(1)", "text_like_formula"),
        ("备注", "+cmd|' /C calc'!A0", "text_like_formula"),
        ("备注", "延期罚款", "penalty_clause"),
        ("备注", "分两批发", "partial_deliveries"),
    ],
)
def test_what_is_wrong_with_a_cell_is_said_with_its_name(column, written, code):
    row = row_with(**{column: written})
    expected = [(f"{COLUMN[column]}4", code)]
    assert [each for each in codes(row) if each[1] != "amount_differs" or code == "amount_differs"] == expected
    assert row.blocked == (code in BLOCKING)
    assert all(str(finding) != finding.code and "{" not in str(finding) for finding in row.findings)


def test_a_phone_number_with_plus_is_no_formula():
    assert codes(row_with(**{"联系人/电话": "+47 55 00 00 05"})) == []


def test_an_amount_beyond_all_money_is_none():
    row = row_with(数量="9" * 11, 单价="9999999999", 金额=None)
    assert row.amount is None
    assert codes(row) == [("H4", "amount_too_large")]


def test_invisible_characters_do_not_make_another_customer():
    sheet = sheet_of(GOOD, [*GOOD[:1], "\u200b合肥徽电\u202e工程有限公司\u3000\xa0", *GOOD[2:]])
    assert len(sheet.orders) == 1


def test_formulas_of_every_kind_are_left_alone():
    workbook = workbook_of(GOOD)
    workbook.active["D4"] = ArrayFormula("D4:D4", "=A1:A3")
    (row,) = read_sheet(saved(workbook)).rows
    assert codes(row) == [("D4", "formula_ignored")]
    assert row.cells["product"].text == "=A1:A3"


def test_a_text_that_starts_with_equals_but_is_no_formula_is_kept_as_text():
    workbook = workbook_of(GOOD)
    workbook.active["L4"] = "=1+1"
    workbook.active["L4"].data_type = "s"
    (row,) = read_sheet(saved(workbook)).rows
    assert row.cells["remarks"].value == "=1+1"
    assert codes(row) == [("L4", "text_like_formula")]


# files that nobody of good will sends


def refused(file, code) -> SheetRefused:
    with pytest.raises(SheetRefused) as caught:
        read_sheet(file)
    assert caught.value.code == code
    assert "{" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "客户,型号,数量".encode(), b"%PDF-1.7"])
def test_what_is_no_workbook_is_refused(content):
    refused(content, "wrong_type")


def test_another_archive_is_no_workbook():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    refused(file, "wrong_type")


def test_a_big_file_is_refused_before_it_is_opened():
    assert refused(b"PK" + b"0" * MAX_BYTES, "too_big").figures["limit"] == MAX_BYTES


def test_a_bomb_that_unpacks_to_much_is_refused():
    refused(with_part(order_sheet_file(), SHEET_XML, lambda xml: xml + " " * 21_000_000), "too_big")


def test_more_rows_than_allowed_are_refused_and_as_many_as_allowed_are_read(monkeypatch):
    assert MAX_ROWS == 2000
    for module in ("file", "reader"):
        monkeypatch.setattr(f"orders.sheet.{module}.MAX_ROWS", 30)
    rows, head = [("甲公司", f"A-{n}", "GGD", 1) for n in range(80)], ("客户名称", "合同号", "产品型号", "数量")
    assert len(sheet_of(*rows[:30], head=head).orders) == 30
    for count in (31, 80):
        assert refused(saved(workbook_of(*rows[:count], head=head)), "too_many_rows").figures == {"limit": 30}


def test_a_workbook_without_orders_is_refused():
    refused(saved(Workbook()), "no_head_row")
    refused(saved(workbook_of(GOOD, head=())), "no_head_row")


def test_a_head_without_lines_is_a_sheet_without_orders():
    assert sheet_of().orders == ()


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace("<worksheet", BOMB + "<worksheet", 1).replace("<v>4</v>", "<v>&b;</v>", 1),
        lambda xml: xml.replace("<v>4</v>", "<v>NaN</v>", 1),
        lambda xml: xml.replace("<v>4</v>", f"<v>{'9' * 5000}</v>", 1),
        lambda xml: xml.replace('ref="A1:L1"', 'ref="A1:???"'),
        lambda xml: xml.replace('r="B4"', 'r="4B"'),
        lambda xml: xml[: len(xml) // 2],
        lambda xml: "",
    ],
    ids=["entities", "NaN", "5000 digits", "area", "cell name", "half", "empty"],
)
def test_a_broken_worksheet_is_refused(change):
    refused(with_part(order_sheet_file(), SHEET_XML, change), "unreadable")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_a_broken_part_of_the_workbook_is_refused(part):
    refused(with_part(order_sheet_file(), part, lambda xml: xml[:200]), "unreadable")


def test_numbers_beyond_all_numbers_are_findings():
    file = with_part(
        order_sheet_file(), SHEET_XML, lambda xml: xml.replace("<v>4</v>", "<v>1e309</v>").replace("<v>68500</v>", "<v>-1E400</v>")
    )
    assert codes(read_sheet(file).rows[0]) == [("F4", "quantity_unreadable"), ("G4", "price_unreadable")]


def test_rows_at_the_end_of_the_world_do_not_take_forever():
    far = '<row r="1048576"><c r="A1048576"><v>1</v></c></row><row r="999999999999"><c r="A999999999999"><v>1</v></c></row></sheetData>'
    sheet = read_sheet(with_part(order_sheet_file(), SHEET_XML, lambda xml: xml.replace("</sheetData>", far)))
    assert len(sheet.rows) == 10
    assert sheet.ignored_rows[-1].number == 1_048_576


def test_wrong_dimensions_hide_nothing():
    file = with_part(order_sheet_file(), SHEET_XML, lambda xml: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1"', xml))
    assert len(read_sheet(file).rows) == 10


def test_pictures_are_not_looked_at():
    picture = BytesIO()
    Picture.new("RGB", (2, 2)).save(picture, "PNG")
    workbook = order_sheet()
    workbook.active.add_image(Image(picture), "N2")
    assert len(read_sheet(saved(workbook)).rows) == 10


def test_a_file_that_was_read_before_is_read_from_its_beginning(tmp_path):
    file = order_sheet_file()
    file.read()
    assert len(read_sheet(file).orders) == 6
    path = tmp_path / "orders.xlsx"
    path.write_bytes(order_sheet_file().getvalue())
    assert read_sheet(path) == read_sheet(str(path)) == read_sheet(path.read_bytes())


HOSTILE = [
    *(
        "=1+1",
        "+1",
        "-1",
        "@x",
        "=cmd|' /C calc'!A0",
        "1e309",
        "NaN",
        "-inf",
        "0" * 5000,
        "9" * 30000,
        "1/0",
        "\n\n",
        "\t6面\t",
        "6面面面面面",
    ),
    *(
        "无",
        "同上",
        "〃",
        "|",
        "||",
        "合计",
        "total",
        "数量",
        "客户",
        "型号",
        "12月31日前",
        "2月30日",
        "13月1日",
        "0000-00-00",
        "٣",
        "²",
        "½",
        "㊿",
        "壹佰",
    ),
    *(
        "𠮷",
        "e\u0301" * 50,
        "\u202eabc",
        "'; drop table orders; --",
        "<script>alert(1)</script>",
        "{text}",
        "{0.__class__}",
        "%s",
        "罚" * 9000,
    ),
    *(0, -1, 10**49, -(10**49), 1e308, -1e-308, 0.1, True, False, None, float("inf"), float("nan"), 46375, 46375.9, 2958465, 1, 60),
    *(
        datetime(1900, 1, 1),
        datetime(9999, 12, 31),
        date(2026, 12, 5),
        time(23, 59),
        timedelta(days=99999),
        datetime(2026, 12, 5, 1, 2, 3, 4),
    ),
]


def test_whatever_stands_in_the_cells_the_answer_is_findings_or_a_refusal():
    dice = random.Random(11)
    known = {*REFUSALS, *BLOCKING, *TO_CONFIRM}
    for _ in range(20):
        workbook = order_sheet()
        sheet = workbook.active
        for _ in range(60):
            sheet.cell(dice.randint(4, 18), dice.randint(1, 13)).value = dice.choice(HOSTILE)
        if dice.random() < 0.5:
            row, column = dice.randint(4, 12), dice.randint(1, 12)
            sheet.merge_cells(start_row=row, end_row=row + dice.randint(0, 3), start_column=column, end_column=column + dice.randint(0, 2))
        try:
            read = read_sheet(saved(workbook))
        except SheetRefused as refusal:
            assert refusal.code in REFUSALS
            continue
        assert len({row.key for row in read.rows}) == len(read.rows)
        for order in read.orders:
            assert asdict(order)
            assert order.content_hash
            assert order.amount is None or order.amount >= 0
            for finding in order.findings:
                assert finding.code in known
                assert str(finding) != finding.code
                assert re.fullmatch(r"[A-L]\d+", finding.ref)
