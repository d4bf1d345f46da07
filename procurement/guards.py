"""Who may sign a purchase."""

from __future__ import annotations

from typing import Any

from core.actor import Actor
from core.reasons import NotAllowed, Reason
from organization.models import Post
from organization.roles import Role, may


def another_person(purchase: Any, by: Actor) -> Actor:
    """The purchasing head (or the general manager), never the maker; a company without a purchasing head leaves it to its buyer."""
    head = Post.objects.filter(
        role=Role.PURCHASING_HEAD, department__company=purchase.company_id, holder__isnull=False, holder__is_active=True
    )
    if not head.exists():
        return may(Role.BUYER, Role.GENERAL_MANAGER)(purchase, by)
    by = may(Role.PURCHASING_HEAD, Role.GENERAL_MANAGER)(purchase, by)
    if by.person_id == purchase.made_by_id:
        raise NotAllowed(Reason("own_purchase"))
    return by
