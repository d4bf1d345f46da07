"""A change that makes the order dearer: its price is said, not kept in silence, and credit is checked anew (CHG-04, REV-11)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.reasons import NotReady
from demo import walk_changes as walks
from demo.walk import Walk
from orders.models import ChangeRequest, Customer
from orders.services.change import apply, classify, items, outcome, register
from orders.services.change.credit import KIND
from orders.services.money import owed_by
from orders.workflow import OrderState
from organization.roles import Role
from sla.models import RunningClock
from tests.personas import MONDAY_9AM


def codes(refused) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def answer(walk, change):
    return outcome.record_answer(
        change=change, agrees=True, answered_by="王工", promised_date=change.reviewed_date, by=walk.clerk, at=walk.tick()
    )


# --- the price of another structure -------------------------------------------------------------------------------------------------


def structure(walk) -> dict:
    return {"lines": {str(walk.order.lines.get(line_no=1).pk): {"structural": True, "spec": "母线改 4000A", "quantity": "2"}}}


@pytest.mark.req("CHG-04")
def test_no_price_of_another_structure_is_kept_in_silence(walk):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, structure(walk), until="awaiting_customer")
    assert (change.change_class, change.price_difference) == (3, 0)
    with pytest.raises(NotReady) as refused:
        answer(walk, change)
    assert codes(refused) == ["change_price_unconfirmed"]
    with pytest.raises(NotReady) as refused:
        classify.enter_prices(change=change, prices={}, by=walk.clerk, at=walk.tick())
    assert codes(refused) == ["change_price_missing"]
    line = walk.order.lines.get(line_no=1)
    classify.enter_prices(change=change, prices={str(line.pk): line.unit_price}, by=walk.clerk, at=walk.tick())
    assert answer(walk, change).price_difference == 0, "said to stay as it is"


@pytest.mark.req("CHG-04")
def test_the_clerk_types_the_price_of_a_new_structure_the_old_one_stands_beside(walk, login):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, structure(walk), until="awaiting_customer")
    line = walk.order.lines.get(line_no=1)
    browser, address = login(walk.clerk), reverse("orders:change_act", args=[change.number, "enter_prices"])
    form = browser.get(address).context["form"]
    name = f"price_{line.pk}"
    assert (form.fields[name].required, form.initial[name]) == (True, "")
    given = {"version": form.initial["version"], "once": form.initial["once"]}
    assert browser.post(address, given).context["form"].errors[name]
    assert browser.post(address, {**given, name: str(line.unit_price + 100)}).status_code == 302
    change.refresh_from_db()
    assert change.price_difference == 200
    assert Decimal(browser.get(address).context["form"].initial[name]) == line.unit_price + 100, "confirmed now"


@pytest.mark.req("CHG-01", "CHG-04")
def test_saying_anew_what_changes_asks_for_the_price_anew(walk):
    walk.to(OrderState.INSTRUCTED)
    change, line = walks.ask(walk, structure(walk)), walk.order.lines.get(line_no=1)
    classify.enter_prices(change=change, prices={str(line.pk): line.unit_price + 5}, by=walk.clerk, at=walk.tick())
    assert ChangeRequest.objects.get(pk=change.pk).priced_at == walk.at
    register.describe_change(change=change, wanted=structure(walk), by=walk.clerk, at=walk.tick())
    assert ChangeRequest.objects.get(pk=change.pk).priced_at is None


# --- credit -------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_credit(db) -> Walk:
    """An order on open account in production; the customer's limit leaves room for half a cabinet more."""
    found = Walk(MONDAY_9AM)
    found.register("C0001", [("GGD", 2)])
    found.to(OrderState.INSTRUCTED)
    line = found.order.lines.get(line_no=1)
    Customer.objects.filter(pk=found.order.customer_id).update(credit_limit=owed_by(found.order.customer) + line.unit_price / 2)
    return found


def finance(walk):
    return walk.sales(Role.FINANCE)


