"""The sweep: claims what is due, takes each clock's next step once, writes the notice beside it, and sets the next moment.

Everything of one batch is one transaction: a worker that dies leaves nothing half done, another one finds the rows again (SLA-05).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from core.actor import SYSTEM
from core.facts import publish
from core.models import Delivery
from organization.finding import Seat
from sla.declare import CLOCKS
from sla.engine import escalates_at
from sla.models import RunningClock, Step
from sla.telling import Known, Told, deliveries

log = logging.getLogger(__name__)
BATCH = 200
CHANGED = ["warned_at", "breached_at", "next_step", "next_at", "attempts"]


def sweep(at: datetime, batch: int = BATCH) -> int:
    """Fire everything due at `at`, oldest first, several steps of one clock in order. Returns how many were claimed.

    Runs from every worker at once harmlessly: what one has claimed, the others pass by.
    """
    taken, known = 0, Known()
    while claimed := _claim(at, batch, known):
        taken += claimed
    return taken


def _claim(at: datetime, batch: int, known: Known) -> int:
    with transaction.atomic():
        due = RunningClock.objects.filter(next_at__lte=at).order_by("next_at", "pk")
        rows = list(due.select_for_update(skip_locked=True)[:batch])
        if not rows:
            return 0
        try:
            with transaction.atomic():
                _fire(rows, at, known)
        except Exception:
            log.exception("a clock of this batch cannot be fired; taking them one by one")
            _fire_singly([row.pk for row in rows], at)
    return len(rows)


def _fire_singly(pks: list[int], at: datetime) -> None:
    """One bad row must not hold up the others: it backs off and is tried again."""
    for row in RunningClock.objects.filter(pk__in=pks).order_by("next_at", "pk"):
        try:
            with transaction.atomic():
                _fire([row], at, Known())
        except Exception:
            log.exception("clock %s cannot be fired", row.pk)
            later = at + timedelta(minutes=min(2**row.attempts, 60))
            RunningClock.objects.filter(pk=row.pk).update(attempts=min(row.attempts + 1, 6), next_at=later)


def _fire(rows: list[RunningClock], at: datetime, known: Known) -> None:
    told = _told(rows)
    steps, fired, ran_out = [], [], []
    for row in rows:
        people, path = known.whom(whom(row, row.next_step), at, told.get(row.pk, Told()))
        steps.append(Step(clock=row, name=row.next_step, at=at, person_id=people[0].pk if people else None, path=path))
        if not _too_late(row, at):
            fired.append((row, people))
        if row.next_step == "breached":
            ran_out.append(row)
    written = deliveries(fired, at, known)
    for row in rows:
        _advance(row, at)
    Step.objects.bulk_create(steps)
    Delivery.objects.bulk_create(written)
    # An upsert of rows that are there: bulk_update would write the same as one CASE per row and column, several times slower.
    RunningClock.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=CHANGED)
    for row in ran_out:
        _time_is_up(row, at)


def _time_is_up(row: RunningClock, at: datetime) -> None:
    """What follows by itself from a clock that ran out open is a fact; whoever reacts does it in an act of its own, after the sweep."""
    then = CLOCKS[row.name].then if row.name in CLOCKS else None
    if then is not None and row.stopped_at is None:
        publish(then(**{"order_id": row.order_id, then.about[1]: row.subject_id}), by=SYSTEM, at=at)


def _told(rows: list[RunningClock]) -> dict[int, Told]:
    """Who has been told of the breach of each clock; a warning does not count (the warned person may be the next in the chain)."""
    pks = [row.pk for row in rows if row.next_step not in ("warned", "breached")]
    found: dict[int, Told] = {}
    if pks:
        steps = Step.objects.filter(clock__in=pks, person_id__isnull=False).exclude(name="warned")
        for pk, person_id in steps.values_list("clock", "person_id"):
            found[pk] = found.get(pk, Told()) | {person_id or 0}
    return found


def whom(row: RunningClock, step: str) -> Seat:
    """The responsible post is warned; who stands above is told of the breach, or the responsible post when nobody does."""
    nth = _escalation(step)
    return Seat(*row.chain[nth]) if 0 <= nth < len(row.chain) else Seat(row.role, row.company_id, row.post_id, row.department_id)


def _escalation(step: str) -> int:
    """Place in the chain: the breach goes to the first of it, a warning to nobody of it."""
    if step == "warned":
        return -1
    return 0 if step == "breached" else int(step.removeprefix("escalated "))


def _too_late(row: RunningClock, at: datetime) -> bool:
    """A warning after the breach or after the work (an outage) is recorded, and not sent."""
    return row.next_step == "warned" and (row.due_at <= at or row.stopped_at is not None)


def _advance(row: RunningClock, at: datetime) -> None:
    """Note the step and set the next one; a clock that was met meanwhile takes only those that came due before."""
    row.attempts, nth = 0, _escalation(row.next_step) + 1
    if nth == 0:
        row.warned_at, row.next_step, row.next_at = at, "breached", row.due_at
    else:
        row.breached_at = row.due_at
        more = nth < len(row.chain)
        row.next_step, row.next_at = (f"escalated {nth}", escalates_at(row, nth)) if more else ("", None)
    if row.next_at and row.stopped_at and row.next_at > row.stopped_at:
        row.next_at = None
