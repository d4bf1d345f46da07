"""When a clock is due: working time over nights, weekends, holidays and make-up days, the wall clock, days before a date (SLA-04)."""

from datetime import date

import pytest

from core.facts import publish
from orders import events as e
from organization.calendars import forget
from organization.finding import owner, role_at
from organization.models import Calendar, Company, Department
from organization.roles import Role
from sla.declare import Clock, days_before, end_of_day, on_date, wall_hours, working_days, working_hours, working_minutes
from sla.models import ClockRule, RunningClock
from tests.personas import MONDAY_9AM
from tests.sla.conftest import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def timed(declare, happens, clock):
    """The clock that a fact starts at a moment, under a limit (and towards a date)."""

    def started(limit, when, day=None):
        anchor = "promised_date" if day else ""
        declare(
            Clock(
                name="t", label="t", starts=e.ContractTookEffect, met_by=e.InstructionWasIssued, limit=limit, anchor=anchor,
                responsible=owner("clerk"),
            )
        )  # fmt: skip
        happens(e.ContractTookEffect, when, contract_id=1, promised_date=day or date(2026, 12, 18), to_be_made=True)
        return clock("t")

    return started


@pytest.mark.req("SLA-04")
@pytest.mark.parametrize(
    ("limit", "start", "due", "warn"),
    [
        pytest.param(working_hours(4), "11-23 09:00", "11-23 14:00", "11-23 12:00", id="over the lunch break"),
        pytest.param(working_hours(4), "11-23 16:00", "11-24 11:00", "11-24 10:00", id="over the night"),
        pytest.param(working_hours(4), "11-27 16:00", "11-30 11:00", "11-30 10:00", id="over the weekend"),
        pytest.param(working_hours(4), "11-28 10:00", "11-30 12:00", "11-30 11:00", id="entered on a Saturday"),
        pytest.param(working_hours(4), "09-30 16:00", "10-08 11:00", "10-08 10:00", id="over the National Day holiday"),
        pytest.param(working_hours(4), "10-09 16:00", "10-10 11:00", "10-10 10:00", id="into a make-up Saturday"),
        pytest.param(working_days(1), "09-30 10:00", "10-08 10:00", "09-30 17:00", id="a working day over the holiday"),
        pytest.param(working_days(2), "11-28 10:00", "12-02 08:00", "12-01 12:00", id="two working days from a Saturday"),
        pytest.param(working_minutes(30), "11-23 11:50", "11-23 13:20", "11-23 13:05", id="half an hour is warned at its half"),
        pytest.param(wall_hours(24), "11-28 16:00", "11-29 16:00", "11-29 10:00", id="the wall clock runs on Saturday and Sunday"),
        pytest.param(end_of_day(), "11-23 09:00", "11-23 17:00", "11-23 15:15", id="the end of the day"),
        pytest.param(end_of_day(), "11-27 18:00", "11-30 17:00", "11-30 15:00", id="after work is the next working day"),
    ],
)
def test_a_limit_is_counted_in_working_time_or_by_the_wall(timed, limit, start, due, warn):
    running = timed(limit, at(start))
    assert (running.due_at, running.warn_at, running.opens_at) == (at(due), at(warn), at(start))
    assert (running.next_step, running.next_at) == ("warned", at(warn))


FRIDAY = date(2026, 12, 18)


@pytest.mark.req("SLA-04")
@pytest.mark.parametrize(
    ("limit", "day", "opens", "due"),
    [
        pytest.param(days_before(2, opens=3), FRIDAY, "12-15 08:00", "12-16 17:00", id="open three days before, due two before"),
        pytest.param(days_before(5), FRIDAY, "12-11 08:00", "12-11 17:00", id="over the weekend, open on the day itself"),
        pytest.param(days_before(1), date(2026, 12, 20), "12-18 08:00", "12-18 17:00", id="a date on a Sunday"),
        pytest.param(days_before(3, opens=1), FRIDAY, "12-15 08:00", "12-15 17:00", id="it never opens after it is due"),
        pytest.param(on_date(), FRIDAY, "11-23 09:00", "12-18 17:00", id="on the date, open at once"),
        pytest.param(on_date(), date(2026, 12, 20), "11-23 09:00", "12-21 17:00", id="money due on a Sunday is due on Monday"),
    ],
)
def test_a_clock_before_a_date_opens_and_is_due_on_working_days(timed, limit, day, opens, due):
    running = timed(limit, MONDAY_9AM, day)
    assert (running.opens_at, running.due_at) == (at(opens), at(due))
    assert running.opens_at <= running.warn_at < running.due_at


@pytest.mark.req("SLA-04")
def test_a_clock_whose_date_is_past_when_it_starts_is_due_four_working_hours_later(timed):
    running = timed(days_before(5), at("11-23 16:00"), date(2026, 11, 25))
    assert (running.opens_at, running.due_at) == (at("11-23 16:00"), at("11-24 11:00"))


@pytest.mark.req("SLA-04")
def test_a_clock_that_is_opened_late_is_never_due_before_it_opens(timed):
    running = timed(days_before(2, opens=3), at("12-16 15:00"), FRIDAY)
    assert (running.opens_at, running.due_at) == (at("12-16 15:00"), at("12-16 17:00"))


def test_without_a_date_there_is_no_clock(declare, happens):
    declare(Clock(name="t", label="t", starts=e.OpinionWasGiven, met_by=e.ReviewWasPassed, limit=on_date(), anchor="earliest_date",
                  responsible=owner("clerk")))  # fmt: skip
    happens(e.OpinionWasGiven, MONDAY_9AM, review_id=1, role="planner", verdict="no", earliest_date=None, comment="")
    assert not RunningClock.objects.filter(name="t").exists()


