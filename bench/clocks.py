"""The sweep: claim and fire what is due among many open clocks, with history and outbox, beside a bare ORM loop (design/speed.md).

The bare loop claims in the same batches and writes the same number of rows to the same tables, but asks nobody's calendar and looks for
nobody to tell. Both take turns in one run, from the same rows each time; half of the due clocks are warned, half are breached.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.database import prepared, start

OUT = Path(__file__).parent.parent / "var" / "bench" / "clocks.json"
BATCH = 200
NOW = start() + timedelta(hours=5)  # Monday, 14:00


def fill(due: int, open_clocks: int) -> None:
    """The clock "answer the order" for that many orders; the due ones are spread over the sales clerks of the group."""
    from django.db import connection

    from organization.models import Post
    from sla.models import ClockRule, RunningClock
    from sla.rules import sync_rules

    sync_rules()
    rule = ClockRule.objects.get(name="order_confirmation", company=None)
    posts = list(Post.objects.filter(role="sales_clerk").select_related("department"))
    every, rows = open_clocks // due, []
    for n in range(open_clocks):
        post, is_due = posts[n % len(posts)], n % every == 0 and n < due * every
        company = post.department.company_id
        rows.append(
            RunningClock(
                rule=rule, name=rule.name, role=post.role, company_id=company, post_id=post.pk, department_id=post.department_id,
                subject_kind="orders.order", subject_id=n, order_id=n,
                chain=[["sales_head", company, None, None], ["general_manager", company, None, None]],
                limit={"unit": "working_minutes", "amount": 240, "opens": 0, "warn": 75},
                started_at=start(), opens_at=start(), warn_at=NOW, due_at=NOW + timedelta(hours=2),
                next_step="warned" if n // every % 2 else "breached",
                next_at=NOW - timedelta(seconds=n % 60) if is_due else NOW + timedelta(days=1 + n % 60),
            )
        )  # fmt: skip
    RunningClock.objects.bulk_create(rows, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE clocks_before AS SELECT * FROM sla_runningclock WHERE next_at <= %s", [NOW])
        cursor.execute("VACUUM ANALYZE sla_runningclock")


def as_before() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE sla_step, core_delivery")
        cursor.execute(
            "UPDATE sla_runningclock c SET next_at = b.next_at, next_step = b.next_step, warned_at = b.warned_at,"
            " breached_at = b.breached_at FROM clocks_before b WHERE b.id = c.id"
        )
        cursor.execute("VACUUM ANALYZE sla_runningclock")


def bare(at: datetime) -> None:
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


def timed(work: Callable[[datetime], Any]) -> dict[str, float]:
    as_before()
    wall, cpu = time.perf_counter(), time.process_time()
    work(NOW)
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def idle() -> float:
    """Milliseconds of a tick that finds nothing."""
    from sla.sweep import sweep

    begun = time.perf_counter()
    for _ in range(200):
        sweep(NOW - timedelta(days=300))
    return (time.perf_counter() - begun) * 1000 / 200


def measure(due: int, open_clocks: int, rounds: int) -> dict[str, Any]:
    from core.models import Delivery
    from sla.models import Step
    from sla.sweep import sweep

    fill(due, open_clocks)
    runs: dict[str, list[dict[str, float]]] = {"sweep": [], "bare": []}
    for turn in range(rounds + 1):
        for name, work in (("sweep", sweep), ("bare", bare)):
            figures = timed(work)
            assert (Step.objects.count(), Delivery.objects.count()) == (due, due), (name, Step.objects.count())
            if turn:  # the first turn warms up
                runs[name].append(figures)
    rates = {name: sorted(due / each["wall"] for each in some) for name, some in runs.items()}
    return {
        "due": due,
        "open": open_clocks,
        "rounds": rounds,
        "python": platform.python_version(),
        "per second": {name: {"median": round(median(r)), "min": round(r[0]), "max": round(r[-1])} for name, r in rates.items()},
        "cpu ms per clock": {name: round(median(each["cpu"] for each in some) * 1000 / due, 3) for name, some in runs.items()},
        "of bare ORM": round(median(rates["sweep"]) / median(rates["bare"]), 2),
        "idle tick ms": round(idle(), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with prepared():
        found = measure(given.due, given.open, given.rounds)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for name, rate in found["per second"].items():
        print(f"{name:6} {rate['median']:>7,}/s ({rate['min']:,}-{rate['max']:,}), {found['cpu ms per clock'][name]} ms CPU per clock")
    print(f"{found['of bare ORM']} x bare ORM (goal 0.35, stretch 0.6); a tick that finds nothing: {found['idle tick ms']} ms")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
