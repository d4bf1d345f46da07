"""The order desk's clocks, in terms of facts (`spec/sla.md`)."""

from django.utils.translation import gettext_lazy as _

from orders import events as e
from orders.closing_events import OrderBecameReadyToClose, OrderStayedOpen
from orders.meetings.events import MeetingWasHeld
from orders.shortage_events import LineBecameShort, ShortageLapsed, ShortageWasDecided
from organization.finding import head_of, owner, role_at
from organization.roles import Role
from sla.declare import Clock, Limit, days_before, declare, end_of_day, wall_hours, working_days, working_hours

declare(
    Clock(
        name="order_confirmation",
        act="answer_order",
        label=_("Answer the order"),
        starts=e.OrderWasRegistered,
        met_by=(e.OrderWasAnswered, e.QuotationWasIssued),
        limit=working_hours(4),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="order_handling",
        act="start_review",
        label=_("Hand over to review"),
        starts=(e.OrderWasRegistered, e.OrderWasTakenBack),
        met_by=e.ReviewWasOpened,
        cancelled_by=e.RefusalWasAsked,
        limit=wall_hours(24),
        cases={"special": (_("special"), wall_hours(12)), "urgent": (_("urgent"), wall_hours(2))},
        case=lambda event: getattr(event, "priority", ""),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="internal_order",
        act="start_review",
        label=_("Open review"),
        starts=e.RequirementsWereConfirmed,
        met_by=e.ReviewWasOpened,
        cancelled_by=e.RefusalWasAsked,
        limit=working_hours(4),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="review_opinion",
        act="opinion",
        label=_("Give opinion"),
        starts=(e.ReviewWasOpened, MeetingWasHeld, e.ChangeReviewWasOpened),
        when=lambda event: not getattr(event, "waits_for_meeting", False),
        met_by=e.OpinionWasGiven,
        cancelled_by=e.ChangeReviewWasEnded,
        about=("orders.order", "order_id"),
        each=lambda event: [(role, role_at(role, "product")) for role in event.roles],
        key=lambda event: getattr(event, "role", None),
        limit=working_hours(8),
        responsible=role_at(Role.PRODUCTION_MANAGER, "product"),
        chain=(role_at(Role.GENERAL_MANAGER, "product"),),
    ),
    Clock(
        name="negotiation_answer",
        pausable=True,
        act="propose_date",
        label=_("Record the customer's answer on the date"),
        starts=e.NegotiationWasOpened,
        met_by=(e.DateWasProposed, e.RefusalWasAsked),
        limit=working_days(2),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="refusal_decision",
        act="approve_refusal",
        label=_("Decide on the refusal"),
        starts=e.RefusalWasAsked,
        met_by=(e.RefusalWasOverruled, e.OrderWasRefused),
        limit=working_days(1),
        responsible=role_at(Role.GENERAL_MANAGER, "product"),
        chain=(role_at(Role.GROUP_MANAGER, "group"),),
    ),
    Clock(
        name="signature",
        act="signature",
        label=_("Signed contract back"),
        starts=e.ContractWasSent,
        met_by=e.ContractWasSigned,
        limit=end_of_day(),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="our_signature",
        act="our_signature",
        label=_("Sign the contract for our side"),
        starts=e.ContractWasSent,
        met_by=e.ContractWasSignedByUs,
        about=("orders.order", "order_id"),
        limit=working_hours(4),
        responsible=role_at(Role.SALES_HEAD, "sales"),
    ),
    Clock(
        name="production_instruction",
        act="issue_instruction",
        label=_("Issue production instruction"),
        starts=e.ContractTookEffect,
        met_by=(e.InstructionWasIssued, e.OrderWasFulfilledFromStock),
        limit=working_hours(4),
        responsible=owner("clerk"),
        chain=(head_of("clerk"), role_at(Role.GENERAL_MANAGER, "sales")),
    ),
    Clock(
        name="delivery_followup",
        act="record_follow_up",
        label=_("Check progress before delivery"),
        starts=e.ContractTookEffect,
        met_by=e.FollowUpWasRecorded,
        cancelled_by=e.OrderWasDelivered,
        anchor="promised_date",
        limit=days_before(2, opens=3),
        responsible=owner("order_manager"),
        chain=(role_at(Role.GENERAL_MANAGER, "product"),),
    ),
    Clock(
        name="enquiry_validity",
        act="extend_validity",
        label=_("Bring to a contract, or extend the validity"),
        starts=(e.OrderWasRegistered, e.OrderWasTakenBack, e.QuotationWasIssued, e.ValidityWasExtended),
        met_by=(e.ContractWasSigned, e.ContractTookEffect),
        moved_by=(e.OrderWasTakenBack, e.QuotationWasIssued, e.ValidityWasExtended),  # begun anew
        anchor="valid_until",
        limit=Limit("on_date", 0, opens=3, warn=1),  # the clerk is told as it opens, three working days before
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
        then=e.ValidityEnded,
    ),
    Clock(
        name="shortage_decision",
        label=_("Decide on the shortage"),
        starts=LineBecameShort,
        met_by=ShortageWasDecided,
        cancelled_by=ShortageLapsed,
        limit=working_days(1),
        responsible=owner("order_manager"),
        chain=(role_at(Role.SALES_HEAD, "sales"),),
    ),
)

# Not in the standard's table: without clocks of their own these steps would stand on nobody's list (SLA-07).
declare(
    Clock(
        name="quotation",
        act="issue_quotation",
        label=_("Quote to the customer"),
        starts=(e.ReviewWasPassed, e.RefusalWasOverruled),
        met_by=e.QuotationWasIssued,
        limit=working_days(1),
        responsible=owner("clerk"),
        chain=(head_of("clerk"),),
    ),
    Clock(
        name="order_closing",
        act="close",
        label=_("Close the order"),
        starts=OrderBecameReadyToClose,
        met_by=e.OrderWasClosed,
        cancelled_by=OrderStayedOpen,
        limit=working_days(2),
        responsible=role_at(Role.FINANCE, "sales"),
        chain=(role_at(Role.FINANCE_HEAD, "sales"), owner("clerk")),
    ),
)
