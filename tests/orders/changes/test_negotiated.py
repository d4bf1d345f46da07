"""A change that cannot be made as wished: what departments cannot do, days that have passed, orders of nothing; and who acts meanwhile."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core.reasons import NotReady
from demo import walk_changes as walks
from orders.models import ChangeRequest
from orders.services.change import classify, outcome, register
from orders.workflow import OrderState, Verdict
from organization.roles import Role
from sla.models import RunningClock


def codes(refused) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def waiting(walk, name) -> RunningClock | None:
    return RunningClock.objects.open().filter(order_id=walk.order.pk, name=name).first()


@pytest.mark.req("CHG-03", "CHG-04")
def test_a_change_that_no_department_can_make_is_negotiated_and_not_offered_to_the_customer(walk, login, violations):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="in_review")
    walk.opinions(Verdict.INFEASIBLE, comment="母线做不了")
    change.refresh_from_db()
    assert (change.state, change.change_class, waiting(walk, "answer_on_change")) == ("received", None, None)
    assert waiting(walk, "change_negotiation").post_id == walk.order.clerk_post_id
    assert violations() == []
    page = login(walk.clerk).get(change.get_absolute_url())
    assert page.context["impossible"]
    assert {"describe", "classify", "refuse_change"} <= {offer.name for offer in page.context["offers"] if offer.open}
    register.describe_change(change=change, wanted=walks.quantity(walk, 1, 4), by=walk.clerk, at=walk.tick())
    classify.classify_change(change=change, change_class=2, by=walk.clerk, at=walk.tick())
    assert waiting(walk, "change_negotiation") is None
    walk.opinions()
    change.refresh_from_db()
    assert change.state == "awaiting_customer"
    assert violations() == []


@pytest.mark.req("CHG-03")
def test_a_change_that_no_department_can_make_is_refused(walk, violations):
    walk.to(OrderState.INSTRUCTED)
    change = walks.change(walk, until="in_review")
    walk.opinions(Verdict.INFEASIBLE, comment="母线做不了")
    outcome.refuse_change(change=change, reason="母线做不了", by=walk.clerk, at=walk.tick())
    assert not RunningClock.objects.open().filter(order_id=walk.order.pk, name__contains="change").exists()
    assert violations() == []


@pytest.mark.req("CHG-02", "SLA-07")
def test_the_clock_of_a_minor_change_waits_for_the_order_manager_once_its_receiver_has_classified_it(walk):
    walk.to(OrderState.EFFECTIVE)
    change = walks.ask(walk, {"header": {"delivery_address": "合肥新站区"}})
    clock = waiting(walk, "change_response")
    assert clock.post_id == change.receiver_post_id
    classify.classify_change(change=change, change_class=1, by=walk.clerk, at=walk.tick())
    passed = waiting(walk, "change_response")
    assert (passed.pk, passed.due_at) == (clock.pk, clock.due_at), "the same thirty minutes"
    assert (passed.role, passed.post_id) == (Role.ORDER_MANAGER, walk.order.order_manager_post_id)


@pytest.mark.req("CHG-08")
def test_an_applied_date_is_the_day_wanted_of_its_lines_too(walk):
    walk.to(OrderState.EFFECTIVE)
    later = walk.order.promised_date + timedelta(days=7)
    walks.change(walk, {"date": later.isoformat()})
    assert walk.fresh().wanted_date == later
    assert set(walk.order.lines.values_list("wanted_date", flat=True)) == {later}


@pytest.mark.req("CHG-09")
def test_a_change_that_leaves_nothing_is_a_cancelling(walk, login):
    walk.to(OrderState.EFFECTIVE)
    change = register.register_change(order=walk.fresh(), words="都不要了", channel="phone", asked_by="王工", by=walk.clerk, at=walk.tick())
    with pytest.raises(NotReady) as refused:
        register.describe_change(change=change, wanted=walks.quantity(walk, 1, 0), by=walk.clerk, at=walk.tick())
    assert codes(refused) == ["change_leaves_nothing"]
    page = login(walk.clerk).get(reverse("orders:change_act", args=[change.number, "describe"]))
    assert reverse("orders:act", args=[walk.order.number, "ask_cancel"]) in page.text


@pytest.mark.req("CHG-01")
def test_a_day_that_has_passed_is_not_wished_and_a_day_off_names_the_next_working_day(walk, login):
    walk.to(OrderState.EFFECTIVE)
    with pytest.raises(NotReady) as refused:
        walks.ask(walk, {"date": (walk.at.date() - timedelta(days=1)).isoformat()})
    assert [(reason.code, reason.figures["field"]) for reason in refused.value.reasons] == [("date_past", "date")]
    sunday = walk.order.promised_date + timedelta(days=14 + 6 - walk.order.promised_date.weekday())
    change = walks.ask(walk, {"date": sunday.isoformat()})
    browser = login(walk.clerk)
    day_off = browser.get(change.get_absolute_url()).context["day_off"]
    assert (day_off["wished"], day_off["next"]) == (sunday, sunday + timedelta(days=1))
    cure = f"{reverse('orders:change_act', args=[change.number, 'describe'])}?date={day_off['next'].isoformat()}"
    form = browser.get(cure).context["form"]
    assert date.fromisoformat(str(form["date"].value())) == day_off["next"]


def test_a_change_stands_alike_on_its_page_and_on_its_order_and_a_cancelling_is_called_one(walk, login):
    walk.to(OrderState.INSTRUCTED)
    request = walks.ask_cancel(walk)
    browser = login(walk.clerk)
    page, order = browser.get(request.get_absolute_url()), browser.get(walk.order.get_absolute_url())
    assert "已申请，待决定" in page.text
    assert order.context["under_way"][0]["label"] == "取消订单：已申请，待决定"
    refuse = next(offer for offer in page.context["offers"] if offer.name == "refuse_change")
    assert refuse.label == "拒绝取消"
    assert "更改" not in "".join(str(row["text"]) for row in page.context["entries"])


def test_what_a_reader_may_not_open_is_named_without_a_link(walk, login):
    """The buyer's pages are not the sales desk's."""
    walk.to(OrderState.PLANNED)
    request = walks.ask_cancel(walk)
    rows = {row["item"].kind: row["readable"] for row in login(walk.clerk).get(request.get_absolute_url()).context["rows"]}
    assert rows["production.productionplan"] is True
    assert rows["procurement.demandsheet"] is False
    address = ChangeRequest.objects.get(pk=request.pk).items.get(kind="procurement.demandsheet").url
    page = login(walk.clerk)
    assert page.get(address).status_code == 404
    assert f'href="{address}"' not in page.get(request.get_absolute_url()).text
