"""What is missing stands on the buyer's My work until it is ordered, and the purchase on everybody's who has it next (SLA-07)."""

from datetime import date, timedelta

import pytest

from orders.models import Order
from organization.models import Post
from procurement import services
from procurement.models import Demand, DemandSheet, PurchaseOrder
from procurement.revising import revise_demand
from procurement.selectors import suppliers_of
from sla.models import RunningClock
from tests.factories.production import instructed_order
from tests.factories.work import begun_before_the_release, on_my_work
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-07")]


@pytest.fixture
def order() -> Order:
    return instructed_order(("KYN28A-12", "3"))


def buy(order, by, count=None) -> list[PurchaseOrder]:
    """The first `count` of the open components are ordered, all of them without."""
    lacking = [row for row in Demand.objects.filter(order=order).uncovered().select_related("item").order_by("pk") if row.open > 0]
    made = []
    for row in lacking[:count]:
        supplier = suppliers_of([row])[row.item_id][0]
        made.append(services.make_purchase(supplier=supplier, demands=[row], prices={row.item_id: 1}, by=by, at=MONDAY_9AM))
    return made


@pytest.mark.req("PUR-02")
def test_the_buyer_has_it_until_every_component_is_ordered(order, buyer_luo, login):
    assert "components_to_order" in on_my_work(buyer_luo)
    begun_before_the_release()
    page = login(buyer_luo).get(f"/procurement/demand/?order={order.number}")
    assert page.status_code == 200 and {row["demand"].order_id for row in page.context["rows"]} == {order.pk}
    first = buy(order, buyer_luo, 1)[0]
    assert "components_to_order" in on_my_work(buyer_luo), "there is more"
    buy(order, buyer_luo)
    assert "components_to_order" not in on_my_work(buyer_luo)
    services.drop_purchase(purchase=first, reason="价格太高", by=buyer_luo, at=MONDAY_9AM)
    assert "components_to_order" in on_my_work(buyer_luo), "what was dropped is to be ordered again"
    begun_before_the_release()


@pytest.mark.req("CHG-09")
def test_what_a_change_adds_is_to_be_ordered_and_what_a_cancelled_order_lacks_is_not(order, buyer_luo):
    buy(order, buyer_luo)
    assert RunningClock.objects.get(name="components_to_order").stopped_at
    order.lines.update(quantity=9)
    revise_demand(order_id=order.pk, change_id=0, at=MONDAY_9AM)
    assert "components_to_order" in on_my_work(buyer_luo)
    Order.objects.filter(pk=order.pk)._update([(Order._meta.get_field("state"), None, "cancelled")])
    revise_demand(order_id=order.pk, change_id=0, at=MONDAY_9AM)
    assert "components_to_order" not in on_my_work(buyer_luo)
    assert RunningClock.objects.filter(name="components_to_order", cancelled_at=None, stopped_at=None).count() == 0
    assert not DemandSheet.objects.get(order=order).to_order


@pytest.mark.req("PUR-02", "PUR-04")
def test_a_purchase_is_approved_sent_and_received(order, buyer_luo, purchasing_head_cao):
    def work():
        return [name for each in (purchasing_head_cao, buyer_luo) for name in on_my_work(each) if name.startswith("purchase_")]

    purchase = buy(order, buyer_luo, 1)[0]
    assert work() == ["purchase_approval"]
    begun_before_the_release()
    services.approve_purchase(purchase=purchase, by=purchasing_head_cao, at=MONDAY_9AM)
    assert work() == ["purchase_sending"]
    begun_before_the_release()
    services.send_purchase(purchase=purchase, by=buyer_luo, at=MONDAY_9AM)
    line, later = purchase.lines.get(), date(2026, 12, 14)
    assert work() == ["purchase_arrival"]
    begun_before_the_release()
    services.confirm_arrival_date(purchase=purchase, dates={line.pk: later}, by=buyer_luo, at=MONDAY_9AM)
    assert RunningClock.objects.open().get(name="purchase_arrival").anchor == later, "it moves with the supplier's word"
    services.record_arrival(line=line, quantity=line.quantity, delivery_note="SN1", by=buyer_luo, at=MONDAY_9AM + timedelta(days=1))
    assert work() == []


def test_a_company_without_a_purchasing_head_leaves_the_approval_to_its_buyer(order, buyer_luo, purchasing_head_cao):
    Post.objects.filter(role="purchasing_head").update(holder=None)
    buy(order, buyer_luo, 1)
    assert "purchase_approval" in on_my_work(buyer_luo)


def test_a_purchase_that_is_dropped_waits_for_nobody(order, buyer_luo):
    services.drop_purchase(purchase=buy(order, buyer_luo, 1)[0], reason="—", by=buyer_luo, at=MONDAY_9AM)
    assert not RunningClock.objects.open().filter(name__startswith="purchase_").exists()
