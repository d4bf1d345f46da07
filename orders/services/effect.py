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
from orders.guards import against_signatures, contract_of, deposit_is_in
from orders.models import LineMovement, Order, OrderLine
from orders.services.ledger import goods_lines, quantities
from orders.workflow import OrderState
from organization.models import Company


def settle_effect(order: Order, *, at: datetime) -> None:
    """Take effect when nothing is against it. The order must be locked; running it again changes nothing."""
    if order.state not in (OrderState.CONTRACTED, OrderState.SIGNED):
        return
    contract = contract_of(order)
    if contract is None or against_signatures(contract) or deposit_is_in.reasons(order):
        return
    first, promised = order.first_promised_date or contract.sent_promise, contract.promised_date
    order.take("take_effect", by=SYSTEM, at=at, promised_date=promised, first_promised_date=first, expected_date=order.reviewed_date)
    contract.take("come_into_force", by=SYSTEM, at=at)
    to_be_made = reserve_firmly(order, at=at)
    publish(
        events.ContractTookEffect(order_id=order.pk, contract_id=contract.pk, promised_date=contract.promised_date, to_be_made=to_be_made),
        by=SYSTEM,
        at=at,
        thing=order,
    )


def reserve(order: Order, *, firm: bool, at: datetime) -> dict[OrderLine, Decimal]:
    """Reserve finished stock for every goods line that does not have it yet, the lead company's before its sisters' (INV-02).

    Returns what each goods line has now.
    """
    lines = goods_lines(order)
    known = quantities(order, lines)
    held = reserved_for(Reservation.Purpose.LINE, [line.pk for line in lines])
    companies = [
        order.product_company_id,
        *Company.objects.exclude(pk=order.product_company_id).order_by("pk").values_list("pk", flat=True),
    ]
    for line in lines:
        has = held.get(line.pk, Decimal(0))
        missing = known[line.pk].open - has
        if missing > 0:
            held[line.pk] = has + reserve_stock(
                item_id=line.item_id,  # type: ignore[arg-type]
                company_ids=companies,
                quantity=missing,
                purpose=Reservation.Purpose.LINE,
                reference_id=line.pk,
                order_id=order.pk,
                firm=firm,
                at=at,
            )
    return {line: held.get(line.pk, Decimal(0)) for line in lines}


def reserve_firmly(order: Order, *, at: datetime) -> bool:
    """Make soft reservations firm, reserve what has come free since, and count it as in store. Returns whether something is to be made."""
    firm_reservations(order_id=order.pk, purpose=Reservation.Purpose.LINE, at=at)
    held = reserve(order, firm=True, at=at)
    LineMovement.objects.bulk_create(
        [
            LineMovement(
                line=line,
                order=order,
                kind=LineMovement.Kind.STOCKED,
                quantity=quantity,
                source_kind="orders.reservation",
                source_id=line.pk,
                at=at,
            )
            for line, quantity in held.items()
            if quantity
        ]
    )
    known = quantities(order, list(held))
    return any(quantity < known[line.pk].open for line, quantity in held.items())


def release(order: Order, *, at: datetime) -> None:
    """Refused, withdrawn or taken back: nothing stays reserved (INV-02)."""
    release_reservations(order_id=order.pk, at=at)
