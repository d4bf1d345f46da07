"""Clocks start, stop, move and end inside the transaction of the fact that they hear. Due times are computed here and nowhere else."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import F, Q

from core.facts import Event
from core.models import Fact
from organization.calendars import work_time
from organization.finding import Seat, seat
from organization.models import Company
from organization.worktime import WorkTime
from sla.declare import CANCELS, MOVES, STARTS, STOPS, Clock, Limit
from sla.models import ClockRule, RunningClock

LATE_START = timedelta(hours=4)  # a clock before a date that is already past when it starts is due 4 working hours later


def hear(event: Event, fact: Fact, thing: Any = None) -> None:
    """Listener of every fact (decision 14)."""
    kind = event.kind()
    stops = [(c, "stopped_at") for c in STOPS.get(kind, ()) if c.met_when(event)] + [(c, "cancelled_at") for c in CANCELS.get(kind, ())]
    for clock, column in stops:
        _stop(clock, event, column, fact.at)
    if event.ends_clocks:
        RunningClock.objects.open().filter(order_id=event.order_id).update(cancelled_at=fact.at, next_at=None)
    for clock in MOVES.get(kind, ()):
        _move(clock, event, fact.at)
    starts = [clock for clock in STARTS.get(kind, ()) if clock.when(event)]
    if starts:
        _start(starts, event, fact.at, thing)


def _stop(clock: Clock, event: Event, column: str, at: datetime) -> None:
    kind, subject_id = clock.subject(event)
    rows = RunningClock.objects.open().filter(name=clock.name, subject_kind=kind, subject_id=subject_id, key=clock.key(event))
    if column == "stopped_at":
        rows.filter(due_at__lt=at, breached_at=None).update(breached_at=F("due_at"))  # met late, though no tick has seen it
    rows.update(**{column: at, "next_at": None})


def _start(clocks: list[Clock], event: Event, at: datetime, known: Any) -> None:
    rows = []
    for clock in clocks:
        kind, subject_id = clock.subject(event)
        if known is None or (known._meta.label_lower, known.pk) != (kind, subject_id):
            known = apps.get_model(kind).objects.get(pk=subject_id)
        anchor = getattr(event, clock.anchor) if clock.anchor else None
        if clock.anchor and anchor is None:
            continue
        for key, responsible in clock.each(event) if clock.each else [(clock.key(event), "")]:
            row = _row(clock, known, at, anchor, responsible, clock.limit_of(event))
            if row is not None:
                row.key, row.subject_kind, row.subject_id, row.order_id = key, kind, subject_id, event.order_id
                rows.append(row)
    RunningClock.objects.bulk_create(rows, ignore_conflicts=True)


def _row(clock: Clock, thing: Any, at: datetime, anchor: date | None, responsible: str, limit: Limit | None) -> RunningClock | None:
    rules = list(ClockRule.objects.filter(name=clock.name).order_by("company_id"))
    group = next(rule for rule in rules if rule.company_id is None)
    who = seat(responsible or group.responsible, thing)
    chain = [found for each in group.chain.split() if (found := seat(each, thing))]
    if who is None:
        if not chain:
            return None
        who = chain.pop(0)
    rule = next((each for each in rules if each.company_id == who.company_id), group)
    if not rule.active:
        return None
    row = RunningClock(
        rule=rule,
        name=clock.name,
        role=who.role,
        company_id=who.company_id,
        post_id=who.post_id,
        department_id=who.department_id,
        chain=[[s.role, s.company_id, s.post_id, s.department_id] for s in chain],
        started_at=at,
        anchor=anchor,
    )
    times(row, limit or Limit(rule.unit, rule.amount, rule.opens))
    return row


def times(row: RunningClock, limit: Limit) -> None:
    """Fill opens, warn, due and the next moment of a clock from its limit and the calendar of whoever is responsible."""
    work = work_time(company_id=row.company_id or _any_company(), department_id=row.department_id)
    row.opens_at, row.due_at = _span(work, limit, row.started_at, row.anchor)
    short = limit.unit.endswith("minutes") and limit.amount <= 60
    share = min(row.rule.warn_percent, 50) if short else row.rule.warn_percent
    if limit.unit == "wall_minutes":
        row.warn_at = row.opens_at + (row.due_at - row.opens_at) * share / 100
    else:
        row.warn_at = work.add(row.opens_at, work.between(row.opens_at, row.due_at) * share / 100)
    row.next_step, row.next_at = "warned", row.warn_at


def _span(work: WorkTime, limit: Limit, start: datetime, anchor: date | None) -> tuple[datetime, datetime]:
    match limit.unit:
        case "working_minutes":
            return start, work.add(start, timedelta(minutes=limit.amount))
        case "wall_minutes":
            return start, start + timedelta(minutes=limit.amount)
        case "working_days":
            return start, work.add_days(start, limit.amount)
        case "end_of_day":
            return start, work.end_of_day(start)
    assert anchor is not None, limit
    due = _close_of(work, anchor if limit.unit == "on_date" else work.day_before(anchor, limit.amount))
    opens = max(start, work.start_of_day(work.day_before(anchor, limit.opens))) if limit.unit == "days_before" else start
    return (start, work.add(start, LATE_START)) if due <= start else (opens, due)


def _close_of(work: WorkTime, day: date) -> datetime:
    return work.end_of_day(datetime.combine(day, time(0, 0), work.zone))


def _any_company() -> int:
    return Company.objects.order_by("pk").values_list("pk", flat=True)[0]


def _move(clock: Clock, event: Event, at: datetime) -> None:
    """The date that a clock hangs on moved: new due time, and a breach that the old date caused before stays."""
    kind, subject_id = clock.subject(event)
    anchor = getattr(event, clock.anchor)
    for row in RunningClock.objects.open().filter(name=clock.name, subject_kind=kind, subject_id=subject_id).select_related("rule"):
        row.anchor, row.started_at = anchor, at
        times(row, Limit(row.rule.unit, row.rule.amount, row.rule.opens))
        row.save()


def open_clocks(order_id: int) -> list[RunningClock]:
    """The order's clocks that run now, most urgent first; not those that open later."""
    return list(RunningClock.objects.open().filter(Q(order_id=order_id)).select_related("rule").order_by("due_at"))


def seat_from(kept: list) -> Seat:
    return Seat(*kept)
