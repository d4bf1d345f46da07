"""What must hold in the stock at any moment (trust I2). Each check returns its violations as texts; none means that it holds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from core.questions import answers
from inventory.models import PutAway, Reservation, StockBalance, StockMovement

ZERO = Decimal(0)


def balances_are_sums_of_movements() -> list[str]:
    """INV-01: what is on hand and blocked can be rebuilt from the ledger."""
    sums = {
        row: (on_hand, blocked)
        for row, on_hand, blocked in StockMovement.objects.values_list("balance_id")
        .order_by("balance_id")
        .annotate(Sum("quantity"), Sum("blocked"))
    }
    return [
        f"balance {pk}: {on_hand} on hand, {blocked} blocked; movements say {sums.get(pk, (ZERO, ZERO))}"
        for pk, on_hand, blocked in StockBalance.objects.values_list("pk", "on_hand", "blocked")
        if sums.get(pk, (ZERO, ZERO)) != (on_hand, blocked)
    ]


def reserved_is_sum_of_reservations() -> list[str]:
    """INV-02: what is reserved is what the open reservations still hold."""
    sums = {
        row: quantity - used
        for row, quantity, used in Reservation.objects.filter(closed_at=None)
        .values_list("balance_id")
        .order_by("balance_id")
        .annotate(Sum("quantity"), Sum("used"))
    }
    return [
        f"balance {pk}: {reserved} reserved; open reservations say {sums.get(pk, ZERO)}"
        for pk, reserved in StockBalance.objects.values_list("pk", "reserved")
        if sums.get(pk, ZERO) != reserved
    ]


def stock_is_never_negative() -> list[str]:
    rows = StockBalance.objects.filter(Q(on_hand__lt=0) | Q(blocked__lt=0) | Q(reserved__lt=0))
    return [f"balance {row.pk}: {row.on_hand} on hand, {row.blocked} blocked, {row.reserved} reserved" for row in rows]


def nothing_is_promised_twice() -> list[str]:
    """Reserved and blocked together never exceed what is on hand."""
    rows = StockBalance.objects.filter(on_hand__lt=F("blocked") + F("reserved"))
    return [f"balance {row.pk}: {row.on_hand} on hand, {row.blocked} blocked, {row.reserved} reserved" for row in rows]


def reservations_are_used_by_movements() -> list[str]:
    """What a reservation says was used has left the stock in its name."""
    sums = dict(
        StockMovement.objects.exclude(reservation=None).values_list("reservation_id").order_by("reservation_id").annotate(Sum("quantity"))
    )
    return [
        f"reservation {pk}: {used} used; movements say {-sums.get(pk, ZERO)}"
        for pk, used in Reservation.objects.values_list("pk", "used")
        if -sums.get(pk, ZERO) != used
    ]


def what_waits_for_the_store_is_blocked() -> list[str]:
    sums = PutAway.objects.waiting().values_list("balance_id", "balance__blocked").order_by("balance_id").annotate(Sum("quantity"))
    return [f"balance {pk}: {waiting} wait for the store, {blocked} blocked" for pk, blocked, waiting in sums if waiting > blocked]


@answers("invariants")
def invariants() -> list[tuple[Any, Callable[[], list[str]]]]:
    return [
        (_("stock = sum of movements"), balances_are_sums_of_movements),
        (_("reserved = open reservations"), reserved_is_sum_of_reservations),
        (_("stock is never negative"), stock_is_never_negative),
        (_("reserved and blocked are on hand"), nothing_is_promised_twice),
        (_("used reservations = movements"), reservations_are_used_by_movements),
        (_("what waits for the store is blocked"), what_waits_for_the_store_is_blocked),
    ]
