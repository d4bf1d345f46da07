"""RET-01, CUS-04: a return is answered by mail; what is asked is answered on a page; nobody applies for the same goods twice unawares."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aftersales import services
from aftersales.models import ReturnRequest
from core.models import Delivery, Fact
from core.outbox import send_due
from demo import walk_after
from demo.walk import SCAN, Walk
from documents.models import Attachment, PersonalLink
from orders.models import Customer, Order
from orders.services.ledger import goods_lines
from orders.workflow import OrderState
from organization.roles import Role
from shipping.models import Shipment
from shipping.services import move_arrival
from sla.models import RunningClock
from tests.personas import MONDAY_9AM
from tests.portal.test_acts import act, sent

pytestmark = [pytest.mark.django_db, pytest.mark.req("RET-01", "CUS-04")]


@pytest.fixture
def walk(order_at: Any, monday: Any) -> Walk:
    """A delivered order of a customer with a mail address, some weeks later."""
    monday(timedelta(days=20))
    Customer.objects.filter(code="C0003").update(email="wang@huidian.example")
    order = order_at(OrderState.DELIVERED)
    found = Walk(order.delivered_at)
    found.order = order
    return found


@pytest.fixture
def request_of(walk: Walk) -> ReturnRequest:
    return walk_after.apply(walk, {1: 1})


def head(walk: Walk) -> Any:
    return walk.sales(Role.AFTERSALES_HEAD)


def asked(walk: Walk, request: ReturnRequest) -> ReturnRequest:
    return services.ask_information(request=request, question="铭牌照片？", by=head(walk), at=walk.tick())


def last(order: Order) -> Delivery:
    return Delivery.objects.filter(order_id=order.pk, channel="email").latest("pk")


def page_of(request: ReturnRequest) -> str:
    return reverse("portal:return", args=[request.order.number, request.pk])


def test_the_customer_reads_that_it_is_agreed(walk, request_of):
    walk_after.accept(walk, request_of)
    letter = last(walk.order)
    assert request_of.number in letter.title and request_of.number in letter.body
    assert Fact.objects.filter(order_id=walk.order.pk, kind="portal.CustomerWasWritten").latest("pk").data["message"] == "return_agreed"


def test_the_customer_reads_why_it_is_refused(walk, request_of):
    services.refuse_return(request=request_of, reason="超过退货期限", by=head(walk), at=walk.tick())
    assert "超过退货期限" in last(walk.order).body


@pytest.mark.req("SEC-05")
def test_a_question_leads_by_its_own_link_to_the_page_where_it_is_answered(walk, request_of, monday):
    asked(walk, request_of)
    letter = last(walk.order)
    assert "铭牌照片？" in letter.body and "/c/" not in letter.body, "the address is made when the letter leaves"
    link = PersonalLink.objects.get()
    assert (link.purpose, link.subject_id, link.contact_email) == ("follow", request_of.pk, "wang@huidian.example")
    send_due(walk.tick())
    browser = Client()
    browser.get(re.search(r"http://testserver(/c/\S+)", mail.outbox[-1].body)[1])
    assert browser.get("/c/")["Location"] == page_of(request_of)
    shown = browser.get(page_of(request_of))
    assert "铭牌照片？" in shown.content.decode()
    pictures = [SimpleUploadedFile(f"{n}.pdf", SCAN + n.encode(), content_type="application/pdf") for n in ("one", "two")]
    answer = sent(browser, page_of(request_of), words="见附件", packaging_intact="1", labels_intact="", papers=pictures)
    assert answer.status_code == 302
    request_of.refresh_from_db()
    assert (request_of.state, request_of.packaging_intact, request_of.labels_intact) == ("applied", True, None)
    assert request_of.words.endswith("见附件")
    assert Attachment.objects.filter(subject_id=request_of.pk, subject_kind="aftersales.returnrequest").count() == 2
    assert RunningClock.objects.open().filter(name="return_decision").exists()
    assert browser.get("/c/")["Location"] == reverse("portal:order", args=[walk.order.number]), "answered: nothing is asked any more"


def test_what_is_not_asked_is_not_answered(walk, request_of, opened):
    browser = opened(walk.order)
    shown = browser.get(page_of(request_of))
    assert shown.status_code == 200 and shown.context["thing"]["not_now"]
    once = shown.context["form"]["once"].value()
    assert browser.post(page_of(request_of), {"once": once, "words": "还有"}).status_code == 422


@pytest.mark.req("SEC-05")
def test_nobody_answers_for_another_order(walk, request_of, order_at, opened):
    asked(walk, request_of)
    other = order_at(OrderState.REGISTERED, customer="C0002")
    browser = opened(other)
    assert browser.get(page_of(request_of)).status_code == 404
    assert browser.get(reverse("portal:return", args=[other.number, request_of.pk])).status_code == 404


def test_the_page_names_the_question_until_it_is_answered(walk, request_of, opened):
    asked(walk, request_of)
    text = opened(walk.order).get(reverse("portal:order", args=[walk.order.number])).content.decode()
    assert "铭牌照片？" in text and page_of(request_of) in text


def test_a_second_return_is_told_of_the_first_and_must_be_of_further_goods(order_at, opened):
    order = order_at(OrderState.DELIVERED, lines=[("KYN28A-12", 3)])
    browser, line = opened(order), goods_lines(order)[0]
    given = {"wanted": "refund", "reason": "defect", "words": "不合格", f"q_{line.pk}": "2"}
    assert sent(browser, act(order, "return"), **given).status_code == 302
    first = ReturnRequest.objects.get()
    again = browser.get(act(order, "return"))
    assert first.number in again.content.decode()
    assert again.context["form"].fields[f"q_{line.pk}"].max_value == 1
    answer = sent(browser, act(order, "return"), **given, further="on")
    assert (answer.status_code, f"q_{line.pk}" in answer.context["form"].errors) == (422, True)
    answer = sent(browser, act(order, "return"), **given | {f"q_{line.pk}": "1"})
    assert (answer.status_code, "further" in answer.context["form"].errors) == (422, True)
    assert sent(browser, act(order, "return"), **given | {f"q_{line.pk}": "1"}, further="on").status_code == 302
    assert ReturnRequest.objects.count() == 2


def test_when_all_is_under_way_the_page_says_which_return(order_at, opened):
    order = order_at(OrderState.DELIVERED, lines=[("KYN28A-12", 1)])
    browser = opened(order)
    sent(browser, act(order, "return"), wanted="refund", reason="defect", words="不合格", **{f"q_{goods_lines(order)[0].pk}": "1"})
    shown = browser.get(act(order, "return"))
    assert shown.context["thing"]["not_now"] and ReturnRequest.objects.get().number in shown.content.decode()


@pytest.mark.req("FUP-06", "SHP-04")
def test_an_arrival_that_moves_is_written_and_shown(order_at, opened, monday):
    Customer.objects.filter(code="C0003").update(email="wang@huidian.example")
    monday(timedelta(days=10))
    order, walk = order_at(OrderState.STOCKED), Walk(MONDAY_9AM)
    walk.order = order
    shipment = Shipment.objects.get(pk=walk.ship().pk)
    later = shipment.arrives_at + timedelta(days=4)
    move_arrival(shipment=shipment, arrives_at=later, reason="高速封路", by=walk.who(Role.TRANSPORT_HEAD), at=walk.tick())
    letter = last(order)
    assert later.date().isoformat() in letter.body and "高速封路" in letter.body
    shown = opened(order).get(reverse("portal:order", args=[order.number]))
    assert (shown.context["shipments"][0]["arrives_at"], shown.context["expected"]) == (later, later.date())
    assert "+00:00" not in shown.context["timeline"][0]["text"]
    assert later.date().isoformat() in shown.content.decode()
