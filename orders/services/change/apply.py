"""A change is applied once, in one transaction: lines, dates, money and instruction stand at the new revision, or nothing does (CHG-08)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.money import tax_in
from core.numbers import next_number
from inventory.models import Reservation
from inventory.services import release_reservations
from orders import events
from orders.change_guards import agreement_of
from orders.guards import contract_of
from orders.models import ChangeRequest, Contract, LineMovement, Order, OrderLine, OrderRevision
from orders.services.change.outcome import close_open_item
from orders.services.change.register import difference, hold
from orders.services.change.stock import free_surplus
from orders.services.change.wanted import HEADER, LineAfter, lines_after
from orders.services.deal import header, line_tax, snapshot
from orders.services.effect import reserve, settle_effect
from orders.services.ledger import quantities, settle
from orders.services.money import rebalance_dues
from orders.services.pricing import price_by_rules, rules_on
from orders.services.progress import to_be_made
from orders.services.search import add_key
from orders.workflow import OrderState


@act
def apply_change(*, change: ChangeRequest, by: Actor, at: datetime) -> ChangeRequest:
    """The order goes to its next revision. Departments hear `ChangeWasApplied` and carry out what they decided on their rows."""
    change = hold(change)
    order = change.order
    more = difference(change)
    assert more is not None, "every price is known"
    by = change.take("apply_change", by=by, at=at, ended_at=at, revision=order.revision + 1, price_difference=more)
    _write_lines(change, at)
    free_surplus(order, source=(ChangeRequest._meta.label_lower, change.pk), at=at)
    if order.state == OrderState.SIGNED:  # not in force yet: what is softly reserved follows the new lines (INV-02)
        release_reservations(order_id=order.pk, purpose=Reservation.Purpose.LINE, at=at)
        reserve(order, firm=False, at=at)
    old_address = order.delivery_address
    _write_order(change, more)
    before, contract = contract_of(order), _replace_contract(change, old_address, at)
    overpaid = rebalance_dues(order, contract.amount, by=by, at=at)
    freeze(order, at)
    _bring_instruction(order)
    close_open_item(change, at)
    fact = events.ChangeWasApplied(
        order_id=order.pk,
        change_id=change.pk,
        number=change.number,
        revision=order.revision,
        promised_date=order.promised_date,
        difference=more,
        overpaid=overpaid,
    )
    moved = before is not None and before.promised_date != contract.promised_date
    publish(fact, by=by, at=at, thing=change, changes={"promised_date": (before.promised_date, contract.promised_date)} if moved else None)
    settle_effect(order, at=at)
    settle(order, at=at)
    return change


def _write_lines(change: ChangeRequest, at: datetime) -> None:
    """More raises the line's quantity, less is booked as cancelled; a number is never used again."""
    order, source = change.order, (ChangeRequest._meta.label_lower, change.pk)
    rules = rules_on(localtime(at).date(), order.customer)
    promised, old = change.promised_date, order.promised_date
    wished = date.fromisoformat(change.wanted["date"]) if change.wanted.get("date") else None
    for row in lines_after(order, change.wanted):
        line = row.line or _new_line(order, row, price_by_rules(row.item, row.quantity, rules, currency=order.currency))
        if row.line is not None:
            _change_quantity(line, row, source, at)
        line.spec, line.unit_price, line.amount = row.spec, row.unit_price, row.amount
        if promised and (line.promised_date is None or line.promised_date == old):
            line.promised_date = promised
        if wished and line.wanted_date in (None, order.wanted_date):  # a line with a day of its own keeps it
            line.wanted_date = wished
        line.save()


def _change_quantity(line: OrderLine, row: LineAfter, source: tuple[str, int], at: datetime) -> None:
    more = row.quantity - row.before
    if more > 0:
        line.quantity = (line.quantity or Decimal(0)) + more
    elif more < 0:
        book_cancelled(line, -more, source, at)


def book_cancelled(line: OrderLine, quantity: Decimal, source: tuple[str, int], at: datetime) -> None:
    """Written without settling in between: the order settles once, when everything stands."""
    LineMovement.objects.create(
        line=line,
        order_id=line.order_id,
        kind=LineMovement.Kind.CANCELLED,
        quantity=quantity,
        source_kind=source[0],
        source_id=source[1],
        at=at,
    )


