"""A refused order in a real browser: not feasible, the customer cannot wait, the product company's general manager approves on the way."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import Desk, Office
from tests.browser.steps import nothing_dangles, registered, reviewed_by

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WHY = "客户 12 月 10 日送电，推迟就改用别家。"
APPROVED = "断路器与触头盒均无库存，产线已满，不勉强承接。"


@pytest.mark.req("REV-04", "REV-05", "REV-06")
def test_a_refused_order_ends_by_the_general_manager_of_its_product_company_and_says_why(office: Office) -> None:
    zhou, lu, shen = (office.as_person(name) for name in ("zhoumin", "luhaifeng", "shenli"))
    number = registered(zhou, "合肥徽电", [("KYN28A-12", "进线柜", 24)], wanted="2026-12-10")
    zhou.act("确认要求").act("发起评审").state("常规评审中")
    reviewed_by(shen, number, 意见="不可行", 说明="触头盒与断路器 45 天内到不齐。")
    reviewed_by(lu, number, 意见="不可行", 说明="12 月产线已排满。")

    zhou.order(number).state("交期协商中").runs("记录客户对交期的答复").shot("refused-negotiating")
    expect(zhou.panel("review")).to_contain_text("触头盒与断路器 45 天内到不齐")
    zhou.act("客户不能延期", 原因=WHY).state("拒单待核准")

    for name in ("zhoumin", "gujianguo", "jiangzhigang", "luhaifeng", "yanfang", "linguodong"):
        cannot_approve(office.as_person(name), number)
    fang = office.as_person("fangzhiyuan", phone=True)
    fang.task(number, "核准拒单").shot("refused-approval")
    expect(fang.main).to_contain_text(WHY)
    fang.fill({"原因": APPROVED}).submit("核准拒单").state("已拒单")

    zhou.order(number).state("已拒单").shot("refused-order")
    expect(zhou.main.locator(".clk").filter(visible=True)).to_have_count(0)
    expect(zhou.main.locator(".tl")).to_contain_text(APPROVED)
    expect(zhou.main.get_by_role("link", name="发出报价")).to_have_count(0)
    nothing_dangles()


def cannot_approve(desk: Desk, number: str) -> None:
    """Neither on the order nor in My work; sellers and makers may see that it waits, but not decide it."""
    desk.go("/")
    expect(desk.main.locator(".task", has_text=number).filter(has_text="核准拒单")).to_have_count(0)
    desk.order(number).state("拒单待核准")
    for act in ("核准拒单", "裁定接单"):
        expect(desk.main.locator("a[href*='/do/']", has_text=act)).to_have_count(0)
