"""Returns until the goods come back: applied for, checked, answered, collected (RET-01 ... RET-03)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from aftersales import events
from aftersales.guards import applicant
from aftersales.models import ReturnLine, ReturnRequest
from aftersales.selectors import Returnable, returnable, unmet
from aftersales.services.papers import keep_papers
from core.actor import Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason, Refused
from orders.models import OpenItem, Order
from orders.services.open_items import close_item, open_item

Cause, Identity = ReturnRequest.Cause, ReturnRequest.Identity


@act
def apply_return(
    *,
    order: Order,
    wanted: str,
    quantities: Mapping[int, Decimal],
    reason: str,
    words: str,
    by: Actor,
    at: datetime,
    uploads: Iterable[Any] = (),
    identity: str = "",
    packaging_intact: bool | None = None,
    labels_intact: bool | None = None,
) -> ReturnRequest:
    """Apply for a return (RET-01): `wanted` refund, exchange or repair; `quantities` by order line id; `reason` a ReturnRequest.Cause.

    `by` may be the order's customer, whose link is their identity; whoever takes it down says how they checked it. Refuses with
    `not_delivered`, `return_above_delivered` (delivered less returned less applied for), `return_empty`, `identity_missing`.
    """
    order = Order.objects.locked(order)
    by = applicant(order, by)
    identity = Identity.LINK if by.kind == "customer" else identity
    asked = {line_id: quantity for line_id, quantity in quantities.items() if quantity}
    found = _against_application(returnable(order), asked)
    if not identity or (identity == Identity.LINK and by.kind != "customer"):
        found.append(Reason("identity_missing", field="identity"))
    if found:
        raise NotReady(*found)
    request = ReturnRequest.objects.create(
        order=order,
        number=next_number("TH", at),
        wanted=ReturnRequest.Wanted(wanted),
        reason=Cause(reason),
        words=words.strip(),
        identity=identity,
        packaging_intact=packaging_intact,
        labels_intact=labels_intact,
        applied_at=at,
        applied_by=by.name or by.contact,
        receiver_post_id=by.hat.post_id if by.hat else order.clerk_post_id,
    )
    ReturnLine.objects.bulk_create([ReturnLine(request=request, line_id=pk, quantity=quantity) for pk, quantity in sorted(asked.items())])
    open_item(order=order, kind=OpenItem.Kind.RETURN, reference=request.number, at=at)
    fact = events.ReturnWasApplied(return_id=request.pk, wanted=request.wanted, reason=request.reason, **about(request))
    publish(fact, by=by, at=at, thing=request)
    keep_papers(request, uploads, by=by, at=at)
    return request


@act
def tell_costs(
    *, request: ReturnRequest, cause: str, told_to: str, by: Actor, at: datetime, freight_amount: Decimal | None = None
) -> ReturnRequest:
    """What after-sales found to be the cause, and that the customer was told what follows from it (RET-03).

    Our fault: we pay the freight. The customer's: they pay `freight_amount` (both ways, in the order's currency), beforehand.
    """
    row = locked(request)
    row.cause = Cause(cause)
    found = []
    if not told_to.strip():
        found.append(Reason("told_missing", field="told_to"))
    if not row.is_ours and not (freight_amount and freight_amount > 0):
        found.append(Reason("costs_missing", field="freight_amount"))
    if row.is_ours and freight_amount:
        found.append(Reason("freight_is_ours", field="freight_amount"))
    if found:
        raise Refused(*found)
    freight = Decimal("0.00") if row.is_ours else freight_amount
    by = row.take("tell_costs", by=by, at=at, freight_amount=freight, costs_told_to=told_to.strip(), costs_told_at=at)
    payer = _("us") if row.is_ours else _("the customer")
    fact = events.ReturnCostsWereTold(return_id=row.pk, told_to=row.costs_told_to, payer=payer, freight=freight or Decimal(0), **about(row))
    publish(fact, by=by, at=at)
    return row


@act
def agree_return(*, request: ReturnRequest, by: Actor, at: datetime, exception: str = "") -> ReturnRequest:
    """The head agrees. Against a condition that is not met only with the reason: `exception_missing` names the conditions."""
    row = locked(request)
    against = unmet(row)
    if against and not exception.strip():
        raise Refused(Reason("exception_missing", conditions=against, field="exception"))
    by = row.take("agree", by=by, at=at, exception=exception.strip() if against else "", answered_at=at, answered_by=by.name)
    publish(events.ReturnWasAgreed(return_id=row.pk, customer_pays=row.waits_for_freight, **about(row)), by=by, at=at)
    return row


@act
def ask_information(*, request: ReturnRequest, question: str, by: Actor, at: datetime) -> ReturnRequest:
    """The head cannot answer yet and says what is to be known; the clock starts anew with the customer's answer."""
    row = locked(request)
    if not question.strip():
        raise Refused(Reason("question_missing", field="question"))
    by = row.take("ask_information", by=by, at=at, question=question.strip())
    publish(events.ReturnInformationWasAsked(return_id=row.pk, question=row.question, **about(row)), by=by, at=at)
    return row


