"""The lives of what goes wrong with a delivery: a trace, a damage, a claim (SHP-10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actor import Actor
from core.reasons import Reason
from core.workflow import Flow, StateField, guard, step
from organization.roles import Role, may


class TraceState(models.TextChoices):
    OPEN = "open", _("being traced")
    ANSWERED = "answered", _("answered")


class DamageState(models.TextChoices):
    OPEN = "open", _("cause being looked for")
    ANALYSED = "analysed", _("cause established")


class ClaimState(models.TextChoices):
    RAISED = "raised", pgettext_lazy("claim", "raised")
    AGREED = "agreed", pgettext_lazy("claim", "agreed")
    SETTLED = "settled", pgettext_lazy("claim", "settled")
    DROPPED = "dropped", pgettext_lazy("claim", "dropped")


SIDES = (Role.INSPECTOR, Role.PRODUCTION_MANAGER)


@guard
def both_sides_were_heard(damage: Any) -> Reason | None:
    """SHP-10: transport leads, quality and production take part."""
    heard = set(damage.said.values_list("side", flat=True))
    silent = [str(side.label) for side in SIDES if side not in heard]
    return Reason("cause_words_missing", sides=silent) if silent else None


class TraceLife(Flow):
    """Reported, answered."""

    state = StateField(_("state"), default=TraceState.OPEN, choices=TraceState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=TraceState.OPEN,
        target=TraceState.ANSWERED,
        permission=may(Role.TRANSPORT),
        label=_("Answer the trace"),
        icon="map-pin-check",
    )
    def answer_trace(self, *, by: Actor, at: datetime) -> None: ...


class DamageLife(Flow):
    """Reported, cause established."""

    state = StateField(_("state"), default=DamageState.OPEN, choices=DamageState.choices)

    class Meta:
        abstract = True

    @step(state, source=DamageState.OPEN, permission=may(*SIDES), label=_("Say what the cause may be"), icon="message-2")
    def say_cause(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=DamageState.OPEN,
        target=DamageState.ANALYSED,
        permission=may(Role.TRANSPORT),
        label=_("Establish the cause"),
        guards=[both_sides_were_heard],
        icon="zoom-check",
    )
    def establish_cause(self, *, by: Actor, at: datetime) -> None: ...


class ClaimLife(Flow):
    """`spec/states.md`: raised, agreed, settled, dropped."""

    state = StateField(_("state"), default=ClaimState.RAISED, choices=ClaimState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=ClaimState.RAISED,
        target=ClaimState.AGREED,
        permission=may(Role.TRANSPORT),
        label=_("Record what they agreed to"),
        icon="heart-handshake",
    )
    def agree_claim(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=ClaimState.AGREED,
        target=ClaimState.SETTLED,
        permission=may(Role.FREIGHT_AUDITOR, Role.FINANCE),
        label=_("Settle the claim"),
        icon="cash-banknote",
    )
    def settle_claim(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[ClaimState.RAISED, ClaimState.AGREED],
        target=ClaimState.DROPPED,
        permission=may(Role.TRANSPORT_HEAD),
        label=_("Drop the claim"),
        icon="x",
        danger=True,
    )
    def drop_claim(self, *, by: Actor, at: datetime) -> None: ...
