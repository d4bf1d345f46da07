"""What procurement answers to the questions of the house: navigation, My work, what an order lacks, what its assembly takes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actor import Actor
from core.questions import answers
from inventory.models import Reservation
from inventory.selectors import reserved_for
from procurement.models import Demand, DemandSheet, PurchaseOrder
from procurement.selectors import sees_purchases


@answers("nav")
def navigation(actor: Actor) -> list[dict[str, Any]] | None:
    if not sees_purchases(actor):
        return None
    return [
        {"section": "supply", "title": _("Demand"), "url": reverse("procurement:demand"), "icon": "list-check", "position": 50},
        {
            "section": "supply",
            "title": _("Purchase orders"),
            "url": reverse("procurement:purchases"),
            "icon": "shopping-cart",
            "position": 51,
        },
    ]


@answers("things")
def things(kind: str, ids: list[int], actor: Actor) -> dict[int, dict[str, Any]] | None:
    if kind == "procurement.demandsheet":
        sheets = DemandSheet.objects.visible_to(actor).filter(pk__in=ids).select_related("order__customer")
        return {
            row.pk: {"title": str(row), "text": row.order.customer.name, "url": f"{reverse('procurement:demand')}?order={row.order.number}"}
            for row in sheets
        }
    if kind != "procurement.purchaseorder":
        return None
    rows = PurchaseOrder.objects.visible_to(actor).filter(pk__in=ids).select_related("supplier")
    return {row.pk: {"title": row.number, "text": row.supplier.name, "url": row.get_absolute_url()} for row in rows}


@answers("open_demand")
def open_demand(order_id: int, line_id: int | None = None) -> list[tuple[str, Decimal]]:
    """(item code, what is not in store yet) of an order, or of one line of it."""
    rows = Demand.objects.uncovered().filter(order=order_id).select_related("item").order_by("item__code", "pk")
    if line_id is not None:
        rows = rows.filter(line=line_id)
    found: dict[str, Decimal] = {}
    for demand in rows:
        found[demand.item.code] = found.get(demand.item.code, Decimal(0)) + demand.missing
    return list(found.items())


@answers("components")
def components(order_id: int, line_id: int) -> list[tuple[int, Decimal]]:
    """(demand, what is reserved for it now): what the assembly of a line takes out of stock."""
    demands = list(Demand.objects.filter(order=order_id, line=line_id).order_by("pk").values_list("pk", flat=True))
    return [(pk, quantity) for pk, quantity in reserved_for(Reservation.Purpose.COMPONENT, demands).items() if quantity > 0]


@answers("may_read_document")
def may_read(actor: Actor, attachment: Any, printed: Any) -> bool | None:
    """Papers of a purchase order belong to whoever sees purchases of that company."""
    paper = attachment or printed
    if paper is None or paper.subject_kind != "procurement.purchaseorder":
        return None
    return PurchaseOrder.objects.visible_to(actor).filter(pk=paper.subject_id).exists()