@act
def give_information(
    *,
    request: ReturnRequest,
    words: str,
    by: Actor,
    at: datetime,
    packaging_intact: bool | None = None,
    labels_intact: bool | None = None,
    uploads: Iterable[Any] = (),
) -> ReturnRequest:
    """What was asked for; it is added to the customer's words."""
    row = locked(request)
    if not words.strip():
        raise Refused(Reason("words_missing", field="words"))
    row.words = "\n".join(filter(None, [row.words, words.strip()]))
    if packaging_intact is not None:
        row.packaging_intact = packaging_intact
    if labels_intact is not None:
        row.labels_intact = labels_intact
    by = row.take("give_information", by=by, at=at)
    keep_papers(row, uploads, by=by, at=at)
    publish(events.ReturnInformationWasGiven(return_id=row.pk, told=row.costs_told_at is not None, **about(row)), by=by, at=at)
    return row


@act
def refuse_return(*, request: ReturnRequest, reason: str, by: Actor, at: datetime) -> ReturnRequest:
    """The head refuses, and the customer reads why."""
    row = locked(request)
    if not reason.strip():
        raise Refused(Reason("why_missing", field="reason"))
    by = row.take("refuse", by=by, at=at, refusal=reason.strip(), answered_at=at, answered_by=by.name)
    close_item(order=row.order, kind=OpenItem.Kind.RETURN, reference=row.number, at=at)
    publish(events.ReturnWasRefused(return_id=row.pk, reason=row.refusal, **about(row)), by=by, at=at)
    return row


@act
def confirm_freight(*, request: ReturnRequest, reference: str, paid_on: date, by: Actor, at: datetime) -> ReturnRequest:
    """Finance has found the freight that the customer pays beforehand (RET-03): `reference` is the bank's."""
    row = locked(request)
    found = []
    if not reference.strip():
        found.append(Reason("freight_reference_missing", field="reference"))
    if paid_on > localtime(at).date():
        found.append(Reason("freight_paid_in_future", date=paid_on, field="paid_on"))
    if found:
        raise Refused(*found)
    given = {"freight_reference": reference.strip(), "freight_paid_on": paid_on}
    by = row.take("confirm_freight", by=by, at=at, freight_confirmed_at=at, freight_confirmed_by=by.name, **given)
    fact = events.FreightWasPrepaid(
        return_id=row.pk, paid_on=paid_on, reference=row.freight_reference, amount=row.freight_amount or Decimal(0), **about(row)
    )
    publish(fact, by=by, at=at)
    return row


@act
def arrange_collection(*, request: ReturnRequest, collect_on: date, carrier: str, by: Actor, at: datetime) -> ReturnRequest:
    """When and by whom the goods are fetched (RET-02). A customer who pays the freight has paid it before (RET-03)."""
    row = locked(request)
    if collect_on < localtime(at).date():
        raise Refused(Reason("collection_past", date=collect_on, field="collect_on"))
    given = {"collect_on": collect_on, "carrier": carrier.strip()}
    by = row.take("arrange_collection", by=by, at=at, **given)
    publish(events.CollectionWasArranged(return_id=row.pk, **given, **about(row)), by=by, at=at)  # type: ignore[arg-type]
    return row


def locked(request: ReturnRequest) -> ReturnRequest:
    """The return under its order's lock."""
    order = Order.objects.locked(request.order_id)
    row: ReturnRequest = ReturnRequest.objects.locked(request)
    row.order = order
    return row


def about(row: ReturnRequest) -> dict[str, Any]:
    """What every fact about a return says of it."""
    return {"order_id": row.order_id, "number": row.number}


def _against_application(rows: list[Returnable], asked: Mapping[int, Decimal]) -> list[Reason]:
    if not any(row.delivered for row in rows):
        return [Reason("not_delivered")]
    if not asked or any(quantity < 0 for quantity in asked.values()):
        return [Reason("return_empty")]
    known, found = {row.line.pk: row for row in rows}, []
    for line_id, quantity in asked.items():
        row, field = known.get(line_id), f"q_{line_id}"
        if row is None:
            found.append(Reason("return_unknown_line", line=line_id))
            continue
        _fits(row, quantity, field)
        if quantity > row.available:
            found.append(Reason("return_above_delivered", line=row.line.line_no, asked=quantity, available=row.available, field=field))
    return found


def _fits(row: Returnable, quantity: Decimal, field: str) -> None:
    try:
        row.line.unit.fit(quantity)  # type: ignore[union-attr]
    except ValidationError as finer:
        raise ValidationError({field: finer}) from None
