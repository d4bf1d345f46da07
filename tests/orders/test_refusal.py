"""Not feasible as wanted: negotiated, refused, overruled, declined, taken back, withdrawn (REV-05, REV-06, INT-12)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from core.models import Fact
from core.reasons import NotAllowed, NotReady
from demo.walk import Walk
from documents.registry import FORMS
from documents.services import form_html, printing_available
from inventory.models import Reservation
from orders.models import Order
from orders.services import intake, review
from orders.services.intake import LineInput
from orders.workflow import OrderState as S
from orders.workflow import Verdict
from organization.roles import Role
from sla.models import RunningClock
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db


def codes(do: Callable[[], Any]) -> list[str]:
    with pytest.raises((NotReady, NotAllowed)) as no:
        do()
    return [reason.code for reason in no.value.reasons]


@pytest.fixture
def walk() -> Walk:
    """A regular order in review; one transformer lies in store."""
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("S13-M-630/10", 1)])
    walk.to(S.IN_REGULAR_REVIEW)
    return walk


def say(walk: Walk, *verdicts: dict[str, Any]) -> None:
    for opinion, given in zip(walk.order.reviews.get(state="open").opinions.order_by("pk"), verdicts, strict=True):
        review.give_opinion(opinion=opinion, by=walk.product(Role(opinion.role)), at=walk.tick(), **given)


def late(walk: Walk, days: int) -> dict[str, Any]:
    return {"verdict": Verdict.LATER, "earliest_date": walk.order.wanted_date + timedelta(days=days), "comment": "满载"}


@pytest.fixture
def pending(walk: Walk) -> Walk:
    """The customer cannot extend; 方志远's company decides."""
    say(walk, {"verdict": Verdict.INFEASIBLE, "comment": "缺料"}, late(walk, 5))
    review.ask_refusal(order=walk.fresh(), by=walk.clerk, at=walk.tick(), reason="客户工期已定，不能延期")
    return walk


@pytest.mark.req("REV-04", "REV-05")
@pytest.mark.parametrize(
    ("first", "second", "offered"),
    [(3, 8, 8), (8, 3, 8), (None, 6, 6)],
)
def test_one_that_cannot_leads_to_negotiation_with_the_latest_of_the_earliest_dates(walk, first, second, offered):
    cannot = {"verdict": Verdict.INFEASIBLE, "comment": "缺料"}
    say(walk, late(walk, first) if first else cannot, late(walk, second))
    assert walk.fresh().state == S.NEGOTIATING
    assert review.earliest_offered(walk.order) == walk.order.wanted_date + timedelta(days=offered)
    assert RunningClock.objects.open().filter(order_id=walk.order.pk, name="negotiation_answer").exists()


@pytest.mark.req("REV-05")
def test_the_customers_answer_is_recorded_and_opens_the_next_round(walk):
    say(walk, late(walk, 3), {"verdict": Verdict.FEASIBLE})
    agreed = walk.fresh().wanted_date + timedelta(days=4)
    review.propose_date(order=walk.order, by=walk.clerk, at=walk.tick(), wanted_date=agreed, note="王工电话同意")
    fact = Fact.objects.get(kind="orders.DateWasProposed", order_id=walk.order.pk)
    assert (fact.data["note"], fact.customer_visible) == ("王工电话同意", True)
    first, second = walk.fresh().reviews.order_by("round")
    assert (walk.order.state, second.asked_date) == (S.IN_REGULAR_REVIEW, agreed)
    assert (first.state, first.outcome, second.state) == ("closed", "negotiate", "open")
    assert not second.opinions.exclude(state="asked").exists()
    assert not RunningClock.objects.open().filter(order_id=walk.order.pk, name="negotiation_answer").exists()
    walk.opinions()
    assert (walk.fresh().state, walk.order.reviewed_date) == (S.ACCEPTED, agreed)