def _new_line(order: Order, row: LineAfter, by_rules: Decimal | None) -> OrderLine:
    assert row.item is not None
    order.last_line_no = max(order.last_line_no, *order.lines.values_list("line_no", flat=True)) + 1
    return OrderLine(
        order=order,
        line_no=order.last_line_no,
        item=row.item,
        quantity=row.quantity,
        unit=row.item.unit,
        list_price=by_rules,
        vat_percent=order.settings.vat_percent if order.currency == "CNY" else Decimal(0),
        wanted_date=order.wanted_date,
        promised_date=order.promised_date,
    )


def _write_order(change: ChangeRequest, more: Decimal) -> None:
    order, wanted = change.order, change.wanted
    order.amount += more
    order.revision += 1
    for name, text in wanted.get("header", {}).items():
        if name in HEADER:
            setattr(order, name, text)
    if wanted.get("date"):
        order.wanted_date = date.fromisoformat(wanted["date"])
    if change.reviewed_date:
        order.reviewed_date = change.reviewed_date
        order.expected_date = change.reviewed_date if order.expected_date else None
    if change.promised_date and order.promised_date:
        order.promised_date = change.promised_date
    order.bump().save()


def _replace_contract(change: ChangeRequest, old_address: str, at: datetime) -> Contract:
    """The contract in force says what the order says; the old one stays readable as it was signed. One is in force at any time."""
    order, old, agreement = change.order, contract_of(change.order), agreement_of(change)
    signed = agreement or old
    state = old.state
    old.take("be_replaced", by=SYSTEM, at=at)
    contract = Contract.objects.create(
        order=order,
        state=state,
        replaces=old,
        revision=order.revision,
        amount=order.amount,
        tax=sum((line_tax(line) for line in order.lines.all()), Decimal(0)),
        promised_date=change.promised_date or old.promised_date,
        delivery_text=_to_the_new(old.delivery_text, old_address, order.delivery_address),
        sent_at=agreement.drafted_at if agreement else old.sent_at,
        **{name: getattr(old, name) for name in KEPT_TERMS},
        **{name: getattr(signed, name) for name in SIGNATURES},
        number=next_number("HT", at),
    )
    add_key(order, "contract", contract.number)
    if contract.their_signed_at and not old.their_signed_at:  # grade A (CON-02): with the agreement the signature that was out is in
        signed_late = events.ContractWasSigned(order_id=order.pk, contract_id=contract.pk, name=contract.their_name)
        publish(signed_late, by=SYSTEM, at=at)
    return contract


def _to_the_new(text: str, old: str, new: str) -> str:
    """Where the contract says that it delivers to, with the address that holds now."""
    length = Contract._meta.get_field("delivery_text").max_length
    return text.replace(old, new)[:length] if old else text


KEPT_TERMS = ("currency", "grade", "instruct_before_signature", "ship_before_payment", "payment_text", "penalty_text")
SIGNATURES = ("our_name", "our_signed_at", "their_name", "their_signed_at", "scan_id")


def freeze(order: Order, at: datetime) -> OrderRevision:
    """The picture of the order's new revision: open quantities, what is wholly cancelled is gone."""
    lines = order.lines_in_order
    known = quantities(order, lines)
    kept = [line for line in lines if known[line.pk].open > 0]
    rows: list[dict[str, Any]] = snapshot(order, kept)
    for line, row in zip(kept, rows, strict=True):
        row |= {"quantity": str(known[line.pk].open), "tax": str(tax_in(line.amount, line.vat_percent / 100))}
    return OrderRevision.objects.create(order=order, number=order.revision, snapshot=rows, header=header(order), at=at)


def _bring_instruction(order: Order) -> None:
    """The shop floor works to the newest revision (CHG-08)."""
    instruction = getattr(order, "instruction", None)
    if instruction is None:
        return
    assert order.reviewed_date is not None
    instruction.lines, _complete_set = to_be_made(order)
    instruction.due_date, instruction.revision = order.reviewed_date, order.revision
    instruction.save()
