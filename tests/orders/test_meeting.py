"""The review meeting of an irregular or a large order: called, papers three days before, answers, minutes (REV-07, REV-09)."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from core.models import Fact
from core.questions import ask
from core.reasons import NotAllowed, NotReady
from demo.walk import Walk
from documents.registry import FORMS
from orders.meetings import services as meetings
from orders.models import MeetingPaper
from orders.services import deal, intake, review
from orders.workflow import OrderState as S
from orders.workflow import Verdict
from organization.roles import Role
from sla.models import RunningClock
from sla.sweep import sweep
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
THURSDAY = date(2026, 11, 26)  # three working days after the Monday of the stories


def refused(do: Callable[[], Any]) -> list[tuple[str, Any]]:
    """(code, field) of every reason."""
    with pytest.raises((NotReady, NotAllowed)) as no:
        do()
    return [(reason.code, reason.figures.get("field")) for reason in no.value.reasons]


def codes(do: Callable[[], Any]) -> list[str]:
    return [code for code, _field in refused(do)]


def running(walk: Walk) -> dict[str, list[str]]:
    """Open clocks of the order: name -> keys."""
    found: dict[str, list[str]] = {}
    for clock in RunningClock.objects.open().filter(order_id=walk.order.pk).order_by("key"):
        found.setdefault(clock.name, []).append(clock.key)
    return found


@pytest.fixture
def walk() -> Walk:
    """周敏's order of a product that is no longer made, in irregular review on Monday."""
    walk = Walk(MONDAY_9AM)
    walk.register("C0002", [("XGN2-12", 5)])
    walk.to(S.IN_IRREGULAR_REVIEW)
    return walk


@pytest.fixture
def large() -> Walk:
    """A regular order above half a million, quoted."""
    walk = Walk(MONDAY_9AM)
    walk.register("C0001", [("KYN28A-12", 10)])
    walk.to(S.QUOTED)
    return walk


def call(walk: Walk, day: date = THURSDAY) -> Any:
    given = {"day": day, "begins": time(14), "place": "三楼会议室"}
    return meetings.call_meeting(order=walk.fresh(), by=walk.clerk, at=walk.tick(), **given)


def at_the_meeting(walk: Walk, meeting: Any) -> None:
    while localtime(walk.at).date() < meeting.day:
        walk.rest(timedelta(hours=4))


@pytest.mark.req("REV-09", "SLA-01")
def test_an_irregular_review_begins_with_calling_the_meeting(walk):
    """No opinion is due yet: the clerk calls, every reviewer is to get the papers, three working days before."""
    assert set(running(walk)) >= {"meeting_call"}
    assert "review_opinion" not in running(walk)
    with pytest.raises(NotReady) as no:
        call(walk, THURSDAY - timedelta(days=1))
    (reason,) = no.value.reasons
    assert (reason.code, reason.figures["earliest"]) == ("meeting_too_soon", THURSDAY)
    meeting = call(walk)
    roles = set(meeting.papers.values_list("role", "state"))
    wanted = {Role.DESIGN_HEAD, Role.PURCHASING_HEAD, Role.PLANNER, Role.PRODUCTION_MANAGER, Role.MATERIAL_CONTROLLER}
    assert roles == {(role, "waiting") for role in wanted}
    assert "meeting_call" not in running(walk)
    assert localtime(RunningClock.objects.open().get(name="irregular_review", subject_id=meeting.pk).due_at).date() == MONDAY_9AM.date()
    assert codes(lambda: call(walk, THURSDAY)) == ["meeting_called"]


@pytest.mark.req("REV-09")
def test_papers_not_sent_three_working_days_before_are_a_breach(walk):
    meeting = call(walk, THURSDAY + timedelta(days=1))
    clock = RunningClock.objects.get(name="irregular_review", subject_id=meeting.pk)
    assert localtime(clock.due_at).date() == MONDAY_9AM.date() + timedelta(days=1)
    sweep(clock.due_at)
    clock.refresh_from_db()
    assert clock.breached_at is not None
    walk.rest(timedelta(hours=12))
    walk.send_papers(meeting)
    clock.refresh_from_db()
    assert clock.stopped_at is not None


