"""The lives of a change request, of a row of its impact, of a signature for it, and of a supplementary agreement (CHG-01..05)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.workflow import Flow, StateField, by_itself, step
from orders import change_guards as g
from organization.roles import Role, may


class ChangeState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("change", "received, to be classified")
    CLASSIFIED = "classified", pgettext_lazy("change", "classified")
    IN_REVIEW = "in_review", pgettext_lazy("change", "in review")
    AWAITING_CUSTOMER = "awaiting_customer", pgettext_lazy("change", "waits for the customer")
    NOTICED = "noticed", pgettext_lazy("change", "notice issued")
    APPLIED = "applied", pgettext_lazy("change", "applied")
    FILED = "filed", pgettext_lazy("change", "filed")
    REFUSED = "refused", pgettext_lazy("change", "refused")


C = ChangeState
OVER = (C.APPLIED, C.FILED, C.REFUSED)
UNDER_WAY = (C.CLASSIFIED, C.IN_REVIEW, C.AWAITING_CUSTOMER, C.NOTICED)
receivers = may(Role.SALES_CLERK, Role.SALESPERSON, Role.DESIGNER)
desk = may(Role.SALES_CLERK, Role.SALESPERSON)


class ChangeLife(Flow):
    """The order stays where it is while its change runs through this life (states.md)."""

    state = StateField(_("state"), default=C.RECEIVED, choices=C.choices)

    class Meta:
        abstract = True

    @step(state, source=C.RECEIVED, permission=receivers, label=_("Enter what changes"), icon="pencil", guards=[g.is_a_change])
    def describe(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[C.RECEIVED, C.CLASSIFIED],
        target=C.CLASSIFIED,
        permission=receivers,
        label=_("Classify"),
        icon="versions",
        guards=[g.is_a_change, g.something_changes, g.the_order_still_takes_it, g.no_other_change_runs],
    )
    def classify(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=C.CLASSIFIED, target=C.IN_REVIEW, permission=by_itself, label=_("Open the re-review"))
    def open_review(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=C.IN_REVIEW, target=C.AWAITING_CUSTOMER, permission=by_itself, label=_("Ask the customer"))
    def conclude_review(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=C.IN_REVIEW, target=C.RECEIVED, permission=by_itself, label=_("Negotiate another wish"))
    def find_impossible(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[C.RECEIVED, C.CLASSIFIED, C.IN_REVIEW, C.AWAITING_CUSTOMER],
        permission=desk,
        label=_("Enter prices"),
        icon="calculator",
        guards=[g.is_a_change, g.something_changes, g.the_customer_is_not_bound],
    )
    def enter_prices(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[C.CLASSIFIED, C.AWAITING_CUSTOMER],
        permission=may(Role.SALES_CLERK, Role.SALESPERSON, customer=True),
        label=_("Record the customer's answer"),
        icon="user-check",
        guards=[g.the_customer_is_asked, g.every_price_is_known, g.the_price_is_confirmed, g.the_customer_is_not_bound],
    )
    def record_answer(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[C.CLASSIFIED, C.AWAITING_CUSTOMER],
        permission=may(Role.SALES_CLERK),
        label=_("Draft the supplementary agreement"),
        icon="file-certificate",
        guards=[g.is_a_change, g.every_price_is_known, g.the_price_is_confirmed, g.the_customer_has_agreed, g.there_is_no_agreement],
    )
    def draft_agreement(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[C.CLASSIFIED, C.AWAITING_CUSTOMER],
        target=C.NOTICED,
        permission=may(Role.ORDER_MANAGER),
        label=_("Issue the change notice"),
        icon="file-export",
        guards=[
            g.is_a_change,
            g.every_price_is_known,
            g.the_price_is_confirmed,
            g.credit_is_clear_for_it,
            g.the_customer_has_agreed,
            g.every_row_is_decided,
            g.the_agreement_is_drafted,
            g.the_order_still_takes_it,
        ],
    )
    def issue_notice(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=C.NOTICED,
        permission=may(Role.PRODUCTION_MANAGER),
        label=_("Circulate the notice"),
        icon="users-group",
        guards=[g.is_not_circulated_yet],
    )
    def circulate(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=C.NOTICED,
        permission=may(Role.PRODUCTION_MANAGER),
        label=_("Add a department"),
        icon="user-plus",
        guards=[g.is_circulated, g.somebody_is_not_asked],
    )
    def add_departments(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=C.NOTICED,
        target=C.APPLIED,
        permission=may(Role.ORDER_MANAGER),
        label=_("Apply the change"),
        icon="checks",
        guards=[g.is_circulated, g.every_row_is_decided, g.the_agreement_is_signed, g.the_order_still_takes_it],
    )
    def apply_change(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[C.RECEIVED, C.CLASSIFIED, C.IN_REVIEW, C.AWAITING_CUSTOMER],
        target=C.REFUSED,
        permission=may(Role.SALES_CLERK, Role.SALESPERSON, Role.ORDER_MANAGER),
        label=_("Refuse the change"),
        icon="x",
        danger=True,
    )
    def refuse_change(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[C.RECEIVED, *UNDER_WAY],
        target=C.REFUSED,
        permission=by_itself,
        label=_("Dropped"),
    )
    def drop(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=C.RECEIVED,
        permission=desk,
        label=_("Record the charge agreed"),
        icon="coin-yuan",
        guards=[g.is_a_cancelling],
    )
    def agree_charge(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=C.RECEIVED, target=C.APPLIED, permission=by_itself, label=_("Order cancelled"))
    def carry_out_cancelling(self, *, by: Actor, at: datetime) -> None: ...


class ItemState(models.TextChoices):
    OPEN = "open", pgettext_lazy("impact", "to be decided")
    DECIDED = "decided", pgettext_lazy("impact", "decided")


class ItemLife(Flow):
    """A row of the impact: its department says what becomes of the thing; it may think again until the notice is out."""

    state = StateField(_("state"), default=ItemState.OPEN, choices=ItemState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=[ItemState.OPEN, ItemState.DECIDED],
        target=ItemState.DECIDED,
        permission=g.the_asked_department,
        label=_("Decide what becomes of it"),
        icon="gavel",
        guards=[g.the_change_is_not_noticed],
    )
    def decide(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=ItemState.DECIDED, target=ItemState.OPEN, permission=by_itself, label=_("Ask again"))
    def ask_again(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[ItemState.OPEN, ItemState.DECIDED],
        permission=may(Role.SALES_CLERK, Role.ORDER_MANAGER, Role.PRODUCTION_MANAGER),
        label=_("Stop or resume the work on it"),
        icon="hand-stop",
        guards=[g.the_change_is_open, g.work_on_it_can_stop],
    )
    def set_hold(self, *, by: Actor, at: datetime) -> None: ...


class SignoffState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("signoff", "to be signed for")
    SIGNED = "signed", pgettext_lazy("signoff", "signed for")


class SignoffLife(Flow):
    state = StateField(_("state"), default=SignoffState.ASKED, choices=SignoffState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=SignoffState.ASKED,
        target=SignoffState.SIGNED,
        permission=g.the_asked_department,
        label=_("Sign for the change"),
        icon="signature",
    )
    def sign_for(self, *, by: Actor, at: datetime) -> None: ...


class AgreementState(models.TextChoices):
    SENT = "sent", pgettext_lazy("agreement", "sent")
    SIGNED = "signed", pgettext_lazy("agreement", "signed by both sides")
    VOID = "void", pgettext_lazy("agreement", "void")


class AgreementLife(Flow):
    """D38: our signature first, then the customer's, by paper or by link."""

    state = StateField(_("state"), default=AgreementState.SENT, choices=AgreementState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=AgreementState.SENT,
        permission=may(Role.SALES_HEAD),
        label=_("Sign the agreement for our side"),
        icon="signature",
        guards=[g.not_yet_signed_by_us],
    )
    def sign_for_us(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=AgreementState.SENT,
        target=AgreementState.SIGNED,
        permission=may(Role.SALES_CLERK, customer=True),
        label=_("File the customer's signature"),
        icon="file-check",
        guards=[g.signed_by_us],
    )
    def sign_for_customer(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=[AgreementState.SENT, AgreementState.SIGNED], target=AgreementState.VOID, permission=by_itself, label=_("Void"))
    def make_void(self, *, by: Actor, at: datetime) -> None: ...