@pytest.mark.req("SLA-04")
def test_the_calendar_is_that_of_the_responsible_department(order, timed):
    """The sales department of this story works from ten to four, and on Saturdays."""
    calendar = Calendar.objects.create(name="销售", shifts="10:00-16:00", days_off="6")
    Department.objects.filter(pk=order.clerk_post.department_id).update(calendar=calendar)
    forget()
    running = timed(working_hours(4), at("11-27 15:00"))
    assert running.due_at == at("11-28 13:00")


@pytest.mark.req("SLA-04")
def test_the_time_of_receipt_can_be_what_counts(declare, register, clerk_zhou):
    declare(Clock(name="t", label="t", starts=e.OrderWasRegistered, met_by=e.OrderWasAnswered, limit=working_hours(4),
                  since="received_at", responsible=owner("clerk")))  # fmt: skip
    order = register()
    event = e.OrderWasRegistered(order_id=order.pk, number="2", channel="", priority="normal", received_at=at("11-20 16:00"))
    RunningClock.objects.filter(name="t").delete()
    publish(event, by=clerk_zhou, at=MONDAY_9AM, thing=order)
    assert RunningClock.objects.get(name="t").due_at == at("11-23 11:00")


@pytest.mark.req("SLA-02")
def test_an_edited_limit_counts_for_clocks_that_start_later(register):
    before = register()
    ClockRule.objects.filter(name="order_confirmation").update(amount=120, warn_percent=50)
    after = register()
    due = dict(RunningClock.objects.filter(name="order_confirmation").values_list("order_id", "due_at"))
    assert (due[before.pk], due[after.pk]) == (at("11-23 14:00"), at("11-23 11:00"))
    assert RunningClock.objects.get(name="order_confirmation", order_id=after.pk).warn_at == at("11-23 10:00")


@pytest.mark.req("SLA-02")
def test_a_row_of_the_company_goes_before_the_groups(register, sales_manager_jiang):
    """With everything that stands in it, who is told too; other companies keep the group's."""
    ClockRule.objects.create(
        name="order_confirmation", company=Company.objects.get(code="XS"), unit="working_minutes", amount=60, warn_percent=80,
        responsible="owner:clerk", chain="general_manager@sales",
    )  # fmt: skip
    ClockRule.objects.create(
        name="order_handling", company=Company.objects.get(code="KG"), unit="working_minutes", amount=1, responsible="owner:clerk"
    )
    order = register()
    running = RunningClock.objects.get(name="order_confirmation", order_id=order.pk)
    assert (running.due_at, running.warn_at) == (at("11-23 10:00"), at("11-23 09:48"))
    assert [seat[0] for seat in running.chain] == ["general_manager"]
    assert RunningClock.objects.get(name="order_handling", order_id=order.pk).due_at == at("11-24 09:00")


@pytest.mark.req("SLA-02")
def test_a_clock_switched_off_does_not_start(register):
    ClockRule.objects.filter(name="order_confirmation").update(active=False)
    order = register()
    names = set(RunningClock.objects.filter(order_id=order.pk).values_list("name", flat=True))
    assert "order_handling" in names
    assert "order_confirmation" not in names


def test_a_rule_row_that_somebody_deleted_comes_back_as_declared(register):
    ClockRule.objects.filter(name="order_confirmation").delete()
    order = register()
    assert RunningClock.objects.get(name="order_confirmation", order_id=order.pk).due_at == at("11-23 14:00")


def test_an_urgent_order_has_two_hours_by_the_wall(register):
    order = register(at("11-28 20:00"), priority="urgent")
    running = RunningClock.objects.get(name="order_handling", order_id=order.pk)
    assert (running.warn_at, running.due_at) == (at("11-28 21:30"), at("11-28 22:00"))


@pytest.mark.req("SLA-01")
def test_one_fact_starts_a_clock_for_every_department_asked(happens, clock):
    roles = (Role.PRODUCTION_MANAGER, Role.DESIGN_HEAD)
    happens(e.ReviewWasOpened, MONDAY_9AM, review_id=1, round=1, asked_date=FRIDAY, roles=tuple(str(role) for role in roles))
    rows = RunningClock.objects.filter(name="review_opinion")
    assert {(row.key, row.role) for row in rows} == {(str(role), str(role)) for role in roles}
    happens(e.OpinionWasGiven, at("11-23 10:00"), review_id=1, role="design_head", verdict="ok", earliest_date=FRIDAY, comment="")
    assert [row.key for row in RunningClock.objects.open().filter(name="review_opinion")] == ["production_manager"]


def test_when_nobody_holds_the_post_the_next_above_is_responsible(declare, happens, clock, order):
    declare(Clock(name="t", label="t", starts=e.OrderWasAnswered, met_by=e.ReviewWasOpened, limit=end_of_day(),
                  responsible=owner("nobody"), chain=(owner("nobody_either"), role_at(Role.SALES_HEAD, "sales"))))  # fmt: skip
    declare(Clock(name="t2", label="t", starts=e.OrderWasAnswered, met_by=e.ReviewWasOpened, limit=end_of_day(),
                  responsible=owner("nobody")))  # fmt: skip
    happens(e.OrderWasAnswered, MONDAY_9AM, note="")
    assert (clock("t").role, clock("t").chain) == ("sales_head", [])
    assert clock("t2").role == "group_manager"  # nothing that must be done is without anybody
