"""The sales office's order sheet of November 2026, cell by cell as it is kept there: merged title, formulas, five notations of dates."""

from datetime import datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

TITLE = "2026年11月订货汇总表"
NOTE = "单位:元(含税)    制表:销售内勤"
HEAD = (
    *("序号", "客户名称", "合同/订单号", "产品型号", "规格及技术要求", "数量", "单价", "金额"),
    *("要求交货期", "交货地点", "联系人/电话", "备注"),
)
HANGZHOU, WANG = "杭州余杭仓前项目部", "王工 13800000001"
HEFEI, LI = "合肥经开区", "李经理 0551-6000002"
SUZHOU, ZHOU = "苏州园区", "周 13900000003"
GOODS = (
    (1, "杭州恒达电力物资有限公司", "HD-2611-018", "KYN28A-12", "进线柜 1250A/31.5kA,仪表门开孔按附图", 4, 68500, 274000),
    (2, "杭州恒达电力物资有限公司", "HD-2611-018", "KYN28A-12", "出线柜 630A/25kA", "6面", "¥66,000.00", "=F5*66000"),
    (3, "杭州恒达电力物资有限公司 ", "HD-2611-018", "LZZBJ9-10", "150/5 0.2S/10P20", 30, "680", "20400"),
    (4, "合肥徽电工程有限公司", "无", "GGD", "进线柜 2000A,柜体颜色RAL7032", 3, 15800, 47400),
    (5, "合肥徽电工程有限公司", "无", "GGJ", "300kvar 自动补偿", 2, 26800, 53600),
    (6, "苏州工业园区中能成套设备有限公司", "ZN20261103", "S13-M-630/10", "Dyn11 10±2×2.5%/0.4kV", 2, 73800, 147600),
    (7, "苏州工业园区中能成套设备有限公司", "ZN20261103", "XGN2-12", "按2009年原图", 5, None, None),
    (8, "呼和浩特市䶮达机电有限公司", "YD-77", "PZ30", "12回路 明装", 120, "420元", 50400),
    (9, "Nordlys Energi AS", "PO 4500123987", "SRM16-12", "3-unit RMU, CCF, IEC 62271-200, English nameplates", 6, 6900, 41400),
    (10, "国网某省电力有限公司物资分公司", "SGHB-2026-1187", "YBM-12/0.4-630", "按技术规范书(附件),抗震8度,IP54", 8, 236000, 1888000),
)
DELIVERY = (
    (datetime(2026, 12, 28), HANGZHOU, WANG, None),
    ("2026年12月28日", HANGZHOU, WANG, "同上合同"),
    ("2026/12/20", HANGZHOU, WANG, "备件"),
    (46375, HEFEI, LI, "请尽快确认"),
    (46375, HEFEI, LI, None),
    ("12月15日前", SUZHOU, ZHOU, "超期每天罚合同价1%"),
    ("2027-01-20", SUZHOU, ZHOU, "老产品,需核价"),
    ("2026.12.5", "呼和浩特回民区", "韩䶮 13700000004", "款到发货"),
    ("2027-02-15", "CIF Bergen", "Kari Ødegård +47 55 00 00 05", "USD; third-party inspection"),
    (datetime(2027, 1, 31), "武汉、襄阳、宜昌(分3批)", "物资部 027-80000006", "需召开评审会;含安装指导"),
)
ROWS = tuple((*goods, *delivery) for goods, delivery in zip(GOODS, DELIVERY, strict=True))
WIDTHS = dict(zip("ABCDEFGHIJKL", (6, 34, 16, 20, 44, 8, 12, 14, 16, 30, 22, 30), strict=True))


def order_sheet() -> Workbook:
    """The workbook itself, to be changed by a test before it is saved."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "订货单"
    sheet["A1"], sheet["A2"] = TITLE, NOTE
    sheet.merge_cells("A1:L1")
    for row, values in enumerate((HEAD, *ROWS), start=3):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column, value)
    for ref in ("I4", "I13"):
        sheet[ref].number_format = "yyyy-mm-dd"
    sheet["A15"], sheet["F15"], sheet["H15"] = "合计", "=SUM(F4:F13)", "=SUM(H4:H13)"
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    return workbook


def saved(workbook: Workbook) -> BytesIO:
    """The workbook as a file that was uploaded."""
    file = BytesIO()
    workbook.save(file)
    file.seek(0)
    return file


def order_sheet_file() -> BytesIO:
    """The sheet of November 2026 as a file."""
    return saved(order_sheet())
