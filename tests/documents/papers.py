# ruff: noqa: E501  tables read better as lines
"""Papers to print: plain contexts as the departments' `documents.py` hand them over, short ones and very long ones."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 23, 8, 45, tzinfo=SHANGHAI)
LONG_ADDRESS = ("浙江省杭州市余杭区仓前街道文一西路延伸段科创大道与高教路交叉口恒达电力物资中心第二项目部二号库东侧卸货平台" * 9)[:400]
LONG_WORD = "LZZBJ9-10-" * 30
RARE = "𠮷田䶮（代收）"
KINDS = ("D03", "D04", "D05", "D13", "D19", "D21", "D49")
PRICED = {"D03": "sale", "D04": "sale", "D13": "cost", "D49": "sale"}
COMPANY = {
    "name": "嘉域电气销售有限公司",
    "name_en": "JIAYU ELECTRIC SALES CO., LTD.",
    "group": "嘉域电气集团",
    "address": "浙江省乐清市柳市镇电气大道 118 号",
    "phone": "0577-6200 0118",
    "fax": "0577-6200 0119",
}
PARTY = {
    "name": "杭州恒达电力物资有限公司", "address": "浙江省杭州市余杭区文一西路 1 号", "post_code": "311121", "agent": "王立新",
    "phone": "0571-8800 0001", "fax": "0571-8800 0002", "bank": "中国工商银行杭州余杭支行", "account": "1202 0000 0000 0000 001",
    "tax_number": "91330110MA00000001",
}  # fmt: skip
TERMS = {
    "payment": "合同签订后 3 日内付 30% 预付款，发货前付 60%，余 10% 为质保金，验收合格满 12 个月后 7 日内付清。",
    "delivery": "供方负责运输，运费由供方承担，交至需方指定工地；车板交货，卸车由需方负责。",
    "quality": "按 GB/T 7251 及双方签订的技术协议；质保期自送电之日起 12 个月，最长不超过发货后 18 个月。",
    "packing": "木底托加防雨膜，不回收。",
    "freight": "含运费。",
    "penalties": "逾期交货每日按逾期部分货款的 0.1% 支付违约金，最高不超过 5%；逾期付款同。",
    "disputes": "双方协商解决；协商不成的，向供方所在地人民法院起诉。",
    "other": "未尽事宜另签补充协议。",
}


def document(pk: int = 64, **context: Any) -> SimpleNamespace:
    """A stand-in for a model's row: what a form needs of it is its key."""
    return SimpleNamespace(pk=pk, context=context)


def paper(kind: str, *, lines: int = 7, long: bool = False) -> dict[str, Any]:
    """A context for that form."""
    common = {
        "number": "SH2611-0064", "revision": 1, "order_id": 21, "url": "/orders/21/", "company": COMPANY, "date": date(2026, 11, 23),
        "form_number": f"JY/QR-{kind} A/2", "order_number": "DD2611-0021", "contract_number": "HT2611-0019", "currency": "CNY",
        "signatures": [
            {"title": "制单（内勤）", "name": "周敏", "at": datetime(2026, 11, 20, 16, 20, tzinfo=SHANGHAI)},
            {"title": "审核", "name": "严芳", "at": datetime(2026, 11, 23, 8, 35, tzinfo=SHANGHAI)},
            {"title": "批准", "name": "", "at": ""},
        ],
        "consignee": {"name": "杭州恒达电力物资有限公司", "address": LONG_ADDRESS if long else "浙江省杭州市余杭区仓前项目部 2 号库",
                      "contact": RARE if long else "王工", "phone": "138 0000 0001"},
        "terms": {key: text * (6 if long else 1) for key, text in TERMS.items()},
        "lines": [line(number, long=long) for number in range(1, lines + 1)],
    }  # fmt: skip
    if kind not in PRICED:
        for each in common["lines"]:
            for key in ("unit_price", "amount", "net_price", "net_amount", "tax_amount", "vat_rate"):
                del each[key]
        del common["currency"]
    return common | _OWN[kind](long)


def line(number: int, *, long: bool) -> dict[str, Any]:
    gross = Decimal("68500.00") * number
    return {
        "line_no": number, "kind": "主件" if number % 3 else "备件", "model": "KYN28A-12" if number % 2 else "GGD", "code": f"M-{number:04d}",
        "name": (f"铠装移开式金属封闭开关柜 进线 2000 A {RARE if long and number % 7 == 0 else ''}"
                 + (LONG_WORD if long and number == 5 else "")),
        "spec": "800×1500×2300 mm，IP4X，柜体颜色 RAL7035" if number % 2 else "",
        "quantity": Decimal("1.000") * number, "unit": "面", "unit_price": Decimal("68500.0000"), "amount": gross, "discount": "9 折",
        "due": date(2026, 12, 18), "tolerance": "±2 天", "drawing": "E-0042-A3", "note": "随序 1" if number % 4 == 0 else "",
        "serials": f"2611-G{number:04d}", "box": f"{number}/{number}", "store": "成品库 A-03-02", "net_price": Decimal("60619.4690"),
        "net_amount": Decimal("60619.47") * number, "vat_rate": "13%", "tax_amount": gross - Decimal("60619.47") * number,
    }  # fmt: skip


