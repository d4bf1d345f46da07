"""An irregular order in a real browser: a meeting, a later date, a signature on the customer's phone, a change while it is made."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from demo.walk import SCAN, Walk
from orders.models import Order, OrderLine
from orders.services.money import standing
from tests.browser import return_steps as returns
from tests.browser.goods_steps import components_are_ordered, noticed, received, shipped
from tests.browser.pages import Desk, Office, StoryClock
from tests.browser.steps import nothing_dangles, registered, reviewed_by, rows_are_decided
from tests.personas import SHANGHAI

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WISH = "出线柜改为右出线，柜体再加深 100 mm；再加一面备用柜。"


def on(month: int, day: int, hour: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


@pytest.mark.req(
    "REV-01", "REV-03", "REV-04", "REV-05", "REV-07", "REV-09", "CUS-03", "CHG-01", "CHG-04", "CHG-05", "CHG-08",
    "RET-01", "RET-02", "RET-03", "RET-04", "RET-05", "RET-07",
)  # fmt: skip
def test_an_irregular_order_is_agreed_for_later_signed_on_a_phone_and_changed_while_it_is_made(office: Office, story: StoryClock) -> None:
    zhou, han = office.as_person("zhoumin"), office.as_person("hanlei", phone=True)
    goods = [("KYN28A-12", "进线柜，加深 200 mm", 4), ("KYN28A-12", "出线柜，加深 200 mm", 2)]
    number = registered(zhou, "合肥徽电", goods, wanted="2026-12-28", yes="新的技术设计")
    reviewers = {"hanlei": han, **{name: office.as_person(name) for name in ("luhaifeng", "shenli")}}
    the_meeting_is_held(office, story, zhou, han, number)
    a_later_date_is_agreed(zhou, reviewers, number)
    link = the_contract_is_offered(office, zhou, number)
    signed_on_the_phone(office, link)
    it_takes_effect(office, zhou, number)
    the_plan_is_released(office, number)
    design_begins(office, story, han, number)
    change = a_change_is_asked_for(office, zhou, link, number)
    reviewed_again(zhou, reviewers, change, number)
    rows_are_decided(office, change, "zhoumin", "luhaifeng", "shenli", "luojing", "yanfang", "qianchunmei", "sunyaqin")
    the_agreement_is_signed(office, zhou, change)
    the_notice_goes_round(office, change)
    the_change_is_applied(office, zhou, change, number)
    link = delivered_in_two(office, story, zhou, number)
    one_comes_back(office, story, link, number)
    nothing_dangles()


def the_meeting_is_held(office: Office, story: StoryClock, zhou: Desk, han: Desk, number: str) -> None:
    """周敏 calls the meeting and sends the papers; all five answer, 韩磊 on his phone; the minutes end with a date that is later."""
    zhou.act("确认要求").act("发起评审").state("非常规评审中").runs("召集评审会")
    zhou.act("召集评审会", 会议日期="2026-11-26", 开始时间="14:00", 地点="三楼会议室")
    meeting = zhou.page.url
    zhou.closed("登记会议纪要", "资料").act("发送资料")
    for name in ("hanlei", "caojianping", "hexiao", "luhaifeng", "shenli"):
        head = han if name == "hanlei" else office.as_person(name)
        head.task(number, "答复评审会资料")
        word = {"暂估价（元）": "312000"} if name == "caojianping" else {"技术估算：工时、材料、注意事项": "加深柜体重新出图，触头盒另订。"}
        head.fill({"可交日期": "2027-01-15", **word}).submit("答复资料")
    story.leap_to(on(11, 26, 14))
    minutes = {"采购周期（天）": 18, "生产周期（天）": 20, "纪要：讨论内容与决定": "加深柜体需重新出图，触头盒另订。"}
    zhou.go(meeting).act("登记会议纪要", minutes).state("已召开").shot("meeting")
    expect(zhou.main).to_contain_text("2027-01-15")


def a_later_date_is_agreed(zhou: Desk, reviewers: dict[str, Desk], number: str) -> None:
    """A date later than wanted is negotiated; the customer agrees, and a new round passes it."""
    for head in reviewers.values():
        reviewed_by(head, number, 意见="改期可行", 最早日期="2027-01-15", 说明="新图 12 月 10 日发出。")
    zhou.order(number).state("交期协商中").runs("记录客户对交期的答复")
    zhou.act("客户同意新交期", 与客户商定的日期="2027-01-15", 何人以何方式同意="王工电话同意").state("非常规评审中")
    for head in reviewers.values():
        reviewed_by(head, number, 意见="可行")
    zhou.order(number).state("评审通过")


def the_contract_is_offered(office: Office, zhou: Desk, number: str) -> str:
    """Quoted, drafted, signed by 顾建国; 周敏 makes the personal link. Returns its address, which is shown once."""
    zhou.act("发出报价").state("已报价")
    zhou.act("客户接受报价，起草合同", 交货地点与时间="送至合肥高新区", 承诺交期="2027-01-15").state("待签订")
    office.as_person("gujianguo").task(number, "签").submit("我方签字")
    return linked(zhou, number, "签署合同")


def linked(zhou: Desk, number: str, purpose: str) -> str:
    """周敏 makes 王志强 a personal link; its address is shown once."""
    zhou.order(number).panel("customer").get_by_role("link", name="制作链接").click()
    zhou.fine().fill({"用途": purpose, "给谁": "王志强"}).submit("客户链接").shot("link")
    return zhou.page.locator("#link-address").inner_text()


def signed_on_the_phone(office: Office, link: str) -> None:
    """王志强 opens the link, draws his signature with the finger and signs; nobody logged in."""
    wang = office.as_customer(link)
    expect(wang.main).to_contain_text("411,000.00")
    wang.page.get_by_label("姓名").fill("王志强")
    wang.page.get_by_label("职务").fill("采购经理")
    canvas = wang.page.locator("canvas[data-sign]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    mouse = wang.page.mouse
    mouse.move(box["x"] + 30, box["y"] + 60)
    mouse.down()
    for right, down in ((90, 20), (160, 70), (220, 30)):
        mouse.move(box["x"] + right, box["y"] + down, steps=3)
    mouse.up()
    expect(wang.page.locator("[data-sign-picture]")).to_have_value(re.compile("^data:image/png"))
    wang.page.locator("[name=agreed]").check()
    wang.page.get_by_role("button", name="签署合同").click()
    expect(wang.main).to_contain_text("合同已签署")
    wang.fine()


def it_takes_effect(office: Office, zhou: Desk, number: str) -> None:
    """孙雅琴 confirms the deposit; only then is the contract in force, and 周敏 instructs."""
    sun = office.as_person("sunyaqin")
    zhou.order(number).state("已签订")
    sun.order(number).panel("money").get_by_role("link", name="登记到账").click()
    sun.fine().fill({"金额": "123300", "银行流水号": "CMB-0018"}).submit("登记到账").act("确认到账").state("已确认")
    said = {"特殊条款": "仪表门开孔按附图", "图纸版本": "KG-072 A", "按样本图纸，无专用图纸": True}
    zhou.order(number).state("已生效").act("下达生产指令", said, 数量允差="无", 包装="木箱，防雨").state("已下达生产指令")


def the_plan_is_released(office: Office, number: str) -> None:
    """陆海峰 releases the plan, which begins with the technical design."""
    lu = office.as_person("luhaifeng")
    lu.order(number).panel("production").get_by_role("link", name=re.compile("^PL")).click()
    expect(lu.fine().main).to_contain_text("技术设计")
    lu.act("下达计划").state("已下达")


def design_begins(office: Office, story: StoryClock, han: Desk, number: str) -> None:
    """罗静 orders what stock does not cover, 韩磊 starts the design."""
    components_are_ordered(office, number)
    story.leap_to(on(11, 27))
    han.go("/production/tasks/").main.locator(".task", has_text=number).get_by_role("link", name="开工").click()
    han.submit("开工").state("进行中")


def by_services(story: StoryClock, number: str) -> Walk:
    walk = Walk(story())
    walk.order = Order.objects.get(number=number)
    return walk


def followed(office: Office, link: str) -> Desk:
    """The customer opens the link again: it leads to the contract, and on to the order."""
    return office.as_customer(link).follow("查看订单进度")


def a_change_is_asked_for(office: Office, zhou: Desk, link: str, number: str) -> str:
    """王志强 asks on his page; 周敏 enters what it means: one more, and another structure. Returns the request's address."""
    wang = followed(office, link)
    expect(wang.main).to_contain_text("正在生产")
    wang.follow("我要更改").page.get_by_label("要改什么？").fill(WISH)
    wang.page.get_by_role("button", name="我要更改").click()
    expect(wang.main).to_contain_text("已收到您的更改要求")
    wang.fine()
    zhou.task(number, "处理更改：定级、下达通知单")
    expect(zhou.main).to_contain_text(WISH)
    change = zhou.page.url
    line = OrderLine.objects.get(order__number=number, line_no=2)
    zhou.follow("录入更改内容").page.locator(f"[name=quantity_{line.pk}]").fill("3")
    zhou.page.locator(f"[name=spec_{line.pk}]").fill("右出线柜，加深 300 mm")
    zhou.page.locator(f"[name=structural_{line.pk}]").check()
    zhou.submit("录入更改内容").shot("change")
    expect(zhou.main.locator("label.cls.on")).to_contain_text("第三类")
    zhou.main.get_by_role("button", name="定级").click()
    zhou.told("定级").order(number).state("生产中")
    return change


