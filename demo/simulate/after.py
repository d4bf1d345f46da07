"""From the store to the customer and after: in parts, short, damaged, not received; services and returns, money, the end."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from aftersales import services as aftersales
from aftersales.models import ServiceRequest
from demo import walk_after, walk_delivery
from demo.simulate.plots import Waits
from finance.models import Refund
from orders.services.ledger import goods_lines, quantities
from organization.roles import Role
from shipping.models import Shipment, Shortage

if TYPE_CHECKING:
    from demo.simulate.life import Life


def ship(life: Life) -> Waits:
    """All at once, or the first half of each line before the other."""
    walk = life.walk
    halves = {no: quantity // 2 for no, quantity in walk.in_store().items() if quantity >= 2}
    walk.ship(halves if life.plot.after == "partial" and halves else None)
    yield from ()


def deliver(life: Life) -> Waits:
    """What is still in store follows; everything on its way arrives, the first of it as the story tells."""
    walk = life.walk
    if any(walk.in_store().values()):
        walk.ship()
    for shipment in Shipment.objects.filter(order=walk.order, state="dispatched").order_by("pk"):
        yield from arrive(life, shipment)
    for row in ServiceRequest.objects.filter(order=walk.order, kind="damage").exclude(state="closed").order_by("pk"):
        yield from serve(life, row)


def arrive(life: Life, shipment: Shipment) -> Waits:
    walk, dice = life.walk, life.dice
    story = ARRIVALS.get(life.plot.after)
    if story is None or shipment.follows_id:
        walk.receive(shipment)
    else:
        yield from story(life, shipment)
    yield dice.uniform(0.2, 2)


def late(life: Life, shipment: Shipment) -> Waits:
    """Nobody brings the receipt back for days; now and then never, and then it counts as received by itself."""
    days = life.dice.choice([3, 5, 12])
    for _day in range(days):
        yield 8
    if Shipment.objects.get(pk=shipment.pk).state == "dispatched":
        life.walk.receive(shipment)


def short(life: Life, shipment: Shipment) -> Waits:
    """A piece is missing: found, sent again, or credited; what was paid for it is paid back."""
    walk, dice = life.walk, life.dice
    row = walk_delivery.receive_short(walk, shipment)
    yield from make_good(life, row, dice.choice(["found", "resent", "credited"]))


def damaged(life: Life, shipment: Shipment) -> Waits:
    """Received with dents: the cause is found, and sometimes somebody pays for it."""
    walk, dice = life.walk, life.dice
    damage = walk_delivery.receive_damaged(walk, shipment)
    yield dice.uniform(1, 12)
    walk_delivery.find_cause(walk, damage)
    if dice.random() < 0.5:
        yield dice.uniform(1, 12)
        claim = walk_delivery.claim(walk, damage.shipment, reason="木箱开裂", damage=damage)
        yield dice.uniform(8, 40)
        walk_delivery.settle(walk, claim)


def not_received(life: Life, shipment: Shipment) -> Waits:
    """Traced by transport: it stands elsewhere, and comes."""
    walk, dice = life.walk, life.dice
    trace = walk_delivery.report_missing(walk, shipment)
    yield dice.uniform(0.5, 7)
    walk_delivery.answer(walk, trace)
    yield dice.uniform(8, 16)
    walk.receive(shipment)


def lost(life: Life, shipment: Shipment) -> Waits:
    """Traced by transport and given up: every line is missing from then on, sent again if there is stock or credited, and the
    carrier pays for it."""
    walk, dice = life.walk, life.dice
    trace = walk_delivery.report_missing(walk, shipment)
    yield dice.uniform(0.5, 7)
    walk_delivery.give_up(walk, trace)
    yield dice.uniform(1, 8)
    claim = walk_delivery.claim(walk, shipment, reason="整车货物遗失")
    for row in Shortage.objects.filter(shipment=shipment, state="open").order_by("pk"):
        yield from make_good(life, row, "resent")
    yield dice.uniform(8, 40)
    walk_delivery.settle(walk, claim)


def make_good(life: Life, row: Shortage, outcome: str) -> Waits:
    """What is missing is found, sent again and received, or credited; what was paid for it is paid back."""
    walk, dice = life.walk, life.dice
    yield dice.uniform(2, 12)
    again = walk_delivery.settle_short(walk, row, outcome)
    if again is not None:
        yield dice.uniform(2, 12)
        walk.send(again)
        yield dice.uniform(6, 20)
        walk.receive(again)
    yield from afterwards(life)


ARRIVALS = {"receipt late": late, "short": short, "damaged": damaged, "not received": not_received, "lost": lost}


def close(life: Life) -> Waits:
    """The customer has their say, and the goods that come back come back, before the last money and the end."""
    walk, dice, story = life.walk, life.dice, life.plot.after
    if dice.random() < 0.6:
        walk_after.rate(walk, stars=dice.choice([3, 4, 4, 5, 5, 5]), words="交货及时，服务周到")
        yield dice.uniform(1, 8)
    if story == "service":
        yield from service(life)
    elif story in ("returned", "exchanged", "return refused"):
        yield from bring_back(life, {"returned": "refund", "exchanged": "exchange"}.get(story, ""))
    walk.close()


def service(life: Life) -> Waits:
    """A call about a noise."""
    row = walk_after.ask_service(life.walk)
    yield life.dice.uniform(0.2, 3)
    yield from serve(life, row)


def serve(life: Life, row: ServiceRequest) -> Waits:
    walk, dice = life.walk, life.dice
    walk_after.contact(walk, row)
    yield dice.uniform(0.5, 8)
    walk_after.solve(walk, row)
    yield dice.uniform(2, 16)
    walk_after.agree(walk, row)


def bring_back(life: Life, outcome: str) -> Waits:
    """One piece of the first delivered line: refused, or fetched, inspected and settled."""
    walk, dice = life.walk, life.dice
    known = quantities(walk.order)
    line = next(line for line in goods_lines(walk.order) if known[line.pk].delivered >= 1)
    request = walk_after.apply(walk, {line.line_no: Decimal(1)}, wanted=outcome or "refund")
    yield dice.uniform(1, 12)
    if not outcome:
        head = walk.sales(Role.AFTERSALES_HEAD)
        aftersales.refuse_return(request=request, reason="现场检查属安装不当", by=head, at=walk.tick())
        return
    walk_after.accept(walk, request)
    yield dice.uniform(8, 24)
    walk_after.fetch(walk, request)
    yield dice.uniform(1, 8)
    walk_after.settle(walk, request, outcome=outcome)
    if outcome == "exchange":
        life.child(aftersales.order_exchange(request=request, by=walk.clerk, at=walk.tick()))
        while any(refund.waits_for_exchange for refund in Refund.objects.filter(order=walk.order)):  # until its contract is signed
            yield 8
    yield dice.uniform(1, 24)
    walk_after.pay_back(walk)


def afterwards(life: Life) -> Waits:
    """Refunds that were agreed while the order ended."""
    if Refund.objects.filter(order=life.walk.order, state="agreed").exists():
        yield life.dice.uniform(2, 14)
        walk_after.pay_back(life.walk)
