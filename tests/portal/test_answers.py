"""CUS-03: what we ask customers they answer on their own page: the order as taken down, a change, missing parts, a service that is done."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from aftersales.models import Rating, ServiceRequest
from core.models import Fact
from demo import walk_after, walk_changes
from demo.walk import Walk
from orders.guards import customers_word
from orders.models import ChangeRequest, Order
from orders.services.change.classify import enter_prices
from orders.services.intake import LineInput, edit_intake
from orders.workflow import OrderState
from organization.models import Department
from shipping import services as shipping
from shipping.models import Shipment
from tests.permissions.test_payloads import HOSTILE, MARK, NASTY
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-03")]


def on(order: Order) -> Walk:
    walk = Walk(MONDAY_9AM)
    walk.order = order
    return walk


def address(what: str, thing: Any) -> str:
    return reverse("portal:answer", args=[thing.order.number, what, thing.pk])


def confirming(order: Order) -> str:
    return reverse("portal:act", args=[order.number, "confirm"])


def read(browser: Any, there: str) -> dict[str, str]:
    """What the page hands out unseen: the one-time key, and what was shown."""
    form = browser.get(there).context["form"]
    return {name: form[name].value() for name in ("once", "shown")}


def offered(browser: Any, order: Order) -> list[str]:
    return [each["what"] for each in browser.get(reverse("portal:order", args=[order.number])).context["asked"]]


# --- the order as taken down --------------------------------------------------------------------------------------------------------


@pytest.fixture
def registered(order_at: Any) -> Order:
    return order_at(OrderState.REGISTERED)


def edited(order: Order, clerk: Any) -> None:
    line = order.lines.get()
    row = LineInput(item=line.item, quantity=Decimal(3), spec=line.spec, wanted_date=line.wanted_date, line_no=line.line_no)
    edit_intake(order=order, lines=[row], by=clerk, at=MONDAY_9AM)


@pytest.mark.req("INT-15")
def test_the_customer_confirms_the_order_and_the_clerk_still_takes_the_step(registered, opened, login):
    walk, browser = on(registered), opened(registered)
    text = browser.get(confirming(registered)).content.decode()
    assert "GGD" in text and registered.delivery_address in text and registered.lines.get().wanted_date.isoformat() in text
    assert browser.post(confirming(registered), {**read(browser, confirming(registered)), "agreed": "on"}).status_code == 302
    order = walk.fresh()
    assert order.state == OrderState.REGISTERED, "our own step is not replaced"
    fact = Fact.objects.get(order_id=order.pk, kind="orders.CustomerConfirmedOrder")
    assert (fact.actor_kind, fact.data["confirmed_by"], fact.customer_visible) == ("customer", "王立新", True)
    seen = login(walk.clerk).get(order.get_absolute_url()).content.decode()
    assert "客户确认" in seen and "王立新" in seen
    walk.confirm()
    assert walk.fresh().state == OrderState.CONFIRMED


def test_it_is_confirmed_once_and_again_after_the_order_was_corrected(registered, opened):
    browser, there, walk = opened(registered), confirming(registered), on(registered)
    first = read(browser, there)
    answers = [browser.post(there, {**first, "agreed": "on"}).status_code for _click in range(2)]
    assert answers == [302, 302] and Fact.objects.filter(kind="orders.CustomerConfirmedOrder").count() == 1
    assert browser.get(there).context["thing"]["not_now"], "nothing more to confirm"
    edited(walk.fresh(), walk.clerk)
    assert customers_word(registered) is None, "they confirmed something else"
    assert browser.post(there, {**read(browser, there), "agreed": "on"}).status_code == 302
    assert customers_word(registered) is not None


@pytest.mark.req("SEC-04")
def test_what_was_changed_while_they_read_is_shown_anew(registered, opened):
    browser, there, walk = opened(registered), confirming(registered), on(registered)
    shown = read(browser, there)
    edited(walk.fresh(), walk.clerk)
    answer = browser.post(there, {**shown, "agreed": "on"})
    assert answer.status_code == 409 and not Fact.objects.filter(kind="orders.CustomerConfirmedOrder").exists()
    form = answer.context["form"]
    assert form["shown"].value() != shown["shown"] and not form["agreed"].value(), "agreed to anew"
    given = {name: form[name].value() for name in ("once", "shown")}
    assert browser.post(there, {**given, "agreed": "on"}).status_code == 302


def test_nobody_of_ours_confirms_for_the_customer(registered):
    offer = registered.offer("confirm_as_customer", on(registered).clerk)
    assert offer is None or not offer.open


# --- a change -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def change(order_at: Any) -> ChangeRequest:
    """One cabinet more, re-reviewed and priced: date and price wait for the customer."""
    walk = on(order_at(OrderState.INSTRUCTED))
    found = walk_changes.change(walk, until="awaiting_customer")
    walk_changes.prices(walk, found)
    walk_changes.release_credit(walk, found)
    return ChangeRequest.objects.get(pk=found.pk)


@pytest.mark.req("CHG-03")
def test_the_customer_agrees_to_date_and_price_of_a_change(change, opened):
    browser, there = opened(change.order), address("change", change)
    assert offered(browser, change.order) == ["change"]
    text = browser.get(there).content.decode()
    assert change.reviewed_date.isoformat() in text and "同意" in text
    assert browser.post(there, {**read(browser, there), "agrees": "1"}).status_code == 302
    change.refresh_from_db()
    assert (change.answered_by, change.promised_date) == ("王立新", change.reviewed_date)
    assert Fact.objects.get(kind="orders.ChangeWasAnswered").actor_kind == "customer"
    assert offered(browser, change.order) == []


@pytest.mark.req("CHG-03")
def test_a_no_says_why_and_ends_the_change(change, opened):
    browser, there = opened(change.order), address("change", change)
    assert "answer_words" in browser.post(there, {**read(browser, there), "agrees": "0"}).context["form"].errors
    assert browser.post(there, {**read(browser, there), "agrees": "0", "answer_words": "太贵"}).status_code == 302
    change.refresh_from_db()
    assert (change.state, change.refusal) == ("refused", "太贵")


@pytest.mark.req("SEC-04")
def test_nobody_agrees_to_a_price_that_was_not_shown(change, opened):
    browser, there, walk = opened(change.order), address("change", change), on(change.order)
    shown = read(browser, there)
    line = change.order.lines.get()
    enter_prices(change=change, prices={str(line.pk): line.unit_price + 500}, by=walk.clerk, at=MONDAY_9AM)
    assert browser.post(there, {**shown, "agrees": "1"}).status_code in (409, 422)
    change.refresh_from_db()
    assert change.answered_at is None


# --- missing parts ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def notice(order_at: Any) -> Shipment:
    walk = on(order_at(OrderState.STOCKED))
    line, order, day = walk.order.lines.get(), walk.order, walk.order.promised_date
    given = {"by": walk.holder(order.order_manager_post), "at": walk.tick()}
    found = shipping.issue_notice(order=order, quantities={line.pk: Decimal(2)}, place=order.delivery_address, planned_on=day, **given)
    department = Department.objects.filter(company=found.company_id).first()
    shipping.record_missing(shipment=found, text="钥匙", quantity=Decimal(2), department=department, expected_on=day, **given)
    return Shipment.objects.get(pk=found.pk)


@pytest.mark.req("SHP-06")
def test_the_customer_agrees_that_a_delivery_leaves_without_a_part(notice, opened):
    browser, there = opened(notice.order), address("missing", notice)
    assert offered(browser, notice.order) == ["missing"]
    assert "钥匙" in browser.get(there).content.decode()
    assert browser.post(there, read(browser, there)).status_code == 422, "agreeing is a tick of their own"
    assert browser.post(there, {**read(browser, there), "agreed": "on"}).status_code == 302
    part = notice.missing_parts.get()
    assert (part.consent_by, part.consent_how, part.consent_recorded_by) == ("王立新", "portal", "王立新")
    assert offered(browser, notice.order) == []


# --- a service ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def service(order_at: Any) -> ServiceRequest:
    walk = on(order_at(OrderState.DELIVERED))
    request = walk_after.ask_service(walk)
    walk_after.contact(walk, request)
    walk_after.solve(walk, request)
    return ServiceRequest.objects.get(pk=request.pk)


@pytest.mark.req("SVC-02", "SVC-04")
def test_the_customer_says_that_the_service_is_done_and_is_asked_for_a_rating(service, opened):
    browser, there = opened(service.order), address("service", service)
    assert offered(browser, service.order) == ["service"]
    assert service.solution in browser.get(there).content.decode()
    assert browser.post(there, {**read(browser, there), "agreed": "on"}).status_code == 302
    service.refresh_from_db()
    assert (service.state, service.agreed_by) == ("closed", "王立新")
    assert Rating.objects.filter(service=service).exists()


# --- doors and payloads -------------------------------------------------------------------------------------------------------------


@pytest.mark.req("SEC-05")
def test_what_is_asked_of_another_order_is_not_there(notice, order_at, opened):
    other = opened(order_at(OrderState.REGISTERED, customer="C0002"))
    assert other.get(address("missing", notice)).status_code == 404
    own = opened(notice.order)
    assert own.get(reverse("portal:answer", args=[notice.order.number, "missing", 999999])).status_code == 404
    assert own.get(reverse("portal:answer", args=[notice.order.number, "nothing", notice.pk])).status_code == 404


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize("what", ["order", "change"])
def test_no_text_carries_anything_out(what, change, registered, opened):
    there = confirming(registered) if what == "order" else address("change", change)
    browser = opened(registered if what == "order" else change.order)
    first = read(browser, there)
    for text in (*HOSTILE, *NASTY):
        for name in ("shown", "agrees", "answer_words"):
            answer = browser.post(there, {**first, name: text})
            assert answer.status_code == 422, (name, text[:20])
            assert MARK.encode() not in answer.content
    assert not Fact.objects.filter(kind__in=["orders.ChangeWasAnswered", "orders.CustomerConfirmedOrder"]).exists()


@pytest.mark.req("SEC-01")
def test_what_the_customer_answers_is_shown_to_both_sides_and_never_carried_out(change, opened, login):
    browser, there = opened(change.order), address("change", change)
    assert browser.post(there, {**read(browser, there), "agrees": "0", "answer_words": MARK}).status_code == 302
    pages = (browser.get(reverse("portal:order", args=[change.order.number])), login(on(change.order).clerk).get(change.get_absolute_url()))
    for shown in pages:
        assert MARK.encode() not in shown.content and b"&lt;img src=x" in shown.content


def test_confirming_by_the_clerk_alone_ends_the_question(registered, opened):
    walk = on(registered)
    walk.confirm()
    walk.open_review()
    assert opened(registered).get(confirming(registered)).context["thing"]["not_now"]
