"""A delivery that nobody received is traced and answered; damage is told to who must know, and its cause established (SHP-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.actor import Actor
from core.facts import act, publish
from core.reasons import NotReady, Reason
from documents.models import Attachment
from documents.services import attach
from organization.finding import recipient, role_at, seat
from organization.roles import Role
from shipping import events
from shipping.models import Damage, DamageWord, Shipment, Trace
from shipping.services.base import NOTICE, count_goods, locked, reschedule
from shipping.trouble import both_sides_were_heard
from sla.telling import tell

# Who is told of damage at once, and where: after-sales, transport and the freight auditor, and those who look for the cause.
TOLD_OF_DAMAGE = (
    (Role.AFTERSALES_HEAD, "sales"),
    (Role.TRANSPORT_HEAD, "group"),
    (Role.FREIGHT_AUDITOR, "group"),
    (Role.QUALITY_HEAD, "product"),
    (Role.PRODUCTION_MANAGER, "product"),
)


@act
def report_not_received(*, shipment: Shipment, words: str, by: Actor, at: datetime) -> Trace:
    """The customer says that nothing came: transport traces it and answers [nonreceipt_trace]."""
    shipment = locked(shipment)
    said = _said(words)
    by = shipment.take("report_not_received", by=by, at=at)
    trace = Trace.objects.create(shipment=shipment, words=said, reported_by=by.name or by.contact, reported_at=at)
    fact = events.GoodsWereNotReceived(
        order_id=shipment.order_id, shipment_id=shipment.pk, trace_id=trace.pk, delivery_number=shipment.delivery_number, words=said
    )
    publish(fact, by=by, at=at)
    return trace


@act
def answer_trace(*, trace: Trace, result: str, answer: str, by: Actor, at: datetime, arrives_at: datetime | None = None) -> Trace:
    """What transport found; the customer is told. Lost goods are missing from now on, the rest gets a new estimated arrival."""
    shipment = locked(trace.shipment_id)
    row = Trace.objects.locked(trace)
    row.shipment = shipment
    row.steps()["answer_trace"].permission(row, by)
    lost = result == Trace.Result.LOST
    if not lost and (arrives_at is None or arrives_at <= at):
        raise NotReady(Reason("arrival_in_the_past", field="arrives_at"))
    row.result, row.answer, row.answered_by, row.answered_at = result, answer.strip(), by.name, at
    by = row.take("answer_trace", by=by, at=at)
    told = {"shipment_id": shipment.pk, "trace_id": row.pk, "delivery_number": shipment.delivery_number}
    publish(events.TraceWasAnswered(order_id=shipment.order_id, result=result, answer=row.answer, **told), by=by, at=at)
    if arrives_at is not None and not lost:
        reschedule(shipment, arrives_at, row.answer, by=by, at=at)
    elif lost:
        shipment.lost_at = at
        shipment.bump().save()
        lines = list(shipment.lines.select_related("line__unit", "line__item").order_by("line__line_no"))
        count_goods(shipment, lines, dict.fromkeys((each.pk for each in lines), Decimal(0)), by=by, at=at)
    return row


@act
def report_damage(*, shipment: Shipment, words: str, by: Actor, at: datetime, uploads: Sequence[Any] = ()) -> Damage:
    """Goods came damaged: kept with the pictures and told at once to everybody whom it concerns."""
    shipment = locked(shipment)
    said = _said(words)
    by = shipment.take("report_damage", by=by, at=at)
    damage = Damage.objects.create(shipment=shipment, words=said, reported_by=by.name or by.contact, reported_at=at)
    papers: dict[str, Any] = {"order_id": shipment.order_id, "subject": (NOTICE, shipment.pk), "kind": Attachment.Kind.PHOTO}
    for upload in uploads:
        attach(upload=upload, note=said[:200], by=by, at=at, **papers)
    fact = events.DamageWasReported(
        order_id=shipment.order_id, shipment_id=shipment.pk, damage_id=damage.pk, delivery_number=shipment.delivery_number, words=said
    )
    publish(fact, by=by, at=at)
    _tell(damage, at)
    return damage


@act
def say_cause(*, damage: Damage, words: str, by: Actor, at: datetime) -> DamageWord:
    """Quality's or production's opinion on the cause; who says something again says it instead."""
    row = _locked(damage)
    said = _said(words)
    by = row.take("say_cause", by=by, at=at)
    assert by.hat is not None
    side = Role.PRODUCTION_MANAGER if by.hat.role == Role.PRODUCTION_MANAGER else Role.INSPECTOR
    word, _new = DamageWord.objects.update_or_create(damage=row, side=side, defaults={"words": said, "person_name": by.name, "at": at})
    fact = events.CauseWasSaid(
        order_id=row.shipment.order_id,
        damage_id=row.pk,
        delivery_number=str(row.shipment),
        side=side,
        words=said,
        heard=not both_sides_were_heard.reasons(row),
    )
    publish(fact, by=by, at=at)
    return word


@act
def establish_cause(*, damage: Damage, cause: str, finding: str, measure: str, by: Actor, at: datetime) -> Damage:
    """Transport's conclusion, once quality and production have been heard."""
    row = _locked(damage)
    row.cause, row.finding, row.measure = cause, finding.strip(), measure.strip()
    row.analysed_by, row.analysed_at = by.name, at
    by = row.take("establish_cause", by=by, at=at)
    fact = events.CauseWasEstablished(
        order_id=row.shipment.order_id,
        damage_id=row.pk,
        delivery_number=str(row.shipment),
        cause=cause,
        finding=row.finding,
    )
    publish(fact, by=by, at=at)
    return row


def _locked(damage: Damage) -> Damage:
    shipment = locked(damage.shipment_id)
    row = Damage.objects.locked(damage)
    row.shipment = shipment
    return row


def _said(words: str) -> str:
    if not words.strip():
        raise NotReady(Reason("report_words_missing", field="words"))
    return words.strip()


def _tell(damage: Damage, at: datetime) -> None:
    """A notice on the page of each of them, or of whoever stands in; who holds two of the posts is told once."""
    told: set[int] = set()
    for role, where in TOLD_OF_DAMAGE:
        place = seat(role_at(role, where), damage.shipment)
        person, _path = recipient(place, at, set()) if place else (None, [])
        if person is None or person.pk in told:
            continue
        told.add(person.pk)
        tell(
            person,
            key=f"damage-{damage.pk}-{person.pk}",
            title=_("Goods arrived damaged"),
            body=f"{damage.shipment} {damage.words}",
            url=damage.get_absolute_url(),
            order_id=damage.shipment.order_id,
            at=at,
        )
