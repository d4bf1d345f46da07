"""Clocks that purchasing must meet (sla.md)."""

from django.utils.translation import gettext_lazy as _

from organization.finding import role_at
from organization.roles import Role
from procurement.events import ArrivalDateWasConfirmed, PurchaseWasCancelled, PurchaseWasReceived, PurchaseWasSent
from sla.declare import Clock, days_before, declare

declare(
    Clock(
        name="supplier_followup",
        label=_("Confirm the arrival date"),
        starts=PurchaseWasSent,
        met_by=ArrivalDateWasConfirmed,
        cancelled_by=(PurchaseWasReceived, PurchaseWasCancelled),
        anchor="planned_arrival",
        limit=days_before(5),
        responsible=role_at(Role.BUYER, "product"),
        chain=(role_at(Role.PURCHASING_HEAD, "product"),),
    )
)
