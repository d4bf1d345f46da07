"""Cancelling: everything downstream is listed and decided, the charge is agreed, what was shipped stays (CHG-09)."""

from decimal import Decimal

import pytest

from aftersales import services as aftersales
from core.models import Fact
from core.reasons import NotAllowed, NotReady
from demo import walk_changes as walks
from demo.walk import Walk
from inventory.models import Item, Reservation
from orders.services import intake
from orders.services.change import cancel, outcome
from orders.services.ledger import quantities
from orders.services.money import standing
from orders.workflow import OrderState
from sla.models import RunningClock
from tests.factories.stock import in_stock
from tests.personas import MONDAY_9AM


def codes(refused) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def end(walk, by):
    return cancel.cancel_order(order=walk.order, reason="项目停建", by=by, at=walk.tick())


@pytest.mark.req("CHG-09")
def test_nothing_dangles_when_an_order_is_cancelled(walk, sales_head_gu, clerk_zhou):
    walk.to(OrderState.INSTRUCTED)
    with pytest.raises(NotReady) as refused:
        end(walk, sales_head_gu)
    assert codes(refused) == ["cancel_not_asked"]
    request = walks.ask_cancel(walk)
    request.items.create(
        kind="procurement.purchaseline", reference=1, title="断路器 × 8", touches=2, options=[["keep", "转通用库存"]],
        role="sales_clerk", company=walk.order.sales_company, spent=Decimal("16320.00"),
    )  # fmt: skip
    with pytest.raises(NotReady) as refused:
        end(walk, sales_head_gu)
    assert codes(refused) == ["cancel_rows_open", "cancel_charge_open"]
    assert "断路器 × 8" in refused.value.reasons[0].figures["rows"]
    walks.decide(walk, request)
    outcome.agree_charge(change=request, charge=Decimal(5000), charge_note="王总书面同意", by=clerk_zhou, at=walk.tick())
    with pytest.raises(NotAllowed):
        end(walk, clerk_zhou)
    assert end(walk, sales_head_gu).state == OrderState.CANCELLED


@pytest.mark.req("CHG-09")
def test_before_shipping_the_charge_is_all_that_is_owed(walk, violations):
    walk.to(OrderState.INSTRUCTED)
    received = standing(walk.order)[1]
    walks.cancel_order(walk, charge=Decimal(5000))
    line = walk.order.lines.get(line_no=1)
    assert (walk.order.state, walk.order.amount, line.amount) == (OrderState.CANCELLED, 5000, 0)
    assert quantities(walk.order)[line.pk].open == 0
    fact = Fact.objects.get(kind="orders.OrderWasCancelled", order_id=walk.order.pk)
    assert (Decimal(fact.money["charge"]), Decimal(fact.money["refund"])) == (5000, max(received - 5000, 0))
    assert walk.order.changes.get().refund == max(received - 5000, 0)
    asking = RunningClock.objects.open().filter(order_id=walk.order.pk).values_list("subject_kind", flat=True)
    assert set(asking) <= {"orders.paymentdue", "finance.refund"}, "only money is still to be moved"
    assert violations() == []


@pytest.mark.req("CHG-09")
def test_what_was_shipped_stays_shipped_owed_and_is_invoiced(walk, violations):
    walk.to(OrderState.STOCKED)
    shipment = walk.ship({1: Decimal(1)})
    walk.receive(shipment)
    line = walk.order.lines.get(line_no=1)
    walks.cancel_order(walk, charge=Decimal(300))
    known = quantities(walk.order)[line.pk]
    assert (known.open, known.shipped, known.stocked) == (1, 1, 1)
    assert walk.order.amount == line.unit_price + 300
    assert standing(walk.order)[0] == walk.order.amount
    walk.invoice()
    assert quantities(walk.order)[line.pk].invoiced == 1
    assert violations() == []


@pytest.mark.req("CHG-09")
def test_other_changes_end_with_the_order(walk, violations):
    walk.to(OrderState.INSTRUCTED)
    other = walks.change(walk, until="in_review")
    walks.cancel_order(walk)
    other.refresh_from_db()
    assert other.state == "refused"
    assert not walk.order.open_items.filter(kind="change", closed_at=None).exists()
    assert violations() == []


@pytest.mark.req("CHG-09")
def test_a_cancelling_may_be_taken_back(walk):
    walk.to(OrderState.INSTRUCTED)
    request = walks.ask_cancel(walk)
    with pytest.raises(NotReady) as refused:
        walks.ask_cancel(walk)
    assert codes(refused) == ["cancel_asked"]
    outcome.refuse_change(change=request, reason="客户改主意", by=walk.clerk, at=walk.tick())
    assert walks.ask_cancel(walk).state == "received"


