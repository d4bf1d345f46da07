"""The clocks of shipping (SHP-01, SHP-09)."""

from django.utils.translation import gettext_lazy as _

from orders.events import OrderWasFulfilledFromStock, OrderWasStocked
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from shipping.events import ShipmentWasCancelled, ShipmentWasDispatched, ShipmentWasNoticed, ShipmentWasReceived
from sla.declare import Clock, days_before, declare, working_days

declare(
    Clock(
        name="shipment_notice",
        label=_("Issue the shipment notice"),
        # A cancelled notice leaves goods in store again: the same obligation begins anew.
        starts=(OrderWasStocked, OrderWasFulfilledFromStock, ShipmentWasCancelled),
        met_by=ShipmentWasNoticed,
        met_when=lambda event: event.complete,
        about=("orders.order", "order_id"),
        anchor="promised_date",
        limit=days_before(1),
        responsible=owner("order_manager"),
        chain=(role_at(Role.ORDER_MANAGER, "group"), head_of("clerk")),
    ),
    Clock(
        name="customer_receipt",
        label=_("Bring back the customer's receipt"),
        starts=ShipmentWasDispatched,
        met_by=ShipmentWasReceived,
        limit=working_days(3),
        act="confirm_receipt",
        responsible=owner("salesperson"),
        chain=(owner("clerk"), head_of("clerk")),
    ),
)