@pytest.mark.req("REV-09")
def test_the_clock_moves_with_the_meeting(walk):
    meeting = call(walk)
    moved = {"meeting": meeting, "by": walk.clerk, "begins": time(9), "place": "二楼", "reason": "技术部出差"}
    assert codes(lambda: meetings.move_meeting(**moved, at=walk.tick(), day=THURSDAY - timedelta(days=1))) == ["meeting_too_soon"]
    meetings.move_meeting(**moved, at=walk.tick(), day=THURSDAY + timedelta(days=1))
    clock = RunningClock.objects.open().get(name="irregular_review", subject_id=meeting.pk)
    assert localtime(clock.due_at).date() == MONDAY_9AM.date() + timedelta(days=1)
    fact = Fact.objects.get(kind="orders.MeetingWasMoved", order_id=walk.order.pk)
    assert fact.changes["day"] == [THURSDAY.isoformat(), (THURSDAY + timedelta(days=1)).isoformat()]
    walk.send_papers(meeting)
    meetings.move_meeting(**moved, at=walk.tick(), day=THURSDAY)  # the papers went out early enough
    assert len(running(walk)["meeting_answer"]) == 5
    assert {clock.anchor for clock in RunningClock.objects.open().filter(name="meeting_answer")} == {THURSDAY}


@pytest.mark.req("REV-09", "SEC-01")
def test_each_reviewer_answers_for_their_part(walk):
    """Purchasing names date and price, the others a date and an estimate; nobody answers for somebody else."""
    meeting = call(walk)
    papers = {paper.role: paper for paper in meeting.papers.all()}
    design, purchasing = papers[Role.DESIGN_HEAD], papers[Role.PURCHASING_HEAD]
    day = {"possible_date": date(2026, 12, 20)}

    def say(paper: MeetingPaper, by: Role, **given: Any) -> None:
        meetings.answer_paper(paper=paper, by=walk.product(by), at=walk.tick(), **{**day, **given})

    assert codes(lambda: say(design, Role.DESIGN_HEAD, estimate="两人五天")) == ["wrong_state"]  # not sent yet
    walk.send_papers(meeting)
    assert running(walk)["meeting_answer"] == sorted(papers)
    assert codes(lambda: say(design, Role.PURCHASING_HEAD, estimate="代答")) == ["not_yours"]
    assert refused(lambda: say(design, Role.DESIGN_HEAD)) == [("estimate_missing", "estimate")]
    assert codes(lambda: say(design, Role.DESIGN_HEAD, estimate="好", provisional_price=Decimal(1))) == ["price_not_asked"]
    assert refused(lambda: say(purchasing, Role.PURCHASING_HEAD)) == [("price_missing_here", "provisional_price")]
    assert refused(lambda: say(design, Role.DESIGN_HEAD, estimate="好", possible_date=date(2026, 11, 1))) == [
        ("date_past", "possible_date")
    ]
    say(design, Role.DESIGN_HEAD, estimate="两人五天")
    say(design, Role.DESIGN_HEAD, estimate="三人四天")  # amended
    say(purchasing, Role.PURCHASING_HEAD, provisional_price=Decimal("88000.00"))
    design.refresh_from_db()
    assert (design.estimate, design.person_name, design.provisional_price) == ("三人四天", "韩磊", None)
    assert Role.DESIGN_HEAD not in running(walk)["meeting_answer"]
    fact = Fact.objects.get(kind="orders.PaperWasAnswered", data__role=Role.PURCHASING_HEAD)
    assert (fact.money, fact.customer_visible) == ({"provisional_price": "88000.00"}, False)


@pytest.mark.req("REV-09")
def test_no_meeting_ends_without_lead_times_and_final_date(walk):
    meeting = call(walk)
    full = {"minutes": "可做", "purchase_days": 10, "production_days": 12, "final_date": date(2026, 12, 20)}

    def hold(**given: Any) -> Any:
        return meetings.hold_meeting(meeting=meeting, by=walk.clerk, at=walk.tick(), **{**full, **given})

    assert codes(hold) == ["meeting_ahead"]
    at_the_meeting(walk, meeting)
    assert codes(hold) == ["papers_waiting"]
    walk.send_papers(meeting)
    for name in full:
        assert refused(lambda name=name: hold(**{name: None if name != "minutes" else " "})) == [("figure_missing", name)]
    assert refused(lambda: hold(final_date=walk.at.date() - timedelta(days=1))) == [("date_past", "final_date")]
    with pytest.raises(NotAllowed):
        meetings.hold_meeting(meeting=meeting, by=walk.product(Role.DESIGN_HEAD), at=walk.tick(), **full)
    walk.answer_papers(meeting)
    assert hold(purchase_days=0).state == "held"  # everything is in store: no days, but said so
    paper = meeting.papers.get(role=Role.DESIGN_HEAD)
    late = {"paper": paper, "by": walk.product(Role.DESIGN_HEAD), "at": walk.tick(), "possible_date": date(2026, 12, 20), "estimate": "晚"}
    assert codes(lambda: meetings.answer_paper(**late)) == ["meeting_over"]


