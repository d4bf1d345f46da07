"""The sweep: claims what is due, takes each clock's next step once, writes the notice beside it, and sets the next moment.

Everything of one batch is one transaction: a worker that dies leaves nothing half done, another one finds the rows again (SLA-05).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import connection, transaction

from core.models import Delivery, Heartbeat
from organization.calendars import work_time
from organization.finding import Seat, recipient
from organization.models import Person
from sla.engine import _any_company, seat_from
from sla.models import RunningClock, Step

log = logging.getLogger(__name__)
BATCH = 200
Found: TypeAlias = tuple[Person | None, list[str]]


def sweep(at: datetime, batch: int = BATCH) -> int:
    """Fire everything due at `at`, oldest first, several steps of one clock in order. Returns the number of steps taken."""
    taken = 0
    while fired := _claim(at, batch):
        taken += fired
    Heartbeat.objects.update_or_create(name="sla.sweep", defaults={"at": at})
    return taken


def _claim(at: datetime, batch: int) -> int:
    with transaction.atomic():
        due = RunningClock.objects.filter(next_at__lte=at).order_by("next_at").select_related("rule")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        rows = list(due[:batch])
        try:
            with transaction.atomic():
                _fire(rows, at)
        except Exception:
            log.exception("a clock of this batch cannot be fired; taking them one by one")
            _fire_singly(rows, at)
    return len(rows)


def _fire_singly(rows: list[RunningClock], at: datetime) -> None:
    """One bad row must not hold up the others: it backs off and is tried again."""
    for row in RunningClock.objects.filter(pk__in=[row.pk for row in rows]).select_related("rule"):
        try:
            with transaction.atomic():
                _fire([row], at)
        except Exception:
            log.exception("clock %s cannot be fired", row.pk)
            later = at + timedelta(minutes=min(2**row.attempts, 60))
            RunningClock.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, next_at=later)


def _fire(rows: list[RunningClock], at: datetime) -> None:
    told = _told([row.pk for row in rows])
    known: dict[tuple[Seat, frozenset[int]], Found] = {}
    steps, notices = [], []
    for row in rows:
        seat, silent = _whom(row, at)
        key = (seat, frozenset(told.get(row.pk, ())))
        if key not in known:
            known[key] = recipient(seat, at, set(key[1]))
        person, path = known[key]
        steps.append(Step(clock=row, name=row.next_step, at=at, person_id=person and person.pk, path=path))
        if person is not None and not silent:
            notices.append(_notice(row, person, at))
        _advance(row, at)
    Step.objects.bulk_create(steps)
    Delivery.objects.bulk_create(notices, ignore_conflicts=True)
    RunningClock.objects.bulk_update(rows, ["warned_at", "breached_at", "next_step", "next_at", "attempts"], batch_size=100)


def _told(pks: list[int]) -> dict[int, list[int]]:
    """Who has been told of a breach of these clocks; a warning does not count (the warned person may be the next in the chain)."""
    found: dict[int, list[int]] = {}
    for pk, person in Step.objects.filter(clock__in=pks, person_id__isnull=False).exclude(name="warned").values_list("clock", "person_id"):
        found.setdefault(pk, []).append(person)
    return found


def _whom(row: RunningClock, at: datetime) -> tuple[Seat, bool]:
    """The seat to tell of the next step; a warning that comes after the breach (outage) is recorded and not sent."""
    own = Seat(row.role, row.company_id, row.post_id, row.department_id)
    if row.next_step == "warned":
        return own, row.due_at <= at
    nth = _escalation(row.next_step)
    return (seat_from(row.chain[nth]) if nth < len(row.chain) else own), False


def _escalation(step: str) -> int:
    return 0 if step == "breached" else int(step.removeprefix("escalated "))


def _advance(row: RunningClock, at: datetime) -> None:
    row.attempts = 0
    if row.next_step == "warned":
        row.warned_at, row.next_step, row.next_at = at, "breached", row.due_at
        return
    if row.next_step == "breached":
        row.breached_at = row.due_at
    nth = _escalation(row.next_step) + 1
    if nth < len(row.chain):
        row.next_step, row.next_at = f"escalated {nth}", _interval_after(row, nth)
    else:
        row.next_step, row.next_at = "", None


def _interval_after(row: RunningClock, nth: int) -> datetime:
    """The n-th escalation: the limit again each time, at most one working day."""
    work = work_time(company_id=row.company_id or _any_company(), department_id=row.department_id)
    span = min(work.between(row.opens_at, row.due_at), work.day_length) or work.day_length
    return work.add(row.due_at, span * nth)


def _notice(row: RunningClock, person: Person, at: datetime) -> Delivery:
    return Delivery(
        key=f"clock-{row.pk}-{row.next_step}",
        channel=Delivery.PAGE,
        person_id=person.pk,
        title=f"{row.name}:{row.next_step}",
        order_id=row.order_id,
        body=row.due_at.isoformat(),
        at=at,
        sent_at=at,
    )
