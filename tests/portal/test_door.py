"""SEC-05: a link opens one order for its customer, for a time; nothing else opens anything, and nobody can tell why not."""

import hashlib
import os
import secrets
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.actor import Actor
from core.models import Fact
from documents import links
from documents.models import LinkSecret, PersonalLink
from orders.services import intake
from orders.services.links import give_link, take_back_link
from orders.workflow import OrderState
from tests.personas import MONDAY_9AM
from tests.structure.sources import routes

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-05")]
GUESSES = int(os.environ.get("LINK_GUESSES", "3000"))  # 110000 is the whole proof


def page(order):
    return reverse("portal:order", args=[order.number])


@pytest.fixture
def order(order_at):
    return order_at(OrderState.REGISTERED)


def test_a_link_leads_to_its_order_and_its_token_is_left_behind(order, opened):
    browser = opened(order)
    assert browser.get("/c/")["Location"] == page(order)
    assert browser.get(page(order)).status_code == 200


def test_only_hashes_are_kept(order, link):
    token = link(order).removeprefix("/c/")
    assert len(token) >= 32
    assert LinkSecret.objects.get().sha256 == hashlib.sha256(token.encode()).hexdigest()
    kept = [str(value) for model in (PersonalLink, LinkSecret, Fact) for row in model.objects.values_list() for value in row]
    assert not any(token in value for value in kept)


def test_opening_changes_nothing_of_the_order_and_is_noted_once(order, link):
    address, before = link(order), order.version
    for _time in range(2):
        Client().get(address)
    order.refresh_from_db()
    assert order.version == before
    assert Fact.objects.filter(order_id=order.pk, kind="documents.LinkWasUsed").count() == 1
    assert PersonalLink.objects.get().last_used_at == MONDAY_9AM