@pytest.mark.req("REV-11", "CHG-05")
def test_beyond_the_limit_finance_decides_before_the_customer_is_bound(on_credit, login, violations):
    walk = on_credit
    change = walks.change(walk, until="awaiting_customer")
    row = change.items.get(kind=KIND)
    assert row.role == Role.FINANCE
    assert RunningClock.objects.open().filter(name="rows_of_change", subject_id=change.pk, key=Role.FINANCE).exists()
    assert violations() == []
    with pytest.raises(NotReady) as refused:
        answer(walk, change)
    assert codes(refused) == ["change_credit_open"]
    page = login(finance(walk)).get(reverse("orders:change_item_act", args=[row.pk, "decide"]))
    assert page.context["credit"]["over"] == walk.order.lines.get(line_no=1).unit_price / 2
    items.decide_item(item=row, decision="release", by=finance(walk), at=walk.tick())
    change = answer(walk, change)
    shown = login(walk.holder(walk.order.order_manager_post)).get(change.get_absolute_url()).context["credit"]
    assert (shown["row"].decided_by, shown["over"] > 0) == (finance(walk).name, True), "the approver sees the result"
    while change.state != "applied":
        walks.onward(walk, change)
        change.refresh_from_db()
    assert violations() == []


@pytest.mark.req("REV-11")
def test_a_change_whose_credit_is_refused_is_neither_agreed_nor_noticed(on_credit, order_manager_yan):
    walk = on_credit
    change = walks.change(walk, until="awaiting_customer")
    row = change.items.get(kind=KIND)
    items.decide_item(item=row, decision="refuse", by=finance(walk), at=walk.tick(), note="逾期两笔")
    with pytest.raises(NotReady) as refused:
        answer(walk, change)
    assert codes(refused) == ["change_credit_refused"]
    items.decide_item(item=row, decision="release", by=finance(walk), at=walk.tick())
    change = answer(walk, change)
    walks.decide(walk, change)
    items.decide_item(item=row, decision="refuse", by=finance(walk), at=walk.tick(), note="又逾期一笔")
    with pytest.raises(NotReady) as refused:
        outcome.issue_notice(change=change, by=order_manager_yan, at=walk.tick())
    assert codes(refused) == ["change_credit_refused", "change_agreement_missing"]
    with pytest.raises(NotReady):
        apply.apply_change(change=change, by=order_manager_yan, at=walk.tick())


@pytest.mark.req("REV-11")
def test_another_price_asks_finance_anew_or_not_at_all(on_credit, sales_head_gu, violations):
    walk = on_credit
    change = walks.change(walk, until="awaiting_customer")
    line, row = walk.order.lines.get(line_no=1), change.items.get(kind=KIND)
    items.decide_item(item=row, decision="release", by=finance(walk), at=walk.tick())
    waits = RunningClock.objects.open().filter(name="rows_of_change", subject_id=change.pk, key=Role.FINANCE)
    assert not waits.exists()
    classify.enter_prices(change=change, prices={str(line.pk): line.unit_price + 100}, by=walk.clerk, at=walk.tick())
    assert (change.items.get(kind=KIND).state, waits.count()) == ("open", 1), "released for less"
    assert violations() == []
    cheaper = {str(line.pk): line.unit_price / 2}
    classify.enter_prices(change=change, prices=cheaper, by=sales_head_gu, at=walk.tick())
    assert not change.items.filter(kind=KIND).exists()
    assert not waits.exists()
    assert violations() == []


@pytest.mark.req("REV-11")
def test_within_the_limit_nobody_is_asked(on_credit, login):
    walk = on_credit
    Customer.objects.filter(pk=walk.order.customer_id).update(credit_limit=10**8)
    change = walks.change(walk, until="awaiting_customer")
    assert not change.items.filter(kind=KIND).exists()
    page = login(walk.clerk).get(change.get_absolute_url())
    assert page.context["credit"] == {"over": 0, "row": None}
    assert login(walk.product(Role.PRODUCTION_MANAGER)).get(change.get_absolute_url()).context["credit"] is None
