"""Parts of stories that several of them tell: registering by hand, giving an opinion, what must hold at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO

from django.core.management import call_command
from playwright.sync_api import expect

from tests.browser.pages import Desk, Office

Goods = Sequence[tuple[str, str, int]]  # item code, specification, quantity


def registered(clerk: Desk, customer: str, goods: Goods, *, wanted: str, yes: str = "") -> str:
    """A complete enquiry typed in while the customer is on the phone; the questions are answered no, but for `yes`. Returns the number."""
    clerk.go("/orders/new/")
    name = next(o for o in clerk.page.locator("[name=customer] option").all_inner_texts() if customer in o)
    clerk.page.locator("#id_customer-ts-control").fill(customer)
    clerk.page.locator(".ts-dropdown [role=option]", has_text=name).click()
    head = {"contact_name": "王工", "contact_phone": "13800000001", "delivery_address": "合肥高新区创新大道 8 号", "wanted_date": wanted}
    for field, value in {**head, "quality": "按企业标准"}.items():
        clerk.page.locator(f"[name={field}]").fill(value)
    for row, (code, spec, quantity) in enumerate(goods):
        for field, value in (("item", code), ("spec", spec), ("quantity", str(quantity))):
            clerk.page.locator(f"[name=lines-{row}-{field}]").fill(value)
    for question in clerk.main.get_by_role("radiogroup").all():
        label = question.locator("xpath=..").inner_text()
        question.get_by_text("是" if yes and yes in label else "否", exact=True).click()
    clerk.submit("已保存").state("已登记")
    return clerk.main.locator("h1").inner_text()


def reviewed_by(head: Desk, number: str, **opinion: str) -> None:
    """A department's head answers from My work."""
    head.task(number, "提交评审意见").fill(opinion).submit("提交评审意见")


def rows_are_decided(office: Office, change: str, *names: str) -> None:
    """Each row of a change's impact by whom it asks, on the request's page: the first thing offered. None stays open."""
    for name in names:
        desk = office.as_person(name).go(change)
        while (rows := desk.main.locator("tr.todo").filter(has=desk.page.locator("form.seg"))).count():
            rows.first.locator("form.seg button").first.click()
            desk.told("决定如何处理")
    expect(office.as_person("zhoumin").go(change).main.locator("tr.todo")).to_have_count(0)


def nothing_dangles() -> None:
    said = StringIO()
    call_command("verify", stdout=said)
    assert re.search(r"\b0 violations", said.getvalue()), said.getvalue()
