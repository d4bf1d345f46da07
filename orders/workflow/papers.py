"""The lives of what belongs to an order: review, opinion, quotation, contract."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.workflow import Flow, StateField, by_itself, step
from orders import guards as g
from organization.roles import Role, may


class ReviewState(models.TextChoices):
    OPEN = "open", _("under way")
    CLOSED = "closed", _("concluded")


class ReviewLife(Flow):
    state = StateField(_("state"), default=ReviewState.OPEN, choices=ReviewState.choices)

    class Meta:
        abstract = True

    @step(state, source=ReviewState.OPEN, target=ReviewState.CLOSED, permission=by_itself, label=_("Close review"))
    def close_review(self, *, by: Actor, at: datetime) -> None: ...


class Verdict(models.TextChoices):
    FEASIBLE = "feasible", _("feasible")
    LATER = "later", _("feasible on another date")
    INFEASIBLE = "infeasible", _("infeasible")


class OpinionState(models.TextChoices):
    ASKED = "asked", _("asked")
    GIVEN = "given", _("given")


class OpinionLife(Flow):
    """An opinion may be amended until the last one is in; then the review is closed."""

    state = StateField(_("state"), default=OpinionState.ASKED, choices=OpinionState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=[OpinionState.ASKED, OpinionState.GIVEN],
        target=OpinionState.GIVEN,
        permission=g.the_asked_role,
        label=_("Give opinion"),
        guards=[g.review_is_open],
        icon="message-check",
    )
    def give_opinion(self, *, by: Actor, at: datetime) -> None: ...


class QuotationState(models.TextChoices):
    SENT = "sent", _("sent")
    ACCEPTED = "accepted", _("accepted")
    REPLACED = "replaced", _("replaced")


class QuotationLife(Flow):
    """Drafting and approval by level come with QUO-03 and QUO-05; a quotation issued here is sent."""

    state = StateField(_("state"), default=QuotationState.SENT, choices=QuotationState.choices)

    class Meta:
        abstract = True

    @step(state, source=QuotationState.SENT, target=QuotationState.ACCEPTED, permission=by_itself, label=_("Accepted by the customer"))
    def accept_quotation(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[QuotationState.SENT, QuotationState.ACCEPTED],
        target=QuotationState.REPLACED,
        permission=by_itself,
        label=_("Replaced"),
    )
    def replace(self, *, by: Actor, at: datetime) -> None: ...


class ContractState(models.TextChoices):
    SENT = "sent", _("sent")
    SIGNED = "signed", _("signed")
    EFFECTIVE = "effective", _("effective")
    REPLACED = "replaced", _("replaced")
    VOID = "void", _("void")


C = ContractState


class ContractLife(Flow):
    state = StateField(_("state"), default=C.SENT, choices=C.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=[C.SENT, C.SIGNED, C.EFFECTIVE],
        permission=may(Role.SALES_HEAD),
        label=_("Sign for our side"),
        guards=[g.not_yet_signed_by_us],
        icon="signature",
    )
    def sign_for_us(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=C.SENT, target=C.SIGNED, permission=by_itself, label=_("Signed"))
    def both_signed(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=[C.SENT, C.SIGNED], target=C.EFFECTIVE, permission=by_itself, label=_("Effective"))
    def come_into_force(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=C.SENT, target=C.VOID, permission=by_itself, label=_("Void"))
    def make_void(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=[C.SENT, C.SIGNED, C.EFFECTIVE], target=C.REPLACED, permission=by_itself, label=_("Replaced"))
    def be_replaced(self, *, by: Actor, at: datetime) -> None: ...
