"""A notice whose goods are still in the house follows a change of the order (CHG-05, CHG-09)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from core.facts import run_due
from core.models import Fact
from core.questions import ask
from core.reasons import NotReady
from demo import walk_changes as walks
from demo.walk import Walk
from orders.impact import Wanted
from orders.services.ledger import quantities
from orders.workflow import OrderState
from organization.roles import Role
from shipping import services
from shipping.impact import notices_are_touched
from shipping.models import Shipment, Shortage
from shipping.verify import cancelled_orders_have_no_notices
from sla.models import RunningClock
from sla.sweep import sweep
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
def violations() -> Callable[[], list[str]]:
    return lambda: [text for found in ask("invariants") for _name, check in found for text in check()]


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


@pytest.mark.req("CHG-09", "SHP-09", "SHP-11")
def test_what_was_on_its_way_when_the_order_was_cancelled_is_asked_after_until_it_is_received(walk, violations):
    """What is shipped stays shipped: the truck drives on, and somebody still has to bring the receipt back."""
    shipment = walk.ship({1: D(1)})
    walks.cancel_order(walk, charge=D(300))
    clocks = RunningClock.objects.open().filter(subject_kind="shipping.shipment", subject_id=shipment.pk)
    assert {"customer_receipt", "delivery_unconfirmed", "delivery_taken_as_received"} <= set(clocks.values_list("name", flat=True))
    assert violations() == []
    later = walk.at + timedelta(days=30)
    sweep(later)
    run_due(later)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.condition) == ("delivered", "silence")
    assert (walk.fresh().state, clocks.filter(name="customer_receipt").exists()) == (OrderState.CANCELLED, False)
    assert quantities(walk.order)[walk.order.lines.get(line_no=1).pk].delivered == 1
    assert violations() == []


@pytest.mark.req("SHP-09")
def test_verify_finds_goods_under_way_that_nobody_asks_after(walk, violations):
    walk.ship({1: D(1)})
    assert violations() == []
    RunningClock.objects.filter(name="customer_receipt").delete()
    (found,) = violations()
    assert "no clock customer_receipt" in found


@pytest.mark.req("CHG-09", "SHP-07")
def test_goods_that_got_lost_are_not_sent_again_for_a_cancelled_order(walk, violations):
    shipment = walk.ship({1: D(1)})
    walks.cancel_order(walk, charge=D(300))
    trace = services.report_not_received(shipment=shipment, words="没到", by=walk.clerk, at=walk.tick())
    services.answer_trace(trace=trace, result="lost", answer="货车出事", by=walk.who(Role.TRANSPORT_HEAD), at=walk.tick())
    short = Shortage.objects.get()
    manager = walk.holder(walk.order.order_manager_post)
    with pytest.raises(NotReady) as refused:
        services.resend_shortage(shortage=short, planned_on=walk.order.promised_date, by=manager, at=walk.tick())
    assert [reason.code for reason in refused.value.reasons] == ["resend_order_over"]
    services.credit_shortage(shortage=short, note="照退款", by=walk.sales(Role.SALES_HEAD), at=walk.tick())
    assert violations() == []


@pytest.mark.req("CHG-05", "CHG-09")
def test_a_notice_goes_to_the_new_address_and_person(walk, notice):
    """Class 1, the goods are still in the house: the row asks, and the notice no longer goes to where nobody waits."""
    change = walks.ask(walk, {"header": {"delivery_address": "合肥新站区", "contact_name": "李工"}})
    row = change.items.get(kind="shipping.shipment")
    assert (change.proposed_class, row.touches, row.reference) == (1, 1, notice.pk)
    assert "合肥新站区" in row.effect and "杭州" in row.now
    while change.state != "applied":
        walks.onward(walk, change)
        change.refresh_from_db()
    notice.refresh_from_db()
    assert (notice.state, notice.place, notice.contact_name) == ("cleared" if notice.cleared_at else "noticed", "合肥新站区", "李工")
    fact = Fact.objects.get(kind="shipping.ShipmentWasRedirected")
    assert fact.changes["place"] == ["杭州", "合肥新站区"]
    services.redirect_notices(order_id=walk.order.pk, change_id=change.pk, shipment_ids=[notice.pk], at=walk.tick())
    assert Fact.objects.filter(kind="shipping.ShipmentWasRedirected").count() == 1


@pytest.mark.req("CHG-05", "CHG-09")
def test_a_notice_follows_a_later_date(walk, notice):
    later = walk.order.promised_date + timedelta(days=30)
    change = walks.ask(walk, {"date": later.isoformat()})
    assert change.items.get(kind="shipping.shipment").touches == 2
    while change.state != "applied":
        walks.onward(walk, change)
        change.refresh_from_db()
    notice.refresh_from_db()
    assert (notice.planned_on, notice.place) == (walk.fresh().promised_date, "杭州")


@pytest.mark.req("CHG-09")
def test_verify_finds_a_notice_of_a_cancelled_order(walk, notice):
    assert cancelled_orders_have_no_notices() == []
    end_by_force(walk.order.pk)
    assert len(cancelled_orders_have_no_notices()) == 1
