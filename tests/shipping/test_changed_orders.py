"""A notice whose goods are still in the house follows a change of the order (CHG-05, CHG-09)."""

from decimal import Decimal

import pytest

from demo import walk_changes as walks
from demo.walk import Walk
from orders.impact import Wanted
from orders.services.ledger import quantities
from orders.workflow import OrderState
from shipping import services
from shipping.impact import notices_are_touched
from shipping.models import Shipment
from shipping.verify import cancelled_orders_have_no_notices
from tests.personas import MONDAY_9AM
from tests.production.test_revised_plan import end_by_force

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def walk() -> Walk:
    found = Walk(MONDAY_9AM)
    found.register("C0003", [("GGD", 2)])
    found.to(OrderState.STOCKED)
    return found


@pytest.fixture
def notice(walk: Walk) -> Shipment:
    line = walk.order.lines.get(line_no=1)
    return services.issue_notice(
        order=walk.order, quantities={line.pk: D(2)}, place="杭州", planned_on=walk.order.promised_date,
        by=walk.holder(walk.order.order_manager_post), at=walk.tick(),
    )  # fmt: skip


@pytest.mark.req("CHG-05")
def test_fewer_goods_stop_the_notice_and_the_rest_can_be_noticed_again(walk, notice):
    line = walk.order.lines.get(line_no=1)
    rows = notices_are_touched(Wanted(order_id=walk.order.pk, deltas={line.pk: D(-1)})) or []
    assert [(row.reference, row.options[0][0]) for row in rows] == [(notice.pk, "cancel")]
    assert notices_are_touched(Wanted(order_id=walk.order.pk, deltas={line.pk: D(1)})) == []
    walks.change(walk, walks.quantity(walk, 1, 1))
    assert Shipment.objects.get(pk=notice.pk).state == "cancelled"
    known = quantities(walk.order)[line.pk]
    assert (known.open, known.stocked, known.noticed) == (D(1), D(1), D(0))
    assert walk.ship({1: D(1)}).state == "dispatched"


@pytest.mark.req("CHG-09")
def test_verify_finds_a_notice_of_a_cancelled_order(walk, notice):
    assert cancelled_orders_have_no_notices() == []
    end_by_force(walk.order.pk)
    assert len(cancelled_orders_have_no_notices()) == 1
