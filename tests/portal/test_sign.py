"""CON-01 by link: the customer reads and signs exactly one PDF; what changed meanwhile is shown anew, not signed."""

import base64
import io
from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from PIL import Image

from core.actor import Actor
from core.models import Fact
from core.reasons import NotAllowed, NotReady, Stale
from demo.walk import Walk
from documents.models import Attachment, PersonalLink, PrintedForm
from documents.registry import FORMS
from documents.services import built, form_html, print_form, standing_print
from orders.guards import contract_of
from orders.models import Contract
from orders.services.links import give_link
from orders.services.signing import sign_by_link
from orders.workflow import OrderState
from portal.verify import signatures_have_their_paper
from tests.personas import MONDAY_9AM, SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-01"), pytest.mark.req("CUS-03")]


def drawn() -> str:
    kept = io.BytesIO()
    Image.new("RGBA", (300, 100), (0, 0, 0, 0)).save(kept, "PNG")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


def page(order):
    return reverse("portal:sign", args=[order.number])


def filled(browser, order, **more):
    form = browser.get(page(order)).context["form"]
    shown = {name: form[name].value() for name in ("once", "form_hash")}
    return {**shown, "signatory": "王立新", "position": "采购经理", "agreed": "on", "picture": drawn(), **more}


def test_the_page_shows_what_is_on_the_paper(to_sign, opened):
    answer = opened(to_sign, "sign").get(page(to_sign))
    text = answer.content.decode()
    contract = contract_of(to_sign)
    for said in (contract.number, f"{contract.amount:,.2f}", contract.promised_date.isoformat(), contract.payment_text, "人民币"):
        assert said in text
    assert answer.context["form"]["form_hash"].value() == standing_print("D04", contract, MONDAY_9AM).file.sha256


def test_the_customer_signs_and_both_sides_have_one_copy(to_sign, opened):
    browser = opened(to_sign, "sign")
    given = filled(browser, to_sign)
    answer = browser.post(page(to_sign), given)
    assert answer.status_code == 302
    contract = Contract.objects.get(pk=contract_of(to_sign).pk)
    assert (contract.their_name, contract.their_position, contract.signed_hash) == ("王立新", "采购经理", given["form_hash"])
    assert contract.their_signed_at == MONDAY_9AM
    to_sign.refresh_from_db()
    assert to_sign.state == OrderState.SIGNED
    fact = Fact.objects.get(order_id=to_sign.pk, kind="orders.ContractWasSigned")
    assert (fact.actor_kind, fact.actor_name) == ("customer", "王立新")
    picture = Attachment.objects.get(pk=contract.signature_id)
    assert Image.open(io.BytesIO(picture.file.read())).size == (300, 100)
    copy = standing_print("D04", contract, MONDAY_9AM)
    assert copy is not None
    assert copy.file.sha256 != given["form_hash"]
    assert PrintedForm.objects.filter(file__sha256=given["form_hash"]).exists(), "what was signed is kept, too"
    assert browser.get(reverse("portal:contract_pdf", args=[to_sign.number])).status_code == 200


def test_the_signed_copy_names_both_signatories_and_the_fingerprint(to_sign, opened):
    browser = opened(to_sign, "sign")
    given = filled(browser, to_sign)
    browser.post(page(to_sign), given)
    contract = contract_of(to_sign)
    text = form_html(FORMS["D04"], built(FORMS["D04"], contract, MONDAY_9AM))
    for said in (contract.our_name, "王立新 采购经理", "2026-11-23 09:00", given["form_hash"]):
        assert said in text


def test_a_signature_without_its_paper_is_found(to_sign, opened):
    browser = opened(to_sign, "sign")
    browser.post(page(to_sign), filled(browser, to_sign))
    assert signatures_have_their_paper() == []
    Contract.objects.filter(order=to_sign).update(signed_hash="0" * 64)
    assert len(signatures_have_their_paper()) == 1


