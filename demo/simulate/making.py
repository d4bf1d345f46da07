"""From the effective contract to the store: parts, work and inspection, and what comes between: changes, cancelling, shortages, delay."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.timezone import localtime

from demo import walk_after, walk_changes
from demo.simulate.plots import Waits
from orders.models import ChangeRequest
from orders.services import progress
from orders.services.change import cancel, outcome
from orders.services.ledger import goods_lines
from orders.services.shortage import decide_shortage, record_shortage
from orders.workflow import OrderState as S
from orders.workflow.change import OVER
from organization.roles import Role
from production import services as production
from quality import services as quality
from quality.models import Inspection, Nonconformity

if TYPE_CHECKING:
    from demo.simulate.life import Life

STEPS = 12  # of a change; one that needs more does not move


def turning_point(life: Life) -> str:
    """In which state the story of the making begins; none for a quiet one."""
    states = {
        "cancelled": (S.EFFECTIVE, S.INSTRUCTED, S.PLANNED, S.IN_PRODUCTION, S.STOCKED),
        "changed, class 1": (S.EFFECTIVE, S.INSTRUCTED, S.PLANNED, S.IN_PRODUCTION, S.STOCKED),
        "changed, class 2": (S.EFFECTIVE, S.INSTRUCTED, S.PLANNED, S.IN_PRODUCTION, S.STOCKED),
        "changed, class 3": (S.EFFECTIVE, S.INSTRUCTED, S.PLANNED, S.IN_PRODUCTION),
        "shortage": (S.INSTRUCTED, S.PLANNED, S.IN_PRODUCTION),
    }.get(life.plot.making, ())
    return life.dice.choice(states) if states else ""


def turn(life: Life) -> Waits:
    """The order has come to its turning point; there is one."""
    life.turn = ""
    if life.plot.making == "cancelled":
        yield from call_off(life)
    elif life.plot.making == "shortage":
        yield from run_short(life)
    else:
        yield from change(life, int(life.plot.making[-1]))


# --- the usual ----------------------------------------------------------------------------------------------------------------------------


def make(life: Life) -> Waits:
    """Parts, work, inspection, store; in between, days. Once more when a change has left something to do."""
    walk, dice = life.walk, life.dice
    walk.order_parts()
    yield dice.uniform(12, 50)
    walk.receive_parts()
    yield dice.uniform(1, 6)
    if life.plot.after == "partial":
        yield from ship_early(life)
    yield from work(life)
    if walk.fresh().state == S.IN_PRODUCTION and life.turn == S.IN_PRODUCTION:
        return  # the turning point comes before the goods are handed over
    if life.plot.making == "late":
        yield from fall_behind(life)
    if dice.random() < 0.7:
        follow_up(life)
    walk.finish_goods()
    yield dice.uniform(0.5, 5)
    if life.plot.making == "rework":
        yield from rework(life)
    walk.inspect()
    walk.put_away()


def work(life: Life) -> Waits:
    """The tasks in their order; where the order turns off in production, only the first one before."""
    walk = life.walk
    for nth, task in enumerate(walk.tasks()):
        if nth and life.turn == S.IN_PRODUCTION:
            return
        if task.state == "issued":
            task = production.start_task(task=task, by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())
            yield life.dice.uniform(1, 7)
        production.finish_task(task=task, by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())


def ship_early(life: Life) -> Waits:
    """What is in stock goes before the rest is made."""
    walk = life.walk
    if any(walk.in_store().values()):
        shipment = walk.ship()
        yield life.dice.uniform(6, 20)
        walk.receive(shipment)


def follow_up(life: Life, verdict: str = "on_track", note: str = "装配完成，待终检") -> None:
    walk = life.walk
    day = walk.order.promised_date
    assert day is not None
    by = walk.holder(walk.order.order_manager_post)
    expected = day if verdict == "on_track" else max(day, localtime(walk.at).date()) + timedelta(days=5)
    progress.record_follow_up(order=walk.order, by=by, at=walk.tick(), verdict=verdict, expected_date=expected, note=note)


def fall_behind(life: Life) -> Waits:
    """Work stops until the promised day is over."""
    walk = life.walk
    day = walk.fresh().promised_date
    assert day is not None
    while localtime(walk.at).date() <= day:
        yield 8
    yield life.dice.uniform(4, 30)


def rework(life: Life) -> Waits:
    """The inspector rejects one piece; it is reworked and inspected again with the rest of the day."""
    walk = life.walk
    row = Inspection.objects.filter(order_id=walk.order.pk, state="waiting", line_id__isnull=False).order_by("pk").first()
    if row is None:
        return
    by = walk.who(Role.INSPECTOR, row.company_id)
    quality.finish_inspection(
        inspection=row, accepted=Decimal(row.quantity - 1), rejected=Decimal(1), findings="漆面划伤", by=by, at=walk.tick()
    )
    found = Nonconformity.objects.get(inspection=row)
    head = walk.who(Role.QUALITY_HEAD, row.company_id)
    quality.decide_nonconformity(nonconformity=found, disposition="rework", reason="补漆后复检", by=head, at=walk.tick())
    yield life.dice.uniform(2, 8)
    quality.finish_rework(nonconformity=found, by=by, at=walk.tick())


# --- what comes between -------------------------------------------------------------------------------------------------------------------


def change(life: Life, klass: int) -> Waits:
    """The customer wants it otherwise: another address, one more, or another structure; through the change's own life to its end."""
    walk = life.walk
    line = goods_lines(walk.order)[0]
    wanted = {
        1: {"header": {"delivery_address": "杭州余杭仓前二期工地"}},
        2: walk_changes.one_more(walk),
        3: {"lines": {str(line.pk): {"structural": True, "spec": "母线改 4000A"}}},
    }[klass]
    found = walk_changes.ask(walk, wanted)
    for _step in range(STEPS):
        yield life.dice.uniform(0.5, 7)
        walk.fresh()
        found = ChangeRequest.objects.get(pk=found.pk)
        if found.state in OVER:
            walk.pay("effect")  # more goods, more deposit
            return
        walk_changes.onward(walk, found, max(klass, found.proposed_class or 1))
    raise AssertionError(f"{found} of {walk.order} does not get on from {found.state}")


