"""The life of an order on one page. Labels are what people read on the buttons."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE

from core.actor import Actor
from core.workflow import Flow, StateField, by_itself, step
from orders import change_guards as cg
from orders import guards as g
from orders.meetings import guards as m
from organization.roles import Role, may


class OrderState(models.TextChoices):
    REGISTERED = "registered", _("registered")
    CONFIRMED = "confirmed", _("requirements confirmed")
    IN_REGULAR_REVIEW = "in_regular_review", _("in regular review")
    IN_IRREGULAR_REVIEW = "in_irregular_review", _("in irregular review")
    NEGOTIATING = "negotiating", _("negotiating the date")
    REFUSAL_PENDING = "refusal_pending", _("refusal to be approved")
    ACCEPTED = "accepted", _("review passed")
    QUOTED = "quoted", _("quoted")
    CONTRACTED = "contracted", _("to be signed")
    SIGNED = "signed", _("signed")
    EFFECTIVE = "effective", _("effective")
    INSTRUCTED = "instructed", _("production instructed")
    PLANNED = "planned", _("planned")
    IN_PRODUCTION = "in_production", _("in production")
    STOCKED = "stocked", _("complete in store")
    SHIPPING = "shipping", _("shipping")
    DELIVERED = "delivered", _("delivered")
    INVOICED = "invoiced", _("invoiced")
    CLOSED = "closed", _("closed")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CANCELLED = "cancelled", _("cancelled")


O = OrderState  # noqa: E741  the page below is read by its columns
IN_REVIEW = [O.IN_REGULAR_REVIEW, O.IN_IRREGULAR_REVIEW]
UNSIGNED = [O.REGISTERED, O.CONFIRMED, *IN_REVIEW, O.NEGOTIATING, O.REFUSAL_PENDING, O.ACCEPTED, O.QUOTED, O.CONTRACTED]
BEFORE_SIGNING = UNSIGNED[1:]  # an unsigned order has a validity (INT-17)
AFTER_SIGNING = [O.SIGNED, O.EFFECTIVE, O.INSTRUCTED, O.PLANNED, O.IN_PRODUCTION, O.STOCKED, O.SHIPPING]
ENDS = [O.CLOSED, O.REFUSED, O.WITHDRAWN, O.CANCELLED]
clerk = may(Role.SALES_CLERK)


class OrderLife(Flow):
    """`spec/states.md`, transition by transition."""

    state = StateField(_("state"), default=O.REGISTERED, choices=O.choices)

    class Meta:
        abstract = True

    @step(state, source=O.REGISTERED, permission=clerk, label=_("Edit"), icon="pencil")
    def edit_intake(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[O.REGISTERED, O.CONFIRMED, *IN_REVIEW, O.NEGOTIATING, O.ACCEPTED],
        permission=clerk,
        label=_("Answer the customer"),
        icon="send",
    )
    def answer_order(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=O.REGISTERED, permission=clerk, label=_("Answer the four questions"), icon="help-hexagon")
    def classify(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[O.REGISTERED, O.CONFIRMED],
        permission=may(customer=True),
        label=_("Confirm the order as its customer"),
        guards=[g.requirements_are_complete, g.customer_has_not_confirmed_it],
        icon="clipboard-check",
    )
    def confirm_as_customer(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=O.REGISTERED,
        target=O.CONFIRMED,
        permission=clerk,
        label=_("Confirm requirements"),
        guards=[g.requirements_are_complete, g.questions_are_answered, g.dates_are_possible],
        icon="checks",
    )
    def confirm_requirements(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=O.CONFIRMED,
        target=RETURN_VALUE(*IN_REVIEW),
        permission=clerk,
        label=_("Open review"),
        guards=[g.reviewers_exist],
        icon="clipboard-check",
    )
    def start_review(self, *, by: Actor, at: datetime) -> OrderState:
        return self._review_state()

    @step(
        state,
        source=IN_REVIEW,
        target=O.ACCEPTED,
        permission=by_itself,
        label=_("Review passed"),
        guards=[m.irregular_meeting_was_held],
    )
    def accept(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=IN_REVIEW, target=O.NEGOTIATING, permission=by_itself, label=_("To negotiation"))
    def open_negotiation(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[*IN_REVIEW, O.NEGOTIATING, O.ACCEPTED, O.QUOTED],
        permission=clerk,
        label=_("Call the review meeting"),
        guards=[m.meeting_is_needed],
        icon="users",
    )
    def call_meeting(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=O.NEGOTIATING,
        target=RETURN_VALUE(*IN_REVIEW),
        permission=clerk,
        label=_("Customer agreed to a new date"),
        icon="calendar-event",
    )
    def propose_date(self, *, by: Actor, at: datetime) -> OrderState:
        return self._review_state()

    def _review_state(self) -> OrderState:
        return O.IN_IRREGULAR_REVIEW if self.order_class == "irregular" else O.IN_REGULAR_REVIEW  # type: ignore[attr-defined]

    @step(
        state,
        source=O.NEGOTIATING,
        target=O.REFUSAL_PENDING,
        permission=clerk,
        label=_("Customer cannot extend"),
        icon="user-x",
        danger=True,
    )
    def ask_refusal(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[O.REGISTERED, O.CONFIRMED],
        target=O.REFUSAL_PENDING,
        permission=clerk,
        label=_("Ask to refuse"),
        icon="ban",
        danger=True,
    )
    def decline_intake(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=O.REFUSAL_PENDING,
        target=O.REFUSED,
        permission=g.product_management,
        label=_("Approve the refusal"),
        icon="ban",
        danger=True,
    )
    def approve_refusal(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=O.REFUSAL_PENDING,
        target=O.ACCEPTED,
        permission=g.product_management,
        label=_("Order it to be accepted"),
        icon="gavel",
        guards=[g.requirements_are_complete, g.questions_are_answered],
    )
    def overrule_refusal(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[O.ACCEPTED, O.QUOTED],
        target=O.QUOTED,
        permission=may(Role.SALES_CLERK, Role.QUOTER),
        label=_("Issue quotation"),
        guards=[g.every_line_has_a_price, g.price_is_decided, g.credit_is_clear],
        icon="calculator",
    )
    def issue_quotation(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=O.QUOTED,
        target=O.CONTRACTED,
        permission=clerk,
        label=_("Customer accepts: draft contract"),
        guards=[g.quotation_is_valid, m.meeting_was_held, g.export_is_decided],
        icon="file-certificate",
    )
    def draft_contract(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=O.CONTRACTED,
        target=O.SIGNED,
        permission=may(Role.SALES_CLERK, customer=True),
        label=_("File the signed contract"),
        guards=[g.we_have_signed],
        icon="signature",
    )
    def sign(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[O.EFFECTIVE, O.INSTRUCTED, O.PLANNED, O.IN_PRODUCTION, O.STOCKED, O.SHIPPING, O.DELIVERED, O.INVOICED],
        permission=may(Role.SALES_CLERK, customer=True),
        label=_("File the signed contract later"),
        guards=[g.signature_is_still_out],
        icon="signature",
    )
    def sign_later(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[O.CONTRACTED, O.SIGNED],
        target=O.EFFECTIVE,
        permission=by_itself,
        label=_("Takes effect"),
        guards=[g.may_take_effect],
    )
    def take_effect(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=O.EFFECTIVE,
        target=O.INSTRUCTED,
        permission=clerk,
        label=_("Issue production instruction"),
        guards=[g.deposit_is_in, g.something_is_to_be_made],
        icon="file-export",
    )
    def issue_instruction(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=O.EFFECTIVE,
        target=O.STOCKED,
        permission=may(Role.ORDER_MANAGER),
        label=_("Fulfil from stock"),
        guards=[g.deposit_is_in, g.everything_is_reserved],
        icon="package",
    )
    def fulfil_from_stock(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=O.INSTRUCTED, target=O.PLANNED, permission=by_itself, label=_("Plan released"))
    def release_plan(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=O.PLANNED, target=O.IN_PRODUCTION, permission=by_itself, label=_("Production started"))
    def start_production(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=[O.PLANNED, O.IN_PRODUCTION], target=O.STOCKED, permission=by_itself, label=_("Complete in store"))
    def complete_stock(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=O.STOCKED, target=O.SHIPPING, permission=by_itself, label=_("Shipping"))
    def begin_shipping(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=[O.IN_PRODUCTION, O.STOCKED, O.SHIPPING], target=O.DELIVERED, permission=by_itself, label=_("Delivered"))
    def complete_delivery(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=O.DELIVERED, target=O.INVOICED, permission=by_itself, label=_("Invoiced"))
    def complete_invoicing(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=O.INVOICED,
        target=O.CLOSED,
        permission=may(Role.FINANCE),
        label=_("Close the order"),
        guards=[g.everything_is_paid, g.nothing_is_open],
        icon="lock-check",
    )
    def close(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=BEFORE_SIGNING,
        target=O.REGISTERED,
        permission=clerk,
        label=_("Take back to intake"),
        guards=[g.contract_is_not_signed],
        icon="arrow-back-up",
        danger=True,
    )
    def take_back(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=UNSIGNED,
        target=O.WITHDRAWN,
        permission=clerk,
        label=_("Withdraw"),
        guards=[g.contract_is_not_signed],
        icon="x",
        danger=True,
    )
    def withdraw(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=UNSIGNED, target=O.WITHDRAWN, permission=by_itself, label=_("Validity ended"))
    def lapse(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=UNSIGNED, permission=clerk, label=_("Extend the validity"), icon="calendar-plus")
    def extend_validity(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[O.ACCEPTED, O.QUOTED],
        permission=g.decider,
        label=_("Record a decision"),
        guards=[g.something_is_to_be_decided],
        icon="gavel",
    )
    def record_decision(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[O.EFFECTIVE, O.INSTRUCTED, O.PLANNED, O.IN_PRODUCTION, O.STOCKED, O.SHIPPING],
        permission=may(Role.ORDER_MANAGER),
        label=_("Record follow-up"),
        icon="radar-2",
    )
    def record_follow_up(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=AFTER_SIGNING,
        permission=may(Role.SALES_CLERK, Role.SALESPERSON, Role.DESIGNER, customer=True),
        label=_("Register a change"),
        icon="git-pull-request",
    )
    def register_change(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=AFTER_SIGNING,
        permission=may(Role.SALES_CLERK, Role.SALESPERSON),
        label=_("The customer cancels"),
        guards=[cg.nobody_cancels_yet],
        icon="square-x",
        danger=True,
    )
    def ask_cancel(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=AFTER_SIGNING,
        target=O.CANCELLED,
        permission=may(Role.SALES_HEAD),
        label=_("Cancel the order"),
        guards=[cg.nothing_dangles],
        icon="ban",
        danger=True,
    )
    def cancel(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=AFTER_SIGNING,
        permission=may(Role.ORDER_MANAGER, Role.MATERIAL_CONTROLLER),
        label=_("Flag a shortage"),
        icon="alert-triangle",
    )
    def record_shortage(self, *, by: Actor, at: datetime) -> None: ...
