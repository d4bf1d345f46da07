"""Quotation, decisions by hand, contract and signatures (QUO-01, CON-01, CON-02)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.timezone import localtime

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.money import tax_in
from core.numbers import next_number
from core.reasons import NotAllowed, NotReady, Reason
from documents.links import end_later
from orders import events
from orders.guards import DECIDERS, contract_of, open_matters
from orders.models import Contract, ManualDecision, Order, OrderLine, OrderRevision, Quotation
from orders.services.closing import settle_closing
from orders.services.effect import settle_effect
from orders.services.money import create_dues
from orders.services.search import add_key
from organization.roles import has_role


def line_tax(line: OrderLine) -> Decimal:
    """VAT inside the line's amount, to the cent (decision 8)."""
    return tax_in(line.amount, line.vat_percent / 100)


def snapshot(order: Order, lines: list[OrderLine] | None = None) -> list[dict]:
    """The order's lines as plain values, by line number: what a quotation or revision keeps."""
    return [
        {
            "line_id": line.pk,
            "line_no": line.line_no,
            "kind": line.kind,
            "code": line.thing.code if line.thing else "",
            "name": line.thing.name_zh if line.thing else "",
            "spec": line.spec,
            "quantity": str(line.quantity),
            "unit": str(line.unit or ""),
            "unit_price": str(line.unit_price),
            "amount": str(line.amount),
            "tax": str(line_tax(line)),
            "wanted_date": line.wanted_date.isoformat() if line.wanted_date else None,
        }
        for line in (lines if lines is not None else order.lines_in_order)
    ]


def header(order: Order) -> dict[str, str]:
    """The order's address, contact and dates as plain texts, by field name: what a revision keeps beside the lines."""
    found = {name: getattr(order, name) for name in ("delivery_address", "contact_name", "contact_phone")}
    dates = {name: getattr(order, name) for name in ("wanted_date", "reviewed_date", "promised_date")}
    return found | {name: day.isoformat() if day else "" for name, day in dates.items()}


@act
def issue_quotation(*, order: Order, by: Actor, at: datetime) -> Quotation:
    """Send the customer a price; an earlier quotation is replaced (QUO-01)."""
    order = Order.objects.locked(order)
    in_order = OrderLine.objects.select_related("item", "unit", "surcharge").order_by("line_no")
    prefetch_related_objects([order], Prefetch("lines", in_order))  # the guards look at them, too
    by = order.take("issue_quotation", by=by, at=at)
    for old in order.quotations.filter(counts=True):
        old.counts = False
        old.take("replace", by=SYSTEM, at=at)
    assert order.reviewed_date is not None
    lines = list(order.lines.all())
    quotation = Quotation.objects.create(
        order=order,
        number=next_number("BJ", at),
        lines=snapshot(order, lines),
        amount=sum((line.amount for line in lines), Decimal(0)),
        tax=sum((line_tax(line) for line in lines), Decimal(0)),
        currency=order.currency,
        valid_until=localtime(at).date() + timedelta(days=order.settings.quotation_days),
        delivery_date=order.reviewed_date,
        person_name=by.name,
        at=at,
    )
    order.valid_until = quotation.valid_until  # INT-17: while a quotation is out, its validity is the order's
    order.save(update_fields=["valid_until"])
    publish(
        events.QuotationWasIssued(
            order_id=order.pk,
            quotation_id=quotation.pk,
            number=quotation.number,
            valid_until=quotation.valid_until,
            amount=quotation.amount,
        ),
        by=by,
        at=at,
        thing=order,
    )
    return quotation


@act
def record_decision(*, order: Order, by: Actor, at: datetime, kind: str, reason: str) -> ManualDecision:
    """Decide a matter that the system does not walk through yet, with reason and author; it holds for this amount and round."""
    order = Order.objects.locked(order)
    if not has_role(by, *DECIDERS[kind]):
        raise NotAllowed(Reason("not_yours", roles=[str(role.label) for role in DECIDERS[kind]]))
    if kind not in open_matters(order):
        raise NotReady(Reason("nothing_to_decide", field="kind"))
    by = order.take("record_decision", by=by, at=at)
    assert by.person_id is not None, "only people decide"
    decision, _ = ManualDecision.objects.update_or_create(
        order=order,
        kind=kind,
        intake=order.intake,
        defaults={"reason": reason, "amount": order.amount, "person_name": by.name, "person_id": by.person_id, "at": at},
    )
    publish(events.DecisionWasRecorded(order_id=order.pk, matter=decision.kind, reason=reason), by=by, at=at, thing=order)
    return decision


