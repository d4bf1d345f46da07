"""Declared clocks become rows once; what a manager has edited since stays (SLA-02)."""

from organization.models import Post
from organization.roles import Role
from sla.declare import CLOCKS
from sla.models import ClockRule

OWNERS_ROLES = {
    "clerk": Role.SALES_CLERK, "salesperson": Role.SALESPERSON, "order_manager": Role.ORDER_MANAGER,
    "production_manager": Role.PRODUCTION_MANAGER,
}  # fmt: skip


def counts_at(responsible: str) -> set[int] | None:
    """The companies in which that responsible can sit: a company's own rule counts where its responsible sits, and in no other company.
    None where it may be any of them."""
    role, _at, where = responsible.partition("@")
    role = role if where else OWNERS_ROLES.get(responsible.partition(":")[2], "")
    if where == "group":
        return set()
    kinds = {"department__company__kind": where} if where else {}
    return set(Post.objects.filter(role=role, **kinds).values_list("department__company", flat=True)) if role else None


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
