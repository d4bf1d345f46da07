"""The life of a payment and of an invoice."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from core.actor import Actor
from core.workflow import Flow, step
from organization.roles import Role, may


class PaymentState(models.TextChoices):
    RECORDED = "recorded", _("recorded")
    CONFIRMED = "confirmed", _("confirmed")
    REVERSED = "reversed", _("reversed")


P = PaymentState
finance = may(Role.FINANCE)


class PaymentLife(Flow):
    """Only finance touches money (CON-04). A payment entered by mistake is reversed too, so that its number and reason stay."""

    state = FSMField(_("state"), default=P.RECORDED, choices=P.choices, protected=True)

    class Meta:
        abstract = True

    @step(state, source=P.RECORDED, target=P.CONFIRMED, permission=finance, label=_("Confirm the payment"), icon="circle-check")
    def confirm(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[P.RECORDED, P.CONFIRMED],
        target=P.REVERSED,
        permission=finance,
        label=_("Reverse the payment"),
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
    """Issued whole in one act. Credit notes and paying off come with returns (FIN-01) and statements (FIN-04)."""

    state = FSMField(_("state"), default=InvoiceState.ISSUED, choices=InvoiceState.choices, protected=True)

    class Meta:
        abstract = True
