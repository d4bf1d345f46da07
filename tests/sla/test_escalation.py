"""Who is told what and when: the warning, the breach once, the steps up the chain, and what happens when nobody ticked (SLA-03, SLA-05)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.actor import SYSTEM
from core.facts import publish
from core.models import Delivery
from orders import events as e
from organization.finding import head_of, owner, role_at
from organization.models import Delegation, Post
from organization.roles import Role
from sla.declare import CLOCKS, Clock, days_before, wall_hours, working_hours, working_minutes
from sla.models import ClockRule, RunningClock, Step
from sla.pausing import pause_clock, resume_clock
from sla.sweep import sweep
from tests.personas import MONDAY_9AM
from tests.sla.conftest import at, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(order, clock):
    """The clock "answer the order": from nine, warned at noon, due at two; the clerk, then the sales head, then the general manager."""
    RunningClock.objects.exclude(name="order_confirmation").delete()
    return clock("order_confirmation")


@pytest.fixture
def long_chain(answer, sales_manager_jiang):
    """As `answer`, with two more above the sales head."""
    group, manager = ["group_manager", 0, None, None], ["general_manager", answer.company_id, None, None]
    RunningClock.objects.filter(pk=answer.pk).update(chain=[*answer.chain, manager, group])
    return answer


@pytest.mark.req("SLA-03")
def test_the_clerk_is_warned_before_the_limit_and_the_head_told_at_it(answer, clerk_zhou, sales_head_gu):
    assert sweep(at("11-23 11:59")) == 0
    assert sweep(at("11-23 12:00")) == 1
    assert told(answer) == [("warned", clerk_zhou.person_id)]
    assert sweep(at("11-23 13:59")) == 0
    assert sweep(at("11-23 14:00")) == 1
    assert told(answer) == [("warned", clerk_zhou.person_id), ("breached", sales_head_gu.person_id)]
    answer.refresh_from_db()
    assert (answer.warned_at, answer.breached_at, answer.next_at) == (at("11-23 12:00"), at("11-23 14:00"), None)


@pytest.mark.req("SLA-03", "SLA-05")
def test_each_step_is_taken_once_however_often_the_sweep_comes(answer, clerk_zhou, sales_head_gu):
    for minute in range(0, 24 * 60, 20):
        sweep(MONDAY_9AM + timedelta(minutes=minute))
        sweep(MONDAY_9AM + timedelta(minutes=minute))
    assert [name for name, _person in told(answer)] == ["warned", "breached"]
    assert set(Delivery.objects.values_list("person_id", "title")) == {
        (clerk_zhou.person_id, "order_confirmation:warned"),
        (sales_head_gu.person_id, "order_confirmation:breached"),
    }


@pytest.mark.req("SLA-03")
def test_the_steps_up_the_chain_come_at_the_limit_again_each(long_chain, sales_head_gu, sales_manager_jiang, group_manager_lin):
    for when in ("11-23 14:00", "11-24 08:59", "11-24 09:00", "11-24 13:59", "11-24 14:00", "11-30 14:00"):
        sweep(at(when))
    steps = Step.objects.filter(clock=long_chain).exclude(name="warned").order_by("pk").values_list("name", "person_id", "at")
    assert list(steps) == [
        ("breached", sales_head_gu.person_id, at("11-23 14:00")),
        ("escalated 1", sales_manager_jiang.person_id, at("11-24 09:00")),  # 4 h of working time after 14:00
        ("escalated 2", group_manager_lin.person_id, at("11-24 14:00")),
    ]


@pytest.mark.req("SLA-03")
@pytest.mark.parametrize(
    ("limit", "when", "first", "second"),
    [
        pytest.param(working_minutes(30), "11-23 09:30", "11-23 10:00", "11-23 10:30", id="half an hour each"),
        pytest.param(working_hours(40), "11-30 09:00", "12-01 09:00", "12-02 09:00", id="at most one working day"),
        pytest.param(wall_hours(2), "11-23 11:00", "11-23 13:00", "11-23 15:00", id="by the wall clock as the limit"),
        pytest.param(wall_hours(72), "11-26 09:00", "11-27 09:00", "11-30 09:00", id="by the wall clock, at most one working day"),
    ],
)
def test_the_interval_is_the_limit_and_at_most_one_working_day(declare, happens, clock, limit, when, first, second):
    chain = tuple(role_at(role, "sales") for role in (Role.SALES_HEAD, Role.DEPUTY_MANAGER, Role.GENERAL_MANAGER))
    declare(Clock(name="t", label="t", starts=e.OrderWasAnswered, met_by=e.ReviewWasOpened, limit=limit,
                  responsible=owner("clerk"), chain=chain))  # fmt: skip
    RunningClock.objects.all().delete()
    happens(e.OrderWasAnswered, MONDAY_9AM, note="")
    assert clock("t").due_at == at(when)
    sweep(at(when))
    assert clock("t").next_at == at(first)
    sweep(at(first))
    assert clock("t").next_at == at(second)


@pytest.mark.req("SLA-05")
def test_after_an_outage_all_fires_at_the_first_tick_in_order(long_chain, sales_head_gu, sales_manager_jiang, group_manager_lin):
    """The warning is recorded and not sent: it would come after the breach."""
    assert sweep(at("11-27 09:00")) == 4
    people = [None, sales_head_gu, sales_manager_jiang, group_manager_lin]
    assert [name for name, _person in told(long_chain)] == ["warned", "breached", "escalated 1", "escalated 2"]
    assert list(Delivery.objects.order_by("pk").values_list("title", "person_id")) == [
        (f"order_confirmation:{name}", person.person_id)
        for name, person in zip(("warned", "breached", "escalated 1", "escalated 2"), people, strict=True)
        if person
    ]


@pytest.mark.req("SLA-03", "SLA-05")
def test_met_in_time_nobody_is_told_any_more(answer, happens):
    happens(e.OrderWasAnswered, at("11-23 11:00"), note="ok")
    answer.refresh_from_db()
    assert (answer.state_at(at("11-23 18:00")), answer.next_at) == ("met", None)
    assert sweep(at("11-27 09:00")) == 0


@pytest.mark.req("SLA-03", "SLA-05")
def test_met_late_before_any_tick_saw_it_is_a_breach_all_the_same(long_chain, happens, sales_head_gu):
    """The head is told, as with a tick in between; the steps whose time had not come are not taken."""
    happens(e.OrderWasAnswered, at("11-23 14:05"), note="ok")
    long_chain.refresh_from_db()
    assert (long_chain.breached_at, long_chain.state_at(at("11-23 14:05"))) == (at("11-23 14:00"), "met_late")
    sweep(at("11-27 09:00"))
    assert [name for name, _person in told(long_chain)] == ["warned", "breached"]
    assert Delivery.objects.get().person_id == sales_head_gu.person_id
    long_chain.refresh_from_db()
    assert (long_chain.next_at, long_chain.stopped_at, long_chain.breached_at) == (None, at("11-23 14:05"), at("11-23 14:00"))


@pytest.mark.req("SLA-03")
def test_the_moment_of_the_limit_is_late_and_the_one_before_it_is_not(register, clerk_zhou):
    in_time, late = register(), register()
    for each, when in ((in_time, at("11-23 14:00") - timedelta(microseconds=1)), (late, at("11-23 14:00"))):
        publish(e.OrderWasAnswered(order_id=each.pk, note=""), by=clerk_zhou, at=when, thing=each)
    states = {c.order_id: c.state_at(at("11-24 09:00")) for c in RunningClock.objects.filter(name="order_confirmation")}
    assert states == {in_time.pk: "met", late.pk: "met_late"}


@pytest.mark.req("SLA-05")
def test_a_warning_that_nobody_ticked_for_is_not_sent_for_work_that_is_done(answer, happens):
    happens(e.OrderWasAnswered, at("11-23 12:30"), note="ok")
    sweep(at("11-23 12:31"))
    assert [name for name, _person in told(answer)] == ["warned"]
    assert not Delivery.objects.exists()


@pytest.mark.req("SLA-01")
def test_a_withdrawn_order_has_no_clocks_and_nobody_is_told(order, happens, clock):
    RunningClock.objects.create(rule=ClockRule.objects.all()[0], name="t", role="x", company_id=0, order_id=None,
                                subject_kind="orders.order", subject_id=0, started_at=MONDAY_9AM, opens_at=MONDAY_9AM,
                                warn_at=MONDAY_9AM, due_at=MONDAY_9AM)  # fmt: skip
    happens(e.OrderWasWithdrawn, at("11-23 15:00"), reason="x")
    assert {c.state_at(at("11-24 09:00")) for c in RunningClock.objects.filter(order_id=order.pk)} == {"cancelled"}
    assert sweep(at("11-27 09:00")) == 0
    assert RunningClock.objects.open().get().name == "t"  # of no order, and none of this order's business


@pytest.mark.req("SLA-01")
def test_a_clock_cancelled_by_one_fact_alone_leaves_the_others(happens, clock):
    happens(e.RefusalWasAsked, at("11-23 10:00"), reason="x")
    assert clock("order_handling").cancelled_at == at("11-23 10:00")
    assert clock("order_confirmation").cancelled_at is None
    assert clock("refusal_decision").started_at == at("11-23 10:00")


@pytest.mark.req("SLA-01")
def test_of_two_facts_that_start_the_same_clock_the_first_counts(happens, order):
    happens(e.OrderWasTakenBack, at("11-23 10:00"), reason="x", received_at=MONDAY_9AM)
    happens(e.OrderWasRegistered, at("11-23 11:00"), number="", channel="", priority="urgent", received_at=MONDAY_9AM)
    running = RunningClock.objects.open().get(name="order_handling")
    assert running.started_at == at("11-23 10:00")


class TestAMovedDate:
    @pytest.fixture
    def moving(self, declare, happens, order, clock):
        declare(Clock(name="t", label="t", starts=e.ContractWasSent, met_by=e.InstructionWasIssued, moved_by=e.ContractTookEffect,
                      about=("orders.order", "order_id"), anchor="promised_date", limit=days_before(2, opens=3),
                      responsible=owner("clerk"), chain=(head_of("clerk"),)))  # fmt: skip
        RunningClock.objects.all().delete()
        happens(e.ContractWasSent, MONDAY_9AM, contract_id=1, number="", promised_date=date(2026, 12, 18), amount=1)
        RunningClock.objects.exclude(name="t").delete()

        def to(day, when):
            happens(e.ContractTookEffect, when, contract_id=1, promised_date=day, to_be_made=True)
            RunningClock.objects.exclude(name="t").delete()
            return clock("t")

        return to

    @pytest.mark.req("SLA-04")
    def test_moves_the_due_time_by_the_limit_of_the_start(self, moving):
        ClockRule.objects.filter(name="t").update(amount=9)
        running = moving(date(2026, 12, 25), at("11-24 10:00"))
        assert (running.opens_at, running.due_at, running.started_at) == (at("12-22 08:00"), at("12-23 17:00"), at("11-24 10:00"))
        assert RunningClock.objects.open().count() == 1

    @pytest.mark.req("SLA-03", "SLA-05")
    def test_is_warned_of_anew(self, moving, clock, clerk_zhou):
        first = clock("t")
        assert sweep(first.warn_at) == 1
        second = moving(date(2026, 12, 25), first.warn_at + timedelta(minutes=5))
        assert sweep(second.warn_at) == 1
        sweep(second.due_at)
        assert [told(first), [name for name, _person in told(second)]] == [[("warned", clerk_zhou.person_id)], ["warned", "breached"]]
        first.refresh_from_db()
        assert (first.state_at(second.due_at), first.breached_at) == ("cancelled", None)

    @pytest.mark.req("SLA-03")
    @pytest.mark.parametrize("ticked", [True, False])
    def test_clears_what_is_overdue_and_keeps_the_breach(self, moving, clock, ticked):
        first, late = clock("t"), at("12-17 09:00")
        if ticked:
            sweep(late)
        second = moving(date(2026, 12, 25), late)
        sweep(late)
        first.refresh_from_db()
        assert (first.breached_at, first.state_at(late), second.state_at(late)) == (at("12-16 17:00"), "met_late", "running")
        assert [name for name, _person in told(first)] == ["warned", "breached"]

    @pytest.mark.req("SLA-06")
    def test_what_stood_still_stands_still_towards_the_new_date(self, moving, clock, clerk_zhou):
        """Although its old due time has passed meanwhile: the wait is the customer's as before, and nothing has run out."""
        CLOCKS["t"] = replace(CLOCKS["t"], pausable=True)
        first = pause_clock(clock=clock("t"), reason="客户出差", by=clerk_zhou, at=at("11-24 09:00"))
        second = moving(date(2026, 12, 25), at("12-17 09:00"))
        first.refresh_from_db()
        assert (first.state_at(at("12-17 09:00")), first.breached_at, first.pauses.get().ended_at) == ("cancelled", None, at("12-17 09:00"))
        assert (second.state_at(at("12-18 09:00")), second.pauses.get().reason) == ("paused", "客户出差")
        assert sweep(at("12-30 09:00")) == 0
        assert resume_clock(clock=second, by=clerk_zhou, at=at("12-18 09:00")).due_at > at("12-23 17:00")

    @pytest.mark.req("SLA-04")
    def test_into_the_past_leaves_four_working_hours(self, moving):
        assert moving(date(2026, 11, 24), at("11-24 09:00")).due_at == at("11-24 14:00")

    def test_to_the_same_date_changes_nothing(self, moving, clock):
        before = clock("t")
        assert moving(date(2026, 12, 18), at("11-24 10:00")).pk == before.pk


