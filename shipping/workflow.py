"""The life of a shipment: noticed by order management, cleared by finance, picked by the store, dispatched by transport, received."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.reasons import NotAllowed, Reason
from core.workflow import Flow, StateField, by_itself, guard, step
from orders.services.money import due_before_shipment
from orders.workflow import OrderState
from organization.roles import Role, may


class ShipmentState(models.TextChoices):
    NOTICED = "noticed", _("noticed")
    CLEARED = "cleared", _("cleared by finance")
    PICKED = "picked", _("picked")
    VERIFIED = "verified", _("verified")
    DISPATCHED = "dispatched", _("on the way")
    DELIVERED = "delivered", _("signed for")
    RETURNING = "returning", _("called back, on its way to us")
    RECALLED = "recalled", _("called back, in the house")
    CANCELLED = "cancelled", _("cancelled")


S = ShipmentState
GONE = (S.DISPATCHED, S.DELIVERED, S.RETURNING, S.RECALLED)
PACKED = (S.PICKED, S.VERIFIED, *GONE)
IN_HOUSE = (S.NOTICED, S.CLEARED, S.PICKED, S.VERIFIED)
customer_side = may(Role.SALES_CLERK, Role.SALESPERSON, customer=True)
store_or_packing = may(Role.STORE_KEEPER, Role.PACKER)


class ShortageState(models.TextChoices):
    OPEN = "open", _("missing")
    RESENT = "resent", _("sent again, on the way")
    SETTLED = "settled", _("settled")


def second_person(shipment: Any, by: Actor) -> Actor:
    """SHP-03: store or packing, on their own log-in, and not whoever picked."""
    by = store_or_packing(shipment, by)
    if by.person_id == shipment.picker_id:
        raise NotAllowed(Reason("same_person_verifies", name=shipment.picked_by))
    return by


@guard
def money_is_in(shipment: Any) -> Reason | None:
    """SHP-02: whatever the contract wants before shipment; nothing where its grade frees it."""
    missing = due_before_shipment(shipment.order)
    return Reason("shipment_money_missing", missing=missing) if missing > 0 else None


@guard
def money_is_still_in(shipment: Any) -> Reason | None:
    """A payment can be reversed after clearing. Without figures: store and transport see no prices."""
    return Reason("shipment_money_gone") if due_before_shipment(shipment.order) > 0 else None


@guard
def is_not_lost(shipment: Any) -> Reason | None:
    """Lost goods are missing: each line has an outcome of its own."""
    return Reason("shipment_lost", at=shipment.lost_at) if shipment.lost_at else None


@guard
def no_trace_runs(shipment: Any) -> Reason | None:
    return Reason("trace_runs") if shipment.traces.filter(state="open").exists() else None


@guard
def a_carrier_signs(shipment: Any) -> Reason | None:
    """SHP-09: our own driver signs the delivery note; a carrier signs a receipt that transport brings back, once."""
    if shipment.carriage != "carrier":
        return Reason("own_vehicle")
    return Reason("carrier_has_signed", at=shipment.carrier_signed_at) if shipment.carrier_signed_at else None


@guard
def customer_agrees_to_what_is_missing(shipment: Any) -> Reason | None:
    """SHP-06: nothing is packed or leaves without parts before the customer said yes to it."""
    parts = [str(part) for part in shipment.missing_parts.unanswered().order_by("pk")]
    return Reason("consent_missing", parts=parts) if parts else None


@guard
def something_waits_for_consent(shipment: Any) -> Reason | None:
    return None if shipment.missing_parts.unanswered().exists() else Reason("nothing_to_agree_to")


@guard
def some_part_has_come(shipment: Any) -> Reason | None:
    return None if shipment.missing_parts.filter(state="arrived").exists() else Reason("no_part_has_come")


@guard
def a_change_is_under_way(shipment: Any) -> Reason | None:
    """CHG-10: goods are called back for a change or the cancelling of their order, which is registered first."""
    return None if shipment.order.changes.open().exists() else Reason("recall_for_no_change")


@guard
def was_not_called_back(shipment: Any) -> Reason | None:
    return Reason("recall_was_asked", at=shipment.recall_asked_at) if shipment.recall_asked_at else None


@guard
def a_recall_waits_for_an_answer(shipment: Any) -> Reason | None:
    if shipment.recall_asked_at is None:
        return Reason("recall_not_asked")
    return Reason("recall_was_answered", at=shipment.recall_answered_at) if shipment.recall_answered_at else None


@guard
def its_order_goes_on(shortage: Any) -> Reason | None:
    """CHG-09: nothing more leaves for an order that was cancelled; what never arrived is credited."""
    return Reason("resend_order_over") if shortage.shipment.order.state == OrderState.CANCELLED else None


AGREED = [customer_agrees_to_what_is_missing]
OUTSIDE = [S.DISPATCHED, S.DELIVERED]


class ShipmentLife(Flow):
    """`spec/states.md`; boxes are written down while picking, so packing is no state of its own."""

    state = StateField(_("state"), default=S.NOTICED, choices=S.choices)

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
        guards=[money_is_still_in, customer_agrees_to_what_is_missing],
        icon="package",
    )
    def pick(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=[S.PICKED, S.VERIFIED], target=S.CLEARED, permission=by_itself, label=_("To be picked again"))
    def pick_again(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=S.PICKED, target=S.VERIFIED, permission=second_person, label=_("Verify"), guards=AGREED, icon="checks")
    def verify(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.VERIFIED,
        target=S.DISPATCHED,
        permission=may(Role.TRANSPORT),
        label=_("Dispatch"),
        guards=[money_is_still_in, customer_agrees_to_what_is_missing],
        icon="truck-delivery",
    )
    def dispatch(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.DISPATCHED,
        target=S.DELIVERED,
        permission=customer_side,
        label=_("Record the receipt"),
        guards=[is_not_lost],
        icon="clipboard-check",
    )
    def confirm_receipt(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=S.DISPATCHED, target=S.DELIVERED, permission=by_itself, label=_("Taken as received"), guards=[is_not_lost])
    def take_as_received(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.DISPATCHED,
        permission=may(Role.TRANSPORT),
        label=_("Move the estimated arrival"),
        guards=[is_not_lost, no_trace_runs],
        icon="clock-edit",
    )
    def move_arrival(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=OUTSIDE,
        permission=may(Role.TRANSPORT),
        label=_("Record the carrier's receipt"),
        guards=[a_carrier_signs],
        icon="file-check",
    )
    def record_carrier_receipt(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=OUTSIDE,
        permission=may(Role.SALES_CLERK),
        label=_("Tell the customer that it left"),
        icon="phone-check",
    )
    def tell_customer(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.DISPATCHED,
        permission=customer_side,
        label=_("Report: not received"),
        guards=[is_not_lost, no_trace_runs],
        icon="map-pin-question",
    )
    def report_not_received(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.DISPATCHED,
        permission=may(Role.SALES_CLERK, Role.SALESPERSON),
        label=_("Call back"),
        guards=[is_not_lost, no_trace_runs, was_not_called_back, a_change_is_under_way],
        icon="arrow-back-up",
    )
    def ask_recall(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=S.DISPATCHED, permission=by_itself, label=_("Called back"), guards=[is_not_lost, was_not_called_back])
    def be_called_back(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=S.DISPATCHED, permission=by_itself, label=_("Not called back"), guards=[a_recall_waits_for_an_answer])
    def forget_recall(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.DISPATCHED,
        target=S.RETURNING,
        permission=may(Role.TRANSPORT),
        label=_("It turns round"),
        guards=[is_not_lost, no_trace_runs, a_recall_waits_for_an_answer],
        icon="arrow-back-up",
    )
    def turn_round(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.DISPATCHED,
        permission=may(Role.TRANSPORT),
        label=_("It cannot turn round"),
        guards=[a_recall_waits_for_an_answer],
        icon="arrow-forward-up",
    )
    def answer_in_vain(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=S.RETURNING,
        target=S.RECALLED,
        permission=may(Role.STORE_KEEPER),
        label=_("Take the goods back in"),
        icon="building-warehouse",
    )
    def take_back_in(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=OUTSIDE, permission=customer_side, label=_("Report damage"), icon="alert-triangle")
    def report_damage(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=OUTSIDE, permission=may(Role.TRANSPORT), label=_("Raise a claim"), icon="receipt")
    def raise_claim(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=list(IN_HOUSE),
        permission=may(Role.ORDER_MANAGER, Role.STORE_KEEPER, Role.PACKER),
        label=_("A part does not go along"),
        icon="puzzle-off",
    )
    def record_missing(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=list(IN_HOUSE),
        permission=customer_side,
        label=_("Record the customer's consent"),
        guards=[something_waits_for_consent],
        icon="heart-handshake",
    )
    def record_consent(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=OUTSIDE,
        permission=may(Role.ORDER_MANAGER),
        label=_("Send the missing parts after it"),
        guards=[some_part_has_come],
        icon="truck-delivery",
    )
    def issue_follow_up(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=list(IN_HOUSE),
        target=S.CANCELLED,
        permission=may(Role.ORDER_MANAGER),
        label=_("Cancel the notice"),
        icon="x",
        danger=True,
    )
    def cancel(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=list(IN_HOUSE), target=S.CANCELLED, permission=by_itself, label=_("Cancelled by a change"))
    def be_cancelled(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=list(IN_HOUSE), permission=by_itself, label=_("Redirected by a change"))
    def redirect(self, *, by: Actor, at: datetime) -> None: ...


class ShortageLife(Flow):
    """Goods that were missing on arrival, until the customer has them or a credit (SHP-07, SHP-10)."""

    state = StateField(_("state"), default=ShortageState.OPEN, choices=ShortageState.choices)

    class Meta:
        abstract = True

    @step(
        state,
        source=ShortageState.OPEN,
        target=ShortageState.SETTLED,
        permission=may(Role.SALES_CLERK, Role.SALESPERSON, Role.TRANSPORT),
        label=_("Found"),
        icon="circle-check",
    )
    def find(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=ShortageState.OPEN,
        target=ShortageState.RESENT,
        permission=may(Role.ORDER_MANAGER),
        label=_("Send again"),
        guards=[its_order_goes_on],
        icon="truck-delivery",
    )
    def resend(self, *, by: Actor, at: datetime) -> None: ...

    @step(
        state,
        source=ShortageState.OPEN,
        target=ShortageState.SETTLED,
        permission=may(Role.SALES_HEAD),
        label=_("Credit"),
        icon="receipt-refund",
        danger=True,
    )
    def credit(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=ShortageState.RESENT, target=ShortageState.SETTLED, permission=by_itself, label=_("Arrived"))
    def arrive(self, *, by: Actor, at: datetime) -> None: ...

    @step(state, source=ShortageState.RESENT, target=ShortageState.OPEN, permission=by_itself, label=_("Not sent again"))
    def reopen(self, *, by: Actor, at: datetime) -> None: ...