@pytest.mark.req("REV-06")
def test_only_the_management_of_the_product_company_decides(pending, sales_head_gu, manager_ding, sales_manager_jiang, group_manager_lin):
    """顾建国, 丁伟民 of another company, 蒋志刚 of the sales company and the group's 林国栋 cannot; 熊建华 or 尤晓岚 of the works can."""
    assert pending.order.product_company.code == "BY"
    given = {"order": pending.order, "at": pending.tick(), "reason": "同意"}
    for stranger in (pending.clerk, sales_head_gu, manager_ding, sales_manager_jiang, group_manager_lin):
        with pytest.raises(NotAllowed):
            review.approve_refusal(**given, by=stranger)
        with pytest.raises(NotAllowed):
            review.overrule_refusal(**given, by=stranger, reviewed_date=date(2026, 12, 20))
    clock = RunningClock.objects.open().get(order_id=pending.order.pk, name="refusal_decision")
    review.approve_refusal(**given, by=pending.product(Role.DEPUTY_MANAGER))
    clock.refresh_from_db()
    assert pending.fresh().state == S.REFUSED
    assert clock.stopped_at is not None


@pytest.mark.req("REV-06")
def test_a_refused_order_is_closed_and_says_why(pending, login, clerk_zhou):
    by = pending.product(Role.GENERAL_MANAGER)
    review.approve_refusal(order=pending.order, by=by, at=pending.tick(), reason="产能不足，客户不同意延期")
    assert pending.fresh().ended_reason == "产能不足，客户不同意延期"
    page = login(clerk_zhou).get(pending.order.get_absolute_url()).content.decode()
    assert "产能不足，客户不同意延期" in page
    assert not RunningClock.objects.open().filter(order_id=pending.order.pk).exists()
    assert not pending.order.offers(pending.clerk)
    assert Fact.objects.get(kind="orders.OrderWasRefused", order_id=pending.order.pk).customer_visible


@pytest.mark.req("REV-06", "INV-02")
def test_overruled_it_is_accepted_for_the_date_that_the_manager_commits_to(pending):
    by, yesterday = pending.product(Role.GENERAL_MANAGER), localtime(pending.at).date() - timedelta(days=1)
    given = {"order": pending.order, "by": by, "reason": "重点客户，安排加班"}
    assert codes(lambda: review.overrule_refusal(**given, at=pending.tick(), reviewed_date=yesterday)) == ["date_past"]
    committed = pending.order.wanted_date - timedelta(days=2)
    review.overrule_refusal(**given, at=pending.tick(), reviewed_date=committed)
    assert (pending.fresh().state, pending.order.reviewed_date) == (S.ACCEPTED, committed)
    assert [(r.quantity, r.firm) for r in Reservation.objects.filter(order_id=pending.order.pk, closed_at=None)] == [(1, False)]
    assert pending.to(S.CONTRACTED).contracts.get().promised_date == committed


@pytest.mark.req("REV-06", "INT-12")
def test_declined_at_intake_it_is_overruled_only_when_the_requirements_are_complete():
    """What is missing is completed after taking it back: the manager cannot accept an order that nobody could make."""
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2)], quality="")
    intake.decline_intake(order=walk.order, by=walk.clerk, at=walk.tick(), reason="不是本公司的行业")
    decide = {"by": walk.product(Role.GENERAL_MANAGER), "reviewed_date": walk.order.wanted_date, "reason": "接"}
    found = codes(lambda: review.overrule_refusal(order=walk.fresh(), at=walk.tick(), **decide))
    assert found == ["missing", *["question_open"] * 4]
    intake.take_back(order=walk.fresh(), by=walk.clerk, at=walk.tick(), reason="补齐要求")
    lines = [LineInput(item=line.item, quantity=line.quantity, spec=line.spec, wanted_date=line.wanted_date, line_no=line.line_no)
             for line in walk.order.lines_in_order]  # fmt: skip
    intake.edit_intake(order=walk.fresh(), by=walk.clerk, at=walk.tick(), lines=lines, quality="按企业标准")
    answers = dict.fromkeys(("needs_design", "is_old_product", "above_standard", "tight_with_penalty"), False)
    intake.classify(order=walk.fresh(), by=walk.clerk, at=walk.tick(), **answers)
    intake.decline_intake(order=walk.fresh(), by=walk.clerk, at=walk.tick(), reason="不是本公司的行业")
    review.overrule_refusal(order=walk.fresh(), at=walk.tick(), **decide)
    assert walk.fresh().state == S.ACCEPTED
    walk.to(S.CLOSED)


