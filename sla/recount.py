"""An edited calendar moves the due times of open clocks, and what moved is on record (ORG-04)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import Model, TextField, Value
from django.db.models.functions import Concat, Now
from django.db.models.signals import post_delete, post_save, pre_save

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
    if not RunningClock.objects.exists():
        return  # an installation that is being set up; later on a clock may begin by the old calendar before others have read the new one
    why = f"{instance._meta.verbose_name} {instance}"
    also = Concat("why", Value(f"\n{why}"), output_field=TextField())
    if not Recount.objects.filter(company=company, last_id=0, done_at=None).update(asked_at=Now(), why=also):
        Recount.objects.create(company=company, why=why)


def ask_for_the_former_company(instance: CalendarDay, **_signal: Any) -> None:
    """A day that is handed to another company is none of the former's any more."""
    former = CalendarDay.objects.filter(pk=instance.pk).select_related("company").first()
    if former is not None and former.company_id != instance.company_id:
        ask_for_recount(former)


pre_save.connect(ask_for_the_former_company, sender=CalendarDay, dispatch_uid="recount-CalendarDay-former")
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
    """The next clocks of a recount, in one transaction; None when there are no more, or when another has the recount or a clock in hand.

    It never waits for a clock that an act has in hand: the act may be waiting for one of these. The next round goes on there.
    """
    with transaction.atomic():
        recount = Recount.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, done_at=None).first()
        if recount is None:
            return None
        rest = _movable(recount).filter(pk__gt=recount.last_id).order_by("pk")
        wanted = list(rest.values_list("pk", flat=True)[:batch])
        held = {row.pk: row for row in rest.filter(pk__in=wanted).prefetch_related("pauses").select_for_update(skip_locked=True)}
        rows = [held[key] for key in takewhile(held.__contains__, wanted)]
        moved = _move(rows, recount)
        recount.looked_at, recount.moved = recount.looked_at + len(rows), recount.moved + moved
        recount.last_id = rows[-1].pk if rows else recount.last_id
        recount.done_at = None if wanted else at
        recount.save()
        return moved if rows else None


def _move(rows: list[RunningClock], recount: Recount) -> int:
    """Count these anew; returns how many due times moved, which are on record."""
    was = {row.pk: row.due_at for row in rows}
    changed = [row for row in rows if _counted_anew(row)]
    RunningClock.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=TIMES)
    moves = [
        MovedDue(recount=recount, clock=row, was_due_at=was[row.pk], due_at=row.due_at) for row in changed if row.due_at != was[row.pk]
    ]
    MovedDue.objects.bulk_create(moves)
    return len(moves)


def _movable(recount: Recount) -> RunningClockQuerySet:
    """Open clocks that had not run out when the calendar was edited, whether or not a tick has seen it. A role of the whole group goes by
    the first company's calendar."""
    rows = RunningClock.objects.open().filter(breached_at=None, due_at__gt=recount.asked_at)
    return rows if recount.company_id is None else rows.filter(company_id__in=[recount.company_id, 0])


def _counted_anew(row: RunningClock) -> bool:
    """Whether anything has moved: a warning may although the due time stays. A clock that stands still is counted when it goes on."""
    if row.paused_at:
        return False
    was = row.opens_at, row.warn_at, row.due_at
    set_times(row, sorted(row.pauses.all(), key=lambda pause: pause.started_at))
    return was != (row.opens_at, row.warn_at, row.due_at)
