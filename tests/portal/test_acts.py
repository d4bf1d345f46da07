"""CUS-03: what customers ask for and report by their pages reaches whoever looks after it, in their words, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aftersales.models import Rating, ReturnRequest, ServiceRequest
from core.models import Fact
from demo.walk import SCAN, Walk
from documents.models import Attachment, PersonalLink
from documents.registry import FORMS
from documents.services import print_form
from orders.models import ChangeRequest, Order
from orders.services.ledger import goods_lines, quantities
from orders.workflow import OrderState
from shipping.documents import receipt_link
from shipping.models import Shipment
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-03")]


def act(order: Order, step: str) -> str:
    return reverse("portal:act", args=[order.number, step])


def delivery(shipment: Shipment, step: str) -> str:
    return reverse("portal:delivery", args=[shipment.order.number, shipment.pk, step])


def sent(browser: Any, address: str, **given: Any) -> Any:
    once = browser.get(address).context["form"]["once"].value()
    return browser.post(address, {"once": once, **given})


@pytest.fixture
def delivered(order_at: Any) -> Order:
    return order_at(OrderState.DELIVERED)


@pytest.fixture
def shipment(order_at: Any, monday: Any) -> Shipment:
    """On its way to the customer; they look at their page some days later."""
    monday(timedelta(days=10))
    walk = Walk(MONDAY_9AM)
    walk.order = order_at(OrderState.STOCKED)
    return Shipment.objects.get(pk=walk.ship().pk)


def whole(shipment: Shipment) -> dict[str, str]:
    return {f"q_{row.pk}": f"{row.quantity:.0f}" for row in shipment.lines.all()}


@pytest.mark.req("CHG-01")
def test_a_change_is_asked_for_in_the_customers_words(order_at, opened):
    order = order_at(OrderState.EFFECTIVE)
    answer = sent(opened(order), act(order, "change"), words="8 面改 10 面")
    assert answer.status_code == 302
    change = ChangeRequest.objects.get(order=order)
    assert (change.words, change.channel, change.asked_by) == ("8 面改 10 面", "portal", "王立新")
    assert Fact.objects.get(order_id=order.pk, kind="orders.ChangeWasReceived").actor_kind == "customer"


def test_a_change_before_the_contract_is_refused_with_its_reason(order_at, opened):
    order = order_at(OrderState.REGISTERED)
    answer = sent(opened(order), act(order, "change"), words="多要一面")
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert not ChangeRequest.objects.exists()


@pytest.mark.req("SVC-01")
def test_a_complaint_comes_with_its_picture(delivered, opened):
    upload = SimpleUploadedFile("photo.pdf", SCAN, content_type="application/pdf")
    answer = sent(opened(delivered), act(delivered, "service"), words="柜门变形", kind="complaint", contact="王 138", upload=upload)
    assert answer.status_code == 302
    request = ServiceRequest.objects.get(order=delivered)
    assert (request.words, request.kind, request.channel) == ("柜门变形", "complaint", "portal")
    assert Attachment.objects.filter(order_id=delivered.pk, name="photo.pdf").exists()


@pytest.mark.req("RET-01")
def test_a_return_names_quantities_and_needs_no_other_identity(delivered, opened):
    line = goods_lines(delivered)[0]
    given = {"wanted": "refund", "reason": "defect", "words": "不合格", f"q_{line.pk}": "1"}
    assert sent(opened(delivered), act(delivered, "return"), **given).status_code == 302
    assert ReturnRequest.objects.get(order=delivered).lines.get().quantity == 1


def test_more_than_was_delivered_cannot_be_sent_back(delivered, opened):
    line = goods_lines(delivered)[0]
    given = {"wanted": "refund", "reason": "defect", "words": "不合格", f"q_{line.pk}": "99"}
    answer = sent(opened(delivered), act(delivered, "return"), **given)
    assert (answer.status_code, f"q_{line.pk}" in answer.context["form"].errors) == (422, True)


def test_a_rating_is_given_once(delivered, opened):
    browser = opened(delivered)
    assert sent(browser, act(delivered, "rate"), stars="4", words="准时").status_code == 302
    assert Rating.objects.get(order=delivered, stars=4).words == "准时"
    assert sent(browser, act(delivered, "rate"), stars="1").status_code == 422


def test_a_double_click_asks_once(delivered, opened):
    browser = opened(delivered)
    given = {"words": "柜门变形", "kind": "service", "contact": "王"}
    once = browser.get(act(delivered, "service")).context["form"]["once"].value()
    answers = [browser.post(act(delivered, "service"), {"once": once, **given}) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert ServiceRequest.objects.count() == 1


@pytest.mark.req("SEC-04")
def test_who_sends_everything_back_and_clicks_twice_is_not_told_that_nothing_is_left(delivered, opened):
    browser, address, line = opened(delivered), act(delivered, "return"), goods_lines(delivered)[0]
    once = browser.get(address).context["form"]["once"].value()
    given = {"once": once, "wanted": "refund", "reason": "defect", "words": "不合格", f"q_{line.pk}": f"{line.quantity:.0f}"}
    answers = [browser.post(address, given) for _click in range(2)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, answers[0]["Location"])}
    assert ReturnRequest.objects.filter(order=delivered).count() == 1


@pytest.mark.req("SHP-11")
def test_the_code_on_the_delivery_note_confirms_this_delivery_and_opens_nothing_else(shipment, client, clerk_of):
    address = receipt_link(shipment, clerk_of(shipment.order), MONDAY_9AM).removeprefix("http://testserver")
    assert client.get(address).status_code == 302
    assert client.get("/c/")["Location"] == delivery(shipment, "receipt")
    for closed in (reverse("portal:order", args=[shipment.order.number]), act(shipment.order, "change")):
        assert client.get(closed).status_code == 404
    answer = sent(client, delivery(shipment, "receipt"), signed_by="仓库老李", condition="sound", **whole(shipment))
    assert answer.status_code == 302
    shipment.refresh_from_db()
    assert (shipment.state, shipment.received_by) == ("delivered", "仓库老李")
    order = Order.objects.get(pk=shipment.order_id)
    assert order.state == OrderState.DELIVERED
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.req("SHP-11")
def test_a_second_delivery_is_not_behind_the_first_ones_code(order_at, client, clerk_of):
    walk = Walk(MONDAY_9AM)
    walk.order = order_at(OrderState.STOCKED)
    line = goods_lines(walk.order)[0]
    one, two = walk.ship({line.line_no: 1}), walk.ship({line.line_no: 1})
    client.get(receipt_link(one, clerk_of(one.order), MONDAY_9AM).removeprefix("http://testserver"))
    assert client.get(delivery(one, "receipt")).status_code == 200
    assert client.get(delivery(two, "receipt")).status_code == 404


def test_the_note_that_is_printed_again_keeps_its_code(shipment, clerk_of):
    by = clerk_of(shipment.order)
    first, second = (print_form(kind="D21", document=shipment, by=by, at=MONDAY_9AM) for _time in range(2))
    assert first.file_id == second.file_id
    assert PersonalLink.objects.get(purpose="receipt").secrets.count() == 1
    assert FORMS["D21"].link is receipt_link


@pytest.mark.req("SHP-10")
def test_missing_and_damaged_goods_are_told(shipment, opened):
    browser = opened(shipment.order)
    line = shipment.lines.get()
    given = {"signed_by": "李", "condition": "short", "note": "少一台", f"q_{line.pk}": "1"}
    assert sent(browser, delivery(shipment, "receipt"), **given).status_code == 302
    assert quantities(shipment.order)[line.line_id].delivered == 1
    assert sent(browser, delivery(shipment, "damage"), words="柜体凹陷").status_code == 302
    assert Fact.objects.get(order_id=shipment.order_id, kind="shipping.DamageWasReported").actor_kind == "customer"


@pytest.mark.req("SHP-11")
def test_goods_that_did_not_come_are_traced(shipment, opened):
    assert sent(opened(shipment.order), delivery(shipment, "not-received"), words="没到").status_code == 302
    assert Fact.objects.filter(order_id=shipment.order_id, kind="shipping.GoodsWereNotReceived").exists()
