"""A customer cancels while components are on their way: everything downstream is stopped or re-used, nothing dangles (CHG-09)."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.questions import ask
from demo import walk_changes as walks
from demo.walk import Walk
from inventory.models import PutAway, Reservation, StockBalance
from orders.models import LineMovement
from orders.services.ledger import quantities
from orders.workflow import OrderState
from procurement import services as procurement
from procurement.models import Demand, PurchaseLine, PurchaseOrder
from production.models import PlanTask
from shipping.models import Shipment
from sla.models import RunningClock
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("CHG-09")]


@pytest.fixture
def walk() -> Walk:
    found = Walk(MONDAY_9AM)
    found.register("C0001", [("KYN28A-12", 2)])
    return found


@pytest.fixture
def violations() -> Callable[[], list[str]]:
    return lambda: [text for found in ask("invariants") for _name, check in found for text in check()]


def parts_under_way(walk: Walk) -> list[PurchaseLine]:
    """Everything is bought and sent; of the first line a part has arrived and waits for its inspection."""
    walk.to(OrderState.PLANNED)
    walk.order_parts()
    lines = list(PurchaseLine.objects.filter(order=walk.order).select_related("purchase").order_by("-quantity", "pk"))
    by = walk.who("buyer", walk.order.product_company_id)
    procurement.record_arrival(line=lines[0], quantity=Decimal(1), delivery_note="SN1", by=by, at=walk.tick())
    return lines


def test_a_purchase_order_under_way_ends_with_the_order_and_verify_is_clean(walk, violations):
    lines = parts_under_way(walk)
    assert violations() == []
    walks.cancel_order(walk, charge=Decimal(5000))
    assert walk.order.state == OrderState.CANCELLED
    assert violations() == []
    assert not PlanTask.objects.filter(plan__order=walk.order).exclude(state="cancelled").exists()
    assert walk.order.plan.state == "cancelled"
    assert not Demand.objects.uncovered().filter(order=walk.order).exists()
    assert not Reservation.objects.filter(order_id=walk.order.pk, closed_at=None).exists()
    assert all(PurchaseLine.objects.get(pk=line.pk).outstanding == 0 for line in lines)
    states = set(PurchaseOrder.objects.filter(lines__order=walk.order).values_list("state", flat=True))
    assert states <= {"cancelled", "received"}
    assert not RunningClock.objects.open().filter(order_id=walk.order.pk).exclude(subject_kind="orders.paymentdue").filter(
        name__in=["plan_breakdown", "supplier_followup", "shipment_notice"]
    ).exists()  # fmt: skip


def test_what_had_arrived_is_inspected_put_away_and_free_for_others(walk, violations):
    line = parts_under_way(walk)[0]
    before = sum(row.free for row in StockBalance.objects.filter(item=line.item))
    walks.cancel_order(walk)
    released = sum(row.free for row in StockBalance.objects.filter(item=line.item))
    walk.inspect()
    walk.put_away()
    assert sum(row.free for row in StockBalance.objects.filter(item=line.item)) == released + 1 > before
    assert violations() == []


def test_bought_on_for_stock_the_goods_still_come_but_for_nobody(walk, violations):
    line = parts_under_way(walk)[0]
    walks.cancel_order(walk, procurement_purchaseline="keep")
    kept = PurchaseLine.objects.get(pk=line.pk)
    assert kept.outstanding == line.outstanding - 1 > 0
    assert not kept.serves.filter(quantity__gt=1).exists()
    walk.receive_parts()
    assert not Reservation.objects.filter(order_id=walk.order.pk, closed_at=None).exists()
    assert violations() == []


def test_finished_cabinets_on_their_way_into_store_go_to_free_stock(walk, violations):
    walk.to(OrderState.PLANNED)
    walk.buy()
    walk.work("assembly", "packing")
    walk.finish_goods(Decimal("0.5"))  # one handed over and under inspection, one still in the workshop
    item = walk.order.lines.get(line_no=1).item
    before = sum(row.free for row in StockBalance.objects.filter(item=item))
    walks.cancel_order(walk)
    walk.inspect()
    walk.put_away()
    assert not PutAway.objects.waiting().filter(order_id=walk.order.pk).exists()
    assert sum(row.free for row in StockBalance.objects.filter(item=item)) == before + 2
    known = quantities(walk.order)[walk.order.lines.get(line_no=1).pk]
    assert (known.open, known.stocked) == (0, 0)
    assert violations() == []


def test_goods_in_store_and_a_notice_that_has_not_left_are_freed(walk, violations):
    walk.to(OrderState.STOCKED)
    manager = walk.holder(walk.order.order_manager_post)
    from shipping import services as shipping

    line = walk.order.lines.get(line_no=1)
    shipping.issue_notice(
        order=walk.order, quantities={line.pk: Decimal(1)}, place="杭州", planned_on=walk.order.promised_date, by=manager, at=walk.tick()
    )
    walks.cancel_order(walk)
    assert set(Shipment.objects.filter(order=walk.order).values_list("state", flat=True)) == {"cancelled"}
    assert quantities(walk.order)[line.pk].noticed == 0
    assert violations() == []


def test_the_same_facts_heard_again_change_nothing(walk, violations):
    from core.models import Fact
    from procurement.revising import revise_demand
    from production.revising import cancel_plan

    parts_under_way(walk)
    walks.cancel_order(walk)
    facts, movements = Fact.objects.count(), LineMovement.objects.count()
    change = walk.order.changes.get()
    cancel_plan(order_id=walk.order.pk, change_id=change.pk, at=walk.at)
    revise_demand(order_id=walk.order.pk, change_id=change.pk, at=walk.at)
    assert (Fact.objects.count(), LineMovement.objects.count()) == (facts, movements)
    assert violations() == []
