"""Clocks start, stop, move and end inside the transaction of the fact that they hear. Due times are computed here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import asdict, astuple, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from django.apps import apps
from django.db.models import Case, F, Q, Value, When

from core.facts import Event
from core.models import Fact
from organization.calendars import work_time
from organization.finding import Seat, seat
from organization.roles import Role
from organization.worktime import WorkTime
from sla.declare import CANCELS, CLOCKS, MOVES, PASSES, STARTS, STOPS, Clock, Limit
from sla.models import ClockRule, Pause, RunningClock, RunningClockQuerySet
from sla.rules import sync_rules

LATE_START = timedelta(hours=4)  # a clock before a date that is already past when it starts is due 4 working hours later


def hear(event: Event, fact: Fact, thing: Any = None) -> None:
    """Listener of every fact (decision 14)."""
    kind, at = event.kind(), fact.at
    if met := [clock for clock in STOPS.get(kind, ()) if clock.met_when(event)]:
        _stop(_of(met, event), at, fact.person_id)
    if ended := [clock for clock in CANCELS.get(kind, ()) if clock.cancelled_when(event)]:
        _cancel(_of(ended, event), at)
    if event.ends_clocks and event.order_id is not None:
        own = RunningClock.objects.open().filter(order_id=event.order_id, subject_kind__startswith=f"{kind.partition('.')[0]}.")
        _cancel(own, at)  # what other departments began for the order ends by facts of theirs: goods under way, services, money
    for clock in MOVES.get(kind, ()):
        _move(clock, event, at)
    if starts := [clock for clock in STARTS.get(kind, ()) if clock.when(event)]:
        start(starts, event, at, thing)
    for clock in PASSES.get(kind, ()):
        _pass_on(clock, event)


def _of(clocks: Sequence[Clock], event: Event) -> RunningClockQuerySet:
    """The open clocks of these kinds on the event's subject."""
    found = Q()
    for clock in clocks:
        kind, subject_id = clock.subject(event)
        one, key = Q(name=clock.name, subject_kind=kind, subject_id=subject_id), clock.key(event)
        found |= one if key is None else one & Q(key=key)
    return RunningClock.objects.open().filter(found)


def _stop(rows: RunningClockQuerySet, at: datetime, person_id: int | None = None) -> None:
    """Met, by that person (nobody: by itself, by the customer, or because its date moved). What came due before is a breach, and steps
    whose time had come are still taken, whether or not a tick has seen them.

    What it waits for may happen before it has begun (a receipt before the estimated arrival): it is met the moment it begins.
    """
    begun = Q(started_at__lte=at)
    rows.update(
        stopped_at=Case(When(begun, then=Value(at)), default=F("started_at")),
        met_by_id=person_id,
        breached_at=_ran_out(at),
        next_at=Case(When(begun & (Q(next_at__lte=at) | Q(attempts__gt=0)), then=F("next_at"))),  # one that backs off had come due before
    )


def _cancel(rows: RunningClockQuerySet, at: datetime) -> None:
    """It will not be met any more. What came due before stays a breach on record."""
    rows.update(cancelled_at=at, breached_at=_ran_out(at), next_at=None)


def _ran_out(at: datetime) -> Case:
    """When a clock that ends at `at` ran out, seen by a tick or not; never while it stands still, whatever its last due time says."""
    return Case(When(breached_at=None, paused_at=None, due_at__lte=at, then=F("due_at")), default=F("breached_at"))


def _move(clock: Clock, event: Event, at: datetime) -> None:
    """The date that a clock hangs on moved: it begins anew towards the new date; a breach that the old date caused stays where it is."""
    anchor = getattr(event, clock.anchor)
    rows = _of([clock], event).exclude(anchor=anchor) if anchor else _of([clock], event)
    old = list(rows.select_for_update())
    moved = RunningClock.objects.filter(pk__in=[row.pk for row in old]).open()
    _stop(moved.filter(due_at__lte=at, paused_at=None), at)
    _cancel(moved, at)
    for row in (fresh := [copy(row) for row in old] if anchor else []):
        row.pk, row.started_at, row.anchor, row.attempts, row.warned_at, row.breached_at = None, at, anchor, 0, None, None
        set_times(row)
        if row.paused_at:
            row.paused_at, row.next_at = at, None
    RunningClock.objects.bulk_create(fresh)
    _stand_on({was.pk: row for was, row in zip(old, fresh, strict=False) if row.paused_at}, at)


