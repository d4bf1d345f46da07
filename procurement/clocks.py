"""Clocks that purchasing must meet (sla.md)."""

from django.utils.translation import gettext_lazy as _

from organization.finding import role_at
from organization.roles import Role
from procurement import events as e
from procurement.guards import has_a_head
from procurement.models import PurchaseOrder
from sla.declare import Clock, Limit, days_before, declare, working_days, working_hours


def _approver(event: e.PurchaseWasMade) -> list[tuple[str, str]]:
    """Whoever the rule names; a company without a purchasing head leaves it to its buyer (PUR-02)."""
    company = PurchaseOrder.objects.values_list("company", flat=True).get(pk=event.purchase_id)
    return [("", "" if has_a_head(company) else role_at(Role.BUYER, "product"))]


declare(
    Clock(
        name="supplier_followup",
        label=_("Confirm the arrival date"),
        starts=e.PurchaseWasSent,
        met_by=e.ArrivalDateWasConfirmed,
        cancelled_by=(e.PurchaseWasReceived, e.PurchaseWasCancelled),
        anchor="planned_arrival",
        limit=days_before(5),
        responsible=role_at(Role.BUYER, "product"),
        chain=(role_at(Role.PURCHASING_HEAD, "product"),),
    )
)

# Not in the standard's table: without clocks of their own these steps would stand on nobody's list (SLA-07).
declare(
    Clock(
        name="components_to_order",
        label=_("Order the components that are missing"),
        starts=e.ComponentsAreToBeOrdered,
        met_by=e.ComponentsWereOrdered,
        met_when=lambda event: event.needed,
        cancelled_by=e.ComponentsWereOrdered,
        limit=working_days(1),
        responsible=role_at(Role.BUYER, "product"),
        chain=(role_at(Role.PURCHASING_HEAD, "product"),),
    ),
    Clock(
        name="purchase_approval",
        act="approve",
        label=_("Approve the purchase order"),
        starts=e.PurchaseWasMade,
        met_by=e.PurchaseWasApproved,
        cancelled_by=(e.PurchaseWasDropped, e.PurchaseWasCancelled),
        each=_approver,
        limit=working_hours(4),
        responsible=role_at(Role.PURCHASING_HEAD, "product"),
        chain=(role_at(Role.GENERAL_MANAGER, "product"),),
    ),
    Clock(
        name="purchase_sending",
        act="send",
        label=_("Send the purchase order to the supplier"),
        starts=e.PurchaseWasApproved,
        met_by=e.PurchaseWasSent,
        cancelled_by=(e.PurchaseWasDropped, e.PurchaseWasCancelled),
        limit=working_hours(4),
        responsible=role_at(Role.BUYER, "product"),
        chain=(role_at(Role.PURCHASING_HEAD, "product"),),
    ),
    Clock(
        name="purchase_arrival",
        act="record_arrival",
        label=_("Record the arrival of the goods"),
        starts=e.PurchaseWasSent,
        met_by=e.PurchaseWasReceived,
        cancelled_by=e.PurchaseWasCancelled,
        moved_by=e.ArrivalDateWasConfirmed,
        anchor="arrives_on",
        limit=Limit("on_date", 0, opens=1),
        responsible=role_at(Role.BUYER, "product"),
        chain=(role_at(Role.PURCHASING_HEAD, "product"), role_at(Role.PRODUCTION_MANAGER, "product")),
    ),
)
