"""The contract comes into force by itself: signatures and payment condition are facts, nobody presses a button (CON-01, CON-08)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core.actor import SYSTEM
from core.facts import publish
from inventory.models import Reservation
from inventory.selectors import reserved_for
from inventory.services import firm_reservations, release_reservations, reserve_stock
from orders import events
from orders.guards import contract_of, may_take_effect
from orders.models import LineMovement, Order
from orders.services.ledger import goods_lines
from orders.workflow import OrderState
from organization.models import Company


def settle_effect(order: Order, *, at: datetime) -> None:
    """Take effect when nothing is against it. The order must be locked; running it again changes nothing."""
    if order.state not in (OrderState.CONTRACTED, OrderState.SIGNED) or may_take_effect.reasons(order):
        return
    contract = contract_of(order)
    order.promised_date = contract.promised_date
    order.first_promised_date = order.first_promised_date or contract.promised_date
    order.expected_date = order.reviewed_date
    order.take("take_effect", by=SYSTEM, at=at)
    contract.take("come_into_force", by=SYSTEM, at=at)
    to_be_made = reserve_firmly(order, at=at)
    publish(
        events.ContractTookEffect(order_id=order.pk, contract_id=contract.pk, promised_date=contract.promised_date, to_be_made=to_be_made),
        by=SYSTEM,
        at=at,
        thing=order,
    )


def reserve(order: Order, *, firm: bool, at: datetime) -> None:
    """Reserve finished stock for every goods line that does not have it yet, the lead company's before its sisters' (INV-02)."""
    lines = goods_lines(order)
    held = reserved_for(Reservation.Purpose.LINE, [line.pk for line in lines])
    companies = [
        order.product_company_id,
        *Company.objects.exclude(pk=order.product_company_id).order_by("pk").values_list("pk", flat=True),
    ]
    for line in lines:
        missing = (line.quantity or Decimal(0)) - held.get(line.pk, Decimal(0))
        if missing > 0:
            reserve_stock(
                item_id=line.item_id,  # type: ignore[arg-type]
                company_ids=companies,
                quantity=missing,
                purpose=Reservation.Purpose.LINE,
                reference_id=line.pk,
                order_id=order.pk,
                firm=firm,
                at=at,
            )


def reserve_firmly(order: Order, *, at: datetime) -> bool:
    """Make soft reservations firm, reserve what has come free since, and count it as in store. Returns whether something is to be made."""
    firm_reservations(order_id=order.pk, purpose=Reservation.Purpose.LINE, at=at)
    reserve(order, firm=True, at=at)
    lines = goods_lines(order)
    held = reserved_for(Reservation.Purpose.LINE, [line.pk for line in lines])
    LineMovement.objects.bulk_create(
        [
            LineMovement(
                line=line,
                order=order,
                kind=LineMovement.Kind.STOCKED,
                quantity=held[line.pk],
                source_kind="orders.reservation",
                source_id=line.pk,
                at=at,
            )
            for line in lines
            if held.get(line.pk)
        ]
    )
    return any(held.get(line.pk, Decimal(0)) < (line.quantity or 0) for line in lines)


def release(order: Order, *, at: datetime) -> None:
    """Refused, withdrawn or taken back: nothing stays reserved (INV-02)."""
    release_reservations(order_id=order.pk, at=at)
