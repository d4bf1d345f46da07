"""An order that has just been released to production, without walking there; everything after it goes through services."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from inventory.models import Item
from orders.events import InstructionWasIssued
from orders.models import Customer, Order, OrderLine, ProductionInstruction
from orders.workflow import OrderState
from organization.models import Company, Post
from tests.personas import MONDAY_9AM

DUE = date(2026, 12, 18)


@act
def instructed_order(
    *goods: tuple[str, str],
    company: str = "KG",
    due: date = DUE,
    order_class: str = "regular",
    at: datetime = MONDAY_9AM,
    by: Actor = SYSTEM,
) -> Order:
    """`instructed_order(("KYN28A-12", "2"))`: all of the lines are to be made by the company."""
    clerk = Post.objects.filter(role="sales_clerk").order_by("pk")[0]
    manager = Post.objects.get(role="production_manager", department__company__code=company)
    serial = Order.objects.count() + 7001
    order = Order.objects.create(
        number=f"DD2611-{serial}",
        state=OrderState.INSTRUCTED,
        sales_company=Company.objects.get(code="XS"),
        product_company=Company.objects.get(code=company),
        customer=Customer.objects.order_by("pk")[0],
        channel="phone",
        order_class=order_class,
        received_at=at,
        created_at=at,
        reviewed_date=due,
        promised_date=due,
        clerk_post=clerk,
        production_manager_post=manager,
    )
    lines = []
    for number, (code, quantity) in enumerate(goods, 1):
        item = Item.objects.get(code=code)
        line = OrderLine.objects.create(order=order, line_no=number, item=item, quantity=Decimal(quantity), unit=item.unit, unit_price=1000)
        lines.append(
            {
                "line_id": line.pk,
                "line_no": number,
                "item_id": item.pk,
                "code": code,
                "name": item.name_zh,
                "spec": "",
                "quantity": quantity,
            }
            | {"unit": item.unit.code}
        )
    complete = Item.objects.filter(code__in=[code for code, _ in goods], complete_set=True).exists()
    paper = ProductionInstruction.objects.create(
        order=order, number=f"SC2611-{serial}", lines=lines, due_date=due, person_name="周敏", at=at
    )
    fact = InstructionWasIssued(order_id=order.pk, instruction_id=paper.pk, number=paper.number, due_date=due, complete_set=complete)
    publish(fact, by=by, at=at)
    return order


def line_of(order: Order, code: str) -> OrderLine:
    return order.lines.select_related("item", "unit").get(item__code=code)
