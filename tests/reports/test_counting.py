"""What counts as kept in time, with clocks made by hand and figures known beforehand (SLA-08)."""

import random
from decimal import Decimal
from operator import attrgetter

import pytest

from core.models import Fact
from orders.change_events import ChangeWasApplied
from organization.models import Post
from reports.chart import NOBODY, Chart
from reports.compliance import BEHIND, Tally, by_month, by_week, counted, measure
from reports.periods import Period, month_of, named
from sla.models import Step
from tests.reports.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-08")]
NOW = at("11-23 09:00")
NOVEMBER = month_of(NOW.date())


def november(now=NOW):
    return counted(NOVEMBER.start, NOVEMBER.end, now)


def figures(now=NOW):
    return measure(november(now), Chart(now), now)


def test_a_clock_is_met_met_late_or_open_late_and_nothing_else(clock, desk):
    zhou = desk("zhoumin")
    clock(zhou, "11-03 10:00", "11-03 09:00")
    clock(zhou, "11-04 10:00", "11-04 11:30")
    clock(zhou, "11-20 16:00")
    assert figures().total == Tally(met=1, met_late=1, open_late=1)
    assert figures().total.rate == Decimal("33.3")


def test_a_clock_belongs_to_the_period_of_its_due_time_once_that_has_come(clock, desk):
    zhou = desk("zhoumin")
    clock(zhou, "10-31 23:59", "11-02 10:00")  # October's, though met in November
    clock(zhou, "11-01 00:00", "10-30 10:00")
    clock(zhou, "11-24 10:00", "11-20 10:00")  # done, but not due before tomorrow
    clock(zhou, "12-01 00:00", "11-20 10:00")
    assert figures().total == Tally(met=1)
    assert figures(at("12-05 09:00")).total == Tally(met=2)


def test_cancelled_ones_do_not_count_and_one_that_stands_still_is_not_late(clock, desk):
    zhou = desk("zhoumin")
    clock(zhou, "11-03 10:00", cancelled_at=at("11-02 10:00"))
    clock(zhou, "11-03 10:00", cancelled_at=at("11-04 10:00"), breached_at=at("11-03 10:00"))
    clock(zhou, "11-03 10:00", paused_at=at("11-03 09:00"))
    clock(zhou, "11-03 10:00", "11-03 12:00", paused_at=at("11-03 09:00"), breached_at=None)
    assert figures().total == Tally(met=1)


def test_lateness_is_working_time_or_by_the_wall_as_the_limit_is(clock, desk):
    zhou = desk("zhoumin")
    friday_evening, monday = "11-20 16:00", "11-23 09:00"  # an hour of Friday, an hour of Monday
    clock(zhou, friday_evening, monday)
    clock(zhou, friday_evening, monday, unit="wall_minutes")
    clock(zhou, friday_evening)
    clock(zhou, friday_evening, unit="wall_minutes")
    found = figures()
    assert sorted(late.minutes for late in found.late) == [120, 120, 3900, 3900]
    assert found.median_late == 2010
    assert (found.worst_open, found.worst) == (3900, 3900)


def test_what_came_after_a_pause_or_an_agreed_change_is_shown_apart_and_stays_late(clock, desk):
    zhou = desk("zhoumin")
    paused = clock(zhou, "11-04 10:00", "11-04 11:00")
    paused.pauses.create(reason="客户放假", by_name="周敏", started_at=at("11-02 10:00"), ended_at=at("11-03 10:00"))
    clock(zhou, "11-05 10:00", "11-05 11:00", order_id=71)
    both = clock(zhou, "11-06 10:00", order_id=71)
    both.pauses.create(reason="客户放假", by_name="周敏", started_at=at("11-02 10:00"), ended_at=at("11-03 10:00"))
    clock(zhou, "11-02 10:00", "11-02 11:00", order_id=71)  # due before the change
    clock(zhou, "11-07 10:00", "11-06 11:00", order_id=71)  # in time all the same
    Fact.objects.create(kind=ChangeWasApplied.kind(), subject_kind="orders.change", subject_id=1, order_id=71, at=at("11-04 09:00"))
    found = figures()
    assert (found.after_pause, found.after_change, found.excused) == (2, 2, 3)
    assert found.total == Tally(met=1, met_late=3, open_late=1)
    assert (found.total.rate, found.rate_without_excused) == (Decimal("20.0"), Decimal("50.0"))


def test_a_clock_counts_for_who_met_it_then_who_was_warned_then_who_holds_the_post(clock, desk, clerk_zhou, clerk_lin, sales_head_gu):
    zhou = desk("zhoumin")
    clock(zhou, "11-03 10:00", "11-03 09:00", met_by_id=clerk_lin.person_id)
    warned = clock(zhou, "11-04 10:00", warned_at=at("11-04 09:00"))
    Step.objects.create(clock=warned, name="warned", at=at("11-04 09:00"), person_id=clerk_lin.person_id)
    Step.objects.create(clock=warned, name="breached", at=at("11-04 10:00"), person_id=sales_head_gu.person_id)
    clock(zhou, "11-05 10:00")
    split = figures().by(lambda row: row.person)
    assert {person: part.total for person, part in split.items()} == {
        clerk_lin.person_id: Tally(met=1, open_late=1),
        clerk_zhou.person_id: Tally(open_late=1),
    }
    assert [late.person for late in split[clerk_lin.person_id].late] == [clerk_lin.person_id]


