"""A clock stands still while the wait is the customer's, and the record shows how long and why (SLA-06)."""

import pytest

from core.models import Fact
from core.reasons import NotAllowed, NotReady
from orders import events as e
from organization.finding import head_of, owner
from sla.declare import Clock, wall_hours, working_hours
from sla.models import RunningClock, Step
from sla.pausing import pause_clock, resume_clock
from sla.sweep import sweep
from tests.sla.conftest import at, told

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-06")]


@pytest.fixture
def asked(declare, happens, clock):
    """From Monday nine: the customer's answer, due within a limit; the clerk waits for it."""

    def started(limit, *, pausable=True):
        declare(
            Clock(
                name="t", label="Answer", starts=e.ContractTookEffect, met_by=e.InstructionWasIssued, limit=limit,
                responsible=owner("clerk"), chain=(head_of("clerk"),), pausable=pausable,
            )
        )  # fmt: skip
        happens(e.ContractTookEffect, at("11-23 09:00"), contract_id=1, promised_date=None, to_be_made=True)
        RunningClock.objects.exclude(name="t").delete()
        return clock("t")

    return started


@pytest.mark.parametrize(
    ("limit", "resumed", "warn", "due"),
    [
        pytest.param(working_hours(4), "11-24 09:00", "11-24 11:00", "11-24 12:00", id="nights and lunch are not counted twice"),
        pytest.param(wall_hours(4), "11-24 09:00", "11-24 11:00", "11-24 12:00", id="by the wall it is a day later"),
    ],
)
def test_what_was_left_at_the_pause_is_left_when_it_goes_on(asked, clerk_zhou, limit, resumed, warn, due):
    one = asked(limit)
    one = pause_clock(clock=one, reason="客户出差至周二", by=clerk_zhou, at=at("11-23 10:00"))
    assert sweep(at("11-24 08:59")) == 0, "nobody is warned while it stands still"
    assert one.state_at(at("11-24 08:59")) == "paused"
    one = resume_clock(clock=one, by=clerk_zhou, at=at(resumed))
    assert (one.warn_at, one.due_at, one.state_at(at(resumed))) == (at(warn), at(due), "running")
    sweep(at(due))
    assert [name for name, _person in told(one)] == ["warned", "breached"]


def test_the_pause_is_on_record_with_its_reason(asked, clerk_zhou, order):
    one = pause_clock(clock=asked(working_hours(4)), reason="客户出差", by=clerk_zhou, at=at("11-23 10:00"))
    resume_clock(clock=one, by=clerk_zhou, at=at("11-23 14:00"))
    pause = one.pauses.get()
    assert (pause.reason, pause.by_name, pause.started_at, pause.ended_at) == ("客户出差", "周敏", at("11-23 10:00"), at("11-23 14:00"))
    kinds = Fact.objects.filter(order_id=order.pk, subject_kind="sla.runningclock").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["sla.ClockWasPaused", "sla.ClockWasResumed"]


def test_whoever_was_warned_is_not_warned_again_after_the_pause(asked, clerk_zhou):
    one = asked(working_hours(4))
    sweep(at("11-23 13:10"))
    one = pause_clock(clock=one, reason="客户开会", by=clerk_zhou, at=at("11-23 13:30"))
    one = resume_clock(clock=one, by=clerk_zhou, at=at("11-23 16:30"))
    assert (one.next_step, one.due_at) == ("breached", at("11-23 17:00"))
    sweep(at("11-23 17:00"))
    assert list(Step.objects.filter(clock=one).order_by("pk").values_list("name", flat=True)) == ["warned", "breached"]


def test_an_answer_during_the_pause_is_in_time(asked, happens, clerk_zhou):
    one = pause_clock(clock=asked(working_hours(4)), reason="客户出差", by=clerk_zhou, at=at("11-23 10:00"))
    happens(e.InstructionWasIssued, at("11-26 10:00"), instruction_id=1, number="SC1", due_date=None, complete_set=False)
    one.refresh_from_db()
    assert (one.state_at(at("11-26 10:00")), one.breached_at, one.next_at) == ("met", None, None)


def test_a_clock_that_ends_while_it_stands_still_has_not_run_out(asked, happens, clerk_zhou):
    one = pause_clock(clock=asked(working_hours(4)), reason="客户出差", by=clerk_zhou, at=at("11-23 10:00"))
    happens(e.OrderWasWithdrawn, at("11-26 10:00"), reason="")
    one.refresh_from_db()
    assert (one.state_at(at("11-26 10:00")), one.breached_at) == ("cancelled", None)


def test_two_pauses_add_up(asked, clerk_zhou):
    one = asked(working_hours(4))
    for start, end in (("11-23 10:00", "11-23 11:00"), ("11-23 13:30", "11-23 15:00")):
        one = pause_clock(clock=one, reason="客户", by=clerk_zhou, at=at(start))
        one = resume_clock(clock=one, by=clerk_zhou, at=at(end))
    assert one.due_at == at("11-23 16:30")


def test_why_a_clock_cannot_stand_still(asked, clerk_zhou, sales_head_gu):
    def refused(one, when, by=clerk_zhou):
        with pytest.raises(NotReady) as why:
            pause_clock(clock=one, reason="客户", by=by, at=at(when))
        return why.value.reasons[0].code

    one = asked(working_hours(4))
    assert refused(one, "11-23 14:00") == "clock_ran_out"
    pause_clock(clock=one, reason="客户", by=sales_head_gu, at=at("11-23 10:00"))
    assert refused(one, "11-23 10:05") == "clock_stands_already"
    RunningClock.objects.filter(pk=one.pk).update(paused_at=None, stopped_at=at("11-23 11:00"))
    assert refused(one, "11-23 11:30") == "clock_has_ended"
    with pytest.raises(NotReady) as why:
        resume_clock(clock=one, by=clerk_zhou, at=at("11-23 11:30"))
    assert why.value.reasons[0].code == "clock_has_ended"


def test_what_runs_cannot_go_on(asked, clerk_zhou):
    with pytest.raises(NotReady) as why:
        resume_clock(clock=asked(working_hours(4)), by=clerk_zhou, at=at("11-23 10:00"))
    assert why.value.reasons[0].code == "clock_runs_already"


def test_a_step_that_waits_for_us_does_not_stand_still(asked, clerk_zhou):
    one = asked(working_hours(4), pausable=False)
    with pytest.raises(NotReady) as why:
        pause_clock(clock=one, reason="忙", by=clerk_zhou, at=at("11-23 10:00"))
    assert why.value.reasons[0].code == "not_the_customers_wait"


def test_only_who_is_responsible_and_who_leads_them_may_stop_it(asked, purchasing_head_cao):
    with pytest.raises(NotAllowed):
        pause_clock(clock=asked(working_hours(4)), reason="客户", by=purchasing_head_cao, at=at("11-23 10:00"))
