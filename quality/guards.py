"""Conditions and permissions of the steps of quality."""

from __future__ import annotations

from typing import Any

from core.actor import Actor
from core.reasons import NotAllowed, Reason
from core.workflow import guard
from organization.models import Post
from organization.roles import Role, company_of, may

_head = may(Role.QUALITY_HEAD)
_manager = may(Role.GENERAL_MANAGER)


def quality_decides(thing: Any, by: Actor) -> Actor:
    """The quality head; where the company has not filled that post, the general manager (roles.md, QUA-06)."""
    try:
        return _head(thing, by)
    except NotAllowed:
        head = Post.objects.filter(
            role=Role.QUALITY_HEAD, department__company_id=company_of(thing, "product"), holder__is_active=True, ends=None
        )
        if head.exists():
            raise
        return _manager(thing, by)


@guard
def rework_was_decided(nonconformity: Any) -> Reason | None:
    return None if nonconformity.disposition == "rework" else Reason("not_for_rework")
