"""CUS-04, each occasion as it happens: the customer is written to after the act has committed, in Chinese, once."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from core.facts import act
from core.models import Delivery, Reaction
from core.outbox import send_due
from demo import walk_after, walk_changes
from demo.walk import Walk
from finance.models import Refund
from orders.models import ChangeRequest, Customer
from orders.services import progress
from orders.services.change import outcome
from orders.services.shortage import decide_shortage, record_shortage
from orders.workflow import OrderState as S
from organization.roles import Role
from shipping.models import Shipment
from shipping.services import move_arrival
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-04")]
Last = Callable[[], Any]


@pytest.fixture
def walk(db: None) -> Walk:
    Customer.objects.filter(code="C0003").update(email="wang@huidian.example")
    return Walk(MONDAY_9AM)


def to(walk: Walk, state: str) -> Walk:
    walk.register("C0003", [("GGD", 2)])
    walk.to(state)
    return walk


def titles(walk: Walk) -> list[str]:
    written = Delivery.objects.filter(key__startswith="customer-", order_id=walk.order.pk if walk.order else None)
    return [row.title for row in written.order_by("pk")]


def later(walk: Walk, days: int) -> Any:
    return walk.order.promised_date + timedelta(days=days)


# --- the occasions: what went before, and the one act on which the customer hears ---------------------------------------------------


def registered(walk: Walk) -> Last:
    return lambda: walk.register("C0003", [("GGD", 2)])


def confirmed(walk: Walk) -> Last:
    to(walk, S.REGISTERED)
    return walk.confirm


def instructed(walk: Walk) -> Last:
    return to(walk, S.EFFECTIVE).instruct


def stocked(walk: Walk) -> Last:
    to(walk, S.PLANNED).buy()
    walk.work()
    walk.finish_goods()
    walk.inspect()
    return walk.put_away


def dispatched(walk: Walk) -> Last:
    return to(walk, S.STOCKED).ship


def delivered(walk: Walk) -> Last:
    shipment = to(walk, S.STOCKED).ship()
    return lambda: walk.receive(shipment)


def date_moved_by_our_check(walk: Walk) -> Last:
    to(walk, S.INSTRUCTED)
    given = {"verdict": "late", "expected_date": later(walk, 5), "note": "母线缺料"}
    return lambda: progress.record_follow_up(order=walk.order, by=walk.holder(walk.order.order_manager_post), at=walk.tick(), **given)


def date_moved_by_a_late_signature(walk: Walk) -> Last:
    to(walk, S.CONTRACTED).sign_for_us()
    walk.at += timedelta(days=9)
    return walk.sign


def date_moved_by_a_change(walk: Walk) -> Last:
    to(walk, S.INSTRUCTED)
    change = walk_changes.change(walk, {"date": later(walk, 7).isoformat()}, until="noticed")
    while change.circulated_at is None:
        walk_changes.onward(walk, change)
        change.refresh_from_db()
    return lambda: walk_changes.onward(walk, ChangeRequest.objects.get(pk=change.pk))


def shortage(walk: Walk, outcome: str, told: str, days: int = 0) -> Last:
    line = to(walk, S.INSTRUCTED).order.lines.get()
    by = walk.holder(walk.order.order_manager_post)
    row = record_shortage(order=walk.order, line=line, item=line.item, quantity=Decimal(1), cause="错料", by=by, at=walk.tick())
    new = later(walk, days) if days else None
    return lambda: decide_shortage(shortage=row, outcome=outcome, told=told, note="内部", new_date=new, by=by, at=walk.tick())


def date_moved_by_a_shortage(walk: Walk) -> Last:
    return shortage(walk, "delay", "母线排到货晚两周", 14)


def short_but_in_time(walk: Walk) -> Last:
    return shortage(walk, "buy", "另行采购，交期不变")


def arrival_moved(walk: Walk) -> Last:
    shipment = to(walk, S.STOCKED).ship()
    by, day = walk.who(Role.TRANSPORT_HEAD), walk.at + timedelta(days=3)
    return lambda: move_arrival(shipment=Shipment.objects.get(pk=shipment.pk), arrives_at=day, reason="高速封路", by=by, at=walk.tick())


def refunded(walk: Walk) -> Last:
    to(walk, S.CLOSED)
    walk_after.take_back(walk, walk_after.apply(walk, {1: Decimal(1)}))
    assert Refund.objects.filter(order=walk.order, state="agreed").exists()
    assert not any("退款" in title for title in titles(walk)), "what is only booked is not paid yet"
    return lambda: walk_after.pay_back(walk)


def change_refused(walk: Walk) -> Last:
    change = walk_changes.ask(to(walk, S.INSTRUCTED))
    return lambda: outcome.refuse_change(change=change, reason="母线已下料", by=walk.clerk, at=walk.tick())


def cancelled(walk: Walk) -> Last:
    to(walk, S.INSTRUCTED)
    return lambda: walk_changes.cancel_order(walk)


# Part of the title, and what the text says; "+5" is the day so long after the promise.
TOLD: list[tuple[Callable[[Walk], Last], str, list[str]]] = [
    (registered, "已收到", ["我们已收到您的订单"]),
    (confirmed, "要求已确认", []),
    (instructed, "已投产", []),
    (stocked, "已备齐", []),
    (dispatched, "已发出", ["金永康"]),
    (delivered, "已送达", []),
    (date_moved_by_our_check, "交货期变动", ["+5", "+0", "核对实际进度"]),
    (date_moved_by_a_late_signature, "交货期变动", ["天后才返回"]),
    (date_moved_by_a_change, "交货期变动", ["+7", "+0", "更改申请 CR"]),
    (date_moved_by_a_shortage, "交货期变动", ["+14", "+0", "母线排到货晚两周"]),
    (short_but_in_time, "缺货", ["GGD", "另行采购，交期不变"]),
    (arrival_moved, "到货时间变动", ["高速封路"]),
    (refunded, "退款已付", ["付出"]),
    (change_refused, "更改申请", ["母线已下料"]),
    (cancelled, "已取消", ["客户项目停建"]),
]


@pytest.mark.req("FUP-06", "INV-06", "RET-04")
@pytest.mark.parametrize(("story", "title", "words"), TOLD, ids=[row[0].__name__ for row in TOLD])
def test_the_customer_is_written_to_after_commit_in_chinese_once(walk: Walk, story: Callable[[Walk], Last], title: str, words: list[str]):
    last = story(walk)
    before, promise = titles(walk) if walk.order else [], walk.order.promised_date if walk.order else None

    @act
    def not_committed_yet() -> None:
        last()
        assert titles(walk) == before, "nothing is written before it is sure"

    not_committed_yet()
    about = [each for each in titles(walk)[len(before) :] if title in each]
    assert len(about) == 1 and about[0].startswith(f"订单 {walk.order.number}"), titles(walk)
    row = Delivery.objects.get(order_id=walk.order.pk, title=about[0])
    for said in words:
        told = f"{promise + timedelta(days=int(said))}" if said.startswith("+") and promise else said
        assert told in row.body, row.body
    assert "内部" not in row.body and "母线缺料" not in row.body, "what is said in the house stays there"
    assert not Reaction.objects.filter(done_at=None, handler__startswith="portal").exists()
    mail.outbox.clear()
    send_due(walk.at + timedelta(days=1), limit=500)
    assert [each.subject for each in mail.outbox].count(row.title) == 1
