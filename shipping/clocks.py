"""The clocks of shipping (SHP-01, SHP-09, SHP-10, SHP-11)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from orders.events import OrderWasFulfilledFromStock, OrderWasStocked
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from shipping.events import (
    ArrivalWasMoved,
    CarrierReceiptWasRecorded,
    CustomerWasTold,
    DeliveryWasNeverConfirmed,
    FollowUpWasNoticed,
    GoodsWereNotReceived,
    PartHasCome,
    PartWasMissing,
    PartWasStruck,
    ShipmentWasCancelled,
    ShipmentWasDispatched,
    ShipmentWasNoticed,
    ShipmentWasReceived,
    TraceWasAnswered,
)
from shipping.recall_events import (
    RecallWasInVain,
    RecallWasWithdrawn,
    ShipmentCameBack,
    ShipmentWasCalledBack,
    ShipmentWasTurnedRound,
)
from sla.declare import Clock, days_before, declare, end_of_day, on_date, working_days, working_hours, working_minutes

# What is counted from the estimated arrival begins anew when that moves, and rests while transport looks for the goods.
FROM_ARRIVAL: dict[str, Any] = {
    "starts": (ShipmentWasDispatched, ArrivalWasMoved),
    "met_by": ShipmentWasReceived,
    "cancelled_by": (ArrivalWasMoved, GoodsWereNotReceived, ShipmentWasTurnedRound),
    "since": "arrives_at",
    "act": "confirm_receipt",
}


def goods_are_gone(event: Any) -> bool:
    """With a carrier the goods have left for good once it has signed; with our own vehicle at once."""
    return isinstance(event, CarrierReceiptWasRecorded) or event.carriage == "own"


declare(
    Clock(
        name="shipment_notice",
        label=_("Issue the shipment notice"),
        # A cancelled notice leaves goods in store again: the same obligation begins anew.
        starts=(OrderWasStocked, OrderWasFulfilledFromStock, ShipmentWasCancelled, ShipmentCameBack),
        met_by=ShipmentWasNoticed,
        met_when=lambda event: event.complete,
        about=("orders.order", "order_id"),
        anchor="promised_date",
        limit=days_before(1),
        responsible=owner("order_manager"),
        chain=(role_at(Role.ORDER_MANAGER, "group"), head_of("clerk")),
    ),
    Clock(
        name="carrier_receipt",
        label=_("Bring back the carrier's receipt"),
        starts=ShipmentWasDispatched,
        when=lambda event: event.carriage == "carrier",
        met_by=CarrierReceiptWasRecorded,
        cancelled_by=(ShipmentWasTurnedRound, ShipmentWasReceived),
        limit=working_days(1),
        act="record_carrier_receipt",
        responsible=role_at(Role.TRANSPORT, "group"),
        chain=(role_at(Role.TRANSPORT_HEAD, "group"),),
    ),
    Clock(
        name="shipping_call",
        label=_("Tell the customer that the goods left"),
        starts=(ShipmentWasDispatched, CarrierReceiptWasRecorded),
        when=goods_are_gone,
        met_by=CustomerWasTold,
        cancelled_by=(ShipmentWasTurnedRound, ShipmentWasReceived),
        limit=end_of_day(),
        act="tell_customer",
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="customer_receipt",
        label=_("Bring back the customer's receipt"),
        limit=working_days(3),
        responsible=owner("salesperson"),
        chain=(owner("clerk"), head_of("clerk")),
        **FROM_ARRIVAL,
    ),
    Clock(
        name="delivery_unconfirmed",
        label=_("Ask after the unconfirmed delivery"),
        limit=working_days(1),
        responsible=owner("clerk"),  # nobody above: the clerk is told of the first one
        **FROM_ARRIVAL,
    ),
    Clock(
        name="delivery_unconfirmed_2",
        label=_("Ask after the unconfirmed delivery again"),
        limit=working_days(3),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
        **FROM_ARRIVAL,
    ),
    Clock(
        name="delivery_unconfirmed_3",
        label=_("Ask after the unconfirmed delivery a third time"),
        limit=working_days(5),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
        **FROM_ARRIVAL,
    ),
    Clock(
        name="delivery_taken_as_received",
        label=_("The delivery is taken as received by itself"),
        limit=working_days(8),
        responsible=owner("clerk"),
        then=DeliveryWasNeverConfirmed,
        **FROM_ARRIVAL,
    ),
    Clock(
        name="recall",
        label=_("Call the goods back and answer"),
        starts=ShipmentWasCalledBack,
        met_by=(ShipmentWasTurnedRound, RecallWasInVain),
        cancelled_by=(RecallWasWithdrawn, ShipmentWasReceived),
        limit=working_minutes(30),
        responsible=role_at(Role.TRANSPORT, "group"),
        chain=(role_at(Role.TRANSPORT_HEAD, "group"), owner("order_manager")),
    ),
    Clock(
        name="recalled_goods",
        label=_("Take the goods back in that were called back"),
        starts=ShipmentWasTurnedRound,
        met_by=ShipmentCameBack,
        anchor="back_on",
        limit=on_date(),
        act="take_back_in",
        responsible=role_at(Role.STORE_KEEPER, "product"),
        chain=(role_at(Role.TRANSPORT_HEAD, "group"), owner("order_manager")),
    ),
    Clock(
        name="missing_part",
        label=_("Bring the missing part"),
        starts=PartWasMissing,
        met_by=PartHasCome,
        cancelled_by=PartWasStruck,
        anchor="expected_on",
        limit=on_date(),
        responsible=owner("follower"),
        chain=(owner("order_manager"), role_at(Role.GENERAL_MANAGER, "product")),
    ),
    Clock(
        name="nonreceipt_trace",
        label=_("Trace the delivery and answer the customer"),
        starts=GoodsWereNotReceived,
        met_by=TraceWasAnswered,
        about=("shipping.shipment", "shipment_id"),
        limit=working_hours(4),
        responsible=role_at(Role.TRANSPORT_HEAD, "group"),
        chain=(owner("order_manager"), role_at(Role.ORDER_MANAGER, "group")),
    ),
)

# Not in the standard's table: without a clock of its own the follow-up (SHP-06) would stand on nobody's list (SLA-07).
declare(
    Clock(
        name="follow_up",
        act="issue_follow_up",
        label=_("Send the missing parts after it"),
        starts=(PartHasCome, ShipmentWasCancelled),
        when=lambda event: event.first_id is not None,
        met_by=FollowUpWasNoticed,
        met_when=lambda event: event.first_id is not None,
        about=("shipping.shipment", "first_id"),
        limit=working_days(1),
        responsible=owner("order_manager"),
        chain=(role_at(Role.ORDER_MANAGER, "group"), head_of("clerk")),
    ),
)
