"""One order's way with its detours, up to the contract; `making` and `after` tell the rest."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from django.utils.timezone import localtime

from core.actor import Actor
from core.reasons import NotAllowed, Refused
from demo.simulate import after, making
from demo.simulate.plots import LOST_IN, OLD_GOODS, WAITS, WANTS, Plot, Waits
from demo.walk import TimeIsUp, Walk
from orders.meetings.guards import waits_for_meeting
from orders.services import intake, review
from orders.services.intake import LineInput
from orders.services.ledger import goods_lines
from orders.workflow import ENDS, Verdict
from orders.workflow import OrderState as S
from organization.roles import Role

LONGEST = 60  # stations; an order that needs more does not move
DAY = 8.0


class Life:
    """Between two pieces of `road` the others have their turn. `stopped` is why a story could not go on, `next` what comes of it."""

    def __init__(self, walk: Walk, dice: random.Random, plot: Plot, clerk: Actor) -> None:
        self.walk, self.dice, self.plot, self.clerk = walk, dice, plot, clerk
        self.lost_in = dice.choice(LOST_IN)
        self.turn = making.turning_point(self)
        self.stopped = ""
        self.next: list[Life] = []
        self.road = self._road()

    def step(self) -> bool:
        """The next piece and the rest after it. False when the order is at its end, the time is, or the product said no.

        A refusal for the state of things belongs to the play; that the wrong person asked, or any other error, does not.
        """
        try:
            self.walk.rest(timedelta(hours=next(self.road)))
        except (StopIteration, TimeIsUp):
            return False
        except NotAllowed:
            raise
        except Refused as no:
            self.stopped = no.reasons[0].code
            return False
        return True

    def _road(self) -> Waits:
        walk, dice = self.walk, self.dice
        if walk.order is None:
            customer, goods = dice.choice(OLD_GOODS if self.plot.before == "old" else WANTS)
            channel = dice.choice(["phone", "fax", "email", "visit"])
            walk.register(customer, goods, days=dice.randint(18, 45), by=self.clerk, channel=channel)
        else:
            date_lines(walk)
        yield dice.uniform(*WAITS[S.REGISTERED])
        if dice.random() < 0.8:
            intake.answer_order(order=walk.order, by=walk.clerk, at=walk.tick(), note="已核对，按订单执行")
            yield dice.uniform(0.1, 1)
        for _station in range(LONGEST):
            if (state := walk.fresh().state) in ENDS:
                break
            if state == self.turn:
                yield from making.turn(self)
            else:
                yield from STATIONS.get(state, onward)(self)
            yield dice.uniform(*WAITS.get(walk.fresh().state, (0, 0)))
        else:
            raise AssertionError(f"{walk.order} ({self.plot}) does not get on from {walk.order.state}")
        yield from after.afterwards(self)

    def child(self, order: object) -> None:
        """A new order that came of this one lives on its own."""
        walk = Walk(self.walk.at, pace=self.walk.pace, dice=self.dice, until=self.walk.until)
        walk.order = order  # type: ignore[assignment]
        self.next.append(Life(walk, random.Random(self.dice.random()), Plot(), self.clerk))  # noqa: S311


def onward(life: Life) -> Waits:
    """The next stage as usual, unless this is where the order is lost, taken back or kept waiting."""
    walk, story = life.walk, life.plot.before
    here = walk.order.state == life.lost_in
    if here and story == "withdrawn":
        intake.withdraw(order=walk.order, by=walk.clerk, at=walk.tick(), reason="项目取消")
    elif here and story == "taken back" and not walk.order.intake:
        intake.take_back(order=walk.order, by=walk.clerk, at=walk.tick(), reason="客户改了规格")
    elif here and story == "lapsed":
        while walk.fresh().state not in ENDS:  # the customer is silent until the clock of the validity ends it
            yield DAY
    else:
        if here and story == "extended":
            longer(life)
        walk.onward()
    yield from ()


def date_lines(walk: Walk) -> None:
    """An order made by another one says nothing yet of when."""
    day = localtime(walk.at).date() + timedelta(days=21)
    lines = [
        LineInput(item=line.item, quantity=line.quantity, spec=line.spec, unit_price=line.unit_price, line_no=line.line_no, wanted_date=day)
        for line in goods_lines(walk.order)
    ]
    intake.edit_intake(order=walk.order, by=walk.clerk, at=walk.tick(), lines=lines)


def longer(life: Life) -> None:
    walk = life.walk
    assert walk.order.valid_until is not None
    until = walk.order.valid_until + timedelta(days=14)
    intake.extend_validity(order=walk.order, by=walk.clerk, at=walk.tick(), valid_until=until, reason="客户预算下月批复")


def confirm(life: Life) -> Waits:
    life.walk.confirm(needs_design=life.plot.before == "designed")
    yield from ()


def opinions(life: Life) -> Waits:
    """One after another, of an irregular order after its meeting; a story about dates begins with somebody who cannot keep them."""
    walk, order = life.walk, life.walk.order
    if waits_for_meeting(order):
        yield from meet(life)
    troubled = life.plot.before in ("later", "refused", "overruled") and order.reviews.count() == 1
    assert order.wanted_date is not None
    for nth, opinion in enumerate(order.reviews.get(counts=True, state="open").opinions.order_by("pk")):
        said = {"verdict": Verdict.LATER, "earliest_date": order.wanted_date + timedelta(days=7), "comment": "装配线满载"}
        known = said if troubled and not nth else {"verdict": Verdict.FEASIBLE}
        review.give_opinion(opinion=opinion, by=walk.product(Role(opinion.role)), at=walk.tick(), **known)  # type: ignore[arg-type]
        yield life.dice.uniform(0.1, 2)


def meet(life: Life) -> Waits:
    walk = life.walk
    meeting = walk.call_meeting()
    yield life.dice.uniform(0.2, 4)
    walk.send_papers(meeting)
    yield life.dice.uniform(4, 12)
    walk.answer_papers(meeting)
    walk.hold_meeting(meeting)
    yield life.dice.uniform(0.2, 3)


def negotiate(life: Life) -> Waits:
    walk = life.walk
    if life.plot.before == "later":
        assert walk.order.wanted_date is not None
        agreed = walk.order.wanted_date + timedelta(days=7)
        review.propose_date(order=walk.order, by=walk.clerk, at=walk.tick(), wanted_date=agreed, note="李经理电话同意")
    else:
        review.ask_refusal(order=walk.order, by=walk.clerk, at=walk.tick(), reason="客户不能延期")
    yield from ()


def decide_refusal(life: Life) -> Waits:
    walk, by = life.walk, life.walk.product(Role.GENERAL_MANAGER)
    if life.plot.before == "refused":
        review.approve_refusal(order=walk.order, by=by, at=walk.tick(), reason="产能不足，客户不同意延期")
    else:
        day = walk.order.wanted_date
        assert day is not None
        review.overrule_refusal(order=walk.order, by=by, at=walk.tick(), reviewed_date=day, reason="重点客户，安排加班")
    yield from ()


def sign(life: Life) -> Waits:
    life.walk.sign_for_us()
    yield life.dice.uniform(0.5, 14)
    if life.walk.fresh().state == S.CONTRACTED:
        life.walk.sign()
        yield life.dice.uniform(1, 10)
    if life.walk.fresh().state == S.SIGNED:
        life.walk.pay("effect")


STATIONS: dict[str, Callable[[Life], Waits]] = {
    S.REGISTERED: confirm,
    S.IN_REGULAR_REVIEW: opinions,
    S.IN_IRREGULAR_REVIEW: opinions,
    S.NEGOTIATING: negotiate,
    S.REFUSAL_PENDING: decide_refusal,
    S.CONTRACTED: sign,
    S.PLANNED: making.make,
    S.IN_PRODUCTION: making.make,
    S.STOCKED: after.ship,
    S.SHIPPING: after.deliver,
    S.INVOICED: after.close,
}
