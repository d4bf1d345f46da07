"""Quality's clocks (spec/sla.md)."""

from django.utils.translation import gettext_lazy as _

from organization.finding import role_at
from organization.roles import Role
from quality.events import (
    InspectionWasFinished,
    InspectionWasOpened,
    NonconformityWasClosed,
    NonconformityWasDecided,
    NonconformityWasFound,
    NonconformityWasRouted,
)
from sla.declare import Clock, declare, working_days, working_hours, working_minutes

declare(
    Clock(
        name="arrival_inspection",
        label=_("Inspect the goods"),
        starts=InspectionWasOpened,
        met_by=InspectionWasFinished,
        limit=working_hours(8),
        act="finish",
        responsible=role_at(Role.INSPECTOR, "product"),
        chain=(role_at(Role.QUALITY_HEAD, "product"), role_at(Role.GENERAL_MANAGER, "product")),
    ),
    Clock(
        name="quality_reaction",
        label=_("Act on the nonconformity"),
        starts=NonconformityWasFound,
        met_by=(NonconformityWasRouted, NonconformityWasDecided),
        limit=working_minutes(20),
        responsible=role_at(Role.INSPECTOR, "product"),
        chain=(role_at(Role.QUALITY_HEAD, "product"), role_at(Role.GENERAL_MANAGER, "product")),
    ),
    Clock(
        name="quality_head_action",
        label=_("Decide on the nonconformity"),
        starts=NonconformityWasRouted,
        when=lambda event: event.role == Role.QUALITY_HEAD,
        met_by=NonconformityWasDecided,
        limit=working_minutes(30),
        responsible=role_at(Role.QUALITY_HEAD, "product"),
        chain=(role_at(Role.GENERAL_MANAGER, "product"),),
    ),
)

# Not in the standard's table: without a clock of its own rework would stand on nobody's list (SLA-07).
declare(
    Clock(
        name="rework",
        act="finish_rework",
        label=_("See to the rework and inspect again"),
        starts=NonconformityWasDecided,
        when=lambda event: event.disposition == "rework",
        met_by=NonconformityWasClosed,
        limit=working_days(2),
        responsible=role_at(Role.INSPECTOR, "product"),
        chain=(role_at(Role.QUALITY_HEAD, "product"), role_at(Role.GENERAL_MANAGER, "product")),
    ),
)
