"""An edited calendar moves what is still to come, and says what it moved (SLA-04, ORG-04)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
from django.db import connection, transaction

from orders import events as e
from organization.finding import owner
from organization.models import CalendarDay, Company
from sla.declare import Clock, days_before, working_hours
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


def test_all_that_was_edited_is_named_each_once_and_of_many_how_many_more(answer, tuesday_off):
    tuesday_off()
    CalendarDay.objects.get(name="停电").save()
    company = Company.objects.get(pk=answer.company_id)
    for n in range(2):
        CalendarDay.objects.create(company=company, date=date(2026, 12, 1 + n), working=False, name=f"检修{n}")
    assert [thing.split()[-1] for thing in Recount.objects.get().edits.split("、")] == ["停电", "检修0", "检修1"]
    for n in range(2, 5):
        CalendarDay.objects.create(company=company, date=date(2026, 12, 1 + n), working=False, name=f"检修{n}")
    assert Recount.objects.get().edits.endswith("检修2等，另有 2 项")
    assert "检修4" in Recount.objects.get().why


def test_its_page_shows_which_clocks_moved_from_when_to_when(answer, tuesday_off, login, administrator_gao, order):
    tuesday_off()
    recount_due(at("11-23 15:32"))
    browser, recount = login(administrator_gao), Recount.objects.get()
    page = browser.get(f"/admin/sla/recount/{recount.pk}/change/").content.decode()
    assert f'<a href="/admin/sla/runningclock/{answer.pk}/change/">t · {order.number}</a>' in page
    assert ("11月24日 10:00" in page, "11月25日 10:00" in page) == (True, True)
    assert ("Last id" in page, "+00:00" in page) == (False, False), "nothing of the machinery"
    assert ("到期时间" in page, "付款条件" in page) == (True, False)
    assert "停电" in browser.get("/admin/sla/recount/").content.decode()


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


def test_what_had_run_out_before_the_edit_stays_late_though_no_tick_has_seen_it(answer, tuesday_off):
    """The sweep was away from nine to eleven; the day off was entered at half past ten."""
    tuesday_off()
    Recount.objects.update(asked_at=at("11-24 10:30"))
    assert recount_due(at("11-24 11:00")) == 0
    sweep(at("11-24 11:00"))
    answer.refresh_from_db()
    assert answer.breached_at == answer.due_at == at("11-24 10:00")


def test_a_day_that_becomes_another_companys_is_no_day_off_of_the_formers(answer, tuesday_off):
    tuesday_off()
    recount_due(at("11-23 15:32"))
    day = CalendarDay.objects.get(name="停电")
    day.company = Company.objects.exclude(pk=answer.company_id).first()
    day.save()
    Recount.objects.filter(done_at=None).update(asked_at=at("11-23 15:40"))
    recount_due(at("11-23 15:42"))
    answer.refresh_from_db()
    assert answer.due_at == at("11-24 10:00")


def test_a_warning_moves_although_the_due_time_stays(happens, clock, declare, clerk_zhou):
    """Five working days before the date, opened ten before: a day off between them takes a day from the warning, not from the date."""
    declare(
        Clock(
            name="w", label="w", starts=e.ContractTookEffect, met_by=e.InstructionWasIssued, limit=days_before(1, opens=9),
            responsible=owner("clerk"), anchor="promised_date",
        )
    )  # fmt: skip
    happens(e.ContractTookEffect, at("11-23 09:00"), contract_id=1, promised_date=date(2026, 12, 10), to_be_made=True)
    one = clock("w")
    CalendarDay.objects.create(company_id=one.company_id, date=date(2026, 12, 8), working=False, name="停电")
    Recount.objects.update(asked_at=at("11-23 15:30"))
    assert recount_due(at("11-23 15:32")) == 0, "no due time has moved"
    was, after = one.warn_at, clock("w")
    assert after.due_at == one.due_at
    assert after.next_at == after.warn_at < was


def test_a_clock_that_another_process_starts_by_the_old_calendar_is_counted_though_none_ran_at_the_edit(answer, tuesday_off):
    RunningClock.objects.update(cancelled_at=at("11-23 15:10"))
    tuesday_off()
    RunningClock.objects.update(cancelled_at=None)  # begun half a minute after the edit, by what that process had in memory
    assert recount_due(at("11-23 15:32")) == 1


def test_nothing_is_asked_for_where_nothing_has_ever_run(answer):
    RunningClock.objects.all().delete()
    CalendarDay.objects.create(company=None, date=date(2026, 12, 31), working=False, name="元旦")
    assert not Recount.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_it_waits_for_no_act_that_has_a_clock_in_hand(answer, tuesday_off):
    """The act may be waiting for a clock that the recount holds: then one of both would be thrown out by the database."""
    tuesday_off()
    taken, over = Event(), Event()

    def act():
        with transaction.atomic():
            RunningClock.objects.select_for_update().get(pk=answer.pk)
            taken.set()
            over.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        acting = pool.submit(act)
        assert taken.wait(60)
        assert recount_due(at("11-23 15:32")) == 0
        assert Recount.objects.get().done_at is None, "it goes on there at the next round"
        over.set()
        acting.result()
    assert recount_due(at("11-23 15:33")) == 1
    recount_due(at("11-23 15:34"))
    assert Recount.objects.get().done_at
