"""Demand and purchases follow what is to be made now: more is covered or bought, less is released, dropped or cancelled (CHG-09).

Needs are counted anew from the order, so that the same fact heard again changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import Min

from core.actor import SYSTEM
from core.facts import act, publish
from inventory.models import Item, Reservation
from inventory.selectors import used_for
from inventory.services import release_part
from orders.changes import decisions
from orders.models import Order, OrderLine
from orders.services.making import to_make
from orders.workflow import AFTER_SIGNING
from procurement import events
from procurement.covering import cover, find_demand, internal_supplier, needed_by, parts_of, settle_ordering, settle_sheet, total
from procurement.models import Demand, DemandSheet, PurchaseLine, PurchaseOrder, PurchaseServes
from procurement.workflow import PurchaseState, SheetState

Z = Decimal(0)
COMPONENT = Reservation.Purpose.COMPONENT
LINE = PurchaseLine._meta.label_lower
ENDED = (PurchaseState.CANCELLED, PurchaseState.CLOSED)


@act
def revise_demand(*, order_id: int, change_id: int, at: datetime) -> None:
    """The order changed, goods are made again (`change_id` 0), or it was cancelled: then nothing of it is needed any more."""
    order = Order.objects.locked(order_id)
    alive = order.state in AFTER_SIGNING
    found = DemandSheet.objects.filter(order=order).first()
    if found is None:
        if alive and hasattr(order, "instruction"):
            find_demand(order_id=order_id, by=SYSTEM, at=at)
        return
    sheet: DemandSheet = DemandSheet.objects.locked(found)
    sheet.order = order
    decided = decisions(change_id, LINE)
    more = _fit(sheet, to_make(order) if alive else {}, at)
    _fit_purchases(sheet, decided, cancelled=not alive, at=at)
    if alive:
        _fit_days(sheet, decided, at)
    if not alive:
        if sheet.state != SheetState.DROPPED:
            sheet.take("be_dropped", by=SYSTEM, at=at)
        settle_ordering(sheet, at=at)
        return
    cover(more, at=at)
    if sheet.state == SheetState.COVERED and sheet.demands.filter(covered_at=None).exists():
        sheet.covered_at = None
        sheet.take("reopen", by=SYSTEM, at=at)
    _tell(sheet, at)
    settle_sheet(sheet, at=at)


def _tell(sheet: DemandSheet, at: datetime) -> None:
    missing = list(sheet.demands.filter(covered_at=None).select_related("item__company"))
    sisters = {one.item.company_id for one in missing if one.item.supply == Item.Supply.MAKE and one.item.company_id}
    for one in missing:
        if one.item.company_id in sisters:
            internal_supplier(one.item)
    companies = tuple(sorted(company for company in sisters if company is not None))
    buy = any(one.item.company_id not in sisters for one in missing)
    publish(
        events.DemandWasRevised(order_id=sheet.order_id, missing=len(missing), buy=buy, companies=companies), by=SYSTEM, at=at, thing=sheet
    )


def _fit(sheet: DemandSheet, wanted: dict[int, Decimal], at: datetime) -> list[Demand]:
    """Every demand says what its line takes now, never less than has been issued. Returns those that lack something."""
    lines = OrderLine.objects.select_related("item__unit").in_bulk(wanted)
    parts = parts_of([line.item_id for line in lines.values() if line.item_id])
    needs: dict[tuple[int, int], Decimal] = {}
    for pk, quantity in wanted.items():
        for part in parts.get(lines[pk].item_id or 0, []) if quantity > 0 else []:
            needs[pk, part.component_id] = total(part, quantity)
    rows = list(sheet.demands.select_for_update(of=("self",)).select_related("item__unit").order_by("pk"))
    issued = used_for(COMPONENT, [row.pk for row in rows])
    for row in rows:
        by_hand = row.quantity if wanted.get(row.line_id, Z) > 0 else Z
        needed = by_hand if row.by_hand else needs.pop((row.line_id, row.item_id), Z)
        _set(row, max(needed, issued[row.pk]), at)
    fresh = []
    for (line_id, item_id), quantity in needs.items():
        day = needed_by(sheet.order, lines[line_id], at)
        given = {"line_id": line_id, "item_id": item_id, "company_id": sheet.company_id, "needed_by": day}
        fresh.append(Demand.objects.create(sheet=sheet, order=sheet.order, quantity=quantity, **given))
    return [row for row in [*rows, *fresh] if row.missing > 0]


def _set(row: Demand, needed: Decimal, at: datetime) -> None:
    """`needed` of it from now on: what is reserved beyond that becomes free group stock."""
    if needed > 0:
        row.quantity, row.dropped_at = needed, None
    elif row.dropped_at is None:
        row.dropped_at = at
    if row.reserved > needed:
        row.reserved -= release_part(purpose=COMPONENT, reference_id=row.pk, quantity=row.reserved - needed, at=at)
    row.covered_at = (row.covered_at or at) if row.missing == 0 else None
    row.save(update_fields=["quantity", "dropped_at", "reserved", "covered_at"])


def _fit_purchases(sheet: DemandSheet, decided: dict[int, str], *, cancelled: bool, at: datetime) -> None:
    """What is still to come and nobody needs is cancelled, or comes for stock, as was decided; drafts are taken off unless kept."""
    open_lines = PurchaseLine.objects.filter(order=sheet.order_id).exclude(purchase__state__in=ENDED).order_by("pk")
    for line in open_lines.select_related("item__unit"):
        surplus = min(_surplus(line), line.outstanding)
        if surplus <= 0:
            continue
        whole = not PurchaseServes.objects.filter(line=line, demand__dropped_at=None).exists()
        _unserve(line, surplus)
        if decided.get(line.pk, "keep" if line.purchase.sent_at else "drop") != "keep":
            _take_off(line, line.outstanding if whole else surplus, at)


def _fit_days(sheet: DemandSheet, decided: dict[int, str], at: datetime) -> None:
    """What is missing is needed for the date that holds now; a purchase follows where that was decided."""
    for row in sheet.demands.select_related("line__item").filter(dropped_at=None, covered_at=None):
        day = needed_by(sheet.order, row.line, at)
        if row.needed_by != day:
            row.needed_by = day
            row.save(update_fields=["needed_by"])
    for line in PurchaseLine.objects.filter(order=sheet.order_id, pk__in=[pk for pk, code in decided.items() if code == "move"]):
        day = line.serves.aggregate(day=Min("demand__needed_by"))["day"]
        if day and line.outstanding > 0 and line.needed_by != day:
            line.needed_by = day
            line.save(update_fields=["needed_by"])


def _surplus(line: PurchaseLine) -> Decimal:
    """Of what the line is to bring, how much its demands no longer lack."""
    found = Z
    for serves in line.serves.select_related("demand"):
        found += max(min(serves.quantity, line.outstanding) - serves.demand.missing, Z)
    return found


def _unserve(line: PurchaseLine, surplus: Decimal) -> None:
    for serves in line.serves.select_related("demand").order_by("-pk"):
        part = min(surplus, serves.quantity, max(serves.quantity - serves.demand.missing, Z))
        if part <= 0:
            continue
        demand = Demand.objects.select_for_update(of=("self",)).get(pk=serves.demand_id)
        demand.ordered = max(demand.ordered - part, Z)
        demand.save(update_fields=["ordered"])
        serves.quantity -= part
        surplus -= part
        if serves.quantity > 0:
            serves.save(update_fields=["quantity"])
        else:
            serves.delete()


def _take_off(line: PurchaseLine, quantity: Decimal, at: datetime) -> None:
    purchase: PurchaseOrder = PurchaseOrder.objects.locked(line.purchase_id)
    line.cancelled += quantity
    line.save(update_fields=["cancelled"])
    told = {"order_id": line.order_id, "purchase_id": purchase.pk, "number": purchase.number}
    fact = events.PurchaseWasReduced(code=line.item.code, quantity=quantity, unit=line.item.unit.code, **told)  # type: ignore[arg-type]
    publish(fact, by=SYSTEM, at=at, thing=purchase)
    rows = list(purchase.lines.all())
    if any(row.outstanding > 0 for row in rows):
        return
    if any(row.received > 0 for row in rows):
        purchase.take("be_complete", by=SYSTEM, at=at)
        publish(events.PurchaseWasReceived(**told), by=SYSTEM, at=at, thing=purchase)  # type: ignore[arg-type]
    else:
        purchase.take("be_cancelled", by=SYSTEM, at=at)
        publish(events.PurchaseWasCancelled(**told), by=SYSTEM, at=at, thing=purchase)  # type: ignore[arg-type]
