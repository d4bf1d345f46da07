"""SEC-05: with a code from their mail a customer sees all orders of theirs, and of nobody else."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.models import Delivery
from core.outbox import send_due
from documents.models import LoginCode
from orders.models import Customer
from orders.workflow import OrderState
from portal import account
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-05")]
MAIL = "wang@huidian.example"


@pytest.fixture
def orders(order_at):
    own = [order_at(OrderState.REGISTERED) for _n in range(2)]
    strange = order_at(OrderState.REGISTERED, customer="C0002")
    Customer.objects.filter(code="C0003").update(email=MAIL)
    return own, strange


def asked(browser, email=MAIL):
    answer = browser.post(reverse("portal:login"), {"email": email})
    send_due(MONDAY_9AM)
    return answer


def mailed() -> str:
    return re.search(r"\d{8}", mail.outbox[-1].body)[0]


def entered(browser, code, email=MAIL):
    return browser.post(reverse("portal:code"), {"email": email, "code": code})


def test_all_own_orders_and_no_other(orders):
    own, strange = orders
    browser = Client()
    asked(browser)
    assert entered(browser, mailed())["Location"] == reverse("portal:orders")
    text = browser.get(reverse("portal:orders")).content.decode()
    for order in own:
        assert order.number in text
        assert browser.get(reverse("portal:order", args=[order.number])).status_code == 200
    assert strange.number not in text
    assert browser.get(reverse("portal:order", args=[strange.number])).status_code == 404
    assert browser.get(reverse("portal:sign", args=[own[0].number])).status_code == 404, "one signs by a personal link"


def test_a_link_to_one_order_is_no_log_in(orders, opened):
    assert opened(orders[0][0]).get(reverse("portal:orders")).status_code == 404


def test_a_stranger_is_answered_alike_and_gets_no_mail(orders):
    known, unknown = asked(Client()), asked(Client(), "thief@x.example")
    same = [re.sub(rb'value="[^"]*"', b"", answer.content) for answer in (known, unknown)]
    assert (known.status_code, same[0]) == (unknown.status_code, same[1])
    assert [row.to for row in mail.outbox] == [[MAIL]]


def test_a_code_is_kept_as_a_hash_and_used_once(orders):
    asked(Client())
    code = mailed()
    assert code not in Delivery.objects.get(address=MAIL).body + LoginCode.objects.get().sha256
    assert entered(Client(), code).status_code == 302
    assert entered(Client(), code).status_code == 422


def test_five_wrong_codes_spend_the_right_one(orders):
    asked(Client())
    code = mailed()
    for n in range(5):
        assert entered(Client(), f"{(int(code) + n + 1) % 10**8:08d}").status_code == 422
    assert entered(Client(), code).status_code == 422


def test_a_code_is_valid_for_a_quarter_of_an_hour(orders, monday):
    asked(Client())
    monday(timedelta(minutes=15))
    assert entered(Client(), mailed()).status_code == 422


def test_no_more_than_three_letters_in_a_quarter_of_an_hour(orders):
    for _n in range(5):
        asked(Client())
    assert len(mail.outbox) == account.LETTERS


def test_who_leaves_is_out(orders):
    browser = Client()
    asked(browser)
    entered(browser, mailed())
    kept = browser.cookies["customer"].value
    assert browser.post(reverse("portal:leave")).status_code == 302
    browser.cookies["customer"] = kept
    assert browser.get(reverse("portal:orders")).status_code == 404
