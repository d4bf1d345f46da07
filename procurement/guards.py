"""Who may sign a purchase, and when it goes out."""

from __future__ import annotations

from typing import Any

from core.actor import Actor
from core.reasons import NotAllowed, Reason
from core.workflow import guard
from orders.changes import held
from organization.models import Post
from organization.roles import Role, may


def has_a_head(company_id: int) -> bool:
    """Does somebody at the company hold the post of the purchasing head?"""
    posts = Post.objects.filter(role=Role.PURCHASING_HEAD, department__company=company_id)
    return posts.filter(holder__isnull=False, holder__is_active=True).exists()


def another_person(purchase: Any, by: Actor) -> Actor:
    """The purchasing head (or the general manager), never the maker; a company without a purchasing head leaves it to its buyer."""
    if not has_a_head(purchase.company_id):
        return may(Role.BUYER, Role.GENERAL_MANAGER)(purchase, by)
    by = may(Role.PURCHASING_HEAD, Role.GENERAL_MANAGER)(purchase, by)
    if by.person_id == purchase.made_by_id:
        raise NotAllowed(Reason("own_purchase"))
    return by


@guard
def none_of_it_is_held(purchase: Any) -> list[Reason]:
    """CHG-09: nothing is ordered for an order that may be cancelled, until that is decided or the line is let go on."""
    numbers = held("procurement.purchaseline", purchase.lines.values_list("pk", flat=True))
    return [Reason("purchase_held", change=number) for number in sorted(set(numbers.values()))]
