"""The thread in a real browser: contract HD-2611-018, from the Excel sheet to closed in two shipments, carried by thirteen people."""

import re
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from orders.models import Order, OrderLine
from tests.browser.goods_steps import components_are_ordered, components_arrive, inspected_and_put_away, noticed, received, shipped
from tests.browser.pages import Desk, Office, StoryClock
from tests.factories.order_sheet import order_sheet_file
from tests.personas import SHANGHAI

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCAN = {
    "name": "HD-2611-018.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
}
CONTRACT = "HD-2611-018"


def on(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.mark.req("INT-08", "INT-02", "REV-02", "REV-04", "CON-01", "CON-02", "INS-01", "INS-02", "PLN-01", "EXE-10", "FUP-01", "FUP-04")
@pytest.mark.req("SHP-01", "SHP-02", "SHP-07", "FIN-02", "FIN-05", "PUR-07", "INV-02", "QUA-07", "SLA-03")
def test_contract_018_goes_from_the_sheet_to_closed_in_two_shipments(office: Office, story: StoryClock) -> None:
    zhou, gu, sun, yan = (office.as_person(name) for name in ("zhoumin", "gujianguo", "sunyaqin", "yanfang"))
    number = the_sheet_is_imported(zhou)
    requirements_are_completed(zhou)
    the_review_is_passed(office, zhou, number)
    matters_are_decided(gu, sun, zhou, number)
    the_contract_takes_effect(zhou, gu, number)
    the_plan_is_released(office.as_person("luhaifeng"), number)
    components_are_ordered(office, number)

    story.leap_to(on(12, 1))
    first = noticed(yan, number, {3: 30}, "2026-12-01")
    yan.state("已放行")
    shipped(office, first)

    story.leap_to(on(12, 8))
    components_arrive(office, number)
    inspected_and_put_away(office)
    zhou.order(number).state("已排产")
    assembled(office, number)
    zhou.order(number).state("生产中")
    received(zhou, first)
    lines_show(zhou.order(number).state("生产中"), stocked=(0, 0, 30), noticed=(0, 0, 30), shipped=(0, 0, 30), delivered=(0, 0, 30))
    the_signed_form_is_filed(zhou, number)

    story.leap_to(on(12, 23))
    progress_is_followed_up(yan, number)
    packed_and_handed_over(office, number)
    inspected_and_put_away(office)
    lines_show(yan.order(number).state("发货中"), stocked=(4, 6, 30), noticed=(0, 0, 30), shipped=(0, 0, 30), delivered=(0, 0, 30))
    expect(yan.main.locator(".tl").get_by_text("12-25 下达发货通知")).to_be_visible()  # among what comes next: the clock opens that day
    story.leap_to(on(12, 25))
    yan.order(number).runs("下达发货通知")
    second = noticed(yan, number, {1: 4, 2: 6}, "2026-12-28")
    yan.order(number).no_clock("下达发货通知")
    story.leap_to(on(12, 28))
    shipped(office, second)
    received(zhou, second)
    lines_show(zhou.order(number).state("已签收"), stocked=(4, 6, 30), noticed=(4, 6, 30), shipped=(4, 6, 30), delivered=(4, 6, 30))

    invoiced_and_paid(sun, story, number)
    sun.order(number).act("订单结案").state("已结案")
    expect(sun.panel("shipping").get_by_role("listitem")).to_have_count(2)
    expect(sun.main.locator(".clk").filter(visible=True)).to_have_count(0)
    assert Order.objects.get(number=number).shipments.count() == 2
    said = StringIO()
    call_command("verify", stdout=said)
    assert re.search(r"\b0 violations", said.getvalue()), said.getvalue()


def the_sheet_is_imported(zhou: Desk) -> str:
    """周敏 uploads the sheet, corrects what the preview marks, confirms: six orders, ten lines. Returns the number of our order."""
    zhou.go("/orders/import/")
    zhou.page.locator("[name=file]").set_input_files(
        {"name": "orders-2026-11.xlsx", "mimeType": SHEET, "buffer": order_sheet_file().read()}
    )
    zhou.main.get_by_role("button", name="读取表格").click()
    expect(zhou.main.locator("section.card")).to_have_count(6)
    expect(zhou.main.locator("table.entry tbody tr")).to_have_count(10)
    suzhou = zhou.main.locator("section.card", has_text="ZN20261103")
    suzhou.get_by_label("联系人").fill("周经理")
    suzhou.locator("tr", has_text="XGN2-12 已停产").locator("[name$=unit_price]").fill("21000")
    zhou.main.get_by_role("button", name="重新核对").click()
    expect(suzhou.locator(".hd")).to_contain_text("252,600.00 CNY")  # with the five old cubicles at the price just asked for
    zhou.main.get_by_role("button", name=re.compile("导入 6 ")).click()
    zhou.page.wait_for_url("**made=**")
    expect(zhou.main.locator("table.rows tbody tr")).to_have_count(6)
    assert (Order.objects.count(), OrderLine.objects.count()) == (6, 10)
    row = zhou.main.locator("tr", has_text=CONTRACT)
    expect(row).to_contain_text("690,400.00")
    row.get_by_role("link").first.click()
    zhou.fine().state("已登记").runs("答复订单", "移交评审")
    return zhou.main.locator("h1").inner_text()


def requirements_are_completed(zhou: Desk) -> None:
    """周敏 completes what is missing, answers the four questions and confirms."""
    zhou.closed("确认要求", "需要新的技术设计？")
    zhou.follow("编辑").fill({"技术与质量要求": "按企业标准，柜体颜色 RAL7035"})
    questions = zhou.main.get_by_role("radiogroup")
    expect(questions).to_have_count(4)
    for question in questions.all():
        question.get_by_text("否", exact=True).click()
    zhou.submit("已保存").state("已登记")
    expect(zhou.main.locator("h1 ~ .st").nth(1)).to_have_text("常规订单")
    zhou.act("确认要求").state("要求已确认").runs("发起评审")
    zhou.act("答复客户", 答复客户的内容="要求已确认，今日给出交期评审结果。").no_clock("答复订单")


def the_review_is_passed(office: Office, zhou: Desk, number: str) -> None:
    """周敏 opens the review; 陆海峰 and 沈丽 give their opinions from My work, side by side."""
    zhou.act("发起评审").state("常规评审中")
    expect(zhou.clock("提交评审意见")).to_have_count(2)
    for name in ("luhaifeng", "shenli"):
        head = office.as_person(name).go("/")
        head.main.locator(".task", has_text=number).get_by_role("link", name="办理").click()
        head.fill({"意见": "可行"}).submit("提交评审意见")
    zhou.order(number).state("评审通过").no_clock("提交评审意见")
    expect(zhou.panel("review")).to_contain_text("陆海峰")
    expect(zhou.panel("review")).to_contain_text("沈丽")


def matters_are_decided(gu: Desk, sun: Desk, zhou: Desk, number: str) -> None:
    """A price below the rules, a credit limit exceeded: 顾建国 and 孙雅琴 decide, with reasons. Over the amount 周敏 calls the meeting."""
    zhou.closed("发出报价", "2")
    gu.order(number).act("登记决定", 事项="低于价目表", 决定与理由="老客户，出线柜按 66000 元成交，同意。")
    sun.order(number).act("登记决定", 事项="信用放行", 决定与理由="上月货款已全部收回，本单放行。")
    zhou.order(number).act("发出报价").state("已报价")
    zhou.closed("客户接受报价，起草合同", "评审会")
    minutes = {"采购周期（天）": "10", "生产周期（天）": "14", "纪要：讨论内容与决定": "同意承接，交期 12 月 28 日。"}
    zhou.act("召集评审会", 会议日期="2026-11-23", 开始时间="16:00", 地点="三楼会议室").state("已召集")
    zhou.act("发送资料").follow("登记会议纪要")
    for reason in zhou.main.locator("[name^=without_]").all():
        reason.fill("当天召开，到会当面答复")
    zhou.fill({**minutes, "最终交期": "2026-12-28", "参会人": "韩磊、曹建平、贺晓、陆海峰、沈丽"}).submit("登记会议纪要").state("已召开")


def the_contract_takes_effect(zhou: Desk, gu: Desk, number: str) -> None:
    """周敏 drafts the contract, 顾建国 signs for us: grade A takes effect and is instructed before the signed form is back."""
    zhou.order(number)
    zhou.act("客户接受报价，起草合同", 交货地点与时间="送至杭州余杭仓前项目部", 承诺交期="2026-12-28").state("待签订")
    zhou.runs("我方签署合同", "订购销单签回")
    gu.go("/").main.locator(".task", has_text=number).get_by_role("link", name="办理").click()
    gu.submit("我方签字")
    zhou.order(number).state("已生效").runs("下达生产指令", "订购销单签回")
    said = {"按样本图纸，无专用图纸": True, "特殊条款": "仪表门开孔按附图", "图纸版本": "KG-018 A"}
    zhou.act("下达生产指令", said, 数量允差="无", 包装="木箱，防雨")
    zhou.state("已下达生产指令").no_clock("下达生产指令").runs("下达生产计划", "订购销单签回")


def the_plan_is_released(lu: Desk, number: str) -> None:
    """陆海峰 finds the drafted plan in My work and releases it."""
    lu.go("/").main.locator(".task", has_text=number).get_by_role("link", name="办理").click()
    lu.fine().panel("production").get_by_role("link", name=re.compile("^PL")).click()
    lu.fine().state("草稿")
    lu.act("下达计划").state("已下达")
    lu.order(number).state("已排产").no_clock("下达生产计划")


def assembled(office: Office, number: str) -> None:
    """赵立群's workshop assembles: starts both tasks, reports, finishes."""
    zhao = office.as_person("zhaoliqun")
    zhao.go("/production/tasks/")
    for pieces in (4, 6):
        zhao.go("/production/tasks/")
        row = zhao.main.locator(".task", has_text=f"× {pieces}")
        row.get_by_role("link", name="开工").click()
        zhao.submit("开工").state("进行中")
        zhao.act("报进度", 合格=pieces - 1, 报废=0, 备注="还差一面待接线")
        zhao.act("完工").state("已完成")
    zhao.go("/production/tasks/")
    expect(zhao.main.locator(".task")).to_have_count(0)


def packed_and_handed_over(office: Office, number: str) -> None:
    """田伟 packs and hands the switchgear over to the final inspection."""
    tian = office.as_person("tianwei")
    tian.go("/production/tasks/").main.locator(".task", has_text=number).get_by_role("link", name="开工").click()
    tian.submit("开工").state("进行中")
    for serials in ("K26-101 ~ K26-104", "K26-105 ~ K26-110"):
        tian.act("移交成品", 批号或序列号=serials)
    tian.act("完工").state("已完成")


def progress_is_followed_up(yan: Desk, number: str) -> None:
    """Three working days before the promised date the clock opens; 严芳 checks and notes what she found."""
    yan.order(number).runs("交货前跟单检查")
    yan.act("登记跟单情况", 结果="正常", 预计日期="2026-12-28", 检查情况="装配已完工，包装今日完成，28 日可发。").no_clock("交货前跟单检查")
    expect(yan.panel("follow")).to_contain_text("包装今日完成")


def the_signed_form_is_filed(zhou: Desk, number: str) -> None:
    """The paper comes back late: 周敏 checks it and files the scan."""
    zhou.order(number).runs("订购销单签回")
    zhou.act("补归档已签合同", 客户签署人="王工", 签回合同扫描件=SCAN, 签字或印章清晰=True, 附注与附件齐全=True).no_clock("订购销单签回")


def invoiced_and_paid(sun: Desk, story: StoryClock, number: str) -> None:
    """孙雅琴 invoices both deliveries, records and confirms two payments; only then may the order be closed."""
    for _delivery in (1, 2):
        sun.order(number).panel("money").get_by_role("link", name=re.compile("^开票")).first.click()
        sun.fine().submit("开具发票")
    sun.order(number).state("已开票").closed("订单结案", "690,400.00")
    story.leap_to(datetime(2027, 1, 25, 10, tzinfo=SHANGHAI))
    for amount in ("300000", "390400"):
        sun.order(number).panel("money").get_by_role("link", name="登记到账").click()
        sun.fine().fill({"金额": amount, "银行流水号": f"CMB-{amount}"}).submit("登记到账").state("已登记")
        sun.act("确认到账").state("已确认")


def lines_show(desk: Desk, **columns: tuple[int, int, int]) -> None:
    """The quantities of the three lines on the order page: stocked, noticed, shipped, delivered."""
    rows = desk.main.locator("table.t").first.locator("tbody tr")
    order = ("stocked", "noticed", "shipped", "delivered")
    for index in range(3):
        cells = rows.nth(index).locator("td").all_inner_texts()[-4:]
        assert cells == [str(columns[name][index]) for name in order]
