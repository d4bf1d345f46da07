"""One tick: in batches, with few queries, past a row that is broken (SLA-05)."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.facts import Event
from core.models import Delivery, Fact, Heartbeat
from orders import events as e
from sla import sweep as sweeping
from sla import tasks
from sla.declare import CLOCKS
from sla.models import RunningClock, Step
from sla.sweep import sweep
from tests.sla.conftest import at

pytestmark = pytest.mark.django_db


@pytest.mark.req("SLA-05")
def test_all_batches_are_taken_oldest_first(many):
    many(25)
    assert sweep(at("11-23 13:00"), batch=10) == 25
    seen = list(Step.objects.order_by("pk").values_list("clock__subject_id", flat=True))
    assert seen == sorted(seen)
    assert len(seen) == 25


@pytest.mark.parametrize("number", [4, 60])
def test_a_batch_asks_as_little_with_sixty_clocks_as_with_four(many, number):
    """Claim, steps, notices, the rows again, and once for each person to be told."""
    many(number)
    with CaptureQueriesContext(connection) as queries:
        sweep(at("11-24 09:00"))
    assert Step.objects.count() == 2 * number
    assert len(queries) <= 34, [query["sql"][:90] for query in queries]


@pytest.mark.req("SLA-05")
def test_a_row_that_cannot_be_fired_backs_off_and_holds_up_nobody(many, monkeypatch, caplog):
    one = many(5)
    RunningClock.objects.filter(pk=one.pk).update(chain=[["head_of_nothing"]])
    now = at("11-23 15:00")
    sweep(now)
    others = Step.objects.exclude(clock=one)
    assert set(others.values_list("name", flat=True)) == {"warned", "breached"}
    assert others.count() == 8
    assert list(Step.objects.filter(clock=one).values_list("name", flat=True)) == ["warned"]
    one.refresh_from_db()
    assert (one.attempts, one.next_at) == (1, now + timedelta(minutes=1))
    assert f"clock {one.pk} cannot be fired" in caplog.text
    RunningClock.objects.filter(pk=one.pk).update(chain=[])
    sweep(one.next_at)
    one.refresh_from_db()
    assert (one.attempts, one.breached_at) == (0, one.due_at)


@pytest.mark.req("SLA-03", "SLA-05")
def test_a_step_that_could_not_be_taken_is_taken_although_the_work_is_done_meanwhile(many, happens):
    one = many(1)
    chain = one.chain
    RunningClock.objects.update(chain=[["head_of_nothing"]], next_step="breached", next_at=one.due_at, warned_at=one.warn_at)
    sweep(one.due_at)
    happens(e.OrderWasAnswered, one.due_at + timedelta(seconds=10), note="")
    RunningClock.objects.update(chain=chain)
    sweep(one.due_at + timedelta(minutes=5))
    one.refresh_from_db()
    assert list(one.steps.values_list("name", flat=True)) == ["breached"]
    assert (one.state_at(at("11-24 09:00")), one.next_at) == ("met_late", None)


def test_clocks_of_posts_of_the_whole_group_cost_no_query_each(many):
    many(40)
    RunningClock.objects.update(company_id=0, post_id=None, department_id=None, role="order_manager", next_step="breached")
    with CaptureQueriesContext(connection) as queries:
        sweep(at("11-24 09:00"))
    assert Step.objects.count() == 40
    assert len(queries) <= 40, [query["sql"][:90] for query in queries]


def test_it_backs_off_to_an_hour_and_never_gives_up(many):
    one = many(1)
    RunningClock.objects.update(chain=[["head_of_nothing"]], next_step="breached")
    now = at("11-23 15:00")
    for _ in range(12):
        sweep(now)
        one.refresh_from_db()
        assert now < one.next_at <= now + timedelta(minutes=60)
        now = one.next_at
    assert one.next_at - now <= timedelta(minutes=60)


@pytest.mark.req("SLA-05")
def test_a_worker_that_dies_in_a_batch_leaves_nothing_half_done(many, monkeypatch):
    many(3)

    def dies(*_args, **_kwargs):
        raise SystemExit  # as a kill: not an Exception, nothing catches it

    with monkeypatch.context() as broken, pytest.raises(SystemExit):
        broken.setattr(sweeping.Delivery.objects, "bulk_create", dies)
        sweep(at("11-23 13:00"))
    assert not Step.objects.exists()
    assert sweep(at("11-23 13:00")) == 3
    assert Step.objects.count() == Delivery.objects.count() == 3


def test_a_part_of_the_tick_that_fails_does_not_hold_up_the_others(monkeypatch, caplog):
    called = []

    def broken(at):
        raise RuntimeError("no")

    monkeypatch.setattr(tasks, "sweep_clocks", broken)
    monkeypatch.setattr(tasks, "run_due", called.append)
    monkeypatch.setattr(tasks, "send_due", called.append)
    tasks.sweep()
    assert len(called) == 2
    assert "clocks fired failed" in caplog.text
    assert not Heartbeat.objects.exists(), "clocks that nobody could look at are no sign of life"


@dataclass(frozen=True, kw_only=True)
class TheTimeWasUp(Event):
    """What the clock of these tests leaves behind when it runs out."""


@pytest.mark.req("SLA-05")
def test_what_follows_when_the_time_is_up_is_a_fact_written_once(many, monkeypatch):
    clock = many(1)
    monkeypatch.setitem(CLOCKS, clock.name, replace(CLOCKS[clock.name], then=TheTimeWasUp))
    for tick in ("11-24 09:00", "11-24 09:01", "11-25 09:00"):
        sweep(at(tick))
    fact = Fact.objects.get(kind=TheTimeWasUp.kind())
    assert (fact.subject_id, fact.order_id, fact.actor_kind) == (clock.subject_id, clock.order_id, "system")


def test_a_clock_that_was_met_before_the_tick_leaves_nothing_behind(many, monkeypatch):
    clock = many(1)
    monkeypatch.setitem(CLOCKS, clock.name, replace(CLOCKS[clock.name], then=TheTimeWasUp))
    RunningClock.objects.update(stopped_at=at("11-23 23:00"))
    sweep(at("11-24 09:00"))
    assert not Fact.objects.filter(kind=TheTimeWasUp.kind()).exists()
