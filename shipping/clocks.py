"""The clocks of shipping (SHP-01, SHP-09, SHP-10, SHP-11)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from orders.events import OrderWasFulfilledFromStock, OrderWasStocked
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from shipping import events as e
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
from shipping.trouble import SIDES
from sla.declare import Clock, Limit, days_before, declare, end_of_day, on_date, working_days, working_hours, working_minutes

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

# Until goods leave, their clocks run towards the day on which they are to; a notice that is taken back ends them.
IN_THE_HOUSE: dict[str, Any] = {"moved_by": e.ShipmentWasRedirected, "anchor": "planned_on"}

# Not in the standard's table: without clocks of their own these steps would stand on nobody's list (SLA-07).
declare(
    Clock(
        name="shipment_clearing",
        act="clear",
        label=_("Clear the shipment once its money is in"),
        starts=e.ShipmentAwaitsMoney,
        met_by=e.ShipmentWasCleared,
        cancelled_by=ShipmentWasCancelled,
        pausable=True,
        limit=days_before(2, opens=5),
        responsible=role_at(Role.FINANCE, "sales"),
        chain=(owner("clerk"), head_of("clerk")),
        **IN_THE_HOUSE,
    ),
    Clock(
        name="shipment_picking",
        act="pick",
        label=_("Pick and pack the shipment"),
        starts=(e.ShipmentWasCleared, e.PackingWasUndone),
        met_by=e.ShipmentWasPicked,
        cancelled_by=ShipmentWasCancelled,
        limit=days_before(1, opens=3),
        responsible=role_at(Role.STORE_KEEPER, "product"),
        chain=(role_at(Role.STORE_HEAD, "product"), owner("order_manager")),
        **IN_THE_HOUSE,
    ),
    Clock(
        name="shipment_verifying",
        act="verify",
        label=_("Verify the packed shipment"),
        starts=e.ShipmentWasPicked,
        met_by=e.ShipmentWasVerified,
        cancelled_by=(ShipmentWasCancelled, e.PackingWasUndone),
        limit=days_before(1, opens=3),
        responsible=role_at(Role.PACKER, "product"),  # never who picked it: that is the store keeper
        chain=(role_at(Role.STORE_HEAD, "product"), owner("order_manager")),
        **IN_THE_HOUSE,
    ),
    Clock(
        name="shipment_dispatch",
        act="dispatch",
        label=_("Dispatch the shipment"),
        starts=e.ShipmentWasVerified,
        met_by=ShipmentWasDispatched,
        cancelled_by=(ShipmentWasCancelled, e.PackingWasUndone),
        limit=Limit("on_date", 0, opens=3),
        responsible=role_at(Role.TRANSPORT, "group"),
        chain=(role_at(Role.TRANSPORT_HEAD, "group"), owner("order_manager")),
        **IN_THE_HOUSE,
    ),
    Clock(
        name="consent_to_missing",
        act="record_consent",
        label=_("Ask the customer whether it may go without the missing parts"),
        starts=PartWasMissing,
        met_by=e.CustomerAgreedToMissing,
        cancelled_by=(PartHasCome, PartWasStruck, ShipmentWasCancelled),
        cancelled_when=lambda event: not getattr(event, "asks", False),
        about=("shipping.shipment", "shipment_id"),
        pausable=True,
        limit=working_hours(4),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="missing_goods",
        act="#missing-goods",
        label=_("Find the missing goods, send them again or credit them"),
        starts=(e.GoodsWereShort, e.ShortageIsOpenAgain),
        met_by=e.ShortageWasDecided,
        met_when=lambda event: event.last,
        about=("shipping.shipment", "shipment_id"),
        limit=working_days(1),
        responsible=owner("order_manager"),
        chain=(role_at(Role.ORDER_MANAGER, "group"), head_of("clerk")),
    ),
    Clock(
        name="damage_words",
        act="say_cause",
        label=_("Say what the cause of the damage may be"),
        starts=e.DamageWasReported,
        met_by=e.CauseWasSaid,
        about=("shipping.damage", "damage_id"),
        each=lambda event: [(str(side), role_at(side, "product")) for side in SIDES],
        key=lambda event: event.side,
        limit=working_days(1),
        responsible=role_at(Role.INSPECTOR, "product"),
        chain=(role_at(Role.QUALITY_HEAD, "product"), role_at(Role.TRANSPORT_HEAD, "group")),
    ),
    Clock(
        name="damage_cause",
        act="establish_cause",
        label=_("Establish the cause of the damage"),
        starts=e.CauseWasSaid,
        when=lambda event: event.heard,
        met_by=e.CauseWasEstablished,
        limit=working_days(1),
        responsible=role_at(Role.TRANSPORT, "group"),
        chain=(role_at(Role.TRANSPORT_HEAD, "group"),),
    ),
    Clock(
        name="claim_agreement",
        act="agree_claim",
        label=_("Agree the claim with whoever is to pay"),
        starts=e.ClaimWasRaised,
        met_by=e.ClaimWasAgreed,
        cancelled_by=e.ClaimWasDropped,
        pausable=True,
        limit=working_days(5),
        responsible=role_at(Role.TRANSPORT, "group"),
        chain=(role_at(Role.TRANSPORT_HEAD, "group"),),
    ),
    Clock(
        name="claim_settlement",
        act="settle_claim",
        label=_("Settle the claim"),
        starts=e.ClaimWasAgreed,
        met_by=e.ClaimWasSettled,
        cancelled_by=e.ClaimWasDropped,
        pausable=True,
        limit=working_days(10),
        responsible=role_at(Role.FREIGHT_AUDITOR, "group"),
        chain=(role_at(Role.TRANSPORT_HEAD, "group"),),
    ),
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
