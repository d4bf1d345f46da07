"""SEC-04 on the pages: nothing is overwritten silently, a double click does things once, and who comes second is told what happened."""

from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from core.models import Fact, OnceKey
from demo.walk import Walk
from documents.models import PersonalLink
from orders.links import SHOWN_ALREADY
from orders.models import Order
from orders.workflow import OrderState
from organization.models import Person
from organization.roles import Role
from tests.permissions.world import World, hired
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-04")]


@pytest.fixture
def zhou(world: World) -> Any:
    return world.client(world.insiders[Role.SALES_CLERK])


@pytest.fixture
def lin(world: World) -> Any:
    person = hired(Role.SALES_CLERK, world.insiders[Role.SALES_CLERK].posts.get().department, "second")
    person.name = "林第二"
    person.save()
    return world.client(person)


def address(order: Order, step: str) -> str:
    return reverse("orders:act", args=[order.number, step])


def opened(client: Any, order: Order, step: str) -> dict[str, Any]:
    """The hidden fields of the form as this person opened it."""
    form = client.get(address(order, step)).context["form"]
    return {name: form[name].value() for name in ("version", "once")}


def facts(order: Order, kind: str) -> int:
    return Fact.objects.filter(order_id=order.pk, kind=f"orders.{kind}").count()


def test_a_double_click_answers_once_and_says_the_same_twice(zhou, world):
    form = opened(zhou, world.young, "answer_order") | {"note": "已电话答复"}
    first = zhou.post(address(world.young, "answer_order"), form)
    second = zhou.post(address(world.young, "answer_order"), form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert facts(world.young, "OrderWasAnswered") == 1


def test_twenty_posts_with_one_key_withdraw_once(zhou, world):
    form = opened(zhou, world.young, "withdraw") | {"reason": "客户取消"}
    answers = [zhou.post(address(world.young, "withdraw"), form) for _n in range(20)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, world.young.get_absolute_url())}
    assert facts(world.young, "OrderWasWithdrawn") == 1
    assert OnceKey.objects.filter(key=form["once"]).count() == 1


def test_a_stale_form_is_refused_with_who_changed_it_and_what_was_typed_stays(zhou, lin, world):
    stale = opened(zhou, world.young, "answer_order") | {"note": "我写的话"}
    other = opened(lin, world.young, "answer_order") | {"note": "别人写的话"}
    assert lin.post(address(world.young, "answer_order"), other).status_code == 302
    answer = zhou.post(address(world.young, "answer_order"), stale)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "林第二" in page
    assert "我写的话" in page, "what was typed is not lost"
    assert facts(world.young, "OrderWasAnswered") == 1
    again = {name: answer.context["form"][name].value() for name in ("version", "once", "note")}
    assert again["once"] != stale["once"]
    assert again["version"] == Order.objects.get(pk=world.young.pk).version
    assert zhou.post(address(world.young, "answer_order"), again).status_code == 302
    assert facts(world.young, "OrderWasAnswered") == 2


def test_two_different_posts_of_one_step_the_second_is_told(zhou, lin, world):
    one, two = (opened(client, world.young, "withdraw") | {"reason": "客户取消"} for client in (zhou, lin))
    assert lin.post(address(world.young, "withdraw"), two).status_code == 302
    late = zhou.post(address(world.young, "withdraw"), one)
    assert late.status_code == 409
    assert "林第二" in late.content.decode()
    retried = one | {name: late.context["form"][name].value() for name in ("version", "once")}
    refused = zhou.post(address(world.young, "withdraw"), retried)
    assert refused.status_code == 422
    assert str(Order.objects.get(pk=world.young.pk).get_state_display()) in refused.content.decode()
    assert facts(world.young, "OrderWasWithdrawn") == 1


def test_the_key_of_somebody_else_opens_nothing(zhou, lin, world):
    form = opened(zhou, world.young, "answer_order") | {"note": "已电话答复"}
    assert zhou.post(address(world.young, "answer_order"), form).status_code == 302
    assert lin.post(address(world.young, "answer_order"), form).status_code == 409
    assert facts(world.young, "OrderWasAnswered") == 1


def test_a_refused_post_uses_up_no_key(zhou, world):
    """What was refused may be sent again after the reason is mended."""
    form = opened(zhou, world.young, "confirm_requirements")
    assert zhou.post(address(world.young, "confirm_requirements"), form).status_code == 422
    assert not OnceKey.objects.filter(key=form["once"]).exists()


def test_a_late_second_click_gets_the_first_ones_answer_though_its_form_fits_no_more(world):
    """The matter is decided: it is no choice of the form any longer, and nobody is told that their choice was wrong."""
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2, Decimal(100))])
    order = walk.to(OrderState.ACCEPTED)
    head = world.client(Person.objects.get(pk=walk.sales(Role.SALES_HEAD).person_id))
    form = opened(head, order, "record_decision") | {"kind": "price", "reason": "同意"}
    answers = [head.post(address(order, "record_decision"), form) for _click in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, order.get_absolute_url())] * 2
    assert order.decisions.count() == 1
    other = form | {"once": "another key"}
    assert head.post(address(order, "record_decision"), other).status_code == 422, "without the key the form says what is wrong"


def test_a_second_click_on_a_new_link_is_told_that_its_address_was_shown(zhou, world):
    address = reverse("orders:give_link", args=[world.young.number])
    form = {name: zhou.get(address).context["form"][name].value() for name in ("version", "once", "purpose", "name")}
    first, second = (zhou.post(address, form) for _click in range(2))
    assert (first.status_code, second.status_code) == (200, 302)
    assert str(SHOWN_ALREADY) in [str(message) for message in get_messages(second.wsgi_request)]
    assert PersonalLink.objects.filter(order_id=world.young.pk).count() == 1


def test_a_stale_edit_shows_both_versions(zhou, lin, world):
    page = zhou.get(reverse("orders:edit", args=[world.young.number]))
    typed = fields_of(page)
    name = next(key for key in typed if key.endswith("contact_name"))
    typed[name] = "我改的人"
    other = fields_of(lin.get(reverse("orders:edit", args=[world.young.number]))) | {name: "别人改的人"}
    assert lin.post(reverse("orders:edit", args=[world.young.number]), other).status_code == 302
    answer = zhou.post(reverse("orders:edit", args=[world.young.number]), typed)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "林第二" in body
    assert "我改的人" in body
    assert "别人改的人" in body
    assert Order.objects.get(pk=world.young.pk).contact_name == "别人改的人"


def fields_of(page: Any) -> dict[str, str]:
    """Every field of the page's form as a browser would send it."""

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, str] = {}
            self.area = self.select = ""

        def handle_starttag(self, tag: str, attrs: list) -> None:
            given = dict(attrs)
            name, kind = given.get("name") or "", given.get("type", "text")
            if tag == "textarea":
                self.area = name
                self.found[name] = ""
            elif tag == "select":
                self.select = name
            elif tag == "option" and self.select and "selected" in given:
                self.found[self.select] = given.get("value") or ""
            elif tag == "input" and name and kind not in ("submit", "file") and (kind not in ("radio", "checkbox") or "checked" in given):
                self.found[name] = given.get("value") or ""

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.area = ""
            elif tag == "select":
                self.select = ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.found[self.area] += data

    reader = Reader()
    reader.feed(page.content.decode())
    return {name: value for name, value in reader.found.items() if name not in ("q", "csrfmiddlewaretoken", "language", "next")}