def reviewed_again(zhou: Desk, reviewers: dict[str, Desk], change: str, number: str) -> None:
    """The re-review inside the change moves the date; the customer agrees to date and price, the order stays where it is."""
    for head in reviewers.values():
        reviewed_by(head, number, 意见="改期可行", 最早日期="2027-01-25", 说明="右出线重新出图。")
    line = OrderLine.objects.get(order__number=number, line_no=2)
    zhou.go(change).follow("录入价格").page.locator(f"[name=price_{line.pk}]").fill(f"{line.unit_price:f}")  # stays, and 周敏 says so
    zhou.submit("录入价格")
    zhou.go(change).act("登记客户答复", 客户="同意", 商定交期="2027-01-25", 客户方联系人="王志强", 答复内容="同意加价和新交期")
    expect(zhou.main).to_contain_text("+68,500.00")


def the_agreement_is_signed(office: Office, zhou: Desk, change: str) -> None:
    """The supplementary agreement: drafted by 周敏, signed by 顾建国, filed with the customer's signature."""
    zhou.go(change).act("拟补充协议")
    office.as_person("gujianguo").go(change).act("我方签署协议")
    scan = {"name": "BC.pdf", "mimeType": "application/pdf", "buffer": SCAN}
    zhou.go(change).act("存档客户签字", 客户签署人="王志强", 已签协议扫描件=scan, 签字或印章清晰=True)


