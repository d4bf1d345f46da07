"""What arrives or is finished is inspected; what is rejected stays where it is until somebody decides."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.actor import SYSTEM
from core.facts import act, publish
from core.reasons import NotAllowed, NotReady, Reason, Refused
from inventory.models import PutAway, StockBalance
from inventory.selectors import free_in_group
from inventory.services import put_away, reserve_stock
from orders.models import Order
from organization.models import Post
from procurement.events import ArrivalWasRecorded
from production.events import GoodsWereFinished
from quality.models import Inspection, Nonconformity
from quality.services import decide_nonconformity, finish_inspection, finish_rework, route_nonconformity
from sla.models import RunningClock
from tests.factories.stock import an_item, company, in_stock, order_in_production, violations
from tests.factories.work import begun_before_the_release, on_my_work
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal


def arrived(item, quantity, *, arrival=1):
    """Goods stand blocked at the door, and procurement says so."""
    balance = in_stock(item, quantity, blocked=True)
    goods = {"item_id": item.pk, "company_id": company().pk, "quantity": D(quantity), "balance_id": balance.pk}
    fact = ArrivalWasRecorded(order_id=None, arrival_id=arrival, purchase_id=1, code=item.code, unit=item.unit.code, **goods)
    act(publish)(fact, by=SYSTEM, at=MONDAY_9AM)
    return Inspection.objects.latest("pk")


def finished(line, quantity, *, handover=1):
    """The workshop hands over finished units of an order line."""
    balance = in_stock(line.item, quantity, blocked=True)
    goods = {"item_id": line.item_id, "company_id": company().pk, "quantity": D(quantity), "balance_id": balance.pk}
    fact = GoodsWereFinished(
        order_id=line.order_id, handover_id=handover, line_id=line.pk, code=line.item.code, unit=line.item.unit.code, **goods
    )
    act(publish)(fact, by=SYSTEM, at=MONDAY_9AM)
    return Inspection.objects.latest("pk")


def result(inspection, accepted, rejected, inspector, findings="划痕"):
    return finish_inspection(
        inspection=inspection, accepted=D(accepted), rejected=D(rejected), findings=findings, by=inspector, at=MONDAY_9AM
    )


@pytest.fixture
def two_of_ten_rejected(inspector_wu):
    inspection = arrived(an_item(supply="buy"), 10)
    result(inspection, 8, 2, inspector_wu)
    return Nonconformity.objects.get()


def decide(problem, disposition, by, reason="与采购协商"):
    return decide_nonconformity(nonconformity=problem, disposition=disposition, reason=reason, by=by, at=MONDAY_9AM)


@pytest.mark.req("EXE-10")
def test_finished_goods_reach_the_store_only_through_inspection_and_put_away(inspector_wu, store_keeper_qian):
    line = order_in_production(an_item(), 2)
    inspection = finished(line, 2)
    assert (inspection.number[:4], inspection.state, inspection.source_kind) == ("JY26", "waiting", "handover")
    assert free_in_group([line.item_id]) == {line.item_id: {}}
    result(inspection, 2, 0, inspector_wu, findings="")
    assert Inspection.objects.get().state == "passed"
    assert Order.objects.get().state == "in_production"
    put_away(put_away=PutAway.objects.get(), location="A-01", serials=["26-01", "26-02"], by=store_keeper_qian, at=MONDAY_9AM)
    assert Order.objects.get().state == "stocked"
    assert violations() == []


@pytest.mark.req("PUR-07", "QUA-07")
def test_of_ten_that_arrived_two_are_rejected_and_nobody_can_use_them(two_of_ten_rejected, store_keeper_qian):
    item = two_of_ten_rejected.inspection.item
    assert free_in_group([item.pk]) == {item.pk: {}}
    put_away(put_away=PutAway.objects.get(), location="A-01", by=store_keeper_qian, at=MONDAY_9AM)
    everything = {"item_id": item.pk, "company_ids": [company().pk], "quantity": D(10), "purpose": "component", "reference_id": 1}
    assert reserve_stock(order_id=1, firm=True, at=MONDAY_9AM, **everything) == D(8)
    assert StockBalance.objects.get(item=item, location="").blocked == D(2)
    assert Inspection.objects.get().state == "failed"
    assert violations() == []


@pytest.mark.req("QUA-07")
def test_scrapped_goods_leave_the_stock(two_of_ten_rejected, quality_head_yuan):
    decide(two_of_ten_rejected, "scrap", quality_head_yuan)
    balance = two_of_ten_rejected.inspection.balance
    balance.refresh_from_db()
    assert (balance.on_hand, balance.blocked) == (D(8), D(8))  # eight wait for the store keeper
    problem = Nonconformity.objects.get()
    assert (problem.state, problem.decided_by, problem.closed_at) == ("closed", quality_head_yuan.name, MONDAY_9AM)
    assert violations() == []


@pytest.mark.req("QUA-07")
def test_a_concession_sends_them_to_the_store(two_of_ten_rejected, quality_head_yuan, store_keeper_qian):
    decide(two_of_ten_rejected, "concession", quality_head_yuan, "外观轻微，不影响使用")
    assert Inspection.objects.get().state == "conceded"
    for row in PutAway.objects.all():
        put_away(put_away=row, location="A-01", by=store_keeper_qian, at=MONDAY_9AM)
    item = two_of_ten_rejected.inspection.item
    assert free_in_group([item.pk]) == {item.pk: {company().pk: D(10)}}
    assert violations() == []


@pytest.mark.req("QUA-07")
def test_reworked_goods_are_inspected_again(two_of_ten_rejected, quality_head_yuan, inspector_wu):
    decide(two_of_ten_rejected, "rework", quality_head_yuan)
    assert Nonconformity.objects.get().state == "decided"
    again = finish_rework(nonconformity=two_of_ten_rejected, by=inspector_wu, at=MONDAY_9AM)
    assert (again.quantity, again.state, again.rework_of) == (D(2), "waiting", two_of_ten_rejected)
    assert again.source_id == two_of_ten_rejected.inspection.source_id
    result(again, 1, 1, inspector_wu)
    assert sorted(Nonconformity.objects.values_list("state", "quantity")) == [("closed", D(2)), ("found", D(1))]
    assert violations() == []


@pytest.mark.req("QUA-07")
def test_goods_are_returned_to_a_supplier_and_not_to_our_own_workshop(two_of_ten_rejected, quality_head_yuan, inspector_wu):
    result(finished(order_in_production(an_item("TST-2"), 1), 1), 0, 1, inspector_wu)
    own = Nonconformity.objects.latest("pk")
    with pytest.raises(Refused) as refused:
        decide(own, "return", quality_head_yuan)
    assert refused.value.reasons == (Reason("not_bought", field="disposition"),)
    decide(two_of_ten_rejected, "return", quality_head_yuan)
    assert violations() == []


def test_only_a_decided_rework_goes_back_to_inspection(two_of_ten_rejected, quality_head_yuan, inspector_wu):
    with pytest.raises(NotReady):
        finish_rework(nonconformity=two_of_ten_rejected, by=inspector_wu, at=MONDAY_9AM)
    with pytest.raises(Refused) as refused:
        decide(two_of_ten_rejected, "scrap", quality_head_yuan, " ")
    assert refused.value.reasons == (Reason("reason_missing", field="reason"),)
    decide(two_of_ten_rejected, "scrap", quality_head_yuan)
    with pytest.raises(NotReady):
        decide(two_of_ten_rejected, "concession", quality_head_yuan)


def test_a_result_adds_up_and_says_what_was_found(inspector_wu):
    inspection = arrived(an_item(), 10)
    for accepted, rejected, findings, reason in (
        (8, 1, "x", Reason("inspection_sum", field="rejected", sum=D(9), quantity=D(10))),
        (11, -1, "x", Reason("quantity_negative", field="rejected")),
        (8, 2, " ", Reason("findings_missing", field="findings")),
    ):
        with pytest.raises(Refused) as refused:
            result(inspection, accepted, rejected, inspector_wu, findings)
        assert refused.value.reasons == (reason,)
    result(inspection, 10, 0, inspector_wu)
    with pytest.raises(NotReady):
        result(inspection, 10, 0, inspector_wu)


def test_an_arrival_told_twice_is_inspected_once():
    item = an_item()
    first = arrived(item, 4)
    arrived(item, 4)
    assert Inspection.objects.get() == first


def test_inspectors_inspect_and_the_head_decides(two_of_ten_rejected, inspector_wu, store_keeper_qian, buyer_luo, manager_fang):
    waiting = arrived(an_item("TST-2"), 1, arrival=2)
    for stranger in (store_keeper_qian, buyer_luo, manager_fang):
        with pytest.raises(NotAllowed):
            result(waiting, 1, 0, stranger)
    for stranger in (inspector_wu, buyer_luo, manager_fang):
        with pytest.raises(NotAllowed):
            decide(two_of_ten_rejected, "concession", stranger)


def test_without_a_quality_head_the_general_manager_decides(two_of_ten_rejected, manager_fang, inspector_wu):
    Post.objects.filter(role="quality_head").update(holder=None)
    with pytest.raises(NotAllowed):
        decide(two_of_ten_rejected, "scrap", inspector_wu)
    assert decide(two_of_ten_rejected, "scrap", manager_fang).state == "closed"


def test_the_inspection_has_eight_working_hours(inspector_wu):
    inspection = arrived(an_item(), 1)
    clock = RunningClock.objects.get(name="arrival_inspection")
    assert (clock.role, clock.subject_id, clock.due_at) == ("inspector", inspection.pk, MONDAY_9AM + timedelta(days=1))
    result(inspection, 1, 0, inspector_wu)
    clock.refresh_from_db()
    assert clock.stopped_at == MONDAY_9AM


def test_a_problem_passed_to_the_head_waits_for_the_head(two_of_ten_rejected, inspector_wu, quality_head_yuan):
    route_nonconformity(nonconformity=two_of_ten_rejected, addressee="quality_head", note="无法判定", by=inspector_wu, at=MONDAY_9AM)
    assert RunningClock.objects.get(name="quality_reaction").stopped_at == MONDAY_9AM
    assert RunningClock.objects.get(name="quality_head_action").role == "quality_head"
    decide(two_of_ten_rejected, "scrap", quality_head_yuan)
    assert RunningClock.objects.get(name="quality_head_action").stopped_at == MONDAY_9AM


def test_goods_under_inspection_that_are_not_blocked_are_found(two_of_ten_rejected):
    assert violations() == []
    Nonconformity.objects.update(quantity=D(3))
    assert len(violations()) == 1


@pytest.mark.req("QUA-07", "SLA-07")
def test_the_inspector_has_the_rework_until_it_is_inspected_again(two_of_ten_rejected, quality_head_yuan, inspector_wu):
    decide(two_of_ten_rejected, "rework", quality_head_yuan)
    assert "rework" in on_my_work(inspector_wu)
    begun_before_the_release()
    finish_rework(nonconformity=two_of_ten_rejected, by=inspector_wu, at=MONDAY_9AM)
    assert "rework" not in on_my_work(inspector_wu) and "arrival_inspection" in on_my_work(inspector_wu)
