"""A cancelled order in a real browser: in production, with purchases under way; everything that hangs on it is decided and ends."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from demo.walk import Walk
from inventory.models import Reservation
from orders.models import Order
from orders.workflow import OrderState
from procurement.models import PurchaseOrder
from tests.browser.goods_steps import components_are_ordered, inspected_and_put_away
from tests.browser.pages import Desk, Office, StoryClock
from tests.browser.steps import nothing_dangles, rows_are_decided
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "项目停建，六面柜全部取消。"


@pytest.mark.req("CHG-09")
def test_a_cancelled_order_ends_with_everything_that_hangs_on_it(office: Office, story: StoryClock) -> None:
    walk = planned()
    story.leap_to(walk.at)
    number = walk.order.number
    came = components_are_under_way(office, number)
    zhou, gu = office.as_person("zhoumin"), office.as_person("gujianguo")

    zhou.order(number).state("生产中").act("客户取消", 客户原话=WORDS, 渠道="电话", 客户方联系人="王工")
    cancelling = zhou.shot("cancelling").page.url
    expect(zhou.main).to_contain_text(WORDS)
    money_spent_is_shown_to_whom_it_concerns(office, cancelling)
    rows_are_decided(office, cancelling, "luhaifeng", "shenli", "luojing", "yanfang", "qianchunmei", "sunyaqin", "zhoumin")
    expect(gu.go(cancelling).main.locator(".why").filter(has_text="取消订单")).to_contain_text("尚未与客户商定取消费用")
    charge = {"含税费用（订单币种）": "36000", "谁同意、怎样同意、包含什么": "王工来函同意：母线与柜体钢板已下料。"}
    zhou.go(cancelling).act("登记商定的费用", charge).shot("cancelling-decided")

    gu.order(number).act("取消订单", 原因="客户项目停建，费用已商定。").state("已取消").shot("cancelled-order")
    gu.runs("支付退款")
    expect(gu.main.locator(".clk").filter(visible=True)).to_have_count(1)  # nothing else is awaited
    everything_has_ended(office, walk.order, came)
    nothing_dangles()


def planned() -> Walk:
    """An irregular order of six whose plan is released, by services (test_irregular shows how people do it)."""
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("KYN28A-12", 6)], days=60)
    walk.confirm(needs_design=True)
    walk.to(OrderState.PLANNED)
    return walk


def components_are_under_way(office: Office, number: str) -> str:
    """罗静 orders what stock does not cover; one piece of one purchase comes, is inspected and put away; 韩磊 starts the design.

    Returns that purchase's number.
    """
    components_are_ordered(office, number)
    luo = office.as_person("luojing").go("/procurement/?state=sent")
    luo.main.locator("table.rows tbody a").first.click()
    came = luo.fine().main.locator("h1").inner_text()
    luo.act("登记到货", 数量="1", 送货单号="SN-1")
    inspected_and_put_away(office)
    han = office.as_person("hanlei")
    han.go("/production/tasks/").main.locator(".task", has_text=number).get_by_role("link", name="开工").click()
    han.submit("开工").state("进行中")
    return came


def money_spent_is_shown_to_whom_it_concerns(office: Office, cancelling: str) -> None:
    """罗静 reads what the purchases cost, 周敏 does not."""
    luo, zhou = office.as_person("luojing").go(cancelling), office.as_person("zhoumin").go(cancelling)
    expect(luo.main.get_by_text("已发生").first).to_be_visible()
    expect(zhou.main.get_by_text("已发生")).to_have_count(0)


def everything_has_ended(office: Office, order: Order, came: str) -> None:
    """The purchases, the plan and the reservations, as their departments see them."""
    luo, lu = office.as_person("luojing"), office.as_person("luhaifeng")
    purchases = PurchaseOrder.objects.filter(lines__order=order).distinct()
    assert len(purchases) > 1
    for purchase in purchases:  # of the one that came in part no more is to come
        luo.go(purchase.get_absolute_url()).state("已到货" if purchase.number == came else "已取消")
    lu.go(order.plan.get_absolute_url()).state("已取消")
    assert not Reservation.objects.filter(order_id=order.pk, closed_at=None).exists()
    han: Desk = office.as_person("hanlei", phone=True).go("/production/tasks/")
    expect(han.main.locator(".task", has_text=order.number)).to_have_count(0)
