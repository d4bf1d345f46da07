"""Pages after delivery: a service and a return in the browser, the order's panel, My work, and who sees what."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse

from aftersales.models import ReturnRequest, ServiceRequest
from core.panels import PANELS
from core.questions import ask
from documents.models import Attachment
from orders.models import Order
from tests.factories.shipping import order_in_store

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def posted(browser, route, args, **given):
    """Open the form of an act and post it; returns the answer."""
    url = reverse(route, args=args)
    form = browser.get(url).context["form"]
    return browser.post(url, {"version": form["version"].value(), "once": form["once"].value(), **given})


@pytest.mark.req("SVC-01", "SVC-02")
def test_a_service_from_the_order_page_to_the_customers_agreement(login, delivered, clerk_zhou, aftersales_head_liang, store_keeper_qian):
    order = delivered((2, "15800"))
    clerk = login(clerk_zhou)
    asked = {"kind": "complaint", "channel": "phone", "words": "异响", "contact": "王工"}
    answer = posted(clerk, "aftersales:order_act", [order.number, "request_service"], **asked, uploads=SimpleUploadedFile("a.pdf", PAPER))
    request = ServiceRequest.objects.get()
    assert answer.url == request.get_absolute_url()
    assert Attachment.objects.get(subject_kind="aftersales.servicerequest").name == "a.pdf"
    assert request.number in clerk.get(reverse("aftersales:services")).content.decode()
    assert posted(clerk, "aftersales:service_act", [request.number, "hand_over"]).status_code == 302

    head = login(aftersales_head_liang)
    steps = (
        ("contact_customer", {"note": "已约定"}),
        ("record_solution", {"solution": "换机构", "cost": "520", "told_to": "王工"}),
        ("finish", {}),
        ("close", {"agreed_by": "王工"}),
    )
    for step, given in steps:
        assert posted(head, "aftersales:service_act", [request.number, step], **given).status_code == 302, step
    assert "520.00" in head.get(request.get_absolute_url()).content.decode()
    assert "520.00" not in login(store_keeper_qian).get(request.get_absolute_url()).content.decode()


@pytest.mark.req("RET-01", "RET-02", "RET-03")
def test_a_return_from_the_application_to_the_store(login, delivered, clerk_zhou, aftersales_head_liang, store_keeper_qian, inspector_wu):
    order = delivered((8, "15800"))
    line = order.lines.get()
    clerk = login(clerk_zhou)
    asked = {f"q_{line.pk}": "9", "wanted": "refund", "reason": "defect", "identity": "called_back"}
    wrong = posted(clerk, "aftersales:order_act", [order.number, "apply_return"], **asked)
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, [f"q_{line.pk}"])
    assert posted(clerk, "aftersales:order_act", [order.number, "apply_return"], **{**asked, f"q_{line.pk}": "2"}).status_code == 302
    request = ReturnRequest.objects.get()
    (row,) = request.lines.all()

    head = login(aftersales_head_liang)
    steps = (
        ("tell_costs", {"cause": "defect", "told_to": "王工"}),
        ("agree", {}),
        ("arrange_collection", {"collect_on": "2099-01-04", "carrier": "德邦"}),
        ("receive_goods", {f"q_{row.pk}": "2"}),
        ("inspect", {f"f_{row.pk}": "开裂", "conclusion": "属实"}),
        ("settle", {f"outcome_{row.pk}": "refund", f"granted_{row.pk}": "2", f"goods_{row.pk}": "restock"}),
    )
    others = {"receive_goods": login(store_keeper_qian), "inspect": login(inspector_wu)}
    for step, given in steps:
        answer = posted(others.get(step, head), "aftersales:return_act", [request.number, step], **given)
        assert answer.status_code == 302, (step, answer.context["form"].errors)
    assert ReturnRequest.objects.get().state == "settled"
    assert head.get(request.get_absolute_url()).status_code == 200
    assert head.get(reverse("aftersales:all_returns"), {"export": "xlsx"}).status_code == 200


@pytest.mark.req("RET-07")
def test_before_delivery_the_page_leads_to_the_change_and_the_exchange(login, clerk_zhou):
    order = order_in_store((2, "15800"), free=True)
    page = login(clerk_zhou).get(reverse("aftersales:order_act", args=[order.number, "apply_return"]))
    assert not page.context["offer"].open
    ways = [way["url"].rstrip("/").rsplit("/", 1)[1] for way in page.context["instead"]]
    assert set(ways) >= {"register_change", "exchange"}
    chosen = {f"q_{order.lines.get().pk}": "1"}
    assert posted(login(clerk_zhou), "aftersales:order_act", [order.number, "exchange"], **chosen).status_code == 302
    assert Order.objects.get(exchanged_from__old=order).lines.get().quantity == 1


@pytest.mark.req("SVC-04")
def test_the_panel_shows_ratings_and_who_may_ask(login, delivered, clerk_zhou, store_keeper_qian):
    order = delivered((2, "15800"))
    rating = order.ratings.get()
    assert posted(login(clerk_zhou), "aftersales:rating_act", [rating.pk, "rate"], stars="4", words="及时").status_code == 302
    shown = PANELS["service"].context(order, clerk_zhou)
    assert "★★★★" in render_to_string(PANELS["service"].template, shown)
    assert (shown["customer"], len(shown["acts"])) == ({"average": 4.0, "count": 1}, 2)
    assert PANELS["service"].context(order, store_keeper_qian)["acts"] == []
    assert login(clerk_zhou).get(rating.get_absolute_url()).status_code == 200


@pytest.mark.req("SEC-01")
def test_strangers_see_nothing(login, delivered, clerk_zhou, manager_xiong, wang):
    order = delivered((2, "15800"))
    asked = {"kind": "service", "channel": "phone", "words": "—", "contact": "王工"}
    answer = posted(login(clerk_zhou), "aftersales:order_act", [order.number, "request_service"], **asked)
    stranger = login(manager_xiong)
    assert stranger.get(answer.url).status_code == 404
    request = ServiceRequest.objects.get()
    assert request.number not in stranger.get(reverse("aftersales:services")).content.decode()
    assert ServiceRequest.objects.visible_to(wang(order)).get() == request
    assert not ServiceRequest.objects.visible_to(wang(delivered((1, Decimal(9))))).exists()
    (mine,) = [each for each in ask("things", kind="aftersales.servicerequest", ids=[request.pk], actor=clerk_zhou) if each]
    assert mine[request.pk]["url"] == request.get_absolute_url()
    assert not any(ask("things", kind="aftersales.servicerequest", ids=[request.pk], actor=manager_xiong))
