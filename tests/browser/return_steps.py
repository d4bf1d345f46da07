"""The way of a return from the customer's application to the money, each step by whoever has it on their list (RET-01 ... RET-05)."""

from __future__ import annotations

from datetime import datetime

from playwright.sync_api import expect

from orders.models import OrderLine
from tests.browser.pages import Desk, Office, StoryClock


def applied_for(office: Office, link: str, number: str) -> None:
    """王志强 applies on his page for the return of one of the first line."""
    line = OrderLine.objects.get(order__number=number, line_no=1)
    wang = office.as_customer(link).follow("申请退货")
    wang.page.locator(f"[name=q_{line.pk}]").fill("1")
    wang.page.get_by_label("退款", exact=True).check()
    wang.page.get_by_label("问题描述").fill("柜门变形，退一面。")
    wang.page.get_by_role("button", name="申请退货").click()
    wang.page.wait_for_url("**done=return")
    wang.fine()


def agreed(office: Office, number: str) -> None:
    """梁永强 cannot agree before 马俊杰 has told the customer who pays the freight (RET-03)."""
    ma, liang = office.as_person("majunjie"), office.as_person("liangyongqiang")
    liang.task(number, "答复退货申请").state("已申请").closed("同意退货", "运费")
    ma.task(number, "告知客户退货费用").fill({"认定原因": "质量缺陷", "告知了客户方何人": "王志强"}).submit("告知客户费用")
    expect(ma.main).to_contain_text("我方")
    liang.task(number, "答复退货申请").act("同意退货").state("已同意退货").shot("return-agreed")


def fetched(office: Office, story: StoryClock, number: str, on: datetime) -> None:
    """马俊杰 arranges the collection for that day; 钱春梅 receives the goods, which stand blocked from then on (RET-02, RET-05)."""
    ma, qian = office.as_person("majunjie"), office.as_person("qianchunmei")
    ma.task(number, "安排退货取货").fill({"取货日期": f"{on:%Y-%m-%d}", "承运人或自有车辆": "德邦物流"}).submit("安排取货")
    story.leap_to(on)
    qian.task(number, "接收退货").submit("接收退货").state("退货已收回").shot("return-received")


def inspected(office: Office, number: str) -> None:
    """吴桂兰 says of every line what she found."""
    wu = office.as_person("wuguilan").task(number, "检验退货")
    finding(wu, "检验情况").locator("textarea").fill("柜门变形 6 mm，机构完好。")
    wu.fill({"结论": "属实，喷涂前校平不足。"}).submit("登记退货检验").state("已检验")
    expect(wu.main).to_contain_text("柜门变形 6 mm")


def settled(office: Office, number: str) -> None:
    """梁永强 decides line by line: refunded, and the goods go back to stock."""
    liang = office.as_person("liangyongqiang").task(number, "退货处理")
    finding(liang, "处理结果").locator("select").select_option(label="退款")
    finding(liang, "货物去向").locator("select").select_option(label="退回库存")
    liang.submit("退货处理").state("已处理完毕").shot("return-settled")


def refunded(office: Office, number: str, amount: str) -> None:
    """孙雅琴 finds the refund on her list and pays it (RET-04)."""
    sun = office.as_person("sunyaqin").task(number, "支付退款")
    expect(sun.main).to_contain_text(amount)
    sun.fill({"银行流水号": "CMB-0031"}).submit("支付退款").state("已退款").shot("refund-paid")


def finding(desk: Desk, label: str):
    """The field of the only line that came back whose label ends so."""
    return desk.main.locator("div[id^=div_id_]", has_text=label)
