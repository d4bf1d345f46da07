"""An edited calendar moves the due times of open clocks, and what moved is on record (ORG-04)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Now
from django.db.models.signals import post_delete, post_save

from organization.calendars import KEEP_SECONDS, forget
from organization.models import Calendar, CalendarDay, Company, Department
from sla.engine import set_times
from sla.models import MovedDue, Recount, RunningClock, RunningClockQuerySet

BATCH = 500
TIMES = ["opens_at", "warn_at", "due_at", "next_step", "next_at"]


def ask_for_recount(instance: Model, **_signal: Any) -> None:
    """Written down in the transaction of the edit; one that still waits serves for several edits, and waits its time from the last of them.

    The update waits for a worker that has just begun: what that one has read is not this edit, so it gets a recount of its own.
    """
    company = instance if isinstance(instance, Company) else getattr(instance, "company", None)
    if not _movable(company).exists():
        return
    if not Recount.objects.filter(company=company, last_id=0, done_at=None).update(asked_at=Now()):
        why = f"{instance._meta.verbose_name} {instance}"[:120]
        Recount.objects.create(company=company, why=why)


for _model in (Calendar, CalendarDay, Company, Department):
    post_save.connect(ask_for_recount, sender=_model, dispatch_uid=f"recount-{_model.__name__}-save")
    post_delete.connect(ask_for_recount, sender=_model, dispatch_uid=f"recount-{_model.__name__}-delete")


def recount_due(at: datetime, batch: int = BATCH) -> int:
    """Work off what was asked for, oldest first. Returns how many due times moved.

    Not before every process has read the calendar anew: a clock that another one starts meanwhile by the old calendar is seen, too.
    """
    moved = 0
    for recount in Recount.objects.filter(done_at=None, asked_at__lte=at - timedelta(seconds=KEEP_SECONDS)).order_by("pk"):
        forget()
        while (found := _one_batch(recount.pk, at, batch)) is not None:
            moved += found
    return moved


def _one_batch(pk: int, at: datetime, batch: int) -> int | None:
    """The next clocks of a recount, in one transaction; None when there are no more, or when another worker has it in hand."""
    with transaction.atomic():
        recount = Recount.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, done_at=None).first()
        if recount is None:
            return None
        rest = _movable(recount.company).filter(pk__gt=recount.last_id).order_by("pk")
        rows = list(rest.prefetch_related("pauses").select_for_update()[:batch])
        moves = [move for row in rows if (move := _counted_anew(row, recount)) is not None]
        RunningClock.objects.bulk_create([m.clock for m in moves], update_conflicts=True, unique_fields=["id"], update_fields=TIMES)
        MovedDue.objects.bulk_create(moves)
        recount.looked_at, recount.moved = recount.looked_at + len(rows), recount.moved + len(moves)
        recount.last_id = rows[-1].pk if rows else recount.last_id
        recount.done_at = None if rows else at
        recount.save()
        return len(moves) if rows else None


def _movable(company: Company | None) -> RunningClockQuerySet:
    """Open clocks that have not run out. A role of the whole group goes by the first company's calendar."""
    rows = RunningClock.objects.open().filter(breached_at=None)
    return rows if company is None else rows.filter(company_id__in=[company.pk, 0])


def _counted_anew(row: RunningClock, recount: Recount) -> MovedDue | None:
    """A clock that stands still is counted when it goes on."""
    was = row.due_at
    if row.paused_at:
        return None
    set_times(row, sorted(row.pauses.all(), key=lambda pause: pause.started_at))
    return None if row.due_at == was else MovedDue(recount=recount, clock=row, was_due_at=was, due_at=row.due_at)
