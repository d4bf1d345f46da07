"""Items, stock and an order in production for tests of the store and of quality, without walking the order's whole life."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import inventory.verify
import quality.verify
from core.actor import SYSTEM
from core.models import Unit
from inventory.models import Item, StockBalance
from inventory.services import receive_stock
from orders.models import Customer, Order, OrderLine
from organization.models import Company, Post
from tests.personas import MONDAY_9AM

_sources = iter(range(1, 10**9))


def company(code: str = "KG") -> Company:
    return Company.objects.get(code=code)


def an_item(code: str = "TST-1", unit: str = "台", supply: str = "make") -> Item:
    return Item.objects.create(code=code, name_zh=f"测试件{code}", category="测试", unit=Unit.objects.get(code=unit), supply=supply)


def in_stock(item: Item, quantity: Any, *, blocked: bool = False, at_company: str = "KG", **place: Any) -> StockBalance:
    """Some of the item in stock, free unless said otherwise."""
    return receive_stock(
        item_id=item.pk,
        company_id=company(at_company).pk,
        quantity=Decimal(quantity),
        blocked=blocked,
        source=("tests.stock", next(_sources)),
        by=SYSTEM,
        at=MONDAY_9AM,
        **place,
    )


def order_in_production(item: Item, quantity: Any, *, number: str = "DD2611-9001", at: datetime = MONDAY_9AM) -> OrderLine:
    """The goods line of an order that is being made at KG."""
    post = Post.objects.filter(role="sales_clerk", holder__isnull=False).select_related("department").first()
    assert post is not None
    order = Order.objects.create(
        number=number,
        state="in_production",
        sales_company=post.department.company,
        product_company=company(),
        customer=Customer.objects.order_by("pk")[0],
        channel="phone",
        received_at=at,
        created_at=at,
        clerk_post=post,
        promised_date=date(2026, 12, 18),
    )
    return OrderLine.objects.create(order=order, line_no=1, item=item, unit=item.unit, quantity=Decimal(quantity))


def violations() -> list[str]:
    """What the invariants of store and quality find wrong; orders of these tests are raw rows without a history."""
    return [wrong for module in (inventory.verify, quality.verify) for _name, check in module.invariants() for wrong in check()]
