"""What an order is found by: numbers, names, pinyin initials, Chinese bigrams; the same prefix look-up on both databases (decision 21)."""

from __future__ import annotations

from django.db.models import QuerySet

from core.pinyin import search_texts
from orders.models import Order, SearchKey

LONGEST = 80


def index_order(order: Order) -> None:
    """Write the order's keys: numbers, customer, contact, models and specifications of its lines."""
    texts = {
        "number": [order.number, order.customer_reference],
        "customer": [order.customer.name, order.customer.code, order.contact_name, order.contact_phone],
        "item": [t for line in order.lines_in_order for t in ((line.item.code, line.item.name_zh) if line.item else ())],
    }
    wanted = {(kind, key[:LONGEST]) for kind, many in texts.items() for text in many if text for key in search_texts(text)}
    kept = set(order.search_keys.values_list("kind", "text"))
    for kind, text in kept - wanted:
        order.search_keys.filter(kind=kind, text=text).delete()
    SearchKey.objects.bulk_create([SearchKey(order=order, kind=k, text=t) for k, t in wanted - kept], ignore_conflicts=True)


def add_key(order: Order, kind: str, text: str) -> None:
    """A number that came later: contract, tracking, serial."""
    SearchKey.objects.bulk_create(
        [SearchKey(order=order, kind=kind, text=key[:LONGEST]) for key in search_texts(text)], ignore_conflicts=True
    )


def found(orders: QuerySet, words: str) -> QuerySet:
    """Those of `orders` that have, for every word, a key beginning with it."""
    for word in words.replace("\x00", "").lower().split()[:5]:
        keys = SearchKey.objects.filter(text__startswith=word[:LONGEST])
        orders = orders.filter(pk__in=keys.values("order_id"))
    return orders
