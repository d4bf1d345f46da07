"""The life of a demand sheet and of a purchase order, each on a page (`spec/states.md`)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import RETURN_VALUE

from core.actor import Actor
from core.workflow import Flow, StateField, by_itself, step
from organization.roles import Role, may
from procurement import guards as g


class SheetState(models.TextChoices):
    OPEN = "open", _("open")
    COVERED = "covered", _("covered")
    DROPPED = "dropped", _("no longer needed")


class SheetLife(Flow):
    """All demand of an order."""

    state = StateField(_("state"), default=SheetState.OPEN, choices=SheetState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=[SheetState.OPEN, SheetState.COVERED],
        target=SheetState.OPEN,
        permission=may(Role.MATERIAL_CONTROLLER, Role.BUYER),
        label=_("Add demand by hand"),
        icon="plus",
    )
    def add_demand(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=SheetState.OPEN, target=SheetState.COVERED, permission=by_itself, label=_("Covered"))
    def be_covered(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=SheetState.COVERED, target=SheetState.OPEN, permission=by_itself, label=_("More is needed"))
    def reopen(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[SheetState.OPEN, SheetState.COVERED],
        target=SheetState.DROPPED,
        permission=by_itself,
        label=_("No longer needed"),
    )
    def be_dropped(self, *, by: Actor, at: datetime) -> None: ...


class PurchaseState(models.TextChoices):
    DRAFTED = "drafted", _("drafted")
    APPROVED = "approved", _("approved")
    SENT = "sent", _("sent")
    PARTLY_RECEIVED = "partly_received", _("partly received")
    RECEIVED = "received", _("received")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


S = PurchaseState
buyer = may(Role.BUYER)


class PurchaseLife(Flow):
    """PUR-02: made from demand, signed by the purchasing head, sent, received."""

    state = StateField(_("state"), default=S.DRAFTED, choices=S.choices)

    class Meta:
        abstract = True

    @step(state, source=S.DRAFTED, target=S.APPROVED, permission=g.another_person, label=_("Approve"), icon="signature")
    def approve(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.APPROVED,
        target=S.SENT,
        permission=buyer,
        label=_("Send to the supplier"),
        icon="send",
        guards=[g.none_of_it_is_held],
    )
    def send(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[S.SENT, S.PARTLY_RECEIVED],
        target=RETURN_VALUE(S.PARTLY_RECEIVED, S.RECEIVED),
        permission=may(Role.BUYER),
        label=_("Record an arrival"),
        icon="truck-delivery",
    )
    def record_arrival(self, *, by: Actor, at: datetime) -> PurchaseState:
        outstanding = any(line.outstanding > 0 for line in self.lines_in_order)  # type: ignore[attr-defined]
        return S.PARTLY_RECEIVED if outstanding else S.RECEIVED

    @step(state, source=[S.SENT, S.PARTLY_RECEIVED], permission=buyer, label=_("Confirm the arrival date"), icon="calendar-check")
    def confirm_arrival_date(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=S.RECEIVED, target=S.CLOSED, permission=buyer, label=pgettext_lazy("step", "Close"), icon="lock-check")
    def close(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[S.DRAFTED, S.APPROVED],
        target=S.CANCELLED,
        permission=buyer,
        label=_("Drop the purchase order"),
        icon="x",
        danger=True,
    )
    def drop(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[S.DRAFTED, S.APPROVED, S.SENT],
        target=S.CANCELLED,
        permission=by_itself,
        label=_("Cancelled by a change"),
    )
    def be_cancelled(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=S.PARTLY_RECEIVED, target=S.RECEIVED, permission=by_itself, label=_("The rest was cancelled"))
    def be_complete(self, *, by: Actor, at: datetime) -> None: ...
