"""Declared clocks become rows once; what a manager has edited since stays (SLA-02)."""

from sla.declare import CLOCKS
from sla.models import ClockRule


def sync_rules() -> int:
    """Create the group's rule rows that are missing. Returns how many."""
    known = set(ClockRule.objects.filter(company=None).values_list("name", "case"))
    fresh = [
        ClockRule(
            name=clock.name,
            case=case,
            unit=limit.unit,
            amount=limit.amount,
            opens=limit.opens,
            warn_percent=limit.warn_percent,
            responsible=clock.responsible,
            chain=" ".join(clock.chain),
        )
        for clock in CLOCKS.values()
        for case, limit in clock.limits().items()
        if (clock.name, case) not in known
    ]
    ClockRule.objects.bulk_create(fresh, ignore_conflicts=True)  # another process may be starting, too
    return len(fresh)
