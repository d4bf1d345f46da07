"""The pages of shipping, as the people see them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from core.panels import PANELS
from demo.walk import SCAN
from documents.models import Attachment
from documents.registry import FORMS
from documents.services import form_html, printing_available
from organization.models import Department
from shipping.documents import count_boxes
from shipping.models import Shipment
from tests.factories.shipping import left, noticed, order_in_store, order_with, picked, put_in_store, verified

pytestmark = pytest.mark.django_db


def posted(page, **changes):
    """What a browser sends back: the form as shown, with these changes."""
    form = page.context["form"]
    given = {name: form[name].value() for name in form.fields}
    return {k: v for k, v in {**given, **changes}.items() if v is not None}


@pytest.mark.req("SHP-01")
def test_the_notice_form_proposes_what_is_in_store(login, order_manager_yan):
    order = order_with((8, "15800"))
    put_in_store(order, {1: 5})
    browser, line = login(order_manager_yan), order.lines.get()
    url = reverse("shipping:notice", args=[order.number])
    page = browser.get(url)
    assert page.status_code == 200
    assert Decimal(page.context["form"][f"q_{line.pk}"].value()) == 5
    page = browser.post(url, posted(page, **{f"q_{line.pk}": "6"}))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [f"q_{line.pk}"]
    answer = browser.post(url, posted(browser.get(url), packing="柜门钥匙 12 把\n合格证"))
    shipment = Shipment.objects.get()
    assert answer.url == shipment.get_absolute_url()
    assert [(p.text, p.quantity, p.unit) for p in shipment.packing.order_by("pk")] == [("柜门钥匙", 12, "把"), ("合格证", 1, "")]


@pytest.mark.req("SHP-01", "SEC-04")
def test_a_double_click_makes_one_notice(login, order_manager_yan):
    order = order_in_store((8, "15800"))
    browser, url = login(order_manager_yan), reverse("shipping:notice", args=[order.number])
    given = posted(browser.get(url))
    assert browser.post(url, given).url == browser.post(url, given).url
    assert Shipment.objects.count() == 1


@pytest.mark.req("SHP-03", "SHP-04", "SHP-09")
def test_store_transport_and_clerk_do_their_part_on_the_pages(
    login, order_manager_yan, store_keeper_qian, transport_zheng, clerk_zhou, packer_tian
):
    shipment = noticed(order_in_store((2, "15800"), free=True), order_manager_yan)
    line = shipment.lines.get()
    steps = [
        (store_keeper_qian, "pick", {f"ok_{line.pk}": "on", f"batch_{line.pk}": "2611-G0417", f"boxes_{line.pk}": "1-2/2"}),
        (packer_tian, "verify", {f"ok_{line.pk}": "on"}),
        (transport_zheng, "dispatch", {"vehicle": "浙A·6K218", "driver": "金永康", "freight_cost": "860"}),
        (clerk_zhou, "confirm_receipt", {"signed_by": "王工"}),
    ]
    for person, step, given in steps:
        browser = login(person)
        page = browser.get(shipment.get_absolute_url())
        assert next(offer.name for offer in page.context["offers"] if offer.open) == step
        url = reverse("shipping:act", args=[shipment.number, step])
        answer = browser.post(url, posted(browser.get(url), **given))
        assert answer.status_code == 302, answer.context["form"].errors
    shipment.refresh_from_db()
    assert shipment.state == "delivered"


@pytest.mark.req("SEC-01")
def test_freight_is_for_those_who_see_it(login, shipped, transport_zheng, clerk_zhou, store_keeper_qian, freight_auditor_su):
    shipment = shipped(order_in_store((2, "15800"), free=True), freight_cost=Decimal("861.35"))
    for person, sees in ((transport_zheng, True), (freight_auditor_su, True), (clerk_zhou, False), (store_keeper_qian, False)):
        browser = login(person)
        for url in (shipment.get_absolute_url(), reverse("shipping:list")):
            page = browser.get(url)
            assert page.status_code == 200
            assert ("861.35" in page.content.decode()) is sees, (person.name, url)


@pytest.mark.req("SEC-01")
def test_somebody_elses_shipment_does_not_exist(login, order_manager_yan, salesperson_tang, store_keeper_wei, buyer_luo):
    shipment = noticed(order_in_store((2, "15800")), order_manager_yan)
    for person in (salesperson_tang, store_keeper_wei, buyer_luo):
        assert login(person).get(shipment.get_absolute_url()).status_code == 404
        assert shipment.number not in login(person).get(reverse("shipping:list")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions(login, order_manager_yan, rows, django_assert_max_num_queries):
    for _ in range(rows):
        noticed(order_in_store((2, "15800")), order_manager_yan)
    browser = login(order_manager_yan)
    browser.get(reverse("shipping:list"))
    with django_assert_max_num_queries(14):
        page = browser.get(reverse("shipping:list"), {"state": "noticed", "q": "fh26"})
    assert len(page.context["rows"]) == rows


@pytest.mark.req("SHP-07")
def test_the_panel_shows_quantities_per_line_and_says_why_no_notice(order_manager_yan, shipped, rf):
    from django.template.loader import render_to_string

    order = order_with((8, "15800"), free=True)
    put_in_store(order, {1: 5})
    shipped(order, {1: 5})
    panel = PANELS["shipping"]
    context = panel.context(order, order_manager_yan)
    html = render_to_string(panel.template, context)
    assert [(r.sums.open, r.sums.stocked, r.sums.noticed, r.sums.shipped, r.sums.delivered) for r in context["rows"]] == [(8, 5, 5, 5, 0)]
    assert len(context["reasons"]) == 1 and context["reasons"][0] in html


@pytest.mark.req("SHP-01", "SHP-08")
def test_notice_and_delivery_note_are_printed_without_prices(shipped, order_manager_yan):
    order = order_in_store((2, "15817.43"), free=True)
    shipment = shipped(order)
    for kind in ("D19", "D21"):
        form = FORMS[kind]
        context = form.build(shipment)
        html = form_html(form, context)
        assert order.number in html and shipment.number in html and order.customer.name in html
        assert "15,817" not in html and "15817" not in html
    assert context["number"] == shipment.delivery_number and context["lines"][0]["serials"]


@pytest.mark.skipif(bool(printing_available()), reason="WeasyPrint cannot draw here")
@pytest.mark.req("SHP-08")
def test_the_delivery_note_opens_as_a_pdf(login, shipped, store_keeper_qian):
    shipment = shipped(order_in_store((2, "15800"), free=True))
    browser = login(store_keeper_qian)
    answer = browser.post(reverse("shipping:print", args=[shipment.number, "D21"]), follow=True)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"


def test_boxes_are_counted_as_people_write_them():
    assert [count_boxes(text) for text in ("1/6", "2-5/6", "2/6 ~ 5/6", "3", "1/6、6/6", "", "随 1/6")] == [1, 4, 4, 1, 2, 0, 0]


def test_the_readonly_admin_opens(login, order_manager_yan, group_manager_lin, administrator_gao):
    shipment = noticed(order_in_store((2, "15800")), order_manager_yan)
    browser = login(group_manager_lin)
    for url in (reverse("admin:shipping_shipment_changelist"), reverse("admin:shipping_shipment_change", args=[shipment.pk])):
        page = browser.get(url)
        assert page.status_code == 200 and shipment.number in page.content.decode()
    assert shipment.number not in login(administrator_gao).get(reverse("admin:shipping_shipment_changelist")).content.decode()


@pytest.mark.req("SHP-11", "SHP-09")
def test_the_signed_receipt_is_kept_as_a_scan(login, order_manager_yan, store_keeper_qian, packer_tian, transport_zheng, clerk_zhou):
    order, at = order_in_store((2, "15800"), free=True), timezone.now() - timedelta(hours=3)
    shipment = noticed(order, order_manager_yan, at=at)
    shipment = left(verified(picked(shipment, store_keeper_qian, at), packer_tian, at), transport_zheng, at)
    browser, url = login(clerk_zhou), reverse("shipping:act", args=[shipment.number, "confirm_receipt"])
    wrong = SimpleUploadedFile("回单.exe", b"MZ")
    assert list(browser.post(url, posted(browser.get(url), signed_by="王工", scan=wrong)).context["form"].errors) == ["scan"]
    scan = SimpleUploadedFile("回单.pdf", SCAN)
    assert browser.post(url, posted(browser.get(url), signed_by="王工", scan=scan)).status_code == 302
    paper = Attachment.objects.get(kind="receipt")
    assert (paper.name, paper.note, paper.subject_id) == ("回单.pdf", "王工", shipment.pk)
    assert reverse("documents:file", args=[paper.pk]) in browser.get(shipment.get_absolute_url()).content.decode()


@pytest.mark.req("SHP-06")
def test_who_writes_down_a_missing_part_comes_back_to_the_shipment(login, order_manager_yan):
    """And not to the question whether it has come."""
    shipment = noticed(order_in_store((8, "15800"), free=True), order_manager_yan)
    browser, url = login(order_manager_yan), reverse("shipping:act", args=[shipment.number, "record_missing"])
    department = Department.objects.filter(company=shipment.company_id).first()
    given = {"text": "柜门钥匙", "quantity": "12", "unit": "把", "department": department.pk, "expected_on": "2026-12-04"}
    assert browser.post(url, posted(browser.get(url), **given)).url == shipment.get_absolute_url()


@pytest.mark.req("SLA-07")
def test_a_planned_dispatch_stands_on_the_calendar_until_it_has_left(login, order_manager_yan, clerk_zhou, clerk_lin):
    shipment = noticed(order_in_store((8, "15800")), order_manager_yan)
    Shipment.objects.update(planned_on=timezone.localdate() - timedelta(days=1))
    address = f"{reverse('sla:calendar')}?view=day&what=dispatches&day={timezone.localdate() - timedelta(days=1)}"

    def seen(person):
        return [(due.title, due.late) for due, _icon in login(person).get(address).context["weeks"][0][0]["rows"]]

    assert seen(order_manager_yan) == seen(clerk_zhou) == [(str(shipment), True)]
    assert seen(clerk_lin) == [], "she does not look after the order"
    QuerySet.update(Shipment.objects.all(), state="dispatched")
    assert seen(order_manager_yan) == []
