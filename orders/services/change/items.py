"""Rows of the impact: decided by their departments, work on them stopped while nobody knows what becomes of it (CHG-05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from core.actor import Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason
from orders import events
from orders.models import ChangeItem, ChangeRequest
from orders.services.change.register import hold as lock
from orders.workflow.change import OVER, ItemState


def decisions(change_id: int, kind: str) -> dict[int, str]:
    """Reference -> decision code, of the things of one kind that the change touches."""
    rows = ChangeItem.objects.filter(change_id=change_id, kind=kind, state=ItemState.DECIDED)
    return dict(rows.values_list("reference", "decision"))


def held(kind: str, references: Iterable[int]) -> dict[int, str]:
    """Reference -> number of the change request until whose conclusion the work on it is stopped."""
    rows = ChangeItem.objects.filter(kind=kind, reference__in=list(references), hold=True).exclude(change__state__in=OVER)
    return dict(rows.values_list("reference", "change__number"))


def cancelling(order_ids: Iterable[int]) -> dict[int, str]:
    """Order -> number of the request to cancel it that is not decided yet: nothing more is spent on it meanwhile (CHG-09)."""
    asked = ChangeRequest.objects.open().filter(order__in=set(order_ids), kind=ChangeRequest.Kind.CANCEL)
    return dict(asked.values_list("order_id", "number"))


@act
def decide_item(*, item: ChangeItem, by: Actor, at: datetime, decision: str, note: str = "") -> ChangeItem:
    """A department says what becomes of its thing; it may think again until the notice is out."""
    change = lock(item.change)
    item = ChangeItem.objects.locked(item)
    item.change = change
    label = dict(map(tuple, item.options)).get(decision)
    if label is None:
        raise NotReady(Reason("change_unknown_option", field="decision"))
    by = item.take("decide", by=by, at=at, decision=decision, note=note.strip(), decided_by=by.name, decided_at=at)
    fact = events.ThingWasDecided(
        order_id=change.order_id,
        change_id=change.pk,
        number=change.number,
        title=item.title,
        decision=item.decision_label,
        role=item.role,
        last=item.role not in change.undecided_roles,
    )
    publish(fact, by=by, at=at)
    return item


@act
def set_hold(*, item: ChangeItem, by: Actor, at: datetime, hold: bool) -> ChangeItem:
    """Stop the work on a thing until the change is applied or refused, or let it go on."""
    change = lock(item.change)
    item = ChangeItem.objects.locked(item)
    item.change = change
    by = item.take("set_hold", by=by, at=at, hold=hold)
    fact = events.WorkWasHeld(
        order_id=change.order_id,
        change_id=change.pk,
        number=change.number,
        thing=item.kind,
        reference=item.reference,
        title=item.title,
        hold=_("yes") if hold else _("no"),
    )
    publish(fact, by=by, at=at)
    return item
