"""What must hold between inspections and stock at any moment (trust I2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core.questions import answers
from inventory.models import PutAway, StockBalance
from quality.models import Inspection, Nonconformity


def what_is_under_inspection_is_blocked() -> list[str]:
    """PUR-07, QUA-07: goods to be inspected, rejected and undecided ones, and those that wait for the store are all blocked."""
    claimed: dict[int, Decimal] = defaultdict(Decimal)
    for rows, path in (
        (Inspection.objects.waiting(), "balance_id"),
        (Nonconformity.objects.open(), "inspection__balance_id"),
        (PutAway.objects.waiting(), "balance_id"),
    ):
        for pk, quantity in rows.values_list(path).order_by(path).annotate(Sum("quantity")):
            claimed[pk] += quantity
    balances = StockBalance.objects.filter(pk__in=claimed).values_list("pk", "blocked")
    return [f"balance {pk}: {blocked} blocked, {claimed[pk]} under inspection" for pk, blocked in balances if claimed[pk] > blocked]


@answers("invariants")
def invariants() -> list[tuple[Any, Callable[[], list[str]]]]:
    return [(_("goods under inspection are blocked"), what_is_under_inspection_is_blocked)]