@pytest.mark.req("REV-06")
def test_the_customer_may_withdraw_while_the_refusal_is_being_decided(pending):
    intake.withdraw(order=pending.fresh(), by=pending.clerk, at=pending.tick(), reason="客户取消项目")
    assert pending.fresh().state == S.WITHDRAWN
    assert not RunningClock.objects.open().filter(order_id=pending.order.pk).exists()


@pytest.mark.req("INT-12", "INV-02")
@pytest.mark.parametrize("state", [S.ACCEPTED, S.QUOTED, S.CONTRACTED])
def test_taken_back_nothing_of_the_round_counts_and_nothing_stays_reserved(walk, state):
    walk.to(state)
    assert Reservation.objects.filter(order_id=walk.order.pk, closed_at=None).exists()
    intake.take_back(order=walk.fresh(), by=walk.clerk, at=walk.tick(), reason="规格要改")
    order = walk.fresh()
    assert (order.state, order.reviewed_date, order.intake) == (S.REGISTERED, None, 1)
    assert not Reservation.objects.filter(order_id=order.pk, closed_at=None).exists()
    assert not order.reviews.filter(counts=True).exists()
    assert not order.quotations.filter(counts=True).exists()
    assert not order.contracts.exclude(state="void").exists()
    assert not order.dues.exists()


# --- the papers -----------------------------------------------------------------------------------------------------------------------


def paper(kind: str, thing: Any) -> str:
    return form_html(FORMS[kind], FORMS[kind].build(thing))


@pytest.mark.req("REV-04", "REV-09")
def test_the_review_record_has_all_opinions_the_meeting_and_the_outcome():
    walk = Walk(MONDAY_9AM)
    walk.register("C0002", [("XGN2-12", 5)])
    walk.to(S.ACCEPTED)
    one = walk.order.reviews.get()
    said = paper("D02", one)
    for opinion in one.opinions.all():
        assert opinion.person_name in said
        assert f"{localtime(opinion.given_at):%H:%M}" in said
    assert walk.order.meetings.get().number in said
    assert "停产" in said  # why it is irregular
    minutes = paper("D48", walk.order.meetings.get())
    assert "技术交底完成" in minutes
    assert "128" not in minutes  # the provisional price of purchasing


@pytest.mark.req("REV-06")
def test_the_refusal_approval_says_who_asked_and_who_decided(pending):
    asked = paper("D32", pending.order)
    assert "客户工期已定" in asked
    assert "缺料" in asked
    assert "同意拒单" not in asked
    manager = pending.product(Role.GENERAL_MANAGER)
    review.approve_refusal(order=pending.order, by=manager, at=pending.tick(), reason="同意")
    decided = paper("D32", pending.fresh())
    assert manager.name in decided
    assert "同意拒单" in decided


@pytest.mark.req("REV-06")
@pytest.mark.skipif(bool(printing_available()), reason="printing needs Pango")
def test_the_papers_are_printed_from_the_order_page(pending, login, clerk_zhou, driver_jin):
    browser = login(clerk_zhou)
    panel = browser.get(reverse("orders:panel", args=[pending.order.number, "review"])).content.decode()
    for kind in ("D02", "D32"):
        address = reverse("orders:print", args=[pending.order.number, kind])
        assert address in panel
        assert browser.post(address, follow=True)["Content-Type"] == "application/pdf"
        assert login(driver_jin).post(address).status_code == 404
    assert browser.post(reverse("orders:print", args=[pending.order.number, "D48"])).status_code == 404  # there was no meeting
    assert Order.objects.get(pk=pending.order.pk).state == S.REFUSAL_PENDING
