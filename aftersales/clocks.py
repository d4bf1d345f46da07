"""The clocks after delivery (`spec/sla.md`)."""

from django.utils.translation import gettext_lazy as _

from aftersales import events as e
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from shipping.events import DamageWasReported
from sla.declare import Clock, declare, working_days, working_hours, working_minutes

declare(
    Clock(
        name="service_handover",
        act="hand_over",
        label=_("Hand the service request to after-sales"),
        starts=e.ServiceWasRequested,
        met_by=e.ServiceWasHandedOver,
        limit=working_minutes(60),
        responsible=owner("receiver"),
        chain=(role_at(Role.SALES_HEAD, "sales"),),
    ),
    Clock(
        name="service_contact",
        act="contact_customer",
        label=_("Contact the customer"),
        starts=e.ServiceWasHandedOver,
        met_by=e.CustomerWasContacted,
        limit=working_hours(2),
        responsible=role_at(Role.AFTERSALES_HEAD, "sales"),
        chain=(role_at(Role.GENERAL_MANAGER, "sales"),),
    ),
    Clock(
        name="damage_decision",
        label=_("Decide on the damage and tell the customer"),
        # With the report itself: what after-sales does about it comes after, and no fact is without its clock.
        about=("shipping.damage", "damage_id"),
        seen_as="aftersales.damage",  # decided on its service request
        starts=DamageWasReported,
        met_by=e.SolutionWasRecorded,
        met_when=lambda event: event.damage_id is not None,
        limit=working_hours(4),
        responsible=role_at(Role.AFTERSALES_HEAD, "sales"),
        chain=(role_at(Role.GENERAL_MANAGER, "sales"),),
    ),
    Clock(
        name="return_decision",
        label=_("Answer the return"),
        starts=(e.ReturnWasApplied, e.ReturnInformationWasGiven),
        met_by=(e.ReturnWasAgreed, e.ReturnWasRefused, e.ReturnInformationWasAsked),
        limit=working_days(1),
        responsible=role_at(Role.AFTERSALES_HEAD, "sales"),
        chain=(role_at(Role.GENERAL_MANAGER, "sales"),),
    ),
)

# Not in the standard's table: without a clock of their own these steps of a service or a return would stand on nobody's list (SLA-07).
declare(
    Clock(
        name="service_solution",
        act="record_solution",
        label=_("Find the solution and tell the customer"),
        starts=e.CustomerWasContacted,
        met_by=e.SolutionWasRecorded,
        limit=working_days(1),
        responsible=role_at(Role.AFTERSALES_ENGINEER, "sales"),
        chain=(role_at(Role.AFTERSALES_HEAD, "sales"),),
    ),
    Clock(
        name="service_work",
        act="finish",
        label=_("Visit or repair, until the work is done"),
        starts=e.SolutionWasRecorded,
        met_by=e.ServiceWasDone,
        pausable=True,
        limit=working_days(5),
        responsible=role_at(Role.AFTERSALES_ENGINEER, "sales"),
        chain=(role_at(Role.AFTERSALES_HEAD, "sales"),),
    ),
    Clock(
        name="service_closing",
        act="close",
        label=_("Ask the customer whether the service can be closed"),
        starts=e.ServiceWasDone,
        met_by=e.ServiceWasClosed,
        cancelled_by=e.SolutionWasRecorded,  # it was not the last one
        pausable=True,
        limit=working_days(3),
        responsible=role_at(Role.AFTERSALES_ENGINEER, "sales"),
        chain=(role_at(Role.AFTERSALES_HEAD, "sales"),),
    ),
    Clock(
        name="return_costs",
        act="tell_costs",
        label=_("Tell the customer what the return costs"),
        starts=(e.ReturnWasApplied, e.ReturnInformationWasGiven),
        when=lambda event: isinstance(event, e.ReturnWasApplied) or not event.told,
        met_by=e.ReturnCostsWereTold,
        cancelled_by=(e.ReturnWasRefused, e.ReturnInformationWasAsked),
        limit=working_hours(4),
        responsible=role_at(Role.AFTERSALES_ENGINEER, "sales"),
        chain=(role_at(Role.AFTERSALES_HEAD, "sales"),),
    ),
    Clock(
        name="return_information",
        act="give_information",
        label=_("Ask the customer for what is missing of the return"),
        starts=e.ReturnInformationWasAsked,
        met_by=e.ReturnInformationWasGiven,
        cancelled_by=e.ReturnWasRefused,
        limit=working_days(3),
        responsible=owner("clerk"),
        chain=(role_at(Role.AFTERSALES_HEAD, "sales"),),
    ),
    Clock(
        name="return_freight",
        act="confirm_freight",
        label=_("Confirm the customer's freight of a return"),
        starts=e.ReturnWasAgreed,
        when=lambda event: event.customer_pays,
        met_by=e.FreightWasPrepaid,
        limit=working_days(3),
        responsible=role_at(Role.FINANCE, "sales"),
        chain=(owner("clerk"), role_at(Role.AFTERSALES_HEAD, "sales")),
    ),
    Clock(
        name="return_collection",
        act="arrange_collection",
        label=_("Arrange the collection of returned goods"),
        starts=(e.ReturnWasAgreed, e.FreightWasPrepaid),
        when=lambda event: isinstance(event, e.FreightWasPrepaid) or not event.customer_pays,
        met_by=e.CollectionWasArranged,
        limit=working_days(1),
        responsible=role_at(Role.AFTERSALES_ENGINEER, "sales"),
        chain=(role_at(Role.AFTERSALES_HEAD, "sales"),),
    ),
    Clock(
        name="return_receipt",
        act="receive_goods",
        label=_("Receive the returned goods"),
        starts=e.CollectionWasArranged,
        met_by=e.ReturnedGoodsWereReceived,
        cancelled_by=e.CollectionWasArranged,  # arranged anew: counted from the new day
        since="fetched_at",
        limit=working_days(3),
        responsible=role_at(Role.STORE_KEEPER, "product"),
        chain=(role_at(Role.STORE_HEAD, "product"), role_at(Role.AFTERSALES_HEAD, "sales")),
    ),
    Clock(
        name="return_inspection",
        act="inspect",
        label=_("Inspect the returned goods"),
        starts=e.ReturnedGoodsWereReceived,
        met_by=e.ReturnWasInspected,
        limit=working_hours(8),
        responsible=role_at(Role.INSPECTOR, "product"),
        chain=(role_at(Role.QUALITY_HEAD, "product"), role_at(Role.AFTERSALES_HEAD, "sales")),
    ),
    Clock(
        name="return_settling",
        act="settle",
        label=_("Settle the return"),
        starts=e.ReturnWasInspected,
        met_by=e.ReturnWasSettled,
        limit=working_days(1),
        responsible=role_at(Role.AFTERSALES_HEAD, "sales"),
        chain=(role_at(Role.GENERAL_MANAGER, "sales"),),
    ),
    Clock(
        name="exchange_order",
        act="order_exchange",
        label=_("Make the exchange order"),
        starts=e.ReturnWasSettled,
        when=lambda event: bool(event.exchanged),
        met_by=e.ReturnWasExchanged,
        limit=working_days(1),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
)
