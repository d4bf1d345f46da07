"""FUP-05: where the order stands, from a list of permitted things only, in the customer's words."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import translation

from aftersales.models import Rating
from demo import walk_after
from demo.walk import Walk
from documents.models import PrintedForm
from documents.services import print_form
from orders.models import Order
from orders.workflow import OrderState
from portal import page
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("FUP-05")]


def address(order: Order) -> str:
    return reverse("portal:order", args=[order.number])


def values(thing: Any) -> list[Any]:
    if isinstance(thing, dict):
        return [each for value in thing.values() for each in values(value)]
    if isinstance(thing, list | tuple):
        return [each for value in thing for each in values(value)]
    return [thing]


@pytest.fixture
def delivered(order_at: Any) -> Order:
    return order_at(OrderState.DELIVERED)


def test_every_state_has_words_for_customers():
    assert set(page.STATES) == set(OrderState.values)
    assert str(page.STATES[OrderState.IN_IRREGULAR_REVIEW]) == str(page.STATES[OrderState.REFUSAL_PENDING]), "inner matters look alike"


def test_the_page_tells_state_dates_goods_and_money(order_at, opened):
    walk = Walk(MONDAY_9AM)
    walk.order = order_at(OrderState.PLANNED, lines=[("KYN28A-12", 2)])
    walk.buy()
    walk.work("assembly")
    order = walk.fresh()
    assert order.state == OrderState.IN_PRODUCTION
    text = opened(order).get(address(order)).content.decode()
    for said in (order.number, f"{order.promised_date:%m-%d}", "KYN28A-12", str(page.STATES[OrderState.IN_PRODUCTION])):
        assert said in text


def test_a_delivery_tells_carrier_and_tracking(delivered):
    shipment = delivered.shipments.get()
    shown = page.whole(delivered, MONDAY_9AM)["shipments"][0]
    assert set(shown) == {*page.SHIPMENT, "words", "kind", "pk", "acts"}
    assert shown["carried_by"] == shipment.carried_by
    assert shown["delivery_number"] == shipment.delivery_number


def test_only_plain_values_of_the_permitted_list_reach_the_page(delivered):
    """No row of ours stands in a template of the portal, so that no field of ours can slip onto it."""
    found = page.whole(delivered, MONDAY_9AM)
    assert [each for each in values(found) if isinstance(each, Model)] == []
    assert set(found["order"]) == set(page.ORDER)


def test_no_name_of_ours_and_no_cost_is_told(delivered, opened):
    text = opened(delivered).get(address(delivered)).content.decode()
    shipment = delivered.shipments.get()
    for secret in (shipment.picked_by, shipment.verified_by, shipment.noticed_by, "海外仓内部备注"):
        assert secret not in text
    assert delivered.clerk_post.holder.name in text, "whom to call is told"


def test_the_timeline_holds_what_customers_may_see_in_our_order(delivered):
    kinds = set(delivered_facts := [row["text"] for row in page.timeline(delivered)])
    assert delivered_facts
    assert len(kinds) >= 6
    assert not any("{" in text for text in kinds)


def test_money_is_what_the_order_waits_for(order_at):
    order = order_at(OrderState.CONTRACTED)
    money = page.dues(order)
    assert sum(row["amount"] for row in money["rows"]) == order.amount
    assert money["missing"] == order.amount
    assert page.dues(order_at(OrderState.CLOSED))["missing"] == Decimal(0)


def test_papers_are_the_customers_own(delivered, opened, clerk_of):
    by = clerk_of(delivered)
    contract = print_form(kind="D04", document=delivered.contracts.get(), by=by, at=MONDAY_9AM)
    inside = print_form(kind="D05", document=delivered.instruction, by=by, at=MONDAY_9AM)
    browser = opened(delivered)
    told = {row["pk"] for row in page.papers(delivered, MONDAY_9AM)}
    assert contract.pk in told
    assert inside.pk not in told
    read = lambda pk: browser.get(reverse("portal:paper", args=[delivered.number, pk])).status_code  # noqa: E731
    assert (read(contract.pk), read(inside.pk), read(999999)) == (200, 404, 404)


def test_what_is_written_for_the_customer_lies_among_their_papers(delivered, clerk_of):
    """The shipping advice and the survey go to them; the form of a return stays in the house."""
    walk = Walk(MONDAY_9AM)
    walk.order = delivered
    back = walk_after.apply(walk, {1: Decimal(1)})
    subjects = {"D22": delivered.shipments.get(), "D40": Rating.objects.get(order=delivered), "D25": back}
    prints = {kind: print_form(kind=kind, document=of, by=clerk_of(delivered), at=MONDAY_9AM).pk for kind, of in subjects.items()}
    told = {row["pk"] for row in page.papers(delivered, MONDAY_9AM)}
    assert {kind for kind, pk in prints.items() if pk in told} == {"D22", "D40"}


def test_a_paper_of_another_order_is_not_there(delivered, order_at, opened, clerk_of):
    other = order_at(OrderState.CONTRACTED, customer="C0002")
    print_form(kind="D04", document=other.contracts.get(), by=clerk_of(other), at=MONDAY_9AM)
    foreign = PrintedForm.objects.get(order_id=other.pk)
    assert opened(delivered).get(reverse("portal:paper", args=[delivered.number, foreign.pk])).status_code == 404


def test_the_customer_reads_their_language(order_at, opened):
    order = order_at(OrderState.REGISTERED)
    type(order.customer).objects.filter(pk=order.customer_id).update(language="en")
    browser = opened(order)
    assert "Received, being checked" in browser.get(address(order)).content.decode()
    browser.cookies["django_language"] = "zh-hans"
    assert "Received, being checked" not in browser.get(address(order)).content.decode()


def test_staff_logged_in_beside_sees_the_customers_page_without_the_house(order_at, link, login, clerk_zhou):
    order = order_at(OrderState.REGISTERED)
    browser: Client = login(clerk_zhou)
    browser.get(link(order))
    text = browser.get(address(order)).content.decode()
    assert reverse("orders:list") not in text


def test_the_page_costs_few_questions(delivered, opened, django_assert_max_num_queries):
    browser = opened(delivered)
    with django_assert_max_num_queries(24):
        browser.get(address(delivered))


CURRENT = {
    OrderState.REGISTERED: "Check and quotation",
    OrderState.QUOTED: "Check and quotation",
    OrderState.CONTRACTED: "Signing the contract",
    OrderState.INSTRUCTED: "Production",
    OrderState.PLANNED: "Production",
    OrderState.STOCKED: "Dispatch",
    OrderState.DELIVERED: None,
}


@pytest.mark.parametrize("state", CURRENT)
def test_the_step_that_goes_on_is_what_the_heading_says(order_at, state):
    with translation.override("en"):
        found = page.whole(order_at(state), MONDAY_9AM)
    assert next((step["title"] for step in found["steps"] if step["kind"] == "me"), None) == CURRENT[state]


def test_before_the_deposit_is_in_the_deposit_is_what_goes_on(order_at):
    walk = Walk(MONDAY_9AM)
    walk.order = order_at(OrderState.CONTRACTED)
    walk.sign_for_us()
    walk.sign()
    assert walk.fresh().state == OrderState.SIGNED
    with translation.override("en"):
        steps = {step["title"]: step["kind"] for step in page.whole(walk.order, MONDAY_9AM)["steps"]}
    assert (steps["Contract signed"], steps["Your deposit"], steps["Production"]) == ("ok", "me", "next")


@pytest.mark.req("CON-02")
def test_a_customer_of_grade_a_may_sign_while_it_is_made(order_at):
    with translation.override("en"):
        steps = {step["title"]: step["kind"] for step in page.whole(order_at(OrderState.EFFECTIVE, customer="C0001"), MONDAY_9AM)["steps"]}
    assert (steps["Signing the contract"], steps["Production"]) == ("next", "me")


def test_nothing_is_expected_of_what_is_delivered(delivered, order_at):
    assert page.whole(delivered, MONDAY_9AM)["expected"] is None
    assert page.whole(order_at(OrderState.PLANNED), MONDAY_9AM)["expected"] is not None
