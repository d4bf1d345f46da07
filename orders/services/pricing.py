"""The price by the rules: list price, grade and quantity discounts valid on the date; the better one counts (QUO-01)."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from inventory.models import Item
from orders.models import Customer, PriceRule

FINE = Decimal("0.0001")


def rules_on(day: date, customer: Customer) -> list[PriceRule]:
    """The discount rules valid on the day that could apply to this customer."""
    valid = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    return list(PriceRule.objects.filter(valid, Q(grade=None) | Q(grade=customer.grade_id)))


def price_by_rules(item: Item | None, quantity: Decimal | None, rules: list[PriceRule], *, currency: str = "CNY") -> Decimal | None:
    """Unit price with VAT in CNY; None where the list has none (irregular goods, other currencies, discontinued products)."""
    if item is None or item.list_price is None or quantity is None or currency != "CNY" or item.status != Item.Status.ACTIVE:
        return None
    best = max(
        (r.discount_percent for r in rules if (not r.category or r.category == item.category) and quantity >= r.min_quantity),
        default=Decimal(0),
    )
    return (item.list_price * (100 - best) / 100).quantize(FINE, ROUND_HALF_UP)
