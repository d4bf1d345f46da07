"""The clocks of changes, in terms of facts (`spec/sla.md`)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from orders import events as e
from orders.change_guards import agreement_is_due
from orders.models import ChangeRequest
from orders.services.change.outcome import SIGNERS
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from sla.declare import Clock, declare, working_days, working_hours, working_minutes


def who_acts(event: Any) -> str:
    """Whoever must act on a change of class 1 once its receiver has classified it: who asks for the price, else who issues the notice."""
    if getattr(event, "klass", 1) != 1:
        return ""
    return owner("clerk") if getattr(event, "asks_customer", False) else owner("order_manager")


declare(
    Clock(
        name="change_response",
        label=_("Act on the change: classify it, issue its notice"),
        starts=(e.ChangeWasReceived, e.ChangeWasClassified),  # the latter after a re-review that found no date
        when=lambda event: getattr(event, "kind_of_change", "change") == "change" and getattr(event, "klass", 1) == 1,
        met_by=(e.ChangeNoticeWasIssued, e.ChangeReviewWasOpened),
        cancelled_by=e.ChangeWasRefused,  # counts neither as met nor as missed (sla.md)
        # The table stops it with the notice, which contract order management issues: the same 30 minutes, on the list of who has to act.
        passed_by=(e.ChangeWasClassified, e.ChangePricesWereEntered, e.ChangeWasAnswered),
        passed_to=who_acts,
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

# What may make a supplementary agreement necessary, or superfluous.
ALTERS_AGREEMENT = (e.ThingWasDecided, e.ChangeWasClassified, e.ChangePricesWereEntered, e.ChangeReviewWasOpened)


def needs_agreement(event: Any) -> bool:
    """Does the clerk have to draft one now (CHG-04)?"""
    return agreement_is_due(ChangeRequest.objects.get(pk=event.change_id))


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
        name="change_negotiation",
        label=_("Agree another wish with the customer, or refuse the change"),
        starts=e.ChangeWasFoundImpossible,
        met_by=e.ChangeWasClassified,
        cancelled_by=e.ChangeWasRefused,
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
        # Another class or price asks anew, and so does another wish.
        cancelled_by=(e.ChangeWasClassified, e.ChangePricesWereEntered, e.ChangeWasRefused, e.ChangeWasFoundImpossible),
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
        starts=e.ChangeWasAnswered,  # class 1, of which nothing is asked: `change_response`
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
    Clock(
        name="agreement_drafting",
        act="draft_agreement",
        label=_("Draft the supplementary agreement"),
        starts=(e.ChangeWasAnswered, *ALTERS_AGREEMENT),
        when=needs_agreement,
        met_by=e.AgreementWasDrafted,
        cancelled_by=(*ALTERS_AGREEMENT, e.ChangeWasRefused),
        cancelled_when=lambda event: not needs_agreement(event),
        limit=working_hours(4),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
)
