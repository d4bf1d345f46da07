"""An order whose goods lie in store, reserved for its lines, with its contract and what money it waits for: nobody had to walk there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import finance.verify
import inventory.verify
from core.actor import SYSTEM, Actor
from core.facts import act
from core.money import line_amount
from inventory.models import Reservation
from inventory.services import reserve_stock
from orders.models import Contract, Customer, LineMovement, Order, OrderLine, PaymentDue
from orders.services.ledger import record_many
from organization.models import Post
from shipping import services
from shipping.models import Shipment
from tests.factories.stock import an_item, company, in_stock
from tests.personas import MONDAY_9AM

DUE = date(2026, 12, 18)
_numbers = iter(range(1, 10**6))


def post_of(username: str) -> Post:
    return Post.objects.select_related("department__company").filter(holder__username=username).order_by("pk")[0]


def order_with(
    *goods: tuple[Any, Any],
    state: str = "in_production",
    stages: Sequence[tuple[str, int]] = (("effect", 30), ("shipment", 70)),
    free: bool = False,
) -> Order:
    """An order of the clerk Zhou with these (quantity, unit price) lines; `free`: the contract ships before payment."""
    clerk, number = post_of("zhoumin"), next(_numbers)
    order = Order.objects.create(
        number=f"DD2611-8{number:03d}", state=state, sales_company=clerk.department.company, product_company=company(),
        customer=Customer.objects.get(code="C0003"), channel="phone", received_at=MONDAY_9AM, created_at=MONDAY_9AM,
        clerk_post=clerk, salesperson_post=post_of("hewenbin"), order_manager_post=post_of("yanfang"), promised_date=DUE,
        delivery_address="杭州余杭仓前项目部", contact_name="王工", contact_phone="13800000001",
    )  # fmt: skip
    for line_no, (quantity, price) in enumerate(goods, 1):
        item = an_item(f"TST-{order.pk}-{line_no}")
        OrderLine.objects.create(
            order=order, line_no=line_no, item=item, unit=item.unit, quantity=Decimal(quantity), unit_price=Decimal(price),
            amount=line_amount(Decimal(quantity), Decimal(price)),
        )  # fmt: skip
    order.amount = sum((line.amount for line in order.lines.all()), Decimal(0))
    order.save()
    Contract.objects.create(
        order=order, number=f"HT2611-8{number:03d}", state="effective", revision=1, amount=order.amount, tax=0, currency="CNY",
        promised_date=DUE, grade="A" if free else "B", ship_before_payment=free, payment_text="—", delivery_text="—",
        their_signed_at=MONDAY_9AM,
    )  # fmt: skip
    for position, (gate, percent) in enumerate(stages, 1):
        PaymentDue.objects.create(order=order, position=position, gate=gate, percent=percent, amount=order.amount * percent / 100)
    return order


@act
def put_in_store(order: Order, quantities: dict[int, Any], *, at: datetime = MONDAY_9AM) -> None:
    """Finished goods by line number: in stock, reserved for the line, booked as stocked."""
    rows = []
    for line in order.lines.select_related("item").order_by("line_no"):
        quantity = Decimal(quantities.get(line.line_no, 0))
        if not quantity:
            continue
        balance = in_stock(line.item, quantity)
        reserve_stock(
            item_id=line.item_id, company_ids=[order.product_company_id], quantity=quantity, purpose=Reservation.Purpose.LINE,
            reference_id=line.pk, order_id=order.pk, firm=True, at=at,
        )  # fmt: skip
        rows.append((line, LineMovement.Kind.STOCKED, quantity, ("tests.stock", balance.pk * 1000 + next(_numbers))))
    record_many(order=order, rows=rows, by=SYSTEM, at=at)


def order_in_store(*goods: tuple[Any, Any], **more: Any) -> Order:
    """All of it lies in store: the order stands complete."""
    order = order_with(*goods, **more)
    put_in_store(order, {line.line_no: line.quantity for line in order.lines.all()})
    return Order.objects.get(pk=order.pk)


def noticed(order: Order, by: Actor, quantities: dict[int, Any] | None = None, at: datetime = MONDAY_9AM, **more: Any) -> Shipment:
    """A notice over these quantities by line number; all of the order without any."""
    wanted = {
        line.pk: Decimal(quantities.get(line.line_no, 0)) if quantities else line.quantity for line in order.lines.filter(kind="goods")
    }
    return services.issue_notice(order=order, quantities=wanted, place=order.delivery_address, planned_on=DUE, by=by, at=at, **more)


def violations() -> list[str]:
    """What the checks of stock and money find. Not those of orders: ours did not walk, so they have no history."""
    return [wrong for module in (inventory.verify, finance.verify) for _name, check in module.invariants() for wrong in check()]


def picked(shipment: Shipment, by: Actor, at: datetime = MONDAY_9AM) -> Shipment:
    boxes = {line.pk: (f"2611-G{line.pk}", f"{n}/9") for n, line in enumerate(shipment.lines.all(), 1)}
    return services.pick_shipment(shipment=shipment, picked=boxes, by=by, at=at + timedelta(minutes=10))


def verified(shipment: Shipment, by: Actor, at: datetime = MONDAY_9AM) -> Shipment:
    checked = [line.pk for line in shipment.lines.all()]
    return services.verify_shipment(shipment=shipment, checked=checked, by=by, at=at + timedelta(minutes=15))


def left(shipment: Shipment, by: Actor, at: datetime = MONDAY_9AM, **more: Any) -> Shipment:
    how = {"carriage": "own", "vehicle": "浙A·6K218", "driver": "金永康"} | more
    return services.dispatch_shipment(shipment=shipment, by=by, at=at + timedelta(minutes=20), **how)


def arrived(shipment: Shipment, by: Actor, received: dict[int, Any] | None = None, **more: Any) -> Shipment:
    """Received five hours after it left; `received` by line number, all of it without."""
    counted = None
    if received is not None:
        counted = {each.pk: Decimal(received.get(each.line.line_no, each.quantity)) for each in shipment.lines.select_related("line")}
    how = {"signed_by": "王工", "condition": "sound", "at": shipment.dispatched_at + timedelta(hours=5)} | more
    return services.confirm_receipt(shipment=shipment, received=counted, by=by, **how)