def _stand_on(moved: dict[int, RunningClock], at: datetime) -> None:
    """The wait is the customer's as before: clocks that stood still (old id -> new row) do so towards the new date, too."""
    pauses = list(Pause.objects.filter(clock__in=moved, ended_at=None)) if moved else []
    Pause.objects.filter(pk__in=[pause.pk for pause in pauses]).update(ended_at=at)
    Pause.objects.bulk_create(Pause(clock=moved[p.clock_id], reason=p.reason, by_name=p.by_name, started_at=at) for p in pauses)


def _pass_on(clock: Clock, event: Event) -> None:
    """Somebody else has to act now: the clock stands on their list, with those above them; its time runs on."""
    resolver = clock.passed_to(event)
    rows = list(_of([clock], event).select_related("rule").select_for_update(of=("self",))) if resolver else []
    for row in rows:
        thing = apps.get_model(row.subject_kind).objects.get(pk=row.subject_id)
        _rule, who, chain = _responsible(_rules({clock.name})[clock.name], row.rule.case, resolver, thing)
        row.role, row.company_id, row.post_id, row.department_id = who.role, who.company_id, who.post_id, who.department_id
        row.chain = [astuple(each) for each in chain]
        row.save(update_fields=["role", "company_id", "post_id", "department_id", "chain"])


def start(clocks: list[Clock], event: Event, at: datetime, known: Any = None) -> None:
    """Start those that do not run yet; of two facts that start the same clock, the first counts."""
    rules, rows = _rules({clock.name for clock in clocks}), []
    for clock in clocks:
        kind, subject_id = clock.subject(event)
        if known is None or (known._meta.label_lower, known.pk) != (kind, subject_id):
            known = apps.get_model(kind).objects.get(pk=subject_id)
        anchor = getattr(event, clock.anchor) if clock.anchor else None
        if clock.anchor and anchor is None:
            continue
        for key, responsible in clock.each(event) if clock.each else [(clock.key(event), "")]:
            rule, who, chain = _responsible(rules[clock.name], clock.case_of(event), responsible, known)
            if not rule.active:
                continue
            row = RunningClock(
                rule=rule, name=clock.name, key=key or "", subject_kind=kind, subject_id=subject_id, order_id=event.order_id,
                role=who.role, company_id=who.company_id, post_id=who.post_id, department_id=who.department_id,
                chain=[astuple(each) for each in chain], limit=asdict(limit_of(rule, clock.limit_of(event))),
                started_at=getattr(event, clock.since) if clock.since else at, anchor=anchor,
            )  # fmt: skip
            set_times(row)
            rows.append(row)
    RunningClock.objects.bulk_create(rows, ignore_conflicts=True)


Rules: TypeAlias = dict[tuple[str, int | None], ClockRule]


def _rules(names: set[str]) -> dict[str, Rules]:
    """Name -> case and company (None: the group) -> rule."""
    found: dict[str, Rules] = {name: {} for name in names}
    for rule in ClockRule.objects.filter(name__in=names):
        found[rule.name][rule.case, rule.company_id] = rule
    if all((case, None) in some for name, some in found.items() for case in CLOCKS[name].limits()):
        return found
    sync_rules()  # a clock of a release whose migrate has not been run, or a row that somebody deleted
    return _rules(names)


def _responsible(rules: Rules, case: str, resolver: str, thing: Any) -> tuple[ClockRule, Seat, list[Seat]]:
    """The rule that counts for who is responsible, and who stands above. A company's row goes before the group's, as a whole."""
    rule = rules[case, None]
    who, *chain = _seats(rule, resolver, thing)
    own = rules.get((case, who.company_id))
    if own is not None:
        rule = own
        who, *chain = _seats(rule, resolver, thing)
    return rule, who, chain


