"""What everything after delivery has in common: it hangs on an order, and whoever the order's companies are may see it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from core.actor import Actor
from core.workflow import FlowQuerySet
from organization.models import Post
from organization.roles import Scope, Scoped, visible


class AftersalesQuerySet(FlowQuerySet):
    def visible_to(self, actor: Actor) -> AftersalesQuerySet:
        return visible(self, actor)  # type: ignore[return-value]


class OfOrder(Scoped, models.Model):
    """Belongs to an order; the order's people are found through it."""

    scope_kind = "service"
    scope_paths: ClassVar = {
        Scope.OWN: ("order__salesperson_post_id",),
        Scope.SALES: ("order__sales_company_id",),
        Scope.PRODUCT: ("order__product_company_id",),
        Scope.CUSTOMER: ("order_id",),
    }

    class Meta:
        abstract = True

    @property
    def clerk_post(self) -> Post:
        return self.order.clerk_post  # type: ignore[attr-defined]

    @property
    def salesperson_post(self) -> Post | None:
        return self.order.salesperson_post  # type: ignore[attr-defined]
