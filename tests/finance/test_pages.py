"""The pages of finance, as the people see them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from core.panels import PANELS
from documents.registry import FORMS
from documents.services import form_html, printing_available
from finance import services
from finance.models import Invoice, Payment
from orders.services.money import set_due
from orders.workflow import OrderState
from tests.factories.shipping import order_in_store, order_with
from tests.finance.test_money import paid, record
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
LISTS = ("receivables", "payments", "invoices")


def posted(page, **changes):
    """What a browser sends back: the form as shown, with these changes."""
    form = page.context["form"]
    given = {name: form[name].value() for name in form.fields}
    return {k: v for k, v in {**given, **changes}.items() if v is not None}


@pytest.mark.req("CON-04")
def test_finance_records_and_confirms_from_the_order(login, finance_sun):
    order = order_with((2, "15800"))
    browser, url = login(finance_sun), reverse("finance:record_payment", args=[order.number])
    page = browser.get(url)
    assert page.context["form"]["amount"].value() == Decimal("9480.00")
    given = posted(page, bank_reference="ICBC-0001", paid_on="2026-11-20", method="transfer")
    answer = browser.post(url, given)
    payment = Payment.objects.get()
    assert answer.url == payment.get_absolute_url() == browser.post(url, given).url
    page = browser.get(answer.url)
    assert [offer.name for offer in page.context["offers"]] == ["confirm", "reverse"]
    url = reverse("finance:payment_act", args=[payment.number, "confirm"])
    assert browser.post(url, posted(browser.get(url))).status_code == 302
    assert Payment.objects.get().state == "confirmed"


@pytest.mark.req("CON-04", "SEC-01")
def test_nobody_else_gets_as_far_as_the_form(login, finance_sun, clerk_zhou, order_manager_yan, store_keeper_qian):
    order = order_with((2, "15800"))
    payment = record(order, finance_sun)
    urls = [
        reverse("finance:record_payment", args=[order.number]),
        reverse("finance:issue_invoice", args=[order.number]),
        reverse("finance:payment_act", args=[payment.number, "confirm"]),
        reverse("finance:choose", args=["payment"]),
    ]
    for person in (clerk_zhou, order_manager_yan, store_keeper_qian):
        browser = login(person)
        for url in urls:
            assert browser.get(url).status_code in (403, 404), (person.name, url)
            assert browser.post(url, {"once": "x" * 20, "version": 0}).status_code in (403, 404), (person.name, url)
    assert Payment.objects.get().state == "recorded"


@pytest.mark.req("SEC-01")
def test_money_has_no_page_for_eyes_without_prices(
    login, finance_sun, shipped, store_keeper_qian, production_manager_lu, transport_zheng, clerk_zhou
):
    order = order_in_store((2, "15817.43"), free=True)
    shipped(order)
    invoice = services.issue_invoice(order=order, by=finance_sun, at=MONDAY_9AM)
    payment = paid(order, finance_sun, "1234.56")
    for person in (store_keeper_qian, production_manager_lu, transport_zheng):
        browser = login(person)
        assert {browser.get(reverse(f"finance:{name}")).status_code for name in LISTS} == {403}
        assert {browser.get(each.get_absolute_url()).status_code for each in (invoice, payment)} == {404}
        assert PANELS["money"].context(order, person) == {"hidden": True}
    browser = login(clerk_zhou)
    assert all(order.number in browser.get(reverse(f"finance:{name}")).content.decode() for name in LISTS)
    assert "31,634.86" in browser.get(invoice.get_absolute_url()).content.decode()


@pytest.mark.req("FIN-02")
def test_finance_sees_what_is_overdue_by_age(login, finance_sun):
    late, early = order_with((2, "100"), stages=[("delivery", 100)]), order_with((2, "100"), stages=[("delivery", 100)])
    set_due(late.dues.get(), date(2020, 1, 1), MONDAY_9AM, finance_sun)
    set_due(early.dues.get(), date(2099, 1, 1), MONDAY_9AM, finance_sun)
    browser = login(finance_sun)
    for choice, found in (("any", [late]), ("30", []), ("more", [late]), ("", [early, late])):
        page = browser.get(reverse("finance:receivables"), {"overdue": choice})
        assert [row["thing"].order for row in page.context["rows"]] == found, choice


@pytest.mark.req("FIN-01")
def test_a_delivery_is_invoiced_with_two_clicks(login, finance_sun, shipped):
    order = order_in_store((8, "15800"), free=True)
    shipped(order, {1: 3})
    second = shipped(order, {1: 5})
    browser = login(finance_sun)
    deliveries = PANELS["money"].context(order, finance_sun)["deliveries"]
    assert [each["name"] for each in deliveries] == ["SH2611-0001", "SH2611-0002"]
    page = browser.get(deliveries[1]["url"])
    answer = browser.post(deliveries[1]["url"], posted(page))
    invoice = Invoice.objects.get()
    assert answer.url == invoice.get_absolute_url()
    assert [(each.quantity, each.shipment_id) for each in invoice.lines.all()] == [(5, second.pk)]
    assert "SH2611-0002" in browser.get(answer.url).content.decode()


@pytest.mark.req("FIN-01")
def test_the_list_asks_for_the_order_first(login, finance_sun):
    order = order_with((2, "100"))
    browser, url = login(finance_sun), reverse("finance:choose", args=["payment"])
    assert browser.get(url).status_code == 200
    assert browser.get(url, {"number": order.number.lower()}).url == reverse("finance:record_payment", args=[order.number])
    assert browser.get(url, {"number": "DD0000-0000"}).context["form"].errors


@pytest.mark.req("FIN-01")
def test_the_printed_invoice_shows_the_vat(finance_sun, shipped):
    order = order_in_store((2, "15800"), free=True)
    shipment = shipped(order)
    invoice = services.issue_invoice(order=order, shipment_id=shipment.pk, by=finance_sun, at=MONDAY_9AM)
    form = FORMS["D49"]
    html = form_html(form, form.build(invoice))
    for text in ("FP26-XS-0001", "31,600.00", "3,635.40", "27,964.60", "13%", "人民币叁万壹仟陆佰元整", shipment.delivery_number):
        assert text in html, text


@pytest.mark.skipif(bool(printing_available()), reason="WeasyPrint cannot draw here")
@pytest.mark.req("FIN-01")
def test_the_invoice_opens_as_a_pdf_for_who_sees_prices_only(login, finance_sun, shipped, transport_zheng):
    order = order_in_store((2, "15800"), free=True)
    shipped(order)
    invoice = services.issue_invoice(order=order, by=finance_sun, at=MONDAY_9AM)
    url = reverse("finance:print_invoice", args=[invoice.number])
    answer = login(finance_sun).post(url, follow=True)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert login(transport_zheng).get(answer.redirect_chain[-1][0]).status_code == 404
    assert login(transport_zheng).post(url).status_code == 404


@pytest.mark.req("FIN-02")
def test_the_panel_shows_dues_received_and_missing(finance_sun, clerk_zhou):
    from django.template.loader import render_to_string

    order = order_with((2, "15800"))
    paid(order, finance_sun)
    for person, is_finance in ((clerk_zhou, False), (finance_sun, True)):
        context = PANELS["money"].context(order, person)
        html = render_to_string(PANELS["money"].template, context)
        assert (context["received"], context["total"], context["percent"]) == (Decimal("9480.00"), Decimal("31600.00"), 30)
        assert "22,120.00" in html
        assert (reverse("finance:record_payment", args=[order.number]) in html) is is_finance


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", LISTS)
def test_the_lists_ask_the_same_number_of_questions(login, finance_sun, shipped, rows, name, django_assert_max_num_queries):
    for _ in range(rows):
        order = order_in_store((1, "100"), free=True)
        shipped(order)
        services.issue_invoice(order=order, by=finance_sun, at=MONDAY_9AM)
        paid(order, finance_sun, "100")
    browser = login(finance_sun)
    browser.get(reverse(f"finance:{name}"))
    with django_assert_max_num_queries(15):
        page = browser.get(reverse(f"finance:{name}"))
    assert len(page.context["rows"]) >= rows


def test_the_readonly_admin_opens(login, finance_sun, group_manager_lin, administrator_gao):
    order = order_with((2, "15800"))
    payment = record(order, finance_sun, "1234.56")
    browser = login(group_manager_lin)
    for name, things in (("payment", [payment.pk]), ("invoice", [])):
        assert browser.get(reverse(f"admin:finance_{name}_changelist")).status_code == 200
        assert all(browser.get(reverse(f"admin:finance_{name}_change", args=[pk])).status_code == 200 for pk in things)
    page = login(administrator_gao).get(reverse("admin:finance_payment_changelist")).content.decode()
    assert payment.number not in page and "1,234.56" not in page


def test_an_old_address_says_as_it_is_opened_that_nothing_can_be_recorded(login, finance_sun, order_at):
    order = order_at(OrderState.CONFIRMED)
    page = login(finance_sun).get(reverse("finance:record_payment", args=[order.number]))
    assert not page.context["offer"].open
    assert page.context["offer"].reasons == [str(reason) for reason in services.nothing_awaited(order)]
    assert 'name="amount"' not in page.text
