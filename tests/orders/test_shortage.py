"""A line lacks what nobody planned for: flagged, decided on, and the customer is told (INV-06)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from core.models import Fact
from core.reasons import NotAllowed, NotReady
from inventory.models import Item
from orders.models import Order, Shortage
from orders.selectors import line_rows
from orders.services.shortage import decide_shortage, forget_shortages, record_shortage
from procurement.models import Demand
from quality.models import Inspection, Nonconformity
from quality.services import decide_nonconformity, finish_inspection
from sla.models import RunningClock
from tests.factories.production import instructed_order, line_of
from tests.factories.stock import an_item, order_in_production
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("INV-06")]
D = Decimal


@pytest.fixture
def order():
    return instructed_order(("KYN28A-12", "2"))


@pytest.fixture
def shortage(order, controller_shen):
    return flag(order, controller_shen)


def flag(order, by, **more):
    line = line_of(order, "KYN28A-12")
    given = {"line": line, "item": line.item, "quantity": D(1), "cause": "柜体压坏", **more}
    return record_shortage(order=order, by=by, at=MONDAY_9AM, **given)


def decide(shortage, by, outcome="part_ship", **more):
    return decide_shortage(shortage=shortage, outcome=outcome, by=by, at=MONDAY_9AM, **{"told": "先发一面，其余下周", **more})


def codes(refused):
    return [reason.code for reason in refused.value.reasons]


def test_material_control_flags_a_line_until_order_management_decides(order, shortage, order_manager_yan):
    assert [line.short for line, _quantities in line_rows(order)] == [True]
    assert RunningClock.objects.open().filter(name="shortage_decision", subject_id=shortage.pk).exists()
    decided = decide(shortage, order_manager_yan, note="客户王工同意")
    assert (decided.state, decided.outcome, decided.decided_by) == ("decided", "part_ship", order_manager_yan.name)
    assert [line.short for line, _quantities in line_rows(order)] == [False]
    assert not RunningClock.objects.open().filter(name="shortage_decision").exists()


def test_the_customer_reads_what_they_were_told_and_not_our_note(shortage, order_manager_yan):
    decide(shortage, order_manager_yan, note="供应商破产")
    fact = Fact.objects.get(kind="orders.ShortageWasDecided")
    assert fact.customer_visible and fact.data["told"] == "先发一面，其余下周"
    assert "供应商破产" not in str(fact.data)
    assert not Fact.objects.get(kind="orders.LineBecameShort").customer_visible


def test_nothing_is_decided_without_telling_the_customer(shortage, order_manager_yan):
    with pytest.raises(NotReady) as refused:
        decide(shortage, order_manager_yan, told="  ")
    assert codes(refused) == ["shortage_told"]


def test_a_delay_names_a_date_ahead_and_moves_the_forecast_not_the_promise(order, shortage, order_manager_yan):
    for wrong in (None, MONDAY_9AM.date()):
        with pytest.raises(NotReady) as refused:
            decide(shortage, order_manager_yan, "delay", new_date=wrong)
        assert codes(refused) == ["shortage_date"]
    promised = order.promised_date
    decide(shortage, order_manager_yan, "delay", new_date=date(2026, 12, 24))
    order = Order.objects.get(pk=order.pk)
    assert (order.expected_date, order.promised_date) == (date(2026, 12, 24), promised)


def test_only_order_management_decides_and_a_buyer_does_not_flag(order, shortage, controller_shen, buyer_luo):
    with pytest.raises(NotAllowed):
        decide(shortage, controller_shen)
    with pytest.raises(NotAllowed):
        flag(order, buyer_luo)


def test_a_shortage_says_how_much_and_why(order, controller_shen):
    for code, wrong in {"shortage_quantity": {"quantity": D(0)}, "shortage_cause": {"cause": " "}}.items():
        with pytest.raises(NotReady) as refused:
            flag(order, controller_shen, **wrong)
        assert codes(refused) == [code]


def test_scrapped_finished_goods_flag_their_line_once(quality_head_yuan, inspector_wu):
    from tests.quality.test_pages import asked

    line = order_in_production(an_item(), 10)
    inspection = asked(line, 10)
    finish_inspection(inspection=inspection, accepted=D(8), rejected=D(2), findings="划痕", by=inspector_wu, at=MONDAY_9AM)
    assert not Shortage.objects.exists(), "rework may still save them"
    found = Nonconformity.objects.get()
    decide_nonconformity(nonconformity=found, disposition="scrap", reason="无法返修", by=quality_head_yuan, at=MONDAY_9AM)
    short = Shortage.objects.get()
    assert (short.line_id, short.item_id, short.quantity, short.state) == (line.pk, line.item_id, D(2), "open")


def test_parts_sent_back_are_bought_again_and_the_line_is_short(order, buyer_luo, purchasing_head_cao, inspector_wu, quality_head_yuan):
    from procurement.selectors import suppliers_of
    from procurement.services import approve_purchase, make_purchase, record_arrival, send_purchase

    demand = next(d for d in Demand.objects.filter(order=order).select_related("item").order_by("pk") if d.open > 0)
    wanted, at = demand.open, MONDAY_9AM
    purchase = make_purchase(supplier=suppliers_of([demand])[demand.item_id][0], demands=[demand], by=buyer_luo, at=at)
    approve_purchase(purchase=purchase, by=purchasing_head_cao, at=at)
    purchase.refresh_from_db()
    send_purchase(purchase=purchase, by=buyer_luo, at=at)
    line = purchase.lines.get()
    record_arrival(line=line, quantity=line.quantity, delivery_note="SN1", by=buyer_luo, at=at)
    row = Inspection.objects.get(order_id=order.pk)
    finish_inspection(inspection=row, accepted=D(0), rejected=row.quantity, findings="型号不符", by=inspector_wu, at=at)
    assert Demand.objects.get(pk=demand.pk).open == 0
    problem = Nonconformity.objects.get(inspection=row)
    decide_nonconformity(nonconformity=problem, disposition="return", reason="退供应商", by=quality_head_yuan, at=at)
    assert Demand.objects.get(pk=demand.pk).open == wanted
    short = Shortage.objects.get()
    assert (short.line_id, short.item_id, short.quantity) == (demand.line_id, demand.item_id, wanted)


def test_of_a_line_that_nobody_wants_any_more_nothing_is_short(order, shortage):
    forget_shortages(order_id=order.pk, at=MONDAY_9AM)
    assert Shortage.objects.get().state == "open"
    line = line_of(order, "KYN28A-12")
    order.movements.create(line=line, kind="cancelled", quantity=line.quantity, source_kind="test", source_id=1, at=MONDAY_9AM)
    for _twice in range(2):
        forget_shortages(order_id=order.pk, at=MONDAY_9AM + timedelta(hours=1))
    assert (Shortage.objects.get().state, Shortage.objects.get().outcome) == ("decided", "cancel_line")
    assert not RunningClock.objects.open().filter(name="shortage_decision").exists()


def test_in_the_browser_the_line_carries_its_flag_and_the_decision_its_words(login, order, controller_shen, order_manager_yan):
    browser, url = login(controller_shen), reverse("orders:act", args=[order.number, "record_shortage"])
    form = browser.get(url).context["form"]
    part = Item.objects.filter(used_in__product__code="KYN28A-12").order_by("pk")[0]
    given = {"version": form["version"].value(), "once": form["once"].value(), "line": line_of(order, "KYN28A-12").pk}
    given |= {"item": part.code, "quantity": "1", "cause": "盘点少一件"}
    assert browser.post(url, {**given, "item": "没有这个"}).status_code == 422
    assert browser.post(url, given).status_code == 302
    short = Shortage.objects.get()
    assert short.item == part
    manager = login(order_manager_yan)
    assert "ti-alert-triangle" in manager.get(order.get_absolute_url()).content.decode()
    act = reverse("orders:shortage_act", args=[short.pk, "decide"])
    assert act in manager.get(reverse("orders:panel", args=[order.number, "shortages"])).content.decode()
    form = manager.get(act).context["form"]
    answer = {"version": form["version"].value(), "once": form["once"].value(), "outcome": "buy", "told": "已补订，交期不变"}
    assert manager.post(act, answer).status_code == 302
    assert "已补订" in manager.get(reverse("orders:panel", args=[order.number, "shortages"])).content.decode()
