"""Who sees which page of procurement, and that its acts work from the browser."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from core.panels import PANELS
from orders.models import Order
from procurement.models import Arrival, Demand, PurchaseOrder, Supplier, SupplierItem
from procurement.services import approve_purchase, make_purchase, send_purchase
from tests.factories.production import instructed_order
from tests.personas import MONDAY_9AM, SHANGHAI

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 11, tzinfo=SHANGHAI)


@pytest.fixture
def order() -> Order:
    return instructed_order(("KYN28A-12", "3"))


@pytest.fixture
def purchase(order, buyer_luo) -> PurchaseOrder:
    row = Demand.objects.get(order=order, item__code="AL-ZN-2.0")
    prices = {row.item_id: Decimal("7.8")}
    return make_purchase(supplier=Supplier.objects.get(code="G004"), demands=[row], prices=prices, by=buyer_luo, at=MONDAY_9AM)


@pytest.fixture
def sent(purchase, buyer_luo, purchasing_head_cao) -> PurchaseOrder:
    approve_purchase(purchase=purchase, by=purchasing_head_cao, at=MONDAY_9AM)
    return send_purchase(purchase=purchase, by=buyer_luo, at=MONDAY_9AM)


def post(client, url, **values):
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return client.post(url, {name: "" if value is None else value for name, value in data.items()} | values)


@pytest.mark.req("PUR-02")
def test_the_buyer_ticks_demand_and_has_a_purchase_order_once(login, order, buyer_luo):
    client = login(buyer_luo)
    url = reverse("procurement:demand")
    page = client.get(url)
    assert "AL-ZN-2.0" in page.content.decode()
    row = Demand.objects.get(order=order, item__code="AL-ZN-2.0")
    data = {
        "once": page.context["form"]["once"].value(),
        "supplier": Supplier.objects.get(code="G004").pk,
        "demands": [row.pk],
        "remark": "",
    }
    first, second = client.post(url, data), client.post(url, data)
    assert first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    assert PurchaseOrder.objects.count() == 1


@pytest.mark.req("PUR-02", "CHG-09")
def test_a_price_that_is_missing_is_asked_for_beside_its_row_and_what_was_ticked_stays(login, order, buyer_luo):
    SupplierItem.objects.update(price=None)
    client, url = login(buyer_luo), reverse("procurement:demand")
    row = Demand.objects.get(order=order, item__code="AL-ZN-2.0")
    data = {"supplier": Supplier.objects.get(code="G004").pk, "demands": [row.pk], "remark": ""}
    page = client.post(url, {**data, "once": client.get(url).context["form"]["once"].value()})
    assert page.status_code == 422 and not PurchaseOrder.objects.exists()
    shown = next(each for each in page.context["rows"] if each["demand"] == row)
    assert shown["ticked"] and "AL-ZN-2.0" in shown["errors"][0]
    page = client.post(url, {**data, "once": page.context["form"]["once"].value(), f"price_{row.pk}": "-1"})
    shown = next(each for each in page.context["rows"] if each["demand"] == row)
    assert page.status_code == 422 and shown["errors"] and shown["price"] == "-1"
    page = client.post(url, {**data, "once": page.context["form"]["once"].value(), f"price_{row.pk}": "7.85"})
    assert page.status_code == 302 and PurchaseOrder.objects.get().lines.get().unit_cost == Decimal("7.85")


def test_nothing_ticked_says_so(login, order, buyer_luo):
    client = login(buyer_luo)
    url = reverse("procurement:demand")
    once = client.get(url).context["form"]["once"].value()
    answer = client.post(url, {"once": once, "supplier": Supplier.objects.get(code="G004").pk})
    assert answer.status_code == 422 and "demands" in answer.context["form"].errors


def test_a_refusal_of_the_service_stands_on_the_page(login, order, buyer_luo):
    client = login(buyer_luo)
    url = reverse("procurement:demand")
    row = Demand.objects.get(order=order, item__code="AL-ZN-2.0")
    once = client.get(url).context["form"]["once"].value()
    answer = client.post(url, {"once": once, "supplier": Supplier.objects.get(code="G005").pk, "demands": [row.pk]})
    assert answer.status_code == 422 and PurchaseOrder.objects.count() == 0
    assert "温州绝缘件厂" in answer.content.decode()


def test_the_production_manager_looks_at_demand_but_buys_nothing(login, order, production_manager_lu):
    client = login(production_manager_lu)
    assert client.get(reverse("procurement:demand")).status_code == 200
    assert client.post(reverse("procurement:demand"), {}).status_code == 403


def test_a_clerk_has_no_page_of_purchasing(login, order, purchase, clerk_zhou):
    client = login(clerk_zhou)
    assert client.get(reverse("procurement:demand")).status_code == 403
    assert client.get(purchase.get_absolute_url()).status_code == 404
    assert client.get(reverse("procurement:sheet", args=[order.number])).status_code == 404


def test_costs_stand_on_the_page_only_for_those_who_see_costs(login, purchase, buyer_luo, production_manager_lu):
    assert "7.80" in login(buyer_luo).get(purchase.get_absolute_url()).content.decode()
    page = login(production_manager_lu).get(purchase.get_absolute_url())
    assert page.status_code == 200 and "7.80" not in page.content.decode()


def test_the_head_approves_from_the_page(login, purchase, purchasing_head_cao):
    assert post(login(purchasing_head_cao), reverse("procurement:purchase_act", args=[purchase.number, "approve"])).status_code == 302
    assert PurchaseOrder.objects.get(pk=purchase.pk).approved_by == "曹建平"


@pytest.mark.req("PUR-06")
def test_an_arrival_is_recorded_from_the_page_and_too_much_is_refused(login, sent, buyer_luo):
    client = login(buyer_luo)
    url = reverse("procurement:purchase_act", args=[sent.number, "record_arrival"])
    line = sent.lines.get()
    much = post(client, url, line=line.pk, quantity="99999", delivery_note="SN1")
    assert much.status_code == 422 and "quantity" in much.context["form"].errors
    assert post(client, url, line=line.pk, quantity="10", delivery_note="SN1").status_code == 302
    assert Arrival.objects.get().quantity == 10
    assert "SN1" in client.get(sent.get_absolute_url()).content.decode()


@pytest.mark.req("PUR-04")
def test_the_buyer_confirms_the_arrival_date_from_the_page(login, sent, buyer_luo):
    line = sent.lines.get()
    url = reverse("procurement:purchase_act", args=[sent.number, "confirm_arrival_date"])
    answer = post(login(buyer_luo), url, **{f"date_{line.pk}": "2099-12-08"})
    assert answer.status_code == 302
    assert sent.lines.get().promised_date.isoformat() == "2099-12-08"


def test_lists_and_the_sheet_are_shown(login, order, purchase, controller_shen):
    client = login(controller_shen)
    assert purchase.number in client.get(reverse("procurement:purchases"), {"q": "AL-ZN"}).content.decode()
    assert "AL-ZN-2.0" in client.get(reverse("procurement:sheet", args=[order.number])).content.decode()
    assert client.get(reverse("procurement:sheet_act", args=[order.number, "add_demand"])).status_code == 200


def test_the_panel_takes_three_queries(order, purchase, production_manager_lu, django_assert_num_queries):
    with django_assert_num_queries(3):
        found = PANELS["procurement"].context(order, production_manager_lu)
        [(str(row.item), row.item.unit.code) for row in found["missing"]]
        [(row.purchase.number, str(row.purchase.supplier), row.item.unit.code) for row in found["lines"]]
    assert found["total"] == 9


def test_suppliers_are_kept_by_master_keepers(login, purchase, administrator_gao):
    client = login(administrator_gao)
    supplier = Supplier.objects.get(code="G004")
    page = client.get(reverse("admin:procurement_supplier_change", args=[supplier.pk]))
    assert page.status_code == 200 and "listed-0-price" not in page.content.decode()
    assert client.get(reverse("admin:procurement_purchaseorder_change", args=[purchase.pk])).status_code in (200, 302)
