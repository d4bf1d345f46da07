"""Service requests, from what the customer said to the customer's agreement (SVC-01, SVC-02)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from aftersales import events
from aftersales.guards import applicant
from aftersales.models import ServiceRequest
from aftersales.services.papers import keep_papers
from aftersales.services.rating import ask_rating
from core.actor import Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason, Refused
from orders.models import OpenItem, Order
from orders.services.ledger import quantities
from orders.services.open_items import close_item, open_item
from organization.roles import Role, covers

Kind = ServiceRequest.Kind


@act
def receive_request(
    *,
    order: Order,
    words: str,
    contact: str,
    channel: str,
    by: Actor,
    at: datetime,
    shipment: Any = None,
    uploads: Iterable[Any] = (),
    kind: str = Kind.SERVICE,
    damage: int | None = None,
) -> ServiceRequest:
    """Write a service request down on the feedback form (SVC-01): what the customer said, in their words, with their papers.

    `by` may be the order's customer; then the order's clerk hands it over. `shipment` (or its id) is the delivery that it is about,
    `damage` the id of the damage that was reported of it. What after-sales itself took down, and what a delivery report says, is with
    after-sales already. Refuses with `nothing_shipped`, `words_missing`, `contact_missing`.
    """
    order = Order.objects.locked(order)
    by = applicant(order, by)
    found = _against_request(order, words, contact)
    if found:
        raise NotReady(*found)
    request = ServiceRequest.objects.create(
        order=order,
        shipment_id=getattr(shipment, "pk", shipment),
        damage_id=damage,
        number=next_number("FW", at),
        kind=kind,
        channel=channel,
        contact=contact.strip(),
        words=words.strip(),
        received_at=at,
        received_by=by.name or by.contact,
        receiver_post_id=by.hat.post_id if by.hat else order.clerk_post_id,
    )
    open_item(order=order, kind=OpenItem.Kind.SERVICE, reference=request.number, at=at)
    fact = events.ServiceWasRequested(order_id=order.pk, service_id=request.pk, number=request.number, channel=channel)
    publish(fact, by=by, at=at, thing=request)
    keep_papers(request, uploads, by=by, at=at)
    if by.kind == "system" or (by.hat is not None and covers(by.hat.role, Role.AFTERSALES_ENGINEER)):
        hand_over_service(service=request, by=by, at=at)
    return request


@act
def hand_over_service(*, service: ServiceRequest, by: Actor, at: datetime, uploads: Iterable[Any] = ()) -> ServiceRequest:
    """Hand the form and the customer's papers to after-sales (SVC-01, within 60 minutes)."""
    row = _locked(service)
    by = row.take("hand_over", by=by, at=at, handed_over_at=at, handed_over_by=by.name)
    keep_papers(row, uploads, by=by, at=at)
    publish(events.ServiceWasHandedOver(service_id=row.pk, **_about(row)), by=by, at=at)
    return row


@act
def contact_customer(*, service: ServiceRequest, note: str, by: Actor, at: datetime) -> ServiceRequest:
    """The head has spoken with the customer (SVC-02, within 2 hours); `note` says with whom, and what was said."""
    row = _locked(service)
    if not note.strip():
        raise Refused(Reason("words_missing", field="note"))
    by = row.take("contact_customer", by=by, at=at, contacted_at=at, contacted_by=by.name, contact_note=note.strip())
    publish(events.CustomerWasContacted(service_id=row.pk, note=row.contact_note, **_about(row)), by=by, at=at)
    return row


@act
def record_solution(
    *, service: ServiceRequest, solution: str, cost: Decimal, told_to: str, by: Actor, at: datetime, uploads: Iterable[Any] = ()
) -> ServiceRequest:
    """How it is solved, what that costs us (CNY), and who at the customer was told (SVC-02). Again, as long as they do not agree."""
    row = _locked(service)
    found = []
    if not solution.strip():
        found.append(Reason("solution_missing", field="solution"))
    if not told_to.strip():
        found.append(Reason("told_missing", field="told_to"))
    if cost < 0:
        found.append(Reason("cost_negative", field="cost"))
    if found:
        raise Refused(*found)
    given = {"solution": solution.strip(), "cost": cost, "told_to": told_to.strip()}
    by = row.take("record_solution", by=by, at=at, solution_by=by.name, solved_at=None, **given)
    keep_papers(row, uploads, by=by, at=at)
    publish(events.SolutionWasRecorded(service_id=row.pk, damage_id=row.damage_id, **given, **_about(row)), by=by, at=at)  # type: ignore[arg-type]
    return row


@act
def finish_service(*, service: ServiceRequest, by: Actor, at: datetime) -> ServiceRequest:
    """The work is done; now the customer is asked whether they agree."""
    row = _locked(service)
    by = row.take("finish", by=by, at=at, solved_at=at)
    publish(events.ServiceWasDone(service_id=row.pk, **_about(row)), by=by, at=at)
    return row


@act
def close_service(*, service: ServiceRequest, by: Actor, at: datetime, agreed_by: str = "") -> ServiceRequest:
    """The customer agrees that it is closed (SVC-02): themselves, or somebody of theirs named by us. They are asked to rate it."""
    row = _locked(service)
    name = by.name or by.contact if by.kind == "customer" else agreed_by.strip()
    if not name:
        raise Refused(Reason("agreement_missing", field="agreed_by"))
    by = row.take("close", by=by, at=at, agreed_by=name, closed_at=at)
    close_item(order=row.order, kind=OpenItem.Kind.SERVICE, reference=row.number, at=at)
    publish(events.ServiceWasClosed(service_id=row.pk, agreed_by=name, **_about(row)), by=by, at=at)
    ask_rating(order=row.order, service=row, by=by, at=at)
    return row


def _against_request(order: Order, words: str, contact: str) -> list[Reason]:
    found = []
    if not words.strip():
        found.append(Reason("words_missing", field="words"))
    if not contact.strip():
        found.append(Reason("contact_missing", field="contact"))
    return found + nothing_shipped(order)


def nothing_shipped(order: Order) -> list[Reason]:
    """SVC-01: nobody asks for service of goods that have not left."""
    return [] if any(sums.shipped for sums in quantities(order).values()) else [Reason("nothing_shipped")]


def _locked(service: ServiceRequest) -> ServiceRequest:
    order = Order.objects.locked(service.order_id)
    row: ServiceRequest = ServiceRequest.objects.locked(service)
    row.order = order
    return row


def _about(row: ServiceRequest) -> dict[str, Any]:
    return {"order_id": row.order_id, "number": row.number}
