"""The clocks of changes, in terms of facts (`spec/sla.md`)."""

from django.utils.translation import gettext_lazy as _

from orders import events as e
from orders.services.change.outcome import SIGNERS
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from sla.declare import Clock, declare, working_days, working_hours, working_minutes

declare(
    Clock(
        name="change_response",
        label=_("Classify the change and act on it"),
        starts=e.ChangeWasReceived,
        when=lambda event: event.kind_of_change == "change",
        met_by=(e.ChangeNoticeWasIssued, e.ChangeReviewWasOpened),
        cancelled_by=e.ChangeWasRefused,  # counts neither as met nor as missed (sla.md)
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
        starts=(e.ChangeWasCirculated, e.DepartmentsWereAdded),
        met_by=e.ChangeWasSignedFor,
        each=lambda event: [(role, role_at(Role(role), SIGNERS[role])) for role in event.roles],
        key=lambda event: event.role,
        limit=working_hours(2),
        responsible=role_at(Role.PRODUCTION_MANAGER, "product"),
        chain=(role_at(Role.PRODUCTION_MANAGER, "product"), role_at(Role.GENERAL_MANAGER, "product")),
    ),
)

# Who decides rows elsewhere than at the product company: the order's own clerk and order manager, the sales company's finance.
DECIDERS = {
    Role.SALES_CLERK: owner("clerk"),
    Role.ORDER_MANAGER: owner("order_manager"),
    Role.FINANCE: role_at(Role.FINANCE, "sales"),
}

# Not in the standard's table: without a clock of their own these steps would wait for nobody and stand on nobody's list (SLA-07).
declare(
    Clock(
        name="answer_on_change",
        pausable=True,
        act="record_answer",
        label=_("Record the customer's answer to the change"),
        starts=(e.ChangeReviewWasConcluded, e.ChangeWasClassified, e.ChangePricesWereEntered),
        when=lambda event: getattr(event, "asks_customer", True),
        met_by=e.ChangeWasAnswered,
        cancelled_by=(e.ChangeWasRefused, e.ChangeReviewWasEnded, e.ChangeWasClassified, e.ChangeNoticeWasIssued),
        limit=working_days(2),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="agreement_signature",
        label=_("Sign the supplementary agreement for our side"),
        starts=e.AgreementWasDrafted,
        met_by=e.AgreementWasSigned,
        met_when=lambda event: bool(event.ours),
        cancelled_by=e.ChangeWasRefused,
        limit=working_hours(4),
        responsible=role_at(Role.SALES_HEAD, "sales"),
    ),
    Clock(
        name="rows_of_change",
        act="#impact",
        label=_("Decide what becomes of what the change touches"),
        starts=(e.ChangeWasReceived, e.ChangeWasClassified, e.ChangePricesWereEntered),
        met_by=e.ThingWasDecided,
        met_when=lambda event: event.last,
        cancelled_by=(e.ChangeWasClassified, e.ChangePricesWereEntered, e.ChangeWasRefused),  # another class or price asks anew
        each=lambda event: [(role, DECIDERS.get(Role(role), role_at(Role(role), "product"))) for role in event.roles],
        key=lambda event: getattr(event, "role", None),
        limit=working_hours(4),
        responsible=role_at(Role.PRODUCTION_MANAGER, "product"),
        chain=(owner("order_manager"),),
    ),
    Clock(
        name="agreement_return",
        label=_("Get the supplementary agreement back signed"),
        starts=e.AgreementWasSigned,
        when=lambda event: event.ours,
        met_by=e.AgreementWasSigned,
        met_when=lambda event: not event.ours,
        cancelled_by=e.ChangeWasRefused,
        limit=working_days(2),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="notice_of_change",
        act="issue_notice",
        label=_("Issue the change notice"),
        starts=(e.ChangeWasClassified, e.ChangePricesWereEntered, e.ChangeWasAnswered),
        # From class 2 on, and to another price in any class, the customer agrees first.
        when=lambda event: getattr(event, "klass", 1) == 1 and not getattr(event, "asks_customer", False),
        met_by=e.ChangeNoticeWasIssued,
        cancelled_by=(e.ChangePricesWereEntered, e.ChangeWasRefused),
        limit=working_hours(4),
        responsible=owner("order_manager"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="applying_of_change",
        act="apply_change",
        label=_("Apply the change once all have signed for it"),
        starts=e.ChangeWasCirculated,
        met_by=e.ChangeWasApplied,
        cancelled_by=e.ChangeWasRefused,
        limit=working_days(1),
        responsible=owner("order_manager"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="charge_of_cancelling",
        act="agree_charge",
        label=_("Agree the charge of the cancelling with the customer"),
        starts=e.ChangeWasReceived,
        when=lambda event: event.kind_of_change == "cancel",
        met_by=e.ChargeWasAgreed,
        cancelled_by=e.ChangeWasRefused,
        limit=working_days(1),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="cancelling",
        act="cancel",
        label=_("Cancel the order, or refuse it"),
        about=("orders.order", "order_id"),
        starts=e.ChargeWasAgreed,
        met_by=e.OrderWasCancelled,
        cancelled_by=e.ChangeWasRefused,
        key=lambda event: str(event.change_id),
        limit=working_days(1),
        responsible=role_at(Role.SALES_HEAD, "sales"),
        chain=(role_at(Role.GENERAL_MANAGER, "sales"),),
    ),
)
