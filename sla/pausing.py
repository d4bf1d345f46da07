"""A clock stands still while the wait is the customer's, with the reason on record, and goes on where it stood (SLA-06)."""

from __future__ import annotations

from datetime import datetime

from core.actor import Actor
from core.facts import act, publish
from core.reasons import NotAllowed, NotReady, Reason
from sla import work
from sla.declare import CLOCKS
from sla.engine import set_times
from sla.events import ClockWasPaused, ClockWasResumed
from sla.models import Pause, RunningClock


def against_pausing(clock: RunningClock, at: datetime) -> Reason | None:
    """Why this clock cannot stand still: it has ended, waits for one of us, does already, or has run out (a breach stays a breach)."""
    if not clock.open:
        return Reason("clock_has_ended")
    if clock.name not in CLOCKS or not CLOCKS[clock.name].pausable:
        return Reason("not_the_customers_wait")
    state = clock.state_at(at)
    if state in ("running", "warned"):
        return None
    return Reason("clock_stands_already") if state == "paused" else Reason("clock_ran_out")


def against_resuming(clock: RunningClock, at: datetime) -> Reason | None:
    """Why this clock cannot go on: it has ended, or is not standing still."""
    if not clock.open:
        return Reason("clock_has_ended")
    return None if clock.state_at(at) == "paused" else Reason("clock_runs_already")


def against_person(clock: RunningClock, by: Actor, at: datetime) -> Reason | None:
    """Why this is not that person's clock: who neither answers for it nor leads who does is told who does."""
    if RunningClock.objects.filter(pk=clock.pk).answered_by(by).exists():
        return None
    return Reason("not_answered_by_you", who=work.holders([clock], at)[clock.pk])


def held(clock: RunningClock, by: Actor, at: datetime) -> RunningClock:
    """The clock, locked, for whoever answers for it. Raises NotAllowed."""
    clock = RunningClock.objects.select_for_update().get(pk=clock.pk)
    if found := against_person(clock, by, at):
        raise NotAllowed(found)
    return clock


@act
def pause_clock(*, clock: RunningClock, reason: str, by: Actor, at: datetime) -> RunningClock:
    """Stop the time from `at` on, because the wait is the customer's; `reason` is shown with it. Raises NotReady, NotAllowed."""
    clock = held(clock, by, at)
    if found := against_pausing(clock, at):
        raise NotReady(found)
    clock.paused_at, clock.next_at = at, None
    clock.save(update_fields=["paused_at", "next_at"])
    Pause.objects.create(clock=clock, reason=reason, by_name=by.name, started_at=at)
    publish(ClockWasPaused(order_id=clock.order_id, clock_id=clock.pk, name=clock.name, reason=reason), by=by, at=at, thing=clock)
    return clock


@act
def resume_clock(*, clock: RunningClock, by: Actor, at: datetime) -> RunningClock:
    """The time goes on; what was left at the pause is left now, in the same unit. Raises NotReady, NotAllowed."""
    clock = held(clock, by, at)
    if found := against_resuming(clock, at):
        raise NotReady(found)
    clock.pauses.filter(ended_at=None).update(ended_at=at)
    clock.paused_at = None
    set_times(clock, clock.pauses.order_by("started_at"))
    clock.save(update_fields=["paused_at", "warn_at", "due_at", "next_step", "next_at"])
    publish(ClockWasResumed(order_id=clock.order_id, clock_id=clock.pk, name=clock.name, due_at=clock.due_at), by=by, at=at, thing=clock)
    return clock