def the_notice_goes_round(office: Office, change: str) -> None:
    """严芳 issues the notice, 陆海峰 circulates it, every head named signs for it."""
    office.as_person("yanfang").go(change).act("下达更改通知单")
    lu = office.as_person("luhaifeng").go(change).act("流转通知单").shot("change-circulated")
    asked = lu.main.locator(".wl", has_text="待签收").count()
    assert asked
    for name in ("hanlei", "caojianping", "shenli", "luhaifeng", "zhaoliqun", "yuanhongmei", "xueminghui", "tianwei", "zhengdawei"):
        desk = office.as_person(name).go("/")
        mine = desk.main.locator(".task", has_text="CR2").filter(has_text="签收更改")
        while mine.count():
            mine.first.get_by_role("link", name="办理").click()
            desk.fine().submit("签收更改").go("/")


def the_change_is_applied(office: Office, zhou: Desk, change: str, number: str) -> None:
    """严芳 applies it once: the order stands at its next revision, the revisions are compared, the workshop sees what it makes now."""
    yan = office.as_person("yanfang").go(change).act("执行更改").shot("change-applied")
    expect(yan.main).to_contain_text("已执行")
    zhou.go(f"/orders/{number}/revisions/").shot("revisions")
    expect(zhou.main.locator("ins", has_text="右出线柜")).to_be_visible()
    expect(zhou.order(number).state("生产中").main).to_contain_text("479,500.00")
    zhao = office.as_person("zhaoliqun").go("/production/tasks/").shot("workshop")
    expect(zhao.main).to_contain_text("× 3")


def delivered_in_two(office: Office, story: StoryClock, zhou: Desk, number: str) -> str:
    """Made (test_thread shows how), then sent in two parts; 王志强 confirms the first on his page, the second by telephone.

    Returns his new link: the one for signing ended a month after the signature.
    """
    walk = by_services(story, number)
    walk.produce()
    story.leap_to(on(1, 20, year=2027))
    yan, in_store = office.as_person("yanfang"), {1: 4, 2: 3}
    first = noticed(yan, number, {1: 4}, "2027-01-20", proposed=in_store)
    paid_before_it_leaves(office.as_person("sunyaqin"), number, first)
    shipped(office, first)
    link = linked(zhou, number, "查看订单进度")
    zhou.order(number).state("发货中")
    wang = office.as_customer(link)
    wang.main.get_by_role("link", name="确认收货").click()
    wang.fine().main.get_by_role("button", name="确认收货").click()
    wang.page.wait_for_url("**done=receipt")
    expect(wang.fine().main).to_contain_text("收货已登记")
    zhou.go(first).state("已签收")
    second = noticed(yan, number, {2: 3}, "2027-01-20")
    shipped(office, second)
    received(zhou, second)
    zhou.order(number).state("已签收")
    return link


def paid_before_it_leaves(sun: Desk, number: str, shipment: str) -> None:
    """By the contract's terms the goods wait for their money; 孙雅琴 confirms it and lets them go."""
    sun.go(shipment).state("已通知发货")
    due, received = standing(Order.objects.get(number=number), "effect", "shipment")
    sun.order(number).panel("money").get_by_role("link", name="登记到账").click()
    sun.fine().fill({"金额": str(due - received), "银行流水号": "CMB-0027"}).submit("登记到账").act("确认到账").state("已确认")
    sun.go(shipment).act("放行发货").state("已放行")


def one_comes_back(office: Office, story: StoryClock, link: str, number: str) -> None:
    """Everything is paid; then 王志强 sends one back, and each department does its part of it, from its list, until he has his money."""
    walk = by_services(story, number)
    walk.invoice()
    walk.pay()
    story.leap_to(walk.at + timedelta(minutes=5))
    returns.applied_for(office, link, number)
    returns.agreed(office, number)
    returns.fetched(office, story, number, story() + timedelta(days=1))
    returns.inspected(office, number)
    returns.settled(office, number)
    returns.refunded(office, number, "68,500.00")
    expect(office.as_customer(link).shot("customer-refunded").main).to_contain_text(re.compile(r"退款 TK\S+ 已于 \S+ 支付"))
