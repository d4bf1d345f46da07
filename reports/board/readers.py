"""Whose board a person may look at: who leads in a company that company's; who keeps the group's orders all of them (KPI-02)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.questions import answers
from organization.models import Company
from organization.roles import HEADS, Role

OF_ALL = frozenset({Role.GROUP_MANAGER, Role.ORDER_MANAGER})
LEADERS = frozenset({*HEADS, Role.GENERAL_MANAGER, Role.DEPUTY_MANAGER, *OF_ALL})


def companies_of(actor: Actor) -> QuerySet[Company]:
    """The companies whose boards this person may look at, the group's own first."""
    own = {hat.company_id for hat in actor.hats if hat.role in LEADERS}
    found = Company.objects.order_by("pk")
    return found if actor.roles & OF_ALL else found.filter(pk__in=own)


def first_company(actor: Actor) -> Company | None:
    """That of the first post from which one leads."""
    own = [hat.company_id for hat in actor.hats if hat.role in LEADERS]
    return Company.objects.filter(pk=own[0]).first() if own else None


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    if not actor.roles & LEADERS:
        return None
    return [{"section": "manage", "title": _("Wall board"), "url": reverse("board:home"), "icon": "device-tv", "position": 80}]
