"""The life of a payment and of an invoice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.reasons import Reason
from core.workflow import Flow, StateField, by_itself, guard, step
from organization.roles import Role, may


class PaymentState(models.TextChoices):
    RECORDED = "recorded", _("recorded")
    CONFIRMED = "confirmed", _("confirmed")
    REVERSED = "reversed", _("reversed")


P = PaymentState
finance = may(Role.FINANCE)


@guard
def nothing_of_it_is_refunded(payment: Any) -> Reason | None:
    """RET-04: what was given back cannot be taken back as if it had never come."""
    share = payment.refund_shares.select_related("refund").first()
    return Reason("payment_refunded", number=share.refund.number) if share else None


@guard
def it_is_money(payment: Any) -> Reason | None:
    """RET-07: what was set off is no money that could bounce; it goes back when the exchange order is cancelled."""
    return Reason("payment_set_off") if payment.method == payment.Method.SET_OFF else None


@guard
def exchange_is_settled(refund: Any) -> Reason | None:
    """RET-07: until the exchange order is signed nobody knows how much of it is set off."""
    return Reason("refund_kept", number=refund.reason) if refund.waits_for_exchange else None


def confirmer(thing: Any, by: Actor) -> Actor:
    """Finance; by itself what is set off."""
    return by if by.kind == "system" else finance(thing, by)


class PaymentLife(Flow):
    """Only finance touches money (CON-04). A payment entered by mistake is reversed too, so that its number and reason stay."""

    state = StateField(_("state"), default=P.RECORDED, choices=P.choices)

    class Meta:
        abstract = True

    @step(state, source=P.RECORDED, target=P.CONFIRMED, permission=confirmer, label=_("Confirm the payment"), icon="circle-check")
    def confirm(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[P.RECORDED, P.CONFIRMED],
        target=P.REVERSED,
        permission=finance,
        label=_("Reverse the payment"),
        guards=[nothing_of_it_is_refunded, it_is_money],
        icon="arrow-back-up",
        danger=True,
    )
    def reverse(self, *, by: Actor, at: datetime) -> None: ...


class InvoiceState(models.TextChoices):
    ISSUED = "issued", _("invoice issued")
    PART_PAID = "part_paid", _("partly paid")
    PAID = "paid", _("paid")
    CREDITED = "credited", _("credited")


class InvoiceLife(Flow):
    """Issued whole in one act; credited when credit notes took all of it back (FIN-01). Paying off comes with statements (FIN-04)."""

    state = StateField(_("state"), default=InvoiceState.ISSUED, choices=InvoiceState.choices)

    class Meta:
        abstract = True

    @step(state, source=InvoiceState.ISSUED, target=InvoiceState.CREDITED, permission=by_itself, label=_("Credited wholly"))
    def credit(self, *, by: Actor, at: datetime) -> None: ...


class RefundState(models.TextChoices):
    AGREED = "agreed", _("to be paid back")
    PAID = "paid", _("paid back")


class RefundLife(Flow):
    """Agreed by a decision (a return, a cancellation), paid by finance (RET-04), or set off against an exchange order (RET-07)."""

    state = StateField(_("state"), default=RefundState.AGREED, choices=RefundState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=RefundState.AGREED,
        target=RefundState.PAID,
        permission=finance,
        label=_("Pay the refund"),
        guards=[exchange_is_settled],
        icon="cash-banknote",
    )
    def pay(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=RefundState.AGREED, permission=by_itself, label=_("Set off in part"))
    def set_off_part(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=RefundState.AGREED, target=RefundState.PAID, permission=by_itself, label=_("Set off wholly"))
    def set_off_whole(self, *, by: Actor, at: datetime) -> None: ...
