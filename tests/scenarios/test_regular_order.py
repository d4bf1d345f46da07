"""Stories of whole orders, through the services."""

from decimal import Decimal

import pytest

from core.models import Reaction
from core.reasons import NotReady, Reason
from demo.walk import Walk
from inventory.models import StockBalance
from orders.services import progress
from orders.services.ledger import goods_lines, quantities
from orders.workflow import OrderState as S
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db


@pytest.mark.req("INT-01", "REV-02", "QUO-01", "CON-01", "INS-01", "PLN-01", "EXE-10", "FUP-04")
def test_a_regular_order_goes_from_enquiry_to_closed():
    walk = Walk(MONDAY_9AM)
    walk.register("C0003", [("GGD", 2), ("PZ30", 5)])
    order = walk.to(S.CLOSED)
    for line in goods_lines(order):
        q = quantities(order)[line.pk]
        assert q.ordered == q.stocked == q.noticed == q.shipped == q.delivered == q.invoiced
    assert not Reaction.objects.filter(done_at=None).exists()
