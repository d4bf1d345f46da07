"""Demand from bills of material, purchases from demand, arrivals into blocked stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from django.utils.timezone import localtime

from core.actor import Actor
from core.facts import act, publish
from core.numbers import next_number
from core.reasons import NotReady, Reason
from inventory.models import Item
from inventory.services import receive_stock
from orders.changes import cancelling
from orders.models import Order, OrderLine
from procurement import events
from procurement.covering import cover, internal_supplier, settle_sheet, settle_sheets
from procurement.models import Arrival, Demand, DemandSheet, PurchaseLine, PurchaseOrder, PurchaseServes, Supplier, SupplierItem
from procurement.workflow import PurchaseState

Z = Decimal(0)


@act
def add_demand(
    *, sheet: DemandSheet, line: OrderLine, item: Item, quantity: Decimal, by: Actor, at: datetime, needed_by: date | None = None
) -> Demand:
    """Material of an item without a bill of material, or more of something, entered by hand (decision 24)."""
    Order.objects.locked(sheet.order_id)
    sheet = DemandSheet.objects.locked(sheet)
    if quantity <= 0:
        raise NotReady(Reason("arrival_quantity", field="quantity"))
    item.unit.fit(quantity)
    by = sheet.take("add_demand", by=by, at=at)
    demand = Demand.objects.create(
        sheet=sheet,
        order_id=sheet.order_id,
        line=line,
        item=item,
        company_id=sheet.company_id,
        quantity=quantity,
        needed_by=needed_by or sheet.order.instruction.due_date,
        by_hand=True,
    )
    if item.company_id:
        internal_supplier(item)
    fact = events.DemandWasAdded(order_id=sheet.order_id, demand_id=demand.pk, code=item.code, quantity=quantity, unit=item.unit.code)
    publish(fact, by=by, at=at)
    cover([demand], at=at)
    settle_sheet(sheet, at=at)
    return demand


@act
def make_purchase(
    *,
    supplier: Supplier,
    demands: Sequence[Demand],
    by: Actor,
    at: datetime,
    remark: str = "",
    prices: Mapping[int, Decimal] | None = None,
    rounding: bool = True,
) -> PurchaseOrder:
    """A purchase order for what is open of the chosen demand (PUR-02): a line per order and item, rounded up to the item's multiple.

    `prices`: item id -> CNY per unit as agreed with the supplier; it goes before the listed one. Raises NotReady(purchase_price_needed)
    for what has neither, so that it is known later what was spent (CHG-09).
    """
    for order_id in sorted({demand.order_id for demand in demands}):
        Order.objects.locked(order_id)
    rows = Demand.objects.select_for_update(of=("self",)).filter(pk__in=[demand.pk for demand in demands]).order_by("pk")
    chosen = [demand for demand in rows.select_related("item__unit", "order") if demand.covered_at is None and demand.open > 0]
    purchase = _purchase_for(supplier, chosen, by, at, remark)
    by = _may_buy(purchase, by)
    lines: dict[tuple[int, int], list[Demand]] = {}
    for demand in chosen:
        lines.setdefault((demand.order_id, demand.item_id), []).append(demand)
    listed = {each.item_id: each for each in supplier.listed.all()}
    costs = {item_id: each.price for item_id, each in listed.items()} | dict(prices or {})
    _every_price_is_known(chosen, costs)
    purchase.number = next_number("CG", at)
    purchase.save()
    for served in lines.values():
        item_id = served[0].item_id
        _purchase_line(purchase, served, listed.get(item_id), costs[item_id], at, rounding)
    fact = events.PurchaseWasMade(order_id=purchase.order_id, purchase_id=purchase.pk, number=purchase.number, supplier=supplier.name)
    publish(fact, by=by, at=at, thing=purchase)
    settle_sheets({demand.order_id for demand in chosen}, at=at)
    return purchase


def _purchase_for(supplier: Supplier, chosen: list[Demand], by: Actor, at: datetime, remark: str) -> PurchaseOrder:
    if not chosen:
        raise NotReady(Reason("no_open_demand"))
    if len({demand.company_id for demand in chosen}) > 1:
        raise NotReady(Reason("demand_of_several_companies"))
    if foreign := sorted({demand.item.code for demand in chosen if not supplier.supplies(demand.item)}):
        raise NotReady(Reason("supplier_lacks_item", supplier=supplier.name, items=foreign))
    orders = {demand.order_id for demand in chosen}
    if ending := cancelling(orders):
        numbers = {demand.order_id: demand.order.number for demand in chosen}
        raise NotReady(*[Reason("order_may_end", order=numbers[pk], change=change) for pk, change in ending.items()])
    return PurchaseOrder(
        supplier=supplier,
        company_id=chosen[0].company_id,
        order_id=orders.pop() if len(orders) == 1 else None,
        made_at=at,
        made_by=by.name,
        made_by_id=by.person_id,
        remark=remark,
    )


def _every_price_is_known(chosen: list[Demand], costs: Mapping[int, Decimal | None]) -> None:
    first = {demand.item_id: demand for demand in reversed(chosen)}
    missing = [demand for demand in first.values() if costs.get(demand.item_id) is None]
    if missing:
        raise NotReady(*[Reason("purchase_price_needed", item=one.item.code, field=f"price_{one.pk}") for one in missing])


def _may_buy(purchase: PurchaseOrder, by: Actor) -> Actor:
    return PurchaseOrder.steps()["send"].permission(purchase, by)


def _purchase_line(
    purchase: PurchaseOrder, served: list[Demand], listed: SupplierItem | None, cost: Decimal | None, at: datetime, rounding: bool
) -> None:
    item = served[0].item
    wanted = sum((demand.open for demand in served), Z)
    days = (listed.lead_days if listed and listed.lead_days is not None else 0) or purchase.supplier.lead_days or item.lead_days
    line = PurchaseLine.objects.create(
        purchase=purchase,
        order_id=served[0].order_id,
        item=item,
        quantity=rounded_up(wanted, item) if rounding else wanted,
        unit_cost=cost,
        needed_by=min(demand.needed_by for demand in served),
        promised_date=localtime(at).date() + timedelta(days=days),
    )
    for demand in served:
        PurchaseServes.objects.create(line=line, demand=demand, quantity=demand.open)
        demand.ordered += demand.open
        demand.save(update_fields=["ordered"])


def rounded_up(quantity: Decimal, item: Item) -> Decimal:
    """At least the minimum quantity, and a whole number of multiples."""
    quantity = max(quantity, item.min_quantity)
    if item.multiple <= 0:
        return quantity
    return (quantity / item.multiple).to_integral_value(ROUND_CEILING) * item.multiple


@act
def approve_purchase(*, purchase: PurchaseOrder, by: Actor, at: datetime) -> PurchaseOrder:
    """The purchasing head signs; never the maker (PUR-02)."""
    purchase = _locked(purchase)
    purchase.approved_at, purchase.approved_by = at, by.name
    by = purchase.take("approve", by=by, at=at)
    fact = events.PurchaseWasApproved(order_id=purchase.order_id, purchase_id=purchase.pk, number=purchase.number)
    publish(fact, by=by, at=at, thing=purchase)
    return purchase


@act
def send_purchase(*, purchase: PurchaseOrder, by: Actor, at: datetime) -> PurchaseOrder:
    """Sent to the supplier; the follow-up before the planned arrival starts (PUR-04)."""
    purchase = _locked(purchase)
    purchase.sent_at = at
    by = purchase.take("send", by=by, at=at)
    planned = [line.promised_date for line in purchase.lines_in_order]
    fact = events.PurchaseWasSent(
        order_id=purchase.order_id,
        purchase_id=purchase.pk,
        number=purchase.number,
        planned_arrival=min(planned),
        arrives_on=max(planned),
    )
    publish(fact, by=by, at=at, thing=purchase)
    return purchase


@act
def confirm_arrival_date(*, purchase: PurchaseOrder, by: Actor, at: datetime, dates: dict[int, date], note: str = "") -> PurchaseOrder:
    """The supplier named the real dates (PUR-04). `dates`: purchase line id -> arrival."""
    purchase = _locked(purchase)
    purchase.confirmed_at = at
    by = purchase.take("confirm_arrival_date", by=by, at=at)
    lines = [line for line in purchase.lines_in_order if line.pk in dates]
    if not lines:
        raise NotReady(Reason("nothing_confirmed"))
    if min(dates[line.pk] for line in lines) < localtime(at).date():
        raise NotReady(Reason("arrival_date_past"))
    changes = {}
    for line in lines:
        if line.promised_date != dates[line.pk]:
            changes[f"promised_date {line.item.code}"] = (line.promised_date, dates[line.pk])
        line.promised_date = dates[line.pk]
        line.save(update_fields=["promised_date"])
    fact = events.ArrivalDateWasConfirmed(
        order_id=purchase.order_id,
        purchase_id=purchase.pk,
        number=purchase.number,
        confirmed_arrival=max(line.promised_date for line in lines),
        note=note,
        arrives_on=max(line.promised_date for line in purchase.lines_in_order if line.outstanding > 0),
    )
    publish(fact, by=by, at=at, changes=changes)
    return purchase


@act
def record_arrival(*, line: PurchaseLine, quantity: Decimal, delivery_note: str, by: Actor, at: datetime) -> Arrival:
    """Goods came in: into blocked stock, never more than ordered (PUR-06, PUR-07)."""
    purchase = _locked(line.purchase)
    line = PurchaseLine.objects.select_for_update(of=("self",)).select_related("item__unit").get(pk=line.pk)
    if quantity <= 0:
        raise NotReady(Reason("arrival_quantity", field="quantity"))
    if quantity > line.outstanding:
        raise NotReady(Reason("over_delivery", quantity=line.outstanding, field="quantity"))
    line.item.unit.fit(quantity)
    line.received += quantity
    line.save(update_fields=["received"])
    by = purchase.take("record_arrival", by=by, at=at)
    arrival = Arrival.objects.create(line=line, quantity=quantity, delivery_note=delivery_note, person_name=by.name, at=at)
    balance = receive_stock(
        item_id=line.item_id,
        company_id=purchase.company_id,
        quantity=quantity,
        blocked=True,
        source=("procurement.arrival", arrival.pk),
        by=by,
        at=at,
        order_id=line.order_id,
    )
    arrival.balance_id = balance.pk
    arrival.save(update_fields=["balance_id"])
    fact = events.ArrivalWasRecorded(
        order_id=line.order_id,
        arrival_id=arrival.pk,
        purchase_id=purchase.pk,
        item_id=line.item_id,
        company_id=purchase.company_id,
        quantity=quantity,
        balance_id=balance.pk,
        code=line.item.code,
        unit=line.item.unit.code,
    )
    publish(fact, by=by, at=at)
    if purchase.state == PurchaseState.RECEIVED:
        publish(events.PurchaseWasReceived(order_id=purchase.order_id, purchase_id=purchase.pk, number=purchase.number), by=by, at=at)
    return arrival


@act
def close_purchase(*, purchase: PurchaseOrder, by: Actor, at: datetime) -> PurchaseOrder:
    """Everything is here and in order."""
    purchase = _locked(purchase)
    by = purchase.take("close", by=by, at=at)
    publish(events.PurchaseWasClosed(order_id=purchase.order_id, purchase_id=purchase.pk, number=purchase.number), by=by, at=at)
    return purchase


@act
def drop_purchase(*, purchase: PurchaseOrder, by: Actor, at: datetime, reason: str) -> PurchaseOrder:
    """Not sent after all: its demand is open again."""
    purchase = _locked(purchase)
    by = purchase.take("drop", by=by, at=at)
    for serves in PurchaseServes.objects.filter(line__purchase=purchase).select_related("demand").order_by("demand_id"):
        demand = Demand.objects.select_for_update(of=("self",)).get(pk=serves.demand_id)
        demand.ordered -= serves.quantity
        demand.save(update_fields=["ordered"])
    fact = events.PurchaseWasDropped(order_id=purchase.order_id, purchase_id=purchase.pk, number=purchase.number, reason=reason)
    publish(fact, by=by, at=at)
    settle_sheets(set(purchase.lines.values_list("order_id", flat=True)), at=at)
    return purchase


def _locked(purchase: PurchaseOrder) -> PurchaseOrder:
    """The orders that the purchase is for, by primary key, then the purchase (the lock order of the house)."""
    for order_id in sorted(set(purchase.lines.values_list("order_id", flat=True))):
        Order.objects.locked(order_id)
    return PurchaseOrder.objects.locked(purchase)