def call_off(life: Life) -> Waits:
    """The project has died: rows decided, a charge agreed, the sales head ends it, and money goes back or comes in."""
    walk = life.walk
    found = walk_changes.ask_cancel(walk)
    yield life.dice.uniform(1, 10)
    walk_changes.answer_recalls(walk, turns_round=True)
    walk_changes.decide(walk, found)
    yield life.dice.uniform(1, 10)
    charge = (walk.fresh().amount * Decimal("0.05")).quantize(Decimal("0.01"))
    outcome.agree_charge(change=found, charge=charge, charge_note="王工来电同意", by=walk.clerk, at=walk.tick())
    yield life.dice.uniform(1, 10)
    cancel.cancel_order(order=walk.order, reason="客户项目停建", by=walk.sales(Role.SALES_HEAD), at=walk.tick())
    yield life.dice.uniform(2, 14)
    walk.receive_parts()
    walk.pay()
    walk_after.pay_back(walk)


def run_short(life: Life) -> Waits:
    """Something is missing that nobody planned for: told to the customer, delayed, bought again or shipped in parts."""
    walk, dice = life.walk, life.dice
    line = goods_lines(walk.order)[0]
    manager = walk.holder(walk.order.order_manager_post)
    assert line.item is not None
    row = record_shortage(
        order=walk.order, line=line, item=line.item, quantity=Decimal(1), cause="库存柜体压坏", by=manager, at=walk.tick()
    )
    yield dice.uniform(1, 12)
    told, what = dice.choice([("晚一周交货", "delay"), ("另购补齐，交期不变", "buy"), ("先发一部分，其余随后", "part_ship")])
    day = localtime(walk.at).date() + timedelta(days=20) if what == "delay" else None
    decide_shortage(shortage=row, outcome=what, told=f"电话告知王工：{told}", new_date=day, by=manager, at=walk.tick())