@pytest.mark.req("REV-09", "SLA-03")
def test_a_meeting_without_somebodys_answer_says_why_and_the_answer_is_a_breach(walk, login):
    """Four have answered, purchasing has not: the minutes do not close until they say why, and what was due stays on record."""
    meeting = call(walk)
    walk.send_papers(meeting)
    walk.answer_papers(meeting, but=Role.PURCHASING_HEAD)
    at_the_meeting(walk, meeting)
    walk.at += timedelta(hours=6)
    full = {"minutes": "可做", "purchase_days": 10, "production_days": 12, "final_date": date(2026, 12, 20)}

    def hold(**given: Any) -> Any:
        return meetings.hold_meeting(meeting=meeting, by=walk.clerk, at=walk.tick(), **full, **given)

    missing = [("answer_missing", f"without_{Role.PURCHASING_HEAD}")]
    assert refused(hold) == refused(lambda: hold(without={Role.PURCHASING_HEAD: " ", Role.PLANNER: "出差"})) == missing
    page = login(walk.clerk).get(reverse("orders:meeting_act", args=[meeting.number, "hold"]))
    assert [name for name in page.context["form"].fields if name.startswith("without_")] == [f"without_{Role.PURCHASING_HEAD}"]
    hold(without={Role.PURCHASING_HEAD: "曹建平住院，价格按上次"})
    paper = meeting.papers.get(role=Role.PURCHASING_HEAD)
    assert (paper.state, paper.missing_because) == ("sent", "曹建平住院，价格按上次")
    fact = Fact.objects.get(kind="orders.PaperWasMissed")
    assert (fact.data["role"], fact.data["reason"]) == (Role.PURCHASING_HEAD, "曹建平住院，价格按上次")
    clocks = dict(RunningClock.objects.filter(name="meeting_answer").values_list("key", "breached_at"))
    assert {role for role, breached in clocks.items() if breached} == {Role.PURCHASING_HEAD}
    assert "meeting_answer" not in running(walk)
    assert "曹建平住院" in str(FORMS["D48"].build(meeting.__class__.objects.get(pk=meeting.pk))["papers"])


@pytest.mark.req("REV-09", "REV-03", "REV-04")
def test_opinions_before_the_meeting_wait_for_it(walk):
    """All three are in on Monday; the order is through only when the meeting was held, on Thursday."""
    walk.opinions()
    assert walk.fresh().state == S.IN_IRREGULAR_REVIEW
    meeting = walk.call_meeting()
    walk.send_papers(meeting)
    assert walk.fresh().state == S.IN_IRREGULAR_REVIEW
    walk.hold_meeting(meeting)
    assert (walk.fresh().state, walk.order.reviewed_date) == (S.ACCEPTED, walk.order.wanted_date)
    assert "review_opinion" not in running(walk)


@pytest.mark.req("REV-09", "REV-03")
def test_the_opinion_clocks_of_an_irregular_review_start_with_the_meeting(walk):
    first = walk.order.reviews.get().opinions.get(role=Role.DESIGN_HEAD)
    review.give_opinion(opinion=first, by=walk.product(Role.DESIGN_HEAD), at=walk.tick(), verdict=Verdict.FEASIBLE)
    walk.meet()
    assert running(walk)["review_opinion"] == sorted([Role.PRODUCTION_MANAGER, Role.MATERIAL_CONTROLLER])
    assert {clock.started_at for clock in RunningClock.objects.open().filter(name="review_opinion")} == {walk.at}
    assert walk.fresh().state == S.IN_IRREGULAR_REVIEW
    walk.opinions()
    assert walk.fresh().state == S.ACCEPTED


@pytest.mark.req("REV-09", "REV-04", "REV-05")
def test_a_final_date_later_than_wanted_is_negotiated(walk):
    """Every department alone could, together they cannot: the meeting's date is offered, and settles the next round without another."""
    walk.opinions()
    meeting = walk.call_meeting()
    walk.send_papers(meeting)
    later = walk.order.wanted_date + timedelta(days=10)
    walk.hold_meeting(meeting, final_date=later)
    assert (walk.fresh().state, review.earliest_offered(walk.order)) == (S.NEGOTIATING, later)
    answer = {"order": walk.order, "by": walk.clerk, "note": "王工同意"}
    with pytest.raises(NotReady):
        review.propose_date(**answer, at=walk.tick(), wanted_date=later - timedelta(days=1))
    review.propose_date(**answer, at=walk.tick(), wanted_date=later)
    assert len(running(walk)["review_opinion"]) == 3
    walk.opinions()
    assert (walk.fresh().state, walk.order.reviewed_date) == (S.ACCEPTED, later)


