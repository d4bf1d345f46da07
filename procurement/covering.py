"""Where demand comes from and how stock covers it: bills of material against free group stock, and goods that are put away (PLN-03)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import ceil

from core.actor import SYSTEM, Actor
from core.facts import act, publish
from inventory.models import BomLine, Item, Reservation
from inventory.services import hold_items, reserve_stock
from orders.models import Order, OrderLine, Shortage
from orders.services.shortage import line_became_short
from organization.calendars import work_time
from organization.models import Company
from procurement import events
from procurement.models import Demand, DemandSheet, PurchaseLine, Supplier
from procurement.workflow import SheetState

Z = Decimal(0)
CHECK_AND_PACK = 4  # working days from the last assembly to the due date


@act
def find_demand(*, order_id: int, by: Actor, at: datetime) -> DemandSheet:
    """Demand of everything that is to be made, net of free group stock, which is reserved firmly. Again gives the same sheet."""
    order = Order.objects.locked(order_id)
    kept = DemandSheet.objects.filter(order=order).first()
    if kept is not None:
        return kept
    sheet = DemandSheet(order=order, company_id=order.product_company_id, found_at=at)
    wanted = {each["line_id"]: Decimal(str(each["quantity"])) for each in order.instruction.lines}
    lines = list(OrderLine.objects.filter(pk__in=wanted).select_related("item__unit").order_by("line_no"))
    boms = parts_of([line.item_id for line in lines if line.item_id])
    sheet.without_bom = sorted({line.item.code for line in lines if line.item and line.item_id not in boms})
    sheet.save()
    demands = [
        Demand(
            sheet=sheet,
            order=order,
            line=line,
            item=part.component,
            company_id=sheet.company_id,
            quantity=total(part, wanted[line.pk]),
            needed_by=needed_by(order, line, at),
        )
        for line in lines
        for part in boms.get(line.item_id or 0, [])
    ]
    Demand.objects.bulk_create(demands)
    cover(demands, at=at)
    publish(_found(sheet, demands), by=by, at=at)
    settle_sheet(sheet, at=at)
    return sheet


def parts_of(item_ids: list[int]) -> dict[int, list[BomLine]]:
    """Product -> its bill of material."""
    found: dict[int, list[BomLine]] = {}
    for part in BomLine.objects.filter(product__in=item_ids).select_related("component__unit", "component__company").order_by("pk"):
        found.setdefault(part.product_id, []).append(part)
    return found


def total(part: BomLine, quantity: Decimal) -> Decimal:
    """What the line takes of the component; a part of a piece is a whole piece."""
    step = Decimal(1).scaleb(-part.component.unit.decimals)
    return (Decimal(ceil(part.quantity_per * quantity / step)) * step).quantize(Decimal("0.001"))


def needed_by(order: Order, line: OrderLine, at: datetime) -> date:
    """The day before assembly should start, but not a day that is gone."""
    work = work_time(company_id=order.product_company_id)
    assembly = max(1, ceil((line.item.lead_days if line.item else 0) / 4))
    wanted = work.day_before(order.instruction.due_date, CHECK_AND_PACK + assembly)
    return max(wanted, work.next_working_day(at.astimezone(work.zone).date()))


def _found(sheet: DemandSheet, demands: list[Demand]) -> events.DemandWasFound:
    missing = [demand for demand in demands if demand.missing > 0]
    sisters = {demand.item.company_id for demand in missing if demand.item.supply == Item.Supply.MAKE and demand.item.company_id}
    for demand in missing:
        if demand.item.company_id in sisters:
            internal_supplier(demand.item)
    return events.DemandWasFound(
        order_id=sheet.order_id,
        demands=len(demands),
        missing=len(missing),
        buy=any(demand.item.company_id not in sisters for demand in missing),
        companies=tuple(sorted(company for company in sisters if company is not None)),
        without_bom=tuple(sheet.without_bom),
    )


def internal_supplier(item: Item) -> Supplier:
    """The sister company that makes the item, as a supplier."""
    assert item.company is not None
    defaults = {"code": item.company.code, "name": item.company.name, "lead_days": item.lead_days, "phone": item.company.phone}
    return Supplier.objects.get_or_create(company=item.company, defaults=defaults)[0]


def cover(demands: Sequence[Demand], *, at: datetime) -> None:
    """Reserve free group stock firmly for what is missing, the product company's own first."""
    short = [demand for demand in demands if demand.missing > 0]
    if len(items := {demand.item_id for demand in short}) > 1:  # one alone is locked in the same order by its reservation
        hold_items(items)
    sisters: dict[int, list[int]] = {}
    for demand in sorted(short, key=lambda each: (each.item_id, each.pk)):
        if demand.company_id not in sisters:
            others = Company.objects.exclude(pk=demand.company_id).order_by("pk").values_list("pk", flat=True)
            sisters[demand.company_id] = [demand.company_id, *others]
        demand.reserved += reserve_stock(
            item_id=demand.item_id,
            company_ids=sisters[demand.company_id],
            quantity=demand.missing,
            purpose=Reservation.Purpose.COMPONENT,
            reference_id=demand.pk,
            order_id=demand.order_id,
            firm=True,
            at=at,
        )
        demand.covered_at = at if demand.missing == 0 else None
        demand.save(update_fields=["reserved", "covered_at"])


