"""Why a clock is due when it is: the walk through the calendar, day by day, for the clock's page and the preview of a rule (SLA-02)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from organization.calendars import day_names
from organization.worktime import WorkTime
from sla.engine import began_too_late, calendar_of, escalates_at, limit_of, set_times
from sla.models import ClockRule, Pause, RunningClock

LONGEST = 120
"""Days that a walk shows; a longer one is cut in its middle."""


@dataclass
class Day:
    """One day of the walk: the stretches that count, as clock times, what they come to, and the sum so far; or why it does not count."""

    date: date
    spans: list[str] = field(default_factory=list)
    counted: timedelta = timedelta(0)
    total: timedelta = timedelta(0)
    off: str | None = None
    before: int | None = None
    only_opens: bool = False


def walk(row: RunningClock, pauses: Iterable[Pause] = ()) -> list[Day]:
    """From where the time begins to run until it is due. By the wall clock every hour counts and there is nothing to walk: empty."""
    work, unit = calendar_of(row), row.limit["unit"]
    if unit == "wall_minutes":
        return []
    unit = "" if began_too_late(row) else unit
    stood = [(pause.started_at, pause.ended_at or pause.started_at) for pause in pauses]
    last = row.anchor if row.anchor and unit == "days_before" else row.due_at.astimezone(work.zone).date()
    first = work.first_day(row.opens_at)
    names = day_names(row.company_id, first, last)
    days, total = [], timedelta(0)
    for day in _dates(first, last):
        one = Day(day, off=None if work.is_working_day(day) else names.get(day, ""))
        if one.off is None:
            pieces = [_within(piece, row.opens_at, row.due_at) for span in work.spans(day) for piece in _without(span, stood)]
            parts = [piece for piece in pieces if piece]
            one.spans = [f"{localtime(a, work.zone):%H:%M}-{localtime(b, work.zone):%H:%M}" for a, b in parts]
            one.counted = sum((_minute(b) - _minute(a) for a, b in parts), timedelta(0))  # as the cells show it, so that they add up
            one.only_opens = not parts and day == row.due_at.astimezone(work.zone).date()  # the time is up as this day's work begins
            one.before = _working_days_until(work, day, row.anchor) if row.anchor and unit == "days_before" else None
        total += one.counted
        one.total = total
        days.append(one)
    return days


def due_if_it_went_on(row: RunningClock, pauses: list[Pause], at: datetime) -> datetime:
    """When a clock that stands still would be due if it went on at `at`; later with every hour that it stands."""
    would = copy(row)
    set_times(would, [replaced(pause, at) for pause in pauses])
    return would.due_at


def replaced(pause: Pause, at: datetime) -> Pause:
    """The pause as ended at `at` where it still lasts; the row is not touched."""
    return pause if pause.ended_at else Pause(started_at=pause.started_at, ended_at=at)


Span = tuple[datetime, datetime]


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _within(span: Span, start: datetime, end: datetime) -> Span | None:
    a, b = max(span[0], start), min(span[1], end)
    return (a, b) if a < b else None


def _without(span: Span, stood: list[Span]) -> Iterator[Span]:
    """What is left of a stretch of work when the pauses are taken out."""
    parts = [span]
    for a, b in stood:
        parts = [piece for c, d in parts for piece in ((c, min(a, d)), (max(b, c), d)) if piece[0] < piece[1]]
    yield from parts


def _dates(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return days if len(days) <= LONGEST else days[: LONGEST // 2] + days[-LONGEST // 2 :]


def _working_days_until(work: WorkTime, day: date, anchor: date) -> int:
    return sum(work.is_working_day(day + timedelta(days=n)) for n in range((anchor - day).days))


def preview(
    rule: ClockRule, *, company_id: int, start: datetime, anchor: date | None = None, department_id: int | None = None
) -> RunningClock:
    """A clock as it would be if it started at `start` under this rule; it is not kept. Times as the company's offices work, or the
    department where it has hours of its own."""
    row = RunningClock(rule=rule, name=rule.name, company_id=company_id, department_id=department_id, started_at=start, anchor=anchor)
    row.limit = asdict(limit_of(rule))
    set_times(row)
    return row


@dataclass
class Told:
    """One step of a clock, who is told of it (a resolver as the rule has it), and when."""

    step: str
    resolver: str
    at: datetime


def steps(row: RunningClock) -> list[Told]:
    """The warning, the breach and the steps up the chain, as the rule has them: who would be told when (SLA-03)."""
    above = row.rule.chain.split() or [row.rule.responsible]
    people = [row.rule.responsible, *above]
    return [Told(step, resolver, at) for (step, at), resolver in zip(moments(row, len(above)), people, strict=True)]


def moments(row: RunningClock, above: int) -> list[tuple[str, datetime]]:
    """The steps of a clock with `above` posts in its chain, and when each is due."""
    first = [("warned", row.warn_at), ("breached", row.due_at)]
    return first + [(f"escalated {n}", escalates_at(row, n)) for n in range(1, above)]


def to_come(row: RunningClock) -> list[tuple[str, datetime]]:
    """The steps that have not been taken, if nothing is done; none of a clock that stands still or has ended."""
    if not row.next_at or not row.open:
        return []
    every = moments(row, max(len(row.chain), 1))
    return every[[step for step, _at in every].index(row.next_step) :]


def needs_date(rule: ClockRule) -> bool:
    """Whether the clock hangs on a date."""
    return rule.unit in (ClockRule.Unit.DAYS_BEFORE, ClockRule.Unit.ON_DATE)
