"""The sales office's sheet becomes orders: seen first, corrected or left out, stored once (INT-08)."""

import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.reasons import Stale
from orders.models import Customer, ImportedRow, Order
from orders.services.import_sheet import import_orders, split_contact
from tests.factories.order_sheet import order_sheet, order_sheet_file, saved

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
    assert answer.status_code == 302
    orders = list(Order.objects.order_by("pk"))
    assert len(orders) == 6
    assert sum(order.lines.count() for order in orders) == 10
    assert ImportedRow.objects.count() == 10
    page = browser.get(answer.url).content.decode()
    assert all(order.number in page for order in orders)


@pytest.fixture
def zhou(login, clerk_zhou):
    return login(clerk_zhou)


def imported(browser, **changes):
    answer = confirm(browser, {**fields(upload(browser)), **changes})
    assert answer.status_code == 302
    return answer


def test_what_the_sheet_says_stands_in_the_orders(zhou):
    imported(zhou)
    hengda, hefei, suzhou, hohhot, nordlys, grid = Order.objects.order_by("pk")
    assert hengda.customer.code == "C0001", "the blank behind the name does not matter"
    assert (hengda.customer_reference, hengda.channel, hengda.lines.count()) == ("HD-2611-018", "sheet", 3)
    assert (hengda.contact_name, hengda.contact_phone, hengda.delivery_address) == ("王工", "13800000001", "杭州余杭仓前项目部")
    assert hengda.memo == "L5: 同上合同\nL6: 备件"
    assert hefei.customer_reference == ""
    assert suzhou.memo.startswith("I9: 12月15日前\nL9: 超期每天罚合同价1%")
    assert f"{suzhou.lines.get(line_no=1).wanted_date}" == "2026-12-15"
    assert suzhou.lines.get(line_no=2).unit_price is None, "what has no price stays open"
    assert suzhou.priority == "special"
    assert hohhot.lines.get().unit_price == Decimal("420")
    assert (nordlys.currency, nordlys.contact_name, nordlys.contact_phone) == ("USD", "Kari Ødegård", "+47 55 00 00 05")
    assert nordlys.lines.get().list_price is None
    assert grid.amount == Decimal("1888000")


def test_the_preview_names_the_cell_of_what_is_to_be_looked_at(zhou):
    text = upload(zhou).content.decode()
    for said in ("I9: ", "L9: ", "J13: ", "#set:r10-item=XGN66-12"):
        assert said in text


def test_the_same_sheet_twice_creates_nothing_twice(zhou):
    imported(zhou)
    again = upload(zhou)
    assert [row for order in again.context["preview"].orders for row in order.rows] == []
    assert confirm(zhou, fields(again)).status_code == 422
    assert Order.objects.count() == 6


def test_a_double_click_imports_once_and_shows_the_same_answer(zhou):
    data = fields(upload(zhou))
    first, second = confirm(zhou, data), confirm(zhou, data)
    assert first.url == second.url
    assert Order.objects.count() == 6


def test_two_people_at_once_import_each_row_once(zhou, login, clerk_lin):
    lin = login(clerk_lin)
    mine, theirs = fields(upload(zhou)), fields(upload(lin))
    assert confirm(zhou, mine).status_code == 302
    late = confirm(lin, theirs)
    assert late.status_code == 422
    assert Order.objects.count() == 6


def test_the_same_row_cannot_be_stored_twice_even_past_the_preview(clerk_zhou, zhou):
    preview = upload(zhou).context["preview"]
    import_orders(orders=preview.inputs(), by=clerk_zhou, at=timezone.now())
    with pytest.raises(Stale):
        import_orders(orders=preview.inputs(), by=clerk_zhou, at=timezone.now())
    assert Order.objects.count() == 6


def test_a_row_that_changed_since_is_a_conflict_and_one_that_only_moved_is_not(zhou):
    imported(zhou)
    workbook = order_sheet()
    sheet = workbook.active
    sheet["F4"] = 5
    sheet.insert_rows(13)
    preview = upload(zhou, saved(workbook)).context["preview"]
    known = {row["number"]: known.same for order in preview.orders for row, known in order.known}
    assert known == {4: False, **dict.fromkeys((5, 6, 7, 8, 9, 10, 11, 12, 14), True)}
    assert Order.objects.count() == 6


def test_rows_are_corrected_or_left_out_in_the_preview(zhou):
    workbook = order_sheet()
    sheet = workbook.active
    sheet["D11"], sheet["F12"], sheet["B13"] = "PZ-30", "sechs", "国网湖北电力物资"
    preview = upload(zhou, saved(workbook))
    data = fields(preview)
    assert preview.context["preview"].wrong == 3
    text = preview.content.decode()
    assert "#set:r11-item=PZ30" in text
    assert "sechs" in text
    refused = confirm(zhou, data)
    assert refused.status_code == 422
    assert not Order.objects.exists(), "all or nothing"
    del data["r13-take"]
    checked = zhou.post("/orders/import/confirm/", {**data, "r11-item": "PZ30", "r12-quantity": "6", "check": "1"})
    assert checked.context["preview"].wrong == 0
    assert confirm(zhou, fields(checked)).status_code == 302
    assert Order.objects.count() == 5
    rest = upload(zhou, saved(workbook)).context["preview"]
    assert [row.row["number"] for order in rest.orders for row in order.rows] == [13]


def test_an_order_of_the_sheet_belongs_to_the_customer_that_the_clerk_chooses(zhou):
    sichuan = Customer.objects.get(code="C0004")
    imported(zhou, **{"o1-customer": str(sichuan.pk)})
    assert sichuan.orders.get().lines.count() == 2


@pytest.mark.parametrize(("content", "name"), [(b"MZ not a sheet", "orders.xlsx"), (b"PK\x03\x04 broken", "orders.xlsx")])
def test_a_hostile_file_is_refused_beside_its_field(zhou, content, name):
    page = zhou.post("/orders/import/", {"file": SimpleUploadedFile(name, content)})
    assert page.status_code == 422
    assert page.context["form"].errors["file"]


def test_a_preview_is_bound_to_the_person_who_uploaded_it_and_cannot_be_altered(zhou, login, clerk_lin):
    data = fields(upload(zhou))
    assert confirm(login(clerk_lin), data).url == "/orders/import/"
    assert confirm(zhou, data, sheet=data["sheet"][:-2] + "xx").url == "/orders/import/"
    assert not Order.objects.exists()


def test_others_than_the_sales_desk_import_nothing(login, operator_hu):
    browser = login(operator_hu)
    assert browser.get("/orders/import/").status_code == 403
    assert upload(browser).status_code == 403
    assert confirm(browser, {"sheet": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("王工 13800000001", ("王工", "13800000001")),
        ("李经理 0551-6000002", ("李经理", "0551-6000002")),
        ("Kari Ødegård +47 55 00 00 05", ("Kari Ødegård", "+47 55 00 00 05")),
        ("物资部", ("物资部", "")),
        ("13900000003", ("", "13900000003")),
    ],
)
def test_contact_and_phone_in_one_cell_are_told_apart(text, parts):
    assert split_contact(text) == parts


def test_a_preview_asks_no_more_for_many_rows(zhou, django_assert_max_num_queries):
    file = order_sheet_file()
    with django_assert_max_num_queries(30):
        upload(zhou, file)
