"""An edited calendar moves what is still to come, and says what it moved (SLA-04, ORG-04)."""

from datetime import date

import pytest

from orders import events as e
from organization.finding import owner
from organization.models import CalendarDay, Company
from sla.declare import Clock, working_hours
from sla.models import MovedDue, Recount, RunningClock
from sla.pausing import pause_clock, resume_clock
from sla.recount import recount_due
from sla.sweep import sweep
from tests.sla.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.req("SLA-04", "ORG-04")]


@pytest.fixture
def answer(declare, happens, clock):
    """Four working hours of the clerk's from Monday at three in the afternoon: due on Tuesday at eleven."""
    declare(
        Clock(
            name="t", label="t", starts=e.ContractTookEffect, met_by=e.InstructionWasIssued, limit=working_hours(4),
            responsible=owner("clerk"), pausable=True,
        )
    )  # fmt: skip
    happens(e.ContractTookEffect, at("11-23 15:00"), contract_id=1, promised_date=None, to_be_made=True)
    RunningClock.objects.exclude(name="t").delete()
    return clock("t")


@pytest.fixture
def tuesday_off(answer):
    """The sales company closes on Tuesday: entered while the clock runs, as the admin site saves it."""

    def close():
        CalendarDay.objects.create(company=Company.objects.get(pk=answer.company_id), date=date(2026, 11, 24), working=False, name="停电")
        Recount.objects.update(asked_at=at("11-23 15:30"))

    return close


def test_a_day_off_entered_today_moves_what_is_due_on_it(answer, tuesday_off):
    tuesday_off()
    assert recount_due(at("11-23 15:32")) == 1
    answer.refresh_from_db()
    assert (answer.due_at, answer.warn_at, answer.next_at) == (at("11-25 10:00"), at("11-25 09:00"), at("11-25 09:00"))
    assert sweep(at("11-24 17:00")) == 0


def test_what_moved_is_on_record(answer, tuesday_off):
    tuesday_off()
    recount_due(at("11-23 15:32"))
    recount, move = Recount.objects.get(), MovedDue.objects.get()
    assert (recount.looked_at, recount.moved, recount.done_at) == (1, 1, at("11-23 15:32"))
    assert "停电" in recount.why
    assert (move.clock, move.was_due_at, move.due_at) == (answer, at("11-24 10:00"), at("11-25 10:00"))
    assert recount_due(at("11-23 15:33")) == 0, "it is worked off once"


def test_several_edits_are_one_recount(answer, tuesday_off):
    tuesday_off()
    CalendarDay.objects.filter(name="停电").first().save()
    assert Recount.objects.count() == 1
    assert Recount.objects.get().asked_at != at("11-23 15:30"), "other processes have a minute from the last edit on"


def test_an_edit_after_the_recount_has_begun_is_counted_again(answer, tuesday_off):
    tuesday_off()
    Recount.objects.update(last_id=answer.pk)
    CalendarDay.objects.filter(name="停电").first().save()
    assert list(Recount.objects.order_by("pk").values_list("last_id", flat=True)) == [answer.pk, 0]


def test_other_processes_get_a_minute_to_read_the_calendar_anew(answer, tuesday_off):
    tuesday_off()
    assert recount_due(at("11-23 15:30")) == 0
    assert Recount.objects.get().done_at is None


def test_a_breach_stays_where_it_was(answer, tuesday_off):
    sweep(at("11-24 10:00"))
    tuesday_off()
    assert recount_due(at("11-24 10:30")) == 0
    answer.refresh_from_db()
    assert answer.breached_at == answer.due_at == at("11-24 10:00")


def test_what_was_warned_of_is_not_warned_of_again(answer, tuesday_off):
    sweep(at("11-24 09:10"))
    tuesday_off()
    recount_due(at("11-24 09:15"))
    answer.refresh_from_db()
    assert (answer.next_step, answer.next_at) == ("breached", at("11-25 10:00"))


def test_a_pause_before_is_counted_again_too(answer, tuesday_off, clerk_zhou):
    pause_clock(clock=answer, reason="客户出差", by=clerk_zhou, at=at("11-23 15:10"))
    resume_clock(clock=answer, by=clerk_zhou, at=at("11-23 16:10"))
    tuesday_off()
    recount_due(at("11-23 16:20"))
    answer.refresh_from_db()
    assert answer.due_at == at("11-25 11:00")


def test_nothing_is_asked_for_where_nothing_runs(answer):
    RunningClock.objects.all().delete()
    CalendarDay.objects.create(company=None, date=date(2026, 12, 31), working=False, name="元旦")
    assert not Recount.objects.exists()
