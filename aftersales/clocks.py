"""The clocks after delivery (`spec/sla.md`)."""

from django.utils.translation import gettext_lazy as _

from aftersales import events as e
from organization.finding import owner, role_at
from organization.roles import Role
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
        starts=e.ServiceWasRequested,
        when=lambda event: event.service_kind == "damage",
        met_by=e.SolutionWasRecorded,
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
