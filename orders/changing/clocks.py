"""The clocks of changes, in terms of facts (`spec/sla.md`)."""

from django.utils.translation import gettext_lazy as _

from orders import events as e
from orders.services.change.outcome import SIGNERS
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from sla.declare import Clock, declare, working_hours, working_minutes

declare(
    Clock(
        name="change_response",
        label=_("Classify the change and act on it"),
        starts=e.ChangeWasReceived,
        when=lambda event: event.kind_of_change == "change",
        met_by=(e.ChangeNoticeWasIssued, e.ChangeReviewWasOpened, e.ChangeWasRefused),
        limit=working_minutes(30),
        responsible=owner("receiver"),
        chain=(head_of("receiver"), role_at(Role.GENERAL_MANAGER, "sales")),
    ),
    Clock(
        name="change_circulation",
        act="circulate",
        label=_("Circulate the change notice"),
        starts=e.ChangeNoticeWasIssued,
        met_by=e.ChangeWasCirculated,
        limit=working_minutes(30),
        responsible=role_at(Role.PRODUCTION_MANAGER, "product"),
        chain=(role_at(Role.GENERAL_MANAGER, "product"),),
    ),
    Clock(
        name="change_signoff",
        act="sign_for",
        label=_("Sign for the change notice"),
        starts=e.ChangeWasCirculated,
        met_by=e.ChangeWasSignedFor,
        each=lambda event: [(role, role_at(Role(role), SIGNERS[role])) for role in event.roles],
        key=lambda event: event.role,
        limit=working_hours(2),
        responsible=role_at(Role.PRODUCTION_MANAGER, "product"),
        chain=(role_at(Role.PRODUCTION_MANAGER, "product"), role_at(Role.GENERAL_MANAGER, "product")),
    ),
)
