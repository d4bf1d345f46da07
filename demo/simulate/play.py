"""Everything comes from one seed and one end. The orders wait in a heap by their next moment, so that several are in hand at the same time;
the sweep of the clocks runs as time moves. Who is not through when the time is up stays where they stand: that is My work.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from core.facts import run_due
from core.models import Reaction
from demo.simulate.life import Life
from demo.simulate.plots import Plot, draw
from demo.walk import Walk
from orders.models import Order
from organization.calendars import work_time
from organization.models import Post, actor_of
from organization.roles import Role
from sla.models import RunningClock
from sla.sweep import sweep

SWEEP = timedelta(hours=1)
PACE = timedelta(minutes=6)
Show = Callable[[float, int, int], None]  # share of the time that is over, lives begun, lives ended


@dataclass
class Summary:
    """How it ended: orders by state, by class, by the stories told of them; why stories stopped; clocks by name and what became of them;
    steps that the sweep took; reactions that failed, which are faults of the product."""

    states: Counter[str]
    classes: Counter[str]
    stories: Counter[str]
    stopped: Counter[str]
    clocks: dict[str, Counter[str]]
    swept: int
    failed: list[str]

    @property
    def all_clocks(self) -> Counter[str]:
        return sum(self.clocks.values(), Counter())


class Play:
    """The clock of the whole group: whose life goes on next, and the sweep in between."""

    def __init__(self, coming: list[Life], start: datetime, end: datetime) -> None:
        self.tie = count()  # of two lives at the same moment
        self.lives: list[Life] = []
        self.coming: list[tuple[datetime, int, Life]] = []
        for life in coming:
            self._enter(life)
        self.start, self.end, self.last, self.swept, self.begun, self.ended = start, end, start, 0, 0, 0

    def _enter(self, life: Life) -> None:
        self.lives.append(life)
        heappush(self.coming, (life.walk.at, next(self.tie), life))

    def run(self, show: Show | None) -> None:
        while self.coming:
            at, _tie, life = heappop(self.coming)
            self.begun += life.walk.order is None
            if at - self.last >= SWEEP:
                self.sweep(at)
            if life.step():
                heappush(self.coming, (life.walk.at, next(self.tie), life))
            else:
                self.ended += 1
            while life.next:
                self.begun += 1
                self._enter(life.next.pop())
            if show:
                show((at - self.start) / (self.end - self.start), self.begun, self.ended)
        self.sweep(self.end)

    def sweep(self, at: datetime) -> None:
        """As the beat does: clocks, then what follows from those that ran out."""
        self.swept, self.last = self.swept + sweep(at), at
        run_due(at)


def simulate(*, orders: int, seed: int, end: datetime, weeks: int = 7, plots: Sequence[Plot] = (), show: Show | None = None) -> Summary:
    """Let `orders` orders come in over the `weeks` before `end`; `plots` are the stories of the first ones, the others draw theirs.

    The same seed and end give the same lives; nothing happens after `end`.
    """
    dice = random.Random(seed)  # noqa: S311  a play, no secret
    start = end - timedelta(weeks=weeks)
    desk = Post.objects.held(start.date()).filter(role=Role.SALES_CLERK).select_related("holder", "department").order_by("pk")
    clerks = [actor_of(post.holder, start) for post in desk if post.holder]
    work = work_time(company_id=desk[0].department.company_id)
    span = work.between(start, end) * 0.97
    coming = []
    for nth in range(orders):
        own = random.Random(dice.random())  # noqa: S311
        walk = Walk(work.add(start, span * ((nth + own.random()) / orders)), pace=PACE, dice=own, until=end)
        plot = plots[nth] if nth < len(plots) else draw(own)
        coming.append(Life(walk, own, plot, own.choice(clerks)))
    play = Play(coming, start, end)
    play.run(show)
    return summary(play, end)


def summary(play: Play, end: datetime) -> Summary:
    clocks: dict[str, Counter[str]] = defaultdict(Counter)
    for clock in RunningClock.objects.select_related("rule").order_by("name"):
        clocks[clock.name][clock.state_at(end)] += 1
    orders = Order.objects.order_by("pk")
    failed = Reaction.objects.filter(done_at=None).order_by("pk")
    return Summary(
        states=Counter(orders.values_list("state", flat=True)),
        classes=Counter(orders.exclude(order_class="").values_list("order_class", flat=True)),
        stories=Counter(story for life in play.lives for story in life.plot.stories() or ["straight on"]),
        stopped=Counter(life.stopped for life in play.lives if life.stopped),
        clocks=dict(clocks),
        swept=play.swept,
        failed=[f"{row}: {row.error}" for row in failed],
    )
