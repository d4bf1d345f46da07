"""C3: many want the same pieces at once. Real rows, real locks, and a control run that shows what the lock is for."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from core.actor import SYSTEM
from core.facts import act
from inventory import services
from inventory.models import Reservation, StockBalance
from tests.factories.stock import an_item, company, in_stock, violations
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
D = Decimal
BUYERS, PIECES = 20, 10


def at_once(count: int, do: Callable[[int], Any]) -> list[Any]:
    """All start together, each on a connection of its own; returns what each got, or the exception that it met."""
    start, got = Barrier(count), [None] * count

    def run(n: int) -> None:
        try:
            start.wait(20)
            got[n] = do(n)
        except Exception as problem:
            got[n] = problem
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return got


def buy(item: Any, n: int) -> Decimal:
    return services.reserve_stock(
        item_id=item.pk,
        company_ids=[company().pk],
        quantity=D(1),
        purpose="line",
        reference_id=n,
        order_id=n,
        firm=True,
        at=MONDAY_9AM,
    )


@pytest.mark.req("INV-01", "INV-02")
def test_twenty_buyers_of_ten_pieces_get_exactly_ten():
    item = an_item()
    in_stock(item, PIECES)
    got = at_once(BUYERS, lambda n: buy(item, n))
    assert sorted(got) == [D(0)] * (BUYERS - PIECES) + [D(1)] * PIECES
    assert Reservation.objects.count() == PIECES
    assert violations() == []


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self.all())
    yield


def test_without_the_lock_the_same_pieces_are_sold_twice(no_locks):
    """The control run: the proof above would notice a missing lock."""
    item = an_item()
    in_stock(item, PIECES)
    got = at_once(BUYERS, lambda n: buy(item, n))
    assert got.count(D(1)) != PIECES or violations() != []


@pytest.mark.req("INV-02")
def test_orders_with_two_items_in_opposite_order_do_not_wait_for_each_other():
    first, second = an_item("TST-1"), an_item("TST-2")
    in_stock(first, PIECES)
    in_stock(second, PIECES)

    @act
    def both(n: int) -> Decimal:
        items = [first, second] if n % 2 else [second, first]
        services.hold_items([item.pk for item in items])
        return sum((buy(item, n) for item in items), D(0))

    got = at_once(BUYERS, both)
    assert sorted(got) == [D(0)] * (BUYERS - PIECES) + [D(2)] * PIECES
    assert violations() == []


@pytest.mark.req("INV-01")
def test_a_new_place_found_by_many_at_once_is_one_place():
    item = an_item()
    got = at_once(8, lambda n: in_stock(item, 1, location="N-01").pk)
    assert len(set(got)) == 1
    assert StockBalance.objects.get(item=item).on_hand == D(8)
    assert violations() == []


def test_a_dispatch_reported_many_times_at_once_leaves_once():
    item = an_item()
    in_stock(item, PIECES)
    for _ in range(6):
        buy(item, 1)

    def ship(n: int) -> int:
        goods = {"purpose": "line", "reference_id": 1, "quantity": D(6), "kind": "ship", "source": ("tests.shipment", 1)}
        return len(services.use_reservations(by=SYSTEM, at=MONDAY_9AM, **goods))

    assert set(at_once(8, ship)) == {6}
    assert StockBalance.objects.get(item=item).on_hand == D(4)
    assert violations() == []
