"""What must hold of the foundation at any moment (trust I2), and what the departments' checks share: gaps in a series of numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Count, IntegerField, Max, Q, QuerySet
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from core.models import Counter, Reaction
from core.questions import answers

TRIES = 5
WAITS = timedelta(minutes=15)  # the sweep comes every few seconds; what lies longer is forgotten


def reactions_are_carried_out() -> list[str]:
    """What another department does about a fact is neither forgotten nor failing again and again."""
    late = Q(next_at__lt=timezone.now() - WAITS)
    rows = Reaction.objects.filter(Q(attempts__gte=TRIES) | late, done_at=None).select_related("fact")
    return [f"reaction {row.pk}: {row.handler} to {row.fact.kind}, {row.attempts} tries, {row.error or 'not carried out'}" for row in rows]


def number_gaps(prefix: str, rows: QuerySet[Any], field: str = "number") -> list[str]:
    """SEC-03: the counter of every month's series (`DD2611-0001` ...) stands at the count and at the highest; voided ones keep theirs."""
    digits = len(prefix) + 4
    found = (
        rows.filter(**{f"{field}__startswith": prefix})
        .annotate(series=Substr(field, 1, digits), serial=Cast(Substr(field, digits + 2), IntegerField()))
        .values_list("series")
        .order_by("series")
        .annotate(Count("pk"), Max("serial"))
    )
    sums = {series: (count, highest) for series, count, highest in found}
    counters = dict(Counter.objects.filter(series__regex=rf"^{prefix}\d{{4}}$").values_list("series", "last"))
    return [
        f"{series}: counter at {counters.get(series, 0)}, {count} numbers, the highest {highest}"
        for series in sorted(sums.keys() | counters)
        for count, highest in [sums.get(series, (0, 0))]
        if not counters.get(series, 0) == count == highest
    ]


@answers("invariants")
def invariants() -> list[tuple[str, Callable[[], list[str]]]]:
    return [("reactions are carried out", reactions_are_carried_out)]