def test_without_a_drawing_the_typed_name_signs(to_sign, opened):
    browser = opened(to_sign, "sign")
    assert browser.post(page(to_sign), filled(browser, to_sign, picture="")).status_code == 302
    assert contract_of(to_sign).signature_id is None


@pytest.mark.parametrize(
    ("field", "value"), [("agreed", ""), ("signatory", ""), ("picture", "data:image/png;base64,AAAA"), ("picture", "x")]
)
def test_what_is_missing_or_broken_is_said_and_nothing_is_signed(to_sign, opened, field, value):
    browser = opened(to_sign, "sign")
    answer = browser.post(page(to_sign), filled(browser, to_sign, **{field: value}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert contract_of(to_sign).their_signed_at is None


def test_two_clicks_sign_once(to_sign, opened):
    browser = opened(to_sign, "sign")
    given = filled(browser, to_sign)
    assert len({browser.post(page(to_sign), given)["Location"] for _click in range(2)}) == 1
    assert Fact.objects.filter(order_id=to_sign.pk, kind="orders.ContractWasSigned").count() == 1


def test_a_contract_that_changed_meanwhile_is_shown_anew_and_not_signed(to_sign, opened):
    browser = opened(to_sign, "sign")
    given = filled(browser, to_sign)
    contract = contract_of(to_sign)
    contract.penalty_text = "每天 0.5%，上限 5%"
    contract.save()
    answer = browser.post(page(to_sign), given)
    assert answer.status_code == 409
    assert "上限 5%" in answer.content.decode()
    assert contract_of(to_sign).their_signed_at is None
    again = {name: answer.context["form"][name].value() for name in ("once", "form_hash")}
    assert again["form_hash"] != given["form_hash"]
    assert browser.post(page(to_sign), {**given, **again}).status_code == 302


def test_only_the_orders_customer_signs_by_link(to_sign, clerk_of):
    contract = contract_of(to_sign)
    printed = print_form(kind="D04", document=contract, by=clerk_of(to_sign), at=MONDAY_9AM)
    given = {"paper": contract, "at": MONDAY_9AM, "signatory": "王", "position": "经理", "form_hash": printed.file.sha256}
    for by in (clerk_of(to_sign), Actor("customer", "别人", order_id=to_sign.pk + 1)):
        with pytest.raises(NotAllowed):
            sign_by_link(by=by, **given)
    with pytest.raises(Stale) as refused:
        sign_by_link(by=Actor("customer", "王", order_id=to_sign.pk), **given | {"form_hash": "0" * 64})
    assert refused.value.reasons[0].code == "paper_changed"


def test_no_link_to_sign_before_our_own_signature_or_without_a_contract(order_at, clerk_of):
    order = order_at(OrderState.CONTRACTED)
    with pytest.raises(NotReady) as refused:
        give_link(order=order, purpose="sign", name="王", by=clerk_of(order), at=MONDAY_9AM)
    assert refused.value.reasons[0].code == "our_signature_missing"
    young = order_at(OrderState.REGISTERED)
    with pytest.raises(NotReady) as refused:
        give_link(order=young, purpose="sign", name="王", by=clerk_of(young), at=MONDAY_9AM)
    assert refused.value.reasons[0].code == "nothing_to_sign"


@pytest.mark.req("SEC-05", "INT-17")
def test_a_link_for_signing_ends_with_the_offer(to_sign, link):
    """Nobody signs, nobody files a paper: after the last day of the offer the address opens nothing."""
    link(to_sign, "sign")
    given, last = PersonalLink.objects.get(), to_sign.valid_until
    evening = datetime.combine(last, time(23, 59), SHANGHAI)
    assert (given.opens(evening), given.opens(evening + timedelta(minutes=2))) == (True, False)


@pytest.mark.req("SEC-05")
def test_a_paper_filed_by_the_clerk_ends_the_link_like_a_signature_by_link(to_sign, link):
    link(to_sign, "sign")
    walk = Walk(MONDAY_9AM)
    walk.order = to_sign
    walk.sign()
    given = PersonalLink.objects.get()
    assert (given.opens(walk.at + timedelta(days=29)), given.opens(walk.at + timedelta(days=31))) == (True, False)


@pytest.mark.req("SEC-05", "CON-02")
def test_a_link_of_grade_a_lasts_thirty_days_when_the_offer_is_over(order_at, link):
    order = order_at(OrderState.EFFECTIVE, customer="C0001")
    type(order).objects.filter(pk=order.pk).update(valid_until=MONDAY_9AM.date() - timedelta(days=1))
    link(order, "sign")
    assert (PersonalLink.objects.get().expires_at - MONDAY_9AM).days == 30


def test_after_the_signature_the_link_lasts_thirty_days_more(to_sign, opened):
    browser = opened(to_sign, "sign")
    browser.post(page(to_sign), filled(browser, to_sign))
    assert (PersonalLink.objects.get().expires_at - MONDAY_9AM).days == 30


@pytest.mark.req("CON-03")
def test_the_page_says_what_each_day_of_delay_does_to_the_date(to_sign, opened, monday):
    contract = contract_of(to_sign)
    monday(timedelta(days=2))
    shown = opened(to_sign, "sign").get(page(to_sign)).context
    assert shown["promised_date"] == contract.promised_date + timedelta(days=2)
    assert shown["promised_date"].isoformat() in shown["late_words"]


@pytest.mark.req("SEC-05")
def test_a_link_to_follow_does_not_sign(to_sign, opened):
    browser = opened(to_sign, "follow")
    assert browser.get(page(to_sign)).status_code == 404
    assert browser.post(page(to_sign), {}).status_code == 404


@pytest.mark.req("CON-02")
def test_a_customer_of_grade_a_signs_later(order_at, opened):
    order = order_at(OrderState.EFFECTIVE, customer="C0001")
    browser = opened(order, "sign")
    assert browser.post(page(order), filled(browser, order)).status_code == 302
    order.refresh_from_db()
    assert (order.state, contract_of(order).their_name) == (OrderState.EFFECTIVE, "王立新")


@pytest.mark.req("CON-03")
def test_paper_and_page_name_the_one_date_that_is_promised_today(to_sign, link, client, monday):
    contract, address = contract_of(to_sign), link(to_sign, "sign")
    monday(timedelta(days=2))
    client.get(address)
    valid, first = contract.promised_date + timedelta(days=2), contract.promised_date
    shown = client.get(page(to_sign))
    at = MONDAY_9AM + timedelta(days=2)
    paper = form_html(FORMS["D04"], built(FORMS["D04"], contract, at))
    for text in (shown.content.decode(), paper):
        assert valid.isoformat() in text and first.isoformat() not in text
    printed = standing_print("D04", contract, at)
    assert shown.context["form"]["form_hash"].value() == printed.file.sha256
    client.post(page(to_sign), filled(client, to_sign))
    signed = contract_of(to_sign)
    assert (signed.promised_date, signed.signed_hash) == (valid, printed.file.sha256)
    assert first.isoformat() not in form_html(FORMS["D04"], built(FORMS["D04"], signed, at + timedelta(days=5)))


@pytest.mark.req("CON-03")
def test_what_was_read_yesterday_is_read_again_with_todays_date(to_sign, link, client, monday):
    address, yesterdays = link(to_sign, "sign"), contract_of(to_sign).promised_date
    monday(timedelta(hours=14.5))  # half past eleven in the evening
    client.get(address)
    given = filled(client, to_sign)
    monday(timedelta(hours=15.5))
    answer = client.post(page(to_sign), given)
    assert answer.status_code == 409 and contract_of(to_sign).their_signed_at is None
    assert answer.context["promised_date"] == yesterdays + timedelta(days=1)
    order_page = client.get(reverse("portal:order", args=[to_sign.number]))
    assert [row["title"] for row in order_page.context["papers"]], "drawn anew, it is among the papers"