class TestWhoIsTold:
    @pytest.mark.req("SLA-03", "ORG-03")
    def test_the_delegate_of_whoever_is_away(self, answer, clerk_zhou, clerk_lin):
        Delegation.objects.create(post_id=answer.post_id, to_id=clerk_lin.person_id, starts=MONDAY_9AM, ends=at("11-24 09:00"))
        sweep(at("11-23 12:00"))
        assert told(answer) == [("warned", clerk_lin.person_id)]

    @pytest.mark.req("SLA-03")
    def test_above_a_vacant_post_the_managers_and_the_way_there_is_kept(self, answer, sales_head_gu, sales_manager_jiang):
        Post.objects.filter(holder=sales_head_gu.person_id).update(holder=None)
        sweep(at("11-23 14:00"))
        step = Step.objects.get(clock=answer, name="breached")
        assert step.person_id == sales_manager_jiang.person_id
        assert step.path == ["sales_head:", "head:", "general_manager:蒋志刚"], "two posts are vacant"

    @pytest.mark.req("SLA-03")
    def test_nobody_is_told_twice_of_one_breach(self, long_chain, sales_head_gu, sales_manager_jiang, group_manager_lin):
        """The head is also general manager in these weeks: the step goes on to the next above."""
        Post.objects.filter(holder=sales_manager_jiang.person_id, role="general_manager").update(holder=sales_head_gu.person_id)
        sweep(at("11-27 09:00"))
        people = [person for name, person in told(long_chain) if name != "warned"]
        assert people[0] == sales_head_gu.person_id
        assert len(set(people)) == 3
        path = Step.objects.get(clock=long_chain, name="escalated 1").path
        assert path[0] == f"general_manager:{sales_head_gu.name}"
        assert len(path) > 1

    @pytest.mark.req("SLA-03")
    def test_whoever_is_responsible_where_nobody_stands_above(self, answer, clerk_zhou):
        RunningClock.objects.filter(pk=answer.pk).update(chain=[])
        sweep(at("11-23 14:00"))
        assert told(answer) == [("warned", clerk_zhou.person_id), ("breached", clerk_zhou.person_id)]

    def test_a_notice_holds_codes_and_no_words(self, answer):
        sweep(at("11-23 14:00"))
        notice = Delivery.objects.get()
        assert (notice.key, notice.title, notice.body) == (
            f"clock-{answer.pk}-breached", "order_confirmation:breached", answer.due_at.isoformat(),
        )  # fmt: skip
        assert (notice.sent_at, notice.next_at, notice.order_id) == (at("11-23 14:00"), None, answer.order_id)

    def test_a_clock_without_an_order_is_swept_like_any_other(self, answer):
        RunningClock.objects.filter(pk=answer.pk).update(order_id=None)
        publish(e.OrderWasClosed(order_id=answer.subject_id), by=SYSTEM, at=at("11-23 10:00"))
        sweep(at("11-23 14:00"))
        assert len(told(answer)) == 2
