"""Plays the demo group for some weeks that end now."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo.masters import load_masters
from demo.simulate import Summary, simulate
from orders.workflow import OrderState

WIDTH = 40
CLOCKS = {
    "met": "met in time",
    "met_late": "met late",
    "breached": "breached, still open",
    "warned": "warned, still open",
    "running": "running",
    "cancelled": "fell away",
}


class Command(BaseCommand):
    help = "Lets many orders run through the demo group, seeded, with the clocks' sweep (DEMO=1 or DEBUG=1 only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=50)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--weeks", type=int, default=7, help="how long ago the first order comes in")
        parser.add_argument("--end", type=datetime.fromisoformat, help="the last moment, such as 2026-11-20T17:00+08:00 (default: now)")

    def handle(self, *args: Any, orders: int, seed: int, weeks: int, end: datetime | None, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("The demo group is played only with DEMO=1 or DEBUG=1.")
        end = end or timezone.now()
        load_masters(at=end - timedelta(weeks=weeks))
        summary = simulate(orders=orders, seed=seed, end=end, weeks=weeks, show=bar if sys.stderr.isatty() else None)
        tell(summary, self.stdout.write)


def bar(done: int, total: int) -> None:
    """A line that is written over itself, on a terminal only."""
    full = WIDTH * done // total
    sys.stderr.write(f"\r[{'█' * full}{'·' * (WIDTH - full)}] {done}/{total}{chr(10) if done == total else ''}")
    sys.stderr.flush()


def tell(summary: Summary, write: Any) -> None:
    """Orders by state and clocks by what became of them."""
    for title, rows in (("orders", by_state(summary.states)), ("clocks", {CLOCKS[k]: summary.clocks[k] for k in CLOCKS})):
        write(f"{sum(rows.values()):6}  {title}")
        for name, number in rows.items():
            write(f"{number:10}  {name}")
    write(f"{summary.swept:6}  steps taken by the sweep")


def by_state(states: Counter[str]) -> dict[str, int]:
    return {state.value: states[state] for state in OrderState if states[state]}
