"""What others read of the stock. Quantities are Decimals; nothing here knows a price."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet, Sum

from inventory.models import PutAway, Reservation, StockBalance

ZERO = Decimal(0)


def free_in_group(item_ids: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """Item -> company -> what is free there; companies with nothing free are left out."""
    found: dict[int, dict[int, Decimal]] = {item_id: {} for item_id in item_ids}
    sums = (
        StockBalance.objects.free()
        .filter(item_id__in=found)
        .values_list("item_id", "company_id")
        .order_by("item_id", "company_id")
        .annotate(Sum("on_hand"), Sum("blocked"), Sum("reserved"))
    )
    for item_id, company_id, on_hand, blocked, reserved in sums:
        if (free := on_hand - blocked - reserved) > 0:
            found[item_id][company_id] = free
    return found


def reserved_for(purpose: str, reference_ids: Iterable[int]) -> dict[int, Decimal]:
    """Reference -> what is reserved for it now (taken out of stock no longer counts); references with nothing give 0."""
    ids = list(reference_ids)
    sums = (
        Reservation.objects.filter(purpose=purpose, reference_id__in=ids, closed_at=None)
        .values_list("reference_id")
        .order_by("reference_id")
        .annotate(Sum("quantity"), Sum("used"))
    )
    return dict.fromkeys(ids, ZERO) | {ref: quantity - used for ref, quantity, used in sums}


def used_for(purpose: str, reference_ids: Iterable[int]) -> dict[int, Decimal]:
    """Reference -> what has been taken out of stock for it through reservations."""
    ids = list(reference_ids)
    sums = (
        Reservation.objects.filter(purpose=purpose, reference_id__in=ids)
        .values_list("reference_id")
        .order_by("reference_id")
        .annotate(Sum("used"))
    )
    return dict.fromkeys(ids, ZERO) | dict(sums)


def reservations_of(order_id: int) -> QuerySet[Reservation]:
    """What is reserved for an order now, with item, unit and company."""
    found = Reservation.objects.filter(order_id=order_id, closed_at=None)
    return found.select_related("balance__item__unit", "balance__company").order_by("purpose", "pk")


def put_aways_of(order_id: int) -> QuerySet[PutAway]:
    """What of an order waits for the store keeper, oldest first."""
    return PutAway.objects.waiting().filter(order_id=order_id).select_related("balance__item__unit", "balance__company").order_by("pk")
