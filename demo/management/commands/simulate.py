"""Plays the demo group for some weeks that end now."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
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
    "met": "met",
    "met_late": "met late",
    "breached": "missed, open",
    "warned": "warned, open",
    "running": "running",
    "cancelled": "fell away",
}


class Command(BaseCommand):
    help = "Lets many orders run through the demo group, seeded, with the clocks' sweep (DEMO=1 or DEBUG=1 only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=50)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--weeks", type=int, default=10, help="how long ago the first order comes in")
        parser.add_argument("--end", type=datetime.fromisoformat, help="the last moment, such as 2026-11-20T17:00+08:00 (default: now)")

    def handle(self, *args: Any, orders: int, seed: int, weeks: int, end: datetime | None, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("The demo group is played only with DEMO=1 or DEBUG=1.")
        end = end or timezone.now()
        load_masters(at=end - timedelta(weeks=weeks))
        show = bar() if sys.stderr.isatty() else lines(self.stderr.write)
        summary = simulate(orders=orders, seed=seed, end=end, weeks=weeks, show=show)
        tell(summary, self.stdout.write)
        if summary.failed:
            raise CommandError("Reactions failed:\n" + "\n".join(summary.failed))


def bar() -> Callable[[float, int, int], None]:
    """A line that is written over itself, on a terminal only."""

    def show(share: float, begun: int, ended: int) -> None:
        full = int(WIDTH * share)
        sys.stderr.write(f"\r[{'█' * full}{'·' * (WIDTH - full)}] {begun} orders came in, {ended} lives told ")
        sys.stderr.flush()

    return show


def lines(write: Callable[[str], Any]) -> Callable[[float, int, int], None]:
    """A line for every tenth of the time."""
    tenths = 0

    def show(share: float, begun: int, ended: int) -> None:
        nonlocal tenths
        if int(share * 10) > tenths:
            tenths = int(share * 10)
            write(f"{tenths * 10:3} %  {begun} orders came in, {ended} lives told")

    return show


def tell(summary: Summary, write: Callable[[str], Any]) -> None:
    """Orders by state, class and story; clocks by name and what became of them."""
    states = {state.value: summary.states[state] for state in OrderState if summary.states[state]}
    write(f"\n{sum(states.values()):6}  orders")
    for title, rows in (
        ("state", states),
        ("class", summary.classes),
        ("story (an order may have up to three)", dict(sorted(summary.stories.items()))),
        ("stories that ended early, by reason of the refusal", summary.stopped),
    ):
        write(f"        by {title}" if title in ("state", "class") else f"        {title}")
        for name, number in rows.items():
            write(f"{number:12}  {name}")
    tell_clocks(summary.clocks, summary.all_clocks, write)
    write(f"{summary.swept:6}  steps taken by the sweep")


def tell_clocks(clocks: dict[str, Counter[str]], total: Counter[str], write: Callable[[str], Any]) -> None:
    """One line per clock, one column per outcome."""
    write(f"{total.total():6}  clocks".ljust(32) + "".join(f"{title:>14}" for title in CLOCKS.values()))
    for name, found in [*sorted(clocks.items()), ("all", total)]:
        write(f"        {name}".ljust(32) + "".join(f"{found[state] or '·':>14}" for state in CLOCKS))
