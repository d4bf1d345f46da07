"""Quality's verbs. Goods under inspection are blocked; only the store keeper, after acceptance, makes them free (QUA-07)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import Reason, Refused
from inventory.services import await_put_away, scrap_stock
from quality import events
from quality.models import Inspection, Nonconformity

Disposition = Nonconformity.Disposition


@act
def open_inspection(
    *,
    source_kind: str,
    source_id: int,
    order_id: int | None,
    line_id: int | None,
    item_id: int,
    company_id: int,
    quantity: Decimal,
    balance_id: int,
    by: Actor,
    at: datetime,
    rework_of: Nonconformity | None = None,
) -> Inspection:
    """Put blocked goods into the inspection queue (EXE-10, PUR-07). The same arrival, handover or rework again returns the same one."""
    found = Inspection.objects.filter(source_kind=source_kind, source_id=source_id, rework_of=rework_of).first()
    if found is not None:
        return found
    inspection = Inspection.objects.create(
        number=next_number("JY", at),
        source_kind=source_kind,
        source_id=source_id,
        rework_of=rework_of,
        order_id=order_id,
        line_id=line_id,
        item_id=item_id,
        company_id=company_id,
        balance_id=balance_id,
        quantity=quantity,
        opened_at=at,
    )
    fact = events.InspectionWasOpened(inspection_id=inspection.pk, quantity=quantity, **_about(inspection))
    publish(fact, by=by, at=at, thing=inspection)
    return inspection


def inspect_goods(source_kind: str, source_id: int, goods: Any, line_id: int | None, *, by: Actor, at: datetime) -> Inspection:
    """Open the inspection of goods that a fact tells of (order_id, item_id, company_id, quantity, balance_id)."""
    return open_inspection(
        source_kind=source_kind,
        source_id=source_id,
        order_id=goods.order_id,
        line_id=line_id,
        item_id=goods.item_id,
        company_id=goods.company_id,
        quantity=goods.quantity,
        balance_id=goods.balance_id,
        by=by,
        at=at,
    )


@act
def finish_inspection(
    *, inspection: Inspection, accepted: Decimal, rejected: Decimal, findings: str = "", by: Actor, at: datetime
) -> Inspection:
    """The inspector's result (QUA-01): accepted goods go to the store keeper, rejected ones stay blocked as a nonconformity (QUA-07).

    Refuses with `inspection_sum` when the two do not make up all of it, `findings_missing` when nothing is said about rejected goods.
    """
    row = Inspection.objects.select_related("item__unit").locked(inspection)
    _result_adds_up(row, accepted, rejected, findings)
    row.accepted, row.rejected, row.findings = accepted, rejected, findings.strip()
    row.inspector_name, row.finished_at = by.name, at
    by = row.take("finish", by=by, at=at)
    result = {"accepted": accepted, "rejected": rejected, "passed": not rejected, "findings": row.findings}
    publish(events.InspectionWasFinished(inspection_id=row.pk, **result, **_about(row)), by=by, at=at)
    if rejected:
        found = Nonconformity.objects.create(inspection=row, quantity=rejected, found_at=at)
        fact = events.NonconformityWasFound(quantity=rejected, findings=row.findings, **_found(found))
        publish(fact, by=by, at=at)
    if accepted:
        _to_store(row, accepted, ("quality.inspection", row.pk), by, at)
    return row


@act
def route_nonconformity(*, nonconformity: Nonconformity, addressee: str, note: str = "", by: Actor, at: datetime) -> Nonconformity:
    """The inspector passes the problem to whoever must act on it (QUA-02)."""
    row = Nonconformity.objects.locked(nonconformity)
    row.addressee, row.note = addressee, note.strip()
    by = row.take("route", by=by, at=at)
    publish(
        events.NonconformityWasRouted(
            order_id=row.inspection.order_id, nonconformity_id=row.pk, number=row.number, role=addressee, note=row.note
        ),
        by=by,
        at=at,
    )
    return row


@act
def decide_nonconformity(*, nonconformity: Nonconformity, disposition: str, reason: str, by: Actor, at: datetime) -> Nonconformity:
    """What becomes of rejected goods (QUA-07), with the reason.

    Concession: the store keeper puts them away. Scrap and return: they leave the stock. Rework: they stay blocked until
    `finish_rework` sends them to another inspection.
    """
    row = Nonconformity.objects.locked(nonconformity)
    if not reason.strip():
        raise Refused(Reason("reason_missing", field="reason"))
    if disposition == Disposition.RETURN and row.inspection.source_kind != Inspection.Source.ARRIVAL:
        raise Refused(Reason("not_bought", field="disposition"))
    row.disposition, row.reason = disposition, reason.strip()
    row.decided_by, row.decided_at = by.name, at
    by = row.take("decide", by=by, at=at)
    fact = events.NonconformityWasDecided(quantity=row.quantity, disposition=disposition, reason=row.reason, **_found(row))
    publish(fact, by=by, at=at)
    if disposition != Disposition.REWORK:
        _carry_out(row, by, at)
    return row


@act
def finish_rework(*, nonconformity: Nonconformity, by: Actor, at: datetime) -> Inspection:
    """The reworked goods are back: the nonconformity is closed and a new inspection opened for all of them."""
    row = Nonconformity.objects.locked(nonconformity)
    row.closed_at = at
    by = row.take("finish_rework", by=by, at=at)
    _closed(row, by, at)
    old = row.inspection
    return open_inspection(
        source_kind=old.source_kind,
        source_id=old.source_id,
        order_id=old.order_id,
        line_id=old.line_id,
        item_id=old.item_id,
        company_id=old.company_id,
        quantity=row.quantity,
        balance_id=old.balance_id,
        rework_of=row,
        by=by,
        at=at,
    )


def _carry_out(row: Nonconformity, by: Actor, at: datetime) -> None:
    source, inspection = ("quality.nonconformity", row.pk), row.inspection
    row.closed_at = at
    row.take("close", by=SYSTEM, at=at)
    _closed(row, by, at)
    if row.disposition == Disposition.CONCESSION:
        locked = Inspection.objects.locked(inspection)
        locked.take("concede", by=SYSTEM, at=at)
        _to_store(locked, row.quantity, source, by, at)
    else:
        scrap_stock(balance_id=inspection.balance_id, quantity=row.quantity, source=source, order_id=inspection.order_id, by=by, at=at)


def _to_store(inspection: Inspection, quantity: Decimal, source: tuple[str, int], by: Actor, at: datetime) -> None:
    goods: dict[str, Any] = {"balance_id": inspection.balance_id, "order_id": inspection.order_id, "line_id": inspection.line_id}
    await_put_away(quantity=quantity, source=source, by=by, at=at, **goods)


def _closed(row: Nonconformity, by: Actor, at: datetime) -> None:
    fact = events.NonconformityWasClosed(
        order_id=row.inspection.order_id, nonconformity_id=row.pk, number=row.number, disposition=row.disposition
    )
    publish(fact, by=by, at=at)


def _result_adds_up(row: Inspection, accepted: Decimal, rejected: Decimal, findings: str) -> None:
    for name, quantity in (("accepted", accepted), ("rejected", rejected)):
        if quantity < 0:
            raise Refused(Reason("quantity_negative", field=name))
        row.item.unit.fit(quantity)
    if accepted + rejected != row.quantity:
        raise Refused(Reason("inspection_sum", field="rejected", sum=accepted + rejected, quantity=row.quantity))
    if rejected and not findings.strip():
        raise Refused(Reason("findings_missing", field="findings"))


def _about(inspection: Inspection) -> dict[str, Any]:
    """What every fact about inspected goods says of them."""
    return {
        "order_id": inspection.order_id,
        "number": inspection.number,
        "source_kind": inspection.source_kind,
        "source_id": inspection.source_id,
        "line_id": inspection.line_id,
        "item_id": inspection.item_id,
        "company_id": inspection.company_id,
        "code": inspection.item.code,
    }


def _found(row: Nonconformity) -> dict[str, Any]:
    return {"nonconformity_id": row.pk, "inspection_id": row.inspection_id, **_about(row.inspection)}
