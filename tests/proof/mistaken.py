"""The product with a mistake seeded into its workers, for the control runs: `celery -A tests.proof.mistaken`, PROOF_MISTAKE names which."""

from __future__ import annotations

import os
import time
from datetime import datetime
from typing import Any

from celery.signals import worker_process_init
from django.db import transaction

from config.celery import app

__all__ = ["app"]
WINDOW = 0.5
"""Seconds that a mistake stays open, so that the storm hits it on a quick machine, too."""


def _take(at: datetime, batch: int) -> list[Any]:
    from sla.models import RunningClock

    due = RunningClock.objects.filter(next_at__lte=at).order_by("next_at", "pk")
    rows = list(due.select_for_update(skip_locked=True)[:batch])
    RunningClock.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=None)
    return rows


def claim_first(at: datetime, batch: int, known: Any) -> int:
    """The claim is committed before its effect: a worker that dies in between loses the steps."""
    from sla.sweep import _fire

    with transaction.atomic():
        rows = _take(at, batch)
    time.sleep(WINDOW)
    with transaction.atomic():
        if rows:
            _fire(rows, at, known)
    return len(rows)


def by_message(at: datetime, batch: int, known: Any) -> int:
    """The promise lies in the broker from the claim until a worker carries it out: Redis gone, promise gone."""
    with transaction.atomic():
        rows = _take(at, batch)
    if rows:
        fire.apply_async(args=[[row.pk for row in rows], at.isoformat()], countdown=2)
    return len(rows)


@app.task(name="proof.fire")
def fire(pks: list[int], at: str) -> None:
    from sla.models import RunningClock
    from sla.sweep import Known, _fire

    with transaction.atomic():
        _fire(list(RunningClock.objects.filter(pk__in=pks)), datetime.fromisoformat(at), Known())


def unlocked(at: datetime, batch: int, known: Any) -> int:
    """Due rows are read without a lock: two rounds at once take the same (the database's unique keys are taken off for this one)."""
    from sla.models import RunningClock
    from sla.sweep import _fire

    rows = list(RunningClock.objects.filter(next_at__lte=at).order_by("next_at", "pk")[:batch])
    time.sleep(WINDOW)
    with transaction.atomic():
        if rows:
            _fire(rows, at, known)
    return len(rows)


MISTAKES = {one.__name__: one for one in (claim_first, by_message, unlocked)}


@worker_process_init.connect
def seed(**_signal: Any) -> None:
    from sla import sweep

    sweep._claim = MISTAKES[os.environ["PROOF_MISTAKE"]]
