"""What pages read of demand and purchases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from core.actor import Actor
from inventory.models import Item
from orders.models import Order
from organization.roles import RIGHTS, Role, has_role, sees_costs
from procurement.models import Demand, DemandSheet, PurchaseLine, PurchaseOrder, Supplier, SupplierItem


def sees_purchases(actor: Actor) -> bool:
    return any("purchase" in RIGHTS[hat.role].sees for hat in actor.hats)


def may_buy(actor: Actor) -> bool:
    return has_role(actor, Role.BUYER)


def open_demand(actor: Actor) -> QuerySet[Demand]:
    """Neither in store nor ordered, soonest needed first; what `open` says is decided row by row (`still_open`)."""
    rows = Demand.objects.visible_to(actor).filter(covered_at=None)
    return rows.select_related("item__unit", "item__company", "order__customer", "line", "company").order_by("needed_by", "pk")


def still_open(rows: QuerySet[Demand], limit: int = 300) -> list[Demand]:
    return [demand for demand in rows[:limit] if demand.open > 0]


def suppliers_of(demands: list[Demand]) -> dict[int, list[Supplier]]:
    """Item -> who supplies it: sisters that make it, suppliers that list it. Two queries."""
    items: dict[int, Item] = {demand.item_id: demand.item for demand in demands}
    found: dict[int, list[Supplier]] = {pk: [] for pk in items}
    makers = {item.company_id for item in items.values() if item.company_id}
    for supplier in Supplier.objects.filter(company__in=makers).order_by("pk"):
        for pk, item in items.items():
            if item.company_id == supplier.company_id:
                found[pk].append(supplier)
    for supplier in Supplier.objects.filter(listed__item__in=items).distinct().prefetch_related("listed").order_by("pk"):
        for each in supplier.listed.all():
            if each.item_id in found and supplier not in found[each.item_id]:
                found[each.item_id].append(supplier)
    return found


def listed_prices(demands: list[Demand]) -> dict[tuple[int, int], Decimal]:
    """(supplier, item) -> CNY per unit, where one is listed."""
    rows = SupplierItem.objects.filter(item__in={demand.item_id for demand in demands})
    return {(one.supplier_id, one.item_id): one.price for one in rows if one.price is not None}


def purchase_rows(order: Order, actor: Actor) -> list[PurchaseLine]:
    """Lines of purchase orders for an order, as far as this person sees purchases."""
    seen = PurchaseOrder.objects.visible_to(actor).exclude(state="cancelled")
    lines = PurchaseLine.objects.filter(order=order, purchase__in=seen)
    return list(lines.select_related("purchase__supplier", "item__unit").order_by("promised_date", "pk"))


def sheet_of(order: Order, actor: Actor) -> DemandSheet | None:
    return DemandSheet.objects.visible_to(actor).filter(order=order).select_related("order").first()


def demand_of(sheet: DemandSheet) -> list[Demand]:
    return list(sheet.demands.select_related("item__unit", "line").order_by("line__line_no", "pk"))


def total_cost(lines: list[PurchaseLine], actor: Actor) -> Decimal | None:
    """Sum of the costs, or nothing when one is unknown or this person sees no costs."""
    costs = [line.cost for line in lines]
    if not sees_costs(actor) or any(cost is None for cost in costs):
        return None
    return sum((cost for cost in costs if cost is not None), Decimal(0))


def slipped(line: PurchaseLine, today: date) -> dict[str, Any]:
    """How a line's arrival stands: late against today, or later than it is needed."""
    if line.cancelled == line.quantity:
        return {"kind": "", "icon": "x", "word": "off"}
    if line.outstanding == 0:
        return {"kind": "good", "icon": "check", "word": "in"}
    if line.promised_date < today:
        return {"kind": "late", "icon": "alert-triangle", "word": "overdue"}
    if line.promised_date > line.needed_by:
        return {"kind": "soon", "icon": "alert-triangle", "word": "late"}
    return {"kind": "", "icon": "", "word": "ok"}
