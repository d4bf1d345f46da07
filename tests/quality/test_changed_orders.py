"""Finished goods between workshop and store follow a change or the cancelling of their order (CHG-05, CHG-09)."""

from decimal import Decimal

import pytest

from core.questions import ask
from demo import walk_changes as walks
from demo.walk import Walk
from inventory.selectors import free_in_group
from orders.impact import Wanted
from orders.services.change import cancel, outcome
from orders.workflow import OrderState
from organization.roles import Role
from quality.impact import inspections_are_touched
from quality.models import Inspection
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def walk() -> Walk:
    """Two cabinets are assembled and stand before the final inspection."""
    found = Walk(MONDAY_9AM)
    found.register("C0003", [("GGD", 2)])
    found.to(OrderState.PLANNED)
    found.buy()
    found.work()
    found.finish_goods()
    return found


@pytest.mark.req("CHG-09", "CHG-05")
def test_goods_before_the_final_inspection_are_on_a_row_when_the_order_is_cancelled(walk):
    waiting = Inspection.objects.waiting().filter(order=walk.order, source_kind="handover")
    assert waiting.exists()
    request = walks.ask_cancel(walk)
    rows = request.items.filter(kind="quality.inspection")
    assert set(rows.values_list("reference", "role")) == {(row.pk, "quality_head") for row in waiting}
    walks.decide(walk, request)
    outcome.agree_charge(change=request, charge=D(0), charge_note="王工来电同意", by=walk.clerk, at=walk.tick())
    cancel.cancel_order(order=walk.order, reason="项目停建", by=walk.sales(Role.SALES_HEAD), at=walk.tick())
    walk.inspect()
    walk.put_away()
    line = walk.order.lines.get(line_no=1)
    assert sum(free_in_group([line.item_id])[line.item_id].values()) >= D(2)
    assert [text for found in ask("invariants") for _name, check in found for text in check()] == []


@pytest.mark.req("CHG-05")
def test_a_change_names_the_inspections_of_its_lines_only(walk):
    line = walk.order.lines.get(line_no=1)

    def options(**wanted) -> list[str]:
        return [row.options[0][0] for row in inspections_are_touched(Wanted(order_id=walk.order.pk, **wanted)) or []]

    assert set(options(deltas={line.pk: D(-1)})) == {"stock"}
    assert set(options(respecified=frozenset({line.pk}))) == {"newest"}
    assert options(deltas={line.pk: D(1)}) == options(header={"delivery_address": "合肥"}) == []
