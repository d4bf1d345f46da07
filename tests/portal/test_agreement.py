"""CHG-04, D38 by link: what a change alters in the contract is read and signed in the browser, exactly as it stands on the PDF."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.actor import Actor
from core.models import Fact
from core.reasons import NotReady, Stale
from demo import walk_changes as walks
from demo.walk import Walk
from documents.models import PersonalLink, PrintedForm
from documents.registry import FORMS
from documents.services import print_form
from orders.models import ChangeRequest, SupplementaryAgreement
from orders.services.change import outcome
from orders.services.links import give_link
from orders.services.signing import sign_by_link, standing
from orders.workflow import OrderState
from organization.roles import Role
from portal.verify import signatures_have_their_paper
from tests.personas import MONDAY_9AM
from tests.portal.test_sign import filled, page

pytestmark = [pytest.mark.django_db, pytest.mark.req("CHG-04", "CUS-03")]


@pytest.fixture
def walk(order_at: Any) -> Walk:
    found = Walk(MONDAY_9AM)
    found.order = order_at(OrderState.INSTRUCTED, lines=[("GGD", 2)])
    return found


@pytest.fixture
def agreement(walk: Walk) -> SupplementaryAgreement:
    """One cabinet more: drafted, and signed by our side."""
    change = walks.change(walk, until="awaiting_customer")
    walks.onward(walk, change)
    change = ChangeRequest.objects.get(pk=change.pk)
    drafted = outcome.draft_agreement(change=change, terms="增加部分款到发货", by=walk.clerk, at=walk.tick())
    return outcome.sign_agreement_for_us(agreement=drafted, by=walk.sales(Role.SALES_HEAD), at=walk.tick())


@pytest.fixture
def opened_to_agree(walk: Walk, agreement: SupplementaryAgreement) -> Client:
    print_form(kind="D38", document=agreement, by=walk.clerk, at=MONDAY_9AM)
    address = give_link(order=walk.order, purpose="agree", name="王立新", by=walk.clerk, at=MONDAY_9AM)[1]
    browser = Client()
    browser.get(address.removeprefix("http://testserver"))
    return browser


def test_the_link_leads_to_the_agreement_and_shows_what_stands_on_it(walk, agreement, opened_to_agree):
    assert opened_to_agree.get("/c/")["Location"] == page(walk.order)
    text = opened_to_agree.get(page(walk.order)).content.decode()
    dates = agreement.promised_date.isoformat()
    for said in (agreement.number, agreement.contract_number, f"{agreement.amount:,.2f}", dates, agreement.terms):
        assert said in text
    for row in FORMS["D38"].build(agreement)["changes"]:
        assert row["after"] in text
    assert opened_to_agree.get(reverse("portal:contract_pdf", args=[walk.order.number])).status_code == 200


def test_the_link_is_made_on_the_page_of_the_change_as_soon_as_our_side_has_signed(walk, login):
    change = walks.change(walk, until="awaiting_customer")
    walks.onward(walk, change)
    change.refresh_from_db()
    there = reverse("orders:give_link", args=[walk.order.number])
    by_link = lambda: there in login(walk.clerk).get(change.get_absolute_url()).content.decode()  # noqa: E731
    drafted = outcome.draft_agreement(change=change, by=walk.clerk, at=walk.tick())
    assert not by_link(), "our signature comes first"
    outcome.sign_agreement_for_us(agreement=drafted, by=walk.sales(Role.SALES_HEAD), at=walk.tick())
    assert by_link()
    manager = login(walk.holder(walk.order.order_manager_post))
    assert there not in manager.get(change.get_absolute_url()).content.decode(), "no link by who may not"
    form = login(walk.clerk).get(there).context["form"]
    assert form.initial["purpose"] == "agree"


def test_the_customer_signs_it_and_both_sides_have_one_copy(walk, agreement, opened_to_agree):
    given = filled(opened_to_agree, walk.order)
    answer = opened_to_agree.post(page(walk.order), given)
    assert answer.status_code == 302 and "补充协议已签署" in opened_to_agree.get(answer["Location"]).content.decode()
    agreement.refresh_from_db()
    assert (agreement.state, agreement.their_name, agreement.their_position) == ("signed", "王立新", "采购经理")
    assert agreement.signed_hash == given["form_hash"] and agreement.signature_id
    fact = Fact.objects.filter(order_id=walk.order.pk, kind="orders.AgreementWasSigned").latest("pk")
    assert (fact.actor_kind, fact.data["ours"]) == ("customer", False)
    copy = standing(agreement, MONDAY_9AM)
    assert copy is not None and copy.file.sha256 != given["form_hash"]
    assert PrintedForm.objects.filter(kind="D38", file__sha256=given["form_hash"]).exists(), "what was signed is kept, too"
    assert (PersonalLink.objects.get().expires_at - MONDAY_9AM).days == 30
    assert signatures_have_their_paper() == []
    SupplementaryAgreement.objects.update(signed_hash="0" * 64)
    assert len(signatures_have_their_paper()) == 1


def test_an_agreement_that_says_something_else_by_now_is_shown_anew(walk, agreement, opened_to_agree):
    given = filled(opened_to_agree, walk.order)
    SupplementaryAgreement.objects.update(terms="增加部分付清后投产")
    answer = opened_to_agree.post(page(walk.order), given)
    assert answer.status_code == 409 and "付清后投产" in answer.content.decode()
    agreement.refresh_from_db()
    assert agreement.their_signed_at is None


def test_a_change_that_is_refused_takes_its_link_back(walk, agreement, opened_to_agree):
    given = filled(opened_to_agree, walk.order)
    outcome.refuse_change(change=agreement.change, reason="客户撤回", by=walk.clerk, at=walk.tick())
    assert PersonalLink.objects.get().revoked_at is not None
    assert opened_to_agree.get(page(walk.order)).status_code == 404
    agreement.refresh_from_db()
    with pytest.raises(Stale) as refused:
        sign_by_link(
            paper=agreement, by=Actor("customer", "王", order_id=walk.order.pk), at=MONDAY_9AM + timedelta(days=1), signatory="王",
            position="经理", form_hash=given["form_hash"],
        )  # fmt: skip
    assert refused.value.reasons[0].code == "paper_changed"


def test_no_link_before_our_own_signature_or_without_an_agreement(walk):
    def against() -> str:
        with pytest.raises(NotReady) as refused:
            give_link(order=walk.order, purpose="agree", name="王", by=walk.clerk, at=walk.tick())
        return refused.value.reasons[0].code

    assert against() == "nothing_to_sign"
    change = walks.change(walk, until="awaiting_customer")
    walks.onward(walk, change)
    outcome.draft_agreement(change=ChangeRequest.objects.get(pk=change.pk), by=walk.clerk, at=walk.tick())
    assert against() == "our_signature_missing"


def test_the_clerk_makes_the_link_on_the_orders_page_and_it_is_mailed(walk, agreement, login):
    from core.models import Delivery

    browser, url = login(walk.clerk), reverse("orders:give_link", args=[walk.order.number])
    form = browser.get(url).context["form"]
    assert [value for value, _label in form.fields["purpose"].choices] == ["agree", "follow"]
    hidden = {name: form[name].value() for name in ("version", "once")}
    answer = browser.post(url, {**hidden, "purpose": "agree", "name": "王立新", "phone": "", "email": "wang@huidian.example"})
    assert answer.status_code == 200 and standing(agreement, MONDAY_9AM) is not None
    assert "补充协议" in Delivery.objects.get(address="wang@huidian.example").title