@pytest.mark.req("CHG-09", "SLA-07")
def test_a_cancelling_waits_for_the_clerk_and_then_for_the_sales_head(walk, sales_head_gu, clerk_zhou):
    walk.to(OrderState.INSTRUCTED)
    request = walks.ask_cancel(walk)
    clocks = RunningClock.objects.filter(order_id=walk.order.pk, name__in=("charge_of_cancelling", "cancelling"))
    assert list(clocks.open().values_list("name", flat=True)) == ["charge_of_cancelling"]
    walks.decide(walk, request)
    outcome.agree_charge(change=request, charge=Decimal(5000), charge_note="王总书面同意", by=clerk_zhou, at=walk.tick())
    (waiting,) = clocks.open()
    assert (waiting.name, waiting.role) == ("cancelling", "sales_head")
    end(walk, sales_head_gu)
    waiting.refresh_from_db()
    assert (waiting.stopped_at is not None, waiting.cancelled_at) == (True, None)


@pytest.mark.req("CHG-09", "INV-02")
def test_a_signed_order_that_waits_for_its_deposit_gives_back_what_it_had_reserved(walk, violations):
    in_stock(Item.objects.get(code="GGD"), 5)
    walk.to(OrderState.CONTRACTED)
    walk.sign_for_us()
    walk.sign()
    held = Reservation.objects.filter(order_id=walk.order.pk, closed_at=None)
    assert (walk.fresh().state, held.get().firm, held.get().left) == (OrderState.SIGNED, False, 2)
    walks.cancel_order(walk)
    assert not held.exists()
    assert violations() == []


@pytest.mark.req("CHG-09", "INV-02")
def test_an_order_in_force_gives_back_finished_goods_that_were_its_own(walk, violations):
    in_stock(Item.objects.get(code="GGD"), 1)
    walk.to(OrderState.EFFECTIVE)
    held = Reservation.objects.filter(order_id=walk.order.pk, closed_at=None)
    assert held.get().firm
    walks.cancel_order(walk)
    assert not held.exists()
    assert quantities(walk.order)[walk.order.lines.get(line_no=1).pk].stocked == 0
    assert violations() == []


@pytest.mark.req("INV-02", "INT-15")
def test_a_contract_that_is_not_signed_yet_is_withdrawn_and_gives_back_what_it_had_reserved(walk, violations):
    in_stock(Item.objects.get(code="GGD"), 5)
    walk.to(OrderState.CONTRACTED)
    held = Reservation.objects.filter(order_id=walk.order.pk, closed_at=None)
    assert held.exists()
    intake.withdraw(order=walk.order, reason="项目没有了", by=walk.clerk, at=walk.tick())
    assert not held.exists()
    assert violations() == []


def running(walk) -> set[str]:
    return set(RunningClock.objects.open().filter(order_id=walk.order.pk).values_list("name", flat=True))


@pytest.mark.req("CHG-09", "SVC-01", "RET-01")
def test_services_and_returns_of_delivered_goods_go_on_when_the_rest_is_cancelled(walk, violations):
    walk.to(OrderState.STOCKED)
    walk.receive(walk.ship({1: Decimal(1)}))
    goods = {walk.order.lines.get(line_no=1).pk: Decimal(1)}
    told = {"words": "门锁坏了", "by": walk.clerk}
    request = aftersales.receive_request(order=walk.fresh(), contact="王工", channel="phone", at=walk.tick(), **told)
    aftersales.apply_return(
        order=walk.fresh(), wanted="refund", reason="defect", identity="letter", quantities=goods, at=walk.tick(), **told
    )
    walks.cancel_order(walk, charge=Decimal(300))
    assert {"service_handover", "return_decision"} <= running(walk)
    assert "delivery_followup" not in running(walk), "what sales had to do for the order has ended"
    assert violations() == []
    aftersales.hand_over_service(service=request, by=walk.clerk, at=walk.tick())
    assert "service_contact" in running(walk)
    RunningClock.objects.filter(name="service_contact").delete()
    assert any("no clock service_contact" in text for text in violations())


@pytest.mark.req("CHG-09", "FIN-02")
@pytest.mark.parametrize("customer", ["C0001", "C0002", "C0003"])
def test_nobody_asks_for_money_that_is_not_owed_after_the_cancelling(db, customer, violations):
    walk = Walk(MONDAY_9AM)
    walk.register(customer, [("GGD", 2)])
    walk.to(OrderState.EFFECTIVE)
    walks.cancel_order(walk)
    assert "payment_due" not in running(walk)
    assert violations() == []
