"""A change is applied once, as a new revision: lines, dates, money, contract and instruction (CHG-08)."""

from decimal import Decimal

import pytest

from core.models import Fact
from core.reasons import NotReady
from demo import walk_changes as walks
from finance.models import Refund
from inventory.models import Item
from inventory.selectors import reserved_for
from orders.changing import compare
from orders.models import LineMovement
from orders.services.change import apply, items, outcome
from orders.services.ledger import quantities
from orders.services.money import due_before_shipment, standing
from orders.workflow import OrderState
from tests.factories.stock import in_stock


def line(walk, number: int = 1):
    return walk.order.lines.get(line_no=number)


@pytest.mark.req("CHG-08")
def test_more_goods_make_a_new_revision_with_new_amounts_and_a_new_contract(walk, violations):
    walk.to(OrderState.INSTRUCTED)
    price, amount, old = line(walk).unit_price, walk.order.amount, walk.order.contracts.get()
    change = walks.change(walk, walks.quantity(walk, 1, 3))
    assert (walk.order.revision, change.revision, change.base_revision) == (2, 2, 1)
    assert line(walk).quantity == 3
    assert walk.order.amount == amount + price
    contract = walk.order.contracts.in_force().get()
    assert (contract.amount, contract.revision, contract.replaces) == (walk.order.amount, 2, old)
    assert walk.order.state == OrderState.INSTRUCTED
    assert walk.order.instruction.revision == 2
    assert Decimal(walk.order.instruction.lines[0]["quantity"]) == 3
    assert violations() == []


@pytest.mark.req("CHG-08")
def test_it_is_applied_once(walk, order_manager_yan):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk)
    with pytest.raises(NotReady):
        apply.apply_change(change=change, by=order_manager_yan, at=walk.tick())
    assert Fact.objects.filter(kind="orders.ChangeWasApplied", order_id=walk.order.pk).count() == 1
    assert walk.fresh().revision == 2


@pytest.mark.req("CHG-08")
def test_less_is_cancelled_in_the_ledger_and_the_line_keeps_its_number(walk, violations):
    walk.to(OrderState.INSTRUCTED)
    price = line(walk).unit_price
    walks.change(walk, walks.quantity(walk, 1, 1))
    known = quantities(walk.order)[line(walk).pk]
    assert (known.ordered, known.cancelled, known.open) == (2, 1, 1)
    assert walk.order.amount == line(walk).amount == price
    assert LineMovement.objects.get(line=line(walk), kind="cancelled").source_kind == "orders.changerequest"
    assert violations() == []


@pytest.mark.req("CHG-08")
def test_a_new_line_gets_a_number_that_was_never_used(walk, violations):
    walk.to(OrderState.EFFECTIVE)
    item = Item.objects.get(code="LZZBJ9-10")
    walks.change(walk, {"new_lines": [{"item_id": item.pk, "quantity": 3, "spec": "600/5"}]})
    added = line(walk, 2)
    assert (added.item, added.quantity, added.spec) == (item, 3, "600/5")
    assert walk.order.last_line_no == 2
    assert violations() == []


@pytest.mark.req("CHG-08")
def test_the_difference_is_money_due_by_the_same_terms(walk, violations):
    walk.to(OrderState.INSTRUCTED)
    due, received = standing(walk.order, "effect")
    assert due == received > 0
    walks.change(walk, walks.quantity(walk, 1, 4))
    twice, _same = standing(walk.order, "effect")
    assert twice == due * 2
    assert due_before_shipment(walk.order) >= twice - received
    assert walk.order.dues.get(gate="effect").settled_at is None
    assert violations() == []


@pytest.mark.req("CHG-08")
def test_what_was_paid_beyond_the_new_amount_is_left_for_finance(walk, violations):
    walk.to(OrderState.INSTRUCTED)
    walk.pay()
    total = walk.order.amount
    change = walks.change(walk, walks.quantity(walk, 1, 1))
    fact = Fact.objects.get(kind="orders.ChangeWasApplied", subject_id=change.pk)
    assert Decimal(fact.money["overpaid"]) == total / 2
    assert standing(walk.order)[0] == total / 2
    assert Refund.objects.get(order=walk.order).amount == total / 2
    assert violations() == []


@pytest.mark.req("CHG-08")
def test_goods_in_store_beyond_what_is_wanted_are_free_for_others(walk, violations):
    walk.to(OrderState.STOCKED)
    walks.change(walk, walks.quantity(walk, 1, 1))
    assert quantities(walk.order)[line(walk).pk].stocked == 1
    assert walk.order.state == OrderState.STOCKED
    assert violations() == []
    walk.to(OrderState.CLOSED)
    assert violations() == []


@pytest.mark.req("CHG-08")
def test_an_order_does_not_close_while_a_change_is_open(walk):
    walk.to(OrderState.EFFECTIVE)
    change = walks.ask(walk)
    assert [item.reference for item in walk.order.open_items.filter(closed_at=None)] == [change.number]


@pytest.mark.req("CHG-08")
def test_two_revisions_are_compared_line_by_line_and_prices_only_for_who_sees_them(walk):
    walk.to(OrderState.INSTRUCTED)
    walks.change(walk, walks.quantity(walk, 1, 3))
    pictures = compare.of_revision(walk.order, 1), compare.of_revision(walk.order, 2)
    seen = [row for row in compare.differences(*pictures, prices=True) if row.differs]
    assert (seen[0].before, seen[0].after) == ("2\xa0面", "3\xa0面")
    assert len(seen) == 3, "quantity, amount of the line, total"
    hidden = [row for row in compare.differences(*pictures, prices=False) if row.differs]
    assert [(row.before, row.after) for row in hidden] == [("2\xa0面", "3\xa0面")]


@pytest.mark.req("CHG-05")
def test_work_is_held_until_the_change_is_concluded(walk):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="in_review")
    row = change.items.create(
        kind="production.plantask", reference=77, title="装配", touches=2, options=[["merge", "并入"]], role="production_manager",
        company=walk.order.product_company,
    )  # fmt: skip
    items.set_hold(item=row, hold=True, by=walk.clerk, at=walk.tick())
    assert items.held("production.plantask", [76, 77]) == {77: change.number}
    contract = change.items.get(kind="orders.contract")
    with pytest.raises(NotReady):
        items.set_hold(item=contract, hold=True, by=walk.clerk, at=walk.tick())
    outcome.refuse_change(change=change, reason="客户收回", by=walk.clerk, at=walk.tick())
    assert items.held("production.plantask", [77]) == {}


@pytest.mark.req("CHG-05")
def test_an_order_taken_wholly_from_stock_gets_no_more_goods_that_nobody_would_make(walk):
    in_stock(Item.objects.get(code="GGD"), 5)
    walk.to(OrderState.STOCKED)
    with pytest.raises(NotReady) as refused:
        walks.change(walk, walks.quantity(walk, 1, 3))
    assert [reason.code for reason in refused.value.reasons] == ["change_from_stock"]


@pytest.mark.req("CHG-08")
def test_before_the_contract_is_in_force_reservations_follow_the_change(walk, violations):
    in_stock(Item.objects.get(code="GGD"), 5)
    walk.to(OrderState.CONTRACTED)
    walk.sign_for_us()
    walk.sign()
    assert walk.fresh().state == OrderState.SIGNED
    walks.change(walk, walks.quantity(walk, 1, 1))
    assert reserved_for("line", [line(walk).pk]) == {line(walk).pk: 1}
    walk.pay("effect")
    assert quantities(walk.fresh())[line(walk).pk].stocked == 1
    assert violations() == []
