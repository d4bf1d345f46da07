"""Demand from the bill of material, purchases from demand, arrivals that wait for the inspection (PLN-03, PUR-02, PUR-06, PUR-07)."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from core.actor import SYSTEM
from core.models import Fact
from core.questions import ask
from core.reasons import NotAllowed, NotReady, Reason
from documents.registry import FORMS
from inventory.models import Item, PutAway, StockBalance
from inventory.selectors import reserved_for
from inventory.services import await_put_away, put_away
from orders.models import Order
from organization.models import Post
from procurement.covering import find_demand
from procurement.models import Demand, DemandSheet, PurchaseOrder, Supplier, SupplierItem
from procurement.selectors import suppliers_of, total_cost
from procurement.services import (
    add_demand,
    approve_purchase,
    confirm_arrival_date,
    drop_purchase,
    make_purchase,
    record_arrival,
    rounded_up,
    send_purchase,
)
from sla.models import RunningClock
from tests.factories.production import instructed_order, line_of
from tests.personas import MONDAY_9AM, SHANGHAI

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 11, tzinfo=SHANGHAI)


@pytest.fixture
def order() -> Order:
    """Three cabinets: the protection relays and the breakers are in store, some material is not."""
    return instructed_order(("KYN28A-12", "3"))


def demand(order: Order, code: str) -> Demand:
    return Demand.objects.select_related("item__unit").get(order=order, item__code=code)


@pytest.mark.req("PLN-03")
def test_stock_of_the_group_is_reserved_first_and_the_rest_is_open_demand(order):
    relay, sheet_metal = demand(order, "WGB-871"), demand(order, "AL-ZN-2.0")
    assert (relay.quantity, relay.reserved, relay.open) == (Decimal(3), Decimal(3), Decimal(0))
    assert reserved_for("component", [relay.pk])[relay.pk] == Decimal(3)
    assert sheet_metal.open == sheet_metal.quantity - sheet_metal.reserved > 0
    assert ("AL-ZN-2.0", sheet_metal.open) in ask("open_demand", order_id=order.pk)[0]


@pytest.mark.req("PLN-03", "PUR-01")
def test_what_the_own_company_lacks_comes_from_its_sisters_stock():
    order = instructed_order(("KYN28A-12", "9"))
    relay = demand(order, "WGB-871")
    own = StockBalance.objects.get(item=relay.item, company__code="KG")
    sister = StockBalance.objects.get(item=relay.item, company__code="CT")
    assert (own.free, own.reserved, sister.reserved) == (Decimal(0), own.on_hand, relay.reserved - own.on_hand)
    assert relay.reserved > own.on_hand


@pytest.mark.req("PLN-03")
def test_two_orders_never_reserve_the_same_stock(order):
    second = instructed_order(("KYN28A-12", "9"))
    both = [demand(each, "WGB-871") for each in (order, second)]
    on_hand = sum(balance.on_hand for balance in StockBalance.objects.filter(item=both[0].item))
    assert sum(each.reserved for each in both) <= on_hand


def test_the_same_instruction_twice_reserves_once(order):
    before = [(row.pk, row.reserved) for row in Demand.objects.order_by("pk")]
    find_demand(order_id=order.pk, by=SYSTEM, at=NOON)
    assert [(row.pk, row.reserved) for row in Demand.objects.order_by("pk")] == before


def test_an_item_without_bill_of_material_says_so_and_takes_material_by_hand(controller_shen):
    order = instructed_order(("KYN61-40.5", "1"))
    sheet = DemandSheet.objects.get(order=order)
    assert sheet.without_bom == ["KYN61-40.5"]
    copper = Item.objects.get(code="TMY-6x60")
    row = add_demand(sheet=sheet, line=line_of(order, "KYN61-40.5"), item=copper, quantity=Decimal("12.5"), by=controller_shen, at=NOON)
    assert row.by_hand and row.company == order.product_company


def test_material_control_of_another_company_adds_nothing(order, controller_bai):
    with pytest.raises(NotAllowed):
        add_demand(
            sheet=order.demand_sheet, line=line_of(order, "KYN28A-12"), item=Item.objects.get(code="DXN-10"), quantity=Decimal(1),
            by=controller_bai, at=NOON,
        )  # fmt: skip


@pytest.fixture
def purchase(order, buyer_luo) -> PurchaseOrder:
    return make_purchase(supplier=Supplier.objects.get(code="G004"), demands=[demand(order, "AL-ZN-2.0")], by=buyer_luo, at=MONDAY_9AM)


@pytest.mark.req("PUR-02")
def test_the_buyer_makes_a_purchase_order_from_demand(order, purchase):
    line = purchase.lines.get()
    row = demand(order, "AL-ZN-2.0")
    assert purchase.number.startswith("CG2611-") and purchase.order == order
    assert (row.ordered, row.open) == (row.quantity - row.reserved, Decimal(0))
    assert (row.ordered, line.quantity) == (Decimal(930), Decimal(950))  # sheet metal comes in fifties
    assert line.promised_date == date(2026, 12, 5)  # twelve days of lead time


@pytest.mark.req("PUR-02", "CHG-09")
def test_a_price_is_asked_for_what_the_supplier_has_none_listed(order, buyer_luo):
    SupplierItem.objects.update(price=None)
    sheet = demand(order, "AL-ZN-2.0")
    ask = {"supplier": Supplier.objects.get(code="G004"), "demands": [sheet], "by": buyer_luo, "at": NOON}
    with pytest.raises(NotReady) as refused:
        make_purchase(**ask)
    (reason,) = refused.value.reasons
    assert (reason.code, reason.figures["item"]) == ("purchase_price_needed", "AL-ZN-2.0")
    assert not PurchaseOrder.objects.exists()
    assert make_purchase(**ask, prices={sheet.item_id: Decimal("7.85")}).lines.get().unit_cost == Decimal("7.85")
    SupplierItem.objects.update(price="7.6")
    second = demand(instructed_order(("KYN28A-12", "2")), "AL-ZN-2.0")
    assert make_purchase(**{**ask, "demands": [second]}).lines.get().unit_cost == Decimal("7.6"), "the listed one"


@pytest.mark.req("PUR-02")
def test_the_same_material_for_two_orders_stays_apart(order, buyer_luo):
    second = instructed_order(("KYN28A-12", "2"))
    chosen = [demand(order, "AL-ZN-2.0"), demand(second, "AL-ZN-2.0")]
    made = make_purchase(supplier=Supplier.objects.get(code="G004"), demands=chosen, by=buyer_luo, at=NOON)
    assert made.order is None
    assert {line.order for line in made.lines.all()} == {order, second}


@pytest.mark.req("PUR-02")
def test_demand_is_ordered_only_once(order, purchase, buyer_luo):
    with pytest.raises(NotReady) as refused:
        make_purchase(supplier=purchase.supplier, demands=[demand(order, "AL-ZN-2.0")], by=buyer_luo, at=NOON)
    assert refused.value.reasons == (Reason("no_open_demand"),)


def test_a_supplier_is_asked_only_for_what_it_supplies(order, buyer_luo):
    with pytest.raises(NotReady) as refused:
        make_purchase(supplier=Supplier.objects.get(code="G001"), demands=[demand(order, "AL-ZN-2.0")], by=buyer_luo, at=NOON)
    assert refused.value.reasons[0].code == "supplier_lacks_item"


def test_a_sister_company_supplies_what_it_makes():
    order = instructed_order(("KYN28A-12", "60"))
    breaker = demand(order, "VS1-12/1250-31.5")
    assert [str(each) for each in suppliers_of([breaker])[breaker.item_id]] == ["嘉域元件有限公司"]


def test_quantities_are_rounded_up_to_the_multiple():
    item = Item(multiple=Decimal(50), min_quantity=Decimal(200))
    assert [rounded_up(Decimal(each), item) for each in ("1", "200", "200.5", "250")] == [200, 200, 250, 250]


@pytest.mark.req("PUR-02")
def test_whoever_made_it_does_not_approve_it(order, purchasing_head_cao):
    own = make_purchase(supplier=Supplier.objects.get(code="G004"), demands=[demand(order, "AL-ZN-2.0")], by=purchasing_head_cao, at=NOON)
    with pytest.raises(NotAllowed) as refused:
        approve_purchase(purchase=own, by=purchasing_head_cao, at=NOON)
    assert refused.value.reasons == (Reason("own_purchase"),)


@pytest.mark.req("PUR-02")
def test_the_buyer_does_not_approve_while_there_is_a_head(purchase, buyer_luo):
    with pytest.raises(NotAllowed):
        approve_purchase(purchase=purchase, by=buyer_luo, at=NOON)


def test_a_company_without_a_purchasing_head_leaves_it_to_the_buyer(purchase, buyer_luo):
    Post.objects.filter(role="purchasing_head", department__company=purchase.company).update(holder=None)
    assert approve_purchase(purchase=purchase, by=buyer_luo, at=NOON).state == "approved"


def test_only_an_approved_purchase_is_sent(purchase, buyer_luo):
    with pytest.raises(NotReady):
        send_purchase(purchase=purchase, by=buyer_luo, at=NOON)


def test_dropping_a_purchase_opens_its_demand_again(order, purchase, buyer_luo):
    drop_purchase(purchase=purchase, reason="换供应商", by=buyer_luo, at=NOON)
    row = demand(order, "AL-ZN-2.0")
    assert row.ordered == 0 and row.open > 0


@pytest.fixture
def sent(purchase, buyer_luo, purchasing_head_cao) -> PurchaseOrder:
    approve_purchase(purchase=purchase, by=purchasing_head_cao, at=MONDAY_9AM)
    return send_purchase(purchase=purchase, by=buyer_luo, at=MONDAY_9AM)


@pytest.mark.req("PUR-04")
def test_the_follow_up_is_due_five_working_days_before_the_planned_arrival(sent, buyer_luo):
    clock = RunningClock.objects.get(name="supplier_followup", subject_id=sent.pk)
    assert clock.due_at == datetime(2026, 11, 30, 17, tzinfo=SHANGHAI)
    line = sent.lines.get()
    confirm_arrival_date(purchase=sent, dates={line.pk: date(2026, 12, 8)}, note="电话确认", by=buyer_luo, at=NOON)
    assert RunningClock.objects.get(pk=clock.pk).stopped_at == NOON
    assert sent.lines.get().promised_date == date(2026, 12, 8)
    assert Fact.objects.get(kind="procurement.ArrivalDateWasConfirmed").changes == {"promised_date AL-ZN-2.0": ["2026-12-05", "2026-12-08"]}


@pytest.mark.req("PUR-06")
def test_more_than_ordered_is_not_received(sent, buyer_luo):
    line = sent.lines.get()
    with pytest.raises(NotReady) as refused:
        record_arrival(line=line, quantity=line.quantity + 1, delivery_note="SN1", by=buyer_luo, at=NOON)
    assert refused.value.reasons == (Reason("over_delivery", quantity=line.quantity, field="quantity"),)
    assert not StockBalance.objects.filter(item=line.item, blocked__gt=0).exists()


@pytest.mark.req("PUR-07")
def test_an_arrival_is_blocked_until_it_is_inspected(order, sent, buyer_luo):
    line = sent.lines.get()
    arrival = record_arrival(line=line, quantity=Decimal(10), delivery_note="SN1", by=buyer_luo, at=NOON)
    balance = StockBalance.objects.get(pk=arrival.balance_id)
    assert (balance.blocked, balance.free) == (Decimal(10), Decimal(0))
    assert PurchaseOrder.objects.get(pk=sent.pk).state == "partly_received"
    assert demand(order, "AL-ZN-2.0").covered_at is None


@pytest.mark.req("PLN-03", "PUR-07")
def test_goods_that_are_put_away_cover_the_demand_they_were_bought_for(order, sent, buyer_luo, store_keeper_qian):
    line = sent.lines.get()
    arrival = record_arrival(line=line, quantity=line.quantity, delivery_note="SN1", by=buyer_luo, at=NOON)
    waiting = await_put_away(
        balance_id=arrival.balance_id, quantity=line.quantity, source=("tests.inspection", 1), order_id=order.pk, line_id=None,
        by=SYSTEM, at=NOON,
    )  # fmt: skip
    put_away(put_away=PutAway.objects.get(pk=waiting.pk), location="C-01", by=store_keeper_qian, at=NOON)
    row = demand(order, "AL-ZN-2.0")
    assert row.covered_at == NOON and row.missing == 0
    assert PurchaseOrder.objects.get(pk=sent.pk).state == "received"
    assert "AL-ZN-2.0" not in dict(ask("open_demand", order_id=order.pk)[0])


def test_the_last_component_makes_it_known_once(order, sent, buyer_luo, store_keeper_qian):
    Demand.objects.filter(order=order).exclude(item__code="AL-ZN-2.0").update(covered_at=NOON)
    test_goods_that_are_put_away_cover_the_demand_they_were_bought_for(order, sent, buyer_luo, store_keeper_qian)
    assert Fact.objects.filter(kind="procurement.DemandWasCovered", order_id=order.pk).count() == 1
    assert DemandSheet.objects.get(order=order).state == "covered"


def test_costs_are_for_those_who_see_costs(purchase, buyer_luo, production_manager_lu):
    purchase.lines.update(unit_cost=Decimal("7.8"))
    lines = purchase.lines_in_order
    assert total_cost(lines, buyer_luo) == lines[0].cost
    assert total_cost(lines, production_manager_lu) is None


def test_the_purchase_order_is_a_form_with_costs(purchase):
    purchase.lines.update(unit_cost=Decimal("7.8"))
    paper = FORMS["D13"].build(purchase)
    assert FORMS["D13"].prices == "cost"
    assert paper["total_amount"] == purchase.lines.get().cost
    assert paper["order_numbers"] == purchase.order.number
