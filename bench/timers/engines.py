"""The engines that take turns. Each fires what is due at a moment; the job queue's worker is a program of its own (jobs.py)."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from bench.timers.stage import BATCH, NOW, execute

ROWS = {
    "sla.Step": {"clock_id": "due.id", "name": "due.next_step", "at": "{at}", "person_id": "1"},
    "core.Delivery": {
        "key": "'clock-' || due.id || '-' || due.next_step",
        "channel": "'page'",
        "person_id": "1",
        "title": "due.name || ':' || due.next_step",
        "order_id": "due.order_id",
        "body": "due.due_at::text",
        "at": "{at}",
        "sent_at": "{at}",
    },
}


@dataclass
class Turn:
    """What an engine did: seconds by the wall and of its process, statements where counted, and when it began (seconds since 1970)."""

    wall: float
    cpu: float
    begun: float
    statements: int = 0


def inserts(at: str, source: str) -> list[str]:
    """The statements that write a step and a notice of every row of `source`; what they leave out has the model's default."""
    from django.apps import apps

    written = []
    for label, values in ROWS.items():
        model = apps.get_model(label)
        given = {name: text.format(at=at) for name, text in values.items()}
        for field in model._meta.concrete_fields:
            if field.column not in given and not field.null and not field.primary_key:
                given[field.column] = literal(field.get_default())
        written.append(f"INSERT INTO {model._meta.db_table} ({', '.join(given)}) SELECT {', '.join(given.values())} FROM {source}")
    return written


def literal(value: Any) -> str:
    return "'[]'" if value == [] else repr(value)


def sweep(at: datetime) -> None:
    from sla.sweep import sweep

    sweep(at)


def bare_orm(at: datetime) -> None:
    """The same rows, by nothing but the ORM."""
    from django.db import transaction
    from django.db.models import F

    from core.models import Delivery
    from sla.models import RunningClock, Step

    while True:
        with transaction.atomic():
            found = RunningClock.objects.filter(next_at__lte=at).order_by("next_at").select_for_update(skip_locked=True)
            rows = list(found[:BATCH])
            if not rows:
                return
            Step.objects.bulk_create([Step(clock=row, name=row.next_step, at=at, person_id=1, path=[]) for row in rows])
            Delivery.objects.bulk_create(
                [
                    Delivery(key=f"clock-{row.pk}-{row.next_step}", channel=Delivery.PAGE, person_id=1, title=row.name, at=at, sent_at=at)
                    for row in rows
                ]
            )
            pks = [row.pk for row in rows]
            RunningClock.objects.filter(pk__in=pks).update(next_step="breached", warned_at=at, next_at=F("due_at"))


def bare_sql(at: datetime) -> None:
    """The same rows, one statement a batch."""
    step, delivery = inserts("%(at)s", "due")
    batch = f"""
    WITH due AS (SELECT id, name, next_step, due_at, order_id FROM sla_runningclock WHERE next_at <= %(at)s ORDER BY next_at LIMIT {BATCH}
    FOR UPDATE SKIP LOCKED), step AS ({step}), delivery AS ({delivery})
    UPDATE sla_runningclock c SET next_step = 'breached', warned_at = %(at)s, next_at = c.due_at FROM due WHERE due.id = c.id"""
    while execute(batch, {"at": at}):
        pass


@dataclass
class Ticking:
    """An engine that is woken: all at once, or every `tick` seconds as beat does, in one process."""

    fire: Callable[[datetime], None]
    tick: float

    def at_once(self, *, counting: bool = False) -> Turn:
        return self.timed(lambda: self.fire(NOW), counting)

    def live(self, due: int, spread: float) -> Turn:
        return self.timed(lambda: self.ticks(spread + self.tick))

    def idle(self) -> float:
        """Milliseconds of a tick that finds nothing, the median of many."""
        found = [self.timed(lambda: self.fire(NOW - timedelta(days=300))).wall for _ in range(200)]
        return median(found) * 1000

    def ticks(self, seconds: float) -> None:
        begun, done = time.perf_counter(), 0.0
        while done < seconds:
            done = time.perf_counter() - begun
            self.fire(NOW + timedelta(seconds=done))
            time.sleep(max(0, (done // self.tick + 1) * self.tick - (time.perf_counter() - begun)))

    def timed(self, work: Callable[[], None], counting: bool = False) -> Turn:
        from django.db import connection

        counted: list[str] = []
        note = lambda execute, sql, *rest: (counted.append(sql), execute(sql, *rest))[1]  # noqa: E731
        begun, wall, cpu = time.time(), time.perf_counter(), time.process_time()
        with connection.execute_wrapper(note) if counting else nullcontext():
            work()
        return Turn(time.perf_counter() - wall, time.process_time() - cpu, begun, len(counted))
