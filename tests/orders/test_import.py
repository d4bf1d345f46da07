"""The sales office's sheet becomes orders: seen first, corrected or left out, stored once (INT-08)."""

import re
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders.models import ImportedRow, Order
from tests.factories.order_sheet import order_sheet_file

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-08")]


class Fields(HTMLParser):
    """What a browser would post for the page's last form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.select = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "input" and a.get("name"):
            if a.get("type") not in ("checkbox", "radio") or "checked" in a:
                self.found[a["name"]] = a.get("value", "on" if a.get("type") == "checkbox" else "")
        elif tag == "select":
            self.select = a.get("name", "")
            self.found.setdefault(self.select, "")
        elif tag == "option" and self.select and "selected" in a:
            self.found[self.select] = a.get("value", "")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""


def fields(answer) -> dict[str, str]:
    found = Fields(answer.content.decode()).found
    return {name: value for name, value in found.items() if re.match(r"(sheet|once|o\d+-|r\d+-)", name)}


def upload(browser, file=None, name="orders.xlsx"):
    content = (file or order_sheet_file()).read()
    return browser.post("/orders/import/", {"file": SimpleUploadedFile(name, content)})


def confirm(browser, data, **changes):
    return browser.post("/orders/import/confirm/", {**data, **changes, "confirm": "1"})


def test_the_sheet_of_november_becomes_six_orders_with_ten_lines(login, clerk_zhou):
    browser = login(clerk_zhou)
    preview = upload(browser)
    assert preview.status_code == 200
    assert not Order.objects.exists(), "nothing is stored before confirming"
    answer = confirm(browser, fields(preview))
    if answer.status_code != 302:
        for f in answer.context["preview"].orders:
            print(f.data.get(f.prefix + "-customer"), dict(f.errors), [dict(r.errors) for r in f.rows])
    assert answer.status_code == 302, answer.context["problem"]
    orders = list(Order.objects.order_by("pk"))
    assert len(orders) == 6
    assert sum(order.lines.count() for order in orders) == 10
    assert ImportedRow.objects.count() == 10
    page = browser.get(answer.url).content.decode()
    assert all(order.number in page for order in orders)
