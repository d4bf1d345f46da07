"""A living group: many orders at once, each walked by the people whose turn it is, in its own time, some off the straight road.

Everything comes from one seed and one end. The orders wait in a heap by their next moment, so that several are in hand at the same time;
the sweep of the clocks runs as time moves. Who is not through when the time is up stays where they stand: that is My work.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from heapq import heapify, heappop, heappush
from itertools import count

from core.actor import Actor
from demo.walk import Lines, TimeIsUp, Walk
from orders.meetings.guards import waits_for_meeting
from orders.models import Order
from orders.services import intake, progress, review
from orders.workflow import ENDS, Verdict
from orders.workflow import OrderState as S
from organization.calendars import work_time
from organization.models import Post, actor_of
from organization.roles import Role
from production import services as production
from quality import services as quality
from quality.models import Inspection, Nonconformity
from sla.models import RunningClock
from sla.sweep import sweep

SWEEP = timedelta(hours=1)
PACE = timedelta(minutes=6)
OLD = Decimal(30500)  # a price by hand for what the list no longer has

# customer, goods (several times in the list: comes more often)
WANTS: tuple[tuple[str, Lines], ...] = (
    ("C0001", [("KYN28A-12", 3), ("LZZBJ9-10", 12)]),
    ("C0001", [("LZZBJ9-10", 30)]),
    ("C0001", [("FN12-12D/630", 6), ("VS1-12/630-25", 4)]),
    ("C0002", [("GGD", 4), ("GGJ", 1)]),
    ("C0002", [("GCK", 6)]),
    ("C0003", [("GGD", 2), ("PZ30", 5)]),
    ("C0003", [("S13-M-630/10", 1)]),
    ("C0003", [("XL-21", 10), ("PZ30", 20)]),
    ("C0004", [("XGN15-12", 4)]),
    ("C0004", [("MNS", 3), ("XL-21", 2)]),
    ("C0005", [("XGN66-12", 2)]),
    ("C0006", [("PZ30", 40)]),
    ("C0009", [("XL-21", 3)]),
    ("C0010", [("KYN28A-12", 6)]),
    ("C0010", [("GGD", 8), ("GGJ", 2)]),
)
OLD_GOODS: tuple[tuple[str, Lines], ...] = (("C0002", [("XGN2-12", 2, OLD)]), ("C0004", [("GGD", 2), ("PK-1", 1, Decimal(12900))]))
# Working hours from reaching a state to the next thing that happens; the limits of the clocks lie within, so that some are missed.
WAITS: dict[str, tuple[float, float]] = {
    S.REGISTERED: (0.3, 3),
    S.CONFIRMED: (0.2, 4.5),
    S.IN_REGULAR_REVIEW: (1, 9),
    S.IN_IRREGULAR_REVIEW: (2, 12),
    S.NEGOTIATING: (4, 20),
    S.REFUSAL_PENDING: (2, 10),
    S.ACCEPTED: (0.5, 6),
    S.QUOTED: (3, 24),
    S.CONTRACTED: (1, 10),
    S.SIGNED: (1, 10),
    S.EFFECTIVE: (0.3, 4.5),
    S.INSTRUCTED: (0.5, 4.5),
    S.PLANNED: (1, 8),
    S.IN_PRODUCTION: (4, 16),
    S.STOCKED: (1, 10),
    S.SHIPPING: (6, 26),
    S.DELIVERED: (2, 16),
    S.INVOICED: (6, 40),
}
# What happens to an order besides: name -> share of the orders.
STORIES = {
    "straight": 50,
    "old": 10,
    "designed": 8,
    "later": 12,
    "refused": 5,
    "overruled": 3,
    "withdrawn": 6,
    "taken back": 5,
    "rework": 8,
    "partial": 13,
}
LOST_IN = (S.CONFIRMED, S.ACCEPTED, S.QUOTED)
Waits = Iterator[float]


@dataclass
class Summary:
    """How it ended: orders by state, clocks by what became of them, steps that the sweep took."""

    states: Counter[str]
    clocks: Counter[str]
    swept: int


class Life:
    """One order's way with its detours. Between two pieces of `road` the others have their turn."""

    def __init__(self, walk: Walk, dice: random.Random, story: str, clerk: Actor) -> None:
        self.walk, self.dice, self.story, self.clerk = walk, dice, story, clerk
        self.lost_in = dice.choice(LOST_IN)
        self.road = self._road()

    def step(self) -> bool:
        """The next piece and the rest after it. False when the order is at its end, or the time is."""
        try:
            self.walk.rest(timedelta(hours=next(self.road)))
        except (StopIteration, TimeIsUp):
            return False
        return True

    def _road(self) -> Waits:
        walk, dice = self.walk, self.dice
        customer, goods = dice.choice(OLD_GOODS if self.story == "old" else WANTS)
        walk.register(customer, goods, days=dice.randint(18, 45), by=self.clerk, channel=dice.choice(["phone", "fax", "email", "visit"]))
        yield dice.uniform(*WAITS[S.REGISTERED])
        if dice.random() < 0.8:
            intake.answer_order(order=walk.order, by=walk.clerk, at=walk.tick(), note="已核对，按订单执行")
            yield dice.uniform(0.1, 1)
        while (state := walk.fresh().state) not in ENDS:
            yield from STATIONS.get(state, Life.onward)(self)
            yield dice.uniform(*WAITS.get(walk.fresh().state, (0, 0)))

    def onward(self) -> Waits:
        if self.story == "withdrawn" and self.walk.order.state == self.lost_in:
            intake.withdraw(order=self.walk.order, by=self.walk.clerk, at=self.walk.tick(), reason="项目取消")
        elif self.story == "taken back" and self.walk.order.state == self.lost_in and not self.walk.order.intake:
            intake.take_back(order=self.walk.order, by=self.walk.clerk, at=self.walk.tick(), reason="客户改了规格")
        else:
            self.walk.onward()
        yield from ()

    def confirm(self) -> Waits:
        self.walk.confirm(needs_design=self.story == "designed")
        yield from ()

    def review(self) -> Waits:
        """Opinions one after another, of an irregular order after its meeting; a story about dates begins with somebody who cannot keep
        them."""
        walk, order = self.walk, self.walk.order
        if waits_for_meeting(order):
            yield from self.meet()
        troubled = self.story in ("later", "refused", "overruled") and order.reviews.count() == 1
        assert order.wanted_date is not None
        for nth, opinion in enumerate(order.reviews.get(counts=True, state="open").opinions.order_by("pk")):
            said = {"verdict": Verdict.LATER, "earliest_date": order.wanted_date + timedelta(days=7), "comment": "装配线满载"}
            known = said if troubled and not nth else {"verdict": Verdict.FEASIBLE}
            review.give_opinion(opinion=opinion, by=walk.product(Role(opinion.role)), at=walk.tick(), **known)  # type: ignore[arg-type]
            yield self.dice.uniform(0.1, 2)

    def meet(self) -> Waits:
        walk = self.walk
        meeting = walk.call_meeting()
        yield self.dice.uniform(0.2, 4)
        walk.send_papers(meeting)
        yield self.dice.uniform(4, 12)
        walk.answer_papers(meeting)
        walk.hold_meeting(meeting)
        yield self.dice.uniform(0.2, 3)

    def negotiate(self) -> Waits:
        walk = self.walk
        if self.story == "later":
            assert walk.order.wanted_date is not None
            agreed = walk.order.wanted_date + timedelta(days=7)
            review.propose_date(order=walk.order, by=walk.clerk, at=walk.tick(), wanted_date=agreed, note="李经理电话同意")
        else:
            review.ask_refusal(order=walk.order, by=walk.clerk, at=walk.tick(), reason="客户不能延期")
        yield from ()

    def decide_refusal(self) -> Waits:
        walk, by = self.walk, self.walk.product(Role.GENERAL_MANAGER)
        if self.story == "refused":
            review.approve_refusal(order=walk.order, by=by, at=walk.tick(), reason="产能不足，客户不同意延期")
        else:
            day = walk.order.wanted_date
            assert day is not None
            review.overrule_refusal(order=walk.order, by=by, at=walk.tick(), reviewed_date=day, reason="重点客户，安排加班")
        yield from ()

    def sign(self) -> Waits:
        self.walk.sign_for_us()
        yield self.dice.uniform(0.5, 14)
        if self.walk.fresh().state == S.CONTRACTED:
            self.walk.sign()
            yield self.dice.uniform(1, 10)
        if self.walk.fresh().state == S.SIGNED:
            self.walk.pay("effect")

    def make(self) -> Waits:
        """Parts, work, inspection, store; in between, days."""
        walk, dice = self.walk, self.dice
        walk.order_parts()
        yield dice.uniform(12, 50)
        walk.receive_parts()
        yield dice.uniform(1, 6)
        if self.story == "partial":
            yield from self.ship_early()
        for task in walk.tasks():
            task = production.start_task(task=task, by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())
            yield dice.uniform(1, 7)
            production.finish_task(task=task, by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())
        if dice.random() < 0.7:
            self.follow_up()
        walk.finish_goods()
        yield dice.uniform(0.5, 5)
        if self.story == "rework":
            yield from self.rework()
        walk.inspect()
        walk.put_away()

    def ship_early(self) -> Waits:
        """What is in stock goes before the rest is made."""
        walk = self.walk
        if any(walk.in_store().values()):
            shipment = walk.ship()
            yield self.dice.uniform(6, 20)
            walk.receive(shipment)

    def follow_up(self) -> None:
        walk = self.walk
        day = walk.order.promised_date
        assert day is not None
        by = walk.holder(walk.order.order_manager_post)
        progress.record_follow_up(order=walk.order, by=by, at=walk.tick(), verdict="on_track", expected_date=day, note="装配完成，待终检")

    def rework(self) -> Waits:
        """The inspector rejects one piece; it is reworked and inspected again with the rest of the day."""
        walk = self.walk
        row = Inspection.objects.filter(order_id=walk.order.pk, state="waiting", line_id__isnull=False).order_by("pk").first()
        if row is None:
            return
        by = walk.who(Role.INSPECTOR, row.company_id)
        quality.finish_inspection(
            inspection=row, accepted=Decimal(row.quantity - 1), rejected=Decimal(1), findings="漆面划伤", by=by, at=walk.tick()
        )  # fmt: skip
        found = Nonconformity.objects.get(inspection=row)
        head = walk.who(Role.QUALITY_HEAD, row.company_id)
        quality.decide_nonconformity(nonconformity=found, disposition="rework", reason="补漆后复检", by=head, at=walk.tick())
        yield self.dice.uniform(2, 8)
        quality.finish_rework(nonconformity=found, by=by, at=walk.tick())

    def ship(self) -> Waits:
        """All at once, or the first half of each line before the other."""
        walk = self.walk
        halves = {no: quantity // 2 for no, quantity in walk.in_store().items() if quantity >= 2}
        walk.ship(halves if self.story == "partial" and halves else None)
        yield from ()


STATIONS: dict[str, Callable[[Life], Waits]] = {
    S.REGISTERED: Life.confirm,
    S.IN_REGULAR_REVIEW: Life.review,
    S.IN_IRREGULAR_REVIEW: Life.review,
    S.NEGOTIATING: Life.negotiate,
    S.REFUSAL_PENDING: Life.decide_refusal,
    S.CONTRACTED: Life.sign,
    S.PLANNED: Life.make,
    S.STOCKED: Life.ship,
}


def simulate(*, orders: int, seed: int, end: datetime, weeks: int = 7, show: Callable[[int, int], None] | None = None) -> Summary:
    """Let `orders` orders come in over the `weeks` before `end`. The same seed and end give the same lives; nothing happens after `end`."""
    dice = random.Random(seed)  # noqa: S311  a play, no secret
    start = end - timedelta(weeks=weeks)
    desk = Post.objects.held(start.date()).filter(role=Role.SALES_CLERK).select_related("holder", "department").order_by("pk")
    clerks = [actor_of(post.holder, start) for post in desk if post.holder]
    work = work_time(company_id=desk[0].department.company_id)
    span = work.between(start, end) * 0.97
    tie = count()
    coming = []
    for nth in range(orders):
        own = random.Random(dice.random())  # noqa: S311
        walk = Walk(work.add(start, span * ((nth + own.random()) / orders)), pace=PACE, dice=own, until=end)
        story = own.choices(list(STORIES), list(STORIES.values()))[0]
        coming.append((walk.at, next(tie), Life(walk, own, story, own.choice(clerks))))
    heapify(coming)
    done, swept, last = 0, 0, start
    while coming:
        at, _tie, life = heappop(coming)
        if at - last >= SWEEP:
            swept, last = swept + sweep(at), at
        if life.step():
            heappush(coming, (life.walk.at, next(tie), life))
        else:
            done += 1
        if show:
            show(done, orders)
    return Summary(states(), clocks(end), swept + sweep(end))


def states() -> Counter[str]:
    return Counter(Order.objects.order_by("pk").values_list("state", flat=True))


def clocks(at: datetime) -> Counter[str]:
    return Counter(clock.state_at(at) for clock in RunningClock.objects.select_related("rule"))
