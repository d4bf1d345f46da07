"""The entry grid and the import in a real browser: keyboard, completion, pasting from Excel, the order sheet."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from orders.models import Order
from organization.models import Person
from tests.factories.order_sheet import order_sheet_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """(cell, text) => {
    const clipboard = new DataTransfer();
    clipboard.setData("text/plain", text);
    cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def zhou(live_server: Any, page: Page) -> Callable[[str], Page]:
    """`zhou("/orders/new/")` is that page before Zhou Min, the sales clerk; an error on the page fails the test."""
    browser = Client()
    browser.force_login(Person.objects.get(username="zhoumin"), backend="django.contrib.auth.backends.ModelBackend")
    page.context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def opened(path: str) -> Page:
        page.goto(live_server.url + path)
        assert not errors
        return page

    return opened


def cell(page: Page, row: int, name: str) -> Any:
    return page.locator(f"[name=lines-{row}-{name}]")


@pytest.mark.req("INT-01")
def test_zhou_types_a_line_pastes_two_from_excel_and_saves(zhou):
    page = zhou("/orders/new/")
    page.locator("#id_customer-ts-control").press_sequentially("hzhd")  # the initials of its pinyin
    expect(page.locator(".ts-dropdown [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("[name=customer] >> xpath=..")).to_contain_text("杭州恒达电力物资有限公司")
    expect(page.locator(".ts-dropdown")).to_be_hidden()
    cell(page, 0, "item").click()
    cell(page, 0, "item").press_sequentially("yzsb")
    expect(page.locator("#item-options [role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(cell(page, 0, "item")).to_have_value("YBM-12/0.4-630")
    expect(cell(page, 0, "unit_price")).to_have_value("228920.00")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(cell(page, 1, "quantity")).to_be_focused()
    cell(page, 1, "item").evaluate(PASTE, "KYN28A-12\t进线柜\t6\t\t2026-12-28\nCM1-225/3P\t备件\t30\t\t2026-12-18\n")
    expect(cell(page, 2, "unit_price")).not_to_have_value("")
    expect(cell(page, 2, "item")).to_have_value("CM1-225/3P")
    page.locator("[name=save]").click()
    page.wait_for_url("**/edit/")
    lines = Order.objects.get().lines.order_by("line_no").values_list("item__code", "quantity")
    assert list(lines) == [("YBM-12/0.4-630", 2), ("KYN28A-12", 6), ("CM1-225/3P", 30)]
    expect(cell(page, 1, "spec")).to_have_value("进线柜")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.req("INT-04")
def test_the_cure_of_a_finding_is_one_click(zhou):
    page = zhou("/orders/new/")
    page.locator("[name=customer]").evaluate("(select) => select.tomselect.setValue(select.options[1].value)")
    cell(page, 0, "item").fill("KYN28A12")
    page.locator("[name=save]").click()
    page.get_by_role("link", name="KYN28A-12").click()
    expect(cell(page, 0, "item")).to_have_value("KYN28A-12")
    page.locator("[name=save]").click()
    page.wait_for_url("**/edit/")


@pytest.mark.req("INT-08")
def test_the_order_sheet_is_read_looked_at_and_imported(zhou):
    page = zhou("/orders/import/")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("[name=file]").set_input_files({"name": "orders.xlsx", "mimeType": kind, "buffer": order_sheet_file().read()})
    page.locator("[data-key-main]").click()
    expect(page.locator("section.card")).to_have_count(6)
    expect(page.get_by_text("I9: ").first).to_be_visible()
    assert not Order.objects.exists()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("[name=confirm]").click()
    page.wait_for_url("**made=**")
    expect(page.locator("table.rows tbody tr")).to_have_count(6)
    assert Order.objects.count() == 6
