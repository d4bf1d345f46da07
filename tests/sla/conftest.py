"""An order noted on Monday at nine by the clerk Zhou Min; what happens to it is published here, so that each clock stands alone."""

from collections.abc import Callable, Iterator
from copy import copy
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.actor import SYSTEM, Actor
from core.facts import Event, publish
from inventory.models import Item
from orders.models import Customer, Order
from orders.services.intake import LineInput, register_order
from sla import declare as declared
from sla.declare import Clock
from sla.models import RunningClock, Step
from sla.rules import sync_rules
from tests.personas import MONDAY_9AM, SHANGHAI


def at(text: str) -> datetime:
    """ "11-23 14:00" in Shanghai, in the year of the stories."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


def told(clock: RunningClock) -> list[tuple[str, int | None]]:
    """(step, person) in the order in which they were taken."""
    return list(Step.objects.filter(clock=clock).order_by("pk").values_list("name", "person_id"))


@pytest.fixture
def register(clerk_zhou: Actor) -> Callable[..., Order]:
    def registered(when: datetime = MONDAY_9AM, **header: Any) -> Order:
        line = LineInput(item=Item.objects.get(code="GGD"), quantity=Decimal(2), spec="标准配置")
        customer = Customer.objects.get(code="C0003")
        return register_order(by=clerk_zhou, at=when, customer=customer, channel="phone", received_at=when, lines=[line], **header)

    return registered


@pytest.fixture
def order(register: Callable[..., Order]) -> Order:
    return register()


@pytest.fixture
def happens(order: Order) -> Callable[..., None]:
    """`happens(ReviewWasOpened, at("11-23 10:00"), review_id=1, ...)`: the fact, about the order, and nothing else."""

    def happened(event: type[Event], when: datetime, **values: Any) -> None:
        publish(event(order_id=order.pk, **values), by=SYSTEM, at=when, thing=order)

    return happened


@pytest.fixture
def clock(order: Order) -> Callable[..., RunningClock]:
    """The order's last clock of that name, as it stands in the database now."""

    def found(name: str, **more: Any) -> RunningClock:
        return RunningClock.objects.filter(name=name, order_id=order.pk, **more).order_by("-pk")[0]

    return found


@pytest.fixture
def many(order: Order) -> Callable[[int], RunningClock]:
    """`many(30)`: the order's clock "answer the order" as thirty, each due a minute after the one before; no other clocks."""

    def copies(number: int, every: timedelta = timedelta(minutes=1)) -> RunningClock:
        one = RunningClock.objects.get(name="order_confirmation")
        RunningClock.objects.exclude(pk=one.pk).delete()
        rows = []
        for n in range(1, number):
            row = copy(one)
            row.pk, row.subject_id = None, one.subject_id + n
            row.warn_at, row.due_at, row.next_at = one.warn_at + n * every, one.due_at + n * every, one.warn_at + n * every
            rows.append(row)
        RunningClock.objects.bulk_create(rows, batch_size=1000)
        return one

    return copies


@pytest.fixture
def declare(db: None) -> Iterator[Callable[[Clock], None]]:
    """Declare a clock for one test only."""
    known = {name: dict(getattr(declared, name)) for name in ("CLOCKS", "STARTS", "STOPS", "CANCELS", "MOVES")}
    before = {name: {key: list(v) if isinstance(v, list) else v for key, v in some.items()} for name, some in known.items()}

    def one(clock: Clock) -> None:
        declared.declare(clock)
        sync_rules()

    yield one
    for name, some in before.items():
        getattr(declared, name).clear()
        getattr(declared, name).update(some)