@pytest.mark.req("REV-09", "INT-12")
def test_a_meeting_of_a_round_that_was_taken_back_is_gone(walk):
    meeting = call(walk)
    intake.take_back(order=walk.order, by=walk.clerk, at=walk.tick(), reason="规格要改")
    assert not {"irregular_review", "meeting_minutes", "meeting_answer"} & set(running(walk))
    assert codes(lambda: walk.send_papers(meeting)) == ["meeting_gone"]
    walk.to(S.IN_IRREGULAR_REVIEW)
    assert "meeting_call" in running(walk)
    walk.meet()
    intake.take_back(order=walk.fresh(), by=walk.clerk, at=walk.tick(), reason="又改")
    walk.to(S.IN_IRREGULAR_REVIEW)
    walk.opinions()
    assert walk.fresh().state == S.IN_IRREGULAR_REVIEW  # the meeting that was held was about something else
    walk.to(S.ACCEPTED)
    assert not any(check() for checks in ask("invariants") for _name, check in checks)


@pytest.mark.req("REV-07")
def test_a_large_order_gets_its_contract_after_a_meeting(large):
    draft = {"order": large.order, "by": large.clerk, "promised_date": large.order.reviewed_date, "delivery_text": "送到"}
    assert codes(lambda: deal.draft_contract(**draft, at=large.tick())) == ["meeting_missing"]
    meeting = large.call_meeting()
    assert meeting.day == localtime(large.at).date()  # three days of papers are for irregular orders
    assert "irregular_review" not in running(large)
    assert codes(lambda: deal.draft_contract(**draft, at=large.tick())) == ["meeting_missing"]
    large.send_papers(meeting)
    large.hold_meeting(meeting)
    assert (meeting.__class__.objects.get(pk=meeting.pk).amount, large.fresh().state) == (large.order.amount, S.QUOTED)
    deal.draft_contract(**draft | {"order": large.order}, at=large.tick())
    assert large.fresh().state == S.CONTRACTED


@pytest.mark.req("REV-07", "REV-10")
def test_a_later_date_of_the_meeting_is_what_production_works_to(large):
    meeting = large.call_meeting()
    large.send_papers(meeting)
    old, later = large.order.reviewed_date, large.order.reviewed_date + timedelta(days=6)
    large.hold_meeting(meeting, final_date=later)
    assert large.fresh().reviewed_date == later
    assert Fact.objects.get(kind="orders.MeetingWasHeld").changes["reviewed_date"] == [old.isoformat(), later.isoformat()]
    draft = {"order": large.order, "by": large.clerk, "promised_date": old, "delivery_text": "送到"}
    assert codes(lambda: deal.draft_contract(**draft, at=large.tick())) == ["date_too_early"]


@pytest.mark.req("REV-07")
def test_a_small_regular_order_needs_no_meeting():
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2)])
    walk.to(S.QUOTED)
    assert codes(walk.call_meeting) == ["meeting_not_needed"]
    walk.to(S.CONTRACTED)
    assert not walk.order.meetings.exists()


@pytest.mark.req("REV-09", "SLA-07")
def test_a_reviewer_without_orders_finds_reads_and_answers_the_papers(walk, login, purchasing_head_cao, buyer_luo, controller_shen):
    """曹建平 of purchasing may see no orders; from My work he opens the papers, which is noted, and answers with a price."""
    meeting = call(walk)
    walk.send_papers(meeting)
    cao = login(purchasing_head_cao)
    address = reverse("orders:my_paper", args=[meeting.number])
    assert address in cao.get("/").content.decode()
    assert cao.get(walk.order.get_absolute_url()).status_code == 404
    page = cao.get(address, follow=True)
    assert not page.context["offer"].reasons
    paper = meeting.papers.get(role=Role.PURCHASING_HEAD)
    assert (paper.state, paper.read_at is not None) == ("sent", True)
    posted = {**page.context["form"].initial, "possible_date": "2026-12-28", "provisional_price": "88123.45", "estimate": ""}
    answered = cao.post(page.redirect_chain[-1][0], posted, follow=True)
    assert answered.redirect_chain[-1][0] == meeting.get_absolute_url()
    assert "88,123.45" in answered.content.decode()
    assert "88,123.45" not in login(controller_shen).get(meeting.get_absolute_url()).content.decode()
    assert login(buyer_luo).get(meeting.get_absolute_url()).status_code == 404  # nobody asked him


@pytest.mark.req("REV-09")
def test_somebody_elses_look_is_no_reading(walk, login, clerk_zhou, production_manager_lu):
    meeting = call(walk)
    walk.send_papers(meeting)
    design = meeting.papers.get(role=Role.DESIGN_HEAD)
    login(production_manager_lu).get(reverse("orders:paper_act", args=[design.pk, "answer"]))
    login(clerk_zhou).get(meeting.get_absolute_url())
    assert MeetingPaper.objects.get(pk=design.pk).read_at is None
