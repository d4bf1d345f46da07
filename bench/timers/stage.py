"""The clocks that are due among those that are not, back to where they were before every turn, and how late each was fired."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from bench.database import start

NOW = start() + timedelta(hours=5)  # Monday, 14:00
BATCH = 200
BLOCK = 10_000  # so many clocks are made by the model; more of them are copies of these
MORE = """
INSERT INTO sla_runningclock ({names}) SELECT {moved} FROM sla_runningclock, generate_series(1, %s) n ORDER BY n, sla_runningclock.id
"""
# Each due clock's place in the order of coming due has nothing to do with its key (7919 is prime). What is written says when.
BEFORE = """
CREATE TABLE clocks_before AS
SELECT *, %(spread)s * ((row_number() OVER (ORDER BY id) * 7919) %% %(due)s) / %(due)s::float AS wait
FROM sla_runningclock WHERE next_at <= %(now)s
"""
AGAIN = """
UPDATE sla_runningclock c SET next_step = b.next_step, warned_at = b.warned_at, breached_at = b.breached_at,
next_at = %s::timestamptz + b.wait * interval '1 second' FROM clocks_before b WHERE b.id = c.id
"""
LATE = """
SELECT percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM s.written_at) - %s - %s * b.wait)
FROM sla_step s JOIN clocks_before b ON b.id = s.clock_id
"""


def execute(sql: str, values: Any = None) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else cursor.rowcount


@contextmanager
def filled(due: int, open_clocks: int, spread: float) -> Iterator[None]:
    """The clock "answer the order" of that many orders, the due ones at even distances; spread over the sales clerks of the group."""
    from organization.models import Post
    from sla.models import ClockRule, RunningClock
    from sla.rules import sync_rules

    clear()  # what a run that was broken off left behind
    sync_rules()
    rule = ClockRule.objects.get(name="order_confirmation", company=None)
    posts, every = list(Post.objects.filter(role="sales_clerk").select_related("department")), open_clocks // due
    block = min(open_clocks, BLOCK)
    RunningClock.objects.bulk_create(
        [_clock(rule, posts[n % len(posts)], n, n % every == 0 and n < due * every, n // every) for n in range(block)], batch_size=1000
    )
    fields = [field.column for field in RunningClock._meta.concrete_fields if not field.primary_key]
    moved = [f'"{name}" + n * {block}' if name in ("subject_id", "order_id") else f'"{name}"' for name in fields]
    names = ", ".join(f'"{name}"' for name in fields)
    execute(MORE.format(names=names, moved=", ".join(moved)), [open_clocks // block - 1])
    execute(BEFORE, {"spread": spread, "due": due, "now": NOW})
    execute("ALTER TABLE sla_step ADD COLUMN written_at timestamptz DEFAULT clock_timestamp()")
    yield
    clear()


def clear() -> None:
    execute("DROP TABLE IF EXISTS clocks_before")
    execute("ALTER TABLE sla_step DROP COLUMN IF EXISTS written_at")
    execute("TRUNCATE sla_runningclock, sla_step, core_delivery CASCADE")


def _clock(rule: Any, post: Any, n: int, is_due: bool, nth: int) -> Any:
    from sla.models import RunningClock

    company = post.department.company_id
    return RunningClock(
        rule=rule, name=rule.name, role=post.role, company_id=company, post_id=post.pk, department_id=post.department_id,
        subject_kind="orders.order", subject_id=n, order_id=n,
        chain=[["sales_head", company, None, None], ["general_manager", company, None, None]],
        limit={"unit": "working_minutes", "amount": 240, "opens": 0, "warn": 75},
        started_at=start(), opens_at=start(), warn_at=NOW, due_at=NOW + timedelta(hours=2),
        next_step="warned" if nth % 2 else "breached",
        next_at=NOW if is_due else NOW + timedelta(days=1 + n % 60),
    )  # fmt: skip


def as_before(*, live: bool) -> None:
    """No step taken: all due an hour ago, or from now on one after the other."""
    execute("TRUNCATE sla_step, core_delivery")
    execute(AGAIN, [NOW if live else NOW - timedelta(hours=1)])
    execute("VACUUM ANALYZE sla_runningclock")


def lateness(begun: float, *, live: bool) -> dict[str, float]:
    """Seconds between the moment in which a clock came due, or in which the engine began (`begun`), and its step."""
    found = execute(LATE, [begun, int(live)])[0] or [0, 0, 0]
    return dict(zip(("p50", "p99", "max"), (round(each, 3) for each in found), strict=True))