@act
def draft_contract(*, order: Order, by: Actor, at: datetime, promised_date: date, delivery_text: str, penalty_text: str = "") -> Contract:
    """The customer accepted the quotation: draft and send the contract; the grade's rule and the payment stages are frozen on it.

    Raises NotReady(date_too_early) for a promise before the reviewed date (REV-10), quotation_expired past its validity.
    """
    order = Order.objects.locked(order)
    by = order.take("draft_contract", by=by, at=at)
    assert order.reviewed_date is not None and order.payment_term is not None, "quoted orders have both"
    if promised_date < order.reviewed_date:
        raise NotReady(Reason("date_too_early", date=promised_date, reviewed=order.reviewed_date, field="promised_date"))
    if promised_date < localtime(at).date():
        raise NotReady(Reason("date_past", date=promised_date, field="promised_date"))
    quotation = Quotation.objects.select_for_update().get(order=order, counts=True)
    if quotation.valid_until < localtime(at).date():
        raise NotReady(Reason("quotation_expired", number=quotation.number, until=quotation.valid_until))
    quotation.take("accept_quotation", by=SYSTEM, at=at)
    order.revision += 1
    order.amount = quotation.amount
    order.save()
    frozen = header(order) | {"promised_date": promised_date.isoformat()}
    OrderRevision.objects.create(order=order, number=order.revision, snapshot=quotation.lines, header=frozen, at=at)
    grade = order.customer.grade
    contract = Contract.objects.create(
        order=order,
        revision=order.revision,
        amount=quotation.amount,
        tax=quotation.tax,
        currency=order.currency,
        promised_date=promised_date,
        grade=grade.grade,
        instruct_before_signature=grade.instruct_before_signature,
        ship_before_payment=grade.ship_before_payment,
        payment_text=order.payment_term.name,
        delivery_text=delivery_text,
        penalty_text=penalty_text,
        sent_at=at,
        number=next_number("HT", at),
    )
    create_dues(contract)
    add_key(order, "contract", contract.number)
    fact = events.ContractWasSent(
        order_id=order.pk, contract_id=contract.pk, number=contract.number, promised_date=promised_date, amount=contract.amount
    )
    publish(fact, by=by, at=at, thing=order)
    settle_effect(order, at=at)
    return contract


@act
def sign_for_us(*, contract: Contract, by: Actor, at: datetime) -> Contract:
    """Our side signs by its authorised post (CON-01); for grade A the order takes effect on it (CON-02)."""
    order = Order.objects.locked(contract.order_id)
    contract = Contract.objects.locked(contract)
    contract.order = order
    by = contract.take("sign_for_us", by=by, at=at, our_name=by.name, our_signed_at=at)
    publish(events.ContractWasSignedByUs(order_id=order.pk, contract_id=contract.pk, name=by.name), by=by, at=at)
    settle_effect(order, at=at)
    return contract


@act
def file_signature(*, order: Order, by: Actor, at: datetime, signatory: str, scan_id: int) -> Contract:
    """File the checked scan of the customer's signature (CON-01): before the order is effective, or later for grade A (CON-02)."""
    return record_signature(Order.objects.locked(order), by=by, at=at, their_name=signatory, scan_id=scan_id)


def record_signature(order: Order, *, by: Actor, at: datetime, **signature: Any) -> Contract:
    """The customer's signature, on paper or by link; `signature` are the contract's own fields. The order is locked."""
    early = order.state == "contracted"
    by = order.take("sign" if early else "sign_later", by=by, at=at)
    contract = contract_of(order)
    for name, value in {**signature, "their_signed_at": at}.items():
        setattr(contract, name, value)
    moved = contract.promised_on(localtime(at).date())
    days = (moved - contract.promised_date).days
    if early:
        contract.take("both_signed", by=SYSTEM, at=at, promised_date=moved, late_days=days)
    else:
        contract.bump().save()
    end_later((Contract._meta.label_lower, contract.pk), at=at, days=order.settings.link_days)
    fact = events.ContractWasSigned(order_id=order.pk, contract_id=contract.pk, name=contract.their_name)
    publish(fact, by=by, at=at, thing=order)
    if days:
        _tell_of_moved_promise(order, contract, at)
    settle_effect(order, at=at)
    settle_closing(order, at=at)
    return contract


def _tell_of_moved_promise(order: Order, contract: Contract, at: datetime) -> None:
    """CON-03: both sides see by how much the late form has moved the promise."""
    fact = events.PromiseWasMoved(
        order_id=order.pk,
        contract_id=contract.pk,
        days=contract.late_days,
        sent_promise=contract.sent_promise,
        promised_date=contract.promised_date,
    )
    changes = {"promised_date": (contract.sent_promise, contract.promised_date)}
    publish(fact, by=SYSTEM, at=at, changes=changes, thing=order)
