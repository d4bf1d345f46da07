"""A clerk registers an order by hand: what is checked, what is kept, what stops and what only warns."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.models import Fact
from inventory.models import Item
from orders.guards import missing_requirements
from orders.models import Customer, Order, Surcharge
from orders.services.intake import confirm_requirements, withdraw

pytestmark = pytest.mark.django_db


def hengda() -> Customer:
    return Customer.objects.get(code="C0001")


def typed(*lines, extras=(), **head) -> dict[str, str]:
    """The entry form as filled in: `lines` and `extras` are dicts of the cells that were typed."""
    data = {
        "once": head.pop("once", f"key-{timezone.now().timestamp()}"),
        "customer": str(hengda().pk),
        "channel": "fax",
        "received_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "lines-TOTAL_FORMS": str(len(lines)),
        "lines-INITIAL_FORMS": "0",
        "extras-TOTAL_FORMS": str(len(extras)),
        "extras-INITIAL_FORMS": "0",
        "save": "1",
    }
    for prefix, rows in (("lines", lines), ("extras", extras)):
        data |= {f"{prefix}-{i}-{name}": str(value) for i, row in enumerate(rows) for name, value in row.items()}
    return {**data, **{name: str(value) for name, value in head.items()}}


def again(browser, order, *lines, **head) -> dict[str, str]:
    """The same for an order that stands: with the version of the page as it is now."""
    page = browser.get(f"/orders/{order.number}/edit/")
    return typed(
        *lines,
        **{
            "version": page.context["head"]["version"].value(),
            "received_at": f"{timezone.localtime(order.received_at):%Y-%m-%dT%H:%M}",
            **head,
        },
    )


WANTED = (timezone.localdate() + timedelta(days=35)).isoformat()
PANELS = {"item": "KYN28A-12", "spec": "1250A/31.5kA", "quantity": "4", "wanted_date": WANTED}
FULL = {"contact_name": "王工", "contact_phone": "13800000001", "delivery_address": "余杭仓前", "quality": "按企业标准"}


@pytest.mark.req("INT-01")
def test_zhou_registers_an_order_that_came_by_fax_with_its_time_of_receipt(login, clerk_zhou):
    browser = login(clerk_zhou)
    received = timezone.localtime() - timedelta(minutes=25)
    answer = browser.post("/orders/new/", typed(PANELS, received_at=f"{received:%Y-%m-%dT%H:%M}", customer_reference="HD-2611-022"))
    order = Order.objects.get()
    assert answer.url == f"/orders/{order.number}/edit/"
    assert order.channel == "fax"
    assert order.received_at == received.replace(second=0, microsecond=0)
    assert order.clerk_post_id == clerk_zhou.hats[0].post_id
    assert order.payment_term == hengda().payment_term
    line = order.lines.get()
    assert (line.item.code, line.quantity, line.unit_price) == ("KYN28A-12", 4, Decimal("66445"))  # QUO-01: grade A, 3 %


def test_a_double_click_registers_one_order(login, clerk_zhou):
    browser, form = login(clerk_zhou), typed(PANELS)
    first, second = browser.post("/orders/new/", form), browser.post("/orders/new/", form)
    assert first.url == second.url
    assert Order.objects.count() == 1


def registered(browser, *lines, **head) -> Order:
    """An order as it stands after a first save."""
    answer = browser.post("/orders/new/", typed(*lines, **head))
    assert answer.status_code == 302, [answer.context["head"].errors, [form.errors for form in answer.context["formset"]]]
    return Order.objects.order_by("pk").last()


def findings(page, row: int = 0) -> list[str]:
    return [finding["text"] for finding in page.context["formset"].forms[row].findings]


def test_only_the_sales_desk_enters_orders(login, clerk_zhou, operator_hu, clerk_lin):
    order = registered(login(clerk_zhou), PANELS)
    stranger = login(operator_hu)
    assert stranger.get("/orders/new/").status_code == 403
    assert stranger.get("/orders/complete-item/?q=KYN").status_code == 403
    assert stranger.get(f"/orders/{order.number}/edit/").status_code == 404  # who may not see it is not told that it is there
    assert login(clerk_lin).get(f"/orders/{order.number}/edit/").status_code == 200


@pytest.mark.req("INT-01")
def test_a_time_of_receipt_in_the_future_is_refused_beside_its_field_and_nothing_typed_is_lost(login, clerk_zhou):
    ahead = timezone.localtime() + timedelta(hours=2)
    page = login(clerk_zhou).post("/orders/new/", typed(PANELS, received_at=f"{ahead:%Y-%m-%dT%H:%M}", memo="12月底前一定要"))
    assert page.status_code == 422
    assert page.context["head"].errors["received_at"]
    assert "12月底前一定要" in page.content.decode()
    assert "1250A/31.5kA" in page.content.decode()
    assert not Order.objects.exists()


@pytest.mark.req("INT-04")
def test_an_unknown_model_stops_the_save_and_offers_what_is_like_it(login, clerk_zhou):
    page = login(clerk_zhou).post("/orders/new/", typed({**PANELS, "item": "KYN28-12"}, {**PANELS, "quantity": "vier"}))
    assert page.status_code == 422
    first, second = page.context["formset"].forms
    assert first.errors["item"]
    assert "#set:lines-0-item=KYN28A-12" in page.content.decode()
    assert second.errors["quantity"]
    assert "vier" in page.content.decode()
    assert not Order.objects.exists()


@pytest.mark.req("INT-04")
def test_a_quantity_finer_than_the_unit_stops_the_save(login, clerk_zhou):
    page = login(clerk_zhou).post("/orders/new/", typed({**PANELS, "quantity": "1.5"}))
    assert page.status_code == 422
    assert page.context["formset"].forms[0].errors["quantity"]


@pytest.mark.req("INT-04")
def test_warnings_stand_under_their_fields_and_do_not_stop_a_draft(login, clerk_zhou):
    browser = login(clerk_zhou)
    old = {"item": "XGN2-12", "spec": "按2009年原图", "quantity": "2"}
    bars = {"item": "tmy-8x80", "spec": "铜母线", "quantity": "520 kg", "unit_price": "¥70.00"}
    order = registered(browser, old, bars)
    page = browser.get(f"/orders/{order.number}/edit/")
    text = page.content.decode()
    assert "#set:lines-0-item=XGN66-12" in text
    assert "#set:lines-1-quantity=500" in text
    assert "#set:lines-1-quantity=550" in text
    fields = [(finding["field"], finding["kind"]) for finding in page.context["formset"].forms[1].findings]
    assert fields == [("quantity", "soon"), ("quantity", "soon"), ("unit_price", "soon")]


@pytest.mark.req("INT-04")
def test_an_order_like_a_recent_one_of_the_same_customer_is_pointed_out(login, clerk_zhou):
    browser = login(clerk_zhou)
    first = registered(browser, PANELS, customer_reference="HD-2611-022")
    second = registered(browser, PANELS, customer_reference="HD-2611-022")
    page = browser.get(f"/orders/{second.number}/edit/")
    (twin,) = page.context["head"].twins
    assert first.number in twin["text"]
    assert twin["url"] == first.get_absolute_url()
    other = registered(browser, PANELS, customer=Customer.objects.get(code="C0003").pk)
    assert browser.get(f"/orders/{other.number}/edit/").context["head"].twins == []


@pytest.mark.req("QUO-01")
def test_the_price_is_that_of_the_list_with_the_better_of_grade_and_quantity(login, clerk_zhou):
    browser = login(clerk_zhou)
    order = registered(browser, PANELS, {"item": "CM1-225/3P", "quantity": "30"}, {"item": "CM1-225/3P", "quantity": "3"})
    breaker = Item.objects.get(code="CM1-225/3P").list_price
    assert [line.unit_price for line in order.lines.order_by("line_no")] == [
        Decimal("66445"),
        breaker * Decimal("0.95"),  # twenty pieces: 5 % instead of the grade's 3 %
        breaker * Decimal("0.97"),
    ]
    given = browser.get(f"/orders/complete-item/?q=cm1-225/3p&customer={hengda().pk}&quantity=30").json()
    assert Decimal(given[0]["price"]) == breaker * Decimal("0.95")


def test_items_are_found_by_part_of_the_code_the_name_and_the_initials_of_its_pinyin(login, clerk_zhou):
    browser = login(clerk_zhou)

    def codes(text: str) -> list[str]:
        return [item["code"] for item in browser.get("/orders/complete-item/", {"q": text}).json()]

    assert codes("ggd")[0] == "GGD"
    assert codes("预装式")[:2] == codes("yzsb")[:2] == ["YBM-12/0.4-1000", "YBM-12/0.4-630"]
    assert "KYN28A-12" in codes("28a")
    assert len(codes("1")) <= 12
    assert codes("") == codes("nothing like it") == []
    (old,) = browser.get("/orders/complete-item/", {"q": "XGN2-12"}).json()
    assert old["price"] == ""
    assert "XGN66-12" in old["hint"]


@pytest.mark.req("INT-02")
def test_the_page_lists_what_is_missing_each_with_a_link_to_its_field(login, clerk_zhou):
    browser = login(clerk_zhou)
    order = registered(browser, {"item": "GGJ", "quantity": "2"})
    page = browser.get(f"/orders/{order.number}/edit/")
    gaps = {gap["url"] for row in page.context["checks"]["rows"] for gap in row["gaps"]}
    wanted = {"#id_contact_name", "#id_contact_phone", "#id_delivery_address", "#id_quality", "#id_lines-0-spec", "#id_lines-0-wanted_date"}
    assert gaps == wanted
    assert len(gaps) == len(missing_requirements(order))
    text = page.content.decode()
    assert all(f'href="{url}"' in text and f'id="{url[1:]}"' in text for url in wanted)
    assert listed(text) == (len(wanted), page.context["checks"]["done"])


def listed(text: str) -> tuple[int, int]:
    """How many gaps and how many met requirements the rail lists."""
    return text.count('<li class="no">'), text.count('<li class="yes">')


@pytest.mark.req("INT-02")
def test_an_empty_page_counts_what_it_lists_and_names_all_that_will_be_asked(login, clerk_zhou):
    page = login(clerk_zhou).get("/orders/new/")
    checks = page.context["checks"]
    assert (0, listed(page.content.decode())) == (checks["done"], (checks["all"], 0))
    assert {"#id_lines-0-spec", "#id_lines-0-quantity", "#id_contact_phone"} <= {
        gap["url"] for row in checks["rows"] for gap in row["gaps"]
    }


def test_a_wanted_date_without_lines_is_kept_and_taken_by_the_lines_that_follow(login, clerk_zhou):
    browser = login(clerk_zhou)
    order = registered(browser, wanted_date=WANTED)
    assert f"{order.wanted_date}" == WANTED
    assert f"{browser.get(f'/orders/{order.number}/edit/').context['head']['wanted_date'].value()}" == WANTED
    line = {"item": "GGJ", "quantity": "2"}
    browser.post(f"/orders/{order.number}/edit/", again(browser, order, line, wanted_date=WANTED))
    assert f"{order.lines.get().wanted_date}" == WANTED


@pytest.mark.parametrize("where", ["head", "line"])
def test_nothing_is_wanted_before_it_was_ordered(login, clerk_zhou, where):
    wanted = {"wanted_date": "2020-01-01"}
    form = typed(**wanted) if where == "head" else typed({**PANELS, **wanted})
    page = login(clerk_zhou).post("/orders/new/", form)
    refused = page.context["head"] if where == "head" else page.context["formset"].forms[0]
    assert (page.status_code, list(refused.errors)) == (422, ["wanted_date"])
    assert not Order.objects.exists()


def test_who_types_on_while_the_order_is_withdrawn_is_told_that_nothing_can_be_saved(login, clerk_zhou):
    browser = login(clerk_zhou)
    order = registered(browser, PANELS)
    mine = again(browser, order, {**PANELS, "line_no": "1", "quantity": "7"}, once="mine")
    withdraw(order=order, reason="客户撤单", by=clerk_zhou, at=timezone.now())
    page = browser.post(f"/orders/{order.number}/edit/", mine)
    text = page.content.decode()
    assert (page.status_code, page.context["stale"]) == (409, False)
    assert "订单现为“已撤回”，不能再保存" in text
    assert 'name="save"' not in text
    assert 'value="7"' in text, "what was typed is there to be copied"


@pytest.mark.req("REV-01")
def test_the_four_questions_are_answered_beforehand_where_the_data_knows_and_make_the_class(login, clerk_zhou):
    browser = login(clerk_zhou)
    order = registered(browser, {**PANELS, "item": "XGN2-12"}, memo="超期每天罚合同价1%")
    questions = browser.get(f"/orders/{order.number}/edit/").context["questions"]
    assert questions["is_old_product"].value() == "1"
    assert questions["tight_with_penalty"].value() == "1"
    assert questions["needs_design"].value() is None
    line = {**PANELS, "item": "XGN2-12", "line_no": "1"}
    browser.post(f"/orders/{order.number}/edit/", again(browser, order, line, **{"q-is_old_product": 1}))
    order.refresh_from_db()
    assert (order.is_old_product, order.needs_design, order.order_class) == (True, None, "")  # a draft keeps the answers it has
    answers = {"q-needs_design": 0, "q-is_old_product": 1, "q-above_standard": 0, "q-tight_with_penalty": 0}
    browser.post(f"/orders/{order.number}/edit/", again(browser, order, line, **answers))
    order.refresh_from_db()
    assert order.order_class == "irregular"
    assert Fact.objects.filter(order_id=order.pk, kind="orders.OrderWasClassified").count() == 1


@pytest.mark.req("INT-12")
def test_the_clerk_corrects_freely_until_the_requirements_are_confirmed(login, clerk_zhou):
    browser = login(clerk_zhou)
    no = {f"q-{name}": 0 for name in ("needs_design", "is_old_product", "above_standard", "tight_with_penalty")}
    order = registered(browser, PANELS, {"item": "GGD", "spec": "进线柜", "quantity": "3"}, wanted_date="12-28", **FULL, **no)
    left = {**PANELS, "line_no": "2", "item": "GGD", "quantity": "5"}
    answer = browser.post(f"/orders/{order.number}/edit/", again(browser, order, left, **{**FULL, "continue": "1"}, **no))
    assert answer.url == order.get_absolute_url()
    order.refresh_from_db()
    (line,) = order.lines.all()
    assert (line.line_no, line.quantity) == (2, 5)  # it keeps its number, the first is never given again
    fact = Fact.objects.filter(order_id=order.pk, kind="orders.OrderWasEdited").last()
    assert "lines" in fact.changes
    confirm_requirements(order=order, by=clerk_zhou, at=timezone.now())
    closed = browser.get(f"/orders/{order.number}/edit/")
    assert closed.url == order.get_absolute_url()


def test_a_stale_save_shows_both_versions_and_saving_again_is_possible(login, clerk_zhou, clerk_lin):
    zhou, lin = login(clerk_zhou), login(clerk_lin)
    order = registered(zhou, PANELS, delivery_address="余杭仓前")
    mine = again(zhou, order, {**PANELS, "line_no": "1", "quantity": "7"}, delivery_address="仓前路 1 号", once="mine")
    lin.post(f"/orders/{order.number}/edit/", again(lin, order, {**PANELS, "line_no": "1", "quantity": "6"}, delivery_address="余杭五常"))
    page = zhou.post(f"/orders/{order.number}/edit/", mine)
    assert page.status_code == 409
    text = page.content.decode()
    assert "林晓燕" in text or clerk_lin.name in text
    assert "余杭五常" in text
    assert "仓前路 1 号" in text
    assert "× 6" in text
    assert "× 7" in text
    order.refresh_from_db()
    assert order.lines.get().quantity == 6, "nothing was overwritten"
    knowingly = {**mine, "version": page.context["head"]["version"].value(), "once": page.context["head"]["once"].value()}
    assert zhou.post(f"/orders/{order.number}/edit/", knowingly).status_code == 302
    assert order.lines.get().quantity == 7


def test_a_surcharge_is_a_line_of_its_own_under_its_parent_and_a_remark_stays_on_its_line(login, clerk_zhou):
    colour, steel = Surcharge.objects.get(code="YX-01"), Surcharge.objects.get(code="YX-03")
    extras = [
        {"parent": 1, "surcharge": colour.pk, "quantity": 4},
        {"parent": 1, "surcharge": steel.pk, "quantity": 4},
        {"parent": 1, "remark": "开孔按附图"},
    ]
    browser = login(clerk_zhou)
    order = registered(browser, PANELS, extras=extras)
    goods, first, second = order.lines.order_by("line_no")
    assert goods.remark == "开孔按附图"
    assert [(line.kind, line.parent_id, line.unit_price, str(line.unit)) for line in (first, second)] == [
        ("surcharge", goods.pk, Decimal("600"), "面"),
        ("surcharge", goods.pk, Decimal("66445") * 35 / 100, "面"),
    ]
    page = browser.get(f"/orders/{order.number}/edit/")
    assert len(page.context["formset"].initial) == 1
    assert [values["parent"] for values in page.context["extras"].initial] == [1, 1, 1]
    wrong = browser.post("/orders/new/", typed(PANELS, extras=[{"parent": 9, "remark": "?"}]))
    assert wrong.context["extras"].forms[0].errors["parent"]


def test_an_order_of_thirty_lines_asks_no_more_than_one_of_a_single_line(login, clerk_zhou, django_assert_max_num_queries):
    browser = login(clerk_zhou)
    order = registered(browser, *([PANELS] * 30))
    with django_assert_max_num_queries(35) as asked:
        assert browser.get(f"/orders/{order.number}/edit/").status_code == 200
    many = len(asked)
    few = registered(browser, PANELS, customer=Customer.objects.get(code="C0003").pk)
    with django_assert_max_num_queries(many) as asked:
        browser.get(f"/orders/{few.number}/edit/")
    assert many - len(asked) <= 1  # near orders are looked into when there are any
