"""CUS-04: customers with an address are written to in their language, after commit, once; what was sent stands on the timeline."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from core.facts import act, publish
from core.models import Delivery, Fact
from core.outbox import send_due
from demo.walk import Walk
from documents.models import LinkSecret
from orders import events
from orders.models import Customer
from orders.workflow import OrderState
from portal.messages import TEMPLATES, drawn
from portal.receivers import tell_the_customer
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-04")]
ANSWERS = {"short", "change_ended", "cancelled"}
OCCASIONS = {"registered", "confirmed", "date_moved", "instructed", "stocked", "dispatched", "arrival_moved", "delivered", "refunded"}
RETURNS = {"return_agreed", "return_refused", "return_asked"}


@pytest.fixture
def reached(db):
    Customer.objects.filter(code="C0003").update(email="wang@huidian.example")


def written(order):
    return [row.title for row in Delivery.objects.filter(order_id=order.pk, channel="email").order_by("pk")]


def test_there_is_a_template_for_every_occasion():
    assert set(TEMPLATES) == OCCASIONS | RETURNS | ANSWERS


def test_a_whole_life_writes_what_happens(order_at, reached):
    order = order_at(OrderState.DELIVERED, lines=[("KYN28A-12", 1)])
    kinds = [fact.data["message"] for fact in Fact.objects.filter(order_id=order.pk, kind="portal.CustomerWasWritten").order_by("pk")]
    assert kinds == ["registered", "confirmed", "instructed", "stocked", "dispatched", "delivered"]
    assert len(written(order)) == len(kinds)
    fact = Fact.objects.filter(order_id=order.pk, kind="portal.CustomerWasWritten")[0]
    assert (fact.data["address"], fact.data["channel"]) == ("wang@huidian.example", "email")


def test_a_customer_without_address_gets_nothing(order_at):
    assert written(order_at(OrderState.REGISTERED)) == []


def test_the_message_is_in_the_customers_language_whoever_acts(order_at, reached):
    order = order_at(OrderState.REGISTERED)
    with translation.override("en"):
        zh = drawn(order, "registered", {})
    order.customer.language = "en"
    with translation.override("zh-hans"):
        en = drawn(order, "registered", {})
    assert en[0] == f"Order {order.number}: received"
    assert zh[0] != en[0]


def test_the_same_fact_twice_is_one_message(order_at, reached):
    order = order_at(OrderState.REGISTERED)
    fact = Fact.objects.get(order_id=order.pk, kind="orders.OrderWasRegistered")
    tell_the_customer(events.OrderWasRegistered.of(fact), fact)
    assert len(written(order)) == 1


def test_a_moved_date_tells_old_and_new(order_at, reached):
    walk = Walk(MONDAY_9AM)
    order = walk.order = order_at(OrderState.EFFECTIVE)
    late = order.promised_date + timedelta(days=5)

    @act
    def follow_up(expected):
        publish(events.FollowUpWasRecorded(order_id=order.pk, verdict="x", expected_date=expected, note=""), by=walk.clerk, at=MONDAY_9AM)

    before = len(written(order))
    follow_up(order.promised_date)
    assert len(written(order)) == before, "all is well: no news"
    follow_up(late)
    body = Delivery.objects.filter(order_id=order.pk).latest("pk").body
    assert late.isoformat() in body
    assert order.promised_date.isoformat() in body


@pytest.mark.req("SEC-05")
def test_the_mail_with_a_link_has_an_address_of_its_own_that_is_made_when_it_leaves(order_at, link):
    order = order_at(OrderState.REGISTERED)
    shown = link(order, email="wang@huidian.example")
    kept = Delivery.objects.get(order_id=order.pk)
    assert "/c/" not in kept.body
    assert LinkSecret.objects.count() == 1
    send_due(MONDAY_9AM)
    mailed = re.search(r"http://testserver(/c/\S+)", mail.outbox[0].body)[1]
    assert mailed != shown
    assert Client().get(mailed).status_code == Client().get(shown).status_code == 302
    kept.refresh_from_db()
    assert "/c/" not in kept.body


@pytest.mark.req("SEC-05")
def test_a_mark_that_somebody_types_into_a_text_opens_nothing(order_at, link):
    link(order_at(OrderState.REGISTERED))
    from documents.models import PersonalLink

    foreign = PersonalLink.objects.get()
    Delivery.objects.create(
        key="x", channel="email", address="thief@x.example", title="x", body=f"[[link:{foreign.pk}]]", at=MONDAY_9AM, next_at=MONDAY_9AM
    )
    send_due(MONDAY_9AM)
    assert mail.outbox[0].body == f"[[link:{foreign.pk}]]"
