"""The pages of a change: what the clerk, a department head on the phone and somebody without prices see and do."""

import pytest
from django.urls import reverse

from demo import walk_changes as walks
from orders.models import ChangeRequest
from orders.services.change import outcome
from orders.workflow import OrderState
from organization.roles import Role


def hidden(page) -> dict[str, str]:
    form = page.context["form"]
    return {"version": form.initial["version"], "once": form.initial["once"]}


@pytest.mark.req("CHG-01")
def test_the_clerk_notes_a_change_and_says_what_changes(walk, login):
    order = walk.to(OrderState.INSTRUCTED)
    browser = login(walk.clerk)
    address = reverse("orders:act", args=[order.number, "register_change"])
    given = {"words": "再加一面", "channel": "phone", "asked_by": "王立新", **hidden(browser.get(address))}
    answer = browser.post(address, given)
    change = ChangeRequest.objects.get()
    assert answer.url == change.get_absolute_url()
    address = reverse("orders:change_act", args=[change.number, "describe"])
    line = order.lines.get(line_no=1)
    page = browser.get(address)
    given = {**page.context["form"].initial, f"quantity_{line.pk}": "3", "item_0": "LZZBJ9-10", "quantity_new_0": "3"}
    given = {name: value for name, value in given.items() if value is not None}
    assert browser.post(address, given).status_code == 302
    change.refresh_from_db()
    assert change.wanted["lines"] == {str(line.pk): {"quantity": "3"}}
    assert [row["quantity"] for row in change.wanted["new_lines"]] == ["3"]
    assert change.proposed_class >= 2


@pytest.mark.req("CHG-05")
def test_the_page_shows_grounds_impact_and_differences_and_classifies(walk, login):
    walk.to(OrderState.INSTRUCTED)
    change = walks.ask(walk)
    browser = login(walk.clerk)
    page = browser.get(change.get_absolute_url())
    assert [each["proposed"] for each in page.context["classes"]] == [False, True, False]
    assert any(ground.speaks == "against" for ground in page.context["classes"][0]["grounds"])
    assert len(page.context["rows"]) == change.items.count()
    assert page.context["differences"]
    given = {"version": page.context["change"].version, "once": page.context["once"], "change_class": "2", "reason": ""}
    assert browser.post(page.context["classify"].url, given).status_code == 302
    change.refresh_from_db()
    assert (change.state, change.change_class) == ("in_review", 2)


@pytest.mark.req("CHG-05")
def test_a_row_is_decided_where_it_stands(walk, login):
    walk.to(OrderState.INSTRUCTED)
    change = walks.ask(walk)
    browser = login(walk.clerk)
    page = browser.get(change.get_absolute_url())
    row = next(row for row in page.context["rows"] if row["item"].kind == "orders.contract")
    given = {"version": row["item"].version, "once": row["once"], "decision": "confirm", "note": ""}
    assert browser.post(row["decide"].url, given).status_code == 302
    assert change.items.get(kind="orders.contract").decision == "confirm"


@pytest.mark.req("CHG-03")
def test_the_order_carries_the_label_while_its_change_is_in_review(walk, login):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="in_review")
    page = login(walk.clerk).get(walk.order.get_absolute_url())
    assert [each["change"] for each in page.context["under_way"]] == [change]
    outcome.refuse_change(change=change, reason="不做", by=walk.clerk, at=walk.tick())
    assert login(walk.clerk).get(walk.order.get_absolute_url()).context["under_way"] == []


@pytest.mark.req("CHG-03")
def test_who_reviews_sees_what_the_customer_wants_otherwise_and_comes_back_to_the_change(walk, login):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="in_review")
    opinion = change.reviews.get().opinions.get(role=Role.PRODUCTION_MANAGER)
    browser = login(walk.product(Role.PRODUCTION_MANAGER))
    address = reverse("orders:opinion_act", args=[opinion.pk, "give_opinion"])
    page = browser.get(address)
    assert page.context["change"] == change
    assert page.context["differences"]
    answer = browser.post(address, {**hidden(page), "verdict": "feasible", "comment": "", "earliest_date": ""})
    assert answer.url == change.get_absolute_url()


@pytest.mark.req("CHG-02")
def test_a_head_signs_on_the_phone(walk, login):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="noticed")
    asked = [Role.QUALITY_HEAD]
    outcome.circulate(change=change, roles=asked, by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())
    head = walks.whoever(walk, Role.QUALITY_HEAD, walk.order.product_company_id)
    browser = login(head)
    address = browser.get(reverse("orders:my_signoff", args=[change.number])).url
    page = browser.get(address)
    assert browser.post(address, hidden(page)).status_code == 302
    assert change.signoffs.get().signed_by == head.name


@pytest.mark.req("CHG-08")
def test_whoever_sees_no_prices_finds_none_in_the_comparison(walk, login):
    walk.to(OrderState.INSTRUCTED)
    walks.change(walk)
    address = reverse("orders:revisions", args=[walk.order.number])
    with_prices = login(walk.clerk).get(address)
    without = login(walk.product(Role.PRODUCTION_MANAGER)).get(address)
    assert len(with_prices.context["rows"]) > len(without.context["rows"]) == 1
    everything = login(walk.clerk).get(f"{address}?old=1&new=2&all=1")
    assert len(everything.context["rows"]) > len(with_prices.context["rows"])


@pytest.mark.req("CHG-09")
def test_an_order_is_cancelled_on_its_pages(walk, login):
    walk.to(OrderState.INSTRUCTED)
    request = walks.ask_cancel(walk)
    walks.decide(walk, request)
    browser = login(walk.clerk)
    address = reverse("orders:change_act", args=[request.number, "agree_charge"])
    given = {**hidden(browser.get(address)), "charge": "800.00", "charge_note": "王总同意"}
    assert browser.post(address, given).status_code == 302
    head = login(walk.sales(Role.SALES_HEAD))
    page = head.get(request.get_absolute_url())
    step = next(offer for offer in page.context["offers"] if offer.name == "cancel")
    assert step.open
    assert head.post(step.url, {**hidden(head.get(step.url)), "reason": "停建"}).status_code == 302
    assert walk.fresh().state == OrderState.CANCELLED
    assert head.get(walk.order.get_absolute_url()).status_code == 200
    page, request = head.get(request.get_absolute_url()), ChangeRequest.objects.get()
    text = page.content.decode()
    assert "800.00" in text and f"{request.refund:,.2f}" in text and "停建" in text, "charge, refund, reason"
    for item in request.items.all():
        assert item.decided_by in text and item.decision_label in text
    without = login(walk.product(Role.PRODUCTION_MANAGER)).get(request.get_absolute_url()).content.decode()
    assert "800.00" not in without and f"{request.refund:,.2f}" not in without
