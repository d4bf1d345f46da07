"""A change of the order reaches the workshops: the plan follows, tasks show what is new, work can be held (CHG-05, CHG-08)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from core.questions import ask
from core.reasons import NotReady
from demo import walk_changes as walks
from demo.walk import Walk
from inventory.models import Item
from orders.impact import Wanted
from orders.models import ChangeRequest, Order
from orders.services.change.items import set_hold
from orders.services.change.outcome import refuse_change
from orders.services.ledger import quantities
from orders.services.shortage import decide_shortage, record_shortage
from orders.workflow import OrderState
from procurement.models import Demand, DemandSheet
from production import verify
from production.impact import plan_is_touched
from production.models import PlanTask
from production.services import finish_task, report_progress, start_task
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def walk() -> Walk:
    found = Walk(MONDAY_9AM)
    found.register("C0001", [("KYN28A-12", 2), ("GGD", 2)])
    found.to(OrderState.PLANNED)
    return found


@pytest.fixture
def violations() -> Callable[[], list[str]]:
    return lambda: [text for found in ask("invariants") for _name, check in found for text in check()]


def task(walk: Walk, code: str) -> PlanTask:
    return PlanTask.objects.get(plan__order=walk.order, kind="assembly", line__item__code=code)


def packing(walk: Walk) -> PlanTask:
    return PlanTask.objects.get(plan__order=walk.order, kind="packing")


@pytest.mark.req("CHG-08")
def test_more_goes_into_the_task_and_the_workshop_sees_what_is_new(walk, login, production_manager_lu, violations):
    before = sum(d.quantity for d in Demand.objects.filter(order=walk.order, line__line_no=1))
    walks.change(walk, walks.quantity(walk, 1, 3))
    plan, one = Order.objects.get(pk=walk.order.pk).plan, task(walk, "KYN28A-12")
    assert (plan.state, plan.revision, one.quantity, packing(walk).quantity) == ("revised", 2, D(3), D(5))
    assert ["quantity", "2", "3"] in one.altered and (one.altered_from, one.altered_to) == (1, 2)
    assert sum(d.quantity for d in Demand.objects.filter(order=walk.order, line__line_no=1)) == before * 3 / 2
    browser = login(production_manager_lu)
    for url in (one.get_absolute_url(), plan.get_absolute_url(), reverse("production:tasks")):
        assert "R1 → R2" in browser.get(url).content.decode()
    assert violations() == []


@pytest.mark.req("CHG-08")
def test_the_next_report_says_that_the_workshop_has_seen_it(walk, login, production_manager_lu):
    walk.buy()
    walks.change(walk, walks.quantity(walk, 2, 3))
    walk.buy()
    one = start_task(task=task(walk, "GGD"), by=production_manager_lu, at=walk.tick())
    assert one.alterations, "starting is not reporting"
    report_progress(task=one, good=D(1), by=production_manager_lu, at=walk.tick())
    assert task(walk, "GGD").alterations == []
    assert "R1 → R2" not in login(production_manager_lu).get(one.get_absolute_url()).content.decode()


@pytest.mark.req("CHG-05")
def test_fewer_are_taken_off_the_task_and_their_components_become_free(walk, violations):
    demand = Demand.objects.filter(order=walk.order, line__line_no=1, reserved__gt=0).order_by("pk")[0]
    walks.change(walk, walks.quantity(walk, 1, 1))
    assert (task(walk, "KYN28A-12").quantity, packing(walk).quantity) == (D(1), D(3))
    now = Demand.objects.get(pk=demand.pk)
    assert now.quantity == demand.quantity / 2 and now.reserved <= now.quantity
    assert violations() == []


@pytest.mark.req("CHG-05")
def test_a_line_taken_out_ends_its_task_and_its_demand(walk, violations):
    walk.order_parts()
    walks.change(walk, walks.quantity(walk, 1, 0))
    assert task(walk, "KYN28A-12").state == "cancelled"
    assert not Demand.objects.uncovered().filter(order=walk.order, line__line_no=1).exists()
    assert task(walk, "GGD").state == "issued" and packing(walk).quantity == D(2)
    assert violations() == []
    walk.to(OrderState.CLOSED)
    assert violations() == []


@pytest.mark.req("CHG-05")
def test_never_fewer_than_have_been_made(walk, production_manager_lu, violations):
    walk.buy()
    one = start_task(task=task(walk, "GGD"), by=production_manager_lu, at=walk.tick())
    report_progress(task=one, good=D(1), by=production_manager_lu, at=walk.tick())
    walks.change(walk, walks.quantity(walk, 2, 0))
    assert task(walk, "GGD").quantity == D(1), "one is made: it is handed over and goes to free stock"
    finish_task(task=task(walk, "GGD"), by=production_manager_lu, at=walk.tick())
    walk.work()
    walk.order = Order.objects.get(pk=walk.order.pk)
    assert violations() == []


@pytest.mark.req("CHG-05")
def test_a_new_line_gets_its_task_and_its_components(walk, violations):
    item = Item.objects.get(code="PZ30")
    walks.change(walk, {"new_lines": [{"item_id": item.pk, "quantity": "2", "spec": "标准", "unit_price": "400"}]})
    new = task(walk, "PZ30")
    assert (new.quantity, new.department.company_id) == (D(2), walk.order.product_company_id)
    assert packing(walk).quantity == D(6)
    assert Demand.objects.filter(order=walk.order, line=new.line).exists()
    assert violations() == []


@pytest.mark.req("CHG-05")
def test_a_later_date_moves_the_open_tasks_and_a_kept_one_stays(walk):
    later = walk.order.promised_date + timedelta(days=14)
    before = task(walk, "GGD").end_date
    found = walks.change(walk, {"date": later.isoformat()}, until="awaiting_customer")
    kept = found.items.get(kind="production.plantask", reference=task(walk, "KYN28A-12").pk)
    assert [code for code, _label in kept.options] == ["reschedule", "keep_dates"]
    fixed = task(walk, "KYN28A-12").end_date
    real = walks.decide

    def keep_one(walk: Walk, change: ChangeRequest, **other: str) -> None:
        real(walk, change, **other)
        change.items.filter(pk=kept.pk).update(decision="keep_dates")

    walks.decide = keep_one
    try:
        for _step in range(8):
            found = ChangeRequest.objects.get(pk=found.pk)
            if found.state == "applied":
                break
            walks.onward(walk, found)
    finally:
        walks.decide = real
    assert task(walk, "GGD").end_date > before
    assert task(walk, "KYN28A-12").end_date == fixed
    assert Order.objects.get(pk=walk.order.pk).plan.due_date == Order.objects.get(pk=walk.order.pk).instruction.due_date


@pytest.mark.req("CHG-05")
def test_work_that_is_held_rests_and_the_workshop_sees_for_what(walk, login, production_manager_lu):
    walk.buy()
    found = walks.change(walk, walks.quantity(walk, 2, 3), until="in_review")
    one = task(walk, "GGD")
    item = found.items.get(kind="production.plantask", reference=one.pk)
    set_hold(item=item, hold=True, by=walk.clerk, at=walk.tick())
    with pytest.raises(NotReady) as refused:
        start_task(task=one, by=production_manager_lu, at=walk.tick())
    assert [(reason.code, reason.figures["change"]) for reason in refused.value.reasons] == [("work_held", found.number)]
    browser = login(production_manager_lu)
    for url in (one.get_absolute_url(), reverse("production:tasks"), one.plan.get_absolute_url()):
        assert found.number in browser.get(url).content.decode()
    set_hold(item=item, hold=False, by=walk.clerk, at=walk.tick())
    assert start_task(task=one, by=production_manager_lu, at=walk.tick()).state == "running"


@pytest.mark.req("CHG-09")
def test_while_a_cancelling_is_undecided_nobody_works_for_the_order(walk, login, production_manager_lu):
    walk.buy()
    one = task(walk, "GGD")
    asked = walks.ask_cancel(walk)
    open_ones = set(walk.order.plan.tasks.filter(state__in=["issued", "running"]).values_list("pk", flat=True))
    assert set(asked.items.filter(kind="production.plantask", hold=True).values_list("reference", flat=True)) == open_ones
    with pytest.raises(NotReady) as refused:
        start_task(task=one, by=production_manager_lu, at=walk.tick())
    assert [(reason.code, reason.figures["change"]) for reason in refused.value.reasons] == [("work_held", asked.number)]
    assert asked.number in login(production_manager_lu).get(reverse("production:tasks")).content.decode()
    set_hold(item=asked.items.get(reference=one.pk, kind="production.plantask"), hold=False, by=production_manager_lu, at=walk.tick())
    assert start_task(task=one, by=production_manager_lu, at=walk.tick()).state == "running", "what cannot wait is let go on"
    other = task(walk, "KYN28A-12")
    refuse_change(change=asked, reason="客户改主意", by=walk.clerk, at=walk.tick())
    assert start_task(task=other, by=production_manager_lu, at=walk.tick()).state == "running"


@pytest.mark.req("CHG-05")
def test_the_impact_names_each_open_task_and_the_class_that_it_makes_necessary(walk):
    line = walk.order.lines.get(line_no=1)
    rows = {row.reference: row for row in plan_is_touched(Wanted(order_id=walk.order.pk, deltas={line.pk: D(1)})) or []}
    one = rows[task(walk, "KYN28A-12").pk]
    assert (one.touches, [code for code, _label in one.options]) == (2, ["merge", "new_task"])
    assert task(walk, "GGD").pk not in rows
    respecified = plan_is_touched(Wanted(order_id=walk.order.pk, respecified=frozenset({line.pk}))) or []
    assert {row.touches for row in respecified} == {1}
    structural = plan_is_touched(Wanted(order_id=walk.order.pk, structural=frozenset({line.pk}))) or []
    assert max(row.touches for row in structural) == 3


@pytest.mark.req("INV-06")
def test_lost_goods_are_made_again_with_new_components(walk, order_manager_yan, violations):
    line = walk.order.lines.get(line_no=1)
    needed = Demand.objects.filter(order=walk.order, line=line).order_by("pk")[0]
    short = record_shortage(order=walk.order, line=line, item=line.item, quantity=D(1), cause="压坏", by=order_manager_yan, at=walk.tick())
    decide_shortage(shortage=short, outcome="make", told="补制一面，交期不变", by=order_manager_yan, at=walk.tick())
    assert task(walk, "KYN28A-12").quantity == D(3)
    assert Demand.objects.get(pk=needed.pk).quantity == needed.quantity * 3 / 2
    assert quantities(walk.order)[line.pk].open == D(2)
    assert violations() == []


@pytest.mark.req("CHG-09")
def test_verify_finds_work_and_demand_that_dangle_on_a_cancelled_order(walk):
    from orders import verify as orders
    from procurement import verify as procurement

    checks = (verify.cancelled_orders_have_no_work, procurement.cancelled_orders_need_nothing, orders.cancelled_orders_hold_no_stock)
    assert [check() for check in checks] == [[], [], []]
    end_by_force(walk.order.pk)
    assert all(check() for check in checks)


def end_by_force(order_id: int) -> None:
    """Past every service, as a fault would."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET state = 'cancelled' WHERE id = %s", [order_id])
    assert DemandSheet.objects.filter(order=order_id).exists()
