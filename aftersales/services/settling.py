"""Returned goods: received blocked, inspected, and what becomes of them and of the customer's money (RET-02, RET-05, RET-07)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from aftersales import events
from aftersales.models import ReturnLine, ReturnRequest
from aftersales.services.papers import keep_papers
from aftersales.services.returns import about, locked
from core.actor import Actor
from core.facts import act, publish
from core.reasons import Reason, Refused
from inventory.services import await_put_away, receive_stock, scrap_stock, send_back_stock
from orders.models import LineMovement, OpenItem, OrderLine
from orders.services.ledger import record_many
from orders.services.open_items import close_item

RETURN, LINE, SENT_BACK = "aftersales.returnrequest", "aftersales.returnline", "aftersales.sentback"
Outcome, Goods = ReturnLine.Outcome, ReturnLine.Goods


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What is decided of one return line: for how much of the received goods the outcome is granted, and what becomes of those.

    What is received and not granted is refused and goes back to the customer, as everything that is repaired.
    """

    outcome: str
    granted: Decimal = Decimal(0)
    goods: str = ""


@act
def receive_returned(
    *, request: ReturnRequest, quantities: Mapping[int, Decimal], by: Actor, at: datetime, uploads: Iterable[Any] = ()
) -> ReturnRequest:
    """The goods are back: blocked in the product company's store, booked as returned (RET-05). `quantities` by return line id."""
    row = locked(request)
    lines = _lines(row)
    came = {line.pk: quantities.get(line.pk, Decimal(0)) for line in lines}
    found = [
        Reason("received_above_agreed", line=line.line.line_no, received=came[line.pk], agreed=line.quantity, field=f"q_{line.pk}")
        for line in lines
        if not 0 <= came[line.pk] <= line.quantity
    ]
    if not any(came.values()):
        found.append(Reason("nothing_received"))
    if found:
        raise Refused(*found)
    by = row.take("receive_goods", by=by, at=at, received_at=at, received_by=by.name)
    here = sorted((line for line in lines if came[line.pk]), key=lambda line: (line.line.item_id, line.pk))
    for line in here:
        line.received = came[line.pk]
        line.balance = receive_stock(
            item_id=line.line.item_id or 0,
            company_id=row.order.product_company_id,
            quantity=line.received,
            blocked=True,
            source=(LINE, line.pk),
            batch=row.number,
            order_id=row.order_id,
            by=by,
            at=at,
        )
        line.save(update_fields=["received", "balance"])
    _book(row, [(line.line, line.received) for line in here], RETURN, by=by, at=at)
    keep_papers(row, uploads, by=by, at=at)
    publish(events.ReturnedGoodsWereReceived(return_id=row.pk, **about(row)), by=by, at=at)
    return row


@act
def inspect_return(
    *, request: ReturnRequest, findings: Mapping[int, str], conclusion: str, by: Actor, at: datetime, uploads: Iterable[Any] = ()
) -> ReturnRequest:
    """What was found on every line that came back (RET-02), by return line id; the goods stay blocked."""
    row = locked(request)
    lines = [line for line in _lines(row) if line.received]
    missing = [line for line in lines if not findings.get(line.pk, "").strip()]
    if missing:
        raise Refused(*(Reason("findings_of_line_missing", line=line.line.line_no, field=f"f_{line.pk}") for line in missing))
    by = row.take("inspect", by=by, at=at, inspected_at=at, inspected_by=by.name, conclusion=conclusion.strip())
    for line in lines:
        line.findings = findings[line.pk].strip()
        line.save(update_fields=["findings"])
    keep_papers(row, uploads, by=by, at=at)
    publish(events.ReturnWasInspected(return_id=row.pk, conclusion=row.conclusion, **about(row)), by=by, at=at)
    return row


