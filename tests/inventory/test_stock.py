"""Stock is a ledger: what is there can be rebuilt, what is reserved is reserved once, what is blocked stays."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from core.actor import SYSTEM
from core.reasons import Reason, Refused
from inventory.models import Reservation, StockBalance, StockMovement
from inventory.selectors import free_in_group, reserved_for, used_for
from inventory.services import firm_reservations, receive_stock, release_reservations, reserve_stock, scrap_stock, use_reservations
from tests.factories.stock import an_item, company, in_stock, violations
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal


def reserve(item, quantity, *, order=1, line=11, companies=("KG",), firm=True):
    ids = [company(code).pk for code in companies]
    return reserve_stock(
        item_id=item.pk,
        company_ids=ids,
        quantity=D(quantity),
        purpose="line",
        reference_id=line,
        order_id=order,
        firm=firm,
        at=MONDAY_9AM,
    )


def use(line, quantity, *, kind="ship", source=("tests.shipment", 1)):
    return use_reservations(purpose="line", reference_id=line, quantity=D(quantity), kind=kind, source=source, by=SYSTEM, at=MONDAY_9AM)


@pytest.mark.req("INV-01")
def test_the_same_receipt_booked_twice_counts_once():
    item = an_item()
    goods = {
        "item_id": item.pk,
        "company_id": company().pk,
        "blocked": False,
        "source": ("tests.arrival", 7),
        "by": SYSTEM,
        "at": MONDAY_9AM,
    }
    first = receive_stock(quantity=D(5), **goods)
    again = receive_stock(quantity=D(5), **goods)
    assert (again.pk, again.on_hand, StockMovement.objects.filter(balance=first).count()) == (first.pk, D(5), 1)
    with pytest.raises(Refused) as refused:
        receive_stock(quantity=D(6), **goods)
    assert refused.value.reasons == (Reason("booked_otherwise", booked=D(5), wanted=D(6)),)


@pytest.mark.req("INV-01")
def test_quantities_fit_the_unit():
    with pytest.raises(ValidationError):
        in_stock(an_item(unit="台"), "1.5")
    with pytest.raises(Refused):
        in_stock(an_item("TST-2"), 0)
    assert in_stock(an_item("TST-3", unit="kg"), "1.125").on_hand == D("1.125")


@pytest.mark.req("INV-02")
def test_only_free_stock_is_reserved_and_the_own_company_comes_first():
    item = an_item()
    in_stock(item, 4, blocked=True)
    in_stock(item, 3)
    in_stock(item, 5, at_company="YJ")
    assert free_in_group([item.pk]) == {item.pk: {company("KG").pk: D(3), company("YJ").pk: D(5)}}
    assert reserve(item, 6, companies=("KG", "YJ")) == D(6)
    assert free_in_group([item.pk]) == {item.pk: {company("YJ").pk: D(2)}}
    assert list(Reservation.objects.order_by("pk").values_list("balance__company__code", "quantity")) == [("KG", D(3)), ("YJ", D(3))]
    assert violations() == []


@pytest.mark.req("INV-02")
def test_two_orders_never_reserve_the_same_piece():
    item = an_item()
    in_stock(item, 10)
    assert reserve(item, 7, order=1, line=11) == D(7)
    assert reserve(item, 7, order=2, line=21) == D(3)
    assert reserved_for("line", [11, 21, 31]) == {11: D(7), 21: D(3), 31: D(0)}


@pytest.mark.req("INV-02")
def test_a_soft_reservation_becomes_firm_and_what_is_released_is_free_again():
    item = an_item()
    in_stock(item, 10)
    reserve(item, 4, firm=False)
    assert firm_reservations(order_id=1, purpose="line", at=MONDAY_9AM) == 1
    assert Reservation.objects.get().firm
    assert release_reservations(order_id=1, at=MONDAY_9AM) == D(4)
    assert release_reservations(order_id=1, at=MONDAY_9AM) == D(0)
    assert free_in_group([item.pk])[item.pk] == {company().pk: D(10)}
    assert violations() == []


@pytest.mark.req("INV-01", "INV-02")
def test_reserved_goods_leave_once_however_often_the_dispatch_is_reported():
    item = an_item()
    in_stock(item, 3, batch="A")
    in_stock(item, 3, batch="B")
    reserve(item, 5)
    assert [movement.quantity for movement in use(11, 4)] == [D(-3), D(-1)]
    assert len(use(11, 4)) == 2
    assert (reserved_for("line", [11])[11], used_for("line", [11])[11]) == (D(1), D(4))
    with pytest.raises(Refused) as refused:
        use(11, 2, source=("tests.shipment", 2))
    assert refused.value.reasons == (Reason("too_little_reserved", reserved=D(1), wanted=D(2)),)
    use(11, 1, source=("tests.shipment", 2))
    assert Reservation.objects.filter(closed_at=None).count() == 0
    assert violations() == []


def test_one_shipment_takes_two_lines_of_the_same_item_from_one_place():
    item = an_item()
    balance = in_stock(item, 5)
    reserve(item, 2, line=11)
    reserve(item, 3, line=12)
    use(11, 2)
    use(12, 3)
    balance.refresh_from_db()
    assert (balance.on_hand, balance.reserved) == (D(0), D(0))
    assert violations() == []


@pytest.mark.req("QUA-07")
def test_blocked_goods_are_neither_reserved_nor_issued():
    item = an_item()
    balance = in_stock(item, 5, blocked=True)
    assert reserve(item, 1) == D(0)
    with pytest.raises(Refused) as refused:
        use(11, 1, kind="issue")
    assert refused.value.reasons == (Reason("too_little_reserved", reserved=D(0), wanted=D(1)),)
    scrap = {"balance_id": balance.pk, "source": ("tests.scrap", 1), "by": SYSTEM, "at": MONDAY_9AM}
    with pytest.raises(Refused) as refused:
        scrap_stock(quantity=D(6), **scrap)
    assert refused.value.reasons == (Reason("too_little_blocked", field="quantity", blocked=D(5), wanted=D(6)),)
    scrap_stock(quantity=D(2), **scrap)
    scrap_stock(quantity=D(2), **scrap)
    balance.refresh_from_db()
    assert (balance.on_hand, balance.blocked) == (D(3), D(3))


def test_free_goods_are_not_scrapped():
    balance = in_stock(an_item(), 5)
    with pytest.raises(Refused):
        scrap_stock(balance_id=balance.pk, quantity=D(1), source=("tests.scrap", 1), by=SYSTEM, at=MONDAY_9AM)


@pytest.mark.req("INV-01")
@pytest.mark.parametrize("figure", ["on_hand", "blocked", "reserved"])
def test_a_balance_changed_beside_the_ledger_is_found(figure):
    item = an_item()
    balance = in_stock(item, 10, batch="X")
    in_stock(item, 4, blocked=True, batch="X")
    reserve(item, 2)
    assert violations() == []
    balance.refresh_from_db()
    StockBalance.objects.filter(pk=balance.pk).update(**{figure: getattr(balance, figure) + 1})
    assert violations() != []


def test_a_use_without_its_movement_is_found():
    item = an_item()
    in_stock(item, 5)
    reserve(item, 3)
    Reservation.objects.update(used=D(1))
    assert len(violations()) == 2


def test_a_reservation_looks_only_at_places_with_something_free():
    """Emptied batches stay for ever; what a reservation reads and locks must not grow with them."""
    item = an_item()
    in_stock(item, 2, location="A-01")
    spoken_for, free = in_stock(item, 3, location="A-02"), in_stock(item, 4, location="A-03")
    reserve(item, 2, line=11)
    use(11, 2)
    reserve(item, 3, line=12)
    assert Reservation.objects.get(reference_id=12).balance_id == spoken_for.pk
    assert [place.pk for place in StockBalance.objects.free().filter(item=item)] == [free.pk]
    assert free_in_group([item.pk]) == {item.pk: {company("KG").pk: D(4)}}
