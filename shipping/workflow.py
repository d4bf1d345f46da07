"""The life of a shipment: noticed by order management, cleared by finance, picked by the store, dispatched by transport, received."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from core.actor import Actor
from core.reasons import Reason
from core.workflow import Flow, by_itself, guard, step
from orders.services.money import due_before_shipment
from organization.roles import Role, may


class ShipmentState(models.TextChoices):
    NOTICED = "noticed", _("noticed")
    CLEARED = "cleared", _("cleared by finance")
    PICKED = "picked", _("picked")
    DISPATCHED = "dispatched", _("on the way")
    DELIVERED = "delivered", _("signed for")
    CANCELLED = "cancelled", _("cancelled")


S = ShipmentState


@guard
def money_is_in(shipment: Any) -> Reason | None:
    """SHP-02: whatever the contract wants before shipment; nothing where its grade frees it."""
    missing = due_before_shipment(shipment.order)
    return Reason("shipment_money_missing", missing=missing) if missing > 0 else None


@guard
def money_is_still_in(shipment: Any) -> Reason | None:
    """A payment can be reversed after clearing. Without figures: store and transport see no prices."""
    return Reason("shipment_money_gone") if due_before_shipment(shipment.order) > 0 else None


class ShipmentLife(Flow):
    """`spec/states.md`: packing and verifying are recorded with picking and dispatch, so there are no states of their own."""

    state = FSMField(_("state"), default=S.NOTICED, choices=S.choices, protected=True)

    class Meta:
        abstract = True

    @step(
        state,
        source=S.NOTICED,
        target=S.CLEARED,
        permission=may(Role.FINANCE),
        label=_("Clear for shipment"),
        guards=[money_is_in],
        icon="cash-banknote",
    )
    def clear(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=S.NOTICED, target=S.CLEARED, permission=by_itself, label=_("Cleared by rule"), guards=[money_is_in])
    def clear_by_rule(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.CLEARED,
        target=S.PICKED,
        permission=may(Role.STORE_KEEPER),
        label=_("Pick and pack"),
        guards=[money_is_still_in],
        icon="package",
    )
    def pick(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.PICKED,
        target=S.DISPATCHED,
        permission=may(Role.TRANSPORT),
        label=_("Dispatch"),
        guards=[money_is_still_in],
        icon="truck-delivery",
    )
    def dispatch(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.DISPATCHED,
        target=S.DELIVERED,
        permission=may(Role.SALES_CLERK, Role.SALESPERSON),
        label=_("Record the receipt"),
        icon="clipboard-check",
    )
    def record_receipt(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=[S.NOTICED, S.CLEARED, S.PICKED],
        target=S.CANCELLED,
        permission=may(Role.ORDER_MANAGER),
        label=_("Cancel the notice"),
        icon="x",
        danger=True,
    )
    def cancel(self, *, by: Actor, at: datetime) -> None: ...