def test_a_clock_of_a_role_counts_for_the_department_of_whoever_holds_it(clock, desk, quality_head_yuan):
    head = desk("yuanhongmei")
    clock(head, "11-03 10:00", "11-03 09:00", post_id=None, department_id=None)
    clock(None, "11-03 10:00", "11-03 09:00", role="order_manager")  # of the whole group
    places = figures().by(lambda row: row.place)
    assert set(places) == {head.department_id, desk("yanfang").department_id}


def test_escalated_are_those_that_went_further_up_the_chain(clock, desk):
    zhou = desk("zhoumin")
    chain = [["sales_head", 1, 1, 1], ["general_manager", 1, 2, 1]]
    once = clock(zhou, "11-04 10:00", chain=chain)
    Step.objects.create(clock=once, name="breached", at=at("11-04 10:00"))
    twice = clock(zhou, "11-04 10:00", chain=chain)
    for name in ("breached", "escalated 1"):
        Step.objects.create(clock=twice, name=name, at=at("11-04 10:00"))
    assert (figures().escalated, figures().to_managers) == (1, 1)


def test_everything_adds_up_whatever_the_clocks_are(clock, desk):
    """Sum over clocks = over departments = over persons = headline = the records behind each figure = the months."""
    dice = random.Random(8)
    posts = [desk(name) for name in ("zhoumin", "linxiaoyan", "wuguilan", "luojing", "luhaifeng")]
    names = ["order_confirmation", "order_handling", "internal_order", "arrival_inspection"]
    for _ in range(120):
        day = dice.randint(1, 30)
        done = dice.choice([None, f"11-{dice.randint(1, 22):02} 12:00"])
        extra = dice.choice([{}, {"cancelled_at": NOW}, {"paused_at": at("11-01 08:00")}, {"post_id": None, "department_id": None}])
        extra |= {"name": dice.choice(names), "unit": dice.choice(["working_minutes", "wall_minutes"])}
        clock(dice.choice(posts), f"11-{day:02} 12:00", done, **extra)
    found = figures()
    assert found.total.due > 30
    for key in ("name", "place", "person"):
        parts = found.by(attrgetter(key)).values()
        assert sum((part.total for part in parts), Tally()) == found.total
        assert sum(len(part.late) for part in parts) == found.total.late
    for figure, number in {
        "due": found.total.due, "met": found.total.met, "met_late": found.total.met_late, "open_late": found.total.open_late,
        "late": found.total.late, "escalated": found.escalated, "after_pause": found.after_pause, "after_change": found.after_change,
    }.items():  # fmt: skip
        assert november().filter(BEHIND[figure]).count() == number, figure
    months = by_month(november())
    assert sum((tally for each in months.values() for tally in each.values()), Tally()) == found.total
    weeks = by_week(november(), Chart(NOW))
    assert sum((tally for each in weeks.values() for tally in each.values()), Tally()) == found.total


def test_filters_and_figures_name_the_same_department_and_person(clock, desk):
    """What a filter in the address finds is what the figures of that line count."""
    posts = [desk(name) for name in ("zhoumin", "linxiaoyan", "wuguilan", "yuanhongmei", "yanfang")]
    for n, post in enumerate(posts):
        clock(post, "11-03 10:00", "11-03 09:00", met_by_id=posts[0].holder_id if n % 2 else None)
        clock(post, "11-04 10:00", post_id=None, department_id=None)
        clock(post, "11-04 10:00", post_id=None, department_id=None, company_id=0)
    Post.objects.filter(pk=posts[2].pk).update(holder=None)
    chart, found = Chart(NOW), figures()
    assert None in found.by(lambda row: row.person)
    for place, part in found.by(lambda row: row.place).items():
        assert november().filter(chart.in_places([place])).count() == part.total.due
    for person, part in found.by(lambda row: row.person).items():
        assert november().filter(chart.of_person(person or NOBODY)).count() == part.total.due


def test_periods_are_whole_days_of_the_house():
    said = {name: (period.first.isoformat(), period.last.isoformat()) for name in PERIODS for period in [named(name, NOW)]}
    assert said == PERIODS
    assert Period(NOW.date(), NOW.date()).end == at("11-24 00:00")


PERIODS = {
    "month": ("2026-11-01", "2026-11-30"),
    "last_month": ("2026-10-01", "2026-10-31"),
    "quarter": ("2026-10-01", "2026-12-31"),
    "last_quarter": ("2026-07-01", "2026-09-30"),
    "year": ("2026-01-01", "2026-12-31"),
    "last_year": ("2025-01-01", "2025-12-31"),
}
