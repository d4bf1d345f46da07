"""A few dozen orders walked through the real services: some at their end, some at each stage on the way. `bench.fill` copies them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from demo.walk import ROAD, Lines, Walk
from inventory.models import Item
from inventory.services import receive_stock
from orders.services import intake, review
from orders.workflow import OrderState as S
from orders.workflow import Verdict
from organization.models import Company
from organization.roles import Role
from production import services as production

STOCKED: tuple[str, Lines] = ("C0003", [("S13-M-630/10", 2)])
MADE: tuple[tuple[str, Lines], ...] = (
    ("C0003", [("XL-21", 3), ("PZ30", 5)]),
    ("C0002", [("GGD", 4), ("GGJ", 1)]),
    ("C0001", [("LZZBJ9-10", 30)]),
    ("C0004", [("MNS", 3), ("XL-21", 2)]),
    ("C0009", [("XL-21", 3)]),
    ("C0010", [("GGD", 8), ("GGJ", 2)]),
)
END = {"closed": 5, "closed from stock": 9, "withdrawn": 3, "refused": 1}  # how many of each are walked
BY_PREPAYMENT = (S.SIGNED, S.PLANNED)  # only goods to be made for a customer who pays beforehand come to a stand here
SPECIAL = (S.IN_IRREGULAR_REVIEW, S.NEGOTIATING, S.REFUSAL_PENDING, S.SIGNED, S.IN_PRODUCTION)


def ended(at: datetime) -> int:
    """Orders that are over. Returns how many."""
    for nth in range(END["closed"]):
        order_of(nth, at).to(S.CLOSED)
    for _each in range(END["closed from stock"]):
        into_stock(at)
        walk = Walk(at)
        walk.register(*STOCKED)
        walk.to(S.CLOSED)
    for nth, state in enumerate([S.CONFIRMED, S.ACCEPTED, S.QUOTED]):
        walk = order_of(nth, at)
        walk.to(state)
        intake.withdraw(order=walk.order, by=walk.clerk, at=walk.tick(), reason="项目取消")
    walk = order_of(0, at)
    stand_at(walk, S.REFUSAL_PENDING)
    review.approve_refusal(order=walk.order, by=walk.product(Role.GENERAL_MANAGER), at=walk.tick(), reason="产能不足")
    return sum(END.values())


def under_way(at: datetime) -> int:
    """One order for every state on the road. Returns how many."""
    states = list(dict.fromkeys([*ROAD, S.EFFECTIVE, *SPECIAL]))
    for nth, state in enumerate(states):
        stand_at(order_of(0 if state in BY_PREPAYMENT else nth, at), state)
    return len(states)


def order_of(nth: int, at: datetime) -> Walk:
    walk = Walk(at)
    walk.register(*MADE[nth % len(MADE)])
    return walk


def into_stock(at: datetime) -> None:
    """Finished goods that the next order leaves with."""
    from core.actor import SYSTEM
    from core.facts import act
    from inventory.models import StockMovement

    item, company = Item.objects.get(code="S13-M-630/10"), Company.objects.get(code="BY")
    source = ("bench.walked", StockMovement.objects.count())
    act(receive_stock)(
        item_id=item.pk, company_id=company.pk, quantity=Decimal(2), blocked=False, source=source, by=SYSTEM, at=at
    )  # fmt: skip


def stand_at(walk: Walk, state: str) -> None:
    """Walk to the state; those off the straight road by the acts that lead there."""
    if state in DETOURS:
        DETOURS[state](walk)
    else:
        walk.to(state)
    assert walk.fresh().state == state, (walk.order, walk.order.state, state)


def irregular(walk: Walk) -> None:
    walk.confirm(needs_design=True)
    walk.open_review()


def negotiating(walk: Walk) -> None:
    walk.confirm()
    walk.open_review()
    wanted = walk.fresh().wanted_date
    assert wanted is not None
    walk.opinions(Verdict.LATER, earliest_date=wanted + timedelta(days=7), comment="装配线满载")


def refusal_pending(walk: Walk) -> None:
    negotiating(walk)
    review.ask_refusal(order=walk.fresh(), by=walk.clerk, at=walk.tick(), reason="客户不能延期")


def signed(walk: Walk) -> None:
    walk.to(S.CONTRACTED)
    walk.sign_for_us()
    walk.sign()


def in_production(walk: Walk) -> None:
    walk.to(S.PLANNED)
    walk.buy()
    task = next(walk.tasks())
    production.start_task(task=task, by=walk.product(Role.PRODUCTION_MANAGER), at=walk.tick())


DETOURS: dict[str, Callable[[Walk], None]] = {
    S.IN_IRREGULAR_REVIEW: irregular,
    S.NEGOTIATING: negotiating,
    S.REFUSAL_PENDING: refusal_pending,
    S.SIGNED: signed,
    S.IN_PRODUCTION: in_production,
}
