"""The store keeper says where accepted goods lie; only then can anybody use them."""

from decimal import Decimal

import pytest

from core.actor import SYSTEM
from core.reasons import NotAllowed, NotReady, Reason, Refused
from inventory.models import PutAway, Reservation, StockBalance
from inventory.selectors import free_in_group
from inventory.services import await_put_away, put_away, reserve_stock
from sla.models import RunningClock
from tests.factories.stock import an_item, company, in_stock, order_in_production, violations
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal


def waiting(balance, quantity, *, source=("tests.inspection", 1), line=None):
    goods = {"balance_id": balance.pk, "quantity": D(quantity), "source": source}
    return await_put_away(order_id=line and line.order_id, line_id=line and line.pk, by=SYSTEM, at=MONDAY_9AM, **goods)


@pytest.mark.req("PUR-07")
def test_accepted_goods_are_usable_only_after_they_were_put_away(store_keeper_qian):
    item = an_item()
    row = waiting(in_stock(item, 10, blocked=True), 8)
    assert free_in_group([item.pk]) == {item.pk: {}}
    put_away(put_away=row, location="A-01", batch="2611-3", by=store_keeper_qian, at=MONDAY_9AM)
    assert free_in_group([item.pk]) == {item.pk: {company().pk: D(8)}}
    store = StockBalance.objects.get(item=item, location="A-01")
    assert (store.batch, store.on_hand, store.blocked) == ("2611-3", D(8), D(0))
    assert StockBalance.objects.get(item=item, location="").blocked == D(2)
    assert violations() == []


@pytest.mark.req("EXE-10")
def test_goods_of_an_order_line_are_reserved_for_it_and_counted_in_store(store_keeper_qian):
    item = an_item()
    line = order_in_production(item, 2)
    row = waiting(in_stock(item, 2, blocked=True), 2, line=line)
    put_away(put_away=row, location="B-02", serials=["S1", "S2"], by=store_keeper_qian, at=MONDAY_9AM)
    held = Reservation.objects.order_by("pk").values_list("balance__batch", "quantity", "firm", "reference_id")
    assert list(held) == [("S1", D(1), True, line.pk), ("S2", D(1), True, line.pk)]
    assert (PutAway.objects.get().location, PutAway.objects.get().serials) == ("B-02", ["S1", "S2"])
    line.order = type(line.order).objects.get(pk=line.order_id)
    assert line.order.state == "stocked"
    assert reserve_stock(
        item_id=item.pk, company_ids=[company().pk], quantity=D(1), purpose="line", reference_id=99, order_id=9, firm=True, at=MONDAY_9AM
    ) == D(0)
    assert violations() == []


def test_goods_may_stay_where_they_stand(store_keeper_qian):
    item = an_item()
    balance = in_stock(item, 5, blocked=True, location="A-01", batch="X")
    put_away(put_away=waiting(balance, 5), location="A-01", by=store_keeper_qian, at=MONDAY_9AM)
    balance.refresh_from_db()
    assert (balance.on_hand, balance.blocked) == (D(5), D(0))
    assert violations() == []


def test_the_clock_of_the_store_runs_until_the_goods_are_away(store_keeper_qian):
    row = waiting(in_stock(an_item(), 1, blocked=True), 1)
    clock = RunningClock.objects.get(name="arrival_putaway")
    assert (clock.role, clock.company_id, clock.subject_id) == ("store_keeper", company().pk, row.pk)
    put_away(put_away=row, location="A-01", by=store_keeper_qian, at=MONDAY_9AM)
    clock.refresh_from_db()
    assert clock.stopped_at == MONDAY_9AM


def test_what_waits_is_spoken_for():
    balance = in_stock(an_item(), 5, blocked=True)
    assert waiting(balance, 4).pk == waiting(balance, 4).pk
    with pytest.raises(Refused) as refused:
        waiting(balance, 2, source=("tests.inspection", 2))
    assert refused.value.reasons == (Reason("too_little_blocked", field="quantity", blocked=D(1), wanted=D(2)),)


def test_serial_numbers_are_one_per_piece_and_never_twice(store_keeper_qian):
    item = an_item()
    in_stock(item, 1, batch="S9", location="A-01")
    row = waiting(in_stock(item, 2, blocked=True), 2)
    for serials, reason in (
        (["S1"], Reason("serials_do_not_match", field="serials", given=1, quantity=D(2))),
        (["S1", "S1"], Reason("serials_twice", field="serials", serials=["S1"])),
        (["S1", "S9"], Reason("serials_twice", field="serials", serials=["S9"])),
    ):
        with pytest.raises(Refused) as refused:
            put_away(put_away=row, location="A-01", serials=serials, by=store_keeper_qian, at=MONDAY_9AM)
        assert refused.value.reasons == (reason,)


def test_nobody_but_the_store_puts_away_and_only_once(store_keeper_qian, store_keeper_wei, inspector_wu, store_head_xue):
    row = waiting(in_stock(an_item(), 1, blocked=True), 1)
    for stranger in (inspector_wu, store_keeper_wei):
        with pytest.raises(NotAllowed):
            put_away(put_away=row, location="A-01", by=stranger, at=MONDAY_9AM)
    put_away(put_away=row, location="A-01", by=store_head_xue, at=MONDAY_9AM)
    with pytest.raises(NotReady):
        put_away(put_away=row, location="A-01", by=store_keeper_qian, at=MONDAY_9AM)
