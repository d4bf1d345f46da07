"""Purchases and demand follow a change of the order, as the buyer decided (CHG-05, CHG-09)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from core.money import line_amount
from core.reasons import NotReady
from demo import walk_changes as walks
from demo.walk import Walk
from inventory.selectors import used_for
from orders.impact import Wanted
from orders.models import ChangeRequest
from orders.services.change import items, outcome
from orders.services.change.outcome import refuse_change
from orders.workflow import OrderState
from procurement import services
from procurement.impact import _issued, purchases_are_touched
from procurement.models import Demand, DemandSheet, PurchaseLine, PurchaseOrder, SupplierItem
from procurement.selectors import suppliers_of
from procurement.verify import cancelled_orders_need_nothing
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def walk() -> Walk:
    found = Walk(MONDAY_9AM)
    found.register("C0001", [("KYN28A-12", 2)])
    found.to(OrderState.PLANNED)
    return found


def a_draft(walk: Walk) -> PurchaseOrder:
    demand = next(d for d in Demand.objects.filter(order=walk.order).uncovered().select_related("item").order_by("pk") if d.open > 0)
    supplier = suppliers_of([demand])[demand.item_id][0]
    by = walk.who("buyer", walk.order.product_company_id)
    return services.make_purchase(supplier=supplier, demands=[demand], rounding=False, by=by, at=walk.tick())


@pytest.mark.req("CHG-09")
def test_what_has_arrived_is_listed_as_spent_for_the_charge(walk):
    walk.order_parts()
    line = PurchaseLine.objects.filter(order=walk.order, unit_cost__isnull=False).order_by("pk")[0]
    rows = {row.reference: row for row in purchases_are_touched(Wanted(order_id=walk.order.pk, cancel=True)) or []}
    assert rows[line.pk].spent is None
    assert [code for code, _label in rows[line.pk].options] == ["cancel", "keep"]
    by = walk.who("buyer", walk.order.product_company_id)
    services.record_arrival(line=line, quantity=D(1), delivery_note="SN1", by=by, at=walk.tick())
    rows = {row.reference: row for row in purchases_are_touched(Wanted(order_id=walk.order.pk, cancel=True)) or []}
    assert rows[line.pk].spent == line.unit_cost


@pytest.mark.req("CHG-09")
def test_what_was_bought_before_prices_were_asked_says_that_its_price_is_unknown(walk, login):
    walk.order_parts()
    line = PurchaseLine.objects.filter(order=walk.order).earliest("pk")
    PurchaseLine.objects.filter(pk=line.pk).update(unit_cost=None)
    by = walk.who("buyer", walk.order.product_company_id)
    services.record_arrival(line=PurchaseLine.objects.get(pk=line.pk), quantity=D(1), delivery_note="SN1", by=by, at=walk.tick())
    asked = walks.ask_cancel(walk)
    row = asked.items.get(kind="procurement.purchaseline", reference=line.pk)
    assert (row.spent, row.spent_unknown) == (None, True)
    assert login(by).get(asked.get_absolute_url()).context["unknown"] == 1


@pytest.mark.req("CHG-09")
def test_while_a_cancelling_is_undecided_nothing_more_is_ordered(walk, login):
    draft = a_draft(walk)
    buyer, head = (walk.who(role, walk.order.product_company_id) for role in ("buyer", "purchasing_head"))
    services.approve_purchase(purchase=draft, by=head, at=walk.tick())
    asked = walks.ask_cancel(walk)
    with pytest.raises(NotReady) as refused:
        services.send_purchase(purchase=PurchaseOrder.objects.get(pk=draft.pk), by=buyer, at=walk.tick())
    assert [(reason.code, reason.figures["change"]) for reason in refused.value.reasons] == [("purchase_held", asked.number)]
    assert asked.number in login(buyer).get(reverse("procurement:demand")).content.decode()
    with pytest.raises(NotReady) as refused:
        a_draft(walk)
    assert [(reason.code, reason.figures["change"]) for reason in refused.value.reasons] == [("order_may_end", asked.number)]
    refuse_change(change=asked, reason="客户改主意", by=walk.clerk, at=walk.tick())
    assert services.send_purchase(purchase=PurchaseOrder.objects.get(pk=draft.pk), by=buyer, at=walk.tick()).state == "sent"
    assert a_draft(walk).state == "drafted"


@pytest.mark.req("CHG-05")
def test_a_draft_is_taken_off_and_its_purchase_order_ends(walk):
    draft = a_draft(walk)
    line = draft.lines.get()
    walks.change(walk, walks.quantity(walk, 1, 0) | {"new_lines": new_line()})
    assert PurchaseLine.objects.get(pk=line.pk).outstanding == 0
    assert PurchaseOrder.objects.get(pk=draft.pk).state == "cancelled"


@pytest.mark.req("CHG-05")
def test_of_a_sent_line_only_what_is_too_much_is_cancelled(walk):
    draft = a_draft(walk)
    line = draft.lines.get()
    demand = Demand.objects.get(served_by__line=line)
    services.approve_purchase(purchase=draft, by=walk.who("purchasing_head", draft.company_id), at=walk.tick())
    services.send_purchase(purchase=PurchaseOrder.objects.get(pk=draft.pk), by=walk.who("buyer", draft.company_id), at=walk.tick())
    walks.change(walk, walks.quantity(walk, 1, 1))
    now = Demand.objects.get(pk=demand.pk)
    assert now.quantity == demand.quantity / 2
    kept = PurchaseLine.objects.get(pk=line.pk)
    assert kept.outstanding == now.missing < line.quantity
    assert now.open == 0, "what is still to come is just what is still missing"


@pytest.mark.req("CHG-05")
def test_more_than_is_in_store_is_open_demand_again(walk):
    walk.buy()
    assert not Demand.objects.uncovered().filter(order=walk.order).exists()
    walks.change(walk, walks.quantity(walk, 1, 40))
    assert any(demand.open > 0 for demand in Demand.objects.uncovered().filter(order=walk.order))
    assert walk.order.demand_sheet.state == "open"
    assert walk.order.plan.tasks.filter(kind="purchase", state="issued").exists(), "buying is a task again"


@pytest.mark.req("CHG-09")
def test_verify_finds_a_draft_that_serves_a_cancelled_order(walk):
    a_draft(walk)
    assert cancelled_orders_need_nothing() == []
    from tests.production.test_revised_plan import end_by_force

    end_by_force(walk.order.pk)
    assert any("serves" in text for text in cancelled_orders_need_nothing())


def new_line() -> dict | list:
    from inventory.models import Item

    return [{"item_id": Item.objects.get(code="PZ30").pk, "quantity": "1", "spec": "标准", "unit_price": "400"}]


@pytest.mark.req("CHG-05")
def test_another_date_lists_what_is_still_to_come(walk):
    """Nothing but the day changes; the buyer says of each line whether the supplier is asked for another one."""
    walk.order_parts()
    lines = PurchaseLine.objects.filter(order=walk.order)
    kept, moved = lines.order_by("pk")[:2]
    day = moved.needed_by
    change = walks.ask(walk, {"date": (walk.order.promised_date + timedelta(days=30)).isoformat()})
    rows = change.items.filter(kind="procurement.purchaseline")
    assert set(rows.values_list("reference", flat=True)) == set(lines.values_list("pk", flat=True))
    while change.state not in ("awaiting_customer", "applied") or change.answered_at is None:
        walks.onward(walk, change)
        change.refresh_from_db()
    walks.decide(walk, change)
    row = rows.get(reference=kept.pk)
    items.decide_item(item=row, decision="stay", by=walk.who("buyer", row.company_id), at=walk.tick())
    manager = walk.holder(walk.order.order_manager_post)
    outcome.issue_notice(change=change, by=manager, at=walk.tick())
    for _step in range(2):
        walks.onward(walk, ChangeRequest.objects.get(pk=change.pk))
    kept.refresh_from_db()
    moved.refresh_from_db()
    assert kept.needed_by == day
    assert moved.needed_by > day
    assert not Demand.objects.filter(order=walk.order, covered_at=None, needed_by__lte=day).exists()


@pytest.mark.req("CHG-09", "SEC-01")
def test_components_from_stock_and_work_done_are_listed_as_spent(login, sales_head_gu, finance_sun):
    """Cabinets are being made from what lay in store: amounts where a cost is known, else how much and that nobody knows its cost."""
    walk = Walk(MONDAY_9AM)
    walk.register("C0001", [("KYN28A-12", 2)])
    walk.to(OrderState.PLANNED)
    walk.buy()
    walk.work()
    demands = list(Demand.objects.filter(order=walk.order).select_related("item"))
    used = used_for("component", [row.pk for row in demands])
    assert any(used.values()), "components were issued"
    PurchaseLine.objects.filter(order=walk.order).update(received=0)  # as if all of it had lain in store
    request = walks.ask_cancel(walk)
    row = request.items.get(kind="procurement.demandsheet")
    first = next(each for each in demands if used[each.pk])
    assert first.item.code in row.now
    listed = dict(SupplierItem.objects.exclude(price=None).order_by("-price").values_list("item_id", "price"))
    known = sum((line_amount(used[each.pk], listed[each.item_id]) for each in demands if each.item_id in listed and used[each.pk]), D(0))
    assert row.spent == (known or None)
    assert row.spent_unknown == any(each.item_id not in listed for each in demands if used[each.pk])
    plan = request.items.get(kind="production.productionplan")
    assert plan.spent_unknown
    assert "2" in plan.now
    shown = ["成本未知" in login(person).get(request.get_absolute_url()).content.decode() for person in (finance_sun, sales_head_gu)]
    assert shown == [True, False], "what things cost is not for who sells them"


@pytest.mark.req("CHG-09")
def test_what_was_bought_for_the_order_is_not_counted_twice():
    walk = Walk(MONDAY_9AM)
    walk.register("C0001", [("KYN28A-12", 2)])
    walk.to(OrderState.PLANNED)
    walk.buy()
    walk.work()
    bought = set(PurchaseLine.objects.filter(order=walk.order).values_list("item_id", flat=True))
    rows = _issued(DemandSheet.objects.get(order=walk.order))
    assert [cost for demand, _quantity, cost in rows if demand.item_id in bought] == [D(0)] * sum(d.item_id in bought for d, _q, _c in rows)


@pytest.mark.req("CHG-09")
def test_a_line_that_was_cancelled_whole_has_not_arrived_and_what_is_to_come_has_its_value(walk, login):
    draft = a_draft(walk)
    services.approve_purchase(purchase=draft, by=walk.who("purchasing_head", draft.company_id), at=walk.tick())
    services.send_purchase(purchase=PurchaseOrder.objects.get(pk=draft.pk), by=walk.who("buyer", draft.company_id), at=walk.tick())
    line = PurchaseLine.objects.get(purchase=draft)
    (row,) = (one for one in purchases_are_touched(Wanted(order_id=walk.order.pk, cancel=True)) if one.reference == line.pk and one.to_come)
    assert row.to_come == line_amount(line.quantity, line.unit_cost)
    walks.cancel_order(walk)
    rows = login(walk.who("buyer", draft.company_id)).get(draft.get_absolute_url()).context["rows"]
    assert [str(one["word"]) for one in rows] == ["已全部取消"]
