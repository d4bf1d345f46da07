"""A part of what is reserved becomes free again (CHG-09, INV-02)."""

from decimal import Decimal

import pytest

from inventory.models import Reservation, StockBalance
from inventory.selectors import reserved_for
from inventory.services import release_part, reserve_stock
from tests.factories.stock import an_item, company, in_stock, violations
from tests.personas import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.req("INV-02")]
D = Decimal
COMPONENT = Reservation.Purpose.COMPONENT


def test_the_newest_reservation_gives_first_and_never_more_than_it_holds():
    balance = in_stock(an_item(), 10)
    for quantity in (D(4), D(3)):
        reserve_stock(
            item_id=balance.item_id, company_ids=[company().pk], quantity=quantity, purpose=COMPONENT, reference_id=1, order_id=1,
            firm=True, at=MONDAY_9AM,
        )  # fmt: skip
    assert release_part(purpose=COMPONENT, reference_id=1, quantity=D(5), at=MONDAY_9AM) == D(5)
    assert reserved_for(COMPONENT, [1]) == {1: D(2)}
    assert StockBalance.objects.get(pk=balance.pk).free == D(8)
    assert release_part(purpose=COMPONENT, reference_id=1, quantity=D(5), at=MONDAY_9AM) == D(2)
    assert reserved_for(COMPONENT, [1]) == {1: D(0)}
    assert violations() == []