@act
def settle_return(*, request: ReturnRequest, decided: Mapping[int, Settled], by: Actor, at: datetime) -> ReturnRequest:
    """The head decides line by line (RET-02): refund, exchange, repair or refusal, in full or part, and what becomes of the goods (RET-05).

    Finance hears it and credits what is refunded or exchanged. The order waits on for the exchange order, where there is to be one.
    """
    row = locked(request)
    lines = [line for line in _lines(row) if line.received]
    if found := [reason for line in lines for reason in _against(line, decided.get(line.pk))]:
        raise Refused(*found)
    by = row.take("settle", by=by, at=at, settled_at=at, settled_by=by.name)
    for line in lines:
        one = decided[line.pk]
        line.outcome = one.outcome
        line.granted = Decimal(0) if one.outcome == Outcome.REFUSAL else one.granted
        line.goods = one.goods if one.outcome in ReturnLine.CREDITED else Goods.SENT_BACK
        line.save(update_fields=["outcome", "granted", "goods"])
    for line in sorted(lines, key=lambda line: (line.line.item_id, line.pk)):
        _move(line, row, by, at)
    _book(row, [(line.line, line.kept - line.received) for line in lines if line.kept != line.received], SENT_BACK, by=by, at=at)
    credited = [line for line in lines if line.outcome in ReturnLine.CREDITED]
    fact = events.ReturnWasSettled(
        return_id=row.pk,
        outcome="；".join(f"{line.line.line_no} · {line.get_outcome_display()} × {line.granted.normalize():f}" for line in lines),
        lines=tuple(line.line_id for line in credited),
        quantities=tuple(str(line.granted) for line in credited),
        exchanged=tuple(line.line_id for line in credited if line.outcome == Outcome.EXCHANGE),
        **about(row),
    )
    publish(fact, by=by, at=at)
    if not row.waits_for_exchange:
        close_item(order=row.order, kind=OpenItem.Kind.RETURN, reference=row.number, at=at)
    return row


def _lines(row: ReturnRequest) -> list[ReturnLine]:
    return list(row.lines.select_related("line__item__unit", "line__unit").order_by("line__line_no"))


def _against(line: ReturnLine, one: Settled | None) -> list[Reason]:
    no = {"line": line.line.line_no}
    if one is None or one.outcome not in Outcome.values:
        return [Reason("nothing_granted", field=f"outcome_{line.pk}", **no)]
    if one.outcome == Outcome.REFUSAL:
        return []
    line.line.unit.fit(one.granted)  # type: ignore[union-attr]
    if one.granted <= 0:
        return [Reason("nothing_granted", field=f"granted_{line.pk}", **no)]
    if one.granted > line.received:
        return [Reason("granted_above_received", granted=one.granted, received=line.received, field=f"granted_{line.pk}", **no)]
    stays = (Goods.RESTOCK, Goods.BLOCKED, Goods.SCRAPPED)
    if one.outcome in ReturnLine.CREDITED and one.goods not in stays:
        return [Reason("goods_undecided", field=f"goods_{line.pk}", **no)]
    if one.outcome == Outcome.REPAIR and one.goods in stays:
        return [Reason("goods_are_the_customers", field=f"goods_{line.pk}", **no)]
    return []


def _move(line: ReturnLine, row: ReturnRequest, by: Actor, at: datetime) -> None:
    """The blocked goods go where it was decided; what goes back to the customer leaves the stock."""
    assert line.balance_id is not None, "received goods have a place"
    common: dict[str, Any] = {"balance_id": line.balance_id, "order_id": row.order_id, "by": by, "at": at}
    if back := line.received - line.kept:
        send_back_stock(quantity=back, source=(SENT_BACK, line.pk), **common)
    if line.kept and line.goods == Goods.SCRAPPED:
        scrap_stock(quantity=line.kept, source=(LINE, line.pk), **common)
    if line.kept and line.goods == Goods.RESTOCK:
        await_put_away(quantity=line.kept, source=(LINE, line.pk), line_id=None, **common)


def _book(row: ReturnRequest, moved: list[tuple[OrderLine, Decimal]], source: str, *, by: Actor, at: datetime) -> None:
    kind: str = LineMovement.Kind.RETURNED
    rows = [(line, kind, quantity, (source, row.pk)) for line, quantity in moved]
    record_many(order=row.order, rows=rows, by=by, at=at)
