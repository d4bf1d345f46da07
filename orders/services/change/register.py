"""A change or a cancelling comes in: noted at the moment of notice, what it touches is listed before anyone decides (CHG-01, CHG-05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.numbers import next_number
from core.questions import ask
from core.reasons import NotReady
from documents.models import Attachment
from documents.services import attach
from inventory.models import Item
from orders import events
from orders.impact import Impact
from orders.models import ChangeItem, ChangeRequest, OpenItem, Order
from orders.services.change.classes import proposed
from orders.services.change.credit import ask_again, credit_is_touched, credit_row
from orders.services.change.wanted import against_shipped, against_wish, amount_after, to_wanted, without_idle
from orders.services.open_items import open_item
from orders.services.pricing import price_by_rules, rules_on
from orders.workflow.change import ItemState

KIND = ChangeRequest.Kind


@act
def register_change(
    *,
    order: Order,
    words: str,
    channel: str,
    asked_by: str,
    by: Actor,
    at: datetime,
    uploads: Iterable[Any] = (),
    wanted: dict[str, Any] | None = None,
) -> ChangeRequest:
    """Note what a customer wants otherwise, in their words, and in figures where they are known already (CHG-01).

    From signing until everything is shipped; raises NotReady(all_shipped) and the reasons of CHG-10 for what has left. A customer
    registers on their own order; it falls to the order's clerk.
    """
    order = Order.objects.locked(order)
    by = order.take("register_change", by=by, at=at)
    change = _note(order, KIND.CHANGE, words, channel, asked_by, by, at)
    for upload in uploads:
        attach(upload=upload, order_id=order.pk, subject=_subject(change), kind=Attachment.Kind.MEMO, by=by, at=at, note=change.number)
    if wanted:
        _describe(change, wanted, at)
    return change


@act
def register_cancelling(*, order: Order, words: str, channel: str, asked_by: str, by: Actor, at: datetime) -> ChangeRequest:
    """The customer cancels: everything that hangs on the order is listed with what is spent on it, to be decided (CHG-09)."""
    order = Order.objects.locked(order)
    by = order.take("ask_cancel", by=by, at=at)
    return _note(order, KIND.CANCEL, words, channel, asked_by, by, at)


def _note(order: Order, kind: str, words: str, channel: str, asked_by: str, by: Actor, at: datetime) -> ChangeRequest:
    change = ChangeRequest.objects.create(
        order=order,
        number=next_number("CR", at),
        kind=kind,
        base_revision=order.revision,
        channel=channel,
        words=words.strip(),
        asked_by=asked_by.strip(),
        received_at=at,
        receiver_post_id=by.hat.post_id if by.hat else order.clerk_post_id,
        receiver_name=by.name or by.contact,
    )
    if kind == KIND.CANCEL:
        list_impact(change)
    open_item(order=order, kind=OpenItem.Kind.CHANGE, reference=change.number, at=at)
    fact = events.ChangeWasReceived(
        order_id=order.pk,
        change_id=change.pk,
        number=change.number,
        kind_of_change=kind,
        channel=change.channel,
        words=change.words,
        roles=change.undecided_roles,
    )
    publish(fact, by=by, at=at, thing=change)
    return change


def _subject(change: ChangeRequest) -> tuple[str, int]:
    return ChangeRequest._meta.label_lower, change.pk


def hold(change: ChangeRequest) -> ChangeRequest:
    """Order, then request, both locked; the request with its order at hand."""
    order = Order.objects.locked(change.order_id)
    found: ChangeRequest = ChangeRequest.objects.locked(change)
    found.order = order
    return found


@act
def describe_change(*, change: ChangeRequest, by: Actor, at: datetime, wanted: dict[str, Any]) -> ChangeRequest:
    """Say in figures what changes; what it touches is listed anew.

    Raises NotReady for what has been shipped (CHG-10), for a day that has passed, and where nothing would be left of the order.
    """
    change = hold(change)
    by = change.take("describe", by=by, at=at)
    rows = _describe(change, wanted, at)
    publish(events.ChangeWasDescribed(order_id=change.order_id, change_id=change.pk, number=change.number, rows=rows), by=by, at=at)
    return change


def _describe(change: ChangeRequest, wanted: dict[str, Any], at: datetime) -> int:
    order = change.order
    change.wanted = without_idle(order, _priced(order, wanted, at))
    if against := against_shipped(change) or against_wish(change, localtime(at).date()):
        raise NotReady(*against)
    change.base_revision, change.priced_at = order.revision, None
    change.price_difference = difference(change)
    rows = list_impact(change)
    change.proposed_class = proposed(change, rows)
    change.save()
    return len(rows)


def difference(change: ChangeRequest) -> Any:
    after = amount_after(change.order, change.wanted)
    return None if after is None else after - change.order.amount


def _priced(order: Order, wanted: dict[str, Any], at: datetime) -> dict[str, Any]:
    """New lines get the price by the rules where there is one (QUO-01)."""
    rules, rows = None, []
    for one in wanted.get("new_lines", []):
        if one.get("unit_price") is None:
            rules = rules if rules is not None else rules_on(localtime(at).date(), order.customer)
            price = price_by_rules(Item.objects.get(pk=one["item_id"]), one["quantity"], rules, currency=order.currency)
            one = {**one, "unit_price": None if price is None else str(price)}
        rows.append({**one, "quantity": str(one["quantity"])})
    return {**wanted, "new_lines": rows}


def list_impact(change: ChangeRequest) -> list[ChangeItem]:
    """Ask everybody what is touched and keep it. A decision stays as long as its thing is touched and the option is there."""
    found: list[Impact] = [one for some in ask("order_impact", wanted=to_wanted(change)) for one in some]
    return _kept(change, list(change.items.all()), found + credit_is_touched(change))


def list_credit(change: ChangeRequest) -> None:
    """The amount is another one: finance's row comes, goes, or is asked again."""
    row = credit_row(change)
    if row is not None:
        ask_again(row)
    _kept(change, [row] if row else [], credit_is_touched(change))


def _kept(change: ChangeRequest, known: list[ChangeItem], found: list[Impact]) -> list[ChangeItem]:
    kept = {(item.kind, item.reference): item for item in known}
    rows = []
    for one in found:
        item = kept.pop((one.kind, one.reference), None)
        rows.append(_written(item or ChangeItem(change=change, kind=one.kind, reference=one.reference, hold=one.hold), one))
    change.items.filter(pk__in=[item.pk for item in kept.values()]).delete()
    return rows


def _written(item: ChangeItem, one: Impact) -> ChangeItem:
    item.title, item.now, item.effect, item.url = one.title, one.now, one.effect, one.url
    item.touches, item.role, item.company_id, item.spent = one.touches, one.role, one.company_id, one.spent
    item.spent_unknown, item.to_come = one.spent_unknown, one.to_come
    item.options = [[code, str(label)] for code, label in one.options]
    if item.decision not in dict(one.options):
        item.decision = ""
    if item.state == ItemState.DECIDED and not item.decision:
        item.take("ask_again", by=SYSTEM, at=item.decided_at)  # type: ignore[arg-type]
    else:
        item.bump().save()
    return item