MONEY = {"total_amount": Decimal("1918000.00"), "amount_capitals": "人民币壹佰玖拾壹万捌仟元整", "tax_note": "含 13% 增值税"}
_OWN: dict[str, Any] = {
    "D03": lambda long: MONEY | {
        "number": "BJ2611-0031", "customer": PARTY | {"contact": "王立新"}, "project": "新站区兴业 110 kV 变配电工程",
        "enquiry": "来函 2026-11-02", "valid_until": date(2026, 12, 22),
        "contact": {"name": "周敏", "phone": "0577-6200 0118", "email": "sales@example.com"},
    },
    "D04": lambda long: MONEY | {
        "number": "HT2611-0019", "quotation_number": "BJ2611-0031", "signed_on": date(2026, 11, 4), "signed_at": "浙江乐清",
        "seller": PARTY | {"name": COMPANY["name"], "address": COMPANY["address"], "signed_by": "顾建国",
                           "signed_at": datetime(2026, 11, 4, 15, 2, tzinfo=SHANGHAI)},
        "buyer": PARTY | ({"address": LONG_ADDRESS} if long else {}), "project": "新站区兴业 110 kV 变配电工程",
        "attachments": "1. 技术协议 2 页\n2. 一次系统图 E-0042-A3",
    },
    "D05": lambda long: {
        "number": "SC2611-0017", "order_revision": "R1", "customer": "合肥徽电工程有限公司", "project": "新站区兴业 110 kV 变配电工程",
        "sales_company": "嘉域电气销售有限公司", "product_company": "嘉域成套电气有限公司", "order_class": "非常规", "priority": "紧急",
        "issued_at": AT, "due": date(2026, 12, 18), "tolerance": "不得推迟，可提前 3 天", "packing": "木底托加防雨膜；柜内手车单独装箱。",
        "drawings": "一次系统图 E-0042-A3，平面布置图 E-0043-A1，随单附 2 份。", "special_terms": (LONG_ADDRESS if long else "母线搪锡，五防锁齐全。"),
        "copies_to": "生产部、物控、技术部、质管部",
    },
    "D13": lambda long: MONEY | {
        "number": "CG2611-0114", "supplier": PARTY | {"contact": "罗经理"}, "buyer": {"name": "罗静", "phone": "0577-6200 0126"},
        "order_numbers": "DD2611-0042", "deliver_to": {"name": "嘉域成套", "address": LONG_ADDRESS if long else "乐清市柳市镇电气大道 118 号 3 号库",
                                                       "contact": "沈丽", "phone": "0577-6200 0130"},
    },
    "D19": lambda long: {
        "number": "FH2611-0071", "ship_on": date(2026, 11, 23), "arrival": datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI),
        "mode": "自有车，浙 A·6K218", "unloading": "需吊车，工地 8:00–17:00",
        "checks": [{"name": "合同", "result": "已生效"}, {"name": "库存", "result": "齐"}, {"name": "货款", "result": "已放行"}],
        "packing": "6 箱，毛重 2,160 kg", "papers": "合格证、试验报告、说明书、图纸", "remarks": LONG_ADDRESS if long else "",
        "copies_to": "成品库、储运部、销售内勤",
    },
    "D21": lambda long: {
        "notice_number": "FH2611-0071", "carrier": "自有车 浙A·6K218 司机 金永康", "arrival": "2026-11-24 10:00 前，须吊车卸货",
        "total": {"words": "柜体陆面，附件及资料贰拾伍件套", "packages": 6, "weight": "2,160 kg", "volume": "11.4 m³"}, "missing": "",
        "copy": "第二联 客户", "copies": "一式四联：存根 · 客户 · 回执 · 财务",
        "signatures": [
            {"title": "制单（内勤）", "name": "周敏", "at": datetime(2026, 11, 20, 16, 20, tzinfo=SHANGHAI)},
            {"title": "仓库发货", "name": "钱春梅", "at": datetime(2026, 11, 23, 8, 35, tzinfo=SHANGHAI)},
            {"title": "复核（第二人）", "name": "吴桂兰", "at": datetime(2026, 11, 23, 8, 41, tzinfo=SHANGHAI)},
            {"title": "储运", "name": "", "at": ""}, {"title": "司机", "name": "", "at": ""},
        ],
    },
    "D49": lambda long: {
        "number": "FP26-000031", "buyer": PARTY, "seller": PARTY | {"name": COMPANY["name"], "address": COMPANY["address"]},
        "delivery_numbers": "SH2611-0064", "due": date(2026, 12, 23), "total_net": Decimal("1697345.13"), "total_tax": Decimal("220654.87"),
        "total_gross": Decimal("1918000.00"), "amount_capitals": "人民币壹佰玖拾壹万捌仟元整", "remarks": LONG_ADDRESS if long else "",
    },
}  # fmt: skip
