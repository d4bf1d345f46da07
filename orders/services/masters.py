"""Looking things up in the masters while people type: items, customers, near misses, equal orders of late (INT-04)."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache

from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.pinyin import initials
from core.reasons import Reason, declare
from inventory.models import Item
from orders.models import Customer, Order, OrderLine, PriceRule
from orders.services.intake import check_line
from orders.services.pricing import price_by_rules
from orders.workflow import OrderState

RECENT = timedelta(days=30)
NEAR = 0.6
AT_MOST = 12
OVER = (OrderState.REFUSED, OrderState.WITHDRAWN, OrderState.CANCELLED)

declare(
    {
        "price_differs": _("By the rules {price}."),
        "price_too_low": _("Below the price by the rules, {price}: the sales head decides."),
        "price_filled": _("Left open, the price by the rules counts: {price}."),
        "price_unknown": _("The price list has none: to be priced."),
    }
)


def plain(text: str) -> str:
    """A code or name for comparing: width, capitals and blanks make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


def find_items(codes: Iterable[str]) -> dict[str, Item]:
    """The items of these codes, by `plain(code)`; one query."""
    wanted = {plain(code) for code in codes} - {""}
    if not wanted:
        return {}
    rows = Item.objects.annotate(plain_code=Upper("code")).filter(plain_code__in=wanted)
    return {plain(item.code): item for item in rows.select_related("unit", "successor", "company")}


def near_items(text: str, limit: int = 3) -> list[str]:
    """Codes that look like a mistyped one, or that one would find by it; best first."""
    typed = plain(text)
    if not typed:
        return []
    near = []
    for code, name in Item.objects.exclude(status=Item.Status.FORBIDDEN).values_list("code", "name_zh"):
        known = plain(code)
        likeness = 0.9 if known.startswith(typed) or typed.startswith(known) or plain(name) == typed else alike(typed, known)
        if likeness >= NEAR:
            near.append((-likeness, code))
    return [code for _likeness, code in sorted(near)[:limit]] or [item.code for item in search_items(text)[:limit]]


def alike(one: str, other: str) -> float:
    """0 to 1: how much of two short texts is the same."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR else 0.0


kept_initials = lru_cache(maxsize=50_000)(initials)


def search_items(text: str) -> list[Item]:
    """At most twelve items for what is typed: part of the code, of the name, initials of its pinyin; the exact code first."""
    typed = plain(text)
    if not typed:
        return []
    ranked = []
    for pk, code, zh, en, status in Item.objects.values_list("pk", "code", "name_zh", "name_en", "status"):
        rank = _rank(typed, plain(code), plain(zh), plain(en))
        if rank is not None:
            ranked.append((rank, status != Item.Status.ACTIVE, code, pk))
    best = [row[-1] for row in sorted(ranked)[:AT_MOST]]
    items = Item.objects.select_related("unit", "successor").in_bulk(best)
    return [items[pk] for pk in best]


def _rank(typed: str, code: str, zh: str, en: str) -> int | None:
    if typed == code:
        return 0
    letters = kept_initials(zh).upper() if typed.isascii() else ""
    tests = (
        code.startswith(typed),
        typed in code,
        zh.startswith(typed),
        typed in zh,
        letters.startswith(typed),
        typed in letters,
        typed in en,
    )
    return next((rank for rank, true in enumerate(tests, start=1) if true), None)


def find_customer(name: str, customers: Iterable[Customer]) -> Customer | None:
    """The customer of this name, written with other blanks or widths perhaps."""
    wanted = plain(name)
    return next((customer for customer in customers if plain(customer.name) == wanted), None) if wanted else None


def near_customers(name: str, customers: Iterable[Customer], limit: int = 3) -> list[Customer]:
    """Customers with a name like this one, best first."""
    wanted = plain(name)
    near = []
    for customer in customers if wanted else ():
        known = plain(customer.name)
        likeness = 0.9 if wanted in known or known in wanted else alike(wanted, known)
        if likeness >= NEAR:
            near.append((-likeness, customer.pk, customer))
    return [customer for *_sorted, customer in sorted(near, key=lambda row: row[:2])[:limit]]


def check_price(
    item: Item | None, quantity: Decimal | None, unit_price: Decimal | None, rules: list[PriceRule], currency: str
) -> Reason | None:
    """A unit price against the rules of the day (QUO-01); nothing when it is theirs."""
    if item is None or quantity is None:
        return None
    by_rules = price_by_rules(item, quantity, rules, currency=currency)
    if by_rules is None:
        return Reason("price_unknown", field="unit_price") if unit_price is None else None
    if unit_price is None:
        return Reason("price_filled", price=by_rules, field="unit_price")
    if unit_price == by_rules:
        return None
    return Reason("price_too_low" if unit_price < by_rules else "price_differs", price=by_rules, field="unit_price")


def findings_on(
    item: Item | None, quantity: Decimal | None, unit_price: Decimal | None, rules: list[PriceRule], currency: str
) -> list[Reason]:
    """Everything to be looked at on a line; each reason names its field."""
    found = check_line(item, quantity)
    reasons = [] if found is None else [found] if isinstance(found, Reason) else list(found)
    price = check_price(item, quantity, unit_price, rules, currency)
    return [*reasons, price] if price else reasons


@dataclass(frozen=True)
class Twin:
    """An order of late that is like the one in hand."""

    number: str
    url: str
    at: datetime
    equal: int
    same_reference: bool


def recent_twins(
    *, actor: Actor, customer: Customer, reference: str, lines: Iterable[tuple[int, Decimal | None]], at: datetime, but: int | None = None
) -> list[Twin]:
    """Orders of the same customer in the last thirty days with the same contract number or lines of equal item and quantity (INT-04)."""
    wanted = {(item_id, quantity) for item_id, quantity in lines if quantity is not None}
    orders = Order.objects.visible_to(actor).filter(customer=customer, received_at__gte=at - RECENT).exclude(state__in=OVER).exclude(pk=but)
    likely = Q(lines__item__in={item_id for item_id, _quantity in wanted})
    if reference:
        likely |= Q(customer_reference=reference)
    found = list(orders.filter(likely).distinct().order_by("-pk")[:20])
    pairs: dict[int, set] = defaultdict(set)
    for order_id, item_id, quantity in OrderLine.objects.filter(order__in=found).values_list("order_id", "item_id", "quantity"):
        pairs[order_id].add((item_id, quantity))
    twins = [
        Twin(
            order.number,
            order.get_absolute_url(),
            order.received_at,
            len(wanted & pairs[order.pk]),
            bool(reference) and order.customer_reference == reference,
        )
        for order in found
    ]
    return [twin for twin in twins if twin.equal or twin.same_reference]
