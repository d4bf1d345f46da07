"""Cancelling: everything downstream is listed and decided, the charge is agreed, what was shipped stays (CHG-09)."""

from decimal import Decimal

import pytest

from core.models import Fact
from core.reasons import NotAllowed, NotReady
from demo import walk_changes as walks
from orders.services.change import cancel, outcome
from orders.services.ledger import quantities
from orders.services.money import standing
from orders.workflow import OrderState
from sla.models import RunningClock


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
