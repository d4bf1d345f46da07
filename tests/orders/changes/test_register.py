"""A change is noted at the moment of notice; what it touches says how heavy it is; what has left takes none (CHG-01, CHG-05, CHG-10)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.actor import Actor
from core.reasons import NotAllowed, NotReady
from demo import walk_changes as walks
from orders.changes import register_change
from orders.models import ChangeRequest
from orders.services.change import classify, items, outcome, register
from orders.workflow import OrderState
from organization.roles import Role
from shipping import services as shipping
from sla.models import RunningClock

WORDS = {"words": "进线互感器改 600/5", "channel": "phone", "asked_by": "王立新"}


def codes(refused) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


@pytest.mark.req("CHG-01")
def test_a_change_is_noted_at_once_and_its_clock_runs_for_who_received_it(walk, clerk_zhou):
    order = walk.to(OrderState.EFFECTIVE)
    change = register_change(order=order, by=clerk_zhou, at=walk.tick(), **WORDS)
    assert change.number.startswith("CR")
    assert change.state == "received"
    clock = RunningClock.objects.get(name="change_response", subject_id=change.pk)
    assert clock.post_id == change.receiver_post_id
    assert clock.due_at - clock.started_at == timedelta(minutes=30)
    assert walk.fresh().state == OrderState.EFFECTIVE


@pytest.mark.req("CHG-01")
def test_a_refused_change_counts_neither_as_answered_in_time_nor_as_late(walk, clerk_zhou):
    change = register_change(order=walk.to(OrderState.EFFECTIVE), by=clerk_zhou, at=walk.tick(), **WORDS)
    outcome.refuse_change(change=change, reason="做不了", by=clerk_zhou, at=walk.tick())
    assert RunningClock.objects.get(name="change_response", subject_id=change.pk).state_at(walk.at) == "cancelled"


@pytest.mark.req("CHG-01")
@pytest.mark.parametrize("role", [Role.SALES_CLERK, Role.SALESPERSON, Role.DESIGNER])
def test_sales_and_designers_may_note_it(walk, role):
    order = walk.to(OrderState.EFFECTIVE)
    company = order.product_company_id if role == Role.DESIGNER else order.sales_company_id
    persona = walk.who(role, company)
    assert register_change(order=order, by=persona, at=walk.tick(), **WORDS).receiver_name == persona.name


@pytest.mark.req("CHG-01")
def test_the_customer_notes_it_on_their_page_and_it_falls_to_the_clerk(walk):
    order = walk.to(OrderState.EFFECTIVE)
    customer = Actor("customer", "王立新", contact="13800000001", order_id=order.pk)
    change = register_change(order=order, by=customer, at=walk.tick(), **{**WORDS, "channel": "portal"})
    assert change.receiver_post == order.clerk_post
    stranger = Actor("customer", "别人", order_id=order.pk + 1)
    with pytest.raises(NotAllowed):
        register_change(order=order, by=stranger, at=walk.tick(), **WORDS)


@pytest.mark.req("CHG-01")
def test_before_signing_there_is_nothing_to_change(walk, clerk_zhou):
    with pytest.raises(NotReady) as refused:
        register_change(order=walk.to(OrderState.QUOTED), by=clerk_zhou, at=walk.tick(), **WORDS)
    assert codes(refused) == ["wrong_state"]


@pytest.mark.req("CHG-10")
def test_what_is_all_on_its_way_may_still_be_changed_once_it_is_back(walk, clerk_zhou):
    walk.to(OrderState.SHIPPING)
    change = register_change(order=walk.fresh(), by=clerk_zhou, at=walk.tick(), **WORDS)
    assert refusal_of(walk, change, 1) == ["recall_first"]


def refusal_of(walk, change, quantity) -> list[str]:
    with pytest.raises(NotReady) as refused:
        register.describe_change(change=change, wanted=walks.quantity(walk, 1, quantity), by=walk.clerk, at=walk.tick())
    return codes(refused)


@pytest.mark.req("CHG-10")
def test_goods_that_cannot_turn_round_come_back_by_a_return_only(walk):
    walk.to(OrderState.STOCKED)
    shipment = walk.ship({1: Decimal(1)})
    change = register_change(order=walk.fresh(), by=walk.clerk, at=walk.tick(), **WORDS)
    assert refusal_of(walk, change, 0) == ["recall_first"]
    shipping.ask_recall(shipment=shipment, words="客户改配置", by=walk.clerk, at=walk.tick())
    assert refusal_of(walk, change, 0) == ["recall_runs"]
    walks.answer_recalls(walk)
    assert refusal_of(walk, change, 0) == ["line_shipped"]
    register.describe_change(change=change, wanted=walks.quantity(walk, 1, 1), by=walk.clerk, at=walk.tick())
    assert ChangeRequest.objects.get(pk=change.pk).wanted["lines"]


@pytest.mark.req("CHG-10")
def test_goods_that_turned_round_are_changed_like_any_other(walk):
    walk.to(OrderState.STOCKED)
    shipment = walk.ship({1: Decimal(1)})
    change = register_change(order=walk.fresh(), by=walk.clerk, at=walk.tick(), **WORDS)
    shipping.ask_recall(shipment=shipment, words="客户改配置", by=walk.clerk, at=walk.tick())
    walks.answer_recalls(walk, turns_round=True)
    other = {"lines": {str(walk.order.lines.get(line_no=1).pk): {"spec": "门板颜色 RAL7032"}}}
    register.describe_change(change=change, wanted=other, by=walk.clerk, at=walk.tick())
    assert ChangeRequest.objects.get(pk=change.pk).wanted["lines"]


@pytest.mark.req("CHG-05")
@pytest.mark.parametrize(
    ("what", "least"),
    [("address", 1), ("date", 2), ("more", 2), ("structure", 3)],
)
def test_the_class_is_proposed_from_what_is_touched(walk, what, least):
    walk.to(OrderState.EFFECTIVE)
    line = walk.order.lines.get(line_no=1)
    later = (walk.order.promised_date + timedelta(days=7)).isoformat()
    wanted = {
        "address": {"header": {"delivery_address": "合肥新站区"}},
        "date": {"date": later},
        "more": walks.one_more(walk),
        "structure": {"lines": {str(line.pk): {"structural": True, "spec": "母线改 4000A"}}},
    }[what]
    assert walks.ask(walk, wanted).proposed_class == least


@pytest.mark.req("CHG-05")
def test_the_receiver_may_raise_the_class_only_the_sales_head_lowers_it_with_a_reason(walk, clerk_zhou, sales_head_gu):
    walk.to(OrderState.EFFECTIVE)
    change = walks.ask(walk)
    with pytest.raises(NotReady) as refused:
        classify.classify_change(change=change, change_class=1, reason="不影响", by=clerk_zhou, at=walk.tick())
    assert [(r.code, r.figures["proposed"]) for r in refused.value.reasons] == [("change_lower_class", 2)]
    with pytest.raises(NotReady) as refused:
        classify.classify_change(change=change, change_class=1, by=sales_head_gu, at=walk.tick())
    assert codes(refused) == ["change_reason_needed"]
    low = classify.classify_change(change=change, change_class=1, reason="库存够，不影响计划", by=sales_head_gu, at=walk.tick())
    assert (low.state, low.change_class, low.proposed_class) == ("classified", 1, 2)
    raised = classify.classify_change(change=low, change_class=3, by=clerk_zhou, at=walk.tick())
    assert raised.state == "in_review"


@pytest.mark.req("CHG-05")
def test_the_impact_is_listed_before_anyone_decides_and_each_row_is_its_departments(walk, clerk_zhou, sales_head_gu, buyer_luo):
    walk.to(OrderState.EFFECTIVE)
    change = walks.ask(walk)
    row = change.items.get(kind="orders.contract")
    assert (row.state, row.decision) == ("open", "")
    with pytest.raises(NotAllowed):
        items.decide_item(item=row, decision="agreement", by=buyer_luo, at=walk.tick())
    with pytest.raises(NotReady) as refused:
        items.decide_item(item=row, decision="burn", by=clerk_zhou, at=walk.tick())
    assert codes(refused) == ["change_unknown_option"]
    items.decide_item(item=row, decision="agreement", by=clerk_zhou, at=walk.tick())
    assert items.decisions(change.pk, "orders.contract") == {row.reference: "agreement"}
    register.describe_change(change=change, wanted=walks.quantity(walk, 1, 4), by=clerk_zhou, at=walk.tick())
    assert items.decisions(change.pk, "orders.contract") == {row.reference: "agreement"}, "listed anew, a decision stays"


@pytest.mark.req("CHG-05")
def test_a_change_that_says_nothing_is_not_classified(walk, clerk_zhou):
    change = register_change(order=walk.to(OrderState.EFFECTIVE), by=clerk_zhou, at=walk.tick(), **WORDS)
    with pytest.raises(NotReady) as refused:
        classify.classify_change(change=change, change_class=1, by=clerk_zhou, at=walk.tick())
    assert codes(refused) == ["change_says_nothing"]


@pytest.mark.req("CHG-08")
def test_two_changes_of_an_order_are_made_one_after_the_other(walk):
    walk.to(OrderState.EFFECTIVE)
    walks.change(walk, until="in_review")
    second = walks.ask(walk, {"header": {"delivery_address": "合肥新站区"}})
    with pytest.raises(NotReady) as refused:
        classify.classify_change(change=second, change_class=1, by=walk.clerk, at=walk.tick())
    assert codes(refused) == ["change_other_runs"]