@act
def cover_with_goods(*, item_id: int, company_id: int, order_id: int | None, at: datetime) -> None:
    """Goods were put away: the order that they were bought for first, then whoever needs them soonest. Again changes nothing."""
    rows = Demand.objects.uncovered().filter(item_id=item_id, company_id=company_id)
    orders = sorted(set(rows.values_list("order_id", flat=True)))
    for each in orders:
        Order.objects.locked(each)
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for demand in sorted(found, key=lambda each: (each.order_id != order_id, each.needed_by, each.pk)):
        cover([demand], at=at)
    for sheet in DemandSheet.objects.filter(order__in=orders).order_by("pk"):
        settle_sheet(DemandSheet.objects.locked(sheet), at=at)


def settle_ordering(sheet: DemandSheet, *, at: datetime) -> None:
    """Say once that something is to be ordered, and once that nothing is any more: the buyer's clock. The order must be locked."""
    needed = sheet.state != SheetState.DROPPED
    wanted = sheet.demands.uncovered().select_related("item").order_by("pk") if needed else []
    items = list(dict.fromkeys(demand.item.code for demand in wanted if demand.open > 0))
    if bool(items) == sheet.to_order:
        return
    sheet.to_order = bool(items)
    sheet.save(update_fields=["to_order"])
    about = {"order_id": sheet.order_id, "sheet_id": sheet.pk}
    asked, done = events.ComponentsAreToBeOrdered, events.ComponentsWereOrdered
    publish(asked(items=", ".join(items), **about) if items else done(needed=needed, **about), by=SYSTEM, at=at, thing=sheet)


def settle_sheets(order_ids: Iterable[int], *, at: datetime) -> None:
    """The same of several orders, which must be locked: a purchase was made for them, or came to nothing."""
    for sheet in DemandSheet.objects.filter(order__in=list(order_ids)).order_by("pk"):
        settle_ordering(DemandSheet.objects.locked(sheet), at=at)


def settle_sheet(sheet: DemandSheet, *, at: datetime) -> None:
    """Say once that the last demand of the order is covered. The order must be locked."""
    settle_ordering(sheet, at=at)
    if sheet.state != SheetState.OPEN:
        return
    covered = list(sheet.demands.values_list("covered_at", flat=True))
    if covered and None not in covered:
        sheet.covered_at = at
        sheet.take("be_covered", by=SYSTEM, at=at)
        publish(events.DemandWasCovered(order_id=sheet.order_id), by=SYSTEM, at=at)


@act
def parts_were_lost(*, arrival_id: int, quantity: Decimal, cause: str, source: tuple[str, int], at: datetime) -> None:
    """Rejected parts left the stock: what they were bought for is open again and its order line short (INV-06). Again changes nothing."""
    line = PurchaseLine.objects.filter(arrivals=arrival_id).first()
    if line is None:  # goods of a supplier that no purchase of ours names
        return
    Order.objects.locked(line.order_id)
    served = Demand.objects.uncovered().filter(served_by__line=line, order=line.order_id)
    for demand in served.select_for_update(of=("self",)).order_by("pk"):
        lost = min(quantity, demand.missing, demand.ordered)
        known = Shortage.objects.filter(line=demand.line_id, item=demand.item_id, source_kind=source[0], source_id=source[1])
        if lost <= 0 or known.exists():
            continue
        demand.ordered -= lost
        demand.save(update_fields=["ordered"])
        quantity -= lost
        settle_sheets([demand.order_id], at=at)
        line_became_short(line_id=demand.line_id, item_id=demand.item_id, quantity=lost, cause=cause, source=source, at=at)