def _seats(rule: ClockRule, resolver: str, thing: Any) -> list[Seat]:
    """The responsible post and those above it, vacant ones left out, each once; never nobody."""
    found = [seat(each, thing) for each in (resolver or rule.responsible, *rule.chain.split())]
    return list(dict.fromkeys(each for each in found if each)) or [Seat(Role.GROUP_MANAGER, 0)]


def limit_of(rule: ClockRule, special: Limit | None = None) -> Limit:
    """The limit that a clock gets from its rule; `special` is one that its thing brought along."""
    if special is None:
        return Limit(rule.unit, rule.amount, rule.opens, rule.warn_percent, rule.interval)
    return replace(special, warn=special.warn or min(rule.warn_percent, special.warn_percent), interval=rule.interval)


def set_times(row: RunningClock, pauses: Iterable[Pause] = ()) -> None:
    """Fill opens, warn, due and the next step of a clock from its limit, the calendar of whoever is responsible, and its ended pauses.

    What was warned of before stays warned of. Not for clocks that have run out: a breach stays a breach.
    """
    work, limit = calendar_of(row), Limit(**row.limit)
    row.opens_at, row.due_at = _span(work, limit, row.started_at, row.anchor)
    if limit.unit == "wall_minutes":
        row.warn_at = row.opens_at + (row.due_at - row.opens_at) * limit.warn_percent / 100
    else:
        row.warn_at = work.add(row.opens_at, work.between(row.opens_at, row.due_at) * limit.warn_percent / 100)
    for pause in pauses:
        assert pause.ended_at is not None
        stood = pause.ended_at - pause.started_at if limit.unit == "wall_minutes" else work.between(pause.started_at, pause.ended_at)
        later = _later_by_the_wall if limit.unit == "wall_minutes" else work.add
        row.due_at = later(row.due_at, stood)
        row.warn_at = later(row.warn_at, stood) if row.warn_at > pause.started_at else row.warn_at
    row.next_step, row.next_at = ("breached", row.due_at) if row.warned_at else ("warned", row.warn_at)


def _later_by_the_wall(moment: datetime, span: timedelta) -> datetime:
    return moment + span


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
    due = _by_date(work, limit, anchor)
    if due <= start:
        return start, work.add(start, LATE_START)
    ahead = max(limit.opens, _days_before(limit))  # it never opens after it is due, whatever a manager enters
    return max(start, work.start_of_day(work.day_before(anchor, ahead))) if ahead else start, due


def _by_date(work: WorkTime, limit: Limit, anchor: date) -> datetime:
    return work.end_of(work.day_before(anchor, _days_before(limit)))


def _days_before(limit: Limit) -> int:
    return 0 if limit.unit == "on_date" else limit.amount


def began_too_late(row: RunningClock) -> bool:
    """The last moment before its date had passed when it began: it has LATE_START of working time instead."""
    return row.anchor is not None and _by_date(calendar_of(row), Limit(**row.limit), row.anchor) <= row.started_at


def escalates_at(row: RunningClock, nth: int) -> datetime:
    """When the nth escalation is due: the rule's interval after each one before it, or the limit again, at most one working day."""
    work = calendar_of(row)
    if minutes := row.limit.get("interval"):
        later = _later_by_the_wall if row.limit["unit"] == "wall_minutes" else work.add
        return later(row.due_at, timedelta(minutes=minutes * nth))
    latest = work.add_days(row.due_at, nth)
    if row.limit["unit"] == "wall_minutes":
        return min(row.due_at + (row.due_at - row.opens_at) * nth, latest)
    span = work.between(row.opens_at, row.due_at)
    return min(work.add(row.due_at, span * nth), latest) if span else latest


def calendar_of(row: RunningClock) -> WorkTime:
    """Of the responsible post's department or company; a role of the whole group goes by the first company's."""
    return work_time(company_id=row.company_id, department_id=row.department_id)


def open_clocks(order_id: int) -> list[RunningClock]:
    """The order's open clocks, most urgent first, those that open later too."""
    return list(RunningClock.objects.open().filter(order_id=order_id).select_related("rule").urgent_first())
