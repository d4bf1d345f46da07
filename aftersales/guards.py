"""Conditions and permissions of the steps after delivery."""

from __future__ import annotations

from typing import Any

from core.actor import Actor
from core.reasons import NotAllowed, Reason
from core.workflow import guard
from organization.models import Post
from organization.roles import Role, company_of, may

RECEIVERS = (Role.SALES_CLERK, Role.SALESPERSON, Role.ORDER_MANAGER, Role.AFTERSALES_ENGINEER)

_receiver = may(*RECEIVERS)
seller = may(Role.SALES_CLERK)
_applicant = may(*RECEIVERS, customer=True)
_head = may(Role.AFTERSALES_HEAD)
_manager = may(Role.GENERAL_MANAGER)


def applicant(order: Any, by: Actor) -> Actor:
    """Who may ask for a service or a return: whoever the customer reaches, and the customer; the system for what a delivery report says."""
    return by if by.kind == "system" else _applicant(order, by)


def receiver(thing: Any, by: Actor) -> Actor:
    """Who hands a request to after-sales: whoever may take one down; by itself what a delivery report says."""
    return by if by.kind == "system" else _receiver(thing, by)


def head(thing: Any, by: Actor) -> Actor:
    """The after-sales head; where the company has not filled that post, its general manager (roles.md)."""
    try:
        return _head(thing, by)
    except NotAllowed:
        posts = Post.objects.filter(role=Role.AFTERSALES_HEAD, department__company_id=company_of(thing, "sales"))
        if posts.filter(holder__is_active=True, ends=None).exists():
            raise
        return _manager(thing, by)


@guard
def costs_are_told(request: Any) -> Reason | None:
    """RET-03: before anything is agreed the customer knows who pays the freight, and how much it is."""
    return None if request.costs_told_at else Reason("costs_not_told")


@guard
def freight_is_prepaid(request: Any) -> Reason | None:
    """RET-03: what the customer pays is in before anybody drives; finance says so."""
    return Reason("freight_not_prepaid") if request.waits_for_freight else None


@guard
def freight_is_awaited(request: Any) -> Reason | None:
    return None if request.waits_for_freight else Reason("no_freight_awaited")


@guard
def collection_is_arranged(request: Any) -> Reason | None:
    return None if request.collect_on else Reason("collection_not_arranged")


@guard
def exchange_is_due(request: Any) -> Reason | None:
    """RET-07: goods were to be exchanged, and the new order is not there yet."""
    return None if request.waits_for_exchange else Reason("nothing_to_exchange")