def test_whatever_is_wrong_the_answer_is_the_same(order, link, clerk_of, monday):
    expired, revoked, good = (link(order, name=name) for name in ("甲", "乙", "丙"))
    PersonalLink.objects.filter(contact_name="甲").update(expires_at=MONDAY_9AM - timedelta(seconds=1))
    take_back_link(link=PersonalLink.objects.get(contact_name="乙"), by=clerk_of(order), at=MONDAY_9AM)
    altered = good[:-1] + ("A" if good[-1] != "A" else "B")
    wrong = [expired, revoked, altered, "/c/" + secrets.token_urlsafe(24), "/c/x", good + "0", "/c/" + good[3:].swapcase()]
    answers = [Client().get(address) for address in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert not any(answer.cookies for answer in answers)


def test_a_page_without_a_session_gives_the_same_answer(order):
    assert Client().get(page(order)).content == Client().get("/c/" + secrets.token_urlsafe(24)).content


def test_a_link_lasts_thirty_days_and_its_session_two_hours(order, link, opened, monday):
    address, browser = link(order), opened(order, name="李")
    monday(timedelta(hours=1, minutes=59))
    assert browser.get(page(order)).status_code == 200
    monday(timedelta(hours=2))
    assert browser.get(page(order)).status_code == 404
    monday(timedelta(days=29, hours=23))
    assert Client().get(address).status_code == 302
    monday(timedelta(days=30))
    assert Client().get(address).status_code == 404


def test_a_link_taken_back_ends_the_session_that_it_opened(order, opened, clerk_of):
    browser = opened(order)
    take_back_link(link=PersonalLink.objects.get(), by=clerk_of(order), at=MONDAY_9AM)
    assert browser.get(page(order)).status_code == 404
    assert Fact.objects.filter(order_id=order.pk, kind="documents.LinkWasRevoked").count() == 1


def test_a_session_of_staff_is_no_customer_and_a_customer_is_no_staff(order, opened, login, clerk_zhou):
    staff, customer = login(clerk_zhou), opened(order)
    staff.cookies["customer"] = staff.cookies["sessionid"].value
    assert staff.get(page(order)).status_code == 404
    customer.cookies["sessionid"] = customer.cookies["customer"].value
    answer = customer.get(reverse("orders:detail", args=[order.number]))
    assert (answer.status_code, "/login/" in answer["Location"]) == (302, True)


def test_another_customers_session_finds_none_of_these_pages(order, order_at, opened):
    """Every address of the portal, with GET and POST: somebody else's order is not there."""
    stranger = opened(order_at(OrderState.REGISTERED, customer="C0002"))
    assert_closed = []
    for name, pattern in routes().items():
        names = set(pattern.pattern.regex.groupindex)
        if not name.startswith("portal:") or "number" not in names:
            continue
        values = {"number": order.number, "pk": 1, "ref": "1", "step": "x", "what": "change"}
        address = reverse(name, kwargs={key: values[key] for key in names})
        for method in ("get", "post"):
            answer = getattr(stranger, method)(address)
            assert (answer.status_code, order.number in answer.content.decode()) == (404, False), address
            assert_closed.append(name)
    assert len(set(assert_closed)) >= 4


def test_another_order_of_the_same_customer_is_not_behind_this_link(order, order_at, opened):
    other = order_at(OrderState.REGISTERED)
    assert other.customer == order.customer
    assert opened(order).get(page(other)).status_code == 404


def test_whatever_a_stranger_tries_in_vain_nobody_is_shut_out(order, link):
    """Behind a proxy all come from one address: a lock by address would be a weapon."""
    address = link(order)
    for _try in range(60):
        assert Client().get("/c/" + secrets.token_urlsafe(24)).status_code == 404
    assert Client().get(address).status_code == 302


def test_what_browsers_are_told(order, link, opened):
    entry = Client().get(link(order))
    assert (entry["Cache-Control"], entry["Referrer-Policy"], entry["X-Robots-Tag"]) == ("no-store", "no-referrer", "noindex, nofollow")
    answer = opened(order, name="李").get(page(order))
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    cookie = entry.cookies["customer"]
    assert (cookie["httponly"], cookie["path"], cookie["samesite"]) == (True, "/c/", "Lax")


def altered(token: str, n: int) -> str:
    """The token with one sign changed, and at times one lost or doubled."""
    at = n % len(token)
    sign = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[n // len(token) % 64]
    return (token[:at] + sign + token[at + 1 :], token[:at] + token[at + 1 :], token[:at] + sign + token[at:])[n % 3]


def test_no_guess_and_no_alteration_finds_anything(order, link, django_assert_num_queries):
    """P4: half are guesses, half are real tokens altered; each costs one question to the database, as a hit does."""
    tokens = [link(order, name=f"客户{n}").removeprefix("/c/") for n in range(5)]
    tries = [secrets.token_urlsafe(24) for _n in range(GUESSES // 2)]
    tries += [each for n in range(GUESSES - len(tries)) if (each := altered(tokens[n % 5], n)) not in tokens]
    assert [each for each in tries if links.found(each, MONDAY_9AM) is not None] == []
    for token in (tokens[0], tries[0], tries[-1]):
        with django_assert_num_queries(1):
            links.found(token, MONDAY_9AM)
    assert links.found(tokens[0], MONDAY_9AM) is not None, "the control: the true ones do open"


def test_a_void_contract_takes_its_link_with_it(to_sign, opened, clerk_of):
    browser = opened(to_sign, "sign")
    assert browser.get(reverse("portal:sign", args=[to_sign.number])).status_code == 200
    intake.take_back(order=to_sign, by=clerk_of(to_sign), at=MONDAY_9AM, reason="客户改了数量")
    assert browser.get(reverse("portal:sign", args=[to_sign.number])).status_code == 404


def test_a_customer_cannot_make_links(order):
    from core.reasons import NotAllowed

    with pytest.raises(NotAllowed):
        give_link(order=order, purpose="follow", name="我", by=Actor("customer", "王", order_id=order.pk), at=MONDAY_9AM)
